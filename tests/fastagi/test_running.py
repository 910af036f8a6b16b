"""One script on one call: an outcome, whatever it does, and a command for every variable."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.fastagi.head import Head
from ccdialer.fastagi.replies import Reply
from ccdialer.fastagi.running import Outcome, arguments_of, lacks, run, settings_of
from ccdialer.fastagi.script import MARK, NOTFOUND, Argument, Script, Status, script
from ccdialer.fastagi.vocabulary import AGIHangup

DESK: Any = None


def made(does: Any, **given: Any) -> Script:
    def one(agi: Any, desk: Any) -> Any:
        """One."""
        return does(agi)

    return vars(script(**given)(one))[MARK]


def raises(error: BaseException) -> Any:
    def does(agi: Any) -> None:
        agi.set_variable("CCD_X", "half")
        raise error

    return does


def of(does: Any, reply: Reply | None = None) -> Outcome:
    return run(made(does, outputs={"CCD_X": "X."}), Head({}), DESK, lambda _: reply or Reply(200))


def test_an_answer() -> None:
    assert of(lambda agi: None).status is Status.OK
    found = of(lambda agi: (NOTFOUND, "nobody"))
    assert (found.status, found.reason) == (Status.NOTFOUND, "nobody")


@pytest.mark.parametrize(
    "error", [ValueError("x"), SystemExit(1), KeyboardInterrupt(), MemoryError()]
)
def test_an_exception_is_told_with_file_and_line(error: BaseException) -> None:
    found = of(raises(error))
    assert (found.status, found.reason, found.values) == (Status.ERROR, "script_failed", {})
    assert found.trouble.startswith(type(error).__name__)
    assert found.where.startswith("test_running.py:")


ALLOWED = "allowed are OK, NOTFOUND, TIMEOUT, ERROR, DENIED, each with a word why, or nothing (OK)"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("yes", "'yes'"),
        ("OK", "'OK'"),  # of two letters, but no two values
        (True, "True"),
        ((), "()"),
        (("OK", "x", 1), "('OK', 'x', 1)"),
        (("FINE", "x"), "the status 'FINE'"),
        (("ok", "x"), "the status 'ok'"),
        (([], "x"), "the status []"),
        (("\n" + "x" * 200, "x"), "the status '\\n" + "x" * 57),
    ],
)
def test_what_is_no_answer_is_a_fault_that_says_which_would_be(answer: object, told: str) -> None:
    found = of(lambda agi: answer)
    assert (found.status, found.reason, found.values) == (Status.ERROR, "script_failed", {})
    assert found.trouble == f"it returned {told}; {ALLOWED}"
    assert re.fullmatch(r"test_running\.py:[0-9]+", found.where)


def test_a_hang_up_is_nobodys_fault() -> None:
    found = of(raises(AGIHangup("gone")))
    assert (found.reason, found.trouble, found.values["CCD_X"]) == ("hangup", "", "half")


def test_what_asterisk_refuses_is_told() -> None:
    found = of(lambda agi: agi.verbose("x"), Reply(510, text="Invalid command"))
    assert found.reason == "asterisk_refused"
    assert "Invalid command" in found.trouble


def test_arguments_have_their_defaults_and_no_secret() -> None:
    given = made(lambda agi: None, arguments={"a": Argument("A.", "1"), "b": "B."})
    found = arguments_of(given, Head({}, "one", {"b": "2", "secret": "s", "more": "x"}))
    assert found == {"caller": "", "did": "", "secret": "", "a": "1", "b": "2", "more": "x"}


def test_what_is_needed() -> None:
    given = made(lambda agi: None, arguments={"a": Argument("A.", is_needed=True)})
    assert lacks(given, Head({})) == "a"
    assert lacks(given, Head({}, arguments={"a": ""})) == "a"
    assert lacks(given, Head({}, arguments={"a": "1"})) == ""


def test_of_an_unknown_script_the_two_are_set() -> None:
    lines = settings_of(None, Outcome(Status.ERROR, "no_script"))
    assert lines == ['SET VARIABLE CCD_STATUS "ERROR"', 'SET VARIABLE CCD_REASON "no_script"']


@given(st.text(), st.sampled_from(Status))
def test_every_variable_is_set_from_the_alphabet(reason: str, status: Status) -> None:
    given = made(lambda agi: None, outputs={"CCD_X": "X.", "CCD_Y": "Y."})
    lines = settings_of(given, Outcome(status, reason, {"CCD_X": "x"}))
    assert [line.split()[2] for line in lines] == ["CCD_STATUS", "CCD_REASON", "CCD_X", "CCD_Y"]
    assert not any(set(line) & set("\r\n\0\\$") for line in lines)
