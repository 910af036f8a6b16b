"""The core hears of sounds only; a text that cannot be spoken costs no call."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ccdialer import storage
from ccdialer.config import Speech
from ccdialer.core.campaign import CampaignSettings
from ccdialer.runtime.announcing import Announcing
from tests.runtime.floor import Floor, wall
from tests.runtime.test_speech import SPEAKER, command


def announce(floor: Floor) -> str:
    """What the core plays to agents of the campaign."""
    return floor.driver.dialer.board.runs[floor.campaign.id].campaign.settings.announce


@pytest.fixture
def speech(tmp_path: Path) -> Speech:
    return Speech(command(SPEAKER, "{text}", "{file}", "8000"), str(tmp_path / "sounds"))


async def say(floor: Floor, announcing: Announcing, text: str) -> None:
    settings = CampaignSettings("PJSIP/{digits}@t", announce=text)
    storage.upsert_campaign(floor.db, "acme", "demo", settings, wall())
    floor.library.heard = announcing.heard
    await floor.reception.reload()


async def test_a_text_is_heard_as_soon_as_it_is_spoken(floor: Floor, speech: Speech) -> None:
    announcing = Announcing(speech)
    await say(floor, announcing, "say:{name}")
    assert announce(floor) == "", "nobody waits for it"
    await announcing.prepare(floor.reception.reload)
    assert announce(floor).startswith(f"sound:{speech.folder}/")
    later = Announcing(speech)
    await say(floor, later, "say:demo")
    assert announce(floor).startswith("sound:"), "spoken already"


async def test_a_recorded_sound_is_left_as_it_is(floor: Floor, speech: Speech) -> None:
    await say(floor, Announcing(speech), "sound:beep")
    assert announce(floor) == "sound:beep"


async def test_a_text_that_cannot_be_spoken_is_logged_once(floor: Floor) -> None:
    announcing = Announcing(Speech())
    with capture_logs() as lines:
        for _ in range(3):
            await say(floor, announcing, "say:hello")
            await announcing.prepare(floor.reception.reload)
    assert announce(floor) == ""
    (line,) = [line for line in lines if line["log_level"] == "warning"]
    assert line["campaign"] == "demo"
    assert "set speech.command in config.yaml" in line["trouble"]
