"""One HTTP request to a CRM: never longer, larger or elsewhere than allowed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol

import requests
from urllib3.exceptions import HTTPError

from ccdialer.crm.fault import CrmFault, bad_answer, too_late
from ccdialer.crm.guarded import Cord, guarded

MOST_BYTES = 2_000_000
CHUNK = 65536
LONGEST_REST_S = 300.0
LIMIT_REST_S = 2.0
"""A CRM that says "too many" without saying how long is left alone so long."""

NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request; `page` is sent as JSON, or `body` as it is."""

    url: str
    method: str = "GET"
    page: Any = None
    params: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=lambda: NO_HEADERS)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever the status."""

    status: int
    body: bytes
    retry_after: str = ""

    def page(self) -> Any:
        """The body as JSON. Raises CrmFault."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            is_page = self.body.lstrip()[:1] == b"<"  # the rest may tell of people
            what = "a page for people" if is_page else "no JSON"
            raise bad_answer(f"HTTP {self.status} and {what}") from None

    @property
    def rest_s(self) -> float:
        """How long the CRM asks to be left alone."""
        text = self.retry_after.strip()
        return min(LONGEST_REST_S, float(text)) if text.isdecimal() else LIMIT_REST_S


class Turns(Protocol):
    """Says when a request may be sent: Pace, or Spare."""

    def wait_s(self, until: float) -> float:
        """After how many seconds. Raises CrmFault if that is later than `until`."""


class Web:
    """Requests to one CRM, from any of its threads; `private` and `ca_file` as in the config."""

    def __init__(self, private: tuple[str, ...], pace: Turns, ca_file: str = "") -> None:
        self._private = private
        self._ca_file = ca_file
        self._pace = pace
        self._own = threading.local()

    def ask(self, ask: Ask, until: float) -> Reply:
        """The reply, before `until` (time.monotonic). Raises CrmFault: too late, unreachable,
        forbidden, too large, too many."""
        time.sleep(self._pace.wait_s(until))
        left_s = until - time.monotonic()
        if left_s <= 0:
            raise too_late("the time is over before the request is sent")
        with Cord() as cord:
            watch = threading.Timer(left_s, cord.cut)
            watch.daemon = True
            watch.start()
            try:
                return self._exchange(ask, left_s)
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                raise _fault(error, cord.is_cut or time.monotonic() >= until) from error
            finally:
                watch.cancel()

    def _exchange(self, ask: Ask, left_s: float) -> Reply:
        with self._session().request(
            ask.method,
            ask.url,
            json=ask.page,
            data=ask.body,
            params=ask.params or None,
            headers=dict(ask.headers),
            timeout=left_s,
            allow_redirects=False,
            stream=True,
        ) as response:
            body = _body_of(response)
            return Reply(response.status_code, body, response.headers.get("Retry-After", ""))

    def _session(self) -> requests.Session:
        """Each thread has its own: sessions are not made for several."""
        found: requests.Session | None = getattr(self._own, "session", None)
        if found is None:
            found = requests.Session()
            found.verify = self._ca_file or True
            found.trust_env = False  # neither proxies nor passwords out of the environment
            found.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # it keeps none
            found.headers = {"Accept-Encoding": "identity", "User-Agent": "ccdialer"}
            adapter = guarded(self._private)
            found.mount("https://", adapter)
            found.mount("http://", adapter)
            self._own.session = found
        return found


def _body_of(response: requests.Response) -> bytes:
    """At most MOST_BYTES, as they are on the line: what is packed could be a bomb."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise bad_answer("a packed answer, which was not asked for")
    parts, size = [], 0
    for part in response.raw.stream(CHUNK, decode_content=False):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            response.raw.close()
            raise CrmFault("crm_too_large", f"the answer is larger than {MOST_BYTES} bytes")
    return b"".join(parts)


def _fault(error: Exception, is_late: bool) -> CrmFault:
    if is_late or isinstance(error, requests.Timeout):
        return too_late("no whole answer in time")
    if isinstance(error, requests.exceptions.SSLError):
        return CrmFault("crm_tls", f"TLS: {_short(error)}")
    return CrmFault("crm_unreachable", _short(error))


def _short(error: Exception) -> str:
    """Without the address: it may hold a secret."""
    cause = error.args[0] if error.args else error
    reason = getattr(cause, "reason", cause)
    return f"{type(error).__name__}: {type(reason).__name__}"


def refusal(reply: Reply) -> CrmFault:
    """What a status says that is not 2xx."""
    status = reply.status
    if status in (401, 403):
        return CrmFault("crm_denied", f"HTTP {status}: the CRM does not let us in")
    if status == 429:
        return CrmFault("crm_limit", "HTTP 429: too many requests", reply.rest_s)
    if 300 <= status < 400:
        return CrmFault("crm_redirect", f"HTTP {status}: it sends us elsewhere; mend the address")
    return CrmFault(f"crm_http_{status}", f"HTTP {status}")
