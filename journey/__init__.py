"""Portolan: customer-journey maps from real touchpoint logs."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journey import charts
    from journey.analysis.attribution import attribute
    from journey.analysis.compare import (
        compare_graph,
        compare_moves,
        compare_stages,
        compare_steps,
    )
    from journey.analysis.costs import campaign_costs
    from journey.analysis.criteria import Segment, keep_segment
    from journey.analysis.definition_gaps import definition_gaps
    from journey.analysis.graph import directly_follows, journey_graph, move_counts, move_means
    from journey.analysis.ideal_customer import ideal_customer_profile
    from journey.analysis.months import months
    from journey.analysis.outcomes import journeys, median_days_to_win, outcomes
    from journey.analysis.paths import step_flows
    from journey.analysis.personas import buying_groups, personas
    from journey.analysis.profile_fit import profile_fit_by_month
    from journey.analysis.profile_traits import profile_traits
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
    from journey.load import from_frame, open_log
    from journey.log import TouchpointLog

__all__ = [
    "Definitions",
    "JourneyError",
    "Segment",
    "Stage",
    "TouchpointLog",
    "account_timeline",
    "attribute",
    "back_moves",
    "buying_groups",
    "campaign_costs",
    "charts",
    "compare_graph",
    "compare_moves",
    "compare_stages",
    "compare_steps",
    "definition_gaps",
    "directly_follows",
    "drop_offs",
    "from_frame",
    "ideal_customer_profile",
    "journey_graph",
    "journeys",
    "keep_segment",
    "last_touchpoints",
    "load_definitions",
    "median_days_to_win",
    "months",
    "move_counts",
    "move_means",
    "open_log",
    "outcomes",
    "personas",
    "profile_fit_by_month",
    "profile_traits",
    "read_touchpoints",
    "segment_breakdown",
    "segment_stages",
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
    "Definitions": "definitions",
    "JourneyError": "errors",
    "Segment": "analysis.criteria",
    "Stage": "definitions",
    "TouchpointLog": "log",
    "account_timeline": "analysis.timeline",
    "attribute": "analysis.attribution",
    "back_moves": "analysis.stages",
    "buying_groups": "analysis.personas",
    "campaign_costs": "analysis.costs",
    "compare_graph": "analysis.compare",
    "compare_moves": "analysis.compare",
    "compare_stages": "analysis.compare",
    "compare_steps": "analysis.compare",
    "definition_gaps": "analysis.definition_gaps",
    "directly_follows": "analysis.graph",
    "drop_offs": "analysis.stages",
    "from_frame": "load",
    "ideal_customer_profile": "analysis.ideal_customer",
    "journey_graph": "analysis.graph",
    "journeys": "analysis.outcomes",
    "keep_segment": "analysis.criteria",
    "last_touchpoints": "analysis.stages",
    "load_definitions": "definitions",
    "move_counts": "analysis.graph",
    "move_means": "analysis.graph",
    "median_days_to_win": "analysis.outcomes",
    "months": "analysis.months",
    "open_log": "load",
    "outcomes": "analysis.outcomes",
    "personas": "analysis.personas",
    "profile_fit_by_month": "analysis.profile_fit",
    "profile_traits": "analysis.profile_traits",
    "read_touchpoints": "ingest",
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
