"""Asterisk as a FastAGI server sees it: says its head, carries commands out one by one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType

LARGE = 65536
LIMIT_S = 10.0
COMMAND = re.compile(r'(?:SET|GET) VARIABLE "?([^" ]+)"?(?: "(.*)")?')
NONE: Mapping[str, str] = MappingProxyType({})


@dataclass
class Heard:
    """What came of a session: commands in order, variables as they are at its end."""

    commands: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


def head(request: str, **more: str) -> bytes:
    """As res_agi.c writes it."""
    script, *arguments = request.split(",")
    lines = {
        "agi_network": "yes",
        "agi_network_script": script,
        "agi_request": f"agi://127.0.0.1/{script}",
        "agi_channel": "PJSIP/trunk-00000001",
        "agi_language": "en",
        "agi_type": "PJSIP",
        "agi_uniqueid": "1764100000.1",
        "agi_version": "22.10.1",
        "agi_callerid": "+79161234567",
        "agi_calleridname": "unknown",
        "agi_callingpres": "0",
        "agi_callingani2": "0",
        "agi_callington": "0",
        "agi_callingtns": "0",
        "agi_dnid": "74951112233",
        "agi_rdnis": "unknown",
        "agi_context": "from-trunk",
        "agi_extension": "s",
        "agi_priority": "2",
        "agi_enhanced": "0.0",
        "agi_accountcode": "",
        "agi_threadid": "140",
        **more,
        **{f"agi_arg_{n}": value for n, value in enumerate(arguments, 1)},
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return text.encode("utf-8", "surrogateescape") + b"\n"


async def call(
    port: int, said: bytes, variables: Mapping[str, str] = NONE, hangs_up_at: str = "\0"
) -> Heard:
    """One AGI() of a dialplan. `hangs_up_at`: the caller does, when such a command comes.

    As Asterisk 22.10.1 does (observed; its res_agi reads by fgets() whenever its socket has news),
    one line is carried out each time something comes, and all that are left at the end.
    """
    heard = Heard(variables=dict(variables))
    async with asyncio.timeout(LIMIT_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(said)
            unread, is_whole = b"", False
            while not is_whole:
                data = await reader.read(65536)
                unread, is_whole = unread + data, not data
                while b"\n" in unread:
                    line, _, unread = unread.partition(b"\n")
                    carry_out(heard, line, writer, hangs_up_at)
                    if not is_whole:
                        break
        except ConnectionError:
            pass
        finally:
            await ended(writer)
    return heard


def carry_out(heard: Heard, line: bytes, writer: asyncio.StreamWriter, hangs_up_at: str) -> None:
    """One command, and its answer."""
    command = line.decode()
    heard.commands.append(command)
    if hangs_up_at in command:
        writer.write(b"HANGUP\n")
    writer.write(answer(heard, command).encode())


async def ended(writer: asyncio.StreamWriter) -> None:
    """Close it, whatever has become of the other side."""
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


def answer(heard: Heard, command: str) -> str:
    found = COMMAND.fullmatch(command)
    if found is None:
        return "200 result=0\n"
    name, value = found.groups()
    if command.startswith("GET"):
        known = heard.variables.get(name)
        return "200 result=0\n" if known is None else f"200 result=1 ({known})\n"
    heard.variables[name] = re.sub(r"\\(.)", r"\1", value)
    return "200 result=1\n"
