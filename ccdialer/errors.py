"""The few kinds of error that an admin can act upon; each says what, which, why and what to do."""

from __future__ import annotations


class CcdialerError(Exception):
    """Something an admin can mend; the CLI prints the sentence, never a traceback."""

    exit_code = 1


class ConfigError(CcdialerError):
    """config.yaml or a campaign file cannot be used; `faults` holds one sentence per fault."""

    exit_code = 2

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UnreadableFile(CcdialerError):
    """A file to be imported is not a table that can be read; nothing was changed."""

    exit_code = 2


class NotFound(CcdialerError):
    """A campaign, agent, project or task of that name does not exist."""


class Refused(CcdialerError):
    """The request is understood and not allowed in the present state."""


class DaemonUnreachable(CcdialerError):
    """The command needs the running daemon and its socket does not answer."""

    exit_code = 3


class SwitchUnreachable(CcdialerError):
    """Asterisk does not answer, or does not let us in."""

    exit_code = 4


class StorageUnavailable(CcdialerError):
    """The database cannot be opened, is locked by another daemon, or is of another version."""

    exit_code = 5
