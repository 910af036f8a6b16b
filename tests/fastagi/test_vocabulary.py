"""pyst2's words on our transport: one line a command, whatever is put in."""

from __future__ import annotations

from typing import Any

import pytest
from asterisk.agi import AGI
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.fastagi.head import Head
from ccdialer.fastagi.replies import Reply
from ccdialer.fastagi.script import Output
from ccdialer.fastagi.vocabulary import (
    LINE_MOST,
    Agi,
    AGIAppError,
    AGIDBError,
    AGIError,
    AGIHangup,
    AGIInvalidCommand,
    AGIUnknownError,
    AGIUsageError,
    line_of,
    quoted,
)


class Line:
    """Answers everything alike, and keeps what was said."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.said: list[str] = []

    def __call__(self, line: str) -> Reply:
        self.said.append(line)
        return self.replies.pop(0) if self.replies else Reply(200, "1")


def agi(line: Line, **args: str) -> Agi:
    head = Head({"agi_callerid": "+79161234567", "agi_dnid": "401", "agi_uniqueid": "1.2"}, "x")
    return Agi(head, args, {"CCD_WHO": Output("Who.")}, line)


def test_it_is_pyst2s_own_class() -> None:
    """Scripts written for it find every word they know."""
    ours = agi(Line())
    assert isinstance(ours, AGI)
    assert {name for name in vars(AGI) if not name.startswith("_")} <= set(dir(ours))


def test_words() -> None:
    line = Line(Reply(200, "1", "Anna"), Reply(200, "0"), Reply(200, "49"), Reply(200, "1"))
    call = agi(line)
    assert call.get_variable("NAME") == "Anna"
    assert call.get_variable("NONE") == ""
    assert call.wait_for_digit(100) == "1"
    call.verbose('say "hi" \\ there', 3)
    assert line.said == [
        'GET VARIABLE "NAME"',
        'GET VARIABLE "NONE"',
        "WAIT FOR DIGIT 100",
        'VERBOSE "say \\"hi\\" \\\\ there" 3',
    ]


def test_declared_variables_wait_for_the_end_and_others_do_not() -> None:
    line = Line()
    call = agi(line)
    call.set_variable("CCD_WHO", "Анна\n")
    call.set_variable("OTHER", "a b")
    assert call.values == {"CCD_WHO": "%D0%90%D0%BD%D0%BD%D0%B0%0A"}
    assert line.said == ['SET VARIABLE "OTHER" "a%20b"']


def test_the_database_of_asterisk() -> None:
    line = Line(Reply(200, "1", "x"), Reply(200, "0"))
    call = agi(line)
    assert call.database_get("family", "key") == "x"
    with pytest.raises(AGIDBError):
        call.database_get("family", "key")
    assert line.said[0] == 'DATABASE GET "family" "key"'


def test_an_application_gets_its_arguments_as_one() -> None:
    line = Line()
    agi(line).exec_command("Playback", "beep", "skip\nEXEC System id")
    assert line.said == ['EXEC Playback "beep,skip EXEC System id"']


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(510, text="Invalid"), AGIInvalidCommand),
        (Reply(520, text="Usage"), AGIUsageError),
        (Reply(511, text="dead"), AGIHangup),
        (Reply(200, "1", "hangup"), AGIHangup),
        (Reply(200, "-1"), AGIAppError),
        (Reply(404, text="?"), AGIUnknownError),
    ],
)
def test_failures_are_pyst2s(reply: Reply, error: type[Exception]) -> None:
    with pytest.raises(error):
        agi(Line(reply)).noop()


def test_a_hang_up_is_found_when_it_is_asked_for() -> None:
    with pytest.raises(AGIHangup):
        agi(Line(Reply(511))).test_hangup()


def test_a_command_that_asterisk_would_cut_is_not_sent() -> None:
    line = Line()
    with pytest.raises(AGIError, match="longer"):
        agi(line).verbose("Ж" * LINE_MOST)
    assert line.said == []


def test_the_call_it_is_about() -> None:
    assert agi(Line()).call.number == "+79161234567"
    other = agi(Line(), caller="101", did="402", call="ab")
    assert (other.call.number, other.call.did, other.routed_call().call_id) == ("101", "402", "ab")
    assert agi(Line(Reply(200, "1", "cd")), call="").routed_call().call_id == "cd"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("12.5", 12.5),
        ("", 0.0),
        ("x", 0.0),
        ("-1", 0.0),
        ("nan", 0.0),
        ("inf", 0.0),
        ("1e9", 90 * 86400.0),
    ],
)
def test_seconds(given: str, meant: float) -> None:
    assert agi(Line(), after=given).seconds("after") == meant


ANY = st.text(st.characters(), max_size=300)


@given(
    ANY, ANY, st.sampled_from(["verbose", "appexec", "set_variable", "stream_file", "send_text"])
)
def test_whatever_is_put_in_it_is_one_line(first: str, second: str, word: str) -> None:
    line = Line(Reply(200, "0"))
    call: Any = agi(line)
    try:
        if word in ("appexec", "set_variable"):
            getattr(call, word)(first, second)
        else:
            getattr(call, word)(first)
    except AGIError:
        pass
    for said in line.said:
        assert not set(said) & set("\r\n\0")
        assert said.startswith(("VERBOSE", "EXEC", "SET VARIABLE", "STREAM FILE", "SEND TEXT"))


@given(ANY)
def test_a_quoted_text_ends_where_it_ends(text: str) -> None:
    """As Asterisk reads it: a backslash takes the next sign as it is, a quote ends."""
    inside = quoted(text)[1:-1]
    at = 0
    while at < len(inside):
        assert inside[at] != '"'
        at += 2 if inside[at] == "\\" else 1
    assert at == len(inside)


def test_a_line_is_a_line() -> None:
    assert line_of("SET CONTEXT", "a\r\nHANGUP\0") == "SET CONTEXT a HANGUP"
