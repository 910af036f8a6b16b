"""A journal is read page by page: every row once, in order, whatever rows share an instant."""

from dataclasses import dataclass

import pytest
from peewee import IntegerField, Model, SqliteDatabase

from ccdialer.storage.paging import within

database = SqliteDatabase(":memory:")
INSTANTS = (5, 7, 7, 7, 9, 12)


class Row(Model):
    """A journal's row."""

    at = IntegerField()

    class Meta:
        database = database


@dataclass(frozen=True)
class Page:
    since: int | None = None
    until: int | None = None
    after: tuple[int, int] | None = None


@pytest.fixture(autouse=True)
def rows():  # type: ignore[no-untyped-def]
    with database.bind_ctx([Row]):
        database.create_tables([Row])
        for at in INSTANTS:
            Row.create(at=at)
        yield
        database.drop_tables([Row])


def read(page: Page, limit: int = 100) -> list[Row]:
    conditions = within(Row.at, Row.id, page)
    return list(Row.select().where(*conditions).order_by(Row.at, Row.id).limit(limit))


def test_the_span_has_its_beginning_and_not_its_end() -> None:
    assert [row.at for row in read(Page(since=7, until=12))] == [7, 7, 7, 9]
    assert len(read(Page())) == len(INSTANTS)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_hold_every_row_once(size: int) -> None:
    found: list[Row] = []
    while page := read(Page(after=(found[-1].at, found[-1].id) if found else None), size):
        found += page
    assert [row.id for row in found] == [row.id for row in read(Page())]
