"""FastAGI: serves the scripts of agi/ to the dialplan; the only room that knows its words.

A script needs nothing else: `from ccdialer.fastagi import OK, Agi, Argument, Desk, Output, script`.
"""

from ccdialer.fastagi.desk import Desk as Desk
from ccdialer.fastagi.desk import TaskWish as TaskWish
from ccdialer.fastagi.script import DENIED as DENIED
from ccdialer.fastagi.script import ERROR as ERROR
from ccdialer.fastagi.script import NAME as NAME
from ccdialer.fastagi.script import NOTFOUND as NOTFOUND
from ccdialer.fastagi.script import OK as OK
from ccdialer.fastagi.script import TIMEOUT as TIMEOUT
from ccdialer.fastagi.script import Answer as Answer
from ccdialer.fastagi.script import Argument as Argument
from ccdialer.fastagi.script import Output as Output
from ccdialer.fastagi.script import script as script
from ccdialer.fastagi.vocabulary import Agi as Agi
from ccdialer.fastagi.vocabulary import AGIHangup as AGIHangup
