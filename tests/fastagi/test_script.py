"""What a script may say of itself, and what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from ccdialer.fastagi.script import MARK, Argument, Output, Script, Status, script


def declared(function: Any) -> Script:
    return vars(function)[MARK]


def test_a_declaration_is_data() -> None:
    @script(
        arguments={"queue": "Which.", "campaign": Argument("Into which.", is_needed=True)},
        outputs={"CCD_X": "X.", "CCD_NAME": Output("A name.", 255)},
        limit_s=2,
    )
    def greet(agi: Any, desk: Any) -> None:
        """Greets
        whoever calls.

        More of it.
        """

    found = declared(greet)
    assert (found.name, found.doc, found.more) == ("greet", "Greets whoever calls.", "More of it.")
    assert list(found.arguments) == ["caller", "did", "secret", "queue", "campaign"]
    assert list(found.outputs) == ["CCD_STATUS", "CCD_REASON", "CCD_X", "CCD_NAME"]
    assert found.outputs["CCD_X"].most == 64


def test_the_statuses_of_the_contract() -> None:
    assert list(Status) == ["OK", "NOTFOUND", "TIMEOUT", "ERROR", "DENIED"]


def fine(agi: Any, desk: Any) -> None:
    """Fine."""


def alone(agi: Any) -> None:
    """Alone."""


def silent(agi: Any, desk: Any) -> None: ...


async def waits(agi: Any, desk: Any) -> None:
    """Waits."""


def Big(agi: Any, desk: Any) -> None:
    """Big."""


@pytest.mark.parametrize(
    ("function", "given", "sentence"),
    [
        (fine, {"outputs": {"X": "no"}}, 'output "X" is no CCD_NAME'),
        (fine, {"outputs": {"CCD_X\n": "no"}}, "is no CCD_NAME"),
        (fine, {"arguments": {"a b": "no"}}, 'argument "a b" is no name'),
        (fine, {"limit_s": 0}, "limit_s is 0; it is a number of seconds, 60 at most"),
        (fine, {"limit_s": 61}, "limit_s is 61"),
        (fine, {"limit_s": "1"}, "limit_s is '1'; it is a number"),
        (fine, {"outputs": ["CCD_X"]}, "outputs are written"),
        (fine, {"arguments": fine}, "write @script"),  # @script without brackets
        (alone, {}, "it takes two things: agi and desk"),
        (silent, {}, "it has no docstring"),
        (waits, {}, "it is async"),
        (Big, {}, '"Big" is no name'),
    ],
)
def test_what_cannot_hold_is_refused(function: Any, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        script(**given)(function)
