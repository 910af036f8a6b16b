"""What the room must be told to find Asterisk and to be found by it."""

from __future__ import annotations

from dataclasses import dataclass

OUTBOUND, INBOUND = "outbound", "inbound"


@dataclass(frozen=True, slots=True)
class AriSettings:
    """`url` is Asterisk's ARI address, with its `/ari`; the account is one of ari.conf.

    `connect` tells who opens the websocket: "outbound" means Asterisk does (22.5 or newer,
    `type = outbound_websocket` in ari.conf) and we listen; "inbound" means we do. In outbound mode
    Asterisk must present `listen_username` and `listen_password`; where they are empty, the account
    above.
    """

    url: str = "http://127.0.0.1:8088/ari"
    username: str = "ccdialer"
    password: str = ""
    app: str = "ccdialer"
    connect: str = OUTBOUND
    listen_host: str = "127.0.0.1"
    listen_port: int = 8765
    listen_path: str = "/ari"
    listen_username: str = ""
    listen_password: str = ""
    request_timeout_s: float = 10.0
    heartbeat_s: float = 10.0  # of the websocket; a peer silent for 1.5 of it is gone
    knock_within_s: float = (
        10.0  # outbound: how long we wait before we open the websocket ourselves
    )
    retry_s: float = 0.5  # first pause between attempts to connect; doubles up to `retry_max_s`
    retry_max_s: float = 10.0
    refused_retry_s: float = 30.0  # pause after a wrong password
