"""What a connector wants to be told, and how long a talk was."""

from __future__ import annotations

from dataclasses import replace

from ccdialer.core.notice import Direction, Notice, NoticeKind, Wish

CALL = Notice(NoticeKind.CALLS, "a", Direction.INBOUND, "+74950000001")


def test_a_wish_covers_its_kinds_and_projects() -> None:
    all_of_them = Wish("crm", frozenset({NoticeKind.CALLS}))
    of_one = Wish("crm", frozenset({NoticeKind.CALLS}), frozenset({"acme"}))
    assert all_of_them.covers(NoticeKind.CALLS, "acme")
    assert not all_of_them.covers(NoticeKind.NOTES, "acme")
    assert of_one.covers(NoticeKind.CALLS, "acme")
    assert not of_one.covers(NoticeKind.CALLS, "")


def test_a_talk_lasts_from_the_join_to_the_end() -> None:
    assert CALL.talk_s == 0
    assert replace(CALL, joined_at=1000, ended_at=None).talk_s == 0
    assert replace(CALL, joined_at=1000, ended_at=4600).talk_s == 4
    assert replace(CALL, joined_at=4000, ended_at=1000).talk_s == 0
