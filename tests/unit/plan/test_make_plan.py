from pathlib import Path

import numpy as np
import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import ScreeningRules
from bulksms.errors import MappingError
from bulksms.plan.as_json import plan_as_json
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan
from bulksms.plan.view import view_plan


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    lines = ["Mobile,Prénom,Note", "06 39 98 01 02,Zoë,a", "06 39 98 01 09,Inès,b", "abc,Paul,c"]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def _plan(path: Path, text: str | None = None, optouts: tuple[str, ...] = ()) -> Plan:
    return make_plan(
        PlanRequest(
            files=(str(path),),
            rules=ScreeningRules(rehearsal=True),
            optouts=optouts,
            parameters=None if text is None else Parameters(text=text),
        )
    )


def test_every_row_is_counted_once(source: Path) -> None:
    assert _plan(source).counts == {
        "rows": 3,
        "sendable": 2,
        "rejected": 1,
        "duplicates": 0,
        "opted_out": 0,
    }


def test_people_on_an_opt_out_list_are_left_out(source: Path, tmp_path: Path) -> None:
    optouts = tmp_path / "stopped.csv"
    optouts.write_text("Mobile\n+33 6 39 98 01 09\n", encoding="utf-8")

    counts = _plan(source, optouts=(str(optouts),)).counts

    assert (counts["sendable"], counts["opted_out"]) == (1, 1)


def test_without_a_text_there_is_no_message_and_no_price(source: Path) -> None:
    answer = plan_as_json(view_plan(_plan(source)))

    assert (answer["message"], answer["estimate"]) == (None, None)


def test_a_plan_has_the_keys_of_the_contract(source: Path) -> None:
    assert list(plan_as_json(view_plan(_plan(source)))) == [
        "mode",
        "sender",
        "purpose",
        "type",
        "send_at",
        "files",
        "mapping",
        "ignored_columns",
        "columns",
        "rows",
        "sendable",
        "rejected",
        "duplicates",
        "opted_out",
        "repaired",
        "reasons",
        "frames",
        "message",
        "segments",
        "estimate",
        "texts",
        "preview",
        "findings",
    ]


def test_a_plan_names_the_columns_it_uses_and_those_it_does_not(source: Path) -> None:
    answer = plan_as_json(view_plan(_plan(source)))

    assert answer["mapping"] == {"phone_number": ["Mobile"], "first_name": "Prénom"}
    assert answer["ignored_columns"] == ["Note"]


def test_marketing_to_france_without_stop_is_an_error(source: Path) -> None:
    assert [finding.code for finding in _plan(source, "Bonjour").errors] == ["stop_mention_missing"]


def test_a_text_with_stop_is_priced(source: Path) -> None:
    plan = _plan(source, "Bonjour {first_name}. STOP au 30101")

    assert plan.errors == ()
    assert plan_as_json(view_plan(plan))["estimate"] == {
        "amount": "0.09",
        "currency": "EUR",
        "price_source": "default",
        "source": "a public list price of 2026-10; your account's may differ",
        "by_country": {"FR": "0.09"},
    }


def test_numbers_that_got_the_text_before_are_left_out_and_still_counted(source: Path) -> None:
    left = _plan(source).without(np.array([33639980109], dtype="int64"))

    assert left.contacts["phone_number"].tolist() == [33639980102]
    assert left.reasons == {"not_a_number": 1, "sent_before": 1}
    assert left.counts["rows"] == 3


def test_a_file_without_a_number_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Prénom,Ville\nZoë,Lyon\nInès,Metz\n", encoding="utf-8")

    with pytest.raises(MappingError):
        _plan(path)


def test_people_who_got_the_text_before_are_not_priced(source: Path) -> None:
    plan = _plan(source, "Bonjour {first_name}. STOP au 30101")
    left = plan.without(np.array([33639980109], dtype="int64"))

    assert plan_as_json(view_plan(left))["estimate"] == {
        "amount": "0.05",
        "currency": "EUR",
        "price_source": "default",
        "source": "a public list price of 2026-10; your account's may differ",
        "by_country": {"FR": "0.05"},
    }
    assert left.stats is not None
    assert left.stats.segments_total == 1


def test_every_header_is_listed_once_with_its_use_and_three_values(source: Path) -> None:
    plan = _plan(source, "Bonjour {first_name}, {Note}. STOP au 30101")

    assert plan_as_json(view_plan(plan))["columns"] == [
        {
            "file": 0,
            "header": "Mobile",
            "use": "phone_number",
            "samples": ["06 39 98 01 02", "06 39 98 01 09", "abc"],
        },
        {"file": 0, "header": "Prénom", "use": "first_name", "samples": ["Zoë", "Inès", "Paul"]},
        {"file": 0, "header": "Note", "use": "{Note}", "samples": ["a", "b", "c"]},
    ]
