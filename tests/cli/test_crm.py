"""`ccdialer crm`: every CRM is tried and told of; what is secret stays so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.prompt import Prompt
from tests.crm.asking import CLIENT, NUMBER, account
from tests.crm.fakes import amocrm, erp
from tests.crm.fakes.server import FakeServer, Fault


def configure(prompt: Prompt, *connectors: str) -> None:
    text = prompt.config.read_text().partition("crm:")[0]
    lines = "".join(f"    - {each}\n" for each in connectors)
    prompt.config.write_text(
        f"{text}crm:\n  budget_ms: 5000\n  private: [127.0.0.1]\n  connectors:\n{lines}"
    )


def rest(server: FakeServer) -> str:
    url = f"{server.url}/clients?phone={{number}}"
    return f"{{kind: rest, url: '{url}', headers: {{X-Key: {erp.KEY}}}, timeout_s: 0.5}}"


def test_every_crm_is_asked_and_what_a_caller_gets_is_told(prompt: Prompt) -> None:
    with erp.serve({NUMBER: CLIENT}) as server:
        configure(prompt, "{kind: clients}", rest(server))
        rows = prompt.json("crm", "test", "8 916 123-45-67", "--project", "sales")
        assert [(row["connector"], row["answer"]) for row in rows] == [
            ("clients", "unknown"),
            ("rest", "found"),
        ]
        assert (rows[1]["client"], rows[1]["owner"], rows[1]["stage"]) == (
            *("Анна", "login:anna", "paid"),
        )
        said = prompt.run("crm", "test", NUMBER).stdout
        assert "A caller gets OK after" in said
        assert "rest: Анна 5, owner login:anna" in said
        assert "main: paid (open)" in said


def test_a_crm_that_fails_is_told_with_its_fault(prompt: Prompt) -> None:
    with erp.serve({}) as server:
        configure(prompt, rest(server))
        server.fault = Fault.HANG
        said = prompt.run("crm", "test", NUMBER, code=1).stdout
        assert "crm_timeout" in said
        assert "A caller gets TIMEOUT" in said
        assert erp.KEY not in said


def test_what_cannot_be_asked(prompt: Prompt) -> None:
    said = prompt.run("crm", "test", NUMBER, code=1).stderr
    assert said == "ccdialer: config.yaml names no CRM: add one under crm.connectors\n"
    configure(prompt, "{kind: clients}")
    assert "is not a phone number" in prompt.run("crm", "test", "12", code=1).stderr
    assert "--project" in prompt.run("crm", "test", NUMBER).stdout
    bad = prompt.run("crm", "test", NUMBER, "--project", "nope", code=1).stderr
    assert 'there is no project "nope"' in bad
    prompt.run("crm", "status", code=3)


def test_amocrm_is_authorized_by_a_code(prompt: Prompt, tmp_path: Path) -> None:
    knows = account()
    tokens = tmp_path / "amo.json"
    with amocrm.serve(knows) as server:
        configure(
            prompt,
            f"{{kind: amocrm, url: '{server.url}', client_id: ci, client_secret: cs,"
            f" redirect_uri: 'https://example.net/', tokens: {tokens}}}",
        )
        wrong = prompt.run("crm", "authorize", "amocrm", "other", code=1).stderr
        assert "crm_denied" in wrong
        prompt.run("crm", "authorize", "amocrm", knows.code)
        assert json.loads(tokens.read_text())["access_token"] == "access-1"
        (row,) = prompt.json("crm", "test", NUMBER)
        assert row["client"] == "Пётр"
    assert 'no connector "b24"' in prompt.run("crm", "authorize", "b24", "x", code=1).stderr


@pytest.mark.parametrize("words", [("config", "show"), ("config", "show", "--format", "json")])
def test_secrets_are_not_shown(prompt: Prompt, words: tuple[str, ...]) -> None:
    configure(
        prompt,
        "{kind: bitrix24, webhook: 'https://a.bitrix24.ru/rest/1/s3cret/'}",
        "{kind: amocrm, url: 'https://a.amocrm.ru', token: s3cret}",
        "{kind: rest, url: 'https://x/', headers: {X-Key: s3cret}}",
        "{kind: sql, database: 'mysql://u:s3cret@h/d', query: 'SELECT :number'}",
    )
    said = prompt.run(*words).stdout
    assert "s3cret" not in said
    assert "crm.connectors.bitrix24.webhook" in said
