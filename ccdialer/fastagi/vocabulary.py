"""pyst2's vocabulary on one call: its words, our transport, quoting, end of call and limits.

pyst2's own class reads and writes files, takes over SIGHUP, quotes without escaping and stops in
the middle of a hang-up; of it only the names and meanings of the commands are used here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import inf
from typing import Any

from asterisk.agi import AGI
from asterisk.agi import AGIAppError as AGIAppError
from asterisk.agi import AGIDBError as AGIDBError
from asterisk.agi import AGIError as AGIError
from asterisk.agi import AGIHangup as AGIHangup
from asterisk.agi import AGIInvalidCommand as AGIInvalidCommand
from asterisk.agi import AGIResultHangup as AGIResultHangup
from asterisk.agi import AGIUnknownError as AGIUnknownError
from asterisk.agi import AGIUsageError as AGIUsageError

from ccdialer.core.safe import safe
from ccdialer.fastagi.desk import InboundCall
from ccdialer.fastagi.head import Head
from ccdialer.fastagi.replies import Reply
from ccdialer.fastagi.script import NAME, Output

LINE_MOST = 2000
"""Bytes; Asterisk's own buffer for a command is 2048 (res_agi.c, AGI_BUF_LEN)."""

LONGEST_S = 90 * 86400.0

Ask = Callable[[str], Reply]
"""Sends one line, waits for its answer; raises AGIHangup when the call is over."""

_ENDS = re.compile(r"[\r\n\0]+")


class Agi(AGI):  # type: ignore[misc]
    """One call, in the words of `asterisk.agi.AGI`: get_variable, set_variable, verbose ...

    `env` is what Asterisk said of the channel, `args` what the dialplan asked by name (defaults
    filled in), `words` what it gave without a name, `call` the call to ask the desk about.
    """

    def __init__(
        self,
        head: Head,
        args: Mapping[str, str],
        outputs: Mapping[str, Output],
        ask: Ask,
    ) -> None:
        self.env = dict(head.environment)
        self.args = args
        self.words = head.words
        self.values = dict.fromkeys(outputs, "")  # of the outputs, as they will be set
        self._outputs = outputs
        self._ask = ask
        self.call = InboundCall(
            number=args.get("caller") or head.caller,
            did=args.get("did") or head.did,
            leg_id=head.leg_id,
            name=head.caller_name,
            call_id=args.get("call", ""),
        )

    def routed_call(self) -> InboundCall:
        """The call with the id of its route: as it was given, or as the channel still has it."""
        if self.call.call_id:
            return self.call
        return replace(self.call, call_id=self.get_variable("CCD_CALL"))

    def ended_call(self) -> InboundCall:
        """The call that is over: this channel's, or the one of before that is told of now. Of that
        one only what is said holds: its own line was another."""
        leg_id = self.args["channel"]
        if not leg_id:
            return self.routed_call()
        return InboundCall(
            number=self.args["caller"],
            did=self.args["did"],
            leg_id=leg_id,
            call_id=self.args["call"],
            ended_ago_s=self.seconds("ago"),
            lasted_s=self.seconds("lasted"),
        )

    def seconds(self, name: str) -> float:
        """An argument that is a number; 0 for what is none, without end, or below 0."""
        try:
            value = float(self.args[name])
        except ValueError:
            return 0.0
        return min(value, LONGEST_S) if 0 < value < inf else 0.0

    def set_variable(self, name: str, value: object) -> None:
        """Set a channel variable to a text in the safe alphabet (`ccdialer.core.safe`).

        Those that the script declares go out together at its end; others at once.
        """
        if name in self._outputs:
            self.values[name] = safe(str(value), self._outputs[name].most)
        else:
            self.execute("SET VARIABLE", self._quote(name), self._quote(safe(str(value), NAME)))

    def database_get(self, family: str, key: str) -> str:
        """An entry of Asterisk's database; raises AGIDBError where there is none."""
        found, value = self.execute("DATABASE GET", self._quote(family), self._quote(key))["result"]
        if found != "1":
            raise AGIDBError(f"Key not found in database: family={family}, key={key}")
        return str(value)

    def exec_command(self, command: str, *args: object) -> dict[str, tuple[str, str]]:
        """Run an application of the dialplan, and wait for its end."""
        return self.execute("EXEC", command, self._quote(",".join(map(str, args))))

    def execute(self, command: str, *args: object) -> dict[str, tuple[str, str]]:
        """Send a command and read its answer; one line, whatever the arguments hold."""
        return result_of(self._ask(line_of(command, *args)))

    def test_hangup(self) -> None:
        """Raises AGIHangup if the call is over: every command does."""
        self.noop()

    def _quote(self, string: Any) -> str:
        return quoted(str(string))


def quoted(text: str) -> str:
    """The text as one argument: quotes and backslashes escaped, line ends and zeros taken out."""
    line = text if text.isprintable() else _ENDS.sub(" ", text)
    escaped = line.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def line_of(command: str, *args: object) -> str:
    """A command as one line. Raises AGIError for one that Asterisk would cut, and perhaps read the
    rest of as another."""
    line = _ENDS.sub(" ", " ".join([command.strip(), *map(str, args)])).strip()
    if len(line.encode("utf-8", "replace")) > LINE_MOST:
        raise AGIError(f"the command {command} is longer than {LINE_MOST} bytes")
    return line


def result_of(reply: Reply) -> dict[str, tuple[str, str]]:
    """An answer as pyst2 gives it: {"result": (value, data)}; failures are pyst2's exceptions."""
    if reply.is_hangup:
        raise AGIResultHangup("User hungup during execution")
    if reply.code == 510:
        raise AGIInvalidCommand(reply.text)
    if reply.code == 520:
        raise AGIUsageError(reply.text)
    if reply.code != 200:
        raise AGIUnknownError(reply.code, reply.text)
    if reply.result == "-1":
        raise AGIAppError("Error executing application, or hangup")
    return {"result": (reply.result, reply.data)}
