"""Lines: callees do what their fate says, at the instants it says."""

from dataclasses import replace

import pytest

from ccdialer.core import commands as c
from ccdialer.core.events import Event, LegAnswered, LegEnded, LegJoined, LegRinging, MachineJudged
from ccdialer.sim.agenda import Agenda
from ccdialer.sim.lines import Lines, Use
from ccdialer.sim.people import Fate, Outcome

LEG = "ccd-a-c1"
PERSON = Fate(Outcome.PERSON, 2.0, 5.0, True, 1.5, 100.0, 20.0)


class Told:
    """Lines, and what they report with its instant."""

    def __init__(self, most: int = 10) -> None:
        self.agenda = Agenda(0.0)
        self.said: list[tuple[float, Event]] = []
        self.lines = Lines(self.agenda, self.hear, (0.0, 0.1), lambda leg, fate: fate.talk_s)
        self.trunk = Use(most, 0.0)

    def hear(self, event: Event) -> None:
        self.said.append((round(self.agenda.now, 3), event))

    def dial(self, fate: Fate, leg_id: str = LEG) -> None:
        self.lines.dial(c.Originate(leg_id, "PJSIP/1@t", "", 25.0, 7200.0), fate, self.trunk)

    def carry_out(self, command: c.Command) -> None:
        self.lines.deeds[type(command)](command)

    def until(self, instant: float) -> list[tuple[float, Event]]:
        while self.agenda.next_at() <= instant:
            self.agenda.step()
        self.agenda.now = instant
        said, self.said = self.said, []
        return said


def test_a_person_is_rung_answers_is_joined_and_hangs_up() -> None:
    told = Told()
    told.dial(PERSON)
    assert told.until(8.0) == [(2.0, LegRinging(LEG)), (7.0, LegAnswered(LEG))]
    assert told.lines.site.in_use == told.trunk.in_use == 1
    told.carry_out(c.Join("bridge", LEG))
    ends = (108.1, LegEnded(LEG, 16))
    assert told.until(200.0) == [(8.1, LegJoined("bridge", LEG)), ends]
    assert told.lines.site.in_use == 0
    assert told.trunk.spent_s == pytest.approx(108.1)


@pytest.mark.parametrize(
    ("outcome", "ring_s", "ends"),
    [
        (Outcome.BUSY, 1e9, (2.0, 17)),
        (Outcome.FAILED, 1e9, (2.0, 1)),
        (Outcome.REJECTED, 1e9, (2.0, 21)),
        (Outcome.UNREACHABLE, 1e9, (2.0, 20)),
        (Outcome.REFUSED, 1e9, (2.0, 34)),
        (Outcome.NOBODY, 1e9, (25.0, 19)),
        (Outcome.PERSON, 24.0, (25.0, 19)),
    ],
)
def test_calls_that_nobody_answers(
    outcome: Outcome, ring_s: float, ends: tuple[float, int]
) -> None:
    told = Told()
    told.dial(replace(PERSON, outcome=outcome, ring_s=ring_s))
    at, cause = ends
    assert told.until(60.0)[-1] == (at, LegEnded(LEG, cause))


def test_a_call_let_go_is_not_answered() -> None:
    told = Told()
    told.dial(PERSON)
    told.until(5.0)
    told.carry_out(c.HangUp(LEG))
    assert told.until(60.0) == [(5.01, LegEnded(LEG, 16))]


@pytest.mark.parametrize("is_heard", [True, False])
def test_detection_says_what_fate_says(is_heard: bool) -> None:
    told = Told()
    told.dial(replace(PERSON, taken_for_person=is_heard))
    told.until(7.0)
    told.carry_out(c.DetectMachine(LEG))
    assert told.until(20.0) == [(8.5, MachineJudged(LEG, not is_heard, "simulated"))]


def test_above_the_lines_there_is_no_circuit() -> None:
    told = Told(most=1)
    told.dial(PERSON)
    told.dial(PERSON, "ccd-b-c1")
    assert (0.0, LegEnded("ccd-b-c1", 34)) in told.until(1.0)
    assert (told.trunk.peak, told.trunk.refused) == (1, 1)


def test_a_line_is_free_again_when_its_call_is_over() -> None:
    told = Told(most=1)
    told.dial(replace(PERSON, outcome=Outcome.BUSY))
    told.until(3.0)
    told.dial(PERSON, "ccd-b-c1")
    assert (5.0, LegRinging("ccd-b-c1")) in told.until(6.0)
    assert told.trunk.refused == 0


def test_what_the_trunk_refuses_is_no_circuit_and_counted() -> None:
    told = Told()
    told.dial(replace(PERSON, outcome=Outcome.REFUSED))
    assert told.until(9.0) == [(2.0, LegEnded(LEG, 34))]
    assert told.trunk.refused == 1


def test_an_agents_phone_answers_at_once() -> None:
    told = Told()
    told.lines.ring_agent(c.Originate("ccd-s-s1", "PJSIP/anna", "", 30.0, 7200.0))
    assert told.until(1.0) == [(0.0, LegAnswered("ccd-s-s1"))]
    assert told.lines.site.in_use == 0
