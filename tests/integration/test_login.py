"""Login and key are asked for, tried, stored and used, and are shown nowhere."""

import json
import os
import select
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions

KEY = "test-canary-4f9b1e7c"
LOGIN = "desk@example.com"
ROOT = Path(__file__).parents[2]
posix_only = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


@dataclass
class User:
    """A user with a state folder, a keyring, and no credentials in the environment."""

    home: Path
    url: str
    backend: str = "tests.keyrings.file_keyring.FileKeyring"
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BULKSMS_")}
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        return kept | {
            "BULKSMS_HOME": str(self.home),
            "BULKSMS_BASE_URL": self.url,
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHON_KEYRING_BACKEND": self.backend,
            "TEST_KEYRING": str(self.home.parent / "keyring.json"),
            **self.more,
        }

    def run(self, *args: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        answer = subprocess.run(
            [sys.executable, "-m", "bulksms", *args],
            input=typed,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert KEY not in answer.stdout + answer.stderr
        return answer

    def log_in(self, *args: str, key: str = KEY) -> "subprocess.CompletedProcess[str]":
        return self.run("login", *args, typed=f"{LOGIN}\n{key}\n")

    @property
    def files(self) -> list[Path]:
        return [file for file in self.home.rglob("*") if file.is_file()]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Sandbox(SandboxOptions()) as sandbox:
        yield sandbox.base_url


@pytest.fixture
def user(tmp_path: Path, url: str) -> User:
    return User(tmp_path / "home", url)


def test_what_is_stored_in_the_keyring_is_used_until_it_is_removed(user: User) -> None:
    assert user.run("credit").returncode == 4

    stored = user.log_in()

    assert stored.returncode == 0, stored.stderr
    assert "Octopush accepts them: the balance is" in stored.stdout
    assert "Stored in the keyring of this system." in stored.stdout
    assert user.files == []
    assert user.run("credit").returncode == 0
    assert user.run("logout").stdout == "Login and key are removed from the keyring.\n"
    assert user.run("credit").returncode == 4
    assert user.run("logout").stdout == "No login or key is stored.\n"


def test_without_a_keyring_a_private_file_is_used(user: User) -> None:
    user.backend = "keyring.backends.fail.Keyring"

    stored = user.log_in()

    file = user.home / "credentials.toml"
    assert stored.returncode == 0, stored.stderr
    assert f"There is no keyring here: stored in {file}" in stored.stdout
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(user.home.stat().st_mode) == 0o700
    file.write_text(f"api_key = {KEY}", encoding="utf-8")
    assert "run `bulksms login` again" in user.run("credit").stderr
    assert user.log_in().returncode == 0
    assert user.run("credit").returncode == 0


def test_the_environment_beats_what_is_stored(user: User) -> None:
    assert user.log_in().returncode == 0
    user.more = {"BULKSMS_API_KEY": "with a blank"}

    refused = user.run("credit")
    again = user.log_in()

    assert refused.returncode == 4
    assert "The API key is empty or holds a space" in refused.stderr
    assert "Set in the environment and used instead: BULKSMS_API_KEY." in again.stderr


def test_a_real_key_is_not_stored_for_a_sandbox(user: User) -> None:
    refused = user.log_in(key="real-key")

    assert refused.returncode == 4
    assert "the key is a real one" in refused.stderr
    assert not (user.home.parent / "keyring.json").exists()
    assert user.files == []


def test_credentials_that_the_api_cannot_confirm_are_not_stored(tmp_path: Path) -> None:
    user = User(tmp_path / "home", "http://127.0.0.1:9/v1/public")

    assert user.log_in().returncode == 4
    assert not (tmp_path / "keyring.json").exists()
    assert json.loads(user.log_in("--offline", "--json").stdout) == {
        "stored": "keyring",
        "file": None,
        "balance": None,
        "unit": None,
        "overridden_by": [],
    }


@posix_only
def test_the_key_is_not_shown_while_it_is_typed(user: User) -> None:
    import pty

    main, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bulksms", "login"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=user.environment,
        start_new_session=True,
    )
    os.close(terminal)
    shown = _type(main, process, {"API login": LOGIN, "API key": KEY})

    assert process.wait(timeout=30) == 0
    assert LOGIN in shown
    assert KEY not in shown
    assert "Stored in the keyring" in shown


def _type(main: int, process: "subprocess.Popen[bytes]", answers: dict[str, str]) -> str:
    """Answer each question once it is asked, and return everything that was shown."""
    shown, left, deadline = b"", dict(answers), time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([main], [], [], 0.2)[0]:
            try:
                part = os.read(main, 4096)
            except OSError:  # Linux: the other end is closed
                break
            if not part:
                break
            shown += part
        elif process.poll() is not None:
            break
        for question, answer in list(left.items()):
            if question.encode() in shown and shown.rstrip().endswith(b":"):
                os.write(main, f"{answer}\n".encode())
                del left[question]
                break
    return shown.decode()
