"""What a process of ours asks of its machine: how memory is kept, and whose threads come first."""

import contextlib
import ctypes
import os
import threading
from typing import Final

WHOLE_FIT: Final = 10  # somebody waits for it, but for seconds anyway
BACKGROUND: Final = 15  # nobody watches

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # names of mallopt(3)
_KEPT_BYTES: Final = 256 * 2**20  # freed memory the process keeps for its next picture
_LARGEST_KEPT: Final = 64 * 2**20  # arrays up to this size come from that
_HEAPS: Final = 2  # shared by all threads: 150 MB less for the same drafts than with one a thread


def tune_allocator() -> None:
    """Keep freed arrays for the next ones, in two heaps. glibc only; elsewhere nothing happens.

    By default every array of some MB is a fresh mapping that the kernel fills page by page: a fit
    at 768x1024 takes 145 ms instead of 100, for the same resident memory. Call it before threads
    start.
    """
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT)
        libc.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        libc.mallopt(_ARENA_MAX, _HEAPS)


def give_way(niceness: int = WHOLE_FIT) -> None:
    """Let this thread and those it starts run after others; there is no way back.

    Whole fits and all they start (the networks' own threads too: a thread inherits this) give way
    to the threads that answer a moved point. Beside a whole fit a correction then takes 1.2 times
    as long as alone, not 2.4 to 3.5 times; the whole fits take no longer.

    Only Linux has a priority for each thread; elsewhere, and where it is not granted, nothing
    happens. Made to be the `initializer` of a pool.
    """
    if not hasattr(os, "sched_getaffinity"):  # Linux: elsewhere the whole process would give way
        return
    thread = threading.get_native_id()
    with contextlib.suppress(OSError):
        before = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, max(before, niceness))
