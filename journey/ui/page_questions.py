"""What pages ask of a log, so that it can be asked of another one beforehand."""

from typing import Final

import journey
from journey.analysis.accounts.not_buyers import without_not_buyers
from journey.analysis.attribution.journeys import won_after, won_first
from journey.analysis.attribution.spend import return_on_spend
from journey.analysis.attribution.tally import units_of
from journey.log import TouchpointLog

OF_THE_LOG: Final = (
    *("summary", "journeys", "outcomes", "months", "median_days_to_win", "definition_gaps"),
    *("journey_graph", "move_counts", "move_means", "step_flows", "variants", "back_moves"),
    *("stage_funnel", "drop_offs", "last_touchpoints", "time_to_next_stage"),
    *("stalled_accounts", "value_at_risk", "call_list", "next_best_touches"),
    *("attribute", "campaign_costs", "cost_per", "forecast_wins", "win_chances"),
    *("content_audit", "content_coverage", "content_engagement", "feelings", "sentiment_sources"),
    *("lifecycle_metrics", "stage_movement", "reach_by_month", "post_sale", "score_profile"),
    *("nurture_metrics", "nurture_programmes", "nurtured_comparison", "triggers"),
    *("handoffs", "returned_leads", "service_levels", "ownership_matrix", "open_promises"),
    *("personas", "buying_groups", "ideal_customer_profile", "profile_traits"),
    *("score_leads", "score_grades", "score_drivers", "score_versions", "rule_support"),
    *("not_buyers", "fit_score_model", "forecast_backtest"),
)
"""Questions that need nothing but the log."""

BY_COLUMN: Final = {
    "segment_breakdown": "industry",
    "segment_stages": "industry",
    "calls_to_action": "role",
    "handoffs_by": "industry",
    "service_levels_by": "industry",
    "attribute": "campaign",
}
"""Questions for which a column is chosen."""

OF_AN_ACCOUNT: Final = ("account_timeline", "score_history", "winning_routes")


def ask_all(log: TouchpointLog) -> None:
    """Put the questions of all pages to a log of all columns, as it is and as filters leave it.

    A filter by an attribute keeps journeys whole, one by type leaves rows of them.
    """
    whole, left_out = log.where(industry="Software"), log.exclude(log.touchpoint_types[0])
    for view in (log, whole, left_out):
        _ask(view)
    for view in _filtered(log):
        for again in (view, view.collapse().exclude(view.type_names[0])):
            journey.journey_graph(again)
            journey.variants(again)


def _ask(view: TouchpointLog) -> None:
    for name in OF_THE_LOG:
        getattr(journey, name)(view)
    for name, column in BY_COLUMN.items():
        getattr(journey, name)(view, by=column)
    for account in journey.journeys(view)["account_id"].iloc[[0, -1]]:
        for name in OF_AN_ACCOUNT:
            getattr(journey, name)(view, account)
    first, last = view.touchpoint_types[0], view.touchpoint_types[-1]
    journey.what_if(view, view.definitions.scoring)
    return_on_spend(view)
    units_of(view, "anonymous_id")  # more than have credit of their own
    journey.step_flows(view, around=last)
    journey.step_flows(view, start=last, end=first)
    journey.compare_graph(view, view.between("2025-03-01", "2025-09-01"))


def _filtered(log: TouchpointLog) -> list[TouchpointLog]:
    """The log as each kind of filter leaves it, and journeys behind a count."""
    first, last = log.touchpoint_types[0], log.touchpoint_types[-1]
    return [
        log.between("2025-03-01", "2025-09-01"),
        log.collapse(),
        log.group({"Other things": (first, last)}),
        log.where(role="Director"),
        log.where(channel="Mail"),
        log.where(outcome="won"),
        log.having(last),
        log.having_move(first, last),
        log.having_at(1, [last]),
        log.having_variant([first, last]),
        log.by("person"),
        won_after(log, "channel", "Mail"),
        won_first(log, "channel", "Mail"),
        without_not_buyers(log),
    ]
