"""An amoCRM account, API v4: shapes after amocrm.ru/developers and amocrm/amocrm-api-php."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.crm.fakes.server import Answer, FakeServer, Request

LONG_LIVED = "long-lived-token"
PIPELINES = [
    {
        "id": 31,
        "name": "Продажи",
        "_embedded": {
            "statuses": [
                {"id": 501, "name": "Первичный контакт", "pipeline_id": 31},
                {"id": 502, "name": "Счёт выставлен", "pipeline_id": 31},
                {"id": 142, "name": "Успешно реализовано", "pipeline_id": 31},
            ]
        },
    }
]


def contact(id_: int, name: str, phones: list[str], leads: list[int], at: int) -> dict[str, Any]:
    """As contacts?with=leads has him."""
    values = [{"value": phone, "enum_code": "WORK"} for phone in phones]
    return {
        "id": id_,
        "name": name,
        "responsible_user_id": 7001,
        "updated_at": at,
        "custom_fields_values": [{"field_id": 1, "field_code": "PHONE", "values": values}],
        "_embedded": {"leads": [{"id": each} for each in leads]},
    }


def lead(id_: int, status: int, at: int, closed_at: int | None = None) -> dict[str, Any]:
    """As leads has it."""
    return {
        "id": id_,
        "name": f"Заявка {id_}",
        "price": 5000,
        "responsible_user_id": 7002,
        "status_id": status,
        "pipeline_id": 31,
        "updated_at": at,
        "closed_at": closed_at,
    }


@dataclass
class Account:
    """What the account knows, and which tokens it has given out."""

    contacts: list[dict[str, Any]] = field(default_factory=list)
    leads: list[dict[str, Any]] = field(default_factory=list)
    access: str = "access-0"
    refresh: str = "refresh-0"
    refreshes: int = 0
    code: str = "code-of-20-minutes"

    def answer(self, request: Request) -> Answer:
        if request.path == "/oauth2/access_token":
            return self.token(request.page or {})
        token = request.headers.get("Authorization", "")
        if token not in (f"Bearer {LONG_LIVED}", f"Bearer {self.access}"):
            return Answer(401, {"title": "Unauthorized", "status": 401, "detail": "Invalid token"})
        serve = PATHS.get(request.path)
        return serve(self, request) if serve else Answer(404, {"title": "Not found"})

    def token(self, page: dict[str, Any]) -> Answer:
        """A refresh token is good once."""
        good = page.get("client_id") == "ci" and page.get("client_secret") == "cs"
        grant = page.get("grant_type")
        good &= grant != "refresh_token" or page.get("refresh_token") == self.refresh
        good &= grant != "authorization_code" or page.get("code") == self.code
        if not good:
            return Answer(400, {"hint": "Token has been revoked", "title": "Bad request"})
        self.refreshes += 1
        self.access, self.refresh = f"access-{self.refreshes}", f"refresh-{self.refreshes}"
        return Answer(
            200,
            {
                "token_type": "Bearer",
                "expires_in": 86400,
                "server_time": 1790000000,
                "access_token": self.access,
                "refresh_token": self.refresh,
            },
        )

    def find(self, request: Request) -> Answer:
        """A full-text search: it also finds who has the digits in his name."""
        query = dict(request.query)["query"]
        found = [each for each in self.contacts if query in _digits(each) or query in str(each)]
        return _page("contacts", found)

    def leads_of(self, request: Request) -> Answer:
        ids = {int(value) for key, value in request.query if key == "filter[id][]"}
        return _page("leads", [each for each in self.leads if each["id"] in ids])

    def pipelines(self, request: Request) -> Answer:
        return _page("pipelines", PIPELINES)


PATHS = {
    "/api/v4/contacts": Account.find,
    "/api/v4/leads": Account.leads_of,
    "/api/v4/leads/pipelines": Account.pipelines,
}


def _digits(each: dict[str, Any]) -> str:
    return "".join(sign for sign in str(each["custom_fields_values"]) if sign.isdigit())


def _page(name: str, rows: list[dict[str, Any]]) -> Answer:
    if not rows:
        return Answer(204)
    return Answer(200, {"_page": 1, "_links": {}, "_embedded": {name: rows}})


def serve(account: Account) -> FakeServer:
    return FakeServer(account.answer)
