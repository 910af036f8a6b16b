"""A recording that lies in Asterisk's folder is deleted by Asterisk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ccdialer.ari import stored
from ccdialer.errors import SwitchUnreachable
from tests.ari.told import settings_of
from tests.lab.asterisk import Plan
from tests.lab.fixtures import Lab


def test_the_day_is_part_of_the_name() -> None:
    assert stored.path("2026-11-25/0abc") == "recordings/stored/2026-11-25%2F0abc"


@pytest.mark.lab
async def test_a_stored_recording_is_deleted_and_one_that_is_not_there_too(lab: Lab) -> None:
    settings = settings_of(lab.asterisk.plan, "inbound")
    day = lab.asterisk.folder / "spool" / "recording" / "2026-11-25"
    day.mkdir(parents=True, exist_ok=True)
    (day / "0abc.wav").write_bytes(b"RIFF")
    (day / "0abd.wav").write_bytes(b"RIFF")
    assert await stored.delete_all(settings, ["2026-11-25/0abc", "2026-11-25/none"]) == []
    assert [path.name for path in day.iterdir()] == ["0abd.wav"]
    (day / "0abd.wav").unlink()


async def test_an_asterisk_that_is_away_is_told() -> None:
    settings = replace(settings_of(Plan(), "inbound"), request_timeout_s=1.0)
    with pytest.raises(SwitchUnreachable, match="does not answer"):
        await stored.delete_all(settings, ["2026-11-25/0abc"])
