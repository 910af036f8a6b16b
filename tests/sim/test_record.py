"""Records: all that was counted, as JSON takes it."""

import json

from ccdialer.core.campaign import Mode
from ccdialer.sim.record import record
from tests.sim.results import narrow, variant


def test_everything_is_in_it() -> None:
    found = json.loads(json.dumps(record([variant(Mode.PREDICTIVE), variant(Mode.PROGRESSIVE)])))
    assert [each["name"] for each in found["variants"]] == ["mode=predictive", "mode=progressive"]
    days = found["variants"][0]["days"]
    assert [day["seed"] for day in days] == [1, 2]
    assert len(days[0]["moments"]) == 13  # an hour of five-minute moments, both ends included
    (campaign,) = days[0]["campaigns"]
    assert campaign["live"] == campaign["ended"]["talked"] + campaign["ended"]["abandoned"]
    assert campaign["dialed"] >= days[0]["moments"][-1]["dialed"] > 0
    assert sum(agent["calls"] for agent in days[0]["agents"]) == campaign["ended"]["talked"]


def test_figures_are_there_by_part() -> None:
    (found,) = record([narrow()])["variants"]
    parts = [(block["part"], block["name"]) for block in found["figures"]]
    assert parts[:3] == [("site", ""), ("campaign", "one"), ("campaign", "two")]
    assert found["figures"][0]["utilisation"]["spread"] is None
    assert [trunk["name"] for trunk in found["days"][0]["trunks"]] == ["narrow", "wide"]
