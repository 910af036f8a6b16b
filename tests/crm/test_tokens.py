"""A refresh token is good once: the new ones are on disk before either of them is used."""

from __future__ import annotations

import fcntl
import json
import stat
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ccdialer.crm.fault import CrmFault
from ccdialer.crm.pace import Pace
from ccdialer.crm.tokens import Integration, Tokens
from ccdialer.crm.web import Web
from tests.crm.fakes.amocrm import Account, serve
from tests.crm.fakes.server import Answer, FakeServer, Fault, Request

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


def test_a_renewal_is_not_ended_by_whoever_waits_for_it(tmp_path: Path) -> None:
    """A look-up has a moment left: the old refresh token is void by then, and the answer with the
    new one must be awaited by somebody."""
    path, account, gate = tmp_path / "amo.json", Account(), threading.Event()
    path.write_text(json.dumps(ENDED))

    def slowly(request: Request) -> Answer:
        answer = account.answer(request)
        assert gate.wait(30)
        return answer

    with FakeServer(slowly) as server:
        tokens = tokens_of(server, path)
        with pytest.raises(CrmFault, match="are kept when they do") as caught:
            tokens.access(time.monotonic() + 0.05)
        assert caught.value.reason == "crm_timeout"
        gate.set()
        assert tokens.access(time.monotonic() + 30) == "access-1"
        assert json.loads(path.read_text())["refresh_token"] == "refresh-1"
        assert account.refreshes == 1


def test_who_waits_for_another_process_waits_no_longer_than_he_may(tmp_path: Path) -> None:
    """One that was stopped while it renewed them, say."""
    path = tmp_path / "amo.json"
    path.write_text(json.dumps(ENDED))
    with serve(Account()) as server, path.with_name("amo.json.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tokens = tokens_of(server, path)
        for _ in range(3):
            with pytest.raises(CrmFault, match="have not come yet"):
                tokens.access(time.monotonic() + 0.05)
        fcntl.flock(lock, fcntl.LOCK_UN)
        assert tokens.access(time.monotonic() + 30) == "access-1"


def test_a_file_in_which_the_end_is_no_instant(tmp_path: Path) -> None:
    path = tmp_path / "amo.json"
    path.write_text(json.dumps(ENDED | {"ends_at": "soon"}))
    with serve(Account()) as server, pytest.raises(CrmFault, match=r"amo\.json: ValueError"):
        tokens_of(server, path).access(soon())
