"""The telephony and the timelines of a Bitrix24 portal, after bitrix-tools/b24-rest-docs: what an
application may do there, and an incoming webhook may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.crm.fakes.bitrix24 import CODE, TIME, Portal
from tests.crm.fakes.server import Answer, Request

SAME_CALL_S = 1800.0
"""A call that is registered again, and is not finished, is the same one within this."""
USERS = {"7": "101", "8": None}
STATUS_CODES = {
    *("200", "304", "603", "603-S", "403", "404", "486", "484", "503", "480", "402", "423"),
    "OTHER",
}


@dataclass
class CallingPortal:
    """A portal whose telephony is written to."""

    portal: Portal
    now: float = 0.0  # seconds
    live: dict[str, dict[str, Any]] = field(default_factory=dict)  # registered, not finished
    history: list[dict[str, Any]] = field(default_factory=list)  # finished calls
    records: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    access: str = "access-0"
    refresh: str = "refresh-0"
    made: int = 0

    def answer(self, request: Request) -> Answer:
        if request.path == "/oauth/token/":
            return self.token(dict(request.query))
        method = request.path.rpartition("/")[2].removesuffix(".json")
        is_app = "auth" in (request.page or {})
        if is_app and request.page["auth"] != self.access:
            return _error(401, "expired_token", "The access token provided has expired.")
        serve = METHODS.get(method)
        if serve is None:
            if is_app:
                inner = f"/rest/1/{CODE}/{method}.json"
                request = Request(request.method, inner, (), request.headers, request.page)
            return self.portal.answer(request)
        if not is_app and f"/rest/1/{CODE}/" not in request.path:
            return _error(401, "NO_AUTH_FOUND", "Wrong authorization data")
        if not is_app and method.startswith("telephony."):
            told = "Current authorization type is denied for this method"
            return _error(403, "WRONG_AUTH_TYPE", told)
        return serve(self, request.page)

    def token(self, query: dict[str, str]) -> Answer:
        """A refresh token is good once."""
        known = (query.get("client_id"), query.get("client_secret")) == ("app.1", "cs")
        if not known or query.get("refresh_token") != self.refresh:
            return _error(400, "invalid_grant", "")
        self.made += 1
        self.access, self.refresh = f"access-{self.made}", f"refresh-{self.made}"
        tokens = {"access_token": self.access, "refresh_token": self.refresh}
        more = {"expires_in": 3600, "scope": "app", "domain": "oauth.bitrix24.tech", "user_id": 1}
        return Answer(200, tokens | more | {"client_endpoint": "https://x.bitrix24.ru/rest/"})

    def register(self, page: dict[str, Any]) -> Answer:
        if fault := _user_fault(page):
            return fault
        if page.get("TYPE") not in (1, 2, 3, 4, 5):
            return _error(400, "ERROR_CORE", "Unknown TYPE")
        if not str(page.get("PHONE_NUMBER", "")).strip("+").isdecimal():
            return _error(400, "ERROR_CORE", "Unsupported phone number format")
        for call_id, call in self.live.items():
            is_same = call["EXTERNAL_CALL_ID"] == page["EXTERNAL_CALL_ID"]
            if is_same and self.now - call["at"] <= SAME_CALL_S:
                return _result({"CALL_ID": call_id, "CRM_CREATED_LEAD": None})
        self.made += 1
        call_id = f"externalCall.{self.made:032x}.1772808159"
        self.live[call_id] = page | {"at": self.now}
        return _result({"CALL_ID": call_id, "CRM_CREATED_LEAD": None, "CRM_CREATED_ENTITIES": []})

    def finish(self, page: dict[str, Any]) -> Answer:
        if fault := _user_fault(page):
            return fault
        call = self.live.pop(page["CALL_ID"], None)
        if call is None:
            told = "Call is not found (call should be registered prior to finishing"
            return _error(400, "ERROR_CORE", told)
        assert page["STATUS_CODE"] in STATUS_CODES
        self.history.append({**call, **page})
        return _result({"CALL_ID": page["CALL_ID"], "ID": len(self.history), "CRM_ACTIVITY_ID": 1})

    def attach(self, page: dict[str, Any]) -> Answer:
        if page["CALL_ID"] not in {call["CALL_ID"] for call in self.history}:
            return _error(400, "ERROR_NOT_FOUND", "Call is not found")
        self.records.append(page)
        return _result({"FILE_ID": len(self.records)})

    def comment(self, page: dict[str, Any]) -> Answer:
        fields = page["fields"]
        if not fields.get("COMMENT"):
            return _error(400, "INVALID_ARG_VALUE", "Empty comment")
        self.comments.append(fields | {"ID": str(900 + len(self.comments))})
        return _result(900 + len(self.comments) - 1)

    def list_comments(self, page: dict[str, Any]) -> Answer:
        wanted = page["filter"]
        found = [c for c in self.comments if all(c[key] == wanted[key] for key in wanted)]
        kept = [{key: c[key] for key in page["select"]} for c in reversed(found)]
        return _result(kept[:50])


METHODS = {
    "telephony.externalCall.register": CallingPortal.register,
    "telephony.externalCall.finish": CallingPortal.finish,
    "telephony.externalCall.attachRecord": CallingPortal.attach,
    "crm.timeline.comment.add": CallingPortal.comment,
    "crm.timeline.comment.list": CallingPortal.list_comments,
}


def _user_fault(page: dict[str, Any]) -> Answer | None:
    if not page.get("USER_ID") and not page.get("USER_PHONE_INNER"):
        return _error(400, "ERROR_CORE", "USER_ID or USER_PHONE_INNER should be set")
    inner = page.get("USER_PHONE_INNER")
    is_known = page.get("USER_ID") in USERS or (inner and inner in USERS.values())
    return None if is_known else _error(400, "ERROR_CORE", "User is not found or is not active")


def _result(result: Any) -> Answer:
    return Answer(200, {"result": result, "time": TIME})


def _error(status: int, code: str, text: str) -> Answer:
    return Answer(status, {"error": code, "error_description": text})
