"""What the CRM knows of the caller, for a dialplan that decides by itself."""

from ccdialer.core.card import deciding_deal
from ccdialer.fastagi import NAME, NOTFOUND, OK, Agi, Answer, Argument, Desk, Output, script


@script(
    arguments={"project": Argument("Of which project; left out: that of the number called.")},
    outputs={
        "CCD_STAGE": Output("Stage of the caller's deal, as the CRM names it.", NAME),
        "CCD_PIPELINE": Output("Pipeline of that deal.", NAME),
        "CCD_DEALS": "Number of his open deals.",
        "CCD_CLIENT": Output("The caller in the CRM: source and id.", NAME),
        "CCD_CLIENT_OWNER": Output("Who looks after him, as the CRM or the site names him.", NAME),
        "CCD_CARD": "OK, or STALE: the CRM did not answer, and this is what it said before.",
    },
    limit_s=1.5,
)
def stage(agi: Agi, desk: Desk) -> Answer:
    """Asks the CRM who calls; of several deals the open one that changed last is told.

    NOTFOUND: the CRM does not know him, or his number is hidden. TIMEOUT, ERROR: it did not answer,
    and has not told anything of him lately.
    """
    found = desk.card(agi.call, agi.args["project"])
    if found.card is None:
        return found.status if found.status is not OK else NOTFOUND, found.reason
    card, deal = found.card, deciding_deal(found.card)
    agi.set_variable("CCD_CLIENT", f"{card.source}:{card.client_id}")
    agi.set_variable("CCD_CLIENT_OWNER", card.owner if deal is None else deal.owner or card.owner)
    agi.set_variable("CCD_DEALS", sum(each.is_open for each in card.deals))
    agi.set_variable("CCD_CARD", "STALE" if found.is_stale else "OK")
    if deal is not None:
        agi.set_variable("CCD_STAGE", deal.stage)
        agi.set_variable("CCD_PIPELINE", deal.pipeline)
    return OK, found.reason
