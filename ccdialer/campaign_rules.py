"""What holds for each setting of a campaign file: its sentence, its limits, its check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ccdialer.core.daytimes import DAILY, mistake_in
from ccdialer.core.numbering import NumberType
from ccdialer.core.phone import REGIONS
from ccdialer.core.result import of_words
from ccdialer.core.schedule import is_zone

LONGEST_RETRY_S = 90 * 86400.0
LONGEST_WAIT_S = 30 * 86400.0

# --- checks: what was expected, or an empty string ----------------------------------------------


def _name(value: str) -> str:
    fits = value and value == value.strip() and value.isprintable() and len(value) <= 100
    return "" if fits else "a name of 1 to 100 printable characters"


def _dial(value: str) -> str:
    # An ampersand would ring several endpoints with one originate.
    whole = re.fullmatch(r"[A-Za-z0-9]+/[^\s&,]+", value)
    place = "{digits}" in value or "{e164}" in value
    rest = value.replace("{digits}", "").replace("{e164}", "")
    fits = not value or (whole and place and not set("{}") & set(rest))
    return "" if fits else "a dial string with {digits} or {e164}, such as PJSIP/{digits}@trunk"


def _caller_id(value: str) -> str:
    return "" if not value or _is_caller_id(value) else f"{CALLER_ID}, or nothing"


def _caller_ids(value: Iterable[str]) -> str:
    return "" if all(map(_is_caller_id, value)) else f"{CALLER_ID}, each"


def _caller_ids_by_prefix(value: Mapping[str, str]) -> str:
    fits = all(re.fullmatch(r"[1-9][0-9]{0,14}", prefix) for prefix in value)
    return (
        _caller_ids(value.values()) if fits else "prefixes of digits without a plus, such as 7495"
    )


CALLER_ID = 'a number, or "Name" <number>'


def _is_caller_id(value: str) -> bool:
    shape = r'\+?[0-9]{2,20}|"[^"<>\x00-\x1f]{0,60}" <\+?[0-9]{2,20}>'
    return re.fullmatch(shape, value) is not None


def _names(value: Iterable[str]) -> str:
    return next(filter(None, map(_name, value)), "")


def _sounds(value: str) -> str:
    uri = r"(sound|recording|number|digits|characters|tone):[^\s,]+"
    return (
        "" if re.fullmatch(rf"({uri}(,{uri})*)?", value) else "media such as sound:ccdialer/sorry"
    )


def _announcement(value: str) -> str:
    if value.startswith("say:"):
        text = value.removeprefix("say:").strip()
        # A text that begins with a dash would be an option of the command that speaks it.
        fits = text and text.isprintable() and not text.startswith("-") and len(text) <= 500
        return "" if fits else "say: and a text of at most 500 characters, without a dash before it"
    return _sounds(value) and "media such as sound:campaigns/verify, or say: and a text"


def _clock(value: str) -> str:
    fits = re.fullmatch(r"(([01][0-9]|2[0-3]):[0-5][0-9])?", value)
    return "" if fits else "a time of the day such as 20:00, or nothing"


def _zone(value: str) -> str:
    return "" if not value or is_zone(value) else "a time zone such as Europe/Moscow, or nothing"


def _types(values: tuple[NumberType, ...]) -> str:
    return "" if values else "at least one of " + ", ".join(NumberType)


def _countries(values: tuple[str, ...]) -> str:
    fits = all(value in REGIONS for value in values)
    return "" if fits else "a list of ISO 3166 codes in capitals, such as [RU, KZ]"


def _prefixes(values: tuple[str, ...]) -> str:
    fits = all(re.fullmatch(r"\+[0-9]{1,14}", value) for value in values)
    return "" if fits else 'a list of prefixes such as ["+7809", "+882"]'


def _date(value: str) -> str:
    wanted = "a date such as 2026-12-01, or nothing"
    try:
        return "" if not value or date.fromisoformat(value).isoformat() == value else wanted
    except ValueError:
        return wanted


def _texts(value: tuple[str, ...]) -> str:
    fits = all(text and text == text.strip() and text.isprintable() for text in value)
    return "" if fits and len(set(value)) == len(value) else "printable texts, each once"


def _codes(value: Mapping[str, str]) -> str:
    fits = all(key in tuple("0123456789") and of_words(text) for key, text in value.items())
    return "" if fits else "results by digit, such as 1: success, 2: refusal, 3: callback 10"


RULES: dict[str, dict[str, Any]] = {
    "dial": {
        "doc": "Dial string, {digits} is the number, {e164} has its plus; empty: by trunk prices.",
        "check": _dial,
    },
    "mode": {
        "doc": "predictive, progressive (one per free agent), power, callback, preview, inbound.",
    },
    "description": {"doc": "What it is about, for people."},
    "script": {"doc": "Name of what the agent reads out; free text."},
    # whom, and when he may be called
    "starts_on": {
        "doc": "Agents see it, and it dials, from that date of the site on; empty: at once.",
        "check": _date,
    },
    "calling_hours": {
        "doc": "When clients are called, by clocks at their place: always, or hours by day.",
        "check": mistake_in,
        "alone": DAILY,
    },
    "zone": {
        "doc": "Where clients live whose task and number tell no zone: Europe/Moscow.",
        "check": _zone,
    },
    "number_types": {"doc": "Kinds of numbers that are dialed.", "check": _types},
    "countries": {
        "doc": "Countries whose numbers are dialed; empty: numbers.region of config.yaml.",
        "check": _countries,
    },
    "denied_prefixes": {"doc": "Numbers that begin so are never dialed.", "check": _prefixes},
    "duplicates": {
        "doc": "Close a task where the person has another: keep (never), project, site.",
    },
    # by which agent
    "agents": {"doc": "Logins of those who serve it; empty: all of its project.", "check": _texts},
    "reading_s": {
        "doc": "preview: a contact that is read longer goes back to the queue.",
        "least": 10,
        "most": 86400,
    },
    "priority": {
        "doc": "Of shared agents, 9 gets them first; who waits in a queue goes before dialing.",
        "least": 0,
        "most": 9,
    },
    "weight": {
        "doc": "Share of what callers leave of shared agents, among equal priorities.",
        "least": 0.01,
        "most": 100,
    },
    "owner_wait_s": {
        "doc": "callback: how long its owner is waited for, from the due time.",
        "least": 0,
        "most": LONGEST_WAIT_S,
    },
    "group_wait_s": {
        "doc": "callback: then how long his group is waited for; 0: no wait.",
        "least": 0,
        "most": LONGEST_WAIT_S,
    },
    "owner_away": {"doc": "callback: wait for absent owners, skip those on leave, or skip all."},
    "owner_pause_limit_s": {
        "doc": "callback: an owner paused for longer is absent.",
        "least": 0,
        "most": 86400,
    },
    "agent_first": {"doc": "Ring the agent, and when he is there, the client."},
    # through which line
    "trunks": {"doc": "Without a dial string: the only trunks to use; none: all.", "check": _names},
    "caller_id": {"doc": "What clients see; empty: the trunk's own.", "check": _caller_id},
    "caller_id_by_prefix": {
        "doc": "Before that, by the longest prefix of the client's number: {7812: +78120000000}.",
        "check": _caller_ids_by_prefix,
    },
    "caller_id_pool": {"doc": "Or one of these numbers for each client.", "check": _caller_ids},
    "caller_id_sticky": {"doc": "A client sees the same of them at every attempt."},
    "max_lines": {"doc": "Calls at once, talking included.", "least": 1, "most": 10000},
    # how many at once
    "lines_per_agent": {"doc": "power: calls per free agent.", "least": 1, "most": 20},
    "max_abandonment": {
        "doc": "Share of live answers that may meet no agent.",
        "least": 0,
        "most": 0.1,
    },
    "abandonment_window": {"doc": "Where that holds: on each day, or (month) over 30 days."},
    "day_ends": {
        "doc": "When dialing usually ends, by the site's clocks; empty: with the hours in zone.",
        "check": _clock,
    },
    # one call
    "ring_timeout_s": {"doc": "An unanswered call is let go after this.", "least": 5, "most": 180},
    "min_ring_s": {"doc": "And not before this, without agents.", "least": 0, "most": 120},
    "connect_within_s": {
        "doc": "A live answer with no agent by then is abandoned.",
        "least": 0.1,
        "most": 30,
    },
    "max_call_s": {"doc": "No call outlives this.", "least": 10, "most": 86400},
    "safe_harbour": {"doc": "What an abandoned client hears; empty: nothing.", "check": _sounds},
    "announce": {
        "doc": "What the agent hears before the client: media, or `say:` and a text.",
        "check": _announcement,
    },
    "record": {"doc": "Record the talk, both directions; mind the law of consent."},
    "record_notice": {
        "doc": "What client and agent hear first where the talk is recorded; empty: nothing.",
        "check": _sounds,
    },
    "amd": {"doc": "Tell answering machines from people (app_amd)."},
    # after it
    "wrap_up_s": {"doc": "Limit of wrap-up; 0: available at once.", "least": 0, "most": 3600},
    "success_kinds": {"doc": "Kinds of success that agents may give.", "check": _texts},
    "refusal_reasons": {"doc": "Reasons of refusal that agents may give.", "check": _texts},
    "opt_out_reasons": {
        "doc": "Those after which his numbers go on the project's do-not-call list.",
        "check": _texts,
    },
    "comment_variants": {"doc": "Quick comments, chosen by number.", "check": _texts},
    "result_codes": {"doc": "Results by the digit keyed after *58.", "check": _codes},
    "unresolved": {"doc": "A talk without a result: finish, or again."},
    # its callers
    "queue": {"doc": "inbound: how callers wait, and for whom."},
    # again
    "callback_by_position": {
        "doc": "preview: a callback in N minutes goes N/5 places down; else at that time.",
    },
    "callback_to_agent": {"doc": "A callback comes back to the agent who has promised it."},
    "max_attempts": {"doc": "Attempts that count, over all numbers.", "least": 1, "most": 100},
    "max_uncounted": {
        "doc": "Of so many attempts in a row that do not count, the last one counts.",
        "least": 1,
        "most": 1000,
    },
    "retry_rules": {"doc": "Rules over those pauses; the first that fits an outcome decides."},
    "retry_after_s": {
        "doc": "Pause before the next attempt, by the result of the last one.",
        "least": 0,
        "most": LONGEST_RETRY_S,
    },
    "best_hour": {"doc": "Call again in hours in which people answer, learned from its calls."},
    "best_hour_within_s": {
        "doc": "And never later than the pause and this.",
        "least": 3600,
        "most": 604800,
    },
}
"""What holds for each setting: its sentence and its limits. Times in seconds."""

PLACE_RULES: dict[str, dict[str, Any]] = {
    "project": {"doc": "The project it belongs to, such as sales.", "check": _name},
    "name": {"doc": "Its name, one per project.", "check": _name},
}
