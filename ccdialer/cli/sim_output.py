"""Draws the figures of simulated days as tables: side by side for people, in rows for machines."""

from __future__ import annotations

from collections.abc import Sequence

from ccdialer.reports.table import Column, Table, columns
from ccdialer.sim.figures import abreast, blocks, words
from ccdialer.sim.trials import Variant

ROWS = columns(
    *("variant", "part", "name", "figure", "value||decimal", "spread||decimal"),
)
OF = {"site": "", "campaign": "campaign ", "queue": "queue ", "trunk": "trunk "}


def side_by_side(variants: Sequence[Variant]) -> Table:
    """A column for each variant, a row for each figure. Parts that say nothing new are left out:
    the campaign and the trunk where there is only one."""
    rows = [
        (
            OF[row.part] + row.name,
            row.measure.title,
            *(words(row.measure.form, f) for f in row.figures),
        )
        for row in abreast(variant.days for variant in variants)
    ]
    named = (Column(f"v{n}", variant.name) for n, variant in enumerate(variants))
    head = (*columns("of", "figure"), *named)
    return Table(_title(variants), head, rows, _note(variants), is_compared=True)


def in_rows(variants: Sequence[Variant]) -> Table:
    """A row for each figure of each part of each variant, as numbers."""
    rows = [
        (variant.name, block.part, block.name, measure.key, figure.value, figure.spread)
        for variant in variants
        for block in blocks(variant.days)
        for measure, figure in block.figures
    ]
    return Table(_title(variants), ROWS, rows)


def _title(variants: Sequence[Variant]) -> str:
    return variants[0].scenario.name


def _note(variants: Sequence[Variant]) -> str:
    days = variants[0].days
    seeds = len({day.seed for day in days})
    spread = "; ± is the standard deviation between seeds" if seeds > 1 else ""
    return f"{len(days)} day{'s' * (len(days) > 1)}, {seeds} seed{'s' * (seeds > 1)}{spread}."
