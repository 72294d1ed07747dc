"""Which person runs this process, and which person a file belongs to, as the system knows them."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["acting_user", "file_owner", "person_id"]

LOGIN_UID = Path("/proc/self/loginuid")
NO_LOGIN = 2**32 - 1  # the kernel's word for a process that no one's login began


def acting_user(environ: Mapping[str, str]) -> str:
    """Name the person who runs this process, also behind `sudo`.

    On Linux that is the login user that the kernel records; else the caller of `sudo`, else the
    user of the process. On Windows it is the user of the process.
    """
    if sys.platform == "win32":
        return os.getlogin()
    return _name(person_id(_login_uid(), environ.get("SUDO_UID"), os.getuid()))


def person_id(login_uid: int | None, sudo_uid: str | None, process_uid: int) -> int:
    """Choose the user id that is a person's own rather than that of a shared account."""
    if login_uid is not None:
        return login_uid
    return int(sudo_uid) if sudo_uid and sudo_uid.isdecimal() else process_uid


def file_owner(path: Path) -> str | None:
    """Name the person whom a file belongs to; `None` where that is not known, as on Windows."""
    if sys.platform == "win32":
        return None
    try:
        return _name(path.stat().st_uid)
    except OSError:
        return None


def _login_uid() -> int | None:
    """Read the login user; `None` for a service, in most containers, and on other systems."""
    try:
        uid = int(LOGIN_UID.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if uid == NO_LOGIN else uid


def _name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a container often knows no names
        return f"user {uid}"
