"""The caller asks not to be called any more."""

from ccdialer.fastagi import Agi, Answer, Argument, Desk, script


@script(
    arguments={
        "project": Argument("By this project; left out: by anybody of the site."),
        "reason": Argument("Why, for whoever looks it up.", "asked by phone"),
    },
    limit_s=2.0,
    writes=True,
)
def do_not_call(agi: Agi, desk: Desk) -> Answer:
    """Puts the caller's number on the do-not-call list: no call to it is begun any more.

    CCD_REASON is `new`, or `known` if he was on the list. NOTFOUND: his number is hidden. TIMEOUT:
    it is written as soon as the database answers; say yes to the caller.
    """
    done = desk.do_not_call(agi.call, agi.args["project"], agi.args["reason"])
    return done.status, done.reason
