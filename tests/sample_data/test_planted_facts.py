"""Every fact planted in the sample is found in its files with plain pandas."""

import pandas as pd

from tests.sample_data.conftest import read


def won_of(table):
    return int(table["won"].sum()), len(table)


def share(table):
    return table["won"].mean()


def decided(journeys):
    return journeys[journeys["outcome"].ne("open")]


def test_the_ideal_customer(journeys, expect):
    trade = journeys["industry"].isin(["Manufacturing", "Logistics"])
    ideal = trade & journeys["employees"].eq("200-999")
    expect("icp_won", won_of(journeys[ideal])[0])
    expect("icp_accounts", won_of(journeys[ideal])[1])
    expect("not_icp_won", won_of(journeys[~ideal])[0])
    assert share(journeys[ideal]) > 3 * share(journeys[~ideal])
    middle = journeys["employees"].eq("200-999")
    assert share(journeys[trade & ~ideal]) < 0.5 * share(journeys[ideal])
    assert share(journeys[middle & ~ideal]) < 0.5 * share(journeys[ideal])


def test_the_anti_profile(journeys, expect):
    small = journeys["employees"].isin(["1-49", "50-199"])
    anti = journeys["industry"].eq("Hospitality") & small
    expect("anti_profile_accounts", anti.sum())
    expect("anti_profile_won", journeys[anti]["won"].sum())
    expect("anti_profile_lost", journeys[anti]["outcome"].eq("lost").sum())
    assert share(journeys[small & ~anti]) > 0.05


def test_the_persona_that_wins(log, journeys, contacts, expect):
    directors = contacts.loc[contacts["role"].eq("Operations Director"), "email"]
    taking_part = log.loc[log["email"].isin(directors), "account_id"].unique()
    has = journeys.index.isin(taking_part)
    expect("director_accounts", has.sum())
    expect("director_won", journeys[has]["won"].sum())
    expect("no_director_won", journeys[~has]["won"].sum())
    assert share(journeys[has]) > 2 * share(journeys[~has])


def test_the_size_of_the_buying_group_that_wins(journeys, expect):
    expect("median_people_won", journeys.loc[journeys["won"], "n_people"].median())
    expect("median_people_not_won", journeys.loc[~journeys["won"], "n_people"].median())
    four_or_five = journeys["n_people"].isin([4, 5])
    expect("four_or_five_accounts", four_or_five.sum())
    expect("four_or_five_won", journeys[four_or_five]["won"].sum())
    expect("one_person_accounts", journeys["n_people"].eq(1).sum())
    expect("one_person_won", journeys[journeys["n_people"].eq(1)]["won"].sum())


def after_pause(log):
    """Return each account's first touch after 30 to 70 silent days in Nurture."""
    by_account = log.groupby("account_id")
    gap = by_account["occurred_at"].diff().dt.total_seconds() / 86_400
    paused = by_account["stage"].shift().eq("Nurture") & gap.between(30, 70)
    return log[paused].groupby("account_id").first()


def test_the_touch_that_helps(log, journeys, expect):
    table = decided(journeys)
    following = after_pause(log)["touchpoint"]
    paused = table[table.index.isin(following.index)]
    helped = paused.index.map(following) == "ROI workshop"
    expect("workshop_after_pause_won", paused[helped]["won"].sum())
    expect("workshop_after_pause_decided", helped.sum())
    expect("other_after_pause_won", paused[~helped]["won"].sum())
    expect("other_after_pause_decided", (~helped).sum())
    assert share(paused[helped]) > 2 * share(paused[~helped])


def test_the_touch_that_changes_nothing(log, journeys, expect):
    table = decided(journeys)
    nurtured = table[table.index.isin(log.loc[log["stage"].eq("Nurture"), "account_id"])]
    given = nurtured.index.isin(log.loc[log["touchpoint"].eq("Product brochure"), "account_id"])
    expect("brochure_won", nurtured[given]["won"].sum())
    expect("brochure_decided", given.sum())
    expect("no_brochure_won", nurtured[~given]["won"].sum())
    expect("no_brochure_decided", (~given).sum())
    assert abs(share(nurtured[given]) - share(nurtured[~given])) < 0.02


def test_most_drop_offs_come_before_the_first_demo(log, journeys, expect):
    ended = journeys[journeys["outcome"].isin(["lost", "no_decision"])]
    saw_demo = ended.index.isin(log.loc[log["touchpoint"].eq("Demo held"), "account_id"])
    expect("drop_offs", len(ended))
    expect("drop_offs_before_demo", (~saw_demo).sum())
    assert (~saw_demo).mean() > 0.7


def test_many_but_poor_leads_of_paid_social(log, journeys, expect):
    source = log[log["touchpoint"].eq("Lead created")].groupby("account_id")["channel"].first()
    leads = journeys.loc[source.index].assign(source=source)
    social = leads["source"].eq("Paid social")
    expect("leads", len(leads))
    expect("paid_social_leads", social.sum())
    expect("paid_social_won", leads[social]["won"].sum())
    expect("other_leads_won", leads[~social]["won"].sum())
    assert share(leads[social]) < 0.25 * share(leads[~social])


def test_deals_that_are_stuck(log, journeys, expect):
    last = log[log["opportunity_id"].ne("")].groupby("account_id").last()
    deals = journeys[journeys.index.isin(last.index)]
    in_deal = deals[deals["outcome"].eq("open") & deals["last_stage"].eq("Convert")]
    stuck = in_deal["days_silent"].gt(45)
    expect("stuck_deals", stuck.sum())
    expect("stuck_shortest_days", in_deal[stuck]["days_silent"].min())
    expect("stuck_longest_days", in_deal[stuck]["days_silent"].max())
    expect("deals_in_progress", (~stuck).sum())
    assert in_deal[~stuck]["days_silent"].max() < 6
    anyone = journeys["outcome"].eq("open") & journeys["last_stage"].eq("Convert")
    silent = journeys[anyone & journeys["days_silent"].gt(45)]
    expect("silent_in_convert", len(silent))
    rivals = read("lists/competitor_domains")["domain"]
    assert silent.drop(in_deal.index[stuck])["domain"].isin(rivals).all()
    gap = log.groupby("account_id")["occurred_at"].diff(-1).abs().dt.total_seconds() / 86_400
    normal = gap[log["stage"].eq("Convert")].quantile(0.9)
    assert 6 < normal < 20


def test_leads_sent_back_and_why(log, expect):
    back = log[log["touchpoint"].eq("Sent back to marketing")]
    before = log.groupby("account_id")["stage"].shift()[back.index]
    assert set(before) == {"Convert"}
    reasons = back["reason"].value_counts()
    expect("sent_back", len(back))
    expect("sent_back_accounts", back["account_id"].nunique())
    expect("sent_back_no_budget", reasons["No budget yet"])
    expect("sent_back_timing", reasons["Wrong timing"])
    expect("sent_back_no_decision_maker", reasons["No decision maker"])
    expect("sent_back_need", reasons["Need not clear"])
    previous = log.groupby("account_id")["stage"].shift()
    moved = previous.eq("Convert") & log["stage"].eq("Nurture")
    expect("moves_convert_to_nurture", moved.sum())


def test_the_webinar_tool_was_silent_for_three_weeks(raw, expect):
    times = pd.to_datetime(raw["webinar"]["activity_time"], utc=True, format="ISO8601")
    times = times.dropna().sort_values().reset_index(drop=True)
    longest = times.diff().idxmax()
    expect("webinar_silent_from", str(times[longest - 1].date()))
    expect("webinar_silent_to", str(times[longest].date()))
    crm = raw["crm"][raw["crm"]["activity"].eq("Webinar registration")]
    at = pd.to_datetime(crm["activity_date"], utc=True)
    inside = at.between(times[longest - 1], times[longest], inclusive="neither")
    expect("crm_registrations_meanwhile", inside.sum())
    assert inside.sum() > 5
    assert times.diff().nlargest(2).iloc[1] < pd.Timedelta(days=14)


def test_holidays_are_quiet(log, expect):
    daily = log.set_index("occurred_at").resample("D").size()
    for year in (2024, 2025):
        dip = daily[f"{year}-12-20" : f"{year + 1}-01-05"]
        before = daily[f"{year}-11-22" : f"{year}-12-19"]
        word = {2024: "first", 2025: "second"}[year]
        expect(f"holiday_touches_a_day_{word}_winter", dip.mean())
        expect(f"usual_touches_a_day_{word}_winter", before.mean())
        assert dip.mean() < 0.5 * before.mean()


def test_bigger_companies_take_longer_to_buy(journeys, expect):
    won = journeys[journeys["won"]]
    days = (won["won_at"] - won["first_at"]).dt.total_seconds() / 86_400
    medians = days.groupby(won["employees"]).median()
    for band, word in {
        "1-49": "tiny",
        "50-199": "small",
        "200-999": "middle",
        "1000-4999": "large",
        "5000+": "huge",
    }.items():
        expect(f"median_days_to_win_{word}", medians[band])
    order = ["1-49", "50-199", "200-999", "1000-4999", "5000+"]
    assert medians[order].is_monotonic_increasing


def test_the_sequence_leaks_after_the_third_guide(log, expect):
    sent = log[log["campaign"].eq("Guide sequence") & log["touchpoint"].eq("Nurture e-mail sent")]
    people = sent.groupby("content")["email"].nunique()
    counts = dict(zip(["one", "two", "three", "four", "five"], people, strict=True))
    for word, n_people in counts.items():
        expect(f"guide_{word}", n_people)
    unsubscribed = log[log["touchpoint"].eq("E-mail unsubscribed")]
    expect("unsubscribed", len(unsubscribed))
    last = sent.groupby("email")["content"].max()
    assert unsubscribed["email"].map(last).str.startswith("Guide 3").all()
    kept = people.to_numpy()[1:] / people.to_numpy()[:-1]
    assert kept.argmin() == 2
    assert kept[2] < 0.5
    assert min(kept[0], kept[1], kept[3]) > 0.85


def test_first_and_last_touch_disagree(log, journeys, expect):
    won_at = log["account_id"].map(journeys["won_at"])
    before = log[log["occurred_at"].lt(won_at) & log["channel"].ne("")]
    first = before.groupby("account_id")["channel"].first().value_counts()
    last = before.groupby("account_id")["channel"].last().value_counts()
    expect("first_touch_organic", first["Organic search"])
    expect("last_touch_sales", last["Sales"])
    assert first.idxmax() == "Organic search"
    assert "Sales" not in first


def test_one_owner_breaks_the_handoff_promise(log, expect):
    steps = log[log["touchpoint"].isin(["MQL", "SQL accepted"])]
    by_account = steps.groupby("account_id")
    wait = by_account["occurred_at"].shift(-1) - steps["occurred_at"]
    answered = steps["touchpoint"].eq("MQL") & by_account["touchpoint"].shift(-1).eq("SQL accepted")
    handoffs = steps[answered].assign(late=wait[answered] > pd.Timedelta(hours=48))
    slow = handoffs["owner"].eq("Marcus Thorne")
    expect("handoffs_slow_owner", slow.sum())
    expect("late_slow_owner", handoffs[slow]["late"].sum())
    expect("handoffs_others", (~slow).sum())
    expect("late_others", handoffs[~slow]["late"].sum())
    rates = handoffs.groupby("owner")["late"].mean()
    assert rates.drop("Marcus Thorne").max() < 0.2
    assert rates["Marcus Thorne"] > 0.7


def test_those_who_will_not_buy(log, journeys, expect):
    rivals = read("lists/competitor_domains")["domain"]
    competitors = journeys["domain"].isin(rivals)
    students = journeys["domain"].str.contains(r"\.(?:edu|ac\.uk)$")
    applied = journeys.index.isin(log.loc[log["touchpoint"].eq("Job application"), "account_id"])
    looked = journeys.index.isin(log.loc[log["touchpoint"].eq("Careers page"), "account_id"])
    expect("competitor_accounts", competitors.sum())
    expect("student_accounts", students.sum())
    expect("job_seeker_accounts", applied.sum())
    expect("careers_page_accounts", looked.sum())
    assert not journeys[competitors | students | applied]["won"].any()
    assert looked.sum() > applied.sum()


def test_accounts_that_come_back(log, journeys, expect):
    losses = ["Closed lost", "Lost to competitor", "Closed no decision"]
    lost_at = log[log["touchpoint"].isin(losses)].groupby("account_id")["occurred_at"].min()
    later = log[log["occurred_at"] > log["account_id"].map(lost_at)]
    reopened = journeys.loc[later["account_id"].unique(), "outcome"].value_counts()
    expect("reopened_after_close", reopened.sum())
    expect("reopened_then_won", reopened["won"])
    by_account = log.groupby("account_id")
    gap = by_account["occurred_at"].diff().dt.days
    unclosed = ~by_account["touchpoint"].shift().isin(losses)
    expect("reopened_after_dormancy", log[gap.ge(90) & unclosed]["account_id"].nunique())


def test_feelings(log, journeys, expect):
    mood = log.groupby("touchpoint")["sentiment"].mean()
    expect("sentiment_support_ticket", mood["Support ticket"])
    expect("sentiment_demo_held", mood["Demo held"])
    calls = log[log["touchpoint"].eq("Sales call")]
    by_outcome = calls.groupby(calls["account_id"].map(journeys["outcome"]))["sentiment"].mean()
    expect("sentiment_sales_call_won", by_outcome["won"])
    expect("sentiment_sales_call_lost", by_outcome["lost"])


def test_customers_afterwards(log, expect):
    counts = log["touchpoint"].value_counts()
    expect("renewals", counts["Renewal"])
    expect("upsells", counts["Upsell"])
    expect("referrals", counts["Referral given"])
    expect("cancelled", counts["Contract cancelled"])
