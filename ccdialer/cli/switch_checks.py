"""What `doctor` looks at in Asterisk: rights, version, modules, clock, phones, trunks, sounds."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime

from ccdialer.ari import AriSettings, Request
from ccdialer.ari.census import SeenEndpoint, endpoints, modules
from ccdialer.ari.rest import Rest
from ccdialer.cli.finding import Finding, Level, fail, ok, warn
from ccdialer.cli.inbound_checks import inbound_checks
from ccdialer.cli.site_checks import Wants
from ccdialer.cli.trunk_checks import trunk_checks
from ccdialer.core.agent import Agent
from ccdialer.core.campaign import Campaign, CampaignSettings, CampaignState, Mode
from ccdialer.errors import CcdialerError

Version = tuple[int, int, int]

OLDEST: Version = (20, 0, 0)
CLOCK_LIMIT_S = 2.0
OFFLINE = "offline"

# First release of each branch that has it (the changelogs of Asterisk); a newer branch has all.
SINCE: dict[str, dict[int, Version]] = {
    "outbound websockets": {20: (20, 15, 0), 21: (21, 10, 0), 22: (22, 5, 0)},
    "commands over the websocket": {20: (20, 14, 0), 21: (21, 9, 0), 22: (22, 4, 0)},
    "SIP status of ended calls": {20: (20, 17, 0), 21: (22, 0, 0), 22: (22, 7, 0), 23: (23, 1, 0)},
    "the fixes of GHSA-wcvv-g26m-wx5c and GHSA-vrfp-mg3q-3959": {20: (20, 20, 1), 22: (22, 10, 1)},
}
OUTBOUND = "outbound websockets"
LACKS = {
    "commands over the websocket": "commands go over HTTP, which is slower",
    "SIP status of ended calls": "results are told apart by Q.850 causes only",
    "the fixes of GHSA-wcvv-g26m-wx5c and GHSA-vrfp-mg3q-3959": "ARI accounts can do too much",
}

# module: what does not work without it
NEEDED = {
    "app_stasis.so": "no call reaches the daemon",
    "res_stasis.so": "no call reaches the daemon",
    "res_ari.so": "ARI",
    "res_ari_applications.so": "ARI",
    "res_ari_asterisk.so": "ARI",
    "res_ari_bridges.so": "joining clients and agents",
    "res_ari_channels.so": "dialing",
    "res_ari_endpoints.so": "this check of phones and trunks",
    "res_ari_events.so": "events",
    "res_ari_playbacks.so": "messages and announcements",
    "res_stasis_answer.so": "answering agents' phones",
    "res_stasis_playback.so": "messages and announcements",
    "res_http_websocket.so": "events",
    "bridge_simple.so": "joining clients and agents",
    "func_timeout.so": "the limit of every call's length",
}
RECORDERS = ("res_ari_recordings.so", "res_stasis_recording.so", "res_stasis_snoop.so")
WANTED = {
    "bridge_softmix.so": "announcements into a talk",
    "codec_alaw.so": "phones and trunks that speak G.711 A-law",
    "codec_ulaw.so": "phones and trunks that speak G.711 u-law",
    "res_ari_sounds.so": "this check of sounds",
}


async def switch_checks(settings: AriSettings, wants: Wants) -> list[Finding]:
    """Ask Asterisk everything; the rest is left out once it does not answer."""
    findings: list[Finding] = []
    async with Rest(settings) as rest:
        try:
            info = await rest.get("asterisk/info")
            findings.append(ok("ARI", f"{settings.url} lets {settings.username} in"))
            findings.append(await _rights(rest, settings))
            findings += version_findings(info["system"]["version"], settings.connect)
            findings.append(await _clock(rest))
            running = await modules(rest)
            findings += module_findings(running, settings.connect, wants)
            findings += await inbound_checks(rest, wants, running)
            findings += endpoint_findings(await endpoints(rest), wants)
            findings += await trunk_checks(rest, wants.trunks)
            findings += await _sounds(rest, wants)
        except CcdialerError as error:
            findings.append(Finding(Level.FAIL, "ARI", str(error)))
    return findings


async def _rights(rest: Rest, settings: AriSettings) -> Finding:
    """A command to a channel that does not exist: refused as unknown, or for want of rights."""
    reply = await rest.request(Request("POST", "channels/ccd-doctor/answer"))
    if reply.status == 404:
        return ok("rights", "commands are allowed")
    remedy = f"ari.conf, section [{settings.username}]: read_only = no; then: ari reload"
    return fail("rights", f"Asterisk refuses commands: {reply.why}", remedy)


async def _clock(rest: Rest) -> Finding:
    begun = time.time()
    told = (await rest.get("asterisk/ping"))["timestamp"]
    middle = (begun + time.time()) / 2
    apart = abs(datetime.fromisoformat(told).timestamp() - middle)
    if apart > CLOCK_LIMIT_S:
        return warn(
            "clocks", f"Asterisk's is {apart:.0f} s from ours", "run chrony on both machines"
        )
    return ok("clocks", "Asterisk's and ours agree")


# --- version and modules ------------------------------------------------------------------------


def parsed(version: str) -> Version | None:
    """`22.10.1~dfsg` as numbers; None: nobody knows what it is."""
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def lacks(version: Version, what: str) -> bool:
    """Whether a release is older than the first of its branch that has it."""
    first = SINCE[what].get(version[0])
    return version < first if first else version[0] < max(SINCE[what])


def version_findings(text: str, connect: str) -> Iterator[Finding]:
    """What this release of Asterisk can and cannot."""
    version = parsed(text)
    if version is None:
        yield warn("version", f"Asterisk {text}: not a release", "make sure that it is 20 or newer")
        return
    if version < OLDEST:
        yield fail("version", f"Asterisk {text}", "install Asterisk 20 or newer")
        return
    yield ok("version", f"Asterisk {text}")
    if connect == "outbound" and lacks(version, OUTBOUND):
        remedy = "say ari.connect: inbound in config.yaml, or install Asterisk 22.5 or newer"
        yield fail("version", f"{text} has no {OUTBOUND}", remedy)
    for what, consequence in LACKS.items():
        if lacks(version, what):
            yield warn("version", f"{text} lacks {what}: {consequence}", "install a newer release")


def module_findings(running: frozenset[str], connect: str, wants: Wants) -> Iterator[Finding]:
    """Modules that are missing, each with what does not work without it."""
    needed = NEEDED | _needed_here(connect, wants)
    missing = [name for name in needed if name not in running]
    for name in missing:
        yield fail(
            "modules", f"{name} does not run: {needed[name]}", f"module load {name}; modules.conf"
        )
    for name, purpose in WANTED.items():
        if name not in running:
            yield warn(
                "modules", f"{name} does not run: {purpose}", f"module load {name}; modules.conf"
            )
    if not missing:
        yield ok("modules", f"all {len(needed)} that are needed run")


def _needed_here(connect: str, wants: Wants) -> dict[str, str]:
    found = {}
    if connect == "outbound":
        found["res_websocket_client.so"] = "Asterisk's connection to the daemon"
    if any(campaign.settings.amd for campaign in wants.campaigns):
        found["app_amd.so"] = "answering-machine detection, which a campaign asks for"
    if any(campaign.settings.record for campaign in wants.campaigns):
        found |= dict.fromkeys(RECORDERS, "recording talks, which a campaign asks for")
    if any(dial.startswith("PJSIP/") for dial in _dial_strings(wants)):
        found["chan_pjsip.so"] = "SIP phones and trunks"
    return found


def _dial_strings(wants: Wants) -> list[str]:
    return [a.phone for a in wants.agents] + [c.settings.dial for c in wants.campaigns]


# --- phones, trunks, sounds ---------------------------------------------------------------------


def endpoint_of(dial: str) -> str | None:
    """`PJSIP/trunk` of `PJSIP/{digits}@trunk`; None: the number itself names it, or a Local."""
    technology, _, rest = dial.partition("/")
    name = rest.partition("/")[0].rpartition("@")[2]
    if technology == "Local" or "{" in name or ":" in name:
        return None
    return f"{technology}/{name}"


def endpoint_findings(seen: Iterable[SeenEndpoint], wants: Wants) -> Iterator[Finding]:
    """Whether Asterisk knows the trunks of campaigns and the phones of agents."""
    states = {endpoint.name: endpoint.state for endpoint in seen}
    yield from _trunks(states, wants.campaigns)
    yield from _phones(states, wants.agents)


def _trunks(states: dict[str, str], campaigns: tuple[Campaign, ...]) -> Iterator[Finding]:
    users: dict[str, list[Campaign]] = {}
    for campaign in campaigns:
        trunk = endpoint_of(campaign.settings.dial) if campaign.settings.dial else None
        if trunk is not None:
            users.setdefault(trunk, []).append(campaign)
    for trunk, found in sorted(users.items()):
        names = ", ".join(campaign.name for campaign in found)
        is_active = any(campaign.state is CampaignState.ACTIVE for campaign in found)
        if trunk not in states:
            tell = fail if is_active else warn
            remedy = "make the endpoint in pjsip.conf, or change `dial` of the campaign"
            yield tell("trunks", f"Asterisk has no {trunk}, wanted by {names}", remedy)
        elif states[trunk] == OFFLINE:
            yield warn("trunks", f"{trunk} is offline", f"pjsip show endpoint {trunk[6:]}")
        else:
            yield ok("trunks", f"{trunk} is {states[trunk]}, for {names}")


def _phones(states: dict[str, str], agents: tuple[Agent, ...]) -> Iterator[Finding]:
    phones = {agent: endpoint_of(agent.phone) for agent in agents}
    missing = [a.login for a, phone in phones.items() if phone and phone not in states]
    offline = [a.login for a, phone in phones.items() if phone and states.get(phone) == OFFLINE]
    if missing:
        seen = f"Asterisk has no phone for: {', '.join(missing)}"
        yield fail(
            "phones", seen, "make their endpoints, or correct `phone`: ccdialer agent import"
        )
    if offline:
        yield warn("phones", f"not registered: {', '.join(offline)}", "are the phones switched on?")
    if agents and not missing and not offline:
        yield ok("phones", f"all {len(agents)} of the agents are known")


async def _sounds(rest: Rest, wants: Wants) -> list[Finding]:
    """Whether the campaigns' messages exist; a campaign without a safe-harbour message is told."""
    reply = await rest.request(Request("GET", "sounds"))
    known = frozenset(sound["id"] for sound in reply.json) if reply.done else None
    return list(sound_findings(known, wants.campaigns))


def sound_findings(
    known: frozenset[str] | None, campaigns: tuple[Campaign, ...]
) -> Iterator[Finding]:
    """The same of what Asterisk knows; None: it does not tell."""
    for campaign in campaigns:
        settings = campaign.settings
        if not settings.safe_harbour and settings.mode is not Mode.INBOUND:
            seen = f"{campaign.name}: abandoned clients hear nothing"
            yield warn("sounds", seen, "set `safe_harbour` of the campaign")
        media = ",".join(_media_of(settings))
        for sound in sounds_of(media):
            if known is not None and sound not in known:
                remedy = "put the file into Asterisk's sounds folder; then: module reload sounds"
                yield fail("sounds", f"{campaign.name}: there is no sound {sound}", remedy)
            elif known is not None:
                yield ok("sounds", f"{campaign.name}: {sound}")


def _media_of(settings: CampaignSettings) -> tuple[str, ...]:
    told = (settings.safe_harbour, settings.announce, settings.record_notice)
    if settings.mode is not Mode.INBOUND:
        return told
    return (*told, settings.queue.greeting, settings.queue.offer_sound)


def sounds_of(media: str) -> list[str]:
    """`beep` of `sound:beep,tone:ring`."""
    parts = [part.partition(":") for part in media.split(",")]
    return [name for kind, _, name in parts if kind == "sound"]
