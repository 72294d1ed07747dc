"""What the number plans of the world say of digits, compiled into one table.

`phonenumbers` stays the authority: the table answers only what it can prove.
"""

from bulksms.contacts.numbers.heads import prepare, read
from bulksms.contacts.numbers.lookup import TENS, Digits, Readings, walk
from bulksms.contacts.numbers.stamp import installed_stamp
from bulksms.contacts.numbers.table import SHIPPED, NumberTable, Reading, table_at

__all__ = [
    "SHIPPED",
    "TENS",
    "Digits",
    "NumberTable",
    "Reading",
    "Readings",
    "installed_stamp",
    "prepare",
    "read",
    "table_at",
    "walk",
]
