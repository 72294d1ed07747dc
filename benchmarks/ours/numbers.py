"""The phone step as we do it, on the same numbers: block by block, as a load does.

python -m benchmarks.ours.numbers ROWS [THREADS]
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa

from benchmarks.mix import mixed
from bulksms.columnar.arrays import ints_to_arrow, strings_to_arrow, use_low_memory_allocator
from bulksms.contacts.cells.characters import format_e164
from bulksms.contacts.phones.parse import NumberRules
from bulksms.contacts.phones.parse_columns import ColumnParser

BLOCK = 65_536


def parse_block(
    parser: ColumnParser, texts: pa.StringArray
) -> tuple[pa.LargeStringArray, pa.StringArray]:
    """Return the numbers of a block that can be texted, in E.164, and the kind of each row."""
    parsed = parser.parse(texts, "FR")
    kinds = strings_to_arrow([outcome.kind for outcome in list(parser.outcomes)])
    textable = parsed.phone_numbers[parsed.phone_numbers > 0]
    return format_e164(textable), kinds.take(ints_to_arrow(parsed.codes))


if __name__ == "__main__":
    use_low_memory_allocator()
    column = strings_to_arrow(list(mixed(int(sys.argv[1]))))
    blocks = [column.slice(first, BLOCK) for first in range(0, len(column), BLOCK)]
    threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    start = time.perf_counter()
    parser = ColumnParser(NumberRules())
    with ThreadPoolExecutor(threads) as pool:
        parsed = list(pool.map(lambda block: parse_block(parser, block), blocks))
    print(time.perf_counter() - start)
