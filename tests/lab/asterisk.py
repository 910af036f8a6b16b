"""Runs a real Asterisk on a rendered configuration: start, stop, kill, restart, ask."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ccdialer.cli.setup import ROUTE_VARIABLES
from ccdialer.rendering import render
from tests.lab import install
from tests.lab.ports import free_port, rtp_block
from tests.lab.sound import write_tone

TEMPLATES = Path(__file__).parent / "templates"
OURS = (
    "ccdialer_amd.conf",
    "ccdialer_ari.conf",
    "ccdialer_http.conf",
    "ccdialer_websocket_client.conf",
    "ccdialer_extensions.conf",
    "ccdialer_inbound.conf",
)
MUSIC_HZ = 330.0  # what callers hear while they wait
LONGEST_RUN_FOLDER = 80  # a Unix socket's path holds 107 characters
START_LIMIT_S = 60.0
STOP_LIMIT_S = 15.0


@dataclass(frozen=True)
class Plan:
    """What enters the templates: everything that is chosen per site."""

    app: str = "ccdialer"
    connect: str = "outbound"
    ari_user: str = "ccdialer"
    ari_password: str = "lab-secret"
    agents: int = 10
    address: str = "127.0.0.1"
    http_address: str = "127.0.0.1"
    http_port: int = field(default_factory=free_port)
    sip_port: int = field(default_factory=free_port)
    carrier_port: int = field(default_factory=free_port)
    phones_port: int = field(default_factory=free_port)
    trunk_address: str = "127.0.0.2"
    trunk_port: int = field(default_factory=free_port)
    daemon_port: int = field(default_factory=free_port)
    rtp_first: int = field(default_factory=rtp_block)
    rtp_size: int = 2000
    timer_t1: int = 500  # milliseconds; Asterisk waits 64 of them for an answer to INVITE
    code_login: str = "*41"
    code_logout: str = "*42"
    code_pause: str = "*43"
    code_ready: str = "*44"
    code_hangup: str = "*45"
    code_next: str = "*56"
    code_call: str = "*57"
    code_result: str = "*58"
    code_skip: str = "*59"
    feature_limit_s: int = 20
    away_sound: str = "please-try-call-later"
    agi_port: int = field(default_factory=free_port)
    agi_secret: str = ""
    route_limit_s: int = 3
    queue_limit_s: int = 600
    call_limit_s: int = 7200
    most_hops: int = 5
    kept_limit_s: int = 50
    thanks_sound: str = "auth-thankyou"
    extensions_context: str = "lab-phones"

    @property
    def agi_url(self) -> str:
        """Where the dialplan finds the daemon's scripts."""
        return f"agi://{self.address}:{self.agi_port}"

    @property
    def ari_url(self) -> str:
        """Base of ARI's addresses, without a slash at the end."""
        return f"http://{self.http_address}:{self.http_port}/ari"

    @property
    def daemon_uri(self) -> str:
        """Where Asterisk looks for the daemon (connect: outbound)."""
        return f"ws://{self.address}:{self.daemon_port}/ari"


class Asterisk:
    """One Asterisk with its own folder; ports stay the same across restarts."""

    def __init__(self, folder: Path, plan: Plan | None = None) -> None:
        self.folder = folder.resolve()
        self.plan = plan or Plan()
        self.installation = install.asterisk()
        self.process: subprocess.Popen[bytes] | None = None
        self._run = self._run_folder()
        self._write_site()

    @property
    def ari_url(self) -> str:
        return self.plan.ari_url

    def start(self) -> None:
        """Start and wait until it is booted. Raises RuntimeError with its last words if not."""
        with (self.folder / "console.log").open("ab") as console:
            self.process = subprocess.Popen(
                [*self.installation.argv, "-f", "-C", str(self._conf)],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        atexit.register(self.kill)
        deadline = time.monotonic() + START_LIMIT_S
        while not self._is_booted():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"Asterisk did not start:\n{self._last_words()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop as `core stop now` does; nothing of it is left but its folder."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_LIMIT_S)
        self.kill()

    def kill(self) -> None:
        """End it as a power cut does: no goodbye to anybody."""
        atexit.unregister(self.kill)
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        for name in ("asterisk.ctl", "asterisk.pid"):
            (self._run / name).unlink(missing_ok=True)

    def restart(self) -> None:
        self.stop()
        self.start()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def freeze(self, frozen: bool = True) -> None:
        """Hold it (it answers nothing, drops nothing) or let it go on."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def command(self, words: str) -> str:
        """What `asterisk -rx` answers."""
        return self._remote(words).stdout

    def channels(self) -> list[str]:
        """Names of the channels that exist now."""
        lines = self.command("core show channels concise").splitlines()
        return [line.split("!")[0] for line in lines if "!" in line]

    def bridges(self) -> list[str]:
        """Ids of the bridges that exist now."""
        return [
            line.split()[0] for line in self.command("bridge show all").splitlines()[1:] if line
        ]

    def log(self) -> str:
        """Its notices, warnings and errors."""
        path = self.folder / "log" / "full"
        return path.read_text(errors="replace") if path.exists() else ""

    def remove(self) -> None:
        """Stop, and remove the folder too."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self._run, ignore_errors=True)

    # --- inside -----------------------------------------------------------------------------

    @property
    def _conf(self) -> Path:
        return self.folder / "etc" / "asterisk.conf"

    def _run_folder(self) -> Path:
        run = self.folder / "run"
        if len(str(run)) > LONGEST_RUN_FOLDER:
            run = Path(tempfile.mkdtemp(prefix="ccd-run-"))
            atexit.register(shutil.rmtree, run, ignore_errors=True)
        return run

    def _remote(self, words: str) -> subprocess.CompletedProcess[str]:
        argv = [*self.installation.argv, "-C", str(self._conf), "-rx", words]
        return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)

    def _is_booted(self) -> bool:
        if not (self._run / "asterisk.ctl").exists():
            return False
        return "fully booted" in self._remote("core waitfullybooted").stdout

    def _last_words(self) -> str:
        return (self.folder / "console.log").read_text(errors="replace")[-2000:] + self.log()[
            -2000:
        ]

    def _write_site(self) -> None:
        for name in ("etc", "log", "var", "keys", "moh", "spool/recording", "data/sounds"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self._run.mkdir(parents=True, exist_ok=True)
        self._lay_data()
        for name, text in self._configuration().items():
            path = self.folder / "etc" / name
            path.write_text(text)
            path.chmod(0o600)

    def _lay_data(self) -> None:
        """A data folder of the site's own: sounds can be added, nothing shared is written."""
        data = self.folder / "data"
        for part in ("rest-api", "documentation", "static-http"):
            _link(data / part, self.installation.data / part)
        write_tone(self.folder / "moh" / "hold.ulaw", MUSIC_HZ, 5.0)
        for voice in sorted((self.installation.data / "sounds").glob("en*")):
            if (voice / "beep.gsm").exists():
                _link(data / "sounds" / "en", voice)

    def _configuration(self) -> dict[str, str]:
        plan = asdict(self.plan)
        values = {
            **plan,
            "daemon_uri": self.plan.daemon_uri,
            "agi_url": self.plan.agi_url,
            "route_variables": ROUTE_VARIABLES,
            "site": str(self.folder),
            "run": str(self._run),
            "modules": str(self.installation.modules),
            "present": sorted(path.name for path in self.installation.modules.glob("*.so")),
        }
        names = [path.name.removesuffix(".j2") for path in TEMPLATES.glob("*.conf.j2")]
        return {name: render(f"{name}.j2", values, TEMPLATES) for name in [*names, *OURS]} | {
            f"{name}.conf": text for name, text in STUBS.items()
        }


STUBS = {
    "acl": "",
    "ccss": "[general]\n",
    "cdr": "[general]\nenable = no\n",
    "cel": "[general]\nenable = no\n",
    "features": "[general]\n",
    "manager": "[general]\nenabled = no\n",
    "queuerules": "[general]\n",
    "stasis": "[threadpool]\n",
    "udptl": "[general]\n",
}
"""Files that Asterisk misses aloud; all their settings are the default's."""


def _link(link: Path, target: Path) -> None:
    if not link.exists() and target.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(target.resolve())


if __name__ == "__main__":
    print("Asterisk:", " ".join(install.asterisk().argv))
