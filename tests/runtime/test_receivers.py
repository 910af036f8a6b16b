"""Who is told what is as config.yaml says."""

from __future__ import annotations

from pathlib import Path

from ccdialer.config import Config, load
from ccdialer.core.notice import NoticeKind, Wish
from ccdialer.crm.amocrm_calls import AmoCrmCalls
from ccdialer.crm.bitrix24_app import Bitrix24App
from ccdialer.crm.bitrix24_calls import Bitrix24Calls
from ccdialer.crm.saying import Voice
from ccdialer.crm.webhook import Webhook
from ccdialer.runtime.receivers import delivery_of, retell, routes_of, wishes_of
from ccdialer.storage import Database
from tests.crm.fakes.subscriber import SECRET

EVERY = f"""
crm:
  recordings_url: https://pbx.example.net/rec/
  connectors:
    - kind: csv
      path: clients.csv
    - kind: bitrix24
      webhook: https://acme.bitrix24.ru/rest/1/c0de/
      writes: [missed, notes]
      projects: [sales]
      owners: {{"7": anna}}
      user: "8"
    - kind: bitrix24
      name: app
      webhook: https://acme.bitrix24.ru/rest/1/c0de/
      writes: [started, calls]
      client_id: app.1
      client_secret: cs
      tokens: /var/lib/ccdialer/b24.json
    - {{kind: amocrm, url: "https://a.amocrm.ru", token: t, writes: [calls]}}
    - {{kind: webhook, url: "https://erp.example.net/calls", secret: {SECRET}}}
    - {{kind: amocrm, name: quiet, url: "https://a.amocrm.ru", token: t}}
"""


def config(tmp_path: Path) -> Config:
    path = tmp_path / "config.yaml"
    path.write_text(EVERY)
    return load(path, {})


def test_each_has_its_wishes(tmp_path: Path) -> None:
    kinds = NoticeKind
    assert wishes_of(config(tmp_path)) == (
        Wish("bitrix24", frozenset({kinds.MISSED, kinds.NOTES}), frozenset({"sales"})),
        Wish("app", frozenset({kinds.STARTED, kinds.CALLS})),
        Wish("amocrm", frozenset({kinds.CALLS})),
        Wish("webhook", frozenset({kinds.CALLS, kinds.MISSED, kinds.NOTES})),
    )


def test_each_has_its_receiver(tmp_path: Path) -> None:
    routes = {route.receiver.name: route for route in routes_of(config(tmp_path))}
    assert list(routes) == ["bitrix24", "app", "amocrm", "webhook"]
    by_hook, app = routes["bitrix24"].receiver, routes["app"].receiver
    assert isinstance(by_hook, Bitrix24Calls)
    assert isinstance(app, Bitrix24Calls)
    assert by_hook.voice == Voice({"anna": "7"}, "8", "https://pbx.example.net/rec/")
    assert (by_hook.is_application, app.is_application) == (False, True)
    assert isinstance(app.portal, Bitrix24App)
    assert isinstance(routes["amocrm"].receiver, AmoCrmCalls)
    assert isinstance(routes["webhook"].receiver, Webhook)


def test_look_ups_keep_the_larger_share_of_the_rate(tmp_path: Path) -> None:
    rates = {route.receiver.name: route.per_s for route in routes_of(config(tmp_path))}
    assert rates["bitrix24"] * 3 <= 1.0
    assert rates["webhook"] == 20.0


def test_a_section_read_again_is_told_and_promised(db: Database, tmp_path: Path) -> None:
    before = config(tmp_path)
    delivery = delivery_of(before, db)
    rounds = {each.name: each for each in delivery.rounds}
    path = tmp_path / "config.yaml"
    path.write_text(EVERY.replace("c0de/\n      writes: [missed", "n3w/\n      writes: [missed"))
    retell(delivery, db, load(path, {}))
    now = {each.name: each for each in delivery.rounds}
    assert {name for name in now if now[name] is not rounds[name]} == {"bitrix24"}
    assert rounds["bitrix24"].over.is_set()
    assert db.wishes == wishes_of(before)
    path.write_text("crm: {}")
    retell(delivery, db, load(path, {}))
    assert (delivery.rounds, db.wishes) == ([], ())
