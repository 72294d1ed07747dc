"""The screen of `check`: what a person reads, and that it fits."""

from pathlib import Path
from typing import Any

import pytest

from bulksms.campaign import Parameters, Purpose
from bulksms.cli.texts.plan_text import WIDTH, plan_lines
from bulksms.contacts import ScreeningRules
from bulksms.plan.as_json import plan_as_json
from bulksms.plan.delivery_text import send_question
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.plan.variants import TextOptions, TextsByColumn
from bulksms.plan.view import view_plan

TEXT = (
    "Bonjour {first_name|client}, f\u00eate de l\u2019\u00e9t\u00e9 \u00e0 {Ville} : "
    "-20% samedi 12h.\nSTOP au 30101"
)


def a_screen(folder: Path, text: str | None = TEXT, **asked: Any) -> list[str]:  # noqa: ANN401
    path = folder / "list.csv"
    if not path.exists():
        path.write_text(
            "Mobile,Pr\u00e9nom,Ville\n06 39 98 01 02,Zo\u00eb,Lyon\n"
            "06 39 98 01 03,,Nantes\nabc,Paul,Brest\n",
            encoding="utf-8",
        )
    request = PlanRequest(
        files=(str(path),),
        rules=ScreeningRules(rehearsal=True, max_rejected=1),
        parameters=None if text is None else Parameters(text=text, purpose=Purpose.WHOLESALE),
        **asked,
    )
    return list(plan_lines(view_plan(make_plan(request))))


def test_the_text_stands_on_the_screen_as_its_reader_sees_it(tmp_path: Path) -> None:
    lines = a_screen(tmp_path)

    at = next(number for number, line in enumerate(lines) if line.startswith("Row 2,"))
    assert lines[at] == "Row 2, +33639980102 (first): UCS-2, 66 units, 1 segment, 0.045 EUR"
    assert lines[at + 1 : at + 3] == [
        "  | Bonjour Zo\u00eb, f\u00eate de l\u2019\u00e9t\u00e9 \u00e0 Lyon : -20% samedi 12h.",
        "  | STOP au 30101",
    ]


def test_what_the_characters_become_is_reported_for_plain_and_for_the_provider(
    tmp_path: Path,
) -> None:
    screen = "\n".join(a_screen(tmp_path))

    assert (
        "--plain would write \u00ea\u2192e  \u2019\u2192'  \u00eb\u2192e: 2 segments in all, "
        "about 0.09 EUR" in screen
    )
    assert "Octopush may replace by itself \u00ea\u2192e" in screen
    assert "UCS-2, 3 segments in all: 1 need 1 segment, 1 need 2 segments" in screen


def test_an_offer_that_saves_nothing_is_not_made(tmp_path: Path) -> None:
    screen = "\n".join(a_screen(tmp_path, text="Bonjour {first_name|client}. STOP au 30101"))

    assert "--plain" not in screen
    assert "Octopush may replace by itself \u00eb\u2192e: 2 segments in all" in screen


def test_the_longest_text_is_the_same_wherever_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(
        "Mobile,Pr\u00e9nom\n06 39 98 01 02,Paul-Antoine\n06 39 98 01 03,Zo\u00eb\n",
        encoding="utf-8",
    )

    lines = a_screen(tmp_path, text="Bonjour {first_name}" + " bla" * 15 + " STOP au 30101")

    assert any(line.startswith("Row 3, +33639980103 (longest): UCS-2") for line in lines)
    assert "The longest, row 3," in " ".join(" ".join(lines).split())  # also over two lines


def test_columns_stand_under_the_file_they_are_of(tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.csv" for name in "abc")
    first.write_text("Mobile,Ville\n06 39 98 01 02,Lyon\n", encoding="utf-8")
    second.write_text("Portable\n06 39 98 01 03\n", encoding="utf-8")
    third.write_text("Mobile,Ville\n06 39 98 01 04,Nice\n", encoding="utf-8")
    request = PlanRequest(
        files=tuple(map(str, (first, second, third))), rules=ScreeningRules(rehearsal=True)
    )

    lines = list(plan_lines(view_plan(make_plan(request))))

    words = ("Mobile: ", "Ville: ", "Portable: ", "the same columns as", "3 rows =")
    at = [[n for n, line in enumerate(lines) if word in line] for word in words]
    assert [len(line_numbers) for line_numbers in at] == [1] * len(words)
    assert at == sorted(at)


def test_rows_divide_on_the_screen(tmp_path: Path) -> None:
    lines = a_screen(tmp_path, text=None)

    assert "3 rows = 2 to send + 1 rejected + 0 duplicates + 0 opted out" in lines
    assert "       1 not a number" in lines
    assert not any(line.startswith("Row") for line in lines)


def test_several_texts_are_reported_with_their_people(tmp_path: Path) -> None:
    variants = TextsByColumn(column="Ville", texts={"Lyon": "Salut. STOP au 30101"})

    lines = a_screen(tmp_path, text_options=TextOptions(texts_by_column=variants))

    assert "Text for Lyon: 1 person, 1 segment" in lines
    assert "Text for all others: 1 person, 2 segments" in lines


def test_a_number_without_a_text_is_reported_with_its_reason(tmp_path: Path) -> None:
    lines = a_screen(tmp_path, previews=("06 39 98 77 77",))

    assert "No text for 06 39 98 77 77: No row has this number." in lines


def test_every_line_fits_on_a_screen_of_80_columns(tmp_path: Path) -> None:
    headers = ["Mobile", *(f"A rather long header of a column {n}" for n in range(40))]
    row = ["06 39 98 01 02", *("a value that is rather long, too" for _ in range(40))]
    (tmp_path / "list.csv").write_text(
        "\n".join([",".join(headers), *[";".join(row)]]).replace(";", ",")
    )

    lines = a_screen(
        tmp_path,
        text="Bonjour " + "\u00ea tr\u00e8s long " * 30 + "STOP au 30101",
        previews=("random",),
    )

    # The path is one word, and as long as pytest makes it.
    assert max(len(line) for line in lines if str(tmp_path) not in line) <= WIDTH
    assert len(lines) < 60


@pytest.mark.parametrize("sign", ["\x1b[31m", "\u202e"])
def test_a_cell_cannot_command_the_terminal(tmp_path: Path, sign: str) -> None:
    (tmp_path / "list.csv").write_text(
        f"Mobile,Ville\n06 39 98 01 02,Ly{sign}on\n", encoding="utf-8"
    )

    screen = "\n".join(a_screen(tmp_path, text="{Ville} STOP au 30101"))

    assert sign not in screen
    assert "\x1b" not in screen


def test_thousands_are_separated_for_people_and_for_no_one_else(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    numbers = [f"+336399{80000 + person}" for person in range(1200)]
    path.write_text("\n".join(["Mobile", *numbers]), encoding="utf-8")
    parameters = Parameters(text="Bonjour. STOP au 30101", purpose=Purpose.WHOLESALE)
    rules = ScreeningRules(rehearsal=True)
    view = view_plan(make_plan(PlanRequest(files=(str(path),), rules=rules, parameters=parameters)))

    screen, question = "\n".join(plan_lines(view)), send_question(view)
    assert "1,200 rows = 1,200 to send + 0 rejected" in screen
    assert "1,200 segments in all: 1,200 need 1 segment" in screen
    assert "warning: 1,200 numbers follow each other without a gap" in screen
    assert "Send to 1,200 people" in question
    assert plan_as_json(view)["rows"] == 1200
