"""Of several deals the open one that was changed last decides (SPEC C6)."""

from __future__ import annotations

from ccdialer.core.card import Card, Deal, deciding_deal


def test_the_open_deal_changed_last_decides() -> None:
    old = Deal("1", changed_at=10.0)
    new = Deal("2", changed_at=20.0)
    closed = Deal("3", is_open=False, changed_at=30.0)
    assert deciding_deal(Card("crm", deals=(old, new, closed))) is new
    assert deciding_deal(Card("crm", deals=(Deal("4"), old))) is old
    assert deciding_deal(Card("crm", deals=(closed,))) is None
