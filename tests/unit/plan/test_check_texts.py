from pathlib import Path

import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningRules
from bulksms.errors import TemplateError
from bulksms.finding import Level
from bulksms.loader import ReadOptions
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.plan.variants import TextOptions, TextsByColumn

STOP = " STOP au 30101"


def a_plan(
    folder: Path, text: str, *accepted: str, options: TextOptions | None = None, link: str = "-"
) -> Plan:
    path = folder / "list.csv"
    rows = f"Mobile;Prénom;Ville;Lien\n06 39 98 01 01;Zoë;Lyon;-\n06 39 98 01 02;Inès;Metz;{link}\n"
    path.write_text(rows, encoding="utf-8")
    return make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=True),
            accepted=frozenset(accepted),
            parameters=Parameters(text=text),
            text_options=options or TextOptions(),
        )
    )


def codes(plan: Plan) -> dict[str, Level]:
    return {finding.code: finding.level for finding in plan.findings}


@pytest.mark.parametrize(
    ("written", "here"),
    [
        ("((ville))", "{Ville}"),
        ("%Prénom%", "{Prénom}"),
        ("[First name]", "{first_name}"),
        ("*|FNAME|*", "{first_name}"),
        ("${Ville}", "{Ville}"),
    ],
)
def test_a_foreign_placeholder_stops_with_the_spelling_of_this_list(
    tmp_path: Path, written: str, here: str
) -> None:
    plan = a_plan(tmp_path, f"Bonjour {written}.{STOP}")

    (error,) = [each for each in plan.errors if each.code == "foreign_placeholder"]
    assert error.message == (
        "The text has placeholders of another tool, and people would read them: "
        f"instead of {written} write {here}; if this is right, add --accept foreign_placeholder."
    )


def test_doubled_braces_stop_with_the_spelling_here(tmp_path: Path) -> None:
    with pytest.raises(TemplateError) as refused:
        a_plan(tmp_path, "Bonjour {{ Ville }}")

    assert str(refused.value) == (
        'The "{" at character 9 of the text has no partner: write {Ville} instead of '
        "{{ Ville }}, with one brace on each side."
    )


def test_what_people_accept_is_a_warning(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, f"Prix [Ville]\\n{STOP}", "foreign_placeholder", "text_escapes")

    assert plan.errors == ()
    assert codes(plan)["text_escapes"] is Level.WARNING


def test_a_link_in_a_cell_is_warned_of(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, f"Voir {{Lien}}{STOP}", link="https://bit.ly/x")

    assert codes(plan)["link_shortener"] is Level.WARNING


def test_a_link_with_a_placeholder_for_its_host_is_read_as_it_is_sent(tmp_path: Path) -> None:
    plan = a_plan(tmp_path, f"Voir https://{{Ville}}.shop.example/{{Prénom}}{STOP}")

    assert "link_broken" not in codes(plan)


def test_each_of_several_texts_is_checked_under_its_name(tmp_path: Path) -> None:
    by_city = TextsByColumn(column="Ville", texts={"Lyon": f"Soldes&nbsp;!{STOP}"})

    plan = a_plan(tmp_path, f"Soldes !{STOP}", options=TextOptions(texts_by_column=by_city))

    (error,) = plan.errors
    assert error.message.startswith('Text for Lyon: The text contains HTML ("&nbsp;")')


def test_numbers_in_brackets_are_no_columns_without_a_header(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("06 39 98 01 01;Zoë\n06 39 98 01 02;Inès\n", encoding="utf-8")
    request = PlanRequest(
        files=(str(path),),
        reading=ReadOptions(no_header=True),
        chosen={"phone_number": ("1",)},
        rules=ScreeningRules(rehearsal=True),
        parameters=Parameters(text=f"Offres [1] et %2%.{STOP}"),
    )

    assert "foreign_placeholder" not in codes(make_plan(request))
