"""A subscriber can trust what he is told, and knows what he has had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.core.notice import NoticeKind
from ccdialer.crm.fault import CrmFault
from ccdialer.crm.pace import Pace
from ccdialer.crm.taking import NeverTaken, refusal_of
from ccdialer.crm.web import Web
from ccdialer.crm.webhook import TYPES, Webhook, signed
from tests.crm.asking import CRM
from tests.crm.fakes.losing import Losing, once
from tests.crm.fakes.server import FakeServer
from tests.crm.fakes.subscriber import SECRET, Subscriber
from tests.crm.telling import CALL, MISSED, NOTE, VOICE, Memory, insist, parcel


@pytest.fixture
def there() -> Subscriber:
    return Subscriber()


@pytest.fixture
def hook(server: FakeServer) -> Webhook:
    web = Web(CRM.private, Pace(1000, 1000))
    return Webhook("crm", f"{server.url}/calls", SECRET, web, VOICE, lambda: 1_795_000_200.5)


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of standardwebhooks.com's reference libraries."""
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_call_is_told_whole(hook: Webhook, there: Subscriber, server: FakeServer) -> None:
    hook.take(parcel(NOTE), Memory())
    page = there.had[f"crm/notes/{NOTE.call_id}"]
    assert (page["type"], page["timestamp"]) == ("call.result", "2026-11-18T11:08:20+00:00")
    data = page["data"]
    assert (data["call_id"], data["number"], data["direction"]) == (
        NOTE.call_id,
        NOTE.number,
        "outbound",
    )
    assert (data["joined_at"], data["talk_s"]) == ("2026-11-18T11:06:45+00:00", 90)
    assert (data["said"], data["said_of"], data["comment"]) == (
        "success",
        "order",
        "wants it on Monday",
    )
    assert data["recording_url"] == VOICE.recording_of(NOTE)
    assert "kind" not in data


def test_what_is_not_known_is_null_or_empty(hook: Webhook, there: Subscriber) -> None:
    hook.take(parcel(MISSED), Memory())
    data = there.had[f"crm/missed/{MISSED.call_id}"]["data"]
    assert (data["joined_at"], data["agent"], data["recording_url"]) == (None, "", "")


def test_a_lost_answer_brings_the_same_again(
    hook: Webhook, there: Subscriber, losing: Losing
) -> None:
    losing.loses = once("/calls")
    insist(hook, CALL)
    assert len(there.deliveries) == 2
    assert len(there.had) == 1


def test_another_secret_is_refused_by_the_subscriber(hook: Webhook) -> None:
    with pytest.raises(CrmFault) as caught:
        replace(hook, secret="whsec_AAAA").take(parcel(CALL), Memory())
    assert refusal_of(caught.value).is_away


@pytest.mark.parametrize("status", [400, 422])
def test_a_body_that_is_refused_is_never_taken(
    hook: Webhook, there: Subscriber, status: int
) -> None:
    there.status = status
    with pytest.raises(NeverTaken, match=str(status)):
        hook.take(parcel(CALL), Memory())


@pytest.mark.parametrize(("status", "is_away"), [(404, False), (500, False), (410, True)])
def test_what_passes_is_tried_again(
    hook: Webhook, there: Subscriber, status: int, is_away: bool
) -> None:
    there.status = status
    with pytest.raises(CrmFault) as caught:
        hook.take(parcel(CALL), Memory())
    why = refusal_of(caught.value)
    assert (why.is_away, why.is_final) == (is_away, False)


@pytest.mark.parametrize("status", [429, 503])
def test_who_says_when_is_asked_then(hook: Webhook, there: Subscriber, status: int) -> None:
    there.status, there.retry_after = status, "42"
    with pytest.raises(CrmFault) as caught:
        hook.take(parcel(CALL), Memory())
    assert refusal_of(caught.value).rest_s == 42.0


def test_every_kind_has_a_type() -> None:
    assert set(TYPES) == set(NoticeKind)
