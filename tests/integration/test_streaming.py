"""A text of any size passes through the loader without ever being in memory as a whole."""

import json
import subprocess
import sys
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest

resource = pytest.importorskip("resource")

ROW = '{},06 39 98 {:02} 00,Zoé Müller,{}@example.com,"12, rue d\u2019Été","Café ""Nord""",é\n'
# Both have more rows than stay in memory (`row_store.KEPT_BYTES`), where they are packed: so a
# part of each cannot be.
SMALL, LARGE = 420_000, 980_000
GROWTH_BYTES = 30_000_000  # of files that differ by 80 MB
_READ = """
import json, resource, sys
from bulksms.loader import open_sheets
(sheet,) = open_sheets(sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
names = sorted({"pandas"} & set(sys.modules))
print(json.dumps([len(sheet.rows), sheet.source.encoding, names, peak]))
"""


def _unlike(row: int) -> str:
    return sha256(row.to_bytes(4, "big")).hexdigest()


@pytest.fixture(scope="module")
def long_list(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("id,phone,name,mail,street,note,é\n")
        file.writelines(ROW.format(row, row % 100, _unlike(row)) for row in range(LARGE - 1))
    return path


def peak_of(long_list: Path, path: Path, rows: int, codec: str, last: str) -> int:
    with (
        long_list.open(encoding="utf-8", newline="") as lines,
        path.open("w", encoding=codec, newline="") as file,
    ):
        file.writelines(islice(lines, rows))  # the header, and one row fewer
        file.write(last)
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, check=True)
    path.unlink()
    read, encoding, names, peak = json.loads(done.stdout)
    assert (read, encoding, names) == (rows, codec, [])
    return int(peak) * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("codec", "last"),
    [("utf-8", "7,,,,,,\n"), ("cp1252", "7,,,,,,\n"), ("utf-8", "7\n")],
    ids=["utf-8", "cp1252", "ragged"],
)
def test_80_mb_more_need_no_more_memory(
    long_list: Path, tmp_path: Path, codec: str, last: str
) -> None:
    """A ragged row at the end sends the text to the strict reader."""
    small, large = (
        peak_of(long_list, tmp_path / "a.csv", rows, codec, last) for rows in (SMALL, LARGE)
    )
    assert large - small < GROWTH_BYTES
