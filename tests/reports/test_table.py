"""Columns are described in a line of text."""

from __future__ import annotations

import pytest

from ccdialer.reports.table import Audience, Column, Kind, columns


def test_a_description_becomes_a_column() -> None:
    assert columns("talk_s|talk|seconds", "-sip_code||count", "*results", "agent") == (
        Column("talk_s", "talk", Kind.SECONDS),
        Column("sip_code", "sip code", Kind.COUNT, Audience.MACHINES),
        Column("results", "results", Kind.TEXT, Audience.PEOPLE),
        Column("agent", "agent"),
    )


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="minutes"):
        columns("talk|talk|minutes")
