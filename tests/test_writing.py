"""What is written is read back to the same."""

from dataclasses import replace

import pytest

from ccdialer.core.campaign import Mode
from ccdialer.sim.scenario import Scenario
from ccdialer.sim.scenario_file import path_of, read_scenario, shipped
from ccdialer.writing import written


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_survives_writing(name: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    scenario = read_scenario(path_of(name))
    copy = tmp_path / f"{scenario.name}.yaml"
    copy.write_text(written(scenario), encoding="utf-8")
    assert read_scenario(copy) == scenario


def test_defaults_are_left_out() -> None:
    assert written(Scenario()) == "{}\n"
    plan = Scenario().campaigns[0]
    changed = replace(plan, settings=replace(plan.settings, mode=Mode.POWER))
    assert "mode: power" in written(Scenario(campaigns=(changed,)))
