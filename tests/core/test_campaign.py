"""What is dialed for a number."""

import pytest

from ccdialer.core.campaign import CampaignSettings, dial_string
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
