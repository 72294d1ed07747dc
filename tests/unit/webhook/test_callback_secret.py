import stat
import sys
from pathlib import Path

import pytest

from bulksms.errors import SettingsError
from bulksms.use_cases.upkeep.prove_callback import proof_of
from bulksms.webhook.callback_secret import read_secrets


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    first = read_secrets(tmp_path)

    assert read_secrets(tmp_path).values == first.values
    assert len(first.newest) == 32


def test_a_new_secret_leaves_the_one_before_valid_and_no_older_one(tmp_path: Path) -> None:
    oldest = read_secrets(tmp_path).newest
    older = read_secrets(tmp_path, renew=True).newest
    secrets = read_secrets(tmp_path, renew=True)

    assert secrets.match(secrets.newest) == secrets.newest
    assert secrets.match(older) == older
    assert secrets.match(oldest) is None


@pytest.mark.parametrize("offered", ["", "x", "é\ud800"])
def test_another_word_is_no_secret(tmp_path: Path, offered: str) -> None:
    secrets = read_secrets(tmp_path)

    assert secrets.match(offered) is None
    assert secrets.match(secrets.newest + offered + "x") is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    read_secrets(tmp_path)

    assert stat.S_IMODE((tmp_path / "callback-secrets").stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_state_folder_that_it_makes_is_its_owners_alone(tmp_path: Path) -> None:
    read_secrets(tmp_path / "home")

    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_no_secret_is_shown(tmp_path: Path) -> None:
    secrets = read_secrets(tmp_path)

    assert secrets.newest not in repr(secrets)
    assert secrets.newest not in proof_of(secrets.newest, "a question")


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "callback-secrets").mkdir()

    with pytest.raises(SettingsError, match="callback address"):
        read_secrets(tmp_path)
