"""The books of an import."""

from __future__ import annotations

from ccdialer.importing.verdicts import MAX_KEPT, ImportReport, Verdict


def test_counts_all_and_keeps_the_first() -> None:
    report = ImportReport("t.csv", "utf-8", ",", {})
    for line in range(MAX_KEPT + 5):
        report.count(Verdict.REJECTED, line, "no phone number")
    report.count(Verdict.ACCEPTED, 1)
    assert (report.rows, report.rejected, report.accepted) == (MAX_KEPT + 6, MAX_KEPT + 5, 1)
    assert len(report.remarks) == MAX_KEPT
    assert report.sentences()[0] == "t.csv:0: no phone number; row rejected"
