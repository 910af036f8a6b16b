"""The caller has met nobody: he is called back by whom he talked with last."""

from ccdialer.fastagi import Agi, Answer, Argument, Desk, script


@script(
    arguments={
        "queue": Argument("Queue he has left; its project and settings hold."),
        "waited": Argument("Seconds he has waited.", "0"),
        "reason": Argument("Why nobody took it: closed, nobody. Left out: he hung up."),
        "call": Argument("CCD_CALL of route_by_stage; left out: read from the channel."),
        "channel": Argument("Unique id of a call that is over; left out: this one."),
        "ago": Argument("Seconds since its end; only with a channel.", "0"),
        "lasted": Argument("Seconds from its arrival to its end; only with a channel.", "0"),
    },
    outputs={"CCD_TASK": "Id of the callback's task; empty: none was made."},
    limit_s=2.0,
    writes=True,
)
def lost_call(agi: Agi, desk: Desk) -> Answer:
    """Ends the call as lost: a callback, pinned to the agent who talked with him last.

    Meant for a hang-up handler, at every hang-up: who has talked (`talked`) is not lost, and told
    twice it is one. NOTFOUND: no callback came of it; the journal says why.
    """
    waited_s = agi.seconds("waited")
    done = desk.lost(agi.ended_call(), agi.args["queue"], agi.args["reason"], waited_s)
    agi.set_variable("CCD_TASK", done.task_id or "")
    return done.status, done.reason
