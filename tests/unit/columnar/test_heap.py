"""Whoever makes a plan keeps columns with the allocator that gives back; looked at in a process."""

import subprocess
import sys

import pyarrow as pa
import pytest

PLANNED = """
from bulksms.plan.make_plan import PlanRequest, make_plan
import pyarrow as pa

try:
    make_plan(PlanRequest(files=("there-is-no-such-file.csv",)))
except Exception:
    pass
print(pa.default_memory_pool().backend_name)
"""


@pytest.mark.skipif(
    "jemalloc" not in pa.supported_memory_backends(), reason="Arrow comes without it on Windows"
)
def test_a_plan_is_made_with_the_allocator_that_gives_back() -> None:
    told = subprocess.run(
        [sys.executable, "-c", PLANNED], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "jemalloc"
