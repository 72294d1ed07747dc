"""A list that is not what the campaign file expects stops before any money is spent."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.errors import RuleError
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.use_cases.unattended.list_shape import ListShape, shape_of
from bulksms.use_cases.unattended.unattended_rules import (
    UnattendedRules,
    refuse_changed,
    refuse_stale,
)

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
SHAPE = ListShape(
    rows=3000,
    headers=("Mobile", "Prénom"),
    mapping=(("first_name", "Prénom"), ("phone_number", "Mobile")),
)


def shape(**changes: object) -> ListShape:
    fields = {"rows": SHAPE.rows, "headers": SHAPE.headers, "mapping": SHAPE.mapping} | changes
    return ListShape(**fields)  # type: ignore[arg-type]


def test_the_shape_of_a_list_is_its_rows_its_headers_and_what_is_read_from_them(
    tmp_path: Path,
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Prénom;Mobile;Note\nZoé;06 12 34 56 01;a\nMax;06 12 34 56 02;\n", "utf-8")

    assert shape_of(make_plan(PlanRequest(files=(str(path),)))) == ListShape(
        rows=2,
        headers=("Prénom", "Mobile", "Note"),
        mapping=(("first_name", "Prénom"), ("phone_number", "Mobile")),
    )


@pytest.mark.parametrize(
    ("rules", "now", "sentence"),
    [
        pytest.param(
            UnattendedRules(min_rows=1000),
            shape(rows=3),
            "The list has 3 rows, fewer than the 1,000 of min_rows",
            id="3 rows instead of 3,000",
        ),
        pytest.param(
            UnattendedRules(max_rows=5000),
            shape(rows=50_000),
            "The list has 50,000 rows, more than the 5,000 of max_rows",
            id="too many",
        ),
        pytest.param(
            UnattendedRules(max_change=50.0),
            shape(rows=1400),
            "The list has 1,400 rows and had 3,000 in the last run, a change of 53%",
            id="half of them gone",
        ),
        pytest.param(
            UnattendedRules(),
            shape(headers=("Mobile",)),
            "The columns of the list have changed: 'Prénom' missing",
            id="column gone",
        ),
        pytest.param(
            UnattendedRules(),
            shape(headers=("Mobile", "Prénom", "Fax")),
            "The columns of the list have changed: 'Fax' new",
            id="column new",
        ),
        pytest.param(
            UnattendedRules(columns=("Mobile", "Ville")),
            SHAPE,
            "The columns of the list have changed: 'Ville' missing; 'Prénom' new",
            id="contract",
        ),
        pytest.param(
            UnattendedRules(),
            shape(mapping=(("first_name", "Prénom"), ("phone_number", "Fax"))),
            "The columns are read differently than in the last run: phone_number from 'Fax', "
            "before from 'Mobile'. Name each column with `map`",
            id="another number column",
        ),
    ],
)
def test_a_list_that_has_changed_is_refused(
    rules: UnattendedRules, now: ListShape, sentence: str
) -> None:
    with pytest.raises(RuleError) as refused:
        refuse_changed(rules, now, SHAPE)

    assert str(refused.value).startswith(sentence)
    assert str(refused.value).endswith("Nothing was sent.")


def test_a_list_as_expected_is_let_through() -> None:
    rules = UnattendedRules(min_rows=2900, max_rows=3200, max_change=10.0)

    refuse_changed(rules, shape(rows=3100, headers=("Prénom", "Mobile")), SHAPE)


def test_the_first_run_has_nothing_to_compare_with() -> None:
    refuse_changed(UnattendedRules(max_change=1.0), shape(rows=7), None)


@pytest.mark.parametrize(
    ("age", "sentence"),
    [
        (25, None),
        (27, "27 hours old, and max_age allows 26"),
        (-2, None),
        (-27, "dated 27 hours in the future, so max_age cannot be checked"),
    ],
)
def test_an_old_dump_is_refused(tmp_path: Path, age: int, sentence: str | None) -> None:
    path = tmp_path / "dump.csv"
    path.write_text("Mobile\n", encoding="utf-8")
    written = (NOW - timedelta(hours=age)).timestamp()
    os.utime(path, (written, written))
    rules = UnattendedRules(max_age=timedelta(hours=26))

    if sentence is not None:
        with pytest.raises(RuleError, match=sentence):
            refuse_stale(rules, [path], NOW)
    else:
        refuse_stale(rules, [path], NOW)


def test_a_column_that_is_chosen_by_name_may_be_another_than_before() -> None:
    read = shape(mapping=(("first_name", "Prénom"), ("phone_number", "Fax")))

    refuse_changed(UnattendedRules(), read, SHAPE, {"phone_number": ("Fax",)})
    with pytest.raises(RuleError, match="read differently"):
        refuse_changed(UnattendedRules(), read, SHAPE, {"first_name": ("Prénom",)})


def test_changed_columns_may_be_accepted_and_the_rows_are_counted_anyway() -> None:
    changed = shape(headers=("Tel",), mapping=(("phone_number", "Tel"),))
    refuse_changed(UnattendedRules(), changed, SHAPE, accept_columns=True)

    with pytest.raises(RuleError, match="fewer than the 9,000"):
        refuse_changed(UnattendedRules(min_rows=9000), changed, SHAPE, accept_columns=True)


def test_a_field_that_one_of_two_files_lost_changes_the_shape(tmp_path: Path) -> None:
    for name, header in (("a.csv", "Prénom;Mobile"), ("b.csv", "Note;Mobile")):
        (tmp_path / name).write_text(f"{header}\nZoé;06 12 34 56 01\n", encoding="utf-8")
    files = tuple(str(tmp_path / name) for name in ("a.csv", "b.csv"))

    assert shape_of(make_plan(PlanRequest(files=files))) == ListShape(
        rows=2,
        headers=("Prénom", "Mobile", "Note"),
        mapping=(("first_name", "Prénom or no column"), ("phone_number", "Mobile")),
    )
