"""Every error that someone can cause from the page has words of the page, in each language."""

import ast
import pickle
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

import bulksms
from bulksms.errors import BulkSmsError, LoadError, RuleError, UsageError
from bulksms.pages.languages import language_of
from bulksms.pages.locales import LANGUAGES
from bulksms.web.words.error_words import error_sentences, error_words

PACKAGE = Path(bulksms.__file__).parent
# Only the command line, a saved campaign or the set-up leads to their errors without a code.
NOT_FROM_THE_PAGE = re.compile(
    r"cli/|tasks/|sandbox/|watch/|webhook/|remote/|notifications/|age\.py|user_paths\.py"
    r"|use_cases/(unattended|personal_data|receipts|workers)/"
    r"|use_cases/upkeep/(prove_request_id|read_audit|rebuild_ledger)\.py"
    r"|use_cases/prepare/output_paths\.py|use_cases/reporting/import_receipts\.py"
    r"|contacts/columns/profiles\.py|contacts/opt_outs/replies\.py|message/pricing\.py"
    r"|output/delimiters\.py|plan/(accepted_findings|previews|profile_files)\.py"
    r"|results/source_pack\.py|web/(web_server|failures)\.py"
)
# Options that no setting of a draft holds.
OPTIONS = re.compile(
    r"--(locale|map|no-header|text-by|text-for|text)\b|list name|no field|max_rows"
    r"|Workers write no files|The report has no language"
)


@cache
def _nodes() -> tuple[tuple[str, ast.Call | ast.ClassDef], ...]:
    """Return every call and every class of the program, by its file."""
    return tuple(
        (path.relative_to(PACKAGE).as_posix(), node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.Call, ast.ClassDef))
    )


@cache
def _classes() -> set[str]:
    """Name the errors of the program, those that a room adds included."""
    names = {"BulkSmsError"}
    for _round in range(3):  # an error of an error of an error
        for _file, node in _nodes():
            if isinstance(node, ast.ClassDef):
                bases = {base.id for base in node.bases if isinstance(base, ast.Name)}
                names |= {node.name} if bases & names else set()
    return names


def _errors() -> Iterator[tuple[str, ast.Call]]:
    """Yield every place where the program makes an error, by its file."""
    classes = _classes()
    for file, node in _nodes():
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) in classes:
            yield file, node


@cache
def _codes() -> dict[str, list[set[str]]]:
    """Return the code of every error, with the names of the values at each place that makes it."""
    codes: dict[str, list[set[str]]] = {}
    for _file, call in _errors():
        for keyword in call.keywords:
            if keyword.arg == "code" and isinstance(keyword.value, ast.Constant):
                names = {str(each.arg) for each in call.keywords} - {"code"}
                codes.setdefault(str(keyword.value.value), []).append(names)
    return codes


def test_every_error_that_the_page_can_meet_has_a_code() -> None:
    without = [
        f"{file}:{call.lineno} {ast.unparse(call)}"
        for file, call in _errors()
        if not any(keyword.arg == "code" for keyword in call.keywords)
        and not NOT_FROM_THE_PAGE.match(file)
        and not OPTIONS.search(ast.unparse(call))
    ]

    assert without == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence_and_every_sentence_a_code(language: str) -> None:
    assert set(error_sentences(language)) == set(_codes())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_filled_in_wherever_its_error_is_made(language: str) -> None:
    sentences = error_sentences(language)
    for code, places in _codes().items():
        needed = set(re.findall(r"%\((\w+)\)s", sentences[code]))
        assert all(needed <= names for names in places), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_names_an_option_or_a_command(language: str) -> None:
    named = [each for each in error_sentences(language).values() if re.search(r"--\w|`", each)]

    assert named == []


def test_no_french_sentence_is_the_english_one() -> None:
    french = error_sentences("fr")

    assert [code for code, each in error_sentences("en").items() if french[code] == each] == []


def test_values_are_written_as_the_language_writes_them() -> None:
    error = RuleError("…", code="over_budget", amount=Decimal("1240.5"), limit=Decimal(100))

    assert "1\u202f240,50\xa0€" in error_words(error, language_of("fr"))
    assert "€1,240.50" in error_words(error, language_of("en"))


def test_an_error_without_a_code_shows_its_english_sentence_as_details() -> None:
    error = UsageError("--map 'x' is not valid: write FIELD=HEADER.")

    assert error_words(error, language_of("en")) == str(error)
    assert "anglais" in error_words(error, language_of("fr"))
    assert str(error) in error_words(error, language_of("fr"))


def test_an_error_keeps_its_code_on_the_way_from_another_process() -> None:
    error = LoadError("line 3", code="quote_open", line=3)

    copy = pickle.loads(pickle.dumps(error))

    assert (str(copy), copy.code, copy.values) == ("line 3", "quote_open", {"line": 3})
    assert isinstance(copy, BulkSmsError)
