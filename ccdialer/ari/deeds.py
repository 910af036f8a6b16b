"""Says which requests carry out a command of the core, and which event a refusal means. No I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ccdialer.ari.words import NOT_FOUND, Reply, Request
from ccdialer.core.commands import (
    Bound,
    CloseBridge,
    DetectMachine,
    Entertain,
    HangUp,
    Hush,
    Join,
    OpenBridge,
    Originate,
    Play,
    SendBack,
    StartRecording,
    StopRecording,
    SwitchCommand,
)
from ccdialer.core.disposition import CAUSE_UNKNOWN
from ccdialer.core.events import (
    CommandFailed,
    Event,
    LegEnded,
    OriginateFailed,
    PlaybackEnded,
    RecordingFailed,
    SendBackFailed,
)
from ccdialer.core.safe import NAME

AMD_CONTEXT = "ccdialer-amd"
"""The dialplan context that runs AMD() and comes back with Stasis(app,amd,status,cause)."""

DUPLICATE = 409
"""Asterisk says that the leg exists already. It may be so, and then an earlier request of ours has
worked; or it is the error of the last duplicate, which 22.10.1 keeps per thread and repeats when an
endpoint is unknown. So `look` before you believe it."""

TALK = "TALK"
"""CCD_QUEUE_STATUS of a caller who is with an agent: his time over, the dialplan hangs him up."""

NOT_OURS = 409
NO_SUCH_LEG, LEG_ELSEWHERE = 400, 422
"""Asterisk's word that a leg cannot be put into a bridge: it is gone, or not in our application. Of
a bridge that is not there it says 404 or 409."""
ALPHABET = re.compile(rf"[A-Za-z0-9_.:+%-]{{0,{NAME}}}")
"""Values of channel variables: nothing that a dialplan could take for a command."""

AUTO_ANSWER = {
    # RFC 5373 is hardly implemented; desk phones follow one of these two instead.
    "PJSIP_HEADER(add,Call-Info)": "<sip:ccdialer>;answer-after=0",
    "PJSIP_HEADER(add,Alert-Info)": "<http://ccdialer>;info=alert-autoanswer;delay=0",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How legs are made: for which application, and whether by create + dial."""

    app: str
    two_step: bool


Requests = tuple[Request, ...]


def requests_for(command: SwitchCommand, style: Style) -> Requests:
    """The requests that carry out the command, to be sent in this order."""
    return _DEEDS[type(command)](command, style)


def failure(command: SwitchCommand, reply: Reply) -> tuple[Event, ...]:
    """What it means to the core that a request of the command got this reply, which is not `done`.
    Nothing, where the core's wish is fulfilled all the same or an event of Asterisk will follow."""
    judge = _FAILURES.get(type(command))
    return judge(command, reply) if judge else ()


def keys(command: SwitchCommand) -> tuple[str, ...]:
    """The legs and bridges a command touches; commands that share one are kept in order."""
    match command:
        case OpenBridge(bridge_id, leg_ids):
            return (bridge_id, *leg_ids)
        case Join(bridge_id, leg_id):
            return (bridge_id, leg_id)
        case CloseBridge(bridge_id):
            return (bridge_id,)
        case StartRecording(recorder_id, leg_id):
            return (recorder_id, leg_id)
        case StopRecording(recorder_id):
            return (recorder_id,)
        case _:
            return (command.leg_id,)


def _originate(command: Originate, style: Style) -> Requests:
    variables = {"TIMEOUT(absolute)": str(math.ceil(command.max_call_s))}
    if command.auto_answer:
        variables |= AUTO_ANSWER
    make = {"endpoint": command.endpoint, "app": style.app, "variables": variables}
    if not style.two_step:
        rest = {"timeout": _ring_s(command), "callerId": command.caller_id}
        return (Request("POST", f"channels/{quote(command.leg_id)}", make | rest),)
    # `create` knows no callerId; PJSIP writes the connected line into From.
    variables["CONNECTEDLINE(num,i)"] = command.caller_id
    return (Request("POST", "channels/create", make | {"channelId": command.leg_id}),)


def _ring_s(command: Originate) -> int:
    return max(1, math.ceil(command.ring_timeout_s))  # 0 would mean: ring for ever


def _open_bridge(command: OpenBridge, style: Style) -> Requests:
    path = f"bridges/{quote(command.bridge_id)}"
    legs = {"channel": list(command.leg_ids)}
    make = Request("POST", path, {"type": "mixing"})
    return (make, Request("POST", f"{path}/addChannel", legs)) if command.leg_ids else (make,)


def _join(command: Join, style: Style) -> Requests:
    path = f"bridges/{quote(command.bridge_id)}/addChannel"
    return (Request("POST", path, {"channel": [command.leg_id]}),)


def _close_bridge(command: CloseBridge, style: Style) -> Requests:
    return (Request("DELETE", f"bridges/{quote(command.bridge_id)}"),)


def _play(command: Play, style: Style) -> Requests:
    path = f"channels/{quote(command.leg_id)}/play/{quote(command.playback_id)}"
    return (Request("POST", path, {"media": command.sounds.split(",")}),)


def _detect_machine(command: DetectMachine, style: Style) -> Requests:
    target = {"context": AMD_CONTEXT, "extension": "s", "priority": 1}
    return (Request("POST", f"channels/{quote(command.leg_id)}/continue", target),)


def hang_up(leg_id: str) -> Requests:
    """End a leg."""
    return (Request("DELETE", f"channels/{quote(leg_id)}"),)


def _hang_up(command: HangUp, style: Style) -> Requests:
    return hang_up(command.leg_id)


def _start_recording(command: StartRecording, style: Style) -> Requests:
    path = f"channels/{quote(command.leg_id)}/snoop/{quote(command.recorder_id)}"
    return (Request("POST", path, {"app": style.app, "spy": "both"}),)


def _stop_recording(command: StopRecording, style: Style) -> Requests:
    return hang_up(command.recorder_id)


def _bound(command: Bound, style: Style) -> Requests:
    path = f"channels/{quote(command.leg_id)}/variable"
    told = {
        "TIMEOUT(absolute)": str(math.ceil(command.limit_s)),
        "CCD_QUEUE_STATUS": TALK if command.is_talking else "",
    }
    return tuple(Request("POST", path, {"variable": k, "value": v}) for k, v in told.items())


def _entertain(command: Entertain, style: Style) -> Requests:
    channel = f"channels/{quote(command.leg_id)}"
    answer = Request("POST", f"{channel}/answer")  # nothing, where the dialplan has answered
    if not command.music:
        return (answer, Request("POST", f"{channel}/ring"))
    return (answer, Request("POST", f"{channel}/moh", {"mohClass": command.music}))


def _hush(command: Hush, style: Style) -> Requests:
    channel = f"channels/{quote(command.leg_id)}"
    end = Request("DELETE", f"{channel}/{'moh' if command.music else 'ring'}")
    if not command.playback_id:
        return (end,)
    # Whatever follows on the channel would wait for the sound's end. A sound that has just ended
    # is refused, and nothing is sent after a refusal: so it comes last.
    return (end, Request("DELETE", f"playbacks/{quote(command.playback_id)}"))


def _send_back(command: SendBack, style: Style) -> Requests:
    channel = f"channels/{quote(command.leg_id)}"
    for name, value in command.variables:
        if not ALPHABET.fullmatch(value):
            raise ValueError(f"{name}: no value for a channel variable: {value!r}")
    told = (
        Request("POST", f"{channel}/variable", {"variable": name, "value": value})
        for name, value in command.variables
    )
    return (*told, Request("POST", f"{channel}/continue"))


TwoStep = Originate | StartRecording
"""Deeds whose channel must have entered Stasis before the second request."""


def second_step(command: TwoStep) -> Request:
    """What follows when the channel has entered Stasis: until its StasisStart Asterisk refuses it
    with 409, though the reply to the first step has come."""
    channel = quote(new_channel(command))
    if isinstance(command, Originate):
        return Request("POST", f"channels/{channel}/dial", {"timeout": _ring_s(command)})
    file = {"name": command.name, "format": command.format, "ifExists": "fail"}
    return Request("POST", f"channels/{channel}/record", file)


def new_channel(command: TwoStep) -> str:
    """The channel that the first step makes."""
    return command.leg_id if isinstance(command, Originate) else command.recorder_id


def is_two_step(command: SwitchCommand, style: Style) -> bool:
    """Whether it takes a second step."""
    is_dial = isinstance(command, Originate) and style.two_step
    return is_dial or isinstance(command, StartRecording)


def unmade(command: TwoStep, reply: Reply) -> tuple[Event, ...]:
    """What it means that the second step was refused."""
    if isinstance(command, Originate):
        return not_dialed(command, reply)
    return _not_recorded(command, reply)


def look(command: Originate) -> Request:
    """Ask whether the leg exists."""
    return Request("GET", f"channels/{quote(command.leg_id)}")


def take_up(leg_id: str, style: Style, up: bool) -> Requests:
    """Take a call that a phone has made to us; `up` where the dialplan has answered it already.
    The end of a channel that we have not made is told only to an application that asks for it."""
    source = {"eventSource": [f"channel:{leg_id}"]}
    follow = Request("POST", f"applications/{quote(style.app)}/subscription", source)
    return (follow,) if up else (follow, Request("POST", f"channels/{quote(leg_id)}/answer"))


_DEEDS: dict[type, Callable[[Any, Style], Requests]] = {
    Originate: _originate,
    OpenBridge: _open_bridge,
    Join: _join,
    CloseBridge: _close_bridge,
    Play: _play,
    DetectMachine: _detect_machine,
    StartRecording: _start_recording,
    StopRecording: _stop_recording,
    HangUp: _hang_up,
    SendBack: _send_back,
    Bound: _bound,
    Entertain: _entertain,
    Hush: _hush,
}


def _originate_failed(command: Originate, reply: Reply) -> tuple[Event, ...]:
    return () if reply.status == DUPLICATE else not_dialed(command, reply)


def not_dialed(command: Originate, reply: Reply) -> tuple[Event, ...]:
    """What it means that a leg could not be rung."""
    return (OriginateFailed(command.leg_id, reply.certain, reply.why),)


def _not_joined(command: Join, reply: Reply) -> tuple[Event, ...]:
    """Who hung up unheard is no fault of the agent's phone, nor to be given to the next one."""
    if reply.status in (NO_SUCH_LEG, LEG_ELSEWHERE):
        return (LegEnded(command.leg_id, CAUSE_UNKNOWN),)
    return _leg_failed(command, reply)


def _leg_failed(command: Join | DetectMachine, reply: Reply) -> tuple[Event, ...]:
    bridge_id = command.bridge_id if isinstance(command, Join) else ""
    return (CommandFailed(command.leg_id, type(command).__name__, reply.why, bridge_id),)


def _open_failed(command: OpenBridge, reply: Reply) -> tuple[Event, ...]:
    """Asterisk does not tell which leg it refuses: the first stands for all."""
    legs = command.leg_ids[:1]
    return tuple(CommandFailed(leg, "OpenBridge", reply.why, command.bridge_id) for leg in legs)


def _play_failed(command: Play, reply: Reply) -> tuple[Event, ...]:
    return (PlaybackEnded(command.playback_id),)


def _not_recorded(command: StartRecording, reply: Reply) -> tuple[Event, ...]:
    return (RecordingFailed(command.name, f"Asterisk refuses it: {reply.why}"),)


def _left_us(command: Entertain, reply: Reply) -> tuple[Event, ...]:
    """The caller hung up before anybody looked, or was taken out of our application."""
    return (LegEnded(command.leg_id, CAUSE_UNKNOWN),) if _is_gone(reply) else ()


def _not_sent_back(command: SendBack, reply: Reply) -> tuple[Event, ...]:
    """Where nobody knows whether he is gone, it shows when Asterisk is counted again."""
    return (SendBackFailed(command.call_id),) if _is_gone(reply) else ()


def _is_gone(reply: Reply) -> bool:
    return reply.status in (NOT_FOUND, NOT_OURS)


_FAILURES: dict[type, Callable[[Any, Reply], tuple[Event, ...]]] = {
    Originate: _originate_failed,
    OpenBridge: _open_failed,
    Join: _not_joined,
    DetectMachine: _leg_failed,
    Play: _play_failed,
    StartRecording: _not_recorded,
    Entertain: _left_us,
    SendBack: _not_sent_back,
}
