"""The torture kills children of its own, so it needs a system that forks."""

import os

collect_ignore = [] if hasattr(os, "fork") else ["test_torture.py"]
