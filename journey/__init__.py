"""Portolan: customer-journey maps from real touchpoint logs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journey import charts
    from journey.analysis.attribution import attribute
    from journey.analysis.calls_to_action import calls_to_action
    from journey.analysis.content import content_audit, content_coverage
    from journey.analysis.costs import campaign_costs
    from journey.analysis.definition_gaps import definition_gaps
    from journey.analysis.feelings import feelings
    from journey.analysis.graph import directly_follows, journey_graph, move_counts, move_means
    from journey.analysis.handoffs import handoffs, handoffs_by, returned_leads
    from journey.analysis.months import months
    from journey.analysis.outcomes import journeys, median_days_to_win, outcomes
    from journey.analysis.ownership import (
        open_promises,
        ownership_matrix,
        service_levels,
        service_levels_by,
    )
    from journey.analysis.paths import step_flows
    from journey.analysis.segments import segment_breakdown, segment_stages
    from journey.analysis.simplify import simplify
    from journey.analysis.stages import (
        back_moves,
        drop_offs,
        last_touchpoints,
        stage_funnel,
        time_to_next_stage,
    )
    from journey.analysis.stalled import stalled_accounts
    from journey.analysis.summary import summary
    from journey.analysis.timeline import account_timeline
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
    "Stage",
    "TouchpointLog",
    "account_timeline",
    "attribute",
    "back_moves",
    "calls_to_action",
    "campaign_costs",
    "charts",
    "content_audit",
    "content_coverage",
    "definition_gaps",
    "directly_follows",
    "drop_offs",
    "feelings",
    "from_frame",
    "handoffs",
    "handoffs_by",
    "journey_graph",
    "journeys",
    "last_touchpoints",
    "load_definitions",
    "median_days_to_win",
    "months",
    "move_counts",
    "move_means",
    "open_log",
    "open_promises",
    "outcomes",
    "ownership_matrix",
    "read_inventory",
    "read_touchpoints",
    "returned_leads",
    "segment_breakdown",
    "segment_stages",
    "service_levels",
    "service_levels_by",
    "simplify",
    "stage_funnel",
    "stalled_accounts",
    "step_flows",
    "suggest_columns",
    "summary",
    "time_to_next_stage",
    "variants",
]

_HOME = {
    "feelings": "analysis.feelings",
    "Inventory": "inventory",
    "read_inventory": "inventory",
    "calls_to_action": "analysis.calls_to_action",
    "content_coverage": "analysis.content",
    "content_audit": "analysis.content",
    "service_levels_by": "analysis.ownership",
    "service_levels": "analysis.ownership",
    "ownership_matrix": "analysis.ownership",
    "open_promises": "analysis.ownership",
    "Definitions": "definitions",
    "JourneyError": "errors",
    "Stage": "definitions",
    "TouchpointLog": "log",
    "account_timeline": "analysis.timeline",
    "attribute": "analysis.attribution",
    "back_moves": "analysis.stages",
    "campaign_costs": "analysis.costs",
    "definition_gaps": "analysis.definition_gaps",
    "directly_follows": "analysis.graph",
    "drop_offs": "analysis.stages",
    "from_frame": "load",
    "handoffs": "analysis.handoffs",
    "handoffs_by": "analysis.handoffs",
    "journey_graph": "analysis.graph",
    "journeys": "analysis.outcomes",
    "last_touchpoints": "analysis.stages",
    "load_definitions": "definitions",
    "move_counts": "analysis.graph",
    "move_means": "analysis.graph",
    "median_days_to_win": "analysis.outcomes",
    "months": "analysis.months",
    "open_log": "load",
    "outcomes": "analysis.outcomes",
    "read_touchpoints": "ingest",
    "returned_leads": "analysis.handoffs",
    "segment_breakdown": "analysis.segments",
    "segment_stages": "analysis.segments",
    "simplify": "analysis.simplify",
    "stage_funnel": "analysis.stages",
    "stalled_accounts": "analysis.stalled",
    "step_flows": "analysis.paths",
    "suggest_columns": "ingest",
    "summary": "analysis.summary",
    "time_to_next_stage": "analysis.stages",
    "variants": "analysis.variants",
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
