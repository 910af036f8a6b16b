"""Who talked with the caller last: for a dialplan that rings him first."""

from ccdialer.fastagi import NAME, NOTFOUND, OK, Agi, Answer, Argument, Desk, Output, script


@script(
    arguments={"project": Argument("In which project; left out: that of the number called.")},
    outputs={
        "CCD_OWNER": Output("His login.", NAME),
        "CCD_OWNER_PHONE": Output("His dial string: PJSIP%2Fanna, for URIDECODE().", NAME),
        "CCD_OWNER_STATE": "free, busy or away.",
    },
)
def last_agent(agi: Agi, desk: Desk) -> Answer:
    """Finds the agent who talked with the caller last, in or out, and says whether he is free.

    NOTFOUND: nobody has, his number is hidden, or that agent does not work in the project any more.
    """
    person = desk.last_agent(agi.call, agi.args["project"])
    if person is None:
        return NOTFOUND, "nobody"
    agi.set_variable("CCD_OWNER", person.login)
    agi.set_variable("CCD_OWNER_PHONE", person.phone)
    state = ("free" if person.is_free else "busy") if person.is_on_duty else "away"
    agi.set_variable("CCD_OWNER_STATE", state)
    return OK, state
