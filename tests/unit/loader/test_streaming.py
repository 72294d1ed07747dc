"""A text of any size passes through the loader without ever standing in its memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

resource = pytest.importorskip("resource")

ROW = '{},06 39 98 {:02} 00,Zoé Müller,zoe{}@example.com,"12, rue d\u2019Été","Café ""Nord""",é\n'
SMALL, LARGE = 200_000, 1_000_000
GROWTH_BYTES = 30_000_000  # of files that differ by 80 MB
_READ = """
import json, resource, sys
from bulksms.loader import open_sheets
(sheet,) = open_sheets(sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
names = sorted({"pandas"} & set(sys.modules))
print(json.dumps([len(sheet.rows), sheet.source.encoding, names, peak]))
"""


def peak_of(path: Path, rows: int, codec: str, last: str) -> int:
    with path.open("w", encoding=codec, newline="") as file:
        file.write("id,phone,name,mail,street,note,é\n")
        file.writelines(ROW.format(row, row % 100, row) for row in range(rows - 1))
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
def test_five_times_the_rows_need_no_more_memory(tmp_path: Path, codec: str, last: str) -> None:
    """A ragged row at the end sends the text to the careful reader."""
    small, large = (peak_of(tmp_path / "a.csv", rows, codec, last) for rows in (SMALL, LARGE))
    assert large - small < GROWTH_BYTES
