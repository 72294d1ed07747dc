"""The compiled number plans of the world, as a file and in memory.

The file names the metadata it was made from and is not used beside any other.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np
import phonenumbers
from numpy.typing import NDArray

__all__ = [
    "LONGEST",
    "SHIPPED",
    "UNPROVED",
    "NumberTable",
    "Reading",
    "load_number_table",
    "metadata_version",
]

SHIPPED = Path(__file__).with_name("table.npz")  # made by `make tables`
LONGEST = 17  # digits of a national number the library reads, and so of a text read here
UNPROVED = 0  # the outcome of a text that the library must be asked about
ARRAYS = ("steps", "outcomes", "codes", "dropped", "kinds", "regions", "entries", "starts")


class Reading(NamedTuple):
    """The reading of a text of digits: those after the first `dropped` are the national number.

    `kind` is a `PhoneNumberType`; when it is `UNKNOWN`, the number is not valid.
    """

    code: int
    dropped: int
    kind: int
    region: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberTable:
    """An automaton over digits, and the reading of a text that ends in each state.

    Attributes:
        stamp: the metadata it was compiled from.
        steps: shape (states, 10), the state after each digit.
        outcomes: shape (states,), the index of the reading when the text ends there.
        codes: per reading, like `dropped`, `kinds` and `regions`, the fields of a `Reading`.
        entries: the regions whose national way of writing is known; "" for what follows a +.
        starts: the states in which the texts of these regions begin.
    """

    stamp: str
    steps: NDArray[np.unsignedinteger]
    outcomes: NDArray[np.unsignedinteger]
    codes: NDArray[np.int16]
    dropped: NDArray[np.int8]
    kinds: NDArray[np.int8]
    regions: NDArray[np.str_]
    entries: NDArray[np.str_]
    starts: NDArray[np.integer]
    _walked: memoryview = field(init=False, repr=False)
    _start: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_walked", self.steps.ravel().data)
        starts = dict(zip(self.entries.tolist(), self.starts.tolist(), strict=True))
        object.__setattr__(self, "_start", starts)

    def start(self, region: str | None) -> int | None:
        """Return the state to begin in, `None` for a region that is not in the table.

        Without a region, what follows a + is read.
        """
        return self._start.get(region or "")

    def read(self, digits: str, region: str | None) -> Reading | None:
        """Read one text of ASCII digits; `None` when the library must be asked."""
        state = self.start(region)
        if state is None or len(digits) > LONGEST:
            return None
        for digit in digits.encode():
            state = self._walked[state * 10 + digit - 48]
        at = int(self.outcomes[state])
        if at == UNPROVED:
            return None
        return Reading(
            int(self.codes[at]), int(self.dropped[at]), int(self.kinds[at]), str(self.regions[at])
        )

    def save(self, path: Path) -> None:
        """Write the file; the same table gives the same bytes."""
        arrays = {name: getattr(self, name) for name in ARRAYS}
        np.savez_compressed(path, stamp=np.array(self.stamp), **arrays)


@cache
def load_number_table(path: Path) -> NumberTable | None:
    """Load a table once; `None` when it was made from other metadata than is installed."""
    with np.load(path, allow_pickle=False) as arrays:
        stamp = str(arrays["stamp"])
        if stamp != metadata_version():
            return None
        return NumberTable(stamp=stamp, **{name: arrays[name] for name in ARRAYS})


@cache
def metadata_version() -> str:
    """Name the installed metadata and the code that reads it, as `9.0.43 1f0c…`."""
    digest = hashlib.sha256()
    root = resources.files("phonenumbers")
    plans = (file for file in root.joinpath("data").iterdir() if file.name.startswith("region_"))
    files = [root.joinpath("phonenumberutil.py"), root.joinpath("data", "__init__.py"), *plans]
    for source in sorted(files, key=lambda file: file.name):
        if source.name.endswith(".py"):
            digest.update(source.name.encode() + source.read_bytes().replace(b"\r\n", b"\n"))
    return f"{phonenumbers.__version__} {digest.hexdigest()[:32]}"
