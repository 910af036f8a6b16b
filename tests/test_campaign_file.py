"""Campaign files: what is read, what is refused and why; an export applies again exactly."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccdialer.campaign_file import (
    AGENT_FIRST_MODES,
    RULES,
    CampaignEntry,
    campaigns_text,
    changed,
    read_campaigns,
)
from ccdialer.core.campaign import CampaignSettings, Mode, Window
from ccdialer.core.clocks import Day
from ccdialer.core.disposition import Disposition
from ccdialer.core.retry_rule import RetryRule, Which
from ccdialer.errors import ConfigError

LEAST = "project: sales\nname: demo\ndial: PJSIP/{digits}@trunk\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "demo.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read_campaigns(write(folder, text))
    return caught.value.faults


def test_the_rest_has_the_shipped_defaults(tmp_path: Path) -> None:
    entries = read_campaigns(write(tmp_path, LEAST))
    assert entries == [CampaignEntry("sales", "demo", CampaignSettings("PJSIP/{digits}@trunk"))]


@pytest.mark.parametrize("written", ["20:00", "'20:00'"])
def test_a_time_of_the_day_needs_no_quotes(tmp_path: Path, written: str) -> None:
    """YAML 1.1 would read 1200 there: a number to the base of 60."""
    (entry,) = read_campaigns(write(tmp_path, LEAST + f"day_ends: {written}\n"))
    assert entry.settings.day_ends == "20:00"
    assert read_campaigns(write(tmp_path, campaigns_text([entry]))) == [entry]


def test_pauses_are_merged_over_the_shipped_ones(tmp_path: Path) -> None:
    text = LEAST + "mode: power\nretry_after_s: {busy: 60}\n"
    (entry,) = read_campaigns(write(tmp_path, text))
    assert entry.settings.mode is Mode.POWER
    assert entry.settings.retry_after_s[Disposition.BUSY] == 60
    assert entry.settings.retry_after_s[Disposition.NO_ANSWER] == 3600


@pytest.mark.parametrize(
    "text",
    [
        LEAST + "---\n" + LEAST.replace("demo", "other"),
        "campaigns:\n- {project: sales, name: demo, dial: 'PJSIP/{digits}@trunk'}\n"
        "- {project: sales, name: other, dial: 'PJSIP/{digits}@trunk'}\n",
    ],
)
def test_several_campaigns_in_a_file(tmp_path: Path, text: str) -> None:
    assert [entry.name for entry in read_campaigns(write(tmp_path, text))] == ["demo", "other"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LEAST + "mode: predictiv\n", 'demo.yaml:4: mode: expected one of predictive, progressive, '
         'power, callback, preview, inbound (did you mean predictive?), found "predictiv"'),
        (LEAST + "announce: 'say:-v'\n", "announce: expected say: and a text of at most 500"),
        (LEAST + "announce: beep\n", "announce: expected media such as sound:campaigns/verify, or"),
        (LEAST + "starts_on: 1.12.2026\n", "starts_on: expected a date such as 2026-12-01"),
        (LEAST + "result_codes: {1: sold}\n", "result_codes: expected results by digit"),
        (LEAST + "result_codes: {1: success sold}\n", "result_codes.1: \"sold\" is no kind"),
        (LEAST + "agents: [anna, anna]\n", "agents: expected printable texts, each once"),
        (LEAST.replace("{digits}", "100"), "demo.yaml:3: dial: expected a dial string with {digits}"
         ' or {e164}, such as PJSIP/{digits}@trunk, found "PJSIP/100@trunk"'),
        (LEAST.replace("@trunk", "@a&PJSIP/b"), "demo.yaml:3: dial: expected a dial string"),
        (LEAST + "max_abandonment: 3\n", 'max_abandonment: expected 0 to 0.1, found "3"'),
        (LEAST + "ring_timeout_s: 10\n",
         "demo.yaml:4: ring_timeout_s: 10 is less than min_ring_s, which is 15"),
        (LEAST + "agent_first: true\n",
         "demo.yaml:4: agent_first: a predictive campaign dials before an agent is chosen"),
        (LEAST + "max_line: 10\n", "demo.yaml:4: max_line: unknown key; did you mean max_lines?"),
        (LEAST + "amd: maybe\n", 'demo.yaml:4: amd: expected true or false, found "maybe"'),
        (LEAST + "retry_after_s: {bussy: 1}\n", "retry_after_s.bussy: unknown key; expected one"),
        (LEAST + "retry_after_s: {busy: -1}\n", "retry_after_s: expected 0 to"),
        (LEAST + "retry_after_s: {busy: soon}\n", "retry_after_s.busy: expected a number"),
        (LEAST + "retry_after_s: {talked: 60}\n", "result is talked is not dialed again"),
        (LEAST + "retry_after_s: {busy: 5x}\n", 'busy: expected a number, found "5x"'),
        (LEAST + "retry_rules: {busy: 5}\n", "retry_rules: expected a list"),
        (LEAST + "retry_rules:\n- {pause_s: 1h}\n- {pause: 1h}\n", "did you mean pause_s?"),
        (LEAST + "retry_rules:\n- {}\n", "retry_rules[1]: it says nothing"),
        (LEAST + "retry_rules:\n- {give_up: 1}\n", "[1].give_up: expected true or false"),
        (LEAST + "retry_rules:\n- {attempt: 3-2, give_up: yes}\n", 'attempt is "3-2"; expected'),
        (LEAST + "safe_harbour: sorry.wav\n", "safe_harbour: expected media such as"),
        (LEAST + "day_ends: 8pm\n",
         'day_ends: expected a time of the day such as 20:00, or nothing, found "8pm"'),
        (LEAST + "day_ends: 24:00\n", "day_ends: expected a time of the day"),
        (LEAST + "caller_id_pool: [Bank]\n", "caller_id_pool: expected a number, or"),
        (LEAST + "caller_id_by_prefix: {+7: '+7495'}\n",
         "caller_id_by_prefix: expected prefixes of digits without a plus"),
        (LEAST + "caller_id_by_prefix: {7: Bank}\n", "caller_id_by_prefix: expected a number, or"),
        (LEAST + "trunks: ['']\n", "trunks: expected a name of 1 to 100"),
        (LEAST + "caller_id: Bank\n", "caller_id: expected a number"),
        ("name: demo\n", "demo.yaml:1: project: missing: The project it belongs to"),
        (LEAST + "---\n" + LEAST, "demo.yaml:5: demo: the campaign is here twice, first in line 1"),
        ("campaigns: 5\n", "demo.yaml:1: campaigns: expected a list of campaigns"),
        ("campaigns: []\n", "demo.yaml: there is no campaign in it"),
        ("- a\n", "demo.yaml:1: file: expected keys and values, found a list"),
    ],
)  # fmt: skip
def test_says_what_is_wrong(tmp_path: Path, text: str, fault: str) -> None:
    assert any(fault in found for found in faults(tmp_path, text)), faults(tmp_path, text)


def test_every_setting_has_its_sentence() -> None:
    assert list(RULES) == [each.name for each in dataclasses.fields(CampaignSettings)]
    assert all(rules["doc"].endswith(".") for rules in RULES.values())


SIGNS = "аЯéz09 -_#:'\"{}[]&*!|>%@`~,?№\\漢😀"
names = st.text(SIGNS, max_size=30).map(lambda text: f"{text}x".strip()) | st.sampled_from(
    ["yes", "null", "~", "1e3", "0x10", "12:30", "2026-01-01", "=", "<<", "campaigns"]
)
sounds = st.sampled_from(["", "sound:a", "sound:a/b,number:5"])
SHIPPED = CampaignSettings(dial="").retry_after_s


RULES_OF_RETRIES = st.builds(
    RetryRule,
    after=st.lists(st.sampled_from(list(SHIPPED)), max_size=2).map(tuple),
    attempt=st.sampled_from(["", "1", "2-3", "4-"]),
    days=st.lists(st.sampled_from(Day), max_size=2).map(tuple),
    agent_missed=st.sampled_from([None, True, False]),
    younger_than_s=st.none() | st.floats(1, 86400),
    number=st.sampled_from(Which),
) | st.builds(RetryRule, next_day_at=st.sampled_from(["10:00", "23:59"]), counts=st.booleans())


@st.composite
def any_settings(draw: st.DrawFn) -> CampaignSettings:
    least = draw(st.floats(0, 120))
    mode = draw(st.sampled_from(Mode))
    pauses = draw(st.dictionaries(st.sampled_from(list(SHIPPED)), st.floats(0, 7776000)))
    return CampaignSettings(
        dial=draw(st.sampled_from(["PJSIP/{digits}@trunk", "Local/{e164}@out", "SIP/a:{digits}"])),
        mode=mode,
        caller_id=draw(st.sampled_from(["", "74951234567", "+74951234567", '"Банк: #1" <74951>'])),
        max_lines=draw(st.integers(1, 10000)),
        lines_per_agent=draw(st.floats(1, 20)),
        max_abandonment=draw(st.floats(0, 0.1)),
        abandonment_window=draw(st.sampled_from(Window)),
        ring_timeout_s=draw(st.floats(max(least, 5), 180)),
        min_ring_s=least,
        connect_within_s=draw(st.floats(0.1, 30)),
        max_call_s=draw(st.floats(10, 86400)),
        safe_harbour=draw(sounds),
        announce=draw(sounds),
        amd=draw(st.booleans()),
        wrap_up_s=draw(st.floats(0, 3600)),
        agent_first=mode in AGENT_FIRST_MODES and draw(st.booleans()),
        max_attempts=draw(st.integers(1, 100)),
        max_uncounted=draw(st.integers(1, 1000)),
        retry_rules=tuple(draw(st.lists(RULES_OF_RETRIES, max_size=3))),
        retry_after_s={**SHIPPED, **pauses},
    )


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.builds(CampaignEntry, names, names, any_settings()),
        min_size=1, max_size=3, unique_by=lambda entry: (entry.project, entry.name),
    )
)  # fmt: skip
def test_an_export_applies_again_exactly(
    tmp_path_factory: pytest.TempPathFactory, entries: list[CampaignEntry]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    assert read_campaigns(write(folder, campaigns_text(entries))) == entries
    assert read_campaigns(write(folder, campaigns_text(entries, is_short=True))) == entries


def test_a_short_export_says_only_what_is_not_as_shipped(tmp_path: Path) -> None:
    text = LEAST + "max_lines: 10\nretry_after_s:\n  busy: 60\n"
    (entry,) = read_campaigns(write(tmp_path, text))
    assert sorted(campaigns_text([entry], is_short=True).split()) == sorted(text.split())


# --- changing -----------------------------------------------------------------------------------


def test_settings_are_changed_by_words() -> None:
    words = ("max_abandonment=0.02", " mode = power", "amd=yes", "retry_after_s.busy=900")
    before = CampaignSettings(dial="PJSIP/{digits}@t", max_lines=7)
    after = changed(before, words)
    assert (after.max_abandonment, after.mode, after.amd) == (0.02, Mode.POWER, True)
    assert (after.max_lines, after.dial) == (7, before.dial)
    assert after.retry_after_s == before.retry_after_s | {Disposition.BUSY: 900.0}
    assert changed(before, ()) == before


def test_retry_rules_in_a_file(tmp_path: Path) -> None:
    text = LEAST + (
        "retry_rules:\n"
        "- {after: [busy, no_answer], attempt: 1-2, pause_s: 10m, number: same}\n"
        "- after: [no_answer]\n  days: [weekend]\n  next_day_at: 10:00\n"
    )
    (entry,) = read_campaigns(write(tmp_path, text))
    busy = (Disposition.BUSY, Disposition.NO_ANSWER)
    assert entry.settings.retry_rules == (
        RetryRule(after=busy, attempt="1-2", pause_s=600.0, number=Which.SAME),
        RetryRule(after=busy[1:], days=(Day.WEEKEND,), next_day_at="10:00"),
    )
    written = campaigns_text([entry])
    assert "agent_missed" not in written, "of a rule only what it says is written"
    assert read_campaigns(write(tmp_path, written)) == [entry]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("max_abandonment",), "--set max_abandonment: expected KEY=VALUE, as in"),
        (("max_abandonment=5",), '--set max_abandonment: expected 0 to 0.1, found "5"'),
        (("lines=5",), "--set lines: unknown key; did you mean max_lines?"),
        (("ring_timeout_s=6",), "--set ring_timeout_s: 6 is less than min_ring_s, which is 15"),
        (("retry_after_s.talked=1",), "a task whose result is talked is not dialed again"),
        (("retry_after_s=5", "retry_after_s.bussy=1"), "retry_after_s.bussy: unknown key"),
    ],
)
def test_words_that_change_nothing_are_named(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        changed(CampaignSettings(dial="PJSIP/{digits}@t"), words)
