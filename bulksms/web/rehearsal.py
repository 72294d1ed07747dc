"""The sandbox of the page's rehearsals: no one is texted, and no account is needed.

Its port is kept, so that a rehearsal that was interrupted finds the same account again.
"""

import contextlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from bulksms.errors import SettingsError
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.settings import Settings

__all__ = ["Rehearsals"]

CREDIT = Decimal(1_000_000)  # euros; a list of any price can be rehearsed
PORTS = range(1024, 65536)  # those that need no rights
LOGIN, KEY = "rehearsal@example.com", "test-rehearsal"


class Rehearsals:
    """A sandbox that starts with the first rehearsal."""

    def __init__(self, home: Path) -> None:
        self._port_file = home / "rehearsal-port"
        self._sandbox: Sandbox | None = None

    def settings(self, real: Settings) -> Settings:
        """Return the settings of a rehearsal: those of real sending, with the sandbox's account.

        Raises:
            SettingsError: no sandbox can be started.
        """
        if self._sandbox is None:
            self._sandbox = self._started()
        return replace(
            real,
            base_url=self._sandbox.base_url,
            api_login=LOGIN,
            api_key=KEY,
            key_file=None,
            proxy=None,
        )

    def environment(self, settings: Settings) -> dict[str, str]:
        """Return what a process needs in its environment to post a rehearsal."""
        return {
            "BULKSMS_BASE_URL": settings.base_url,
            "BULKSMS_API_LOGIN": LOGIN,
            "BULKSMS_API_KEY": KEY,
        }

    def close(self) -> None:
        """Stop the sandbox."""
        if self._sandbox is not None:
            self._sandbox.stop()

    def _started(self) -> Sandbox:
        for port in (self._kept_port(), 0):
            sandbox = Sandbox(SandboxOptions(port=port, credit=CREDIT))
            try:
                address = sandbox.start()
            except SettingsError:
                if port == 0:
                    raise
                continue
            self._keep_port(address)
            return sandbox
        raise RuntimeError("a free port was refused")

    def _kept_port(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            port = int(self._port_file.read_text(encoding="ascii"))
            return port if port in PORTS else 0
        return 0

    def _keep_port(self, address: str) -> None:
        port = address.split(":")[2].split("/", maxsplit=1)[0]
        self._port_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._port_file.write_text(port, encoding="ascii")
