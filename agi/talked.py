"""Remembers who talked with whom, for a site that keeps Asterisk's own queues."""

from ccdialer.fastagi import Agi, Answer, Argument, Desk, script


@script(
    arguments={
        "agent": Argument("His login, phone or channel: ${MEMBERINTERFACE}.", is_needed=True),
        "seconds": Argument("How long they talked: ${CDR(billsec)}.", "0"),
        "queue": Argument("Queue by whose members he was taken."),
        "call": Argument("CCD_CALL of route_by_stage; left out: read from the channel."),
        "channel": Argument("Unique id of a call that is over; left out: this one."),
        "ago": Argument("Seconds since its end; only with a channel.", "0"),
        "lasted": Argument("Seconds from its arrival to its end; only with a channel.", "0"),
    },
    limit_s=2.0,
    writes=True,
)
def talked(agi: Agi, desk: Desk) -> Answer:
    """Ends the call as answered by an agent, who is the caller's last agent from now on.

    The caller's pending callbacks of the project are done by it. An agent whom nobody knows here
    is told as `unknown_agent`; the call counts as answered all the same.
    """
    seconds = agi.seconds("seconds")
    done = desk.talked(agi.ended_call(), agi.args["agent"], seconds, agi.args["queue"])
    return done.status, done.reason
