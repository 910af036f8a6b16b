"""`ccdialer report inbound` and `report lost`."""

from __future__ import annotations

from tests.cli.prompt import Prompt
from tests.reports.test_inbound import come
from tests.storage.samples import NOW


def test_inbound(prompt: Prompt) -> None:
    with prompt.database() as database:
        for n in range(3):
            come(database, f"a{n}", "answered", 10, arrived_at=PAST + n, ad_channel="radio")
        come(database, "b", "left", 30, arrived_at=PAST)
    found = prompt.json("report", "inbound", "--by", "channel", "--since", "2020-01-01")
    assert [(row["channel"], row["offered"], row["share"]) for row in found] == [
        *(("radio", 3, 0.75), ("none", 1, 0.25)),
    ]
    told = prompt.run("report", "inbound", "--campaign", "demo").stdout
    assert "4 calls; service level 75.0%" in told
    assert "ASA" in told
    assert prompt.json("report", "inbound", "--until", "2019-01-01") == []
    (row,) = prompt.json("report", "inbound", "--short", "31")
    assert (row["short"], row["left"], row["lost"]) == (1, 0, 0)
    assert "nope" in prompt.run("report", "inbound", "--campaign", "nope", code=1).stderr
    bad = prompt.run("report", "inbound", "--short", "nan", code=2).stderr
    assert '"nan" is no number of seconds' in bad
    saved = prompt.folder / "day.xlsx"
    prompt.run("report", "inbound", "--by", "hour", "--output", str(saved))
    assert saved.stat().st_size > 1000


PAST = NOW - 5 * 365 * 86_400_000


def test_lost(prompt: Prompt) -> None:
    with prompt.database() as database:
        come(database, "a", "left", 30, arrived_at=PAST, number="+79161234567")
        come(database, "b", "left", 30, arrived_at=PAST, number="+79161234568")
        come(database, "c", "answered", 3, arrived_at=PAST + 90_000, number="+79161234568")
    told = prompt.run("report", "lost")
    assert "+79161234567" in told.stdout
    assert "+79161234568" not in told.stdout
    assert "2 lost, 0 asked to be called back; talked with since: 1" in told.stdout
    everybody = prompt.json("report", "lost", "--all")
    assert [row["recovered"] for row in everybody] == [False, True]
    assert "these are the first 1" in prompt.run("report", "lost", "--all", "--limit", "1").stderr
    assert prompt.json("report", "lost", "--campaign", "demo", "--until", "2019-01-01") == []


def test_of_a_project_and_of_a_number_called(prompt: Prompt) -> None:
    with prompt.database() as database:
        come(database, "a", "left", 30, arrived_at=PAST, did="+74951230001")
        come(database, "b", "left", 30, arrived_at=PAST, did="+74951230002", project_id=2)
    for command in (("inbound", "--by", "did"), ("lost",)):
        found = prompt.json("report", *command, "--did", "8 495 123-00-01", "--project", "sales")
        assert [row["did"] for row in found] == ["+74951230001"]
    assert prompt.json("report", "lost", "--did", "84951230003") == []
    bad = prompt.run("report", "lost", "--did", "12", code=2).stderr
    assert "--did" in bad
    bad = prompt.run("report", "inbound", "--project", "nope", code=1).stderr
    assert 'there is no project "nope"' in bad
