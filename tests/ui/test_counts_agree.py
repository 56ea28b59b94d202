"""Whatever the filters, every page counts the same journeys: map, stages, lists, scores."""

import math
from dataclasses import replace
from datetime import date

import pytest

import journey
from journey import Segment
from journey.analysis.accounts.not_buyers import (
    count_not_buyers,
    only_not_buyers,
    without_not_buyers,
)
from journey.analysis.profiles.criteria import keep_others
from journey.analysis.profiles.personas import with_group_of, with_persona
from journey.analysis.stages.members import in_segment
from journey.kept import save_segment
from journey.schema import DECIDED, OUTCOMES
from journey.ui.explore.headlines import figures
from journey.ui.state import NO_FILTERS, apply_filters

MAKERS = Segment(profile=(("industry", ("Logistics", "Manufacturing")),), reached=("Nurture",))
VIEWED = {
    "all": NO_FILTERS,
    "an attribute": NO_FILTERS.keeping("industry", ["Manufacturing", None]),
    "an attribute of people": NO_FILTERS.keeping("role", ["HR Manager"]),
    "open ones": NO_FILTERS.keeping("outcome", ["stalled", "in_progress"]),
    "a channel": NO_FILTERS.keeping("channel", ["E-mail"]),
    "some months": replace(NO_FILTERS, first_day=date(2025, 3, 1), last_day=date(2025, 12, 31)),
    "a segment": replace(NO_FILTERS, segment="Makers"),
    "buyers": replace(NO_FILTERS, buyers_only=True),
    "a step left out": NO_FILTERS.excluding("Nurture e-mail sent"),
    "repeats as one": replace(NO_FILTERS, collapse=True),
    "from a step on": replace(NO_FILTERS, start="Pricing page"),
    "by person": replace(NO_FILTERS, case="person"),
    "several": replace(
        NO_FILTERS.keeping("industry", ["Logistics", "Retail"]),
        last_day=date(2026, 3, 31),
        buyers_only=True,
        collapse=True,
    ),
}


@pytest.fixture(scope="module")
def sample(sample_dataset):
    return journey.open_log(sample_dataset)


@pytest.fixture(params=VIEWED)
def view(request, sample, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    monkeypatch.setattr("journey.ui.state.current_dataset", lambda: "Sample")
    (tmp_path / "datasets" / "Sample").mkdir(parents=True)
    save_segment(tmp_path, "Sample", "Makers", MAKERS)
    found = apply_filters(sample, VIEWED[request.param])
    assert found.n_journeys
    return found


def standing(log):
    return journey.outcomes(log).set_index("outcome")["n_journeys"].to_dict()


def test_outcomes_add_up_and_the_overview_says_them(view):
    stand, known = standing(view), figures(view)
    assert sum(stand.values()) == view.n_journeys == known.n_journeys
    assert known.n_won == stand["won"]
    assert known.n_stalled == stand["stalled"]
    assert known.n_decided == sum(stand[one] for one in DECIDED)
    assert known.n_open == known.n_journeys - known.n_decided
    for outcome in OUTCOMES:
        assert view.where(outcome=outcome).n_journeys == stand[outcome]
    listed = journey.journeys(view)["outcome"].value_counts()
    assert {one: int(listed.get(one, 0)) for one in OUTCOMES} == stand


def test_the_map_and_the_paths_hold_every_journey(view):
    graph = journey.journey_graph(view)
    moves = sum(n for _, _, n in graph.edges(data="n_moves"))
    assert moves == view.n_touchpoints - view.n_journeys
    for name, n_journeys in list(graph.nodes(data="n_journeys"))[:6]:
        assert view.having(name).n_journeys == n_journeys
    flows = journey.step_flows(view, steps=3)
    assert flows.groupby("step")["n_journeys"].sum().tolist() == [view.n_journeys] * 3
    assert journey.variants(view)["n_journeys"].sum() == view.n_journeys


def test_stages_count_whom_they_open(view):
    funnel = journey.stage_funnel(view).set_index("stage")
    dropped = journey.drop_offs(view).set_index("stage")
    for stage in view.definitions.stage_names:
        assert view.where(reached_stage=stage).n_journeys == funnel.loc[stage, "n_journeys"]
    for stage, n_entered in dropped["n_entered"].items():
        assert n_entered == funnel.loc[stage, "n_journeys"]


def test_the_stalled_are_those_of_the_outcomes(view):
    n_stalled = standing(view)["stalled"]
    named, unnamed = journey.who_can_be_called(view), journey.unnamed_visitors(view)
    to_call, apart = journey.stalled_accounts(named), journey.stalled_accounts(unnamed)
    assert len(to_call) + len(apart) == n_stalled == len(journey.stalled_accounts(view))
    assert journey.call_list(view)["reason"].tolist() == to_call["reason"].tolist()
    assert len(to_call) == standing(named)["stalled"]
    at_risk = journey.stalled_accounts(view)["value_at_risk"].sum()
    assert math.isclose(journey.value_at_risk(view), at_risk, abs_tol=1e-6)
    by_stage = to_call["stage"].value_counts()
    for stage, n in by_stage.items():
        assert named.where(outcome="stalled", current_stage=stage).n_journeys == n


def test_segments_add_up_to_all(view):
    by_industry, stand = journey.segment_breakdown(view, by="industry"), standing(view)
    assert {one: int(by_industry[f"n_{one}"].sum()) for one in OUTCOMES} == stand
    for row in by_industry.head(3).itertuples():
        value = None if row.value != row.value else row.value
        assert in_segment(view, "industry", value).n_journeys == row.n_journeys


def test_two_groups_are_all(view):
    one, others = journey.keep_segment(view, MAKERS), keep_others(view, MAKERS)
    assert one.n_journeys + others.n_journeys == view.n_journeys
    funnel = journey.stage_funnel(view)["n_journeys"].tolist()
    if one.n_journeys and others.n_journeys:
        both = journey.compare_stages(one, others)
        assert (both["n_a"] + both["n_b"]).tolist() == funnel
        assert (both["n_all_a"] + both["n_all_b"]).unique().tolist() == [view.n_journeys]
    assert {k: standing(one)[k] + n for k, n in standing(others).items()} == standing(view)


def test_profiles_and_personas_open_into_what_they_count(view):
    for row in journey.ideal_customer_profile(view).to_dict("records"):
        inside = journey.keep_segment(view, row["segment"])
        assert inside.n_journeys == row["n_journeys"]
        assert standing(inside)["won"] == row["n_won"]
        assert standing(inside)["lost"] == row["n_lost"]
        assert row["n_journeys"] + row["n_rest"] <= view.n_journeys
    for row in journey.personas(view).head(2).to_dict("records"):
        inside = with_persona(view, (row["role"], row["seniority"]))
        assert (inside.n_journeys, standing(inside)["won"]) == (row["n_journeys"], row["n_won"])
    for row in journey.buying_groups(view).head(2).itertuples():
        inside = with_group_of(view, row.n_people)
        assert (inside.n_journeys, standing(inside)["won"]) == (row.n_journeys, row.n_won)


def test_scores_grade_every_journey_once(view):
    listed = journey.score_leads(view)
    assert journey.score_grades(view)["n_journeys"].sum() == view.n_journeys == len(listed)
    stand = {outcome: n for outcome, n in standing(view).items() if n}
    assert listed["outcome"].value_counts().to_dict() == stand
    n_not = count_not_buyers(view)["n_journeys"].sum()
    assert n_not == only_not_buyers(view).n_journeys == listed["not_buyer"].notna().sum()
    assert without_not_buyers(view).n_journeys == view.n_journeys - n_not


def test_credit_adds_up_to_the_wins(view):
    credit = journey.attribute(view, by="channel")
    wins = credit.groupby("model")["n_conversions"].sum()
    assert wins.round(6).unique().tolist() in ([], [standing(view)["won"]])
