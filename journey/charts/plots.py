"""The Plotly charts: one function per frame, its message computed from the data."""

from journey.charts.attribution_plots import plot_attribution
from journey.charts.drop_off_plots import plot_drop_offs, plot_last_touchpoints
from journey.charts.forecast_plots import plot_forecast, plot_forecast_backtest
from journey.charts.lifecycle_plots import (
    plot_cost_per,
    plot_nurture,
    plot_programme,
    plot_stage_movement,
)
from journey.charts.overview_plots import plot_months, plot_outcomes, plot_stalled_accounts
from journey.charts.scores_plots import (
    plot_calibration,
    plot_score_drivers,
    plot_score_grades,
    plot_score_history,
)
from journey.charts.segment_outcomes_plots import plot_segment_outcomes
from journey.charts.segments_plots import plot_segment_breakdown, plot_segment_stages
from journey.charts.stages_plots import plot_stage_funnel, plot_time_to_next_stage

__all__ = [
    "plot_attribution",
    "plot_calibration",
    "plot_cost_per",
    "plot_drop_offs",
    "plot_forecast",
    "plot_forecast_backtest",
    "plot_last_touchpoints",
    "plot_months",
    "plot_nurture",
    "plot_outcomes",
    "plot_programme",
    "plot_score_drivers",
    "plot_score_grades",
    "plot_score_history",
    "plot_segment_breakdown",
    "plot_segment_outcomes",
    "plot_segment_stages",
    "plot_stage_funnel",
    "plot_stage_movement",
    "plot_stalled_accounts",
    "plot_time_to_next_stage",
]
