"""Names are asked for once an hour, and old ones serve while the CRM is silent."""

from __future__ import annotations

import pytest

from ccdialer.crm.fault import CrmFault, too_late
from ccdialer.crm.names import FRESH_S, Names, Table


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
    answers.append({"1": "renamed"})
    assert names.table("stages", read) == {"1": "renamed"}
    with pytest.raises(CrmFault, match="silence"):
        names.table("pipelines", read)
