"""The Plotly charts: one function per frame, its message computed from the data."""

from journey.charts.attribution_plots import plot_attribution
from journey.charts.compare_plots import plot_compare_stages
from journey.charts.drop_off_plots import plot_drop_offs, plot_last_touchpoints
from journey.charts.ideal_customer_plots import (
    plot_ideal_customer,
    plot_profile_fit,
    plot_profile_traits,
)
from journey.charts.overview_plots import plot_months, plot_outcomes, plot_stalled_accounts
from journey.charts.personas_plots import plot_buying_groups, plot_persona_parts, plot_personas
from journey.charts.segment_outcomes_plots import plot_segment_outcomes
from journey.charts.segments_plots import plot_segment_breakdown, plot_segment_stages
from journey.charts.stages_plots import plot_stage_funnel, plot_time_to_next_stage

__all__ = [
    "plot_attribution",
    "plot_buying_groups",
    "plot_compare_stages",
    "plot_drop_offs",
    "plot_ideal_customer",
    "plot_last_touchpoints",
    "plot_months",
    "plot_outcomes",
    "plot_persona_parts",
    "plot_personas",
    "plot_profile_fit",
    "plot_profile_traits",
    "plot_segment_breakdown",
    "plot_segment_outcomes",
    "plot_segment_stages",
    "plot_stage_funnel",
    "plot_stalled_accounts",
    "plot_time_to_next_stage",
]
