"""Answers of Asterisk, in any pieces; a value is never taken for the next answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.fastagi.replies import REPLY_MOST, BadReply, Reply, ReplyReader, reply_of


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"200 result=1", Reply(200, "1")),
        (b"200 result=0", Reply(200, "0")),
        (b"200 result=-1", Reply(200, "-1")),
        (b"200 result=1 (Anna (B) x)", Reply(200, "1", "Anna (B) x")),
        (b"200 result=0 endpos=5120", Reply(200, "0")),
        (b"200 result=1 (hangup)", Reply(200, "1", "hangup")),
        (b"200 result=1 (\xff\xe0)", Reply(200, "1", "\ufffd\ufffd")),
        (b"200 result= (timeout)", Reply(200, "", "timeout")),
        (b"510 Invalid or unknown command", Reply(510, text="Invalid or unknown command")),
        (b"511 Command Not Permitted on a dead channel or intercept routine", None),
        (b"junk", None),
        (b"2000 x", None),
        (b"", None),
    ],
)
def test_lines(line: bytes, reply: Reply | None) -> None:
    found = reply_of(line)
    if line.startswith(b"511"):
        assert found is not None
        assert found.is_hangup
    else:
        assert found == reply


def feed(data: bytes, size: int = 1 << 20) -> list[Reply]:
    reader = ReplyReader()
    return [r for at in range(0, len(data), size) for r in reader.feed(data[at : at + size])]


def test_a_usage_is_one_answer() -> None:
    said = (
        b"520-Invalid command syntax.  Proper usage follows:\nUsage: x\n520 End of proper usage.\n"
    )
    first, second = feed(said + b"200 result=1\n")
    assert first.code == 520
    assert "Usage: x" in first.text
    assert second == Reply(200, "1")


def test_a_usage_that_never_ends_holds_no_memory() -> None:
    (found,) = feed(b"520-x\n" + b"y\n" * 199)
    assert found.code == 520


def test_a_value_goes_on_until_its_bracket_is_closed() -> None:
    evil = b"200 result=1 (a\n200 result=1 (forged\nb)\n200 result=0\n"
    first, second = feed(evil)
    assert first.data == "a\n200 result=1 (forged\nb"
    assert second.result == "0"


def test_a_hang_up_is_no_answer() -> None:
    reader = ReplyReader()
    assert reader.feed(b"HANGUP\n200 result=1\n") == [Reply(200, "1")]
    assert reader.is_hung_up


@pytest.mark.parametrize("said", [b"x" * (REPLY_MOST + 1), b"200 result=1 (" + b"x\n" * REPLY_MOST])
def test_what_is_longer_than_any_answer(said: bytes) -> None:
    with pytest.raises(BadReply):
        feed(said, 4096)


def test_a_value_of_lines_without_end_is_given_up_in_the_midst_of_a_piece() -> None:
    """Each line would cost as much as all before it."""
    reader = ReplyReader()
    with pytest.raises(BadReply):
        reader.feed(b"200 result=1 (" + b"\n" * (REPLY_MOST + 1))


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_any_bytes_in_any_pieces(said: bytes, size: int) -> None:
    assert feed(said, size) == feed(said)
