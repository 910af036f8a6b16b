"""Names are asked for once an hour, and old ones serve while the CRM is silent."""

from __future__ import annotations

import pytest

from ccdialer.crm.fault import CrmFault, too_late
from ccdialer.crm.names import AGAIN_S, FRESH_S, Names, Table


def test_old_names_serve_while_the_crm_is_silent() -> None:
    now, answers = [0.0], [{"1": "new"}]
    names = Names(lambda: now[0])

    def read() -> Table:
        if not answers:
            raise too_late("silence")
        return answers.pop()

    assert names.table("stages", read) == {"1": "new"}
    assert names.table("stages", read) == {"1": "new"}
    now[0] = FRESH_S
    assert names.table("stages", read) == {"1": "new"}, "the old ones"
    now[0] += AGAIN_S
    answers.append({"1": "renamed"})
    assert names.table("stages", read) == {"1": "renamed"}
    with pytest.raises(CrmFault, match="silence"):
        names.table("pipelines", read)


def test_a_crm_that_does_not_tell_them_is_not_asked_by_every_look_up() -> None:
    now, asked = [0.0], [0]
    names = Names(lambda: now[0])
    names.table("stages", lambda: {"1": "new"})

    def silent() -> Table:
        asked[0] += 1
        raise too_late("silence")

    now[0] = FRESH_S
    for _ in range(5):
        assert names.table("stages", silent) == {"1": "new"}
    assert asked == [1]
    now[0] += AGAIN_S
    assert names.table("stages", silent) == {"1": "new"}
    assert asked == [2]
