"""`ccdialer client deal`: opened, moved, closed, opened again."""

from __future__ import annotations

from tests.cli.prompt import Prompt
from tests.cli.test_client import filled


def test_a_deal_s_life(prompt: Prompt) -> None:
    filled(prompt)
    pairs = ("title=Wall", "stage=offer", "amount=1 500,5", "currency=rub", "owner=anna")
    added = prompt.run("client", "deal", "add", "84951234567", *pairs)
    assert added.stdout == "deal 3 of client 2 is open\n"
    moved = prompt.run("client", "deal", "set", "3", "stage=paid", "owner=").stdout
    assert moved == "deal 3 of client 2: stage offer -> paid, owner anna -> nobody\n"
    assert "as it was" in prompt.run("client", "deal", "set", "3", "stage=paid").stdout
    closed = prompt.run("client", "deal", "close", "3", "stage=won").stdout
    assert "stage paid -> won, closed open -> 20" in closed
    (found,) = [d for d in prompt.json("client", "show", "2")["deals"] if d["id"] == 3]
    assert (found["stage"], found["amount"], found["currency"]) == ("won", "1500.5", "RUB")
    assert found["closed_at"] is not None
    prompt.run("client", "deal", "close", "3", "--reopen")
    (found,) = [d for d in prompt.json("client", "show", "2")["deals"] if d["id"] == 3]
    assert found["closed_at"] is None
    outcomes = [entry["outcome"] for entry in prompt.json("client", "show", "2")["history"]]
    assert "deal 3, stage offer -> paid, owner anna -> nobody" in outcomes


def test_what_cannot_be_done_is_said(prompt: Prompt) -> None:
    filled(prompt)
    assert "no client 9" in prompt.run("client", "deal", "add", "9", code=1).stderr
    assert (
        "nothing with the number 99"
        in prompt.run("client", "deal", "close", "9" * 20, code=2).stderr
    )
    assert "no deal 9" in prompt.run("client", "deal", "close", "9", code=1).stderr
    assert "say what to change" in prompt.run("client", "deal", "set", "1", code=2).stderr
    bad = prompt.run("client", "deal", "set", "1", "amount=many", code=2).stderr
    assert '"many" is not an amount such as 1500.50' in bad
    bad = prompt.run("client", "deal", "set", "1", "currency=roubles", code=2).stderr
    assert '"roubles" is not a code such as RUB' in bad
    assert 'no "city"' in prompt.run("client", "deal", "set", "1", "city=x", code=2).stderr
