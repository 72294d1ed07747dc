"""The limit: pyarrow's streaming parse of a CSV into columns of text, and nothing else.

python -m benchmarks.peers.parse_with_arrow FILE
"""

import sys
from pathlib import Path

import pyarrow as pa
from pyarrow import csv


def main(path: str) -> None:
    with Path(path).open("rb") as file:
        names = file.readline().decode("utf-8").strip().split(",")
    options = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    parse = csv.ParseOptions(newlines_in_values=True)
    with csv.open_csv(path, parse_options=parse, convert_options=options) as stream:
        print(sum(len(batch) for batch in stream))


if __name__ == "__main__":
    main(sys.argv[1])
