"""A header says which role its column has for consent, in seven languages."""

import pytest

from bulksms.contacts.columns.consent_headers import ConsentRole, consent_role


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Bloctel", "REGISTER"),
        ("Pas d'opposition aux SMS", "CONSENT"),
        ("Non désinscrit SMS", "CONSENT"),
        ("Ne refuse pas les SMS", "CONSENT"),
        ("SMS not opted out", "CONSENT"),
        ("Kein Widerspruch gegen SMS", "CONSENT"),
        ("Consentement reçu", "CONSENT"),
        ("SMS consent received", "SMS_CONSENT"),
        ("Opt-in received", "CONSENT"),
        ("Aucun contact depuis", "REMARK"),
        ("N'aime pas", "REMARK"),
        ("N'aime pas les SMS", "OPT_OUT"),
        ("Oui/Non opposition SMS", "OPT_OUT"),
        ("Yes/No opt-out", "OPT_OUT"),
        ("Ja/Nein Widerspruch", "OPT_OUT_FLAG"),
        ("SMS not opened", "MEMBERSHIP"),
        ("SMS non ouverts", "MEMBERSHIP"),
        ("Newest SMS", "MEMBERSHIP"),
        ("Consentement SMS retiré", "OPT_OUT"),
        ("SMS non désirés", "OPT_OUT"),
        ("SMS non reçus", "REMARK"),
        ("SMS reçus", "REMARK"),
        ("N'accepte pas les SMS", "OPT_OUT"),
        ("Does not accept SMS", "OPT_OUT"),
        ("Nie chce SMS", "OPT_OUT"),
        ("SMS disabled", "OPT_OUT"),
        ("Désactiver les SMS", "OPT_OUT"),
        ("Aucun SMS", "OPT_OUT"),
        ("SMS enabled", "SMS_CONSENT"),
        ("Samtycke SMS", "SMS_CONSENT"),
        ("Souhlas se SMS", "SMS_CONSENT"),
        ("SMS izni", "SMS_CONSENT"),
        ("Συγκατάθεση SMS", "SMS_CONSENT"),
        ("Ej SMS", "OPT_OUT"),
        ("Nezasílat SMS", "OPT_OUT"),
        ("SMS göndermeyin", "OPT_OUT"),
        ("Μην στέλνετε SMS", "OPT_OUT"),
        ("Älä lähetä tekstiviestejä", "OPT_OUT"),
        ("Lista negra", "REGISTER"),
        ("smsOptOut", "OPT_OUT"),
        ("nepasenvoyerdesms", "OPT_OUT"),
        ("Unsubscribed at", "OPT_OUT"),
        ("Refus", "OPT_OUT_FLAG"),
        ("Baja", "OPT_OUT_FLAG"),
        ("Ausgeschlossen", "OPT_OUT_FLAG"),
        ("sms_opt_in", "SMS_CONSENT"),
        ("Contactable par SMS", "SMS_CONSENT"),
        ("SMS Consent Timestamp", "CONSENT"),
        ("GDPR", "CONSENT"),
        ("Statut SMS", "SMS_STATUS"),
        ("Subscription date", "MEMBERSHIP"),
        ("Statut", "STATUS"),
        ("Order status", "REMARK"),
        ("Subscriber status", "MEMBERSHIP"),
        ("Communication preference", "PREFERENCE"),
        ("Preferred contact method", "PREFERENCE"),
        ("Cancelled at", "ENDED"),
        ("Kündigungsdatum", "ENDED"),
        ("Booking cancelled", "REMARK"),
        ("Ville", "REMARK"),
        ("", "REMARK"),
        ("OptInPhoneType", "REMARK"),
        ("Stopover", "REMARK"),
        ("Exclusivité", "REMARK"),
        ("Non-profit", "REMARK"),
        ("Mobile no", "REMARK"),
    ],
)
def test_a_header_names_its_role(header: str, role: str) -> None:
    assert consent_role(header) is ConsentRole[role]


@pytest.mark.parametrize(
    "header", ["Email Opt Out", "Newsletter", "Lien de désinscription", "Do not mail", "E-mail"]
)
def test_other_channels_and_links_decide_nothing(header: str) -> None:
    assert consent_role(header) is None


@pytest.mark.parametrize(
    "header", ["(Ne pas modifier) Contact", "(Nicht ändern) Geändert am", "(Do Not Modify) Contact"]
)
def test_a_column_that_must_not_be_edited_says_nothing_of_texts(header: str) -> None:
    assert consent_role(header) is None
