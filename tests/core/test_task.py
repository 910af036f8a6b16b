"""The number for the next attempt."""

from ccdialer.core.task import Task, next_number


def test_numbers_are_dialed_in_turn() -> None:
    numbers = ("+7911", "+7912", "+7913")
    dialed = [next_number(Task(1, 1, numbers, attempts)) for attempts in range(4)]
    assert dialed == ["+7911", "+7912", "+7913", "+7911"]
