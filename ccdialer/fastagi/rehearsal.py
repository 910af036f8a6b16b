"""Runs a script with no PBX: says a head as Asterisk would, answers commands, keeps all of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ccdialer.fastagi.desk import Desk
from ccdialer.fastagi.head import Head, HeadReader
from ccdialer.fastagi.replies import Reply
from ccdialer.fastagi.running import Outcome, lacks, run, settings_of, values_of
from ccdialer.fastagi.script import Script, Status
from ccdialer.fastagi.vocabulary import AGIHangup, line_of


@dataclass(frozen=True, slots=True)
class Scene:
    """The call that is played."""

    caller: str = ""
    did: str = ""
    name: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)  # of the channel
    channel: str = "rehearsal.1"


@dataclass(slots=True)
class Transcript:
    """What was said (`<` by Asterisk, `>` by the script), what was set, how long it took."""

    lines: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=lambda: Outcome(Status.ERROR))
    took_s: float = 0.0
    is_over: bool = False

    def ask(self, line: str) -> Reply:
        """Asterisk's part."""
        if self.is_over:
            raise AGIHangup("the session is over")
        self.lines.append(f"> {line}")
        word, _, rest = line.partition(" VARIABLE ")
        name = rest.split(" ", 1)[0].strip('"')
        reply = Reply(200, "1" if word == "SET" else "0")
        if word == "GET" and name in self.variables:
            reply = Reply(200, "1", self.variables[name])
        data = f" ({reply.data})" if reply.data else ""
        self.lines.append(f"< 200 result={reply.result}{data}")
        return reply


def head_text(script: str, scene: Scene) -> str:
    """The head of a session, as res_agi.c writes it."""
    lines = {
        "agi_network": "yes",
        "agi_network_script": script,
        "agi_uniqueid": scene.channel,
        "agi_callerid": scene.caller or "unknown",
        "agi_calleridname": scene.name or "unknown",
        "agi_dnid": scene.did or "unknown",
        "agi_extension": scene.did or "s",
        **{
            f"agi_arg_{n}": f"{name}={value}"
            for n, (name, value) in enumerate(scene.arguments.items(), 1)
        },
    }
    return "".join(f"{line_of(f'{name}: {value}')}\n" for name, value in lines.items())


def rehearse(script: Script, scene: Scene, desk: Desk) -> Transcript:
    """Play one call. A script that hangs is left alone after its time, as the server does it."""
    text = head_text(script.name, scene)
    head = HeadReader().feed(f"{text}\n".encode())
    assert head is not None
    told = Transcript([f"< {line}" for line in text.splitlines()], dict(scene.variables))
    began_at = time.monotonic()
    told.outcome = _played(script, head, desk, told)
    told.took_s = time.monotonic() - began_at
    told.is_over = False
    for line in settings_of(script, told.outcome):
        told.ask(line)
    told.variables = values_of(script, told.outcome)
    return told


def _played(script: Script, head: Head, desk: Desk, told: Transcript) -> Outcome:
    if missing := lacks(script, head):
        return Outcome(Status.ERROR, f"needs_{missing}")
    ended: list[Outcome] = []
    thread = threading.Thread(
        target=lambda: ended.append(run(script, head, desk, told.ask)), daemon=True
    )
    thread.start()
    thread.join(script.limit_s)
    told.is_over = True
    return ended[0] if ended else Outcome(Status.TIMEOUT, "script_late")


def line_in_dialplan(script: Script, address: str) -> str:
    """How a dialplan calls it, with the arguments that it needs."""
    needed = ",".join(f"{name}=..." for name, each in script.arguments.items() if each.is_needed)
    return f"AGI(agi://{address}/{script.name}{',' if needed else ''}{needed})"
