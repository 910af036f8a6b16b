"""Rules of a site are read from a file with every fault at its line, and written back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.core.limits import Counting, Counts, SiteRules
from ccdialer.errors import ConfigError, NotFound
from ccdialer.rules_file import RULES, preset_text, presets, read_rules, rules_text, specs


def read(folder: Path, text: str) -> SiteRules:
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return read_rules(path)


def test_what_is_not_said_is_as_shipped(tmp_path: Path) -> None:
    assert read(tmp_path, "per_day: 2\n") == SiteRules(per_day=2)


def test_hours_may_stand_alone(tmp_path: Path) -> None:
    found = read(tmp_path, "calling_hours: 08:00-21:00\n")
    assert found.calling_hours == {"daily": "08:00-21:00"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("per_dya: 2\n", "site.yaml:1: per_dya: unknown key; did you mean per_day?"),
        ("title: a\nper_day: -1\n", "site.yaml:2: per_day: expected 0 to 1000"),
        ("holidays: XX\n", 'site.yaml:1: holidays: expected a country or region (no country "XX"'),
        ("more_workdays: [2026-11-25]\n", "expected Saturdays or Sundays, as dates"),
        ("more_holidays: [soon]\n", "expected dates such as 2026-12-31"),
        ("checked: today\n", "expected a date such as 2026-11-25, or nothing"),
        ("calling_hours: {mon: 20:00-08:00}\n", "past midnight are two spans"),
        ("counts: calls\n", "expected one of attempts, talks"),
        ("a: 1\n---\nb: 2\n", "a second YAML document"),
    ],
)
def test_faults_at_their_lines(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"site\.yaml") as caught:
        read(tmp_path, text)
    assert said in str(caught.value)


@given(
    st.builds(
        SiteRules,
        title=st.sampled_from(("", "ours: all", "«наши»")),
        holidays=st.sampled_from(("", "RU", "US-CA")),
        more_holidays=st.lists(st.dates().map(str), max_size=3).map(tuple),
        calling_hours=st.sampled_from(({"daily": "always"}, {"mon": "09:00-10:00"})),
        per_day=st.integers(0, 1000),
        counts=st.sampled_from(Counts),
        counting=st.sampled_from(Counting),
        abandoned_pause_h=st.floats(0, 720),
    )
)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, rules) -> None:  # type: ignore[no-untyped-def]
    assert read(tmp_path_factory.mktemp("rules"), rules_text(rules)) == rules


def test_every_rule_has_its_sentence() -> None:
    assert list(specs()) == list(RULES)


@pytest.mark.parametrize("name", ["ru-230fz", "us-tcpa", "uk-ofcom"])
def test_presets_are_rules_with_a_source_and_a_date(name: str) -> None:
    found = read_rules(presets()[name])
    assert found.source
    assert found.checked
    assert "Not verified" in preset_text(name)


def test_debt_collection_in_russia(tmp_path: Path) -> None:
    found = read(tmp_path, preset_text("ru-230fz"))
    assert (found.per_day, found.per_week, found.per_month) == (1, 2, 8)
    assert found.calling_hours["mon-fri"] == "08:00-22:00"


def test_a_preset_that_is_none() -> None:
    with pytest.raises(NotFound, match="did you mean ru-230fz"):
        preset_text("ru-230")
