"""What an apply changes of stored trunks, and what stays."""

from __future__ import annotations

from ccdialer import storage
from tests.cli.prompt import Prompt
from tests.cli.trunks import TRUNKS, apply

WITHOUT_SPARE = TRUNKS[: TRUNKS.index("  - name: spare")]


def states(prompt: Prompt) -> dict[str, str]:
    return {row["trunk"]: row["state"] for row in prompt.json("trunk", "list")}


def test_every_change_is_named(prompt: Prompt) -> None:
    apply(prompt)
    changed = (
        TRUNKS.replace("lines: 10", "lines: 20")
        .replace("sip.example.net", "sip.example.org")
        .replace("7: 1.50", "78: 1.50\n      7: 1.60")
    )
    assert (
        'trunk "main": changed; provider.server: sip.example.net -> sip.example.org, '
        "lines: 10 -> 20, prices: 1 new, 1 changed\n"
    ) in apply(prompt, changed)


def test_a_trunk_taken_out_is_disabled_and_comes_back(prompt: Prompt) -> None:
    apply(prompt)
    with prompt.database() as database:
        before = storage.find_trunk(database, "spare")
    assert 'trunk "spare": not in the file any more, disabled' in apply(prompt, WITHOUT_SPARE)
    assert states(prompt) == {"main": "enabled", "spare": "removed"}
    assert "spare" not in apply(prompt, WITHOUT_SPARE)  # it is told once
    assert "spare" not in prompt.run("trunk", "export").output
    assert 'trunk "spare": changed; back in the file' in apply(prompt)
    with prompt.database() as database:
        assert (
            storage.find_trunk(database, "spare") == before
        )  # the same row: its calls are its own


def test_a_trunk_that_an_admin_has_disabled_stays_so(prompt: Prompt) -> None:
    apply(prompt)
    prompt.run("trunk", "disable", "main")
    assert "it is disabled: ccdialer trunk enable main" in apply(prompt)
    assert states(prompt)["main"] == "disabled"
    apply(prompt, TRUNKS.replace("lines: 10", "lines: 5"))
    assert states(prompt)["main"] == "disabled"
