"""What config.yaml says reaches the core and the room of Asterisk unchanged."""

from __future__ import annotations

from ccdialer.config import Agents, Ari, Config
from ccdialer.runtime.wiring import ari_settings, floor_rules


def test_digits_of_pauses_are_keys_of_a_phone() -> None:
    rules = floor_rules(Config(agents=Agents(max_missed=7, pause_reasons={4: "lunch"})))
    assert (rules.max_missed, rules.pause_reasons) == (7, {"4": "lunch"})


def test_where_we_listen_is_taken_apart() -> None:
    settings = ari_settings(Config(ari=Ari(listen="[::1]:8765", app="x")))
    assert (settings.listen_host, settings.listen_port, settings.app) == ("::1", 8765, "x")
