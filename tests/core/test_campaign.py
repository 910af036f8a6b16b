"""What is dialed for a number."""

import pytest

from ccdialer.core.campaign import (
    ABANDONED,
    TALKED,
    CampaignSettings,
    History,
    Tally,
    dial_string,
)
from ccdialer.core.disposition import FINAL, Disposition


@pytest.mark.parametrize(
    ("dial", "string"),
    [
        ("PJSIP/{digits}@trunk", "PJSIP/79161234567@trunk"),
        ("PJSIP/{e164}@trunk", "PJSIP/+79161234567@trunk"),
        ("Local/9{digits}@out", "Local/979161234567@out"),
    ],
)
def test_the_dial_string_of_a_number(dial: str, string: str) -> None:
    assert dial_string(CampaignSettings(dial=dial), "+79161234567") == string


def test_every_result_but_the_last_has_its_shipped_pause() -> None:
    assert set(CampaignSettings(dial="").retry_after_s) == set(Disposition) - FINAL


def test_a_day_begins_with_nothing_and_the_month_goes_on() -> None:
    history = History(Tally(10, 1), Tally(90, 2), day_ends_at=1000.0) + TALKED + ABANDONED
    assert history.at(999.0) == History(Tally(12, 2), Tally(92, 3), 1000.0)
    tomorrow = history.at(1000.0)
    assert tomorrow.at(5000.0) == tomorrow
    assert (tomorrow.day, tomorrow.month, tomorrow.month.talked) == (Tally(), Tally(92, 3), 89)
