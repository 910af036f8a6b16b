"""The OAuth tokens of amoCRM and Bitrix24, which change at each refresh: on disk before use.

The old refresh token is void once the new one is given out (amocrm-api-php, issues 123 and 269);
a token that was not written down is lost, and an administrator of the account must authorize the
integration anew. So a renewal is not ended by whoever waits for it: it has a thread and time of its
own, and the process does not end before it.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccdialer.crm.fault import CrmFault, bad_answer, too_late
from ccdialer.crm.shapes import inner, object_of
from ccdialer.crm.web import Ask, Web, refusal

EARLY_S = 60.0
"""A token is renewed so long before it ends."""
RENEW_S = 20.0
"""A renewal may last so long, however little time there is for the request that needs it."""

Access = Callable[[float, str], str]
"""The token to be used now, before an instant; one that was not taken is told, else nothing."""


@dataclass(frozen=True, slots=True)
class Integration:
    """What the account knows us by; `path` is the file of the tokens. `asks_by_query`: as
    Bitrix24 has it, whose server of tokens is not the portal."""

    url: str
    client_id: str
    client_secret: str
    redirect_uri: str
    path: Path
    asks_by_query: bool = False

    def ask(self, grant: Mapping[str, str]) -> Ask:
        """The request for new tokens."""
        known = {"client_id": self.client_id, "client_secret": self.client_secret}
        if self.asks_by_query:
            return Ask(f"{self.url}/oauth/token/", params=tuple((known | dict(grant)).items()))
        sent = known | {"redirect_uri": self.redirect_uri} | dict(grant)
        return Ask(f"{self.url}/oauth2/access_token", "POST", sent)


class Tokens:
    """The access token for the next request; for several threads and processes."""

    def __init__(
        self, integration: Integration, web: Web, wall: Callable[[], float] = time.time
    ) -> None:
        self._integration = integration
        self._web = web
        self._wall = wall
        self._lock = threading.Lock()
        self._renewal: Future[str] | None = None  # under way

    def access(self, until: float, refused: str = "") -> str:
        """A token that has not ended, and is not the one that was `refused`. Raises CrmFault."""
        page = self._read()
        if self._is_good(page, refused):
            return str(page["access_token"])
        try:
            return self._renewing(refused).result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            raise too_late("new tokens have not come yet; they are kept when they do") from None

    def _renewing(self, refused: str) -> Future[str]:
        """One renewal at a time, for whoever needs it."""
        with self._lock:
            if self._renewal is None:
                self._renewal = Future()
                target, given = self._renew_apart, (self._renewal, refused)
                threading.Thread(target=target, args=given, name="tokens", daemon=False).start()
            return self._renewal

    def _renew_apart(self, renewal: Future[str], refused: str) -> None:
        try:
            with self._locked():
                page = self._read()  # another process may have renewed it meanwhile
                if not self._is_good(page, refused):
                    grant = {"refresh_token": page["refresh_token"]}
                    page = self._renew(grant, time.monotonic() + RENEW_S)
        except Exception as error:
            self._end()
            renewal.set_exception(error)
        else:
            self._end()
            renewal.set_result(str(page["access_token"]))

    def _end(self) -> None:
        with self._lock:
            self._renewal = None

    def authorize(self, code: str, until: float) -> None:
        """Exchange the code that amoCRM showed for the first tokens. Raises CrmFault."""
        self._integration.path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self._renew({"code": code}, until)

    def _is_good(self, page: dict[str, Any], refused: str) -> bool:
        is_young: bool = page["ends_at"] - EARLY_S > self._wall()
        return is_young and page["access_token"] != refused

    def _renew(self, grant: dict[str, str], until: float) -> dict[str, Any]:
        kind = "authorization_code" if "code" in grant else "refresh_token"
        reply = self._web.ask(self._integration.ask({"grant_type": kind, **grant}), until)
        if reply.status != 200:
            told = "the tokens are refused; authorize anew: ccdialer crm authorize"
            denied = reply.status in (400, 401, 403)
            raise CrmFault("crm_denied", told) if denied else refusal(reply)
        page = object_of(reply.page(), "the answer with the tokens")
        if not all(isinstance(page.get(key), str) for key in ("access_token", "refresh_token")):
            raise bad_answer("there are no tokens in the answer")
        lasts_s = inner(page, "expires_in")
        ends_at = self._wall() + (lasts_s if isinstance(lasts_s, int | float) else 0)
        kept = {key: page[key] for key in ("access_token", "refresh_token")} | {"ends_at": ends_at}
        self._write(kept)
        return kept

    def _read(self) -> dict[str, Any]:
        path = self._integration.path
        try:
            page = json.loads(path.read_text(encoding="utf-8"))
            kept = {key: str(page[key]) for key in ("access_token", "refresh_token")}
            return kept | {"ends_at": float(page["ends_at"])}
        except FileNotFoundError:
            sentence = f"{path} is not there yet; run: ccdialer crm authorize NAME CODE"
            raise CrmFault("crm_denied", sentence) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CrmFault("crm_denied", f"{path}: {type(error).__name__}") from error

    def _write(self, page: dict[str, Any]) -> None:
        """All or nothing, and on the disk when this returns."""
        path = self._integration.path
        part = path.with_name(path.name + ".part")
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(page, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync(path.parent)
        except OSError as error:
            sentence = f"{path}: {error.strerror}; the new tokens are not used"
            raise CrmFault("crm_file", sentence) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time renews them."""
        path = self._integration.path
        try:
            lock = path.with_name(path.name + ".lock").open("w")
        except OSError as error:
            raise CrmFault("crm_file", f"{path}: {error.strerror}") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _sync(folder: Path) -> None:
    """A file's new name outlives the machine once its folder is written."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
