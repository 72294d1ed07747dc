"""The proof of an account's protection as a user would make it, against the real sandbox."""

from pathlib import Path

import pytest

from tests.acceptance.driver import Desk, numbers, sandbox

PROVE = ("doctor", "--prove-request-id", "--number", "06 39 98 01 01", "--yes", "--json")


@pytest.mark.parametrize(
    ("ignoring", "protects", "code", "level"),
    [((), True, 0, "fine"), (("--ignore-request-id",), False, 4, "note")],
    ids=["honoured", "ignored"],
)
def test_an_account_is_tried_and_doctor_remembers_what_it_does(
    tmp_path: Path, ignoring: tuple[str, ...], protects: bool, code: int, level: str
) -> None:
    with sandbox(tmp_path, *ignoring) as (url, log):
        desk = Desk(tmp_path, url)
        tried = desk.run(*PROVE)
        assert tried.code == code, tried.err
        assert tried.json["protects"] is protects
        assert numbers(log) == ["+33639980101"] * 2
        looked = desk.run("doctor", "--json")
        assert looked.code == 0, looked.out
        assert looked.json["checks"][-1]["level"] == level
