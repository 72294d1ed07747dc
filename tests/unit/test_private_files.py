"""Who may read a key or change a file, on POSIX and on Windows."""

import os
import stat
from pathlib import Path

import pytest

from bulksms.private_files import has_shared_writer, key_file_problem, open_to_write

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")


def _info(mode: int, group: int) -> os.stat_result:
    return os.stat_result((stat.S_IFREG | mode, 0, 0, 1, os.geteuid(), group, 0, 0, 0, 0))


@posix_only
@pytest.mark.parametrize(
    ("mode", "group", "problem"),
    [
        (0o400, 7, None),
        (0o440, 5, None),
        (0o440, 7, "another group can read it"),
        (0o444, 5, "everyone on this machine can read it"),
        (0o460, 5, "others can write to it"),
        (0o402, 5, "others can write to it"),
    ],
)
def test_a_key_is_secret_when_only_this_process_can_read_it(
    mode: int, group: int, problem: str | None
) -> None:
    assert key_file_problem(_info(mode, group), (5, 6)) == problem


@pytest.mark.parametrize(
    ("sddl", "shared"),
    [
        ("D:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1001)", False),
        ("D:AI(A;OICI;FA;;;WD)", True),
        ("D:AI(A;;FR;;;BU)(A;;0x1200a9;;;BU)", False),
        ("D:AI(A;;0x1301bf;;;AU)", True),
        ("D:AI(A;;GRGW;;;BU)", True),
        ("D:AI(A;OICIIO;GA;;;WD)", False),
        ("D:AI(D;;FA;;;WD)", False),
        ("", False),
    ],
)
def test_a_broad_group_that_may_write_is_found_in_a_windows_descriptor(
    sddl: str, shared: bool
) -> None:
    assert has_shared_writer(sddl) is shared


def test_a_file_opened_to_write_is_its_owners_alone_and_binary(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    with os.fdopen(open_to_write(path, os.O_EXCL), "wb") as file:
        file.write(b"a\nb\r\n")

    assert path.read_bytes() == b"a\nb\r\n"
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        open_to_write(path, os.O_EXCL)
