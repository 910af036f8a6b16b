"""Asterisk REST Interface: the only room that knows ARI's words.

The whole room from outside::

    switch = Switch(
        AriSettings(url=..., username=..., password=..., app="ccdialer", connect="outbound"),
        Hooks(
            on_event=lambda event: ...,    # a core event happened in Asterisk
            on_found=lambda census: ...,   # connected, filter set, channels counted: SwitchFound
            on_lost=lambda reason: ...,    # the connection is gone; follows an on_found always
            on_trouble=lambda error: ...,  # SwitchUnreachable with a sentence for the admin
        ),
    )
    await switch.start()                   # never waits for Asterisk; keeps trying by itself
    switch.perform(Originate(...))         # synchronous; a failure comes back through on_event
    await switch.census()                  # Census(legs, callers, bridges, version, ...)
    await switch.endpoints()               # (SeenEndpoint(name="PJSIP/main", state="online"), ...)
    await switch.request("POST", "bridges/x", {"type": "mixing"})   # raw, gives a Reply
    await switch.close()

All hooks are called in the event loop's thread, none from within `perform`. Between `on_found` and
`on_lost` events come in Asterisk's order; events that arrive while the channels are being counted
are held back until `on_found` has returned, so they may tell once more what the census already
says. `perform` may be called from `on_found` on. Commands of one leg are carried out in the order
given; while Asterisk is away `perform` fails at once and for certain (nothing was sent).

In outbound mode Asterisk opens the websocket; where it runs and does not, we open one ourselves
after `knock_within_s` (and complain), until it does.

For `doctor`, without a connection of its own: `census.take`, `census.endpoints`, `census.modules`
over a `Rest`.
"""

from ccdialer.ari.census import Census, SeenBridge, SeenEndpoint
from ccdialer.ari.settings import AriSettings
from ccdialer.ari.switch import Hooks, Switch
from ccdialer.ari.words import Reply, Request

__all__ = [
    "AriSettings",
    "Census",
    "Hooks",
    "Reply",
    "Request",
    "SeenBridge",
    "SeenEndpoint",
    "Switch",
]
