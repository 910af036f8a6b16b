"""Files of routing rules: read in every spelling, every fault at its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.facts import Facts
from ccdialer.core.found import CardStatus
from ccdialer.core.routes import First, Opening
from ccdialer.core.routing import book_of, route
from ccdialer.errors import ConfigError, NotFound
from ccdialer.routes_file import read_routes, route_preset, route_presets, routes_of

SHORT = """
zone: Europe/Moscow
first: owner
schedules: {office: {mon-fri: "09:00-20:00"}, door: always}
dids:
  8 (4842) 40-01-49: {project: sales, schedule: office, queue: desk, fallback: hangup}
  401: {project: sales, schedule: door}
scenarios:
  main:
    - name: gold
      when: {stage: Paid, did: 4842400149, schedule: open, fields: {segment: gold}}
      to: queue gold
      first: [callback, last_agent]
      owner_first_s: 1m
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        routes_of("r.yaml", text, "RU")
    return caught.value.faults


def test_one_word_may_stand_for_a_list_and_numbers_in_any_spelling() -> None:
    routes = routes_of("r.yaml", SHORT, "RU")
    assert list(routes.dids) == ["+74842400149", "401"]
    assert routes.first == (First.OWNER,)
    assert routes.schedules["door"] == {"daily": "always"}
    (rule,) = routes.scenarios["main"]
    assert rule.when.stage == ("Paid",)
    assert rule.when.did == ("+74842400149",)
    assert rule.when.schedule is Opening.OPEN
    assert rule.when.fields == {"segment": ("gold",)}
    assert rule.first == (First.CALLBACK, First.LAST_AGENT)
    assert rule.owner_first_s == 60.0


@pytest.mark.parametrize("name", sorted(route_presets()))
def test_shipped_rules_have_no_fault(name: str) -> None:
    book = book_of(routes_of(name, route_preset(name), "RU"))
    (did,) = book.routes.dids

    def goes(stage: str, status: CardStatus = CardStatus.OK) -> str:
        call = Facts(did=did, number="+79161234567", card=status, stage=stage)
        return str(route(book, call).target)

    assert goes("", CardStatus.NOTFOUND) == "queue consultants"
    assert goes("Proposal in preparation") == goes("Proposal sent") == "queue sales"
    assert goes("Paid") == goes("In production") == "queue production"


def test_a_preset_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFound, match="did you mean by-stage"):
        route_preset("by-stag")


BODY = "dids: {401: {project: sales}}\nscenarios:\n  a:\n    - {name: n, to: hangup}\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "r.yaml: the file is empty"),
        ("dids: {}\n", "r.yaml:1: dids: no number is named"),
        ("dids: [\n", "r.yaml:2: not YAML"),
        (BODY + "---\nzone: UTC\n", "r.yaml:6: file: a second YAML document"),
        (BODY + "zones: UTC\n", "r.yaml:5: zones: unknown key; did you mean zone?"),
        (BODY + "zone: Moscow\n", "r.yaml:5: zone: expected a time zone such as Europe/Moscow"),
        (BODY + "schedules: {x: always}\n", "r.yaml:1: zone: missing: the time zone"),
        (
            BODY + "zone: UTC\nschedules:\n  x: {mon: 9-18}\n",
            'r.yaml:7: schedules.x: expected hours of the week ("9-18" is not hours',
        ),
        (BODY.replace("project: sales", "queue: x"), "r.yaml:1: dids.401: project is missing"),
        (
            BODY.replace("sales", "sales, schedule: offise"),
            'r.yaml:1: dids.401.schedule: there is no schedule "offise"',
        ),
        (
            BODY.replace("sales", "sales, scenario: b"),
            'r.yaml:1: dids.401.scenario: there is no scenario "b"; known: a',
        ),
        (BODY + "  b: []\n", "r.yaml:1: dids.401.scenario: name one of them: a, b"),
        (
            BODY + "    - {name: n, to: hangup}\n",
            'r.yaml:5: scenarios.a[2].name: "n" is taken; give each rule its own name',
        ),
        (BODY.replace("hangup", "queu x"), "r.yaml:4: scenarios.a[1].to: expected a kind and a"),
        (BODY.replace(", to: hangup", ""), "r.yaml:4: scenarios.a[1]: to is missing"),
        (
            BODY.replace("hangup", "group gold"),
            "r.yaml:4: scenarios.a[1].to: in which queue does the caller wait?",
        ),
        (
            BODY.replace("project: sales", "project: sales, fallback: agent anna"),
            "r.yaml:1: dids.401.fallback: in which queue does the caller wait?",
        ),
        (
            BODY.replace("to:", "when: {did: 402}, to:"),
            'r.yaml:4: scenarios.a[1].when.did[1]: there is no number "402"; did you mean 401?',
        ),
        (
            BODY.replace("to:", "when: {city: Tula}, to:"),
            'r.yaml:4: scenarios.a[1].when.city[1]: there is no number of the city "Tula"',
        ),
        (
            BODY.replace("to:", "when: {during: night}, to:"),
            'r.yaml:4: scenarios.a[1].when.during[1]: there is no schedule "night"',
        ),
        (
            BODY.replace("to:", "when: {stge: Paid}, to:"),
            "r.yaml:4: scenarios.a[1].when.stge: unknown key; did you mean stage?",
        ),
        (
            BODY.replace("to:", "when: {least_deals: 3, most_deals: 2}, to:"),
            "r.yaml:4: scenarios.a[1].when: least_deals is 3 and most_deals 2",
        ),
        (
            BODY.replace("to:", "first: [boss], to:"),
            "r.yaml:4: scenarios.a[1].first: expected one of callback, attempt, owner, last_agent",
        ),
        (
            "dids: {8 4842 400149: {project: a}, '+74842400149': {project: a}}\n",
            "r.yaml:1: dids.+74842400149: given twice, first in line 1",
        ),
        ("dids: 5\nscenarios: {a: 5}\n", "r.yaml:1: dids: expected keys and values"),
        ("- a\n", "r.yaml:1: file: expected keys and values, found a list"),
    ],
)
def test_a_fault_is_told_at_its_line(text: str, fault: str) -> None:
    assert any(each.startswith(fault) for each in faults(text)), faults(text)


def test_all_faults_are_told_at_once() -> None:
    told = faults(BODY.replace("hangup", "nowhere") + "zone: Moscow\nfrist: owner\n")
    assert len(told) == 3


def test_a_file_is_read_with_its_text(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("# ours\n" + SHORT)
    found = read_routes(path, "RU")
    assert found.text.startswith("# ours\n")
    assert found.routes == routes_of("r.yaml", SHORT, "RU")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_routes(tmp_path / "gone.yaml", "RU")


BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_rules_in_the_docs_have_no_fault() -> None:
    page = Path(__file__).parent.parent / "docs" / "routing.md"
    (text,) = BLOCK.findall(page.read_text(encoding="utf-8"))
    routes = routes_of("routing.md", text, "RU")
    assert list(routes.dids) == ["+74842400149", "+74842400150", "+74872400149"]
    assert len(routes.scenarios["orders"]) == 5


TOKEN = re.compile(r"[^\s:,{}\[\]]+|[:,{}\[\]]")


SPOILT = ("", "5", "[]", "{}", "~", "[a, b]", "{a: b}", "x:")


@given(st.integers(0, 10_000), st.sampled_from(SPOILT))
def test_a_file_that_is_spoilt_anywhere_is_told_about_or_read(place: int, instead: str) -> None:
    """Never a traceback, whatever stands where something else is meant."""
    tokens = list(TOKEN.finditer(SHORT))
    token = tokens[place % len(tokens)]
    text = SHORT[: token.start()] + instead + SHORT[token.end() :]
    try:
        routes = routes_of("r.yaml", text, "RU")
    except ConfigError as error:
        strange = [fault for fault in error.faults if not fault.startswith("r.yaml:")]
    else:
        strange = []
        route(book_of(routes), Facts(did="401", number="+79161234567"))
    assert not strange
