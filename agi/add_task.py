"""The caller becomes a task of a campaign: somebody calls him about something."""

from ccdialer.fastagi import Agi, Answer, Argument, Desk, TaskWish, script


@script(
    arguments={
        "campaign": Argument("Its name.", is_needed=True),
        "project": Argument("Its project, where two projects have a campaign of that name."),
        "after": Argument("Seconds from now until it is due.", "0"),
        "priority": Argument("0 to 9, 9 first.", "5"),
        "note": Argument("What the agent should know."),
    },
    outputs={"CCD_TASK": "Id of the task that had his number already; empty: a new one was made."},
    limit_s=2.0,
    writes=True,
)
def add_task(agi: Agi, desk: Desk) -> Answer:
    """Puts the caller into a campaign, where a number is once.

    CCD_REASON is `new`, or `known` if the campaign had him. NOTFOUND: his number is hidden.
    """
    args = agi.args
    priority = min(9, round(agi.seconds("priority")))
    wish = TaskWish(args["campaign"], args["project"], agi.seconds("after"), args["note"], priority)
    done = desk.add_task(agi.call, wish)
    agi.set_variable("CCD_TASK", done.task_id or "")
    return done.status, done.reason
