"""Tables of simulated days: side by side for people, in rows for machines."""

from ccdialer.cli.sim_output import in_rows, side_by_side
from ccdialer.core.campaign import Mode
from tests.sim.results import narrow, variant


def test_variants_stand_side_by_side() -> None:
    table = side_by_side([variant(Mode.PREDICTIVE), variant(Mode.PROGRESSIVE)])
    titles = [column.title for column in table.columns]
    assert titles == ["of", "figure", "mode=predictive", "mode=progressive"]
    rows = {row[1]: row[2:] for row in table.rows}
    ahead, behind = (float(said.split("%")[0]) for said in rows["utilisation"])
    assert ahead > behind
    assert rows["cap"] == ("3.00%", "3.00%")
    assert table.note == "2 days, 2 seeds; ± is the standard deviation between seeds."


def test_campaigns_and_trunks_are_told_where_there_are_several() -> None:
    table = side_by_side([narrow()])
    parts = list(dict.fromkeys(row[0] for row in table.rows))
    assert parts == ["", "campaign one", "campaign two", "trunk narrow", "trunk wide"]
    assert table.note == "1 day, 1 seed."


def test_rows_for_machines_hold_numbers() -> None:
    rows = list(in_rows([narrow()]).rows)
    assert ("crowded", "trunk", "narrow", "lines_peak", 5, None) in rows
    assert all(isinstance(row[4], int | float) for row in rows)
