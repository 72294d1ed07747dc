"""Starts the process that posts a campaign; it goes on when the page and its server end."""

import os
import subprocess
import sys
from collections.abc import Mapping

from bulksms.private_files import open_to_write
from bulksms.settings import Settings

__all__ = ["start_posting"]


def start_posting(campaign: str, settings: Settings, environment: Mapping[str, str]) -> None:
    """Start `bulksms resume CAMPAIGN` apart from this process; its words go to a log.

    Two of them do no harm: the second one finds the campaign locked and ends.
    """
    log = settings.home / "logs" / "page.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(open_to_write(log, os.O_APPEND), "ab") as output:
        if sys.platform == "win32":
            flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
            subprocess.Popen(  # noqa: S603 - our own program
                _command(campaign),
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                creationflags=flags,
                close_fds=True,
            )
            return
        subprocess.Popen(  # noqa: S603 - our own program
            _command(campaign),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _command(campaign: str) -> list[str]:
    return [sys.executable, "-m", "bulksms", "resume", "--no-progress", "--", campaign]
