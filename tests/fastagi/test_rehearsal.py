"""A script with no PBX: what is said, what is set, and who hangs is left alone."""

from __future__ import annotations

import threading
from typing import Any

from ccdialer.fastagi.rehearsal import Scene, head_text, line_in_dialplan, rehearse
from ccdialer.fastagi.script import MARK, Argument, Script, script

DESK: Any = None


def declared(function: Any, **given: Any) -> Script:
    return vars(script(**given)(function))[MARK]


def greet(agi: Any, desk: Any) -> None:
    """Greets."""
    agi.verbose(agi.get_variable("NAME"))
    agi.set_variable("CCD_X", agi.args["who"])


def hang(agi: Any, desk: Any) -> None:
    """Hangs."""
    threading.Event().wait(1.0)
    agi.verbose("late")


GREET = declared(
    greet, arguments={"who": Argument("Who.", is_needed=True)}, outputs={"CCD_X": "X."}
)


def test_a_transcript() -> None:
    scene = Scene("+79161234567", "401", "A\nB", {"who": "me"}, {"NAME": "Anna"})
    told = rehearse(GREET, scene, DESK)
    assert told.lines[-10:] == [
        '> GET VARIABLE "NAME"',
        "< 200 result=1 (Anna)",
        '> VERBOSE "Anna" 1',
        "< 200 result=0",
        '> SET VARIABLE CCD_STATUS "OK"',
        "< 200 result=1",
        '> SET VARIABLE CCD_REASON ""',
        "< 200 result=1",
        '> SET VARIABLE CCD_X "me"',
        "< 200 result=1",
    ]
    assert "< agi_calleridname: A B" in told.lines
    assert told.variables == {"CCD_STATUS": "OK", "CCD_REASON": "", "CCD_X": "me"}


def test_what_is_lacking_is_told() -> None:
    assert rehearse(GREET, Scene(), DESK).variables["CCD_REASON"] == "needs_who"


def test_who_hangs_is_late() -> None:
    told = rehearse(declared(hang, outputs={"CCD_X": "X."}, limit_s=0.05), Scene(), DESK)
    assert told.variables == {"CCD_STATUS": "TIMEOUT", "CCD_REASON": "script_late", "CCD_X": ""}
    assert not [line for line in told.lines if "late" in line and "VERBOSE" in line]


def test_a_head_has_one_line_for_each_thing() -> None:
    text = head_text("x", Scene(name="a\nagi_network_script: evil", arguments={"a": "b\nc"}))
    assert "agi_calleridname: a agi_network_script: evil\n" in text
    assert "agi_arg_1: a=b c\n" in text


def test_the_line_of_a_dialplan() -> None:
    assert line_in_dialplan(GREET, "127.0.0.1:4573") == "AGI(agi://127.0.0.1:4573/greet,who=...)"
