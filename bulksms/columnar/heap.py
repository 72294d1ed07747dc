"""Which allocator keeps the columns of Arrow; it must not know what is in them."""

from functools import cache

import pyarrow as pa

__all__ = ["hoard_less"]


@cache
def hoard_less() -> None:
    """Take the allocator that gives back what was freed, where Arrow comes with it.

    The usual one keeps a fifth more than is used, and is no faster.
    """
    if "jemalloc" in pa.supported_memory_backends():
        pa.set_memory_pool(pa.jemalloc_memory_pool())
