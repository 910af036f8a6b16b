"""What `doctor` looks at in Asterisk for calls that come in: modules, contexts, and the scripts."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ccdialer.ari.dialplan import agi_status, global_variable
from ccdialer.ari.rest import Rest
from ccdialer.cli.finding import Finding, fail, ok, warn
from ccdialer.cli.site_checks import Wants
from ccdialer.core.campaign import Campaign, CampaignState, Mode

# module: what does not work without it
MODULES = {
    "res_speech.so": "res_agi, which does not load without it",
    "res_agi.so": "asking where a call goes",
    "app_stack.so": "subroutines of the dialplan, and hang-up handlers",
    "app_exec.so": "going on where an application is missing",
    "app_playback.so": "messages of the fallback",
    "func_strings.so": "FILTER, which keeps what callers send out of commands",
    "func_uri.so": "names that hold more than letters",
    "func_logic.so": "the branches of the dialplan",
    "func_cut.so": "names of queues with their project",
    "func_db.so": "keeping what calls were that end while the daemon is away",
    "app_originate.so": "the same of those who had waited in a queue",
    "func_dialplan.so": "finding out whether an extension exists",
    "func_global.so": "this check",
    "res_musiconhold.so": "music for who waits",
}
INCLUDE = "ccdialer setup asterisk; then in extensions.conf: #include ccdialer_inbound.conf"
ANEW = "ccdialer setup asterisk --output /etc/asterisk, then dialplan reload"
OWN_WAYS = {
    "CCDIALER_FALLBACK": "the daemon is away or knows no way",
    "CCDIALER_CLOSED": "a queue is closed",
}
REACHED = "SUCCESS"
REFUSED = "CCDIALER_REFUSED"


async def inbound_checks(rest: Rest, wants: Wants, running: frozenset[str]) -> list[Finding]:
    """Of a site with queues; nothing of one without."""
    queues = [campaign for campaign in wants.campaigns if campaign.settings.mode is Mode.INBOUND]
    if not queues:
        return []
    findings = list(missing_modules(running))
    status = await agi_status(rest, str(time.time_ns()))
    findings.append(reach_finding(status, queues))
    if status is not None:
        there = "".join(status.split(":")[2:])  # of an older dialplan nothing is known
        for is_there, (name, when) in zip(there, OWN_WAYS.items(), strict=False):
            findings += own_way(name, await global_variable(rest, name), when, is_there == "1")
        findings += refused(await global_variable(rest, REFUSED))
    return findings


def missing_modules(running: frozenset[str]) -> Iterator[Finding]:
    """Each with what does not work without it."""
    for name, purpose in MODULES.items():
        if name not in running:
            remedy = f"module load {name}; modules.conf"
            yield fail("modules", f"{name} does not run: {purpose}", remedy)


def reach_finding(status: str | None, queues: list[Campaign]) -> Finding:
    """Whether the dialplan is there and reaches the scripts, by what Asterisk itself has got."""
    if status is None:
        is_active = any(queue.state is CampaignState.ACTIVE for queue in queues)
        tell = fail if is_active else warn
        return tell("inbound", "Asterisk has no context ccdialer-check", INCLUDE)
    reached, answer, *contexts = status.split(":")
    if reached != REACHED:
        seen = f"Asterisk does not reach the scripts: AGISTATUS {reached or 'unknown'}"
        return fail("inbound", seen, f"is the daemon running? after a change of agi.listen: {ANEW}")
    if not answer:
        seen = "the scripts do not answer Asterisk"
        return fail("inbound", seen, "is another program on the port of agi.listen?")
    if answer == "DENIED":
        seen = "the scripts refuse Asterisk"
        return fail("inbound", seen, f"agi.allow_from; after a change of agi.secret: {ANEW}")
    if not contexts:
        return warn("inbound", "Asterisk has the dialplan of an older ccdialer", ANEW)
    return ok("inbound", "Asterisk has the dialplan and reaches the scripts")


def own_way(name: str, context: str, when: str, is_there: bool) -> Iterator[Finding]:
    """Whether the site has said who takes a call that ccdialer does not send."""
    if context and not is_there:
        seen = f"if {when}, callers hear a message: Asterisk has no context {context}"
        yield fail("inbound", seen, f"write [{context}] in extensions.conf, or another {name}")
    elif context:
        yield ok("inbound", f"if {when}: context {context}")
    else:
        remedy = f"extensions.conf, [globals]: {name}=a context of yours"
        yield warn("inbound", f"if {when}, callers hear a message and are hung up", remedy)


def refused(count: str) -> Iterator[Finding]:
    """Calls whose end was kept by Asterisk, and which the daemon could not write."""
    if count:
        seen = f"{count} calls that ended while the daemon was away were not taken by it"
        remedy = 'its log says why; they are in Asterisk: "database show ccdialer-refused"'
        yield warn("inbound", seen, remedy)
