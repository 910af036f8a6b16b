"""Whether anybody works now: by the hours of the number that was called, or of a queue."""

from ccdialer.fastagi import OK, Agi, Answer, Argument, Desk, script


@script(
    arguments={"queue": Argument("Name of the queue; left out: the number that was called.")},
    outputs={
        "CCD_OPEN": "1: open; 0: closed.",
        "CCD_OPENS_IN": "Seconds until it opens; empty if it is open, or if nobody knows.",
    },
)
def is_open(agi: Agi, desk: Desk) -> Answer:
    """Says whether the queue works now, or the number that was called, holidays included.

    A number without a schedule is always open. A queue that is stopped or paused is closed.
    NOTFOUND: there is no such queue, or nothing is said of the number.
    """
    found = desk.hours(agi.call, agi.args["queue"])
    if found.status is OK:
        agi.set_variable("CCD_OPEN", int(found.is_open))
    if found.opens_in_s is not None:
        agi.set_variable("CCD_OPENS_IN", found.opens_in_s)
    return found.status, found.reason
