"""One line an event, in each dress; whoever logs, no client's number stands there in full."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable

import pytest
import structlog

from ccdialer.runtime import logs

pytestmark = pytest.mark.usefixtures("fresh_logs")

STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"

Read = Callable[[], str]


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> Read:
    return lambda: capsys.readouterr().err


def test_text_is_time_level_event_and_pairs(read: Read) -> None:
    logs.set_up("info", "text", is_journal=False)
    structlog.get_logger().info("agent talking", agent="anna", task=7, note="a b", what="")
    assert re.fullmatch(
        rf"{STAMP} INFO agent talking agent=anna task=7 note='a b' what=''\n", read()
    )


def test_the_level_is_the_least_that_is_logged(read: Read) -> None:
    logs.set_up("warning", "text", is_journal=False)
    structlog.get_logger().info("talk")
    structlog.get_logger().warning("trouble")
    assert read().endswith(" WARNING trouble\n")


def test_json_is_one_object_a_line(read: Read) -> None:
    logs.set_up("debug", "json", is_journal=False)
    structlog.get_logger().debug("agent talking", agent="Анна", task=7)
    found = json.loads(read())
    assert re.fullmatch(STAMP, found.pop("timestamp"))
    assert found == {"event": "agent talking", "level": "debug", "agent": "Анна", "task": 7}


@pytest.mark.parametrize(
    ("level", "priority"), [("debug", 7), ("info", 6), ("warning", 4), ("error", 3)]
)
def test_journald_reads_the_level_and_adds_the_time_itself(
    read: Read, level: str, priority: int
) -> None:
    logs.set_up("debug", "text", is_journal=True)
    getattr(structlog.get_logger(), level)("seen", n=1)
    assert read() == f"<{priority}>seen n=1\n"


def test_journald_reads_it_before_json_too(read: Read) -> None:
    logs.set_up("info", "json", is_journal=True)
    structlog.get_logger().error("seen", n=1)
    line = read()
    assert line.startswith("<3>{")
    assert json.loads(line[3:]) == {"event": "seen", "level": "error", "n": 1}


def fail() -> None:
    try:
        raise ValueError("Key (number)=(+79161234567) already exists")
    except ValueError:
        structlog.get_logger().exception("storage refused")


def test_a_traceback_is_below_its_line_and_each_line_has_its_priority(read: Read) -> None:
    logs.set_up("info", "text", is_journal=True)
    fail()
    lines = read().splitlines()
    assert lines[0] == "<3>storage refused"
    assert lines[-1].startswith("<3>ValueError: Key")
    assert all(line.startswith("<3>") for line in lines)


def test_a_traceback_is_a_field_of_json(read: Read) -> None:
    logs.set_up("info", "json", is_journal=False)
    fail()
    assert "ValueError" in json.loads(read())["exception"]


# --- phone numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["text", "json"])
def test_numbers_are_masked_wherever_they_stand(read: Read, style: str) -> None:
    logs.set_up("info", style, is_journal=False)
    log = structlog.get_logger()
    log.info("dial +79161234567", endpoint="PJSIP/79161234567@trunk", why=ValueError("89161234567"))
    log.warning("lost", command="Originate(caller_id='\"x\" <+79161234567>')", seen=["79161234567"])
    fail()
    logging.getLogger("ccdialer.ari").error("odd: %s", '{"exten": "79161234567"}')
    text = read()
    assert "9161234567" not in text
    assert text.count("+7916***4567") >= 3
    assert "79161***4567" in text


def test_what_is_no_number_stays_as_it_is(read: Read) -> None:
    logs.set_up("info", "text", is_journal=False)
    kept = {
        "attempt": "019a200b19dbccb5fab360b663f6839a",
        "digits": "01234567890123456789012345678901",
        "task": 1234567890123,
        "at": "Call(at=1763737472.123456)",
        "url": "http://127.0.0.1:8088/ari",
    }
    structlog.get_logger().info("seen", **kept)
    line = read()
    assert "***" not in line
    assert all(str(value) in line for value in kept.values())


# --- others who log -----------------------------------------------------------------------------


def test_what_libraries_log_comes_in_the_same_dress(read: Read) -> None:
    logs.set_up("info", "json", is_journal=False)
    logging.getLogger("aiohttp.server").error("cannot do %d", 5)
    logging.getLogger("aiohttp.access").info("not of interest")
    found = json.loads(read())
    assert (found["event"], found["level"]) == ("cannot do 5", "error")
    assert found["source"] == "aiohttp.server"


def test_what_libraries_raise_is_shown(read: Read) -> None:
    logs.set_up("info", "text", is_journal=False)
    try:
        raise OSError("gone")
    except OSError:
        logging.getLogger("asyncio").exception("callback failed")
    assert "OSError: gone" in read()


def test_a_line_that_cannot_be_put_together_does_not_stop_us(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.set_up("info", "text", is_journal=False)
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logging.getLogger("careless").error("%d", "five")
    assert read() == ""


def test_nobody_outside_writes_lines_of_ours(read: Read) -> None:
    logs.set_up("info", "text", is_journal=True)
    forged = "busy\n<6>agent anna talking\x1b[2J"
    structlog.get_logger().warning("refused", reason=forged)
    logging.getLogger("x").warning("refused %s", forged)
    lines = read().splitlines()
    assert len(lines) == 2
    assert all(line.startswith("<4>refused") and "\x1b" not in line for line in lines)


def test_it_can_be_set_up_again(read: Read) -> None:
    log = structlog.get_logger()
    logs.set_up("error", "json", is_journal=False)
    log.info("unheard")
    logs.set_up("info", "text", is_journal=True)
    log.info("heard")
    logging.getLogger("x").warning("once")
    assert read() == "<6>heard\n<4>once source=x\n"


# --- whose standard error is --------------------------------------------------------------------


def test_journald_is_known_by_the_file_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    found = os.fstat(2)
    monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino}")
    assert logs.is_journal()
    monkeypatch.setenv("JOURNAL_STREAM", f"{found.st_dev}:{found.st_ino + 1}")
    assert not logs.is_journal(), "inherited, and standard error leads elsewhere"
    monkeypatch.delenv("JOURNAL_STREAM")
    assert not logs.is_journal()
