"""Faults carry a word for the dialplan and a sentence for people."""

from __future__ import annotations

from ccdialer.crm.fault import bad_answer, too_late


def test_words_and_sentences() -> None:
    assert (bad_answer("no JSON").reason, str(bad_answer("no JSON"))) == (
        "crm_bad_answer",
        "no JSON",
    )
    assert too_late("over").reason == "crm_timeout"
    assert too_late("over").rest_s == 0.0
