"""What is planted in the sample data, found by Portolan's own functions."""

from pathlib import Path

import pytest

import journey

FOLDER = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def imported():
    files = sorted(FOLDER.glob("*.csv"))
    return journey.read_touchpoints(*files, definitions=FOLDER / "definitions.toml")


@pytest.fixture(scope="module")
def companies(imported):
    return imported.where({"known as": "company"})


def test_every_row_is_accounted_for(imported, expect):
    report = imported.report
    expect("touchpoints", report.n_kept)
    expect("rows_set_aside", report.n_set_aside)
    expect("rows_of_touchpoints", report.n_kept + report.n_merged + report.n_set_aside)
    merged = report.frame().query("action == 'merged'").groupby("reason")["n_rows"].sum()
    expect("exact_repeats", merged["exact repeat"])
    expect("cross_source_merged", merged["same touchpoint from another source"])


def test_visits_are_joined_to_people_and_people_to_accounts(imported, companies, expect):
    expect("accounts", companies.n_journeys)
    expect("touchpoints_of_accounts", companies.n_touchpoints)
    expect("moves", journey.directly_follows(companies)["n_moves"].sum())
    expect("touchpoint_types", len(imported.touchpoint_types))
    expect("strangers", imported.where({"known as": "visitor"}).n_journeys)


def test_outcomes_and_stages(companies, expect):
    n_journeys = journey.outcomes(companies).set_index("outcome")["n_journeys"]
    expect("won", n_journeys["won"])
    expect("lost", n_journeys["lost"])
    expect("no_decision", n_journeys["no_decision"])
    expect("open", n_journeys["stalled"] + n_journeys["in_progress"])
    reached = journey.stage_funnel(companies).set_index("stage")["n_journeys"]
    for stage in ("Attract", "Capture", "Nurture", "Convert", "Expand"):
        expect(f"reached_{stage.lower()}", reached[stage])


def test_the_ideal_customer_and_its_opposite(companies, expect):
    inside = companies.where(industry=["Manufacturing", "Logistics"], employees="200-999")
    expect("icp_accounts", inside.n_journeys)
    expect("icp_won", inside.where(outcome="won").n_journeys)
    small = ["10-49", "50-199", "1-9", "1-49"]
    known = [size for size in small if size in companies.filter_values("employees")]
    opposite = companies.where(industry="Hospitality", employees=known)
    expect("anti_profile_accounts", opposite.n_journeys)
    expect("anti_profile_won", opposite.where(outcome="won").n_journeys)


def test_the_profiles_are_found_without_being_told(companies, expect):
    found = journey.ideal_customer_profile(companies).set_index("role")
    assert found.loc["ideal", "segment"].profile == (
        ("industry", ("Logistics", "Manufacturing")),
        ("employees", ("200-999",)),
    )
    assert found.loc["anti", "segment"].profile == (
        ("industry", ("Hospitality",)),
        ("employees", ("1-49", "50-199")),
    )
    expect("icp_accounts", found.loc["ideal", "n_journeys"])
    expect("icp_won", found.loc["ideal", "n_won"])
    expect("anti_profile_accounts", found.loc["anti", "n_journeys"])
    expect("anti_profile_won", found.loc["anti", "n_won"])
    expect("anti_profile_lost", found.loc["anti", "n_lost"])


def test_the_persona_and_the_group_that_win(companies, expect):
    found = journey.personas(companies).set_index("persona")
    expect("director_accounts", found.loc["Operations Director", "n_journeys"])
    expect("director_won", found.loc["Operations Director", "n_won"])
    assert found["lift"].where(found["chance"] <= 0.05).idxmax() == "Operations Director"
    groups = journey.buying_groups(companies).set_index("n_people")
    expect("four_or_five_accounts", groups.loc[[4, 5], "n_journeys"].sum())
    expect("four_or_five_won", groups.loc[[4, 5], "n_won"].sum())
    expect("one_person_accounts", groups.loc[1, "n_journeys"])
    expect("one_person_won", groups.loc[1, "n_won"])


def test_accounts_in_which_an_operations_director_takes_part_win_more(companies, expect):
    by_role = journey.segment_breakdown(companies, by="role").set_index("value")
    expect("director_accounts", by_role.loc["Operations Director", "n_journeys"])
    expect("director_won", by_role.loc["Operations Director", "n_won"])


def test_journeys_sent_back_turn_from_convert_to_nurture(companies):
    back = journey.back_moves(companies).set_index(["source_stage", "target_stage"])
    assert back.loc[("Convert", "Nurture"), "reason"] == "No budget yet"


def test_the_touch_that_helps_is_the_next_best_one_in_nurture(companies):
    stalled = journey.stalled_accounts(companies)
    in_nurture = stalled[stalled["stage"] == "Nurture"]
    assert set(in_nurture["next_touchpoint"]) == {"ROI workshop"}
    assert (in_nurture["next_win_rate"] > in_nurture["next_without_rate"]).all()


def test_the_touch_that_helps_after_a_pause_has_its_planted_counts(companies, expect):
    # A silence longer than twice what is normal in Nurture is one of 30 days or more.
    found = journey.next_best_touches(companies)
    paused = found[(found["stage"] == "Nurture") & found["min_days_silent"].between(28, 31)]
    workshop = paused.set_index("touchpoint").loc["ROI workshop"]
    expect("workshop_after_pause_decided", workshop["n_with"])
    expect("workshop_after_pause_won", round(workshop["win_rate"] * workshop["n_with"]))
    # Those silent for more than 70 days, of whom others did not win, are among the rest.
    expect("other_after_pause_won", round(workshop["without_rate"] * workshop["n_without"]))
    assert paused["touchpoint"].iloc[0] == "ROI workshop"
    assert workshop["difference_low"] > 0


def test_an_account_in_convert_is_shown_the_way_to_the_win(companies):
    stalled = journey.stalled_accounts(companies)
    account = stalled.loc[stalled["last_touchpoint"] == "Sales call", "account_id"].iloc[0]
    routes = journey.winning_routes(companies, account)
    assert {sequence[-1] for sequence in routes["sequence"]} == {"Closed won"}
    assert all("Demo held" in sequence for sequence in routes["sequence"])
    # All 129 that won had a sales call in Convert.
    assert set(routes["n_won"]) == {129}


def test_the_stuck_deals_go_to_the_crm_with_their_ids(companies, expect):
    calls = journey.call_list(companies)
    stuck = calls[(calls["stage"] == "Convert") & calls["days_silent"].between(46, 76)]
    expect("stuck_deals", int(stuck["opportunity_id"].notna().sum()))
    named = stuck.dropna(subset="opportunity_id")
    assert named["owner"].notna().all()
    assert named["emails"].str.contains("@").all()


def test_the_planted_open_deals_are_in_the_stalled_list(companies):
    stalled = journey.stalled_accounts(companies)
    in_convert = stalled[stalled["stage"] == "Convert"]
    # 24 deals silent for 46 to 75 days, and one competitor without a deal.
    planted = in_convert[in_convert["days_silent"].between(46, 76)]
    assert len(planted) == 25
    listed = journey.journeys(companies.where(outcome="stalled"))
    assert set(stalled["account_id"]) == set(listed["account_id"])


def test_the_webinar_tool_was_silent_for_weeks(companies):
    quiet = companies.between("2025-09-06", "2025-09-29")
    assert "webinar.csv" in companies.filter_values("source_system")
    assert quiet.where(source_system="webinar.csv").n_touchpoints == 0
    assert quiet.n_touchpoints > 0


def test_first_and_last_touch_credit_other_channels(companies, expect):
    credit = journey.attribute(companies).set_index(["model", "channel"])
    n_conversions = credit["n_conversions"]
    expect("first_touch_organic", n_conversions["first", "Organic search"])
    assert n_conversions["first"].idxmax() == "Organic search"
    expect("last_touch_sales", n_conversions["last", "Sales"])
    for _, own in credit.groupby("model"):
        expect("won", own["n_conversions"].sum())
        expect("won_value", own["value"].sum())


def test_months_add_up(companies):
    by_month = journey.months(companies)
    assert by_month["n_touchpoints"].sum() == companies.n_touchpoints
    assert by_month["n_journeys_started"].sum() == companies.n_journeys
    assert by_month["month"].iloc[0] == "2024-07"


def test_those_who_will_not_buy(companies, expect):
    n_journeys = journey.not_buyers(companies)["kind"].value_counts()
    expect("competitor_accounts", n_journeys["competitor"])
    expect("student_accounts", n_journeys["student"])
    expect("job_seeker_accounts", n_journeys["job_seeker"])


def test_the_ideal_customer_has_grade_a(companies):
    scored = journey.score_leads(companies)
    best = scored.loc[scored["grade"].str.startswith("A"), "account_id"]
    inside = companies.where(industry=["Manufacturing", "Logistics"], employees="200-999")
    assert sorted(best) == sorted(journey.journeys(inside)["account_id"])


def test_the_third_guide_drives_people_off(companies, expect):
    steps = journey.nurture_programmes(companies).set_index("campaign").loc["Guide sequence"]
    for name, n_people in zip(
        ("one", "two", "three", "four", "five"), steps["n_people"], strict=True
    ):
        expect(f"guide_{name}", n_people)
    leak = steps[steps["is_leak"]].iloc[0]
    assert leak["content"].startswith("Guide 3")
    expect("unsubscribed", leak["n_unsubscribed"])


def test_lifecycle_figures_over_all_days_reconcile_with_the_outcomes(companies, expect):
    found = journey.lifecycle_metrics(companies, days=1000).set_index(["role", "metric"])
    for key, name in (
        (("capture", "known_leads"), "leads"),
        (("convert", "won"), "won"),
        (("convert", "lost"), "lost"),
        (("convert", "no_decision"), "no_decision"),
        (("convert", "won_value"), "won_value"),
        (("convert", "sent_back"), "sent_back_accounts"),
        (("attract", "new_audience"), "accounts"),
    ):
        expect(name, found.loc[[key], "value"].iloc[0])


def test_costs_of_the_sample_come_in_by_kind(expect):
    costs = journey.read_touchpoints(
        FOLDER / "webinar.csv", FOLDER / "costs" / "campaign_costs.csv"
    ).costs
    expect("costs_beside_ads", costs["cost"].sum())
    assert costs["kind"].value_counts().to_dict() == {
        "campaign": 120,
        "technology": 72,
        "labour": 48,
    }
