"""Creates private files, and checks that only their owner can change or read them."""

import os
import re
import stat
import sys
from collections.abc import Collection
from pathlib import Path

__all__ = [
    "has_shared_writer",
    "key_file_problem",
    "open_to_write",
    "shared_problem",
    "sync_folder",
]

PRIVATE = 0o600
# Windows changes line ends in what is written to a file that is opened without it.
_BINARY = getattr(os, "O_BINARY", 0)

# Windows: groups in which anyone may be, as SDDL names them.
_BROAD_GROUPS = frozenset({"WD", "AN", "AU", "BU", "BG", "IU", "DU", "S-1-1-0", "S-1-5-11"})
_WRITING_RIGHTS = frozenset({"GA", "GW", "FA", "FW", "WD", "WO", "SD", "DC", "DT", "CC"})
_WRITING_MASK = 0x500D0046  # write, append, delete, change permissions or owner, generic
_ENTRY = re.compile(r"\(A;([A-Z]*);([^;]*);[^;]*;[^;]*;([^;)]*)\)")


def open_to_write(path: str | Path, flags: int, mode: int = PRIVATE) -> int:
    """Open a file to be written and return its handle; a new one is its owner's alone.

    `flags` are `os.O_EXCL`, `os.O_APPEND` or both.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | _BINARY | flags, mode)


def sync_folder(folder: Path) -> None:
    """Make new names in a folder durable; Windows does so by itself and cannot open folders."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def shared_problem(path: Path) -> str | None:
    """Explain why others can change a file or folder; None when they cannot, or it is not there."""
    try:
        info = path.stat()
    except OSError:
        return None
    if sys.platform == "win32":
        return "others can write to it" if has_shared_writer(_sddl(path)) else None
    if info.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user"
    if info.st_mode & stat.S_IWOTH or (info.st_mode & stat.S_IWGRP and not _is_private(info)):
        return "others can write to it"
    return None


def key_file_problem(info: os.stat_result, groups: Collection[int]) -> str | None:
    """Explain why others can read or change a key file; `groups` are those of this process.

    Containers mount secrets as files of root that a group of the process may read.
    """
    if info.st_uid not in (os.geteuid(), 0):
        return "it belongs to another user"
    if info.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "others can write to it"
    if info.st_mode & stat.S_IROTH:
        return "everyone on this machine can read it"
    if info.st_mode & stat.S_IRGRP and info.st_gid not in groups:
        return "another group can read it"
    return None


def has_shared_writer(sddl: str) -> bool:
    """Whether a Windows security descriptor lets a broad group write."""
    return any(
        trustee in _BROAD_GROUPS and "IO" not in _pairs(flags) and _may_write(rights)
        for flags, rights, trustee in _ENTRY.findall(sddl)
    )


def _may_write(rights: str) -> bool:
    if rights.startswith("0x"):
        return bool(int(rights, 16) & _WRITING_MASK)
    return not _WRITING_RIGHTS.isdisjoint(_pairs(rights))


def _pairs(letters: str) -> list[str]:
    return re.findall("..", letters)


def _is_private(info: os.stat_result) -> bool:
    """Whether the group is the owner's own, as many systems give each user one."""
    return info.st_gid == info.st_uid


def _sddl(path: Path) -> str:
    """Read the security descriptor of a file on Windows as SDDL."""
    if sys.platform == "win32":
        import ctypes

        dacl_information, file_object, revision = 4, 1, 1
        descriptor, text = ctypes.c_void_p(), ctypes.c_wchar_p()
        windll = ctypes.windll
        failed = windll.advapi32.GetNamedSecurityInfoW(
            str(path), file_object, dacl_information, None, None, None, None,
            ctypes.byref(descriptor),
        )  # fmt: skip
        if failed:
            return ""
        try:
            windll.advapi32.ConvertSecurityDescriptorToStringSecurityDescriptorW(
                descriptor, revision, dacl_information, ctypes.byref(text), None
            )
            return text.value or ""
        finally:
            windll.kernel32.LocalFree(descriptor)
    return ""
