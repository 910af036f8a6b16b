"""A Bitrix24 portal as a local application knows it: by tokens of OAuth instead of a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ccdialer.crm.bitrix24 import result_of
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.tokens import Access
from ccdialer.crm.web import Ask, Web

OAUTH = "https://oauth.bitrix24.tech"
"""Where tokens are changed, for every portal (apidocs.bitrix24.com, OAuth 2.0)."""


@dataclass(frozen=True, slots=True)
class Bitrix24App:
    """Calls methods as an application; `rest` is https://PORTAL/rest/."""

    rest: str
    web: Web
    access: Access

    def call(self, method: str, until: float, **params: Any) -> Any:
        """The `result` of a method of the portal. Raises CrmFault."""
        token = self.access(until, "")
        try:
            return self._call(method, until, params, token)
        except CrmFault as fault:
            if not str(fault).startswith("expired_token"):
                raise
        return self._call(method, until, params, self.access(until, token))

    def _call(self, method: str, until: float, params: dict[str, Any], token: str) -> Any:
        page = params | {"auth": token}
        return result_of(
            self.web.ask(Ask(f"{self.rest}{method}.json", "POST", page), until), method
        )


def rest_of(webhook: str) -> str:
    """https://PORTAL/rest/ of the address of an incoming webhook there."""
    return webhook.partition("/rest/")[0] + "/rest/"
