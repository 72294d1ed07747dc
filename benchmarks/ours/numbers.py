"""The phone step as we do it, on the same numbers.

python -m benchmarks.ours.numbers ROWS
"""

import sys
import time

import pandas as pd

from benchmarks.mix import mixed
from bulksms.contacts.normalising import normalise
from bulksms.contacts.phones import NumberRules

if __name__ == "__main__":
    texts = pd.Series(list(mixed(int(sys.argv[1]))), dtype="str")
    regions = pd.Series("FR", index=texts.index, dtype="str")
    start = time.perf_counter()
    normalise(texts, regions, NumberRules())
    print(time.perf_counter() - start)
