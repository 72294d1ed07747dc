import os
import sys
from pathlib import Path

import pytest

from bulksms.os_user import acting_user, file_owner, person_id


@pytest.mark.parametrize(
    ("login_uid", "sudo_uid", "expected"),
    [
        (None, None, 33),
        (None, "", 33),
        (None, "1001", 1001),
        (None, "root", 33),
        (1002, None, 1002),
        (1002, "1001", 1002),  # the kernel knows better than a variable
    ],
)
def test_a_person_is_known_behind_a_shared_account(
    login_uid: int | None, sudo_uid: str | None, expected: int
) -> None:
    assert person_id(login_uid, sudo_uid, process_uid=33) == expected


def test_the_user_of_this_process_has_a_name() -> None:
    assert acting_user({}).strip()


@pytest.mark.skipif(sys.platform == "win32", reason="no owners by number")
def test_a_file_belongs_to_its_creator(tmp_path: Path) -> None:
    import pwd

    path = tmp_path / "campaign.toml"
    path.write_text("", encoding="utf-8")

    assert file_owner(path) == pwd.getpwuid(os.getuid()).pw_name
    assert file_owner(tmp_path / "missing.toml") is None


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "getuid") or os.getuid() != 0,
    reason="only root gives files away",
)
def test_an_owner_without_a_name_is_a_number(tmp_path: Path) -> None:
    path = tmp_path / "campaign.toml"
    path.write_text("", encoding="utf-8")
    os.chown(path, 54321, -1)

    assert file_owner(path) == "user 54321"
