"""`doctor` compares what is installed with what is needed."""

import pytest

from bulksms.use_cases.upkeep.check_machine import compare_libraries

NEEDED = (
    "click>=8.2",
    "tzdata>=2025.1",
    'psycopg[binary]>=3.3; extra == "cluster"',
    'paramiko>=3.4; extra == "remote"',
    'setuptools>=77; extra == "dev"',
    'bulksms-octopush[web]; extra == "all"',
)
FRESH = {"click": "8.2.1", "tzdata": "2026.1", "setuptools": "65.5.0"}


@pytest.mark.parametrize(
    ("changed", "count", "unfit"),
    [
        pytest.param({}, 2, [], id="a fresh installation"),
        pytest.param({"psycopg": "3.3.1"}, 3, [], id="with an extra"),
        pytest.param(
            {"psycopg": "3.2"}, 3, ["psycopg 3.2, at least 3.3 is needed"], id="an old extra"
        ),
        pytest.param(
            {"click": "8.1.9"}, 2, ["click 8.1.9, at least 8.2 is needed"], id="an old library"
        ),
        pytest.param(
            {"click": None}, 1, ["click is missing, at least 8.2 is needed"], id="a missing one"
        ),
    ],
)
def test_extras_may_be_missing_and_tools_of_developers_may_be_old(
    changed: dict[str, str | None], count: int, unfit: list[str]
) -> None:
    installed: dict[str, str | None] = {**FRESH, **changed}

    assert compare_libraries(NEEDED, installed.get) == (count, unfit)
