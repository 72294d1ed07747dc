"""What a fresh Python loads, and what holds in one that leaves asserts out."""

import subprocess
import sys

import pyarrow as pa
import pytest


def test_none_of_it_loads_pandas() -> None:
    script = (
        "import sys, numpy as np; from bulksms.columnar.arrays import *;"
        "ints_from_arrow(ints_to_arrow(np.arange(3)));"
        "bools_from_arrow(bools_to_arrow(np.ones(3, dtype=bool)));"
        "strings_to_arrow(['a', 'é']).take(ints_to_arrow(np.arange(2))); arrow_scalar('x');"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


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
    result = subprocess.run(
        [sys.executable, "-c", PLANNED], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "jemalloc"


WITHOUT_PANDAS = """
import sys
from bulksms.columnar.arrays import strings_to_arrow
from bulksms.contacts.cells.characters import format_e164
from bulksms.contacts.phones.parse_columns import ColumnParser
from bulksms.contacts.phones.parse import NumberRules
texts = ["06 39 98 12 34", "06\u00a039 98 12 34", "n\u00e9ant", "Tel: 0639981234 / 0199001234",
         "+33 (0)6 39 98 12 34", "06/39/98/12/34", "639981234.0", "0639981234 x", ""]
parsed = ColumnParser(NumberRules(rehearsal=True)).parse(strings_to_arrow(texts), "FR")
format_e164(parsed.phone_numbers)
sys.exit("pandas" in sys.modules)
"""


def test_numbers_are_judged_without_pandas() -> None:
    assert subprocess.run([sys.executable, "-c", WITHOUT_PANDAS], check=False).returncode == 0


WITHOUT_ASSERTS = """
import numpy as np
from bulksms.contacts import map_columns
from bulksms.contacts.rows.row_table import RowsNotScreenedError, RowTable
from tests.unit.contacts.conftest import build_sheet
sheet = build_sheet(["Mobile"], ["0639981230"])
table = RowTable(mapped_sheets=[(sheet, map_columns(sheet, {}))])
try:
    print(table.sendable.tolist())
except RowsNotScreenedError as error:
    print(error)
"""


def test_the_promise_holds_in_a_python_that_leaves_asserts_out() -> None:
    done = subprocess.run(
        [sys.executable, "-O", "-c", WITHOUT_ASSERTS], check=True, capture_output=True, text=True
    )
    assert done.stdout == "1 of 1 rows were not screened\n"
