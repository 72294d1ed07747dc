"""A header says which role its column has for consent, in seven languages."""

import pytest

from bulksms.contacts.columns.consent_headers import ConsentRole, consent_role


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Bloctel", "REGISTER"),
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
