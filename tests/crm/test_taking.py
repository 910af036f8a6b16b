"""What a fault means for the connector, and for the notice."""

from __future__ import annotations

import pytest

from ccdialer.core.post import Refusal
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.taking import AWAY, NeverTaken, refusal_of


@pytest.mark.parametrize("reason", sorted(AWAY))
def test_who_lets_nobody_in_has_not_refused_the_notice(reason: str) -> None:
    assert refusal_of(CrmFault(reason, "x")) == Refusal(is_away=True)
    assert refusal_of(NeverTaken(reason, "x")) == Refusal(is_final=True)


@pytest.mark.parametrize("reason", ["crm_timeout", "crm_http_500", "crm_bad_answer"])
def test_what_may_be_the_notices_fault_is_counted(reason: str) -> None:
    assert refusal_of(CrmFault(reason, "x")) == Refusal()


def test_a_rest_is_kept() -> None:
    assert refusal_of(CrmFault("crm_limit", "x", 9.0)) == Refusal(rest_s=9.0, is_away=True)
