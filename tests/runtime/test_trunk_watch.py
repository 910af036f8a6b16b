"""What Asterisk says of trunks is told when it changes, and only then."""

from __future__ import annotations

from collections.abc import Sequence

from ccdialer.ari import SeenEndpoint
from ccdialer.core.board import FloorRules
from ccdialer.core.dialer import Dialer
from ccdialer.core.events import Event, SwitchFound, SwitchLost, TrunksLoaded, TrunkStateChanged
from ccdialer.core.trunk import Trunk, TrunkSettings
from ccdialer.errors import SwitchUnreachable
from ccdialer.runtime.clock import Clock, new_id
from ccdialer.runtime.driver import Driver
from ccdialer.runtime.trunk_watch import NO_CONTACT, NO_ENDPOINT, TrunkWatch
from tests.runtime.floor import until


class Site:
    """A driver with two trunks, and an Asterisk that knows endpoints."""

    def __init__(self) -> None:
        self.driver = Driver(Dialer(new_id, FloorRules()), Clock())
        self.told: list[Event | None] = []
        self.states = {"PJSIP/main": "online", "PJSIP/spare": "offline", "PJSIP/anna": "offline"}
        self.asked = 0
        self.fails = False
        self.watch = TrunkWatch(self.driver, self.ask)

    def load(self) -> None:
        names = ("main", "spare", "lost")
        trunks = [Trunk(n, name, TrunkSettings(name)) for n, name in enumerate(names, 1)]
        self.driver.tell(TrunksLoaded(tuple(trunks)))

    async def ask(self) -> Sequence[SeenEndpoint]:
        self.asked += 1
        if self.fails:
            raise SwitchUnreachable("no reply")
        return [SeenEndpoint(name, state) for name, state in self.states.items()]

    async def changes(self) -> list[TrunkStateChanged]:
        """What a look tells."""
        found: list[TrunkStateChanged] = []

        def watch(fact: Event | None, _: object) -> None:
            if isinstance(fact, TrunkStateChanged):
                found.append(fact)

        with self.driver.watched(watch):
            await self.watch.look()
        return found


async def test_changes_are_told_once() -> None:
    site = Site()
    site.load()
    site.driver.tell(SwitchFound(()))
    assert await site.changes() == [
        TrunkStateChanged("main", True, ""),
        TrunkStateChanged("spare", False, NO_CONTACT),
        TrunkStateChanged("lost", False, NO_ENDPOINT),
    ]
    assert await site.changes() == []
    site.states["PJSIP/main"] = "offline"
    assert await site.changes() == [TrunkStateChanged("main", False, NO_CONTACT)]
    site.states["PJSIP/main"] = "online"
    assert await site.changes() == [TrunkStateChanged("main", True, "")]


async def test_after_a_loss_all_is_told_again() -> None:
    site = Site()
    site.load()
    site.driver.tell(SwitchFound(()))
    await site.changes()
    site.driver.tell(SwitchLost())
    site.driver.tell(SwitchFound(()))
    assert len(await site.changes()) == 3


async def test_nobody_is_asked_without_trunks_or_without_asterisk() -> None:
    site = Site()
    site.driver.tell(SwitchFound(()))
    assert await site.changes() == []
    site.load()
    site.driver.tell(SwitchLost())
    assert await site.changes() == []
    assert site.asked == 0


async def test_no_reply_changes_nothing() -> None:
    site = Site()
    site.load()
    site.driver.tell(SwitchFound(()))
    site.fails = True
    assert await site.changes() == []


async def test_a_look_soon_is_a_look() -> None:
    site = Site()
    site.load()
    site.driver.tell(SwitchFound(()))
    site.watch.look_soon()
    await until(lambda: site.driver.dialer.board.trunks[1].is_usable)
    site.driver.stop()
