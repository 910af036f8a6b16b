"""What CRMs said of numbers, in memory: the callers' path never waits for the database."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from ccdialer.storage.crm_cards import KeptCard

Key = tuple[str, str]


class CardCache:
    """The last answer by connector and number; of too many the oldest go. For any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._cards: OrderedDict[Key, KeptCard] = OrderedDict()
        self._unsaved: dict[Key, KeptCard] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._cards)

    def find(self, source: str, number: str) -> KeptCard | None:
        """The last answer."""
        return self._cards.get((source, number))

    def keep(self, card: KeptCard) -> None:
        """In place of an older answer; it is to be saved."""
        key = (card.source, card.number)
        with self._lock:
            self._put(key, card)
            self._unsaved[key] = card
            while len(self._unsaved) > self._most:
                self._unsaved.pop(next(iter(self._unsaved)))

    def load(self, cards: Iterable[KeptCard]) -> None:
        """What was saved before, the newest first; what is known already is newer."""
        with self._lock:
            for card in cards:
                key = (card.source, card.number)
                if len(self._cards) < self._most and key not in self._cards:
                    self._cards[key] = card
                    self._cards.move_to_end(key, last=False)

    def unsaved(self) -> list[KeptCard]:
        """What changed since this was asked last."""
        with self._lock:
            found, self._unsaved = list(self._unsaved.values()), {}
        return found

    def put_back(self, cards: Iterable[KeptCard]) -> None:
        """They could not be saved; next time."""
        with self._lock:
            for card in cards:
                self._unsaved.setdefault((card.source, card.number), card)

    def _put(self, key: Key, card: KeptCard) -> None:
        self._cards[key] = card
        self._cards.move_to_end(key)
        while len(self._cards) > self._most:
            self._cards.popitem(last=False)
