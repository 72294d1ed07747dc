"""`python -m tools.number_table FILE` writes the number table."""

import sys
from pathlib import Path

from tools.number_table import compile_table

compile_table().save(Path(sys.argv[1]))
