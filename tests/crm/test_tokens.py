"""A refresh token is good once: the new ones are on disk before either of them is used."""

from __future__ import annotations

import json
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ccdialer.crm.fault import CrmFault
from ccdialer.crm.pace import Pace
from ccdialer.crm.tokens import Integration, Tokens
from ccdialer.crm.web import Web
from tests.crm.fakes.amocrm import Account, serve
from tests.crm.fakes.server import FakeServer, Fault

ENDED = {"access_token": "access-0", "refresh_token": "refresh-0", "ends_at": 0}


def tokens_of(server: FakeServer, path: Path) -> Tokens:
    integration = Integration(server.url, "ci", "cs", "https://example.net/", path)
    return Tokens(integration, Web(("127.0.0.1",), Pace(1000, 1000)))


def soon() -> float:
    return time.monotonic() + 5.0


def test_an_ended_token_is_renewed_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "amo.json"
    path.write_text(json.dumps(ENDED))
    account = Account()
    with serve(account) as server:
        tokens = tokens_of(server, path)
        assert tokens.access(soon()) == "access-1"
        assert tokens.access(soon()) == "access-1"
        assert account.refreshes == 1
        kept = json.loads(path.read_text())
        assert (kept["access_token"], kept["refresh_token"]) == ("access-1", "refresh-1")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert tokens_of(server, path).access(soon(), "access-1") == "access-2"


def test_many_threads_renew_it_once(tmp_path: Path) -> None:
    path = tmp_path / "amo.json"
    path.write_text(json.dumps(ENDED))
    account = Account()
    with serve(account) as server, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: tokens_of(server, path).access(soon()), range(16)))
    assert set(found) == {"access-1"}
    assert account.refreshes == 1


def test_tokens_that_cannot_be_kept_are_not_used(tmp_path: Path) -> None:
    """The file's folder has become a file: what comes now would be lost at the next start."""
    path = tmp_path / "amo.json"
    path.write_text(json.dumps(ENDED))
    (tmp_path / "amo.json.part").mkdir()
    with serve(Account()) as server, pytest.raises(CrmFault, match="are not used") as caught:
        tokens_of(server, path).access(soon())
    assert caught.value.reason == "crm_file"


def test_a_refused_refresh_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "amo.json"
    path.write_text(json.dumps(ENDED | {"refresh_token": "used"}))
    with serve(Account()) as server, pytest.raises(CrmFault, match="crm authorize"):
        tokens_of(server, path).access(soon())
    assert json.loads(path.read_text())["refresh_token"] == "used", "it may be the network's fault"


def test_a_silent_server_leaves_the_old_tokens(tmp_path: Path) -> None:
    path = tmp_path / "amo.json"
    path.write_text(json.dumps(ENDED))
    with serve(Account()) as server:
        server.fault = Fault.WRONG_JSON
        with pytest.raises(CrmFault):
            tokens_of(server, path).access(soon())
        assert json.loads(path.read_text()) == ENDED
        server.fault = None
        assert tokens_of(server, path).access(soon()) == "access-1"


def test_the_first_ones_come_for_a_code(tmp_path: Path) -> None:
    path = tmp_path / "new" / "amo.json"
    account = Account()
    with serve(account) as server:
        tokens = tokens_of(server, path)
        with pytest.raises(CrmFault, match="run: ccdialer crm authorize"):
            tokens.access(soon())
        tokens.authorize(account.code, soon())
        assert tokens.access(soon()) == "access-1"


def test_a_file_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "amo.json"
    path.write_text("[]")
    with serve(Account()) as server, pytest.raises(CrmFault, match=r"amo\.json"):
        tokens_of(server, path).access(soon())
