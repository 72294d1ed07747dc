"""The sandbox answers as the provider's documents do."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.integration.sandbox.caller import Answered, RunningSandbox, StartBox

PAIRS = sorted((Path(__file__).parents[2] / "golden" / "octopush").glob("*.json"))


def ask(box: RunningSandbox, request: dict[str, Any]) -> Answered:
    return box.call(request["method"], request["path"], request["body"], request["headers"])


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_documented_request_gets_the_documented_answer(path: Path, start: StartBox) -> None:
    pair = json.loads(path.read_text("utf-8"))
    box = start(**decimals(pair["account"]))
    for request in pair["before"]:
        assert ask(box, request).status == 201
    answered = ask(box, pair["request"])
    expected = pair["answer"]["body"]
    assert answered.status == pair["answer"]["status"]
    assert expected.keys() <= answered.body.keys()
    fixed = expected.keys() - set(pair["varies"])
    assert {name: answered.body[name] for name in fixed} == {n: expected[n] for n in fixed}


def decimals(account: dict[str, Any]) -> dict[str, Any]:
    return {n: Decimal(v) if n in {"credit", "price"} else v for n, v in account.items()}


def test_there_are_pairs() -> None:
    assert len(PAIRS) >= 19
