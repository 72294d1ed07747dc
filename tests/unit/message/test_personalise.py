import pytest

from bulksms.errors import TemplateError
from bulksms.finding import Level
from bulksms.message import EmptyValues, Template
from tests.unit.message.personalised import Personalised, personalise
from tests.unit.message.tables import screened

PERSONAL = ["first_name", "last_name", "param1", "param2", "param3", "param4", "param5"]


def personalised(
    text: str, empty: EmptyValues = EmptyValues.ALLOW, **columns: list[str]
) -> Personalised:
    return personalise(screened(**columns), Template.parse(text), empty=empty)


def read_back(outcome: Personalised) -> list[str]:
    return Template.parse(outcome.text).render(outcome.contacts).tolist()


def reasons(outcome: Personalised) -> list[tuple[int, str, str]]:
    columns = outcome.rejections[["row", "reason", "column"]]
    return list(columns.itertuples(index=False, name=None))


def codes(outcome: Personalised) -> list[tuple[str, Level, int]]:
    return [(finding.code, finding.level, finding.count) for finding in outcome.findings]


def test_fields_keep_their_names_and_columns_get_the_params() -> None:
    outcome = personalised(
        "{first_name} {Ville} {Date}", first_name=["Ana"], Ville=["Lyon"], Date=["2/3"]
    )
    assert outcome.text == "{first_name} {param1} {param2}"
    assert outcome.contacts[PERSONAL].to_numpy().tolist() == [
        ["Ana", "", "Lyon", "2/3", "", "", ""]
    ]


def test_a_mapped_param_is_not_given_away() -> None:
    outcome = personalised("{Ville} {param1}", Ville=["Lyon"], param1=["5 %"])
    assert outcome.text == "{param2} {param1}"
    assert read_back(outcome) == ["Lyon 5 %"]


def test_a_mapped_param_the_text_does_not_use_keeps_its_column() -> None:
    outcome = personalised("{Ville}", Ville=["Lyon"], param1=["kept"])
    assert outcome.text == "{param2}"
    assert outcome.contacts["param1"].tolist() == ["kept"]


def test_the_same_column_twice_takes_one_field() -> None:
    assert personalised("{Ville}, {Ville}", Ville=["Lyon"]).text == "{param1}, {param1}"


def test_a_fallback_becomes_the_value_of_the_row() -> None:
    outcome = personalised("Bonjour {first_name|client}", first_name=["Ana", ""])
    assert outcome.text == "Bonjour {first_name}"
    assert outcome.contacts["first_name"].tolist() == ["Ana", "client"]
    assert codes(outcome) == []


def test_with_and_without_fallback_a_column_takes_two_fields() -> None:
    outcome = personalised("{first_name|client} ({first_name})", first_name=["Ana", ""])
    assert outcome.text == "{param1} ({first_name})"
    assert read_back(outcome) == ["Ana (Ana)", "client ()"]


def test_two_fallbacks_of_a_column_take_two_fields() -> None:
    outcome = personalised("{Ville|ici} {Ville|là}", Ville=[""])
    assert outcome.text == "{param1} {param2}"
    assert read_back(outcome) == ["ici là"]


def test_a_value_over_50_characters_is_a_rejection_with_its_row() -> None:
    outcome = personalised("{Ville}", Ville=["x" * 50, "y" * 51, "z"])
    assert outcome.contacts["row"].tolist() == [2, 4]
    assert reasons(outcome) == [(3, "value_too_long", "Ville")]
    assert outcome.rejections["cell"].tolist() == ["y" * 51]
    assert outcome.rejections["sentence"].tolist() == [
        "The value of Ville has 51 characters, and the API accepts 50: shorten it."
    ]


def test_a_long_value_the_text_does_not_use_is_sent_all_the_same_and_so_rejected() -> None:
    outcome = personalised("Hi", last_name=["x" * 51])
    assert reasons(outcome) == [(2, "value_too_long", "last_name")]


def test_a_row_is_rejected_once_and_in_the_order_of_the_file() -> None:
    outcome = personalised("{A}{B}", A=["a", "", "x" * 51], B=["x" * 51, "", "x" * 51])
    assert reasons(outcome) == [
        (2, "value_too_long", "B"),
        (3, "text_empty", ""),
        (4, "value_too_long", "A"),
    ]


def test_the_filled_text_has_1224_characters_at_most() -> None:
    outcome = personalised("a" * 1200 + "{Ville}", Ville=["x" * 24, "x" * 25])
    assert outcome.contacts["row"].tolist() == [2]
    assert reasons(outcome) == [(3, "text_too_long", "")]
    assert "1225 characters" in outcome.rejections["sentence"].iloc[0]


def test_the_text_with_placeholders_has_1224_characters_at_most() -> None:
    assert personalised("a" * 1216 + "{Ville}", Ville=["x"]).text.endswith("{param1}")
    with pytest.raises(TemplateError, match="1,225 characters in the API's form"):
        personalised("a" * 1217 + "{Ville}", Ville=["x"])


def test_a_text_of_spaces_is_a_rejection() -> None:
    assert reasons(personalised("{A} {B}", A=[""], B=[" "])) == [(2, "text_empty", "")]


def test_empty_values_are_sent_with_a_warning() -> None:
    outcome = personalised("Hi {A} {B}", A=["", "x", ""], B=["", "x", "x"])
    assert read_back(outcome) == ["Hi  ", "Hi x x", "Hi  x"]
    assert codes(outcome) == [("empty_values", Level.WARNING, 2)]


def test_empty_values_can_stop_the_sending() -> None:
    assert codes(personalised("Hi {A}", EmptyValues.STOP, A=[""])) == [
        ("empty_values", Level.ERROR, 1)
    ]


def test_empty_values_can_drop_the_row() -> None:
    outcome = personalised("Hi {A}", EmptyValues.DROP, A=["", "x"])
    assert reasons(outcome) == [(2, "missing_value", "A")]
    assert read_back(outcome) == ["Hi x"]
    assert codes(outcome) == []


@pytest.mark.parametrize(
    "cell",
    [
        *("{first_name}", "{{name}}", "*firstname*", "*PRÉNOM*"),
        *(
            "%PRENOM%",
            "[Prénom]",
            "<<First Name>>",
            "«Prénom»",
            "« Nom »",
            "[contact.lastname]",
            "<Vorname>",
        ),
    ],
)
def test_a_placeholder_left_in_a_finished_text_stops_everything(cell: str) -> None:
    outcome = personalised("Hi {A}", A=["Ana", cell])
    assert codes(outcome) == [("unfilled_placeholder", Level.ERROR, 1)]
    assert "row 3" in outcome.findings[0].message


@pytest.mark.parametrize(
    "text",
    ["*PROMO* pour {A}", "[NEW] {A}", "-20 % {A} -30 %", "« Renom » {A}", "« Le Prénom » {A}"],
)
def test_stars_and_brackets_around_other_words_are_no_placeholder(text: str) -> None:
    assert codes(personalised(text, A=["Ana"])) == []


def test_every_contact_has_its_own_count_and_their_sum_is_the_total() -> None:
    outcome = personalised("a" * 159 + "{A}", A=["x" * 51, "b", "bb", "\u2019"])
    assert outcome.segments.tolist() == [1, 2, 3]
    assert outcome.segments.index.equals(outcome.contacts.index)
    assert outcome.texts.tolist() == read_back(outcome)


def test_plain_writes_text_values_and_fallbacks_in_the_alphabet() -> None:
    contacts = screened(A=["Zo\u00eb", ""], first_name=["Ma\u00ebl", "Lo\u00efc"])
    template = Template.parse("F\u00eate chez {A|\u0152uvre}")
    outcome = personalise(contacts, template, plain=True)
    assert outcome.text == "Fete chez {param1}"
    assert read_back(outcome) == ["Fete chez Zoe", "Fete chez OEuvre"]
    assert outcome.contacts["first_name"].tolist() == ["Mael", "Loic"]


def test_plain_does_not_touch_the_names_of_columns() -> None:
    outcome = personalise(screened(Prênom=["\u00ca"]), Template.parse("{Pr\u00eanom}"), plain=True)
    assert outcome.text == "{param1}"
    assert outcome.contacts["param1"].tolist() == ["E"]


def test_a_value_is_measured_after_it_was_made_plain() -> None:
    contacts = screened(A=["\u0153" * 26, "\u0153" * 25])
    outcome = personalise(contacts, Template.parse("{A}"), plain=True)
    assert reasons(outcome) == [(2, "value_too_long", "A")]


def test_the_wording_does_not_depend_on_the_rows() -> None:
    template = Template.parse("{A}-{B}/{C}:{D};{E}.{F} {first_name}")
    columns = [*"ABCDEF", "first_name"]
    few = personalise(screened(**{name: ["x"] for name in columns}), template)
    more = personalise(
        screened(**{name: ["x" if name in "EF" else "y" * 40] for name in columns}), template
    )
    assert few.text != more.text
    assert few.canonical_text == more.canonical_text
    assert (
        few.canonical_text == "{param1}-{param2}/{param3}:{param4};{param5}.{param6} {first_name}"
    )


def test_without_contacts_there_are_no_texts() -> None:
    outcome = personalise(screened(A=["x"]).head(0), Template.parse("{A}"))
    assert outcome.texts.empty
    assert outcome.contacts.columns.tolist() == [
        "source",
        "row",
        "phone_number",
        "country",
        "source_column",
        *PERSONAL,
    ]
    assert outcome.rejections.columns.tolist() == [
        "source",
        "row",
        "reason",
        "column",
        "cell",
        "sentence",
    ]


def test_the_contacts_keep_their_origin_and_their_index() -> None:
    outcome = personalised("{A}", A=["x" * 51, "b"])
    assert outcome.contacts.index.tolist() == [1]
    assert outcome.contacts["phone_number"].tolist() == [33639980001]
    assert outcome.contacts["source_column"].tolist() == ["Mobile"]
