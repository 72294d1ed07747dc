"""A machine of its own for every test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.integration.machine import Machine


@pytest.fixture
def machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Machine]:
    with Sandbox(SandboxOptions()) as sandbox:
        monkeypatch.setenv("BULKSMS_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("BULKSMS_BASE_URL", sandbox.base_url)
        monkeypatch.setenv("BULKSMS_API_LOGIN", "desk@example.com")
        monkeypatch.setenv("BULKSMS_API_KEY", "test-desk")
        monkeypatch.setenv("BULKSMS_HOURS", "off")
        yield Machine(sandbox, capsys)
