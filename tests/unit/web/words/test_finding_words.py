"""Every finding that a person must see has words of the page, in each language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bulksms
from bulksms.finding import Finding, Level
from bulksms.message.links import LinkProblem
from bulksms.pages.languages import language_of
from bulksms.pages.locales import LOCALES
from bulksms.use_cases.prepare.screen_history import WAITING_ELSEWHERE
from bulksms.web.words.finding_words import finding_words

PACKAGE = Path(bulksms.__file__).parent
# Codes that the source does not spell where it makes the finding.
BY_NAME = {
    *map(str, LinkProblem),
    *(WAITING_ELSEWHERE, "double_encoded", "leftover_codes", "replacement_characters"),
}


def serious_codes() -> Iterator[str]:
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "Finding(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "Finding":
                continue
            arguments = {argument.arg: argument.value for argument in node.keywords}
            code, level = arguments.get("code"), arguments.get("level")
            if isinstance(code, ast.Constant) and level and "NOTE" not in ast.unparse(level):
                yield str(code.value)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("code", sorted({*serious_codes(), *BY_NAME}))
def test_a_finding_is_said_without_words_of_the_command_line(code: str, language: str) -> None:
    finding = Finding(code=code, level=Level.ERROR, message="give --option", count=1234)

    words = finding_words(finding, language_of(language))

    assert words != finding.message, "add it to finding_words.py"
    assert "--" not in words
    assert "%(" not in words
