"""What a second person approves is named when it changes, whatever the setting."""

from bulksms.campaign_file.read_campaign_file import setting_types
from bulksms.use_cases.unattended.plan_terms import NOT_TERMS, describe_changes, digest_of_terms


def test_every_setting_that_is_no_term_exists() -> None:
    assert set(setting_types()) >= NOT_TERMS


def test_changes_are_named_with_both_values_where_they_are_short() -> None:
    before = {"text": "a", "max_cost": "50", "optouts": ["x" * 50], "columns": ["A"], "zone": "UTC"}
    after = {"text": "b", "max_cost": "500", "optouts": [], "columns": ["A", "B"], "hours": "off"}

    assert describe_changes(before, after) == [
        "the text",
        "max_cost (50 → 500)",
        "optouts",
        "the columns",
        "hours (not set → off)",
        "zone (UTC → not set)",
    ]
    assert describe_changes(before, dict(before)) == []


def test_the_order_of_settings_is_no_change() -> None:
    terms = {"text": "a", "max_cost": "50"}

    assert digest_of_terms(terms) == digest_of_terms(dict(reversed(terms.items())))
    assert digest_of_terms(terms) != digest_of_terms(terms | {"max_cost": "51"})
