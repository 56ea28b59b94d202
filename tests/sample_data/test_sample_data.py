"""The files as such: how many rows there are, what is wrong with them, and what they add up to."""

import re
import tomllib

import pandas as pd

from tests.sample_data.conftest import FOLDER, HEADERS, mark_duplicates, one_spelling, read


def test_every_answer_of_the_readme_is_checked(known):
    here = FOLDER.parent / "tests" / "sample_data"
    tests = "".join(path.read_text("utf-8") for path in here.glob("test_*.py"))
    names = re.findall(r'expect\(f?"([^"]+)"', tests)
    patterns = [re.sub(r"\{[^}]+\}", r"\\w+", name) for name in names]
    unchecked = [name for name in known if not any(re.fullmatch(p, name) for p in patterns)]
    assert not unchecked


def test_rows_of_each_file(raw, contacts, accounts, expect):
    for name, frame in raw.items():
        expect(f"rows_{name}", len(frame))
    expect("rows_of_touchpoints", sum(len(frame) for frame in raw.values()))
    expect("accounts", len(accounts))
    expect("people", len(contacts))


def test_the_data_stay_small():
    size = sum(path.stat().st_size for path in FOLDER.rglob("*.csv"))
    assert size < 10e6


def test_read_rows_are_kept_merged_or_set_aside(raw, cleaned, expect):
    expect("rows_set_aside", cleaned.n_spoiled)
    expect("exact_repeats", cleaned.n_repeats)
    expect("cross_source_merged", len(cleaned.twins))
    expect("touchpoints", len(cleaned.log))
    removed = cleaned.n_spoiled + cleaned.n_repeats + len(cleaned.twins)
    assert sum(len(frame) for frame in raw.values()) == len(cleaned.log) + removed


def test_rows_without_time_or_type(raw, expect):
    no_time = no_type = 0
    for name, frame in raw.items():
        part = frame.rename(columns=HEADERS[name])
        no_time += part["occurred_at"].eq("").sum()
        no_type += part["touchpoint"].eq("").sum()
    expect("rows_without_time", no_time)
    expect("rows_without_type", no_type)


def test_twins_are_those_of_the_crm(cleaned, expect):
    assert set(cleaned.twins["source_system"]) == {"crm"}
    counts = cleaned.twins["touchpoint"].value_counts()
    expect("merged_webinar_registrations", counts["Webinar registration"])
    expect("merged_demo_requests", counts["Demo request form"])
    assert len(counts) == 2
    everything = pd.concat([cleaned.log, cleaned.twins], ignore_index=True)
    assert mark_duplicates(everything, seconds=3_600).sum() == len(cleaned.twins)


def test_values_spelt_in_other_ways(raw, expect):
    for name, column in {
        "web": "event",
        "ads": "channel",
        "email": "channel",
        "crm": "activity",
    }.items():
        values = raw[name][column]
        expect(f"varied_{name}", values.ne(one_spelling(values)).sum())
    industries = read("accounts")["industry"]
    expect("varied_industries", industries.ne(one_spelling(industries)).sum())
    expect("budgets_unknown", read("accounts")["annual_budget"].eq("n/a").sum())


def test_ids_are_unique_and_refer_to_each_other(raw, contacts, accounts):
    assert accounts.index.is_unique
    assert accounts["domain"].is_unique
    assert contacts["email"].is_unique
    assert set(contacts["account_id"]) == set(accounts.index)
    account_of = contacts.set_index("email")["account_id"]
    crm = raw["crm"]
    assert crm["contact_email"].map(account_of).eq(crm["account_id"]).all()
    named = raw["web"][raw["web"]["email"].ne("")]
    assert named.groupby("anonymous_id")["email"].nunique().max() == 1


def test_times_are_utc_and_inside_the_two_years(cleaned, expect):
    times = cleaned.log["occurred_at"]
    assert times.min() >= pd.Timestamp("2024-07-01", tz="UTC")
    expect("first_at", times.min().strftime("%Y-%m-%dT%H:%M:%SZ"))
    expect("as_of", times.max().strftime("%Y-%m-%dT%H:%M:%SZ"))


def test_anonymous_visits_join_people_or_stay_unknown(cleaned, log, expect):
    expect("touchpoints_of_accounts", len(log))
    expect("touchpoints_joined_by_visitor", log["was_unnamed"].sum())
    expect("touchpoints_with_a_name", (~log["was_unnamed"]).sum())
    strangers = cleaned.log[cleaned.log["account_id"].eq("")]
    expect("touchpoints_of_strangers", len(strangers))
    expect("strangers", strangers["anonymous_id"].nunique())


def test_averages_of_an_account(log, journeys, expect):
    expect("mean_touchpoints", journeys["n_touchpoints"].mean())
    expect("mean_channels", journeys["n_channels"].mean())
    expect("mean_days", journeys["days"].mean())
    expect("mean_people", journeys["n_people"].mean())
    expect("moves", len(log) - len(journeys))
    assert not log.duplicated(["account_id", "occurred_at"]).any()
    assert journeys["n_touchpoints"].max() > 4 * journeys["n_touchpoints"].median()
    assert journeys["days"].max() > 4 * journeys["days"].median()


def test_outcomes_add_up(log, journeys, expect):
    wins = log[log["account_id"].map(journeys["won"])].groupby("account_id")["occurred_at"]
    gaps = wins.diff().dt.total_seconds() / 86_400
    assert gaps.quantile(0.99) < 30  # so the dormancy limit is its floor of 90 days
    closed = journeys["closed"].value_counts()
    expect("won", closed["won"])
    expect("lost", closed["lost"])
    expect("closed_no_decision", closed["no_decision"])
    expect("not_closed", closed["open"])
    after_dormancy = journeys["outcome"].value_counts()
    expect("dormant", after_dormancy["no_decision"] - closed["no_decision"])
    expect("no_decision", after_dormancy["no_decision"])
    expect("open", after_dormancy["open"])
    assert not journeys.loc[journeys["closed"].eq("open"), "days_silent"].between(84, 150).any()


def test_definitions_name_every_touchpoint_once(log, expect):
    definitions = tomllib.loads((FOLDER / "definitions.toml").read_text("utf-8"))
    stages = definitions["stages"]
    listed = [touchpoint for stage in stages for touchpoint in stage["touchpoints"]]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(log["touchpoint"])
    expect("touchpoint_types", len(listed))
    assert set(definitions["outcomes"]["won"]) <= set(stages[-1]["touchpoints"])


def test_stage_column_of_the_crm_agrees_with_the_definitions(raw):
    stage = {
        touchpoint: entry["name"]
        for entry in tomllib.loads((FOLDER / "definitions.toml").read_text("utf-8"))["stages"]
        for touchpoint in entry["touchpoints"]
    }
    crm = raw["crm"][raw["crm"]["activity"].ne("")]
    assert one_spelling(crm["activity"]).map(stage).eq(crm["stage"]).all()


def test_accounts_that_reach_each_stage(log, expect):
    reached = log.groupby("stage")["account_id"].nunique()
    for stage, n_accounts in reached.items():
        expect(f"reached_{stage.lower()}", n_accounts)


def test_costs(raw, log, expect):
    costs = read("costs/campaign_costs")
    expect("costs_beside_ads", costs["cost_eur"].astype(float).sum())
    whole = raw["ads"][raw["ads"]["interaction_time"].ne("")].drop_duplicates()
    expect("ad_costs", whole["cost_eur"].astype(float).sum())
    expect("won_value", log.loc[log["touchpoint"].eq("Closed won"), "value"].sum())
