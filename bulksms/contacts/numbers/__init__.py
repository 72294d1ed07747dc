"""The number plans of the world, compiled into one table.

`phonenumbers` stays the authority: the table answers only what is proved to agree with it.
"""

from bulksms.contacts.numbers.read_columns import (
    TENS,
    Digits,
    Readings,
    prepare,
    read_columns,
    walk,
)
from bulksms.contacts.numbers.table import (
    SHIPPED,
    NumberTable,
    Reading,
    load_number_table,
    metadata_version,
)

__all__ = [
    "SHIPPED",
    "TENS",
    "Digits",
    "NumberTable",
    "Reading",
    "Readings",
    "load_number_table",
    "metadata_version",
    "prepare",
    "read_columns",
    "walk",
]
