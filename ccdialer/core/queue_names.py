"""Names of queues: which one is meant, and what it is called where several projects have one."""

from __future__ import annotations

from collections.abc import Collection

from ccdialer.core.board import Board, Run

Place = tuple[str, str]
"""Project and name of a queue."""


def queue_meant(name: str, project: str, known: Collection[Place]) -> Place | None:
    """The queue of that name: the project's own, else the only one, else the one that is named
    with its project, `north/sales`; None: there is none, or nobody can tell which."""
    if (project, name) in known:
        return project, name
    named = [place for place in known if place[1] == name]
    if len(named) == 1:
        return named[0]
    of, _, rest = name.partition("/")
    return (of, rest) if (of, rest) in known else None


def full_name(place: Place, known: Collection[Place]) -> str:
    """`sales`, or `north/sales` where another project has a queue `sales` too."""
    project, name = place
    is_shared = any(other == name and of != project for of, other in known)
    return f"{project}/{name}" if is_shared else name


def queue_names(board: Board) -> dict[Place, Run]:
    """The queues of the site by their places."""
    runs = (run for run in board.runs.values() if run.is_inbound)
    return {place_of(board, run): run for run in runs}


def place_of(board: Board, run: Run) -> Place:
    """A project that nobody has told of has no name yet."""
    project = board.projects.get(run.campaign.project_id)
    return ("" if project is None else project.name, run.campaign.name)
