"""Exports as connectors deliver them; values are not quoted here."""

from collections import Counter
from pathlib import Path

import pytest

from journey.analysis.maps.graph import journey_graph
from journey.ingest import add_touchpoints, read_touchpoints, suggest_columns

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "data"
VENDOR = REAL / "vendor"

pytestmark = pytest.mark.skipif(not VENDOR.is_dir(), reason="the real exports are not at hand")

# file: preset, shape, roles that must be so, rows of the file
FILES = {
    "amplitude_event_data.csv": (
        "Amplitude events",
        "events",
        {"person_id": "user_id", "occurred_at": "event_time", "touchpoint": "event_type"},
        10,
    ),
    "google_ads_campaign_stats_data.csv": (
        "Google Ads campaign statistics",
        "costs",
        {"occurred_at": "day", "cost": "cost_micros"},
        16,
    ),
    "hubspot_company_data.csv": (
        "HubSpot companies",
        "wide",
        {"account_id": "id", "occurred_at": "Company created"},
        24,
    ),
    "hubspot_contact_data.csv": (
        "HubSpot contacts",
        "wide",
        {"person_id": "property_email", "occurred_at": "Contact created"},
        22,
    ),
    "hubspot_deal_data.csv": (
        "HubSpot deals",
        "wide",
        {"opportunity_id": "deal_id", "occurred_at": "Deal created"},
        44,
    ),
    "hubspot_deal_stage_data.csv": (
        "HubSpot deal stages",
        "events",
        {"opportunity_id": "deal_id", "occurred_at": "date_entered", "touchpoint": "value"},
        14,
    ),
    "hubspot_email_event_click_data.csv": ("HubSpot e-mail clicks", "details", {}, 100),
    "hubspot_email_event_data.csv": (
        "HubSpot e-mail events",
        "events",
        {"person_id": "recipient", "occurred_at": "created", "touchpoint": "touchpoint"},
        100,
    ),
    "hubspot_email_event_open_data.csv": ("HubSpot e-mail opens", "details", {}, 100),
    "hubspot_engagement_data.csv": ("HubSpot engagement types", "details", {}, 1),
    "linkedin_ad_analytics_by_campaign_data.csv": (
        "LinkedIn Ads analytics by campaign",
        "costs",
        {"occurred_at": "day", "cost": "cost"},
        20,
    ),
    "mixpanel_event.csv": (
        "Mixpanel events",
        "events",
        {"person_id": "person_id", "occurred_at": "time", "touchpoint": "name"},
        5,
    ),
    "segment_pages.csv": (
        "Segment pages",
        "events",
        {"person_id": "user_id", "anonymous_id": "anonymous_id", "occurred_at": "timestamp"},
        1,
    ),
    "sf_account_data.csv": ("Salesforce accounts", "attributes", {"account_id": "id"}, 10),
    "sf_opportunity_data.csv": (
        "Salesforce opportunities",
        "wide",
        {"opportunity_id": "id", "account_id": "account_id", "value": "amount"},
        10,
    ),
    "sf_opportunity_history_data.csv": (
        "Salesforce opportunities, one row a version",
        "events",
        {"opportunity_id": "id", "occurred_at": "_fivetran_start", "touchpoint": "stage_name"},
        10,
    ),
    "sf_task_data.csv": (
        "Salesforce tasks and events",
        "events",
        {"person_id": "who_id", "account_id": "account_id", "touchpoint": "touchpoint"},
        10,
    ),
}
TELLS_MORE = "tells more of a touchpoint that is in none of these files"


def paths(*names):
    return [VENDOR / name for name in names]


@pytest.fixture(scope="module")
def proposal():
    return suggest_columns(*paths(*FILES))


def test_no_file_is_left_out_here():
    assert sorted(FILES) == sorted(path.name for path in VENDOR.iterdir())


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_recognised_with_its_roles(proposal, name):
    title, shape, roles, _ = FILES[name]
    found = proposal[proposal["file"] == name]
    assert set(found["preset"]) == {title}
    assert set(found["shape"]) == {shape}
    first = found.dropna(subset=["role"]).groupby("role", sort=False)["column"].apply(list)
    for role, header in roles.items():
        assert header in first[role]


def test_all_files_together_leave_no_row_unexplained():
    log = read_touchpoints(*paths(*FILES))
    files = {file.file: file for file in log.report.files}
    for name, (_, shape, _, n_rows) in FILES.items():
        file = files[name]
        told = file.n_kept + file.n_merged + file.n_set_aside + file.n_attributes + file.n_costs
        assert (file.shape, file.n_rows, file.n_read) == (shape, n_rows, told)
        assert file.n_read == n_rows if shape != "wide" else file.n_read >= n_rows
    reasons = Counter()
    for reason in log.report.reasons:
        if reason.action == "set aside":
            reasons[reason.reason] += reason.n_rows
    assert reasons == {TELLS_MORE: 201, "machine traffic (filtered_event)": 3}
    assert len(log.costs) > 0


def test_hubspot_files_belong_together():
    log = read_touchpoints(
        *paths(
            "hubspot_contact_data.csv",
            "hubspot_company_data.csv",
            "hubspot_deal_data.csv",
            "hubspot_deal_stage_data.csv",
            "hubspot_email_event_data.csv",
        )
    )
    kept = {file.file: file.n_kept for file in log.report.files}
    assert kept == {
        "hubspot_contact_data.csv": 44,
        "hubspot_contact_data.csv (who is who)": 0,
        "hubspot_company_data.csv": 24,
        "hubspot_deal_data.csv": 44,
        "hubspot_deal_stage_data.csv": 14,
        "hubspot_email_event_data.csv": 97,
    }
    assert {"Contact created", "Email opened", "Deal created"} <= {*log.origin.touchpoint_types}


def test_salesforce_files_belong_together():
    log = read_touchpoints(
        *paths(
            "sf_account_data.csv",
            "sf_opportunity_data.csv",
            "sf_opportunity_history_data.csv",
            "sf_task_data.csv",
        )
    )
    assert log.report.n_kept == 19 + 10 + 10
    assert log.report.n_attributes == 10
    assert log.report.n_set_aside == 0


@pytest.mark.parametrize("name", FILES)
def test_each_file_imports_alone_and_every_row_is_told(name):
    report = read_touchpoints(*paths(name)).report
    told = report.n_kept + report.n_merged + report.n_set_aside + report.n_attributes
    assert told + report.n_costs == report.n_read
    assert {reason.reason for reason in report.reasons if reason.action == "set aside"} <= {
        TELLS_MORE,
        "machine traffic (filtered_event)",
    }


def test_touchpoints_come_to_the_accounts_that_waited_for_them(tmp_path):
    waiting = read_touchpoints(*paths("sf_account_data.csv"), into=tmp_path / "data")
    assert (waiting.n_touchpoints, waiting.report.n_attributes) == (0, 10)
    assert journey_graph(waiting).number_of_nodes() == 0
    names = ("sf_opportunity_data.csv", "sf_opportunity_history_data.csv", "sf_task_data.csv")
    added = add_touchpoints(tmp_path / "data", *paths(*names))
    at_once = read_touchpoints(*paths("sf_account_data.csv", *names))
    assert added.origin.fingerprint == at_once.origin.fingerprint
    # The stages are proposed from what there is now, not from what there was.
    assert added.definitions == at_once.definitions


def test_ga4_events():
    log = read_touchpoints(REAL / "ga4_events.ndjson")
    (file,) = log.report.files
    assert (file.shape, file.n_rows, file.n_kept) == ("events", 1, 1)
    assert file.roles["occurred_at"] == ("event_timestamp",)
    assert file.roles["anonymous_id"] == ("client_id",)
    # 1617691790431476 microseconds, in the log's own ticks.
    (shard,) = log.origin.shards
    assert shard.ticks.tolist() == [1617691790431476 * log.origin.ticks_per_second // 1_000_000]
