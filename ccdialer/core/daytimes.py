"""Hours of the week as people write them: `mon-fri: 09:00-20:00`, `holidays: 10:00-18:00`.

Several spans a day stand one after the other with a comma; `always` and `closed` are hours too, and
`daily` is every day and holidays. A day that is not named is closed; holidays that are not named
are as Sundays are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

DAY_MINUTES = 1440
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FRIDAY, SATURDAY, SUNDAY, HOLIDAY = 4, 5, 6, 7
DAYS = (*WEEKDAYS, "holidays")
DAILY, ALWAYS, CLOSED = "daily", "always", "closed"

AT_ANY_TIME = {DAILY: ALWAYS}
"""Hours that never close."""

Span = tuple[int, int]
"""Minutes of the day: the first that is open, and the first that is not any more."""
Spans = tuple[Span, ...]
Days = tuple[Spans, ...]
"""Spans of each weekday from Monday on, and of holidays."""

ALL_DAY: Spans = ((0, DAY_MINUTES),)


def days_of(hours: Mapping[str, str]) -> Days:
    """The spans of each day; raises ValueError with a sentence for what cannot be meant."""
    found: dict[int, Spans] = {}
    for key, text in hours.items():
        spans = _spans(text)
        for day in _named(key):
            if day in found:
                raise ValueError(f"{DAYS[day]} is there twice")
            found[day] = spans
    found.setdefault(HOLIDAY, found.get(SUNDAY, ()))
    return tuple(found.get(day, ()) for day in range(len(DAYS)))


def mistake_in(hours: Mapping[str, str]) -> str:
    """What was expected of hours as they are written, and why they are not; empty: they are."""
    try:
        mistake = "" if any(days_of(hours)) else "no day is open; to stop, pause the campaign"
    except ValueError as error:
        mistake = str(error)
    return f"hours of the week ({mistake})" if mistake else ""


def told(spans: Spans) -> str:
    """`09:00-13:00, 14:00-20:00`, or that a day is closed."""
    return ", ".join(f"{_clock(a)}-{_clock(b)}" for a, b in spans) if spans else CLOSED


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _named(key: str) -> Iterator[int]:
    for part in key.lower().split(","):
        word = part.strip()
        if word == DAILY:
            yield from range(len(DAYS))
        elif "-" in word:
            yield from _range(*word.split("-", 1))
        else:
            yield _day(word, DAYS)


def _range(first: str, last: str) -> Iterator[int]:
    begin, end = _day(first.strip(), WEEKDAYS), _day(last.strip(), WEEKDAYS)
    if end < begin:
        raise ValueError(f'"{first}-{last}" goes backwards; name the days with commas')
    yield from range(begin, end + 1)


def _day(word: str, known: tuple[str, ...]) -> int:
    if word not in known:
        names = ", ".join((*known, DAILY) if known is DAYS else known)
        raise ValueError(f'"{word}" is no day; days are {names}')
    return known.index(word)


def _spans(text: str) -> Spans:
    words = text.strip().lower()
    if words in (ALWAYS, CLOSED):
        return ALL_DAY if words == ALWAYS else ()
    merged: list[Span] = []
    for opens, closes in sorted(_span(part) for part in words.split(",")):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closes))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def _span(text: str) -> Span:
    match = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*", text)
    if match is None:
        raise ValueError(f'"{text.strip()}" is not hours; write 09:00-20:00, always or closed')
    opens, closes = (_minute(match[n], match[n + 1]) for n in (1, 3))
    if closes <= opens:
        sentence = f'"{text.strip()}" ends before it begins; past midnight are two spans: '
        raise ValueError(sentence + "22:00-24:00 on the one day and 00:00-02:00 on the next")
    return opens, closes


def _minute(hour: str, minute: str) -> int:
    found = int(hour) * 60 + int(minute)
    if int(minute) > 59 or found > DAY_MINUTES:
        raise ValueError(f'"{hour}:{minute}" is no time of the day; the last is 24:00')
    return found
