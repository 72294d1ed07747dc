"""Starts the process that posts a campaign; it continues when the page and its server end."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bulksms.errors import BulkSmsError
from bulksms.private_files import open_to_write
from bulksms.settings import Settings

__all__ = ["last_refusal", "start_posting"]


def start_posting(
    campaign: str,
    settings: Settings,
    environment: Mapping[str, str],
    options: Sequence[str] = (),
) -> subprocess.Popen[bytes]:
    """Start `bulksms resume OPTIONS CAMPAIGN` apart from this process; its words go to a log.

    Two of them do no harm: the second one finds the campaign locked and ends.
    """
    log = _log_of(campaign, settings)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(open_to_write(log, os.O_APPEND), "ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own program
            _command(campaign, options),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **_apart(),
        )


def last_refusal(campaign: str, settings: Settings) -> BulkSmsError | None:
    """Read why the last process that was to post a campaign ended at once; None if it did not."""
    try:
        text = _log_of(campaign, settings).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    _, brace, last = f"\n{text}".rpartition("\n{")  # its answer is one object, the last there
    try:
        answer = json.JSONDecoder().raw_decode("{" + last)[0] if brace else {}
    except ValueError:
        return None
    error = answer.get("error")
    if error is None:
        return None
    return BulkSmsError(error["message"], code=error.get("problem"), **error.get("values", {}))


def _log_of(campaign: str, settings: Settings) -> Path:
    return settings.home / "logs" / "page" / f"{campaign}.log"


def _command(campaign: str, options: Sequence[str]) -> list[str]:
    resume = [sys.executable, "-m", "bulksms", "resume", "--json", "--no-progress"]
    return [*resume, *options, "--", campaign]


def _apart() -> dict[str, Any]:
    """Return what keeps a process alive when this one and its terminal end."""
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags}
    return {"start_new_session": True}
