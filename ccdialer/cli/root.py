"""The command `ccdialer` itself: global options, the nouns, and how errors are told."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

import ccdialer
from ccdialer.cli import (
    agent,
    agi,
    callback,
    campaign,
    client,
    completion,
    config,
    contacts,
    crm,
    db,
    dnc,
    doctor,
    forecast,
    learn,
    outbox,
    project,
    queue,
    recording,
    replay,
    report,
    route,
    rules,
    run,
    setup,
    sim,
    spending,
    standstill,
    status,
    task,
    trunk,
    why,
)
from ccdialer.cli.helping import Noun
from ccdialer.cli.site import Site
from ccdialer.errors import CcdialerError

INTERRUPTED = 130  # 128 + SIGINT, as shells have it
DEFECT = 70  # EX_SOFTWARE of sysexits.h

EPILOG = """\b
Exit codes:
  0  done
  1  refused, or not found
  2  wrong configuration, file or usage
  3  the daemon is not running
  4  Asterisk cannot be reached
  5  the database cannot be used
  70 a defect of ccdialer (--debug shows where)
  130 interrupted
"""

SECTIONS = {
    "Every day": (
        *("status", "campaign", "task", "agent", "callback", "client", "report", "why"),
        *("recording", "outbox"),
    ),
    "Who may be called, and how": ("project", "rules", "dnc", "trunk", "spending"),
    "Who calls in": ("queue", "route", "agi", "crm"),
    "In an emergency": ("stop-all", "resume-all"),
    "What would be if": ("sim",),
    "The site": ("doctor", "run", "setup", "config", "db", "completion"),
}
"""Of the nouns and verbs in the help, in the order in which they are needed."""


class Told(click.ClickException):
    """An error as a sentence on standard error, with its exit code."""

    def __init__(self, sentence: str, exit_code: int) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code  # type: ignore[misc]

    def show(self, file: Any = None) -> None:
        """Every line of the sentence after the command's name."""
        for line in self.message.splitlines() or ["failed"]:
            click.echo(f"ccdialer: {line}", err=True)


class Root(Noun):
    """A group whose commands never end in a traceback, unless --debug asks for it."""

    sections = SECTIONS

    def main(self, *args: Any, **extra: Any) -> Any:
        """As in click; a full disk under the help or the version is told too."""
        try:
            return super().main(*args, **extra)
        except OSError as error:
            Told(sentence_of(error), 1).show()
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it raises becomes a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except CcdialerError as error:
            raise Told(str(error), error.exit_code) from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except OSError as error:
            raise Told(sentence_of(error), 1) from error
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            raise Told(f"defect: {what} (--debug shows where)", DEFECT) from error


def sentence_of(error: OSError) -> str:
    """What the system refused: `/etc/x: Permission denied`."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason


@click.group(
    cls=Root,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="config.yaml; else $CCDIALER_CONFIG, ./config.yaml, /etc/ccdialer/config.yaml.",
)
@click.option("--debug", is_flag=True, help="Show a traceback when something breaks.")
@click.version_option(ccdialer.__version__, message="ccdialer %(version)s")
@click.pass_context
def main(ctx: click.Context, config_path: Path | None, debug: bool) -> None:
    """The open-source contact-centre engine for Asterisk."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stream that a test put there
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    ctx.obj = Site(config_path, debug)


for verb in (learn.learn, replay.replay):
    sim.sim.add_command(verb)
campaign.campaign.add_command(forecast.forecast)
for deed in contacts.DEEDS:
    agent.agent.add_command(deed)

for noun in (
    *(agent.agent, agi.agi, callback.callback, campaign.campaign, completion.completion),
    *(client.client, config.config, crm.crm, db.db, queue.queue),
    *(
        dnc.dnc,
        doctor.doctor,
        outbox.outbox,
        project.project,
        recording.recording,
        report.report,
        route.route,
        rules.rules,
        run.run,
        setup.setup,
        sim.sim,
        spending.spending,
        standstill.resume_all,
        standstill.stop_all,
        status.status,
        task.task,
        trunk.trunk,
    ),
    why.why,
):
    main.add_command(noun)
