"""In which time zones a phone number may be, by its numbering plan.

A landline tells its region. A mobile number mostly tells the country alone: in Russia it may be in
any of eleven zones, and the person is called when it is allowed in all of them.
"""

from __future__ import annotations

from functools import lru_cache

import phonenumbers
from phonenumbers import timezone

KEPT_NUMBERS = 65_536
"""A number that is held back is asked for again; the library takes some 40 µs for it."""


@lru_cache(maxsize=KEPT_NUMBERS)
def zones_of(e164: str) -> tuple[str, ...]:
    """The IANA zones of a number in E.164 form; an empty tuple if the plan does not tell."""
    number = phonenumbers.parse(e164, None)
    found = tuple(timezone.time_zones_for_number(number))
    return () if timezone.UNKNOWN_TIMEZONE in found else found


def zones_for(own: str, e164: str, otherwise: str) -> tuple[str, ...]:
    """Where a client may be: his task's own zone, else the one that the number tells, else the
    campaign's; else all that the number may be in. Empty: nobody knows."""
    if own:
        return (own,)
    told = zones_of(e164)
    return (otherwise,) if otherwise and len(told) != 1 else told
