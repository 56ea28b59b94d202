import pytest

from journey.ingest.presets import built_in, recognise, signature
from journey.ingest.presets.headers import HeaderIndex


def test_headers_are_found_across_spellings_and_prefixes():
    index = HeaderIndex(["Record ID", "property_createdate", "WhoId", "$insert_id", "Name"])
    assert index.find("record_id") == "Record ID"
    assert index.find("created_at | createdate") == "property_createdate"
    assert index.find("who_id") == "WhoId"
    assert index.find("insert_id") == "$insert_id"
    assert index.find("surname") is None


def test_a_plain_name_goes_before_one_shortened():
    index = HeaderIndex(["case:concept:name", "concept:name"])
    assert index.find("concept_name") == "concept:name"
    assert index.find("case_concept_name") == "case:concept:name"


def test_a_signature_is_the_same_in_any_order_and_without_what_a_connector_adds():
    assert signature(["B", "a b", "_fivetran_synced"]) == signature(["A B", "b"])


def test_a_longer_match_wins():
    tracks = ["id", "anonymous_id", "user_id", "received_at", "timestamp", "event", "url"]
    assert recognise(built_in(), tracks)[0].name == "segment_tracks"
    pages = [*tracks[:5], "url", "title"]
    assert recognise(built_in(), pages)[0].name == "segment_pages"


def test_a_connectors_columns_do_not_hide_a_source():
    headers = ["_fivetran_synced", "deal_id", "date_entered", "value", "_fivetran_end"]
    preset, confidence = recognise(built_in(), headers)
    assert (preset.name, confidence < 0.99) == ("hubspot_deal_stages", True)


@pytest.mark.parametrize(
    "headers",
    [
        ["account", "time", "event"],
        ["id", "email", "create_date", "plan"],
        ["mql_id", "first_contact_date", "landing_page_id", "origin"],
        ["id", "name", "createdate"],
        ["Campaign", "Cost"],
        ["touchpoint", "campaign", "cost", "impressions", "account_id"],
        ["id", "created", "type", "recipient"],
        [],
    ],
)
def test_files_of_nobody_are_not_taken_for_a_vendors(headers):
    assert recognise(built_in(), headers) is None


def test_touches_with_a_cost_are_no_table_of_costs():
    assert recognise(built_in(), ["date", "channel", "cost"])[0].name == "costs_by_day"
    for who in ("cookie", "uid", "visitor", "interaction", "client_no", "deal"):
        assert recognise(built_in(), ["date", "channel", "cost", who]) is None
    for who in ("cust_uuid", "visitor_key", "hashed_email", "customer_ref", "kundennr"):
        assert recognise(built_in(), [who, "date", "channel", "cost", "converted"]) is None
        assert recognise(built_in(), [who, "date", "campaign", "cost", "clicks"]) is None
        assert recognise(built_in(), [who, "month", "cost"]) is None


def test_a_webinar_is_told_by_what_only_webinars_have():
    users = ["email", "registered_at", "joined_at"]
    for told in ("attended", "leave_time", "topic", "webinar_name", "attentiveness_score"):
        assert recognise(built_in(), [*users, told])[0].name == "webinar_attendees"
        for event in ("event", "event_name", "action", "interaction"):
            assert recognise(built_in(), [*users, told, event]) is None
    assert recognise(built_in(), [*users, "plan"]) is None
    assert recognise(built_in(), ["Email", "Registration Time", "Join Time"]) is None


def test_what_costs_are_told_by_is_nobody():
    of_campaigns = ["campaign_id", "ad_set_key", "device", "cost_per_lead", "users", "sessions"]
    headers = ["date", "campaign", "cost", *of_campaigns]
    assert recognise(built_in(), headers)[0].name == "costs_by_day"
    accounts = ["date", "campaign", "cost", "clicks", "account_name"]
    assert recognise(built_in(), accounts)[0].name == "ad_costs"
