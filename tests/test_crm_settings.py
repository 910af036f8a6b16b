"""What the settings of connectors say of themselves."""

from __future__ import annotations

import pytest

from ccdialer.crm_settings import KINDS, AmoCrm, Rest, is_database, is_name, is_url
from ccdialer.schema import specs_of


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (is_url, "https://a.bitrix24.ru/rest/1/x/", "https://u:p@a.bitrix24.ru/"),
        (is_url, "http://10.1.2.3:8080/x", "http://10.1.2.3:99999/"),
        (is_database, "mysql://u:p@h:3306/d", "mysql:"),
        (is_database, "sqlite:////var/lib/x.db", "/var/lib/x.db"),
        (is_name, "portal-2", "Portal"),
    ],
)
def test_checks(check: object, right: str, wrong: str) -> None:
    assert callable(check)
    assert (check(right), bool(check(wrong))) == ("", True)


def test_every_kind_names_itself() -> None:
    assert {kind: specs_of(cls)["kind"].default for kind, cls in KINDS.items()} == {
        kind: kind for kind in KINDS
    }


def test_what_does_not_go_together() -> None:
    assert AmoCrm(url="https://a.amocrm.ru").mistake().startswith("give `token`")
    assert AmoCrm(client_id="x", redirect_uri="y", tokens="relative").mistake()
    assert AmoCrm(client_id="x", redirect_uri="y", tokens="/var/lib/t.json").mistake() == ""
    assert Rest().mistake() == ""
    assert Rest(fields={"x": "a["}).mistake().startswith('"a[" is not a JMESPath')
    assert Rest(card={"nam": "x"}).mistake().startswith("card has no nam")
