"""What CRMs said of numbers, in memory: the callers' path never waits for the database."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable

from ccdialer.storage.crm_cards import KeptCard, Row, card_of_row

Key = tuple[str, str]


class CardCache:
    """The last answer by connector and number; of too many the oldest go. For any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._cards: OrderedDict[Key, KeptCard | Row] = OrderedDict()
        self._unsaved: dict[Key, KeptCard] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._cards)

    def find(self, source: str, number: str) -> KeptCard | None:
        """The last answer."""
        known = self._cards.get((source, number))
        if not isinstance(known, tuple):
            return known
        read = card_of_row(known)
        with self._lock:
            if self._cards.get((source, number)) is known:
                self._put_read((source, number), read)
        return read

    def keep(self, card: KeptCard) -> None:
        """In place of an older answer; it is to be saved."""
        key = (card.source, card.number)
        with self._lock:
            self._put(key, card)
            self._unsaved[key] = card
            while len(self._unsaved) > self._most:
                self._unsaved.pop(next(iter(self._unsaved)))

    def load(self, rows: Iterable[Row]) -> None:
        """What was saved before, the newest first; what is known already is newer. A row is read
        when it is asked for: to read 100,000 at a start would take seconds."""
        with self._lock:
            for row in rows:
                key = (row[0], row[1])
                if len(self._cards) < self._most and key not in self._cards:
                    self._cards[key] = row
                    self._cards.move_to_end(key, last=False)

    def change(self, most: int, forgotten: Collection[str]) -> None:
        """From now on at most so many, and nothing of what these sources have said."""
        with self._lock:
            self._most = most
            for key in [key for key in self._cards if key[0] in forgotten]:
                del self._cards[key]
                self._unsaved.pop(key, None)
            while len(self._cards) > self._most:
                self._cards.popitem(last=False)

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

    def _put_read(self, key: Key, read: KeptCard | None) -> None:
        if read is None:
            del self._cards[key]
        else:
            self._cards[key] = read

    def _put(self, key: Key, card: KeptCard) -> None:
        self._cards[key] = card
        self._cards.move_to_end(key)
        while len(self._cards) > self._most:
            self._cards.popitem(last=False)
