"""A reply is an opt-out when the whole message says stop, in any of seven languages."""

from pathlib import Path

import pytest

from bulksms.contacts import read_replies
from bulksms.contacts.opt_outs.messages import may_say_stop, says_stop
from bulksms.errors import MappingError
from bulksms.loader import open_sheets


@pytest.mark.parametrize(
    "message",
    ["stop", "STOP", "Stop.", " stop ! ", "S.T.O.P", "Arrêt", "ARRET", "ne plus recevoir",
     "Désabonner", "désinscription !", "STOP SMS", "STOP au 30101", "unsubscribe", "Abmelden",
     "baja", "No más", "Cancelar", "basta", "disiscrivi", "sair", "não quero",
     "\uff33\uff34\uff2f\uff30"],
)  # fmt: skip
def test_a_message_that_is_nothing_but_stop_is_an_opt_out(message: str) -> None:
    assert says_stop(message)


@pytest.mark.parametrize(
    "message",
    ["stopped by today", "I will stop by at noon", "non stop", "merci", "", "ok", "arrêt de bus",
     "do not stop", "à bientôt", "stop ou encore ?"],
)  # fmt: skip
def test_a_message_with_more_in_it_is_none(message: str) -> None:
    assert not says_stop(message)


@pytest.mark.parametrize(
    "message",
    ["Désabonnez-moi svp", "Arrêtez svp", "STOP merci", "Please stop!", "Bitte abmelden",
     "Stop merci beaucoup", "Stop aub", "stop stop", "STOP STOP STOP", "Stop 36111",
     "STOP au 36180", "STOP svp 38080", "Plus de SMS svp", "Je me désabonne", "Geen sms meer",
     "Afmelden", "Uitschrijven aub", "Keine SMS mehr", "Baja SMS", "Basta sms", "Parar SMS",
     "s'il vous plaît, désinscrivez-moi", "por favor, baja", "basta, grazie"],
)  # fmt: skip
def test_politeness_takes_nothing_from_a_stop(message: str) -> None:
    assert says_stop(message)


@pytest.mark.parametrize(
    "message",
    ["merci d'arrêter ces messages", "désabonnez tout le monde", "je veux me désinscrire",
     "ne m'envoyez pas de sms", "please remove me from this list", "bitte nicht mehr anrufen",
     "quiero darme de baja ya", "\N{OCTAGONAL SIGN}", "STOP 0612343601", "meld mij af, afmelden",
     "Stop à tout", "St0p", "laissez-moi tranquille", "mauvais numéro"],
)  # fmt: skip
def test_a_longer_message_that_asks_for_it_is_listed_for_reading(message: str) -> None:
    assert (says_stop(message), may_say_stop(message)) == (False, True)


def test_an_ordinary_answer_is_not_listed() -> None:
    assert not may_say_stop("Merci beaucoup, à samedi !")


def replies(folder: Path, *lines: str) -> Path:
    path = folder / "replies.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_replies_of_the_api_become_opt_outs_and_doubtful_ones_are_listed(tmp_path: Path) -> None:
    path = replies(
        tmp_path,
        "message_id,number,text,sim_card_number,reception_date",
        "sms_1,33639980101,STOP.,33639980999,2026-11-20 10:00:00",
        "sms_1,+33639980102,Merci beaucoup,33639980999,2026-11-20 10:01:00",
        "sms_1,0639980103,Arrêt,33639980999,2026-11-20 10:02:00",
        "sms_1,0639980104,please stop texting me,33639980999,2026-11-20 10:03:00",
        "sms_1,unknown,stop,33639980999,2026-11-20 10:04:00",
    )

    outcome = read_replies(open_sheets(path), "FR")

    assert outcome.opt_outs.digits.tolist() == [33639980101, 33639980103]
    assert outcome.opt_outs.unreadable == 1
    assert outcome.messages == 5
    assert outcome.doubtful == (5,)


def test_a_phone_column_by_any_of_its_names_will_do(tmp_path: Path) -> None:
    path = replies(tmp_path, "Portable;Réponse", "06 39 98 01 01;stop", "06 39 98 01 02;oui")

    assert read_replies(open_sheets(path), "FR").opt_outs.digits.tolist() == [33639980101]


def test_a_file_without_messages_says_what_to_do(tmp_path: Path) -> None:
    path = replies(tmp_path, "number,date", "33639980101,2026-11-20")

    with pytest.raises(MappingError, match='give the header "text"'):
        read_replies(open_sheets(path), "FR")
