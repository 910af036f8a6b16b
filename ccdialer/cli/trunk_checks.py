"""What `doctor` says of trunks: whether Asterisk has them, is registered, and what they carry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ccdialer.ari import pjsip
from ccdialer.ari.rest import Rest
from ccdialer.cli.asterisk_cli import asterisk_says
from ccdialer.cli.finding import Finding, fail, ok, warn
from ccdialer.cli.trunk_keeping import Stored
from ccdialer.core.failover import SILENCE_S

OFFLINE = "offline"
REGISTERED = "Registered"
_LINE = re.compile(r"^ (\S+?)/sips?:\S+ +(?:\S+ +)?(\S+(?: \S+)?) +\(exp\.", re.MULTILINE)


_TIMER_B = re.compile(r"^ *timer_b *: *(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SeenTrunk:
    """What Asterisk has of a trunk."""

    is_known: bool
    state: str = ""  # of its endpoint: online, offline, unknown
    has_registration: bool = True  # of one that registers: the object was made


async def trunk_checks(rest: Rest, stored: Sequence[Stored]) -> list[Finding]:
    """Ask Asterisk about the enabled trunks. Raises SwitchUnreachable."""
    asked = [each for each in stored if each.trunk.enabled]
    seen = {each.trunk.name: await _seen(rest, each) for each in asked}
    states = registration_states() if any(e.trunk.settings.registers for e in asked) else {}
    told = [found for each in asked for found in findings(each, seen[each.trunk.name], states)]
    return [*told, *(patience() if asked else ())]


async def _seen(rest: Rest, stored: Stored) -> SeenTrunk:
    settings = stored.trunk.settings
    if not await pjsip.has(rest, "endpoint", settings.endpoint):
        return SeenTrunk(False)
    state = (await rest.get(f"endpoints/PJSIP/{settings.endpoint}"))["state"]
    if not settings.registers:
        return SeenTrunk(True, state)
    return SeenTrunk(True, state, await pjsip.has(rest, "registration", settings.endpoint))


def registration_states() -> Mapping[str, str] | None:
    """`Registered`, `Rejected` ... by trunk; None: it cannot be asked from here. ARI has no word
    for it."""
    told = asterisk_says("pjsip show registrations")
    return None if told is None else dict(_LINE.findall(told))


def patience() -> Iterator[Finding]:
    """Whether Asterisk leaves a silent provider in time for another to be asked."""
    found = _TIMER_B.search(asterisk_says("pjsip show settings") or "")
    if found and int(found[1]) / 1000 >= SILENCE_S:
        seen = f"Asterisk waits {int(found[1]) / 1000:g} s for a provider that is silent"
        yield warn("trunks", seen, TIMER_B)


def findings(
    stored: Stored, seen: SeenTrunk, registrations: Mapping[str, str] | None
) -> Iterator[Finding]:
    """Of one enabled trunk."""
    name = stored.trunk.name
    if not stored.trunk.rates:
        yield warn("trunks", f"{name} has no price: nobody is called over it", PRICE_IT)
    if not seen.is_known:
        yield fail("trunks", f"Asterisk has no endpoint {stored.trunk.settings.endpoint}", INCLUDE)
        return
    if not seen.has_registration:
        yield fail("trunks", f"Asterisk does not register {name}", TRANSPORT)
    elif stored.trunk.settings.registers and (trouble := _unregistered(name, registrations)):
        yield trouble
    if seen.state == OFFLINE:
        yield warn("trunks", f"{name} does not answer OPTIONS", f"pjsip show endpoint {name}")
    else:
        yield ok("trunks", f"{name} is {seen.state}, {len(stored.trunk.rates)} prices")


def _unregistered(name: str, registrations: Mapping[str, str] | None) -> Finding | None:
    if registrations is None:
        return warn("trunks", f"whether {name} is registered cannot be asked from here", ASK_IT)
    state = registrations.get(name, "unknown")
    if state == REGISTERED:
        return None
    return fail("trunks", f"the registration of {name} is {state.lower()}", LOGIN)


PRICE_IT = "give its entry `prices` or a `price_file`, and: ccdialer trunk apply"
INCLUDE = (
    "at the end of pjsip.conf: #tryinclude ccdialer_pjsip_trunks.conf; then: ccdialer trunk apply"
)
TRANSPORT = "pjsip.conf needs a transport of its kind (udp, tcp, tls); Asterisk's log tells more"
ASK_IT = "on Asterisk's machine: asterisk -rx 'pjsip show registrations'"
TIMER_B = (
    "in pjsip.conf, [system]: timer_t1 = 125 and timer_b = 8000 (docs/trunks.md); then restart "
    "Asterisk"
)
LOGIN = "check login and password; Asterisk's log has the provider's answer"
