"""What the number plans of the world say of digits, compiled into one table.

`phonenumbers` stays the authority: the table answers only what it can prove.
"""

from bulksms.contacts.numbers.heads import prepare, read
from bulksms.contacts.numbers.lookup import TENS, Digits, Readings, walk
from bulksms.contacts.numbers.stamp import metadata_version
from bulksms.contacts.numbers.table import SHIPPED, NumberTable, Reading, load_number_table

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
    "read",
    "walk",
]
