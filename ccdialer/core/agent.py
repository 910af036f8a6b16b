"""Agent: who takes calls, his states, and the table of allowed moves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AgentState(StrEnum):
    """What an agent is doing."""

    OFFLINE = "offline"
    SIGNING_IN = "signing_in"  # his phone is being rung to be kept up
    AVAILABLE = "available"
    READING = "reading"  # he has asked for a contact and looks at it before he calls
    RESERVED = "reserved"  # a client was chosen for him; not joined yet
    TALKING = "talking"
    WRAP_UP = "wrap_up"  # finishing the papers, until he says ready or the limit comes
    PAUSED = "paused"


class AgentMove(StrEnum):
    """What can happen to an agent."""

    SIGN_IN = "sign_in"
    ARRIVE = "arrive"
    READ = "read"
    RESERVE = "reserve"
    RELEASE = "release"
    JOIN = "join"
    FINISH = "finish"
    READY = "ready"
    PAUSE = "pause"
    SIGN_OUT = "sign_out"


_S, _M = AgentState, AgentMove
MOVES: dict[tuple[AgentState, AgentMove], AgentState] = {
    (_S.OFFLINE, _M.SIGN_IN): _S.SIGNING_IN,
    (_S.SIGNING_IN, _M.ARRIVE): _S.AVAILABLE,
    (_S.AVAILABLE, _M.RESERVE): _S.RESERVED,
    (_S.AVAILABLE, _M.READ): _S.READING,
    (_S.READING, _M.RESERVE): _S.RESERVED,
    (_S.READING, _M.RELEASE): _S.AVAILABLE,
    (_S.READING, _M.PAUSE): _S.PAUSED,
    (_S.RESERVED, _M.RELEASE): _S.AVAILABLE,
    (_S.RESERVED, _M.JOIN): _S.TALKING,
    (_S.TALKING, _M.FINISH): _S.WRAP_UP,
    (_S.WRAP_UP, _M.READY): _S.AVAILABLE,
    (_S.PAUSED, _M.READY): _S.AVAILABLE,
    (_S.AVAILABLE, _M.PAUSE): _S.PAUSED,
    (_S.RESERVED, _M.PAUSE): _S.PAUSED,
    (_S.WRAP_UP, _M.PAUSE): _S.PAUSED,
    (_S.PAUSED, _M.PAUSE): _S.PAUSED,
    **{(state, _M.SIGN_OUT): _S.OFFLINE for state in _S if state is not _S.OFFLINE},
}


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who takes calls, as stored."""

    id: int
    login: str
    name: str
    phone: str  # dial string of his phone: PJSIP/anna
    kept_up: bool  # True: his leg stays up between calls; False: rung per call, auto-answer
    projects: frozenset[int]
    groups: frozenset[str] = frozenset()  # who may take each other's callbacks first
