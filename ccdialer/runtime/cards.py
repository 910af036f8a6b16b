"""Who is the caller: asks the CRMs under one budget, then what is remembered (SPEC C4, C5)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, replace
from typing import Any

from ccdialer.core.card import LOGIN, Card
from ccdialer.core.found import CardStatus, Found
from ccdialer.crm.fault import CrmFault
from ccdialer.crm_settings import Crm, Order
from ccdialer.runtime.card_cache import CardCache
from ccdialer.runtime.clock import wall_ms
from ccdialer.runtime.crm_source import Answer, Connector, CrmSource, Terms
from ccdialer.storage.crm_cards import KeptCard

NUMBER = re.compile(r"\+[0-9]{1,15}")  # E.164

BY_PROJECT = frozenset({"clients"})
"""Kinds of connectors in which each project has clients of its own."""

HIDDEN = Found(None, CardStatus.NONE, "hidden_number")
NO_NUMBER = Found(None, CardStatus.NONE, "no_number")
NO_CRM = Found(None, CardStatus.NONE, "no_crm")


@dataclass(frozen=True, slots=True)
class Clocks:
    """The instants that are handed in: monotonic seconds, and UTC epoch milliseconds."""

    now: Callable[[], float] = time.monotonic
    wall_ms: Callable[[], int] = wall_ms


@dataclass(frozen=True, slots=True)
class InForce:
    """The section `crm` by which callers are looked up now, and its sources in its order."""

    settings: Crm
    sources: tuple[CrmSource, ...]


@dataclass(slots=True, eq=False)
class _Inquiry:
    """One caller's question: what each source has said so far; an answer yet to come is a
    future. It goes on by the section by which it has begun."""

    settings: Crm
    questions: dict[str, str]  # by source
    asked: dict[str, Answer]
    known: dict[str, Card | None]
    faults: dict[str, CrmFault]


class Cards:
    """Finds cards for callers, from any thread."""

    def __init__(self, settings: Crm, clocks: Clocks) -> None:
        self.cache = CardCache(settings.cached)
        self._clocks = clocks
        self._in_force = InForce(settings, ())

    @property
    def settings(self) -> Crm:
        """In force now."""
        return self._in_force.settings

    @property
    def sources(self) -> tuple[CrmSource, ...]:
        """In force now."""
        return self._in_force.sources

    def source(self, each: Any, connector: Connector, settings: Crm) -> CrmSource:
        """A new source of these cards: a connector with its settings and those of the section."""

        def heard(source: str, number: str, card: Card | None) -> None:
            self.cache.keep(KeptCard(source, number, self._clocks.wall_ms(), card))

        return CrmSource(connector, terms_of(each, settings), heard, self._clocks.now)

    def take(
        self, settings: Crm, sources: Sequence[CrmSource], forgotten: Collection[str] = ()
    ) -> None:
        """From now on these. Who is being looked up is looked up by those of before; what the
        `forgotten` have said is not remembered."""
        before, self._in_force = self._in_force, InForce(settings, tuple(sources))
        for source in before.sources:
            if source not in sources:
                source.close()
        self.cache.change(settings.cached, forgotten)

    def find(self, number: str, project: str = "", is_fresh: bool = False) -> Found:
        """The caller's card, within the budget. `number` is E.164, empty if hidden;
        `is_fresh`: what is remembered does not count. Never raises."""
        began_at, in_force = self._clocks.now(), self._in_force
        until = began_at + in_force.settings.budget_ms / 1000
        found = self._found(in_force, (number, project), is_fresh, until)
        return replace(found, took_s=self._clocks.now() - began_at)

    def prepare(self) -> None:
        """Let every CRM tell what does not depend on the caller, before the first one calls."""
        for source in self.sources:
            source.prepare()

    def figures(self) -> dict[str, Any]:
        """For `ccdialer crm status`."""
        return {
            "cached": len(self.cache),
            "budget_ms": self.settings.budget_ms,
            "sources": [source.figures() for source in self.sources],
        }

    def close(self) -> None:
        """Ask nobody any more."""
        for source in self.sources:
            source.close()

    # --- the look-up ----------------------------------------------------------------------------

    def _found(
        self, in_force: InForce, caller: tuple[str, str], is_fresh: bool, until: float
    ) -> Found:
        questions = {each.name: each.question(*caller) for each in in_force.sources}
        sources = [each for each in in_force.sources if questions[each.name]]
        if not NUMBER.fullmatch(caller[0]):
            return NO_NUMBER if caller[0] else HIDDEN
        if not sources:
            return NO_CRM
        inquiry = _Inquiry(in_force.settings, questions, {}, {}, {})
        if not is_fresh:
            self._remember(inquiry, sources)
        self._wait(inquiry, sources, until)
        return self._verdict(inquiry, sources)

    def _wait(self, inquiry: _Inquiry, sources: Sequence[CrmSource], until: float) -> None:
        """For one answer after the other, until all is known or the budget is spent."""
        if inquiry.settings.order is Order.TOGETHER:
            self._ask(inquiry, sources)
        for source in sources:
            self._ask(inquiry, [source])
            if source.name in inquiry.asked:
                wait([inquiry.asked[source.name]], max(0.0, until - self._clocks.now()))
                if not _take(inquiry, source.name):
                    _give_up(inquiry, sources)
                    break
            if inquiry.known.get(source.name) is not None:
                break
        for name in inquiry.asked:
            _take(inquiry, name)

    def _remember(self, inquiry: _Inquiry, sources: Sequence[CrmSource]) -> None:
        for source in sources:
            kept = self._kept(inquiry, source, source.terms.fresh_s)
            if kept is not None and kept.card is None:
                kept = self._kept(
                    inquiry, source, min(source.terms.fresh_s, inquiry.settings.negative_s)
                )
            if kept is not None:
                inquiry.known[source.name] = kept.card

    def _kept(self, inquiry: _Inquiry, source: CrmSource, age_s: float) -> KeptCard | None:
        """What a source said, if that is younger."""
        since = self._clocks.wall_ms() - round(age_s * 1000)
        kept = self.cache.find(source.name, inquiry.questions[source.name])
        return kept if kept is not None and kept.asked_at > since else None

    def _ask(self, inquiry: _Inquiry, sources: Sequence[CrmSource]) -> None:
        """Ask those that were not asked, and whose answer is not known; where all are asked at
        once, not those behind one that is known to know him."""
        for source in sources:
            if inquiry.known.get(source.name) is not None:
                return
            if source.name not in inquiry.known and source.name not in inquiry.asked:
                inquiry.asked[source.name] = source.ask(inquiry.questions[source.name])

    def _verdict(self, inquiry: _Inquiry, sources: Sequence[CrmSource]) -> Found:
        for source in sources:
            card = inquiry.known.get(source.name)
            if card is not None:
                return Found(owned(card, source), CardStatus.OK, f"crm.{source.name}")
        if all(source.name in inquiry.known for source in sources):
            return Found(None, CardStatus.NOTFOUND, "crm_unknown")
        reason = _reason(inquiry)
        for source in sources:
            kept = self._kept(inquiry, source, inquiry.settings.stale_s)
            if kept is not None and kept.card is not None:
                return Found(owned(kept.card, source), CardStatus.STALE, reason)
        is_late = reason == "crm_timeout"
        return Found(None, CardStatus.TIMEOUT if is_late else CardStatus.ERROR, reason)


def _give_up(inquiry: _Inquiry, sources: Sequence[CrmSource]) -> None:
    """The budget is spent: those that have not answered hear of it."""
    for source in sources:
        answer = inquiry.asked.get(source.name)
        if answer is not None and not answer.done():
            source.give_up(inquiry.questions[source.name])


def _reason(inquiry: _Inquiry) -> str:
    """Why not all is known: the first fault, unless one has not even failed yet."""
    faults = [fault.reason for fault in inquiry.faults.values()]
    is_late = len(inquiry.faults) + len(inquiry.known.keys() & inquiry.asked) < len(inquiry.asked)
    return "crm_timeout" if is_late or not faults else faults[0]


def _take(inquiry: _Inquiry, name: str) -> bool:
    """Put down what a source has answered; False if it has not."""
    answer = inquiry.asked[name]
    if not answer.done():
        return False
    fault = answer.exception()
    if fault is None:
        inquiry.known[name] = answer.result()
    elif isinstance(fault, CrmFault):
        inquiry.faults[name] = fault
    return True


def owned(card: Card, source: CrmSource) -> Card:
    """The card with its owners by their logins here, where the config names them."""
    owners = source.terms.owners
    deals = tuple(replace(deal, owner=_login(deal.owner, owners)) for deal in card.deals)
    return replace(card, owner=_login(card.owner, owners), deals=deals)


def _login(owner: str, owners: Mapping[str, str]) -> str:
    login = owners.get(owner.removeprefix("id:")) if owner.startswith("id:") else None
    return LOGIN + login if login else owner


# --- wiring -------------------------------------------------------------------------------------


def open_cards(
    settings: Crm, opened: Sequence[tuple[Any, Connector]], clocks: Clocks | None = None
) -> Cards:
    """Cards over connectors, each with its settings, in the order of the config."""
    cards = Cards(settings, clocks or Clocks())
    cards.take(settings, [cards.source(*each, settings) for each in opened])
    return cards


def terms_of(connector: Any, settings: Crm) -> Terms:
    """How a connector is used, by its settings and the section's."""
    return Terms(
        connector.timeout_s,
        connector.workers,
        settings.pause_s,
        frozenset(connector.projects),
        settings.fresh_s if connector.fresh_s is None else connector.fresh_s,
        connector.kind in BY_PROJECT,
        connector.owners,
    )
