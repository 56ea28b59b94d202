"""The Plotly charts: one function per frame, its message computed from the data."""

from journey.charts.plots.attribution import plot_attribution
from journey.charts.plots.compare import plot_compare_stages
from journey.charts.plots.content import (
    plot_calls_to_action,
    plot_content_coverage,
    plot_content_ranking,
)
from journey.charts.plots.drop_offs import plot_drop_offs, plot_last_touchpoints
from journey.charts.plots.feelings import plot_feelings, plot_stage_feelings
from journey.charts.plots.forecast import plot_forecast, plot_forecast_backtest
from journey.charts.plots.handoffs import (
    plot_handoff_months,
    plot_late_handoffs,
    plot_returned_leads,
)
from journey.charts.plots.ideal_customer import (
    plot_ideal_customer,
    plot_profile_fit,
    plot_profile_traits,
)
from journey.charts.plots.lifecycle import (
    plot_cost_per,
    plot_nurture,
    plot_programme,
    plot_stage_movement,
)
from journey.charts.plots.overview import plot_months, plot_outcomes, plot_stalled_accounts
from journey.charts.plots.ownership import plot_ownership_matrix, plot_service_levels
from journey.charts.plots.personas import plot_buying_groups, plot_persona_parts, plot_personas
from journey.charts.plots.scores import (
    plot_calibration,
    plot_score_drivers,
    plot_score_grades,
    plot_score_history,
)
from journey.charts.plots.segment_outcomes import plot_segment_outcomes
from journey.charts.plots.segments import plot_segment_breakdown, plot_segment_stages
from journey.charts.plots.stages import plot_stage_funnel, plot_time_to_next_stage

__all__ = [
    "plot_attribution",
    "plot_buying_groups",
    "plot_calibration",
    "plot_calls_to_action",
    "plot_compare_stages",
    "plot_content_coverage",
    "plot_content_ranking",
    "plot_cost_per",
    "plot_drop_offs",
    "plot_feelings",
    "plot_forecast",
    "plot_forecast_backtest",
    "plot_handoff_months",
    "plot_ideal_customer",
    "plot_last_touchpoints",
    "plot_late_handoffs",
    "plot_months",
    "plot_nurture",
    "plot_outcomes",
    "plot_ownership_matrix",
    "plot_persona_parts",
    "plot_personas",
    "plot_profile_fit",
    "plot_profile_traits",
    "plot_programme",
    "plot_returned_leads",
    "plot_score_drivers",
    "plot_score_grades",
    "plot_score_history",
    "plot_segment_breakdown",
    "plot_segment_outcomes",
    "plot_segment_stages",
    "plot_service_levels",
    "plot_stage_feelings",
    "plot_stage_funnel",
    "plot_stage_movement",
    "plot_stalled_accounts",
    "plot_time_to_next_stage",
]
