"""An answer that never arrives: what was asked is done, and then the line is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.crm.fakes.server import Answer, FakeServer, Request


class Cut(Exception):
    """The server's thread ends, and with it the connection."""


@dataclass
class Losing:
    """Carries out every request, and loses those answers that `loses` says."""

    answer: Callable[[Request], Answer]
    loses: Callable[[Request], bool] = lambda request: False

    def __call__(self, request: Request) -> Answer:
        answer = self.answer(request)
        if self.loses(request):
            raise Cut
        return answer


def once(path_end: str) -> Callable[[Request], bool]:
    """The first answer to a path that ends so."""
    left = [True]

    def loses(request: Request) -> bool:
        is_it = request.method == "POST" and request.path.endswith(path_end)
        return is_it and bool(left) and left.pop()

    return loses


def serve(losing: Losing) -> FakeServer:
    return FakeServer(losing)
