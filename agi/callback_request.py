"""The caller asks to be called back: "press 1 and we call you"."""

from ccdialer.fastagi import Agi, Answer, Argument, Desk, TaskWish, script


@script(
    arguments={
        "campaign": Argument("Callback campaign; left out: the project's only one."),
        "project": Argument("Project; left out: that of the number called."),
        "after": Argument("Seconds from now; only with a campaign.", "0"),
        "note": Argument("What the agent should know."),
        "call": Argument("CCD_CALL of route_by_stage; left out: read from the channel."),
    },
    outputs={"CCD_TASK": "Id of the callback's task."},
    limit_s=2.0,
    writes=True,
)
def callback_request(agi: Agi, desk: Desk) -> Answer:
    """Makes a callback for the caller, once however often he presses.

    Without a campaign he is called back at once by whom he talked with last. NOTFOUND: his number
    is hidden, or the project has no callback campaign. DENIED: nobody would call him, so do not
    promise it: he is on a do-not-call list (`do_not_call`), or the campaign does not dial numbers
    of that kind (`number_type`). TIMEOUT: it is written as soon as the database answers; say yes to
    the caller.
    """
    args = agi.args
    wish = TaskWish(args["campaign"], args["project"], agi.seconds("after"), args["note"])
    done = desk.call_back(agi.routed_call(), wish)
    agi.set_variable("CCD_TASK", done.task_id or "")
    return done.status, done.reason
