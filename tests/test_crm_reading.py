"""The section `crm` of config.yaml: each kind has its keys, every fault is named, no secret is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.config import Config, load
from ccdialer.crm_settings import AmoCrm, Bitrix24, Clients, Crm, CsvFile, Order, Rest, Sql
from ccdialer.errors import ConfigError

EVERY = """
crm:
  budget_ms: 300
  order: in_turn
  private: [10.1.2.0/24]
  connectors:
    - kind: clients
    - kind: bitrix24
      name: portal
      webhook_file: webhook
      projects: [sales]
      owners: {"7": anna}
    - {kind: amocrm, url: "https://a.amocrm.ru", token: "${AMO}"}
    - kind: rest
      url: http://10.1.2.3/c?phone={number}
      headers: {X-Key: "${AMO}"}
    - kind: sql
      database: sqlite:////var/lib/erp.db
      query: SELECT name FROM person WHERE phone = :digits
    - {kind: csv, path: clients.csv, fresh_s: 5}
"""
WEBHOOK = "https://acme.bitrix24.ru/rest/1/s3cret/"


def read(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    (tmp_path / "webhook").write_text(f"{WEBHOOK}\n")
    return load(path, {"AMO": "t0ken"})


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    return caught.value.faults


def test_every_kind(tmp_path: Path) -> None:
    crm = read(tmp_path, EVERY).crm
    assert (crm.budget_ms, crm.order, crm.private) == (300, Order.IN_TURN, ("10.1.2.0/24",))
    assert crm.connectors == (
        Clients(name="clients"),
        Bitrix24(
            name="portal",
            webhook=WEBHOOK,
            webhook_file="webhook",
            projects=("sales",),
            owners={"7": "anna"},
        ),
        AmoCrm(name="amocrm", url="https://a.amocrm.ru", token="t0ken"),
        Rest(name="rest", url="http://10.1.2.3/c?phone={number}", headers={"X-Key": "t0ken"}),
        Sql(
            name="sql",
            database="sqlite:////var/lib/erp.db",
            query="SELECT name FROM person WHERE phone = :digits",
        ),
        CsvFile(name="csv", path=str(tmp_path / "clients.csv"), fresh_s=5.0),
    )


def test_nobody_is_asked_as_shipped(tmp_path: Path) -> None:
    assert read(tmp_path, "node: a").crm == Crm()
    assert Crm().budget_ms == 400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- kind: bitrix", "config.yaml:1: crm.connectors[1].kind: expected a connector with a "
         'kind, found "bitrix"; did you mean bitrix24?'),
        ("- text", 'found ""; known: clients, bitrix24, amocrm, rest, sql, csv'),
        ("- {kind: csv}", "crm.connectors[1].path: missing"),
        ("- {kind: csv, paht: x}", "unknown key; did you mean path?"),
        ("- {kind: bitrix24}", "give one of webhook and webhook_file"),
        ("- {kind: amocrm, url: 'https://a.amocrm.ru'}", "give `token` (or token_file)"),
        ("- {kind: rest, url: 'ftp://x/'}", "expected a URL such as"),
        ("- {kind: rest, url: 'http://x/', client: 'a['}", "is not a JMESPath"),
        ("- {kind: rest, url: 'http://x/', deal: {stag: x}}", "deal has no stag"),
        ("- {kind: sql, database: 'oracle://x/y', query: 'SELECT :number'}", "sqlite:////file.db"),
        ("- {kind: sql, database: 'sqlite:////x', query: SELECT 1}", "a SELECT with :number"),
        ("- {kind: csv, path: a, name: A B}", "small letters, digits"),
        ("- {kind: csv, path: a}\n- {kind: csv, path: b}", "csv: there are two of that name"),
        ("{kind: csv}", "expected a list of connectors"),
    ],
)  # fmt: skip
def test_faults_are_named(tmp_path: Path, text: str, said: str) -> None:
    lines = "\n".join(f"    {line}" for line in text.splitlines())
    (fault,) = faults(tmp_path, f"crm: {{connectors: {text}}}" if text[0] == "{" else
                      f"crm:\n  connectors:\n{lines}")  # fmt: skip
    assert said.removeprefix("config.yaml:1: ") in fault


def test_all_faults_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, "crm:\n  budget_ms: 1\n  private: [x]\n  connectors: [{kind: csv}]")
    assert len(found) == 3


def test_a_secret_is_not_told(tmp_path: Path) -> None:
    text = "crm:\n  connectors:\n    - {kind: bitrix24, webhook: acme/rest/1/s3cret}"
    (fault,) = faults(tmp_path, text)
    assert "s3cret" not in fault
    assert fault.endswith("found what is not shown here")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    text = "crm:\n  connectors:\n    - {kind: bitrix24, webhook_file: nowhere}"
    assert faults(tmp_path, text) == [
        "config.yaml: crm.connectors.bitrix24.webhook_file: nowhere: No such file or directory"
    ]


def test_a_secret_in_a_file_is_checked_too(tmp_path: Path) -> None:
    text = "crm:\n  connectors:\n    - {kind: sql, database_secret_file: webhook, query: ':number'}"
    (fault,) = faults(tmp_path, text)
    assert "database_secret_file" in fault
    assert "s3cret" not in fault


@pytest.mark.parametrize("given", ["webhook: '{}'", "webhook_file: plain"])
def test_a_secret_does_not_travel_in_clear(tmp_path: Path, given: str) -> None:
    address = WEBHOOK.replace("https", "http")
    (tmp_path / "plain").write_text(address)
    text = f"crm:\n  connectors:\n    - {{kind: bitrix24, {given.format(address)}}}"
    assert faults(tmp_path, text) == [
        "config.yaml: crm.connectors.bitrix24.webhook: expected https://, as http:// can be read on"
        " its way; or, in a network of yours, its address under crm.private"
    ]


def test_a_webhook_is_told_by_its_secret(tmp_path: Path) -> None:
    secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    (tmp_path / "secret").write_text(f"{secret}\n")
    text = (
        "crm:\n  connectors:\n"
        "    - {kind: webhook, url: 'https://erp.example.net/c', secret_file: secret}\n"
    )
    (hook,) = read(tmp_path, text).crm.connectors
    assert (hook.name, hook.secret) == ("webhook", secret)
    (tmp_path / "secret").write_text("short\n")
    assert faults(tmp_path, text) == [
        "config.yaml: crm.connectors.webhook.secret_file: secret: expected whsec_ and at least 24"
        " bytes as base64"
    ]


def test_faults_of_what_is_told_are_named(tmp_path: Path) -> None:
    text = (
        "crm:\n  connectors:\n"
        "    - {kind: bitrix24, webhook: 'https://a.bitrix24.ru/rest/1/c/',"
        " writes: [calls, calls]}\n"
        "    - {kind: amocrm, url: 'https://a.amocrm.ru', token: t,"
        " writes: [notices], user: anna}\n"
    )
    found = faults(tmp_path, text)
    assert len(found) == 3
    assert "each kind once" in found[0]
    assert "did you mean" in found[1]
    assert "expected a number" in found[2]
