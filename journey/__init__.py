"""Portolan: customer-journey maps from real touchpoint logs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journey import charts
    from journey.analysis.accounts.call_list import call_list
    from journey.analysis.accounts.next_touches import next_best_touches
    from journey.analysis.accounts.not_buyers import not_buyers
    from journey.analysis.accounts.routes import winning_routes
    from journey.analysis.accounts.stalled import stalled_accounts, value_at_risk
    from journey.analysis.accounts.timeline import account_timeline
    from journey.analysis.accounts.unnamed import unnamed_visitors, who_can_be_called
    from journey.analysis.attribution.attribute import attribute
    from journey.analysis.content.assets import content_engagement
    from journey.analysis.content.audit import content_audit, content_coverage
    from journey.analysis.content.calls_to_action import calls_to_action
    from journey.analysis.content.feelings import feelings, sentiment_sources
    from journey.analysis.forecast.backtest import forecast_backtest
    from journey.analysis.forecast.wins import forecast_wins, win_chances
    from journey.analysis.lifecycle.by_month import post_sale, reach_by_month
    from journey.analysis.lifecycle.cost_per import cost_per
    from journey.analysis.lifecycle.nurture import nurture_metrics
    from journey.analysis.lifecycle.nurtured import nurtured_comparison
    from journey.analysis.lifecycle.programmes import nurture_programmes
    from journey.analysis.lifecycle.score_profile import score_profile
    from journey.analysis.lifecycle.scorecards import lifecycle_metrics
    from journey.analysis.lifecycle.stage_movement import stage_movement
    from journey.analysis.lifecycle.triggers import triggers
    from journey.analysis.maps.compare import (
        compare_graph,
        compare_moves,
        compare_stages,
        compare_steps,
    )
    from journey.analysis.maps.graph import directly_follows, journey_graph, move_counts, move_means
    from journey.analysis.maps.paths import step_flows
    from journey.analysis.maps.simplify import simplify
    from journey.analysis.maps.variants import variants
    from journey.analysis.ownership.handoffs import handoffs, handoffs_by, returned_leads
    from journey.analysis.ownership.matrix import (
        open_promises,
        ownership_matrix,
        service_levels,
        service_levels_by,
    )
    from journey.analysis.profiles.criteria import Segment, keep_segment
    from journey.analysis.profiles.ideal_customer import ideal_customer_profile
    from journey.analysis.profiles.personas import buying_groups, personas
    from journey.analysis.profiles.profile_fit import profile_fit_by_month
    from journey.analysis.profiles.profile_traits import profile_traits
    from journey.analysis.quality.definition_gaps import definition_gaps
    from journey.analysis.scores.drivers import score_drivers
    from journey.analysis.scores.evidence import rule_support, what_if
    from journey.analysis.scores.history import score_history
    from journey.analysis.scores.lead_scores import score_grades, score_leads
    from journey.analysis.scores.model import fit_score_model
    from journey.analysis.scores.versions import score_versions
    from journey.analysis.spending.costs import campaign_costs
    from journey.analysis.stages.back_moves import back_moves
    from journey.analysis.stages.funnel import (
        drop_offs,
        last_touchpoints,
        stage_funnel,
        time_to_next_stage,
    )
    from journey.analysis.stages.months import months
    from journey.analysis.stages.outcomes import journeys, median_days_to_win, outcomes
    from journey.analysis.stages.segments import segment_breakdown, segment_stages
    from journey.analysis.summary import summary
    from journey.definitions import Definitions, Stage, load_definitions
    from journey.errors import JourneyError
    from journey.ingest import read_touchpoints, suggest_columns
    from journey.ingest.inventories import read_inventory
    from journey.inventory import Inventory
    from journey.load import from_frame, open_log
    from journey.log import TouchpointLog


__all__ = [
    "Definitions",
    "Inventory",
    "JourneyError",
    "Segment",
    "Stage",
    "TouchpointLog",
    "account_timeline",
    "attribute",
    "back_moves",
    "buying_groups",
    "call_list",
    "calls_to_action",
    "campaign_costs",
    "charts",
    "compare_graph",
    "compare_moves",
    "compare_stages",
    "compare_steps",
    "content_audit",
    "content_coverage",
    "content_engagement",
    "cost_per",
    "definition_gaps",
    "directly_follows",
    "drop_offs",
    "feelings",
    "fit_score_model",
    "forecast_backtest",
    "forecast_wins",
    "from_frame",
    "handoffs",
    "handoffs_by",
    "ideal_customer_profile",
    "journey_graph",
    "journeys",
    "keep_segment",
    "last_touchpoints",
    "lifecycle_metrics",
    "load_definitions",
    "median_days_to_win",
    "months",
    "move_counts",
    "move_means",
    "next_best_touches",
    "not_buyers",
    "nurture_metrics",
    "nurture_programmes",
    "nurtured_comparison",
    "open_log",
    "open_promises",
    "outcomes",
    "ownership_matrix",
    "personas",
    "post_sale",
    "profile_fit_by_month",
    "profile_traits",
    "reach_by_month",
    "read_inventory",
    "read_touchpoints",
    "returned_leads",
    "rule_support",
    "score_drivers",
    "score_grades",
    "score_history",
    "score_leads",
    "score_profile",
    "score_versions",
    "segment_breakdown",
    "segment_stages",
    "sentiment_sources",
    "service_levels",
    "service_levels_by",
    "simplify",
    "stage_funnel",
    "stage_movement",
    "stalled_accounts",
    "step_flows",
    "suggest_columns",
    "summary",
    "time_to_next_stage",
    "triggers",
    "unnamed_visitors",
    "value_at_risk",
    "variants",
    "what_if",
    "who_can_be_called",
    "win_chances",
    "winning_routes",
]

_HOME = {
    "Definitions": "definitions",
    "Inventory": "inventory",
    "JourneyError": "errors",
    "Segment": "analysis.profiles.criteria",
    "Stage": "definitions",
    "TouchpointLog": "log",
    "account_timeline": "analysis.accounts.timeline",
    "attribute": "analysis.attribution.attribute",
    "back_moves": "analysis.stages.back_moves",
    "buying_groups": "analysis.profiles.personas",
    "call_list": "analysis.accounts.call_list",
    "calls_to_action": "analysis.content.calls_to_action",
    "campaign_costs": "analysis.spending.costs",
    "compare_graph": "analysis.maps.compare",
    "compare_moves": "analysis.maps.compare",
    "compare_stages": "analysis.maps.compare",
    "compare_steps": "analysis.maps.compare",
    "content_audit": "analysis.content.audit",
    "content_coverage": "analysis.content.audit",
    "content_engagement": "analysis.content.assets",
    "cost_per": "analysis.lifecycle.cost_per",
    "definition_gaps": "analysis.quality.definition_gaps",
    "directly_follows": "analysis.maps.graph",
    "drop_offs": "analysis.stages.funnel",
    "feelings": "analysis.content.feelings",
    "fit_score_model": "analysis.scores.model",
    "forecast_backtest": "analysis.forecast.backtest",
    "forecast_wins": "analysis.forecast.wins",
    "from_frame": "load",
    "handoffs": "analysis.ownership.handoffs",
    "handoffs_by": "analysis.ownership.handoffs",
    "ideal_customer_profile": "analysis.profiles.ideal_customer",
    "journey_graph": "analysis.maps.graph",
    "journeys": "analysis.stages.outcomes",
    "keep_segment": "analysis.profiles.criteria",
    "last_touchpoints": "analysis.stages.funnel",
    "lifecycle_metrics": "analysis.lifecycle.scorecards",
    "load_definitions": "definitions",
    "median_days_to_win": "analysis.stages.outcomes",
    "months": "analysis.stages.months",
    "move_counts": "analysis.maps.graph",
    "move_means": "analysis.maps.graph",
    "next_best_touches": "analysis.accounts.next_touches",
    "not_buyers": "analysis.accounts.not_buyers",
    "nurture_metrics": "analysis.lifecycle.nurture",
    "nurture_programmes": "analysis.lifecycle.programmes",
    "nurtured_comparison": "analysis.lifecycle.nurtured",
    "open_log": "load",
    "open_promises": "analysis.ownership.matrix",
    "outcomes": "analysis.stages.outcomes",
    "ownership_matrix": "analysis.ownership.matrix",
    "personas": "analysis.profiles.personas",
    "post_sale": "analysis.lifecycle.by_month",
    "profile_fit_by_month": "analysis.profiles.profile_fit",
    "profile_traits": "analysis.profiles.profile_traits",
    "reach_by_month": "analysis.lifecycle.by_month",
    "read_inventory": "ingest.inventories",
    "read_touchpoints": "ingest",
    "returned_leads": "analysis.ownership.handoffs",
    "rule_support": "analysis.scores.evidence",
    "score_drivers": "analysis.scores.drivers",
    "score_grades": "analysis.scores.lead_scores",
    "score_history": "analysis.scores.history",
    "score_leads": "analysis.scores.lead_scores",
    "score_profile": "analysis.lifecycle.score_profile",
    "score_versions": "analysis.scores.versions",
    "segment_breakdown": "analysis.stages.segments",
    "segment_stages": "analysis.stages.segments",
    "sentiment_sources": "analysis.content.feelings",
    "service_levels": "analysis.ownership.matrix",
    "service_levels_by": "analysis.ownership.matrix",
    "simplify": "analysis.maps.simplify",
    "stage_funnel": "analysis.stages.funnel",
    "stage_movement": "analysis.lifecycle.stage_movement",
    "stalled_accounts": "analysis.accounts.stalled",
    "step_flows": "analysis.maps.paths",
    "suggest_columns": "ingest",
    "summary": "analysis.summary",
    "time_to_next_stage": "analysis.stages.funnel",
    "triggers": "analysis.lifecycle.triggers",
    "unnamed_visitors": "analysis.accounts.unnamed",
    "value_at_risk": "analysis.accounts.stalled",
    "variants": "analysis.maps.variants",
    "what_if": "analysis.scores.evidence",
    "who_can_be_called": "analysis.accounts.unnamed",
    "win_chances": "analysis.forecast.wins",
    "winning_routes": "analysis.accounts.routes",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that importing stays quick."""
    if name == "charts":
        return import_module("journey.charts")
    if name in _HOME:
        return getattr(import_module(f"journey.{_HOME[name]}"), name)
    raise AttributeError(f"module 'journey' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
