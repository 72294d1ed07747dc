"""A small list that several rooms read."""

from pathlib import Path

import pytest

MIXED_LIST = """\
Ville,Prénom,Mobile
Lyon,Zoë,06 39 98 01 02
Paris,Paul,demander
Nice,Zoë,+33639980102
Lille,=1+1,01 99 00 02 03
Metz,Inès,06 39 98 01 09
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Write a list with a duplicate, a landline, a formula and a cell without a number."""
    path = tmp_path / "list.csv"
    path.write_text(MIXED_LIST, encoding="utf-8")
    return path
