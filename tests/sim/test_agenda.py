"""Agenda: deeds come in the order of their instants."""

from ccdialer.sim.agenda import Agenda


def test_deeds_come_in_the_order_of_time_and_of_asking() -> None:
    agenda, done = Agenda(100.0), []
    agenda.after(5.0, done.append, "later")
    agenda.at(101.0, done.append, "first")
    agenda.at(101.0, done.append, "second")
    agenda.at(7.0, done.append, "past, so at once")
    assert agenda.next_at() == 100.0
    while agenda.next_at() < float("inf"):
        agenda.step()
    assert done == ["past, so at once", "first", "second", "later"]
    assert agenda.now == 105.0
