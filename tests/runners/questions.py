"""Every question that a log is asked, and questions of a test that workers can import."""

import os
import time
from pathlib import Path

import journey
from journey.analysis import completeness, coverage, members
from journey.analysis.attribution import removal_effects
from journey.analysis.attribution_journeys import won_after
from journey.analysis.attribution_spend import return_on_spend
from journey.analysis.identity_audit import match_audit
from journey.analysis.stalled import normal_silence
from journey.analysis.variants import count_variants

RETAIL = journey.Segment(profile=(("industry", ("Retail",)),), has=(("channel", ("Ads",)),))

ANALYSES = {
    "summary": journey.summary,
    "outcomes": journey.outcomes,
    "journeys": journey.journeys,
    "median days to win": journey.median_days_to_win,
    "first journeys": lambda log: journey.journeys(log, limit=3),
    "months": journey.months,
    "stage funnel": journey.stage_funnel,
    "drop-offs": journey.drop_offs,
    "time to next stage": journey.time_to_next_stage,
    "last touchpoints": journey.last_touchpoints,
    "back moves": journey.back_moves,
    "stalled": journey.stalled_accounts,
    "most at risk": lambda log: journey.stalled_accounts(log, limit=2),
    "normal silence": normal_silence,
    "segments by account": lambda log: journey.segment_breakdown(log, by="industry"),
    "segments by touch": lambda log: journey.segment_breakdown(log, by="channel"),
    "segment stages": lambda log: journey.segment_stages(log, by="channel"),
    "timeline": lambda log: journey.account_timeline(log, "account 007"),
    "moves": journey.move_counts,
    "directly follows": journey.directly_follows,
    "move means": journey.move_means,
    "map": journey.journey_graph,
    "variants": journey.variants,
    "top variants": lambda log: journey.variants(log, top=2),
    "number of variants": count_variants,
    "step flows": lambda log: journey.step_flows(log, steps=4),
    "segment": lambda log: journey.outcomes(journey.keep_segment(log, RETAIL)),
    "ideal customer": journey.ideal_customer_profile,
    "traits": journey.profile_traits,
    "fit by month": lambda log: journey.profile_fit_by_month(log, RETAIL),
    "personas": journey.personas,
    "buying groups": journey.buying_groups,
    "compared moves": lambda log: journey.compare_moves(log.where(outcome="won"), log),
    "compared stages": lambda log: journey.compare_stages(log.where(outcome="won"), log),
    "compared steps": lambda log: journey.compare_steps(log.where(outcome="won"), log, steps=3),
    "compared map": lambda log: journey.compare_graph(log.where(outcome="won"), log),
    "attribution": journey.attribute,
    "removal effects": removal_effects,
    "return on spend": return_on_spend,
    "wins after": lambda log: journey.outcomes(won_after(log, "channel", "Ads")),
    "definition gaps": journey.definition_gaps,
    "touchpoints by month": lambda log: completeness.touchpoints_by_month(log, by="channel"),
    "known shares": completeness.known_shares,
    "mean places": completeness.mean_places,
    "silences": lambda log: coverage.source_silences(log, by="channel"),
    "strays": lambda log: coverage.stray_times(log, by="channel"),
    "shared instants": lambda log: coverage.shared_instants(log, by="channel"),
    "match audit": lambda log: match_audit(log, by="channel"),
    "campaign costs": journey.campaign_costs,
    "moved back": lambda log: journey.outcomes(members.moved_back(log, "Convert", "Nurture")),
    "went on": lambda log: journey.outcomes(members.advanced_from(log, "Attract")),
    "stayed": lambda log: journey.outcomes(members.stayed_in(log, "Nurture")),
    "in a segment": lambda log: journey.summary(members.in_segment(log, "channel", "Ads")),
    "begun in a month": lambda log: journey.summary(members.begun_in(log, "2026-01")),
}


def pid_of_shard(view, folder):
    """Tell who answers, and wait until the test has seen it; then answer."""
    marks = Path(folder)
    (marks / f"{view.shard.cases[0]}-{os.getpid()}").touch()
    deadline = time.monotonic() + 120
    while not (marks / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return view.n_touchpoints


def fails(view):
    """A mistake in a question."""
    return view.n_touchpoints / 0
