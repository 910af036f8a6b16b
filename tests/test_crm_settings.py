"""What the settings of connectors say of themselves."""

from __future__ import annotations

import pytest

from ccdialer.core.notice import NoticeKind
from ccdialer.crm_settings import (
    KINDS,
    AmoCrm,
    Bitrix24,
    Rest,
    Webhook,
    is_database,
    is_name,
    is_secret,
    is_sheltered,
    is_url,
)
from ccdialer.schema import specs_of


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (is_url, "https://a.bitrix24.ru/rest/1/x/", "https://u:p@a.bitrix24.ru/"),
        (is_url, "http://10.1.2.3:8080/x", "http://10.1.2.3:99999/"),
        (is_database, "mysql://u:p@h:3306/d", "mysql:"),
        (is_database, "mysql://u:p@h:3306/d", "mysql://u:p/ss@h/d"),
        (is_database, "sqlite:////var/lib/x.db", "/var/lib/x.db"),
        (is_name, "portal-2", "Portal"),
    ],
)
def test_checks(check: object, right: str, wrong: str) -> None:
    assert callable(check)
    assert (check(right), bool(check(wrong))) == ("", True)


@pytest.mark.parametrize(
    ("url", "private", "is_right"),
    [
        ("https://a.bitrix24.ru/rest/1/x/", (), True),
        ("http://a.bitrix24.ru/rest/1/x/", (), False),
        ("HTTP://a.bitrix24.ru/rest/1/x/", (), False),
        ("http://203.0.113.7/x", ("10.1.2.0/24",), False),
        ("http://127.0.0.1/x", (), False),  # every connection would be refused
        ("http://127.0.0.1/x", ("127.0.0.1",), True),
        ("http://10.1.2.3:8080/c?phone={number}", ("fd00::/8", "10.1.2.0/24"), True),
        ("http://[fd00::1]/x", ("fd00::/8",), True),
        ("http://crm.lan/x", ("10.1.2.0/24",), True),  # its address tells, when it is asked
        ("", (), True),
    ],
)
def test_what_is_told_is_told_by_tls_or_at_home(
    url: str, private: tuple[str, ...], is_right: bool
) -> None:
    assert (is_sheltered(url, private) == "") is is_right


def test_every_kind_names_itself() -> None:
    assert {kind: specs_of(cls)["kind"].default for kind, cls in KINDS.items()} == {
        kind: kind for kind in KINDS
    }


def test_what_does_not_go_together() -> None:
    assert AmoCrm(url="https://a.amocrm.ru").mistake().startswith("give `token`")
    assert AmoCrm(client_id="x", redirect_uri="y", tokens="relative").mistake()
    assert AmoCrm(client_id="x", redirect_uri="y", tokens="/var/lib/t.json").mistake() == ""
    assert "ivan" in AmoCrm(token="t", owners={"ivan": "anna"}).mistake()
    assert Rest().mistake() == ""
    assert Rest(fields={"x": "a["}).mistake().startswith('"a[" is not a JMESPath')
    assert Rest(card={"nam": "x"}).mistake().startswith("card has no nam")


def test_what_a_crm_is_told_goes_together() -> None:
    started = (NoticeKind.STARTED,)
    assert "client_id" in Bitrix24(writes=started).mistake()
    assert "tokens" in Bitrix24(writes=started, client_id="app.1").mistake()
    assert Bitrix24(writes=started, client_id="app.1", tokens="/t.json").mistake() == ""
    assert Bitrix24(writes=(NoticeKind.CALLS,)).mistake() == ""


def test_a_secret_is_long_enough() -> None:
    assert is_secret("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=") == ""
    assert "24 bytes" in is_secret("secret")
    assert "24 bytes" in Webhook(secret="secret").mistake()
