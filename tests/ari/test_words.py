"""Requests and replies, and what a refusal says."""

from __future__ import annotations

import pytest

from ccdialer.ari.words import Reply, dumps, loads, lost, unsent


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(404, "Not Found", '{"message":"Channel not found"}'), "404 Channel not found"),
        (Reply(500, "Error", '{"error": "Allocation failed"}'), "500 Allocation failed"),
        (Reply(401, "Unauthorized"), "401 Unauthorized"),
        (lost("no reply in time"), "no reply in time"),
    ],
)
def test_a_refusal_speaks_asterisks_words(reply: Reply, why: str) -> None:
    assert reply.why == why
    assert not reply.done


def test_only_a_lost_reply_leaves_a_doubt() -> None:
    assert Reply(204).done
    assert Reply(500).certain
    assert unsent("away").certain
    assert not lost("cut").certain


def test_json_goes_both_ways() -> None:
    value = {"a": ["ü", 1, None]}
    assert loads(dumps(value)) == value
    assert Reply(200, text=dumps(value)).json == value
    assert Reply(204).json is None
