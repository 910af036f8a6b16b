"""Heads of any kind and in any pieces: one head, or a refusal, and never anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccdialer.fastagi.head import (
    BYTES_MOST,
    LINE_MOST,
    LINES_MOST,
    BadHead,
    Head,
    HeadReader,
    head_of,
    printable,
)
from tests.fastagi.pbx import head


def read(said: bytes, size: int = 1 << 20) -> Head | None:
    reader = HeadReader()
    for start in range(0, len(said), size):
        found = reader.feed(said[start : start + size])
        if found is not None:
            return found
    return None


def test_what_asterisk_says() -> None:
    found = read(head("route_by_stage?did=%2B7495&note=a+b,queue=sales,urgent"))
    assert found is not None
    assert found.script == "route_by_stage"
    assert found.arguments == {"did": "+7495", "note": "a+b", "queue": "sales"}
    assert found.words == ("urgent",)
    assert (found.caller, found.did, found.leg_id) == (
        "+79161234567",
        "74951112233",
        "1764100000.1",
    )
    assert found.caller_name == ""


@pytest.mark.parametrize("number", ["unknown", "anonymous", ""])
def test_who_hides_his_number(number: str) -> None:
    found = read(head("x", agi_callerid=number))
    assert found is not None
    assert found.caller == ""


def test_where_the_line_names_no_number_the_extension_is_it() -> None:
    found = read(head("x", agi_dnid="unknown", agi_extension="401"))
    assert found is not None
    assert found.did == "401"


def test_the_first_of_a_name_counts() -> None:
    """A line end in a caller's name begins a line of his: it changes nothing that stands before,
    and the query stands before all."""
    evil = "x\nagi_network_script: evil\nagi_arg_1: did=666"
    found = read(head("route?did=401", agi_calleridname=evil))
    assert found is not None
    assert (found.script, found.arguments["did"]) == ("route", "401")


def test_a_long_line_is_cut_and_the_rest_goes_on() -> None:
    found = read(head("route", agi_calleridname="x" * 65536))
    assert found is not None
    assert len(found.caller_name) < LINE_MOST
    assert found.environment["agi_threadid"] == "140"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"agi_network_script: route\n" + b"a: b\n" * LINES_MOST, "too_many_lines"),
        (b"agi_network_script: route\n" + b"x" * BYTES_MOST, "head_too_long"),
        (b"agi_network_script: route\n" + b"\0" * BYTES_MOST, "head_too_long"),
    ],
)
def test_what_is_refused_tells_what_was_wanted(said: bytes, why: str) -> None:
    reader = HeadReader()
    with pytest.raises(BadHead, match=why):
        reader.feed(said)
    assert reader.so_far.script == "route"


def test_what_comes_behind_is_kept() -> None:
    reader = HeadReader()
    assert reader.feed(b"agi_network: yes\n\n200 result=1\n") is not None
    assert reader.rest == b"200 result=1\n"


@given(st.binary(max_size=4000), st.integers(1, 700))
def test_any_bytes_in_any_pieces_are_a_head_or_none(said: bytes, size: int) -> None:
    try:
        found = read(said, size)
    except BadHead:
        found = None
    if found is not None:
        texts = [*found.environment.values(), *found.arguments.values(), found.script]
        assert all(text.isprintable() for text in texts)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["agi_network_script", "agi_callerid", "agi_arg_1", "agi_arg_2", "x"]),
        st.text(st.characters(exclude_characters="\r\n"), max_size=200),
    ),
    max_size=LINES_MOST,
)


@given(LINES, st.integers(1, 300))
def test_pieces_make_no_difference(lines: list[tuple[str, str]], size: int) -> None:
    raw = [f"{name}: {value}".encode("utf-8", "replace") for name, value in lines]
    said = b"\n".join([*raw, b"", b""]) if raw else b"\n"
    assert read(said, size) == head_of(raw)


@given(st.text())
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert len(shown) == len(text)
    assert shown == text or not text.isprintable()
