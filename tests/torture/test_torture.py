"""A small part of the torture in every run of the tests; `make torture` is the rest."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture import gateway
from tests.torture.mutants.gallery import MUTANTS


def torture(*args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.torture", "--kills", "10", "--jobs", "1", *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_second_provider_shares_no_code_with_the_program_or_its_sandbox() -> None:
    tree = ast.parse(Path(gateway.__file__).read_text(encoding="utf-8"))
    imported = {each.module for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    imported |= {
        name.name for each in ast.walk(tree) if isinstance(each, ast.Import) for name in each.names
    }
    assert {str(name).partition(".")[0] for name in imported} <= sys.stdlib_module_names


KINDS = (
    "kills",
    "exact points",
    "storms",
    "races",
    "full disks",
    "redirects",
    "others",
    "late resumes",
    "kills with a provider written apart",
    "operator days",
)


@pytest.mark.slow
def test_whatever_happens_no_one_is_texted_twice_and_no_one_is_lost() -> None:
    done = torture(*(word for kind in KINDS for word in ("--only", kind)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 operator days, 10 kills, 30 exact points, 2 kills with a provider" in done.stdout
    assert "2 races, 2 late resumes, 2 full disks, 6 others" in done.stdout
    assert "duplicates 0, false sent 0, false not sent 0, unaccounted 0" in done.stdout


@pytest.mark.slow
def test_every_broken_sender_is_caught() -> None:
    assert len(MUTANTS) >= 15
    assert len({mutant.sender.name for mutant in MUTANTS}) == len(MUTANTS)
    done = torture("--only", "broken senders")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(MUTANTS)} broken senders" in done.stdout
