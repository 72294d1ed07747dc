"""Spoils files of the corpus at random: each must end in sheets or in one sentence.

`python -m tests.corpus.fuzz 10000 --seed 1` (or `make fuzz N=10000 SEED=1`); what fails is kept.
"""

import argparse
import io
import random
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bulksms.errors import BulkSmsError
from bulksms.loader.sheets import read_sheets
from tests.corpus.build import all_cases
from tests.corpus.case import Case
from tests.corpus.formats import with_parts

Mutation = Callable[[bytearray, random.Random], None]
_TOKENS = (b'"', b"\0", b"\xff\xfe", b";", b"\r", b"<", b'r="XFD1048576"', b"99999999999", b"-1")
_LARGE = 200_000
_SLOW = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A spoiled file that ended in neither, and how it ended."""

    file: str
    data: bytes
    how: str


def _flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 8)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


def _drop(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    del data[start : start + dice.randint(1, 64)]


def _double(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    data[start:start] = data[start : start + dice.randint(1, 256)]


def _put(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    data[start:start] = dice.choice(_TOKENS)


def _number(data: bytearray, dice: random.Random) -> None:
    """Change a digit: sizes, positions and references are made of them."""
    digits = [position for position, byte in enumerate(data) if byte in b"0123456789"]
    if digits:
        data[dice.choice(digits)] = dice.choice(b"0123456789")


def _fill(data: bytearray, dice: random.Random) -> None:
    start = dice.randrange(len(data))
    length = min(dice.randint(1, 16), len(data) - start)
    data[start : start + length] = dice.choice([b"\xff", b"\0"]) * length


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _drop, _double, _put, _number, _fill)


def spoil(data: bytes, dice: random.Random) -> bytes:
    """Spoil the bytes, or one part inside when they are a zip."""
    if data.startswith(b"PK\x03\x04") and dice.random() < 0.7:
        try:
            names = zipfile.ZipFile(io.BytesIO(data)).namelist()
            return with_parts(data, {dice.choice(names): lambda body: _spoiled(body, dice)})
        except (zipfile.BadZipFile, ValueError):
            pass
    return _spoiled(data, dice)


def _spoiled(data: bytes, dice: random.Random) -> bytes:
    body = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        if body:
            dice.choice(MUTATIONS)(body, dice)
    return bytes(body)


def fuzz(times: int, seed: int) -> Iterator[str | Failure]:
    """Spoil so many files; give "sheets", the error's name, or the failure, for each."""
    dice = random.Random(seed)
    cases = [case for case in all_cases() if 0 < len(case.content) < _LARGE]
    for _ in range(times):
        case = dice.choice(cases)
        yield _try(case, spoil(case.content, dice))


def _try(case: Case, data: bytes) -> str | Failure:
    start = time.monotonic()
    try:
        read_sheets(data, case.file, case.options)
        end = "sheets"
    except BulkSmsError as error:
        if "\n" in str(error).removeprefix(case.file):
            return Failure(file=case.file, data=data, how=f"two lines: {error}")
        end = type(error).__name__
    except (SystemExit, KeyboardInterrupt):
        raise
    except Exception:  # noqa: BLE001 - whatever it is, it is the bug that is looked for
        return Failure(file=case.file, data=data, how=traceback.format_exc())
    if time.monotonic() - start > _SLOW:
        return Failure(file=case.file, data=data, how=f"took over {_SLOW:.0f} seconds")
    return end


def main() -> int:
    """Fuzz as the command line says; one when anything failed."""
    parser = argparse.ArgumentParser(description="Spoil files of the corpus and read them.")
    parser.add_argument("times", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("build/fuzz"))
    options = parser.parse_args()
    ends: Counter[str] = Counter()
    for number, end in enumerate(fuzz(options.times, options.seed)):
        if isinstance(end, Failure):
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{options.seed}-{number}-{end.file}").write_bytes(end.data)
            sys.stdout.write(f"{number} {end.file}: {end.how}\n")
            ends["FAILED"] += 1
        else:
            ends[end] += 1
    sys.stdout.write(f"{dict(ends)}\n")
    return 1 if ends["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main())
