"""Pages of a journal: the rows of a span of time, after the last row of the page before."""

from __future__ import annotations

from typing import Any, Protocol


class Page(Protocol):
    """What of a journal is wanted; instants are epoch ms."""

    @property
    def since(self) -> int | None: ...

    @property
    def until(self) -> int | None: ...

    @property
    def after(self) -> tuple[int, Any] | None:
        """Instant and id of the last row that was had."""


def within(at: Any, row_id: Any, page: Page) -> list[Any]:
    """The conditions on a journal's instant and id, at least one."""
    conditions = [at.is_null(False)]
    if page.since is not None:
        conditions.append(at >= page.since)
    if page.until is not None:
        conditions.append(at < page.until)
    if page.after is not None:
        last, last_id = page.after
        conditions.append((at > last) | ((at == last) & (row_id > last_id)))
        conditions.append(at >= last)  # where the index is entered
    return conditions
