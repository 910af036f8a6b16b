"""Figures: pooled over days, spread between seeds, part by part."""

from statistics import stdev

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.sim.figures import Block, Figure, Form, abreast, blocks, telling, words
from ccdialer.sim.result import pooled_utilisation
from tests.sim.results import narrow, variant


def of(block: Block) -> dict[str, Figure]:
    return {measure.key: figure for measure, figure in block.figures}


def test_a_figure_is_of_all_days_and_its_spread_between_seeds() -> None:
    days = variant(Mode.PREDICTIVE).days
    used = of(next(blocks(days)))["utilisation"]
    assert used.value == pytest.approx(pooled_utilisation(days))
    assert used.spread == pytest.approx(stdev(day.utilisation for day in days))


def test_of_one_seed_no_spread_is_known() -> None:
    site = of(next(blocks(narrow().days)))
    assert {figure.spread for figure in site.values()} == {None}


def test_calls_of_the_campaigns_add_up_to_those_of_the_site() -> None:
    site, *parts = blocks(narrow().days)
    campaigns = [of(block) for block in parts if block.part == "campaign"]
    for key in ("dials", "live", "talks"):
        assert of(site)[key].value == sum(each[key].value for each in campaigns)


def test_a_narrow_trunk_is_used_to_its_last_line_and_refuses() -> None:
    trunks = {block.name: of(block) for block in blocks(narrow().days) if block.part == "trunk"}
    assert trunks["narrow"]["lines_peak"].value == trunks["narrow"]["lines"].value == 5
    assert trunks["narrow"]["refused"].value > 0
    assert trunks["wide"]["refused"].value == 0
    site = of(next(blocks(narrow().days)))
    assert site["lines_mean"].value == pytest.approx(
        sum(trunk["lines_mean"].value for trunk in trunks.values())
    )


def test_the_only_campaign_and_the_only_trunk_are_not_told_again() -> None:
    assert [block.part for block in telling(variant(Mode.PREDICTIVE).days)] == ["site"]
    parts = [block.part for block in telling(narrow().days)]
    assert parts == ["site", "campaign", "campaign", "trunk", "trunk"]


def test_results_stand_side_by_side_even_with_other_parts() -> None:
    rows = list(abreast([variant(Mode.PREDICTIVE).days, narrow().days]))
    assert (rows[0].part, rows[0].measure.key) == ("site", "utilisation")
    assert all(rows[0].figures)
    lonely = [row for row in rows if row.part == "trunk"]
    assert lonely
    assert all(row.figures[0] is None and row.figures[1] for row in lonely)


@pytest.mark.parametrize(
    ("form", "figure", "said"),
    [
        (Form.RATE, Figure(0.7134, 0.0041), "71.3% ± 0.4"),
        (Form.FINE_RATE, Figure(0.0281, None), "2.81%"),
        (Form.COUNT, Figure(4254.4, 0.0), "4254"),
        (Form.DECIMAL, None, ""),
    ],
)
def test_words(form: Form, figure: Figure | None, said: str) -> None:
    assert words(form, figure) == said
