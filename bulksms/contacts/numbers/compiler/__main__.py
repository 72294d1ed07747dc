"""`python -m bulksms.contacts.numbers.compiler FILE` writes the number table."""

import sys
from pathlib import Path

from bulksms.contacts.numbers.compiler import compiled

compiled().save(Path(sys.argv[1]))
