"""What config.yaml means to the core and to the switch, in their own words."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

from ccdialer.agi_settings import LOCAL
from ccdialer.ari import AriSettings
from ccdialer.config import Config
from ccdialer.core.board import FloorRules
from ccdialer.fastagi.finding import shipped_folder
from ccdialer.fastagi.server import AgiSettings


def floor_rules(config: Config) -> FloorRules:
    """The site's decisions about agents, as the core takes them."""
    agents = config.agents
    return FloorRules(
        agent_ring_s=agents.ring_timeout_s,
        max_missed=agents.max_missed,
        max_session_s=agents.max_session_s,
        recording_format=config.recordings.format,
        pause_reasons={str(digit): reason for digit, reason in agents.pause_reasons.items()},
    )


def ari_settings(config: Config) -> AriSettings:
    """How Asterisk is reached, as the room wants it told."""
    ari = config.ari
    host, _, port = ari.listen.rpartition(":")
    return AriSettings(
        url=ari.url,
        username=ari.username,
        password=ari.password,
        app=ari.app,
        connect=ari.connect,
        listen_host=host.strip("[]"),
        listen_port=int(port),
    )


def agi_settings(config: Config) -> AgiSettings:
    """How the dialplan reaches the scripts, as the room wants it told."""
    agi = config.agi
    host, port = agi.address if agi.listen else ("", 0)
    return AgiSettings(
        host=host,
        port=port,
        allow_from=tuple(ip_network(each) for each in (*LOCAL, *agi.allow_from)),
        secret=agi.secret,
        sessions_most=agi.max_sessions,
        threads=agi.threads,
        deadline_s=agi.deadline_s,
    )


def script_folders(config: Config) -> list[Path]:
    """Where scripts are looked for, the shipped ones first."""
    return [shipped_folder(), *map(Path, config.agi.folders)]
