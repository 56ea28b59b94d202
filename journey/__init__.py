"""Portolan: customer-journey maps from real touchpoint logs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journey import charts
    from journey.analysis.assets import content_engagement
    from journey.analysis.attribution import attribute
    from journey.analysis.by_month import post_sale, reach_by_month
    from journey.analysis.call_list import call_list
    from journey.analysis.calls_to_action import calls_to_action
    from journey.analysis.compare import (
        compare_graph,
        compare_moves,
        compare_stages,
        compare_steps,
    )
    from journey.analysis.content import content_audit, content_coverage
    from journey.analysis.cost_per import cost_per
    from journey.analysis.costs import campaign_costs
    from journey.analysis.criteria import Segment, keep_segment
    from journey.analysis.definition_gaps import definition_gaps
    from journey.analysis.feelings import feelings
    from journey.analysis.forecast import forecast_wins, win_chances
    from journey.analysis.forecast_backtest import forecast_backtest
    from journey.analysis.graph import directly_follows, journey_graph, move_counts, move_means
    from journey.analysis.handoffs import handoffs, handoffs_by, returned_leads
    from journey.analysis.ideal_customer import ideal_customer_profile
    from journey.analysis.lifecycle import lifecycle_metrics
    from journey.analysis.months import months
    from journey.analysis.next_touches import next_best_touches
    from journey.analysis.not_buyers import not_buyers
    from journey.analysis.nurture import nurture_metrics
    from journey.analysis.nurtured import nurtured_comparison
    from journey.analysis.outcomes import journeys, median_days_to_win, outcomes
    from journey.analysis.ownership import (
        open_promises,
        ownership_matrix,
        service_levels,
        service_levels_by,
    )
    from journey.analysis.paths import step_flows
    from journey.analysis.personas import buying_groups, personas
    from journey.analysis.profile_fit import profile_fit_by_month
    from journey.analysis.profile_traits import profile_traits
    from journey.analysis.programmes import nurture_programmes
    from journey.analysis.routes import winning_routes
    from journey.analysis.score_drivers import score_drivers
    from journey.analysis.score_evidence import rule_support, what_if
    from journey.analysis.score_history import score_history
    from journey.analysis.score_model import fit_score_model
    from journey.analysis.score_profile import score_profile
    from journey.analysis.scores import score_grades, score_leads
    from journey.analysis.segments import segment_breakdown, segment_stages
    from journey.analysis.simplify import simplify
    from journey.analysis.stage_movement import stage_movement
    from journey.analysis.stages import (
        back_moves,
        drop_offs,
        last_touchpoints,
        stage_funnel,
        time_to_next_stage,
    )
    from journey.analysis.stalled import stalled_accounts, value_at_risk
    from journey.analysis.summary import summary
    from journey.analysis.timeline import account_timeline
    from journey.analysis.triggers import triggers
    from journey.analysis.variants import variants
    from journey.definitions import Definitions, Stage, load_definitions
    from journey.errors import JourneyError
    from journey.ingest import read_touchpoints, suggest_columns
    from journey.inventory import Inventory, read_inventory
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
    "segment_breakdown",
    "segment_stages",
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
    "value_at_risk",
    "variants",
    "what_if",
    "win_chances",
    "winning_routes",
]

_HOME = {
    "Definitions": "definitions",
    "Inventory": "inventory",
    "JourneyError": "errors",
    "Segment": "analysis.criteria",
    "Stage": "definitions",
    "TouchpointLog": "log",
    "account_timeline": "analysis.timeline",
    "attribute": "analysis.attribution",
    "back_moves": "analysis.stages",
    "buying_groups": "analysis.personas",
    "call_list": "analysis.call_list",
    "calls_to_action": "analysis.calls_to_action",
    "campaign_costs": "analysis.costs",
    "compare_graph": "analysis.compare",
    "compare_moves": "analysis.compare",
    "compare_stages": "analysis.compare",
    "compare_steps": "analysis.compare",
    "content_audit": "analysis.content",
    "content_coverage": "analysis.content",
    "content_engagement": "analysis.assets",
    "cost_per": "analysis.cost_per",
    "definition_gaps": "analysis.definition_gaps",
    "directly_follows": "analysis.graph",
    "drop_offs": "analysis.stages",
    "feelings": "analysis.feelings",
    "fit_score_model": "analysis.score_model",
    "forecast_backtest": "analysis.forecast_backtest",
    "forecast_wins": "analysis.forecast",
    "from_frame": "load",
    "handoffs": "analysis.handoffs",
    "handoffs_by": "analysis.handoffs",
    "ideal_customer_profile": "analysis.ideal_customer",
    "journey_graph": "analysis.graph",
    "journeys": "analysis.outcomes",
    "keep_segment": "analysis.criteria",
    "last_touchpoints": "analysis.stages",
    "lifecycle_metrics": "analysis.lifecycle",
    "load_definitions": "definitions",
    "median_days_to_win": "analysis.outcomes",
    "months": "analysis.months",
    "move_counts": "analysis.graph",
    "move_means": "analysis.graph",
    "next_best_touches": "analysis.next_touches",
    "not_buyers": "analysis.not_buyers",
    "nurture_metrics": "analysis.nurture",
    "nurture_programmes": "analysis.programmes",
    "nurtured_comparison": "analysis.nurtured",
    "open_log": "load",
    "open_promises": "analysis.ownership",
    "outcomes": "analysis.outcomes",
    "ownership_matrix": "analysis.ownership",
    "personas": "analysis.personas",
    "post_sale": "analysis.by_month",
    "profile_fit_by_month": "analysis.profile_fit",
    "profile_traits": "analysis.profile_traits",
    "reach_by_month": "analysis.by_month",
    "read_inventory": "inventory",
    "read_touchpoints": "ingest",
    "returned_leads": "analysis.handoffs",
    "rule_support": "analysis.score_evidence",
    "score_drivers": "analysis.score_drivers",
    "score_grades": "analysis.scores",
    "score_history": "analysis.score_history",
    "score_leads": "analysis.scores",
    "score_profile": "analysis.score_profile",
    "segment_breakdown": "analysis.segments",
    "segment_stages": "analysis.segments",
    "service_levels": "analysis.ownership",
    "service_levels_by": "analysis.ownership",
    "simplify": "analysis.simplify",
    "stage_funnel": "analysis.stages",
    "stage_movement": "analysis.stage_movement",
    "stalled_accounts": "analysis.stalled",
    "step_flows": "analysis.paths",
    "suggest_columns": "ingest",
    "summary": "analysis.summary",
    "time_to_next_stage": "analysis.stages",
    "triggers": "analysis.triggers",
    "value_at_risk": "analysis.stalled",
    "variants": "analysis.variants",
    "what_if": "analysis.score_evidence",
    "win_chances": "analysis.forecast",
    "winning_routes": "analysis.routes",
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
