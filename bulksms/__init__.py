"""Turns a spreadsheet into an SMS campaign and never texts anyone twice.

The folders tell the story of the data. A file is *loaded*, its rows become *contacts*,
a *message* is fitted to them, they are cut into *frames*, a *ledger* remembers,
a *sender* drives, *results* tell.
"""

__version__ = "0.1.0"
