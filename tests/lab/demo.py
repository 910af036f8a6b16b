"""`make demo`: a list is dialed through a real Asterisk by public commands, and it is proved."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.lab import install
from tests.lab.demo_inbound import inbound_faults, take_calls, write_inbound
from tests.lab.ledger import faults_of, read_attempts, read_tasks
from tests.lab.showing import Failed, argv, command, say, shown
from tests.lab.sipp import Manners, notes
from tests.lab.site import DEMO_MIX, Site

FOLDER = Path("demo-run")
MARK = ".written-by-make-demo"
AGENTS, TASKS = 10, 160
LIST_LIMIT_S = 165.0
READY_LIMIT_S = 20.0
SOON = [{"after": ["congestion", "cancelled"], "pause_s": 4}]
"""A rule's own pause does not grow: with the doubling ones two congested numbers take minutes."""

REMEDY = "Install it as root, or run `make demo` as root once: apt-get install"


def main() -> int:
    """Run the whole demo; 0 if everything adds up."""
    started = time.monotonic()
    try:
        provide_programs()
        faults = run(fresh_site())
    except (Failed, install.Missing, RuntimeError) as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    print(f"\nThe demo took {time.monotonic() - started:.0f} s.")
    for fault in faults:
        print(f"does not add up: {fault}", file=sys.stderr)
    return 1 if faults else 0


def provide_programs() -> None:
    """SIPp, and either Asterisk 20+ or mmdebstrap to unpack one; says what it installs."""
    missing = [] if shutil.which("sipp") else ["sip-tester"]
    if install.found() is None and not shutil.which("mmdebstrap"):
        missing.append("mmdebstrap")
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failed(f"This machine lacks {' and '.join(missing)}. {REMEDY} {' '.join(missing)}")
    say(f"Installing with apt-get: {' '.join(missing)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        if subprocess.run(["apt-get", "-qq", *words], env=quiet, check=False).returncode:
            raise Failed(f"apt-get {words[0]} failed; the lines above say why.")


def fresh_site() -> Site:
    """An empty `demo-run/` with all files of the demo; an earlier demo's folder is removed."""
    if FOLDER.exists():
        if not (FOLDER / MARK).exists():
            raise Failed(f"{FOLDER}/ exists and is not of an earlier demo; move it away.")
        shutil.rmtree(FOLDER)
    say(f"Writing a site of {AGENTS} agents and {TASKS} clients into {FOLDER}/")
    manners = Manners(ring_ms=(1000, 3000), talk_ms=(4500, 1200), machine_ms=9000, congested=0.5)
    FOLDER.mkdir()
    (FOLDER / MARK).touch()
    site = Site(FOLDER, manners=manners, node="demo")
    site.write_campaign(retry_rules=SOON)
    site.write_agents()
    site.write_tasks(TASKS, DEMO_MIX)
    write_inbound(site)
    return site


def run(site: Site) -> list[str]:
    """Everything between the start of Asterisk and its stop; what does not add up."""
    say("Starting Asterisk, SIPp as the carrier, and SIPp as the agents' phones")
    daemon = None
    try:
        site.start()
        prepare(site)
        daemon = start_daemon(site)
        dial_the_list(site, daemon)
        take_calls(site)
        reports(site)
        faults = stop_daemon(site, daemon) + prove(site)
    finally:
        if daemon is not None and daemon.poll() is None:
            daemon.kill()
            daemon.wait()
        site.stop()
    what_next(site)
    return faults


def prepare(site: Site) -> None:
    command(site, "db", "migrate")
    command(site, "campaign", "apply", str(site.folder / "demo.yaml"))
    command(site, "agent", "import", str(site.folder / "agents.csv"))
    command(site, "task", "import", str(site.folder / "list.csv"), "--campaign", "demo")
    command(site, "campaign", "start", "demo")


def start_daemon(site: Site) -> subprocess.Popen[bytes]:
    """`ccdialer run` in the background; waits until `ccdialer status` answers."""
    log = site.folder / "ccdialer.log"
    print(f"\n$ ccdialer run 2>{shown(log)} &", flush=True)
    with log.open("ab") as file:
        daemon = subprocess.Popen(
            [str(site.folder / "ccdialer"), "run"],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    deadline = time.monotonic() + READY_LIMIT_S
    while subprocess.run(argv(site, "status"), capture_output=True, check=False).returncode:
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"the daemon did not get ready:\n{log.read_text()[-2000:]}")
        time.sleep(0.2)
    return daemon


def dial_the_list(site: Site, daemon: subprocess.Popen[bytes]) -> None:
    command(site, "agent", "login", "--all")
    command(site, "status", "--watch", "--until-done", "demo", limit_s=LIST_LIMIT_S)
    if daemon.poll() is not None:
        raise Failed(f"the daemon ended by itself, with {daemon.returncode}; see its log.")


def reports(site: Site) -> None:
    command(site, "report", "campaigns")
    command(site, "report", "agents")
    command(site, "report", "attempts", "--limit", "15")
    command(site, "report", "inbound", "--by", "stage")
    command(site, "why", read_tasks(site)[0].number)


def stop_daemon(site: Site, daemon: subprocess.Popen[bytes]) -> list[str]:
    """Sign the agents out, end the daemon politely; what was left behind."""
    command(site, "agent", "logout", "--all")
    daemon.send_signal(signal.SIGTERM)
    try:
        code = daemon.wait(30)
    except subprocess.TimeoutExpired:
        return ["the daemon did not end within 30 s of SIGTERM"]
    faults = [] if code == 0 else [f"the daemon ended with {code}"]
    left = site.asterisk.channels() + site.asterisk.bridges()
    return faults + [f"left in Asterisk: {name}" for name in left]


def prove(site: Site) -> list[str]:
    """Compare the daemon's reports with the carrier's own record."""
    say("Comparing the reports with the carrier's own record of every call")
    attempts, tasks, record = read_attempts(site), read_tasks(site), notes(site.carrier_log())
    faults = faults_of(tasks, attempts, record) + inbound_faults(site)
    if len(tasks) != TASKS:
        faults.append(f"{TASKS} clients were listed and {len(tasks)} are known")
    if not faults:
        print(f"{len(tasks)} clients, {len(attempts)} attempts: everything adds up.")
    return faults


def what_next(site: Site) -> None:
    say(f"The site is left in {shown(site.folder)}/: database, configuration, logs. Look around:")
    number = read_tasks(site)[-1].number
    for words in ("report attempts --limit 50", f"why {number}", "report agents --format csv"):
        print(f"  {shown(site.folder)}/ccdialer {words}")
    print(f"  less {shown(site.folder)}/ccdialer.log")
    print(f"  ls {shown(site.folder)}/asterisk/etc        # what Asterisk was told")


if __name__ == "__main__":
    sys.exit(main())
