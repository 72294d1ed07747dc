"""`python -m tools.number_table FILE` writes the number table."""

import sys
from pathlib import Path

from tools.number_table import compiled

compiled().save(Path(sys.argv[1]))
