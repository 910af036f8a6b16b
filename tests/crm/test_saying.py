"""A call as people read it in a CRM."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.crm.saying import LONGEST_COMMENT, Voice, mark_of, marked, sentence
from tests.crm.telling import CALL, MISSED, NOTE, VOICE, parcel


def test_a_talk() -> None:
    assert sentence(CALL, Voice()) == (
        "Call to +79161234567 (spring), 2026-11-18T11:06:40+00:00: talked with anna for 1:30"
    )


def test_a_missed_call_and_a_hidden_number() -> None:
    text = "Missed call from a hidden number (spring), 2026-11-18T11:06:40+00:00: left"
    assert sentence(replace(MISSED, number=""), VOICE) == text


def test_a_result_with_all_its_words() -> None:
    assert sentence(NOTE, VOICE).splitlines()[1:] == [
        "Result: success (order)",
        "wants it on Monday",
        "Recording: https://pbx.example.net/recordings/spring/2026-11-25/x%20y.wav",
    ]


def test_a_comment_has_its_limit() -> None:
    assert len(sentence(replace(NOTE, comment="x" * 100_000), VOICE)) < LONGEST_COMMENT + 300


def test_an_agent_speaks_for_himself_where_he_is_known() -> None:
    assert VOICE.user_of(CALL) == "7"
    assert VOICE.user_of(MISSED) == "8"
    assert VOICE.recording_of(MISSED) == ""


def test_each_notice_has_its_own_mark_at_every_try() -> None:
    assert mark_of(parcel(CALL)) == mark_of(parcel(CALL, tries=5))
    assert mark_of(parcel(CALL)) != mark_of(parcel(NOTE))
    assert marked(parcel(NOTE), VOICE).endswith(f"\n{mark_of(parcel(NOTE))}")
