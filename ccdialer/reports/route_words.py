"""Routing in words: what rules ask for, how a call was judged, where it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from ccdialer.core.facts import Facts
from ccdialer.core.routes import Did, When
from ccdialer.core.routing import Decision, Step
from ccdialer.core.target import Target

DIALPLAN = "the dialplan's own fallback"
REASONS = {
    "hidden_number": "the caller hides his number",
    "no_rule": "no rule fits",
    "unknown_did": "nothing is said of the number that was called",
    "crm_timeout": "the CRM did not answer in time",
    "crm_error": "the CRM failed",
}


def asked_of(when: When) -> str:
    """What a rule asks for: `stage: Paid, In production; schedule: open`."""
    given = ((each.name, getattr(when, each.name)) for each in fields(when))
    parts = [f"{name}: {_word(value)}" for name, value in given if value not in (None, (), {})]
    return "; ".join(parts) or "anybody who can be looked up"


def _word(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} = {' or '.join(words)}" for name, words in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def shown(target: Target | None) -> str:
    return DIALPLAN if target is None else str(target)


def went(row: Mapping[str, Any]) -> str:
    """The same of a stored call."""
    return f"{row['target_kind']} {row['target']}".strip() or DIALPLAN


def why(reason: str) -> str:
    """The reason of a decision in words."""
    return f'rule "{reason[5:]}"' if reason.startswith("rule.") else REASONS.get(reason, reason)


@dataclass(frozen=True, slots=True)
class Judged:
    """A call and how it was judged, now or in the past."""

    facts: Facts
    did: Did
    steps: tuple[Step, ...]
    goes: str  # where to, and who is offered it first


def judged(facts: Facts, decision: Decision, wait_s: float | None) -> Judged:
    """A decision that was just made; `wait_s` is for how long the owner is offered the call."""
    goes = f"goes to: {shown(decision.target)} ({why(decision.reason)})"
    if decision.queue and shown(decision.target) != f"queue {decision.queue}":
        goes += f", waits in queue {decision.queue}"
    if decision.owner:
        as_what = f" ({decision.first.replace('_', ' ')})" if decision.first else ""
        lasting = "" if wait_s is None else f" for {wait_s:g} s"
        goes += f"; offered first: {decision.owner}{as_what}{lasting}, if free"
    return Judged(facts, decision.did, decision.trace, goes)


def lines_of(found: Judged) -> Iterator[str]:
    """The whole path of a call, line by line."""
    facts, did = found.facts, found.did
    number = facts.number or "a hidden number"
    stands_for = _parts(project=did.project, ad_channel=did.ad_channel, city=did.city)
    yield f"{number} calls {facts.did or 'no number'}" + (f" ({stands_for})" if stands_for else "")
    yield f"CRM: {facts.card.lower()}" + _after(", ", _business(facts))
    yield "before: " + _past(facts)
    for step in found.steps:
        mark = "->" if step.is_match else "  "
        yield f"  {mark} {step.rule}{_after(': ', step.words) if step.rule else step.words}"
    yield found.goes


def _business(facts: Facts) -> str:
    deals = str(facts.open_deals) if facts.open_deals else ""
    known = {"stage": facts.stage, "pipeline": facts.pipeline, "owner": facts.owner}
    return _parts(**known, open_deals=deals, **facts.fields)


def _past(facts: Facts) -> str:
    past = facts.past
    if past is None:
        return "the database did not answer in time"
    told = [
        _of("a callback is pending", past.callback_of),
        _of("we tried to reach him lately", past.tried_by),
        _of("he talked with us", past.last_agent),
        "he is on a do-not-call list" if past.is_listed else "",
    ]
    return "; ".join(filter(None, told)) or "nothing was between him and us"


def _of(words: str, who: str | None) -> str:
    if who is None:
        return ""
    return f"{words} ({who.removeprefix('login:') or 'nobody in particular'})"


def _parts(**values: str) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items() if value)


def _after(mark: str, text: str) -> str:
    return f"{mark}{text}" if text else ""
