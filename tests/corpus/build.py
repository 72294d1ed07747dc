"""Makes the corpus: `python -m tests.corpus.build FOLDER` writes one file per case to look at."""

import sys
from pathlib import Path

from tests.corpus.case import Case
from tests.corpus.doubtful import doubtful_cases
from tests.corpus.hostile import hostile_cases
from tests.corpus.strangers import stranger_cases
from tests.corpus.texts import text_cases
from tests.corpus.workbooks import workbook_cases


def all_cases() -> list[Case]:
    """Return every case, each under a name of its own."""
    cases = [
        *text_cases(),
        *doubtful_cases(),
        *workbook_cases(),
        *hostile_cases(),
        *stranger_cases(),
    ]
    assert len({case.file for case in cases}) == len(cases)
    return cases


def build(folder: Path) -> int:
    """Write every file of the corpus and say how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    cases = all_cases()
    for case in cases:
        (folder / case.file).write_bytes(case.content)
    return len(cases)


if __name__ == "__main__":
    sys.stdout.write(f"{build(Path(sys.argv[1]))} files\n")
