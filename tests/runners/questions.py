"""Every question that a log is asked, and questions of a test that workers can import."""

import os
import time
from pathlib import Path

import journey
from journey.analysis.accounts.not_buyers import count_not_buyers, without_not_buyers
from journey.analysis.accounts.stalled import normal_silence
from journey.analysis.attribution.attribute import removal_effects
from journey.analysis.attribution.journeys import won_after
from journey.analysis.attribution.spend import return_on_spend
from journey.analysis.content.members import used_content
from journey.analysis.lifecycle.scorecards import lifecycle_journeys
from journey.analysis.maps.variants import count_variants
from journey.analysis.ownership.promise_members import touched_by
from journey.analysis.quality import completeness, coverage
from journey.analysis.quality.identity_audit import match_audit
from journey.analysis.scores import scored_leads
from journey.analysis.scores.features import features_of, known_after
from journey.analysis.stages import members

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
    "value at risk": journey.value_at_risk,
    "normal silence": normal_silence,
    "silent who can be called": lambda log: journey.call_list(
        journey.who_can_be_called(log), limit=2
    ),
    "silent visitors": lambda log: journey.stalled_accounts(journey.unnamed_visitors(log), limit=2),
    "call list": journey.call_list,
    "first to call": lambda log: journey.call_list(log, limit=2),
    "next best touches": lambda log: journey.next_best_touches(log, least_journeys=1),
    "next of an account": lambda log: journey.next_best_touches(
        log, "account 007", least_journeys=1
    ),
    "winning routes": lambda log: journey.winning_routes(log, "account 007"),
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
    "forecast": lambda log: journey.forecast_wins(log, weeks=3),
    "chances to win": lambda log: journey.win_chances(log, weeks=3),
    "back-test": lambda log: journey.forecast_backtest(log, weeks=2),
    "compared moves": lambda log: journey.compare_moves(log.where(outcome="won"), log),
    "compared stages": lambda log: journey.compare_stages(log.where(outcome="won"), log),
    "compared steps": lambda log: journey.compare_steps(log.where(outcome="won"), log, steps=3),
    "compared map": lambda log: journey.compare_graph(log.where(outcome="won"), log),
    "attribution": journey.attribute,
    "removal effects": removal_effects,
    "return on spend": return_on_spend,
    "wins after": lambda log: journey.outcomes(won_after(log, "channel", "Ads")),
    "handoffs": journey.handoffs,
    "handoffs by month": lambda log: journey.handoffs_by(log, by="month"),
    "returned leads": journey.returned_leads,
    "ownership": journey.ownership_matrix,
    "promises": journey.service_levels,
    "promises by month": lambda log: journey.service_levels_by(log, by="month"),
    "open promises": journey.open_promises,
    "longest overdue": lambda log: journey.open_promises(log, limit=3),
    "content": lambda log: journey.content_audit(log, columns=("touchpoint",)),
    "content coverage": lambda log: journey.content_coverage(log, columns=("channel",)),
    "calls to action": lambda log: journey.calls_to_action(log, by="industry"),
    "feelings": journey.feelings,
    "sentiment sources": journey.sentiment_sources,
    "touched by sales": lambda log: journey.outcomes(touched_by(log, "Convert", "Sales")),
    "used a content": lambda log: journey.outcomes(
        used_content(log, "Demo", columns=("touchpoint",))
    ),
    "definition gaps": journey.definition_gaps,
    "scores": journey.score_leads,
    "best leads": lambda log: journey.score_leads(log, limit=2),
    "grades": journey.score_grades,
    "score history": lambda log: journey.score_history(log, "account 007"),
    "drivers": journey.score_drivers,
    "support of rules": journey.rule_support,
    "other rules": lambda log: journey.what_if(log, log.definitions.scoring),
    "fitted model": lambda log: journey.fit_score_model(log, after_days=1).auc,
    "known early": lambda log: known_after(log, features_of(log), after_days=1, seed=0).numbers,
    "not buyers": journey.not_buyers,
    "first not buyers": lambda log: journey.not_buyers(log, limit=3),
    "kinds of not buyers": count_not_buyers,
    "buyers": lambda log: journey.outcomes(without_not_buyers(log)),
    "of a grade": lambda log: journey.summary(scored_leads.graded(log, "?", "4")),
    "qualified": lambda log: journey.summary(scored_leads.qualified(log, "mql")),
    "touchpoints by month": lambda log: completeness.touchpoints_by_month(log, by="channel"),
    "known shares": completeness.known_shares,
    "mean places": completeness.mean_places,
    "silences": lambda log: coverage.source_silences(log, by="channel"),
    "strays": lambda log: coverage.stray_times(log, by="channel"),
    "shared instants": lambda log: coverage.shared_instants(log, by="channel"),
    "match audit": lambda log: match_audit(log, by="channel"),
    "campaign costs": journey.campaign_costs,
    "cost per channel": lambda log: journey.cost_per(log, by="channel"),
    "lifecycle": lambda log: journey.lifecycle_metrics(log, days=40),
    "stage movement": lambda log: journey.stage_movement(log, days=40),
    "nurture": journey.nurture_metrics,
    "programmes": journey.nurture_programmes,
    "triggers": journey.triggers,
    "nurtured": journey.nurtured_comparison,
    "content engagement": journey.content_engagement,
    "reach": journey.reach_by_month,
    "after the sale": journey.post_sale,
    "score profile": lambda log: journey.score_profile(log, limit=2),
    "won lately": lambda log: journey.summary(lifecycle_journeys(log, "convert", "won", days=40)),
    "moved back": lambda log: journey.outcomes(members.moved_back(log, "Convert", "Nurture")),
    "went on": lambda log: journey.outcomes(members.advanced_from(log, "Attract")),
    "stayed": lambda log: journey.outcomes(members.stayed_in(log, "Nurture")),
    "in a segment": lambda log: journey.summary(members.in_segment(log, "channel", "Ads")),
    "begun in a month": lambda log: journey.summary(members.begun_in(log, "2026-01")),
}

OF_THE_SAMPLE = {
    *("ideal customer", "return on spend", "handoffs", "handoffs by month", "returned leads"),
    *("promises", "promises by month", "open promises", "longest overdue", "calls to action"),
    *("feelings", "fitted model", "known early", "not buyers", "first not buyers", "silences"),
    *("campaign costs", "programmes", "triggers", "content engagement", "score profile"),
}
"""Of these a seeded log says nothing: they are asked of the sample data."""

OF_THE_ODD = {"silent visitors", "definition gaps", "strays", "shared instants"}
"""Of these the sample data says nothing either."""


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
