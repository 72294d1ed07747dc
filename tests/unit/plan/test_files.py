import csv
from pathlib import Path

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningRules
from bulksms.plan.files import output_delimiter, write_contacts, write_rejects
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan

TEXT = "Bonjour {first_name}, samedi à {Ville}. STOP au 30101"


def _plan(*paths: Path, text: str | None = TEXT) -> Plan:
    return make_plan(
        PlanRequest(
            files=tuple(str(path) for path in paths),
            rules=ScreeningRules(rehearsal=True),
            parameters=None if text is None else Parameters(text=text),
        )
    )


def _csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_contacts_file_has_the_contracts_columns(source: Path, tmp_path: Path) -> None:
    write_contacts(tmp_path / "out.csv", _plan(source, text=None))

    assert _csv(tmp_path / "out.csv") == [
        [
            "row",
            "phone_number",
            "first_name",
            "last_name",
            "param1",
            "param2",
            "param3",
            "param4",
            "param5",
            "source_column",
        ],
        ["2", "+33639980102", "Zoë", "", "", "", "", "", "", "Mobile"],
        ["6", "+33639980109", "Inès", "", "", "", "", "", "", "Mobile"],
    ]


def test_a_column_used_by_the_text_is_a_parameter_in_the_contacts_file(
    source: Path, tmp_path: Path
) -> None:
    write_contacts(tmp_path / "out.csv", _plan(source))

    assert _csv(tmp_path / "out.csv")[1] == [
        *("2", "+33639980102", "Zoë", "", "Lyon", "", "", "", "", "Mobile")
    ]


def test_rejects_have_the_original_columns_then_row_code_and_reason(
    source: Path, tmp_path: Path
) -> None:
    write_rejects(tmp_path / "out.csv", _plan(source))

    header, *rows = _csv(tmp_path / "out.csv")
    assert header == ["Ville", "Prénom", "Mobile", "bulksms_row", "bulksms_code", "bulksms_reason"]
    assert [row[:5] for row in rows] == [
        ["Paris", "Paul", "demander", "3", "not_a_number"],
        ["Nice", "Zoë", "+33639980102", "4", "duplicate"],
        ["Lille", "'=1+1", "01 99 00 02 03", "5", "landline"],
    ]
    assert all(row[5] for row in rows)


def test_corrected_rejects_can_be_loaded_again(source: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "out.csv"
    write_rejects(rejects, _plan(source))
    corrected = rejects.read_text(encoding="utf-8").replace("demander", "+33 6 39 98 01 10")
    rejects.write_text(corrected, encoding="utf-8")

    again = _plan(rejects)

    assert again.contacts["phone_number"].tolist() == [33639980110, 33639980102]


def test_a_number_with_an_apostrophe_before_its_plus_is_read_again(
    source: Path, tmp_path: Path
) -> None:
    source.write_text("Mobile\n+33 1 99 00 02 03\n", encoding="utf-8")
    rejects = tmp_path / "out.csv"
    write_rejects(rejects, _plan(source, text=None))

    assert _csv(rejects)[1][0] == "'+33 1 99 00 02 03"
    assert _plan(rejects, text=None).reasons == {"landline": 1}


def test_rows_of_two_files_share_one_header(source: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("Mobile,Prénom,Note\nabc,Léa,VIP\n", encoding="utf-8")

    write_rejects(tmp_path / "out.csv", _plan(source, other, text=None))

    header, *rows = _csv(tmp_path / "out.csv")
    assert header[:4] == ["Ville", "Prénom", "Mobile", "Note"]
    assert rows[-1][:6] == ["", "Léa", "abc", "VIP", "2", "not_a_number"]


def test_results_of_a_list_of_one_column_have_commas(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("Mobile\n06 39 98 01 01\n", encoding="utf-8")

    assert output_delimiter(_plan(source, text=None)) == ","
