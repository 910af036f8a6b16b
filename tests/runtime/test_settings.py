"""What the configuration means to the rooms."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccdialer.ari import AriSettings
from ccdialer.config import Config, load
from ccdialer.runtime.settings import ari_settings, floor_rules

RULES = """
agents: {ring_timeout_s: 7, max_missed: 2, max_session_s: 600, pause_reasons: {4: tea}}
recordings: {format: gsm}
"""


def config_of(tmp_path: Path, text: str) -> Config:
    (tmp_path / "config.yaml").write_text(text)
    return load(tmp_path / "config.yaml")


def test_the_core_is_told_the_site_s_rules(tmp_path: Path) -> None:
    rules = floor_rules(config_of(tmp_path, RULES))
    assert (rules.agent_ring_s, rules.max_missed, rules.max_session_s) == (7.0, 2, 600.0)
    assert rules.pause_reasons == {"4": "tea"}
    assert rules.recording_format == "gsm"


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [("0.0.0.0:9000", "0.0.0.0", 9000), ("'[::1]:9000'", "::1", 9000), ("pbx:80", "pbx", 80)],
)
def test_asterisk_is_sought_where_the_site_says(
    tmp_path: Path, listen: str, host: str, port: int
) -> None:
    settings = ari_settings(
        config_of(
            tmp_path,
            "ari: {url: 'https://pbx:8089/ari', username: u, password: p, app: a,"
            f" connect: inbound, listen: {listen}}}",
        )
    )
    assert (settings.url, settings.username, settings.password) == (
        "https://pbx:8089/ari",
        "u",
        "p",
    )
    assert (settings.app, settings.connect) == ("a", "inbound")
    assert (settings.listen_host, settings.listen_port) == (host, port)


def test_both_rooms_have_one_default(tmp_path: Path) -> None:
    assert ari_settings(config_of(tmp_path, "{}")) == AriSettings()
