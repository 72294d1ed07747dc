"""The names of campaigns: each names files, so each must be a file name on every system."""

import pytest

from bulksms.errors import UsageError
from bulksms.use_cases.prepare.identity import check_campaign_name


@pytest.mark.parametrize("name", ["spring", "Soldes d'été 2026", "a", "x" * 100, "vip_1.2", "春"])
def test_a_name_that_can_name_a_file_is_taken_as_it_is(name: str) -> None:
    assert check_campaign_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "../../x",
        "account/beginning",
        "a\\b",
        "..",
        ".hidden",
        "-spring",
        " spring",
        "spring ",
        "spring.",
        "a:b",
        "a\x00b",
        "a\x1b[2J",
        "NUL",
        "com1.txt",
        "",
        "x" * 101,
    ],
)
def test_a_name_that_could_leave_the_folder_or_the_terminal_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="campaign name") as refused:
        check_campaign_name(name)

    assert str(refused.value).isprintable()


def test_a_refused_name_is_shown_with_its_accents() -> None:
    with pytest.raises(UsageError, match="campaign name 'Été 2026/x' cannot be used"):
        check_campaign_name("Été 2026/x")
