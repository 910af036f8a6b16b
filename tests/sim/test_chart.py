"""The page: well-formed, whole in itself, and drawn to scale."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.sim import chart
from ccdialer.sim.trials import Variant
from ccdialer.sim.world import run
from tests.sim.results import narrow, variant
from tests.sim.scenes import small

SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


def drawings(page: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(text) for text in SVG.findall(page)]


def points(outline: str) -> list[tuple[float, float]]:
    pairs = outline.strip("MZ").split()
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in pairs)]


def test_it_asks_nothing_of_the_network() -> None:
    page = chart.page([variant(Mode.PREDICTIVE)])
    assert not re.search(r"https?:|<script|@import|url\(", page)


def test_one_drawing_for_each_variant_and_one_column_in_the_table() -> None:
    page = chart.page([variant(Mode.PREDICTIVE), variant(Mode.PROGRESSIVE)])
    assert len(drawings(page)) == 2
    head = re.search(r"<thead>.*?</thead>", page, re.DOTALL)
    assert head is not None
    assert re.findall(r'scope="col">([^<]+)<', head[0]) == ["mode=predictive", "mode=progressive"]


def test_the_days_of_one_variant_stand_side_by_side() -> None:
    days = tuple(run(replace(small(), days=2), 1))
    page = chart.page([Variant("two days", small(), days)])
    assert re.findall(r"<figcaption>([^<]+)<", page) == ["day 1", "day 2"]


def test_agents_are_stacked_to_scale() -> None:
    found = variant(Mode.PROGRESSIVE)
    (drawing,) = drawings(chart.page([found]))
    areas = [each for each in drawing.iter("path") if each.get("class") in chart.STACK]
    assert [area.get("class") for area in areas] == list(chart.STACK)
    begins, height = chart.PANELS["agents"]
    top_line = points(areas[-1].get("d") or "")[: len(found.days[0].moments)]
    # five agents of at most five: the stack fills the panel to its upper edge
    assert min(y for _, y in top_line) == pytest.approx(begins + height * (1 - 5 / 6), abs=0.2)
    assert max(x for x, _ in top_line) == pytest.approx(chart.WIDTH - chart.RIGHT)


def test_every_moment_tells_its_numbers() -> None:
    found = narrow()
    (drawing,) = drawings(chart.page([found]))
    told = [title.text or "" for title in drawing.iter("title")]
    assert len(told) == len(found.days[0].moments)
    last = found.days[0].moments[-1]
    assert told[-1].startswith(f"1:00 h: {last.talking} talking, {last.wrapping} wrap-up")
    assert f"{last.lines} lines" in told[-1]


def test_names_and_sentences_are_text_and_not_markup() -> None:
    page = chart.page([replace(narrow(), name="<b>")])
    assert "Too few lines &amp; &lt;much&gt; to do." in page
    assert "<b>" not in page


def test_a_day_too_short_for_a_second_moment() -> None:
    scenario = replace(small(agents=0), hours=0.05)
    page = chart.page([Variant("short", scenario, tuple(run(scenario, 1)))])
    assert len(drawings(page)) == 1
    assert "nan" not in page


@pytest.mark.parametrize(
    ("top", "above", "step"),
    [(5.0, 6.0, 2.0), (0.042, 0.06, 0.02), (100.0, 100.0, 50.0), (1.0, 1.0, 0.5)],
)
def test_axes_end_at_round_numbers(top: float, above: float, step: float) -> None:
    scale = chart.Scale("agents", chart._above(top))
    assert scale.top == pytest.approx(above)
    assert float(scale.ticks()[1][1]) == pytest.approx(step)
