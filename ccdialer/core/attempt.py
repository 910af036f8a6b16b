"""Attempt: one try at a task, the states of its call, and the table of allowed moves."""

from __future__ import annotations

from enum import StrEnum

LEG_PREFIX = "ccd-"
_SERIALS = "0123456789abcdefghijklmnopqrstuvwxyz"
MOST_RINGS = len(_SERIALS) - 1
"""Agents' phones that may be rung for one attempt: a leg's id has one sign for them."""
MOST_LEGS = 5
"""Trunks that may be tried for one attempt."""


MOST_PARTS = 9
"""Files of one talk: more than one only where Asterisk lost the first in the middle of it."""


class CallState(StrEnum):
    """Where the call of an attempt stands."""

    OPENING = "opening"  # attempt or leg is being committed; nothing is dialed
    SUMMONING = "summoning"  # the held agent is called to the phone; the client is not dialed yet
    DIALING = "dialing"  # the originate was sent
    RINGING = "ringing"  # the client's phone rings
    DETECTING = "detecting"  # answered; person or machine is being told apart
    WAITING = "waiting"  # a live client waits for an agent
    CONNECTING = "connecting"  # an agent is chosen; his leg is rung, told, or joined
    TALKING = "talking"  # client and agent are joined
    PARTING = "parting"  # no agent in time: the safe-harbour message plays
    ENDING = "ending"  # we asked for the hang-up and wait for its word
    CLOSED = "closed"  # the outcome is known


class CallMove(StrEnum):
    """What can happen to a call."""

    SUMMON = "summon"
    DIAL = "dial"
    REROUTE = "reroute"
    RING = "ring"
    DETECT = "detect"
    ANSWER = "answer"
    CONNECT = "connect"
    UNCONNECT = "unconnect"
    JOIN = "join"
    PART = "part"
    END = "end"
    CLOSE = "close"


_S, _M = CallState, CallMove
MOVES: dict[tuple[CallState, CallMove], CallState] = {
    (_S.OPENING, _M.DIAL): _S.DIALING,
    (_S.DIALING, _M.REROUTE): _S.OPENING,  # the trunk did not carry it: another one's leg
    (_S.OPENING, _M.SUMMON): _S.SUMMONING,
    (_S.SUMMONING, _M.DIAL): _S.DIALING,
    (_S.DIALING, _M.RING): _S.RINGING,
    (_S.DIALING, _M.DETECT): _S.DETECTING,
    (_S.RINGING, _M.DETECT): _S.DETECTING,
    (_S.DIALING, _M.ANSWER): _S.WAITING,
    (_S.RINGING, _M.ANSWER): _S.WAITING,
    (_S.DETECTING, _M.ANSWER): _S.WAITING,
    (_S.WAITING, _M.CONNECT): _S.CONNECTING,
    (_S.CONNECTING, _M.UNCONNECT): _S.WAITING,
    (_S.CONNECTING, _M.JOIN): _S.TALKING,
    (_S.WAITING, _M.PART): _S.PARTING,
    (_S.CONNECTING, _M.PART): _S.PARTING,
    **{
        (state, _M.END): _S.ENDING
        for state in _S
        if state not in (_S.OPENING, _S.SUMMONING, _S.ENDING, _S.CLOSED)
    },
    **{(state, _M.CLOSE): _S.CLOSED for state in _S if state is not _S.CLOSED},
}


def client_leg(attempt_id: str, serial: int = 1) -> str:
    """Channel id of the client's leg over the `serial`-th trunk tried, 1 to MOST_LEGS. Fixed
    length: an id that is a prefix of a live one is refused by Asterisk's default channel storage.
    """
    return f"{LEG_PREFIX}{attempt_id}-c{serial}"


def serial_of(leg_id: str) -> int:
    """Which of the client's legs this is."""
    return int(leg_id[-1])


def agent_leg(attempt_id: str, ring: int) -> str:
    """Channel id of the `ring`-th agent's leg rung for this attempt, 1 to MOST_RINGS."""
    return f"{LEG_PREFIX}{attempt_id}-a{_SERIALS[ring]}"


def ring_of(leg_id: str) -> int:
    """Which of the agents' legs rung for its attempt this is; 0: it is no such leg."""
    return max(0, _SERIALS.find(leg_id[-1])) if leg_id[-3:-1] == "-a" else 0


def talk_bridge(attempt_id: str) -> str:
    """Bridge id of a talk whose agent was rung for it."""
    return f"{LEG_PREFIX}{attempt_id}-b1"


def session_leg(session_id: str) -> str:
    """Channel id of an agent's leg that is kept up while he is signed in."""
    return f"{LEG_PREFIX}{session_id}-s1"


def session_bridge(session_id: str) -> str:
    """Bridge id in which a kept-up agent's leg waits for clients."""
    return f"{LEG_PREFIX}{session_id}-b1"


def playback(attempt_id: str, serial: int) -> str:
    """Playback id: 1 is the announcement to the agent, 2 the safe-harbour message, 4 and 5 the
    notice that the talk is recorded, to client and agent, 6 to 8 what a waiting caller hears."""
    return f"{LEG_PREFIX}{attempt_id}-p{serial}"


def recorder(attempt_id: str, part: int) -> str:
    """Channel id of what listens to a talk while it is recorded; `part` is 1 to MOST_PARTS."""
    return f"{LEG_PREFIX}{attempt_id}-r{part}"


def part_of(leg_id: str) -> int:
    """Which part of a talk's recording this channel listens for; 0: it is no such channel."""
    is_recorder = leg_id[-3:-1] == "-r" and leg_id[-1].isdecimal()
    return int(leg_id[-1]) if is_recorder else 0


def attempt_of(leg_or_playback_id: str) -> str:
    """The attempt (or session) id inside an id of ours."""
    return leg_or_playback_id[len(LEG_PREFIX) : -3]


def is_ours(leg_or_bridge_id: str) -> bool:
    """Whether an id found in Asterisk was chosen by a ccdialer daemon."""
    return leg_or_bridge_id.startswith(LEG_PREFIX)
