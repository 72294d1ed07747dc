"""Reasons and deliveries of rows in French."""

import pandas as pd

from bulksms.pages.languages import language_of
from bulksms.results.contact_outcomes import ContactOutcomes
from bulksms.results.row_words import translate_rows

DELIVERED = "The number does not exist. Perhaps charged. Remove the number from your list."


def rows(**columns: list[str]) -> ContactOutcomes:
    return ContactOutcomes(header=("Nom",), rows=pd.DataFrame(columns, dtype="str"))


def test_a_delivery_and_a_reason_are_said_in_french_and_unknown_words_stay() -> None:
    outcomes = rows(
        code=["", "not_a_number", ""],
        reason=["", "voir fiche is not a number.", "Sender FOO is unknown."],
        delivery=[DELIVERED, "", "No receipt yet."],
    )

    said = translate_rows(outcomes, language_of("fr")).rows

    assert said["reason"].tolist() == ["", "Pas un numéro", "Sender FOO is unknown."]
    assert said["delivery"].str.replace("\u2019", "'").tolist() == [
        *("Le numéro n'existe pas. Peut-être facturé. Retirez le numéro de votre liste.", ""),
        "Pas encore d'accusé de réception.",
    ]
    assert translate_rows(outcomes, language_of("en")) is outcomes
