"""Who comes first when there are more threads at work than cores.

A moved point is answered by threads of ordinary priority; whole fits and all they start (the
networks' own threads too: a thread inherits this) give way to them. Beside a whole fit a correction
then takes 1.2 times as long as alone, not 2.4 to 3.5 times; the whole fits take no longer.
"""

import contextlib
import os
import threading
from typing import Final

WHOLE_FIT: Final = 10  # somebody waits for it, but for seconds anyway
BACKGROUND: Final = 15  # nobody watches


def give_way(niceness: int = WHOLE_FIT) -> None:
    """Let this thread and those it starts run after others; there is no way back.

    Only Linux has a priority for each thread; elsewhere, and where it is not granted, nothing
    happens. Made to be the `initializer` of a pool.
    """
    if not hasattr(os, "sched_getaffinity"):  # Linux: elsewhere the whole process would give way
        return
    thread = threading.get_native_id()
    with contextlib.suppress(OSError):
        before = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, max(before, niceness))
