from pathlib import Path

import pytest

from bulksms.campaign import Parameters, Purpose
from bulksms.contacts import ScreeningRules
from bulksms.errors import TemplateError
from bulksms.octopush import build_body
from bulksms.plan.as_json import plan_as_json
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.plan.variants import TextOptions, TextsByColumn
from bulksms.plan.view import view_plan

LANGUAGES = ("fr", "EN ", "de", "", "Fr")
TEXTS = {"fr": "Salut {first_name}", "en": "Hello {first_name} of {City}"}


def a_list(folder: Path, languages: tuple[str, ...] = LANGUAGES) -> Path:
    path = folder / "list.csv"
    lines = ["Mobile,Prénom,City,Langue"]
    lines += [
        f"06 39 98 {at // 100:02} {at % 100:02},P{at},C{at},{language}"
        for at, language in enumerate(languages)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def a_plan(
    path: Path,
    text: str = "",
    texts: dict[str, str] | None = None,
    column: str = "Langue",
    previews: tuple[str, ...] = (),
    purpose: Purpose = Purpose.ALERT,
) -> Plan:
    variants = TextsByColumn(column=column, texts=TEXTS if texts is None else texts)
    return make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=True),
            parameters=Parameters(text=text, purpose=purpose),
            text_options=TextOptions(texts_by_column=variants),
            previews=previews,
        )
    )


def read(plan: Plan) -> dict[int, str | None]:
    """Return the text of every row, by asking for each number."""
    numbers = tuple(f"+{number}" for number in plan.contacts["phone_number"])
    return {preview.row or 0: preview.text for preview in a_plan_like(plan, numbers).previews}


def a_plan_like(plan: Plan, previews: tuple[str, ...]) -> Plan:
    request = plan.request
    assert request.text_options.texts_by_column is not None
    assert request.parameters is not None
    return a_plan(
        Path(request.files[0]),
        request.parameters.text,
        dict(request.text_options.texts_by_column.texts),
        request.text_options.texts_by_column.column,
        previews,
    )


def test_each_row_reads_the_text_of_its_language(tmp_path: Path) -> None:
    plan = a_plan(a_list(tmp_path), text="Hi {City}")

    assert read(plan) == {
        2: "Salut P0",
        3: "Hello P1 of C1",
        4: "Hi C2",
        5: "Hi C3",
        6: "Salut P4",
    }
    assert [(part.value, part.contacts) for part in plan.variants] == [
        ("fr", 2),
        ("en", 1),
        (None, 2),
    ]


def test_without_a_text_for_all_others_they_are_rejected_by_name(tmp_path: Path) -> None:
    plan = a_plan(a_list(tmp_path))

    assert plan.reasons == {"missing_value": 2}
    assert plan.rejections["row"].tolist() == [4, 5]
    assert plan.rejections["column"].tolist() == ["Langue", "Langue"]
    assert "No text is given for Langue 'de'" in plan.rejections["sentence"].iloc[0]
    assert plan.counts["rows"] == 5


def test_every_text_has_frames_of_its_own(tmp_path: Path) -> None:
    plan = a_plan(a_list(tmp_path, ("fr", "en") * 450))

    cut = list(plan.cut_frames())

    assert plan.frames == (225, 225, 225, 225)
    assert [frame.number for _, frame in cut] == [1, 2, 3, 4]
    assert [parameters.text.split()[0] for parameters, _ in cut] == ["Salut"] * 2 + ["Hello"] * 2
    assert [len(frame.contacts) for _, frame in cut] == list(plan.frames)
    assert b"Salut" in build_body(*(cut[0][0], cut[0][1].contacts))
    assert {row.first_name for _, frame in cut for row in frame.contacts} == {
        f"P{at}" for at in range(900)
    }


def test_figures_are_those_of_all_texts(tmp_path: Path) -> None:
    texts = {"fr": "a" * 161, "en": "b"}

    plan = a_plan(a_list(tmp_path), "ê" * 71, texts)

    assert plan.stats is not None
    assert plan.stats.rows_by_segments == {1: 1, 2: 4}
    assert plan.stats.characters_outside_gsm7 == {"ê": 2}
    assert plan.personalised is not None
    assert plan.personalised.segments.tolist() == [2, 1, 2, 2, 2]


def test_the_stop_mention_is_looked_for_in_every_text(tmp_path: Path) -> None:
    texts = {"fr": "Salut STOP au 30101", "en": "Hello", "de": "Hallo STOP au 30101"}

    plan = a_plan(a_list(tmp_path), "Hi", texts, purpose=Purpose.WHOLESALE)

    answer = [finding.message for finding in plan.errors]
    assert [sentence.split(":")[0] for sentence in answer] == [
        "Text for en",
        "Text for all others",
    ]


def test_a_text_without_recipients_is_reported(tmp_path: Path) -> None:
    plan = a_plan(a_list(tmp_path), "Hi", TEXTS | {"es": "Hola"})

    assert [finding.code for finding in plan.findings] == ["text_unused"]
    assert plan.variants[2].contacts == 0
    assert plan.counts["sendable"] == 5


def test_texts_may_go_by_the_country_of_the_number(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Mobile\n06 39 98 00 01\n+44 7700 900123\n", encoding="utf-8")

    plan = a_plan(path, "Hi", {"fr": "Salut"}, "country")

    assert [(part.label, part.contacts) for part in plan.variants] == [
        ("fr", 1),
        ("all others", 1),
    ]


def test_a_text_that_cannot_be_personalised_is_named(tmp_path: Path) -> None:
    path = a_list(tmp_path)

    with pytest.raises(TemplateError, match=r"uses \{Nope\}"):
        a_plan(path, "Hi", {"fr": "{Nope}"})
    with pytest.raises(TemplateError, match="Text for fr: The text has 1,300"):
        a_plan(path, "Hi", {"fr": "x" * 1300})


def test_the_column_that_chooses_is_shown_as_such(tmp_path: Path) -> None:
    answer = plan_as_json(view_plan(a_plan(a_list(tmp_path), "Hi")))

    uses = {column["header"]: column["use"] for column in answer["columns"]}
    assert uses["Langue"] == "chooses the text"
    assert [text["contacts"] for text in answer["texts"]] == [2, 1, 2]
