"""How the memory of columns is asked of the system: one heap for threads, no hoard beside it.

Arrow's own allocator and a heap for each thread keep what was freed, in case it is needed again:
for a million rows that was a third of all memory, and no faster. It must not know what is kept.
"""

import ctypes
import sys
from functools import cache

import pyarrow as pa

__all__ = ["share_one_heap"]

ARENA_MAX = -8  # M_ARENA_MAX, malloc.h of glibc


@cache
def share_one_heap() -> None:
    """Let no more heaps be made: threads take from the common one, and the few there are."""
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(ARENA_MAX, 1)  # no other library than glibc has it
