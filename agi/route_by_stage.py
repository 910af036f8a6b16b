"""Where an inbound call goes, by the site's routing rules and what its CRM knows of the caller."""

from ccdialer.fastagi import NAME, Agi, Answer, Desk, Output, script


@script(
    outputs={
        "CCD_CALL": "Id of this call; give it to Stasis() and to the other scripts.",
        "CCD_TARGET_KIND": (
            "queue, group, agent, extension, voicemail, announcement, callback or hangup."
        ),
        "CCD_TARGET": Output("Name of the target; empty for hangup.", NAME),
        "CCD_QUEUE": Output("Queue to wait in, where the kind is queue, group or agent.", NAME),
        "CCD_PROJECT": Output("Project of the number that was called.", NAME),
        "CCD_CHANNEL": Output("Advertisement that names the number that was called.", NAME),
        "CCD_CARD": "What the CRM said: OK, STALE, NOTFOUND, TIMEOUT, ERROR or NONE.",
        "CCD_STAGE": Output("Stage of the caller's deal, as the CRM names it.", NAME),
        "CCD_PIPELINE": Output("Pipeline of that deal.", NAME),
        "CCD_CLIENT": Output("The caller in the CRM: source and id.", NAME),
        "CCD_OWNER": Output("Login of who is offered the call first; empty: nobody is.", NAME),
        "CCD_OWNER_PHONE": Output("His dial string: PJSIP%2Fanna, for URIDECODE().", NAME),
        "CCD_OWNER_WAIT": "Seconds for which he is offered it before others.",
    },
    limit_s=1.5,
)
def route_by_stage(agi: Agi, desk: Desk) -> Answer:
    """Says where the call goes: the first routing rule that fits decides.

    The CRM has its own limit (`crm.budget_ms`); when it does not answer, rules do without it, and
    the number's fallback takes the call. NOTFOUND: no rule and no fallback: the dialplan's own.
    See `ccdialer route test` for why.
    """
    found = desk.route(agi.call)
    for name, value in (
        ("CCD_CALL", found.call_id),
        ("CCD_TARGET_KIND", found.target_kind),
        ("CCD_TARGET", found.target),
        ("CCD_QUEUE", found.queue),
        ("CCD_PROJECT", found.project),
        ("CCD_CHANNEL", found.channel),
        ("CCD_CARD", found.card),
        ("CCD_STAGE", found.stage),
        ("CCD_PIPELINE", found.pipeline),
        ("CCD_CLIENT", found.client),
        ("CCD_OWNER", found.owner),
        ("CCD_OWNER_PHONE", found.owner_phone),
        ("CCD_OWNER_WAIT", round(found.owner_wait_s)),
    ):
        agi.set_variable(name, value)
    return found.status, found.reason
