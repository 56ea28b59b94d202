"""Charts of ownership: who leads and works in which stage, and which promises are broken."""

from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_counted, format_days, format_share
from journey.charts.plot_style import (
    NO_STAGE,
    Share,
    draft,
    draw_shares,
    empty,
    is_missing,
    name_columns,
    name_rows,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

STRONG: Final = 0.6
"""Share above which the colour of a cell is strong enough to need the other ink."""

NOBODY: Final = "(no department)"
HOURS: Final = 24.0


def plot_ownership_matrix(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw stages by departments: the role of each, and its share of the stage's touches.

    Parameters
    ----------
    frame
        The frame of ``ownership_matrix``: stage, department (None: of no department), role,
        n_touchpoints, touch_share, gap.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A heat map; gaps are written in the colour of moves back.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"stage": "Convert", "department": ["Sales", None], "role": None,
    ...     "n_touchpoints": [5, 0], "touch_share": [1.0, 0.0], "gap": [None, "no lead"]})
    >>> plot_ownership_matrix(frame).layout.title.text
    '1 of 1 stage has a gap: Convert has no lead'
    """
    columns = ("stage", "department", "role", "n_touchpoints", "touch_share", "gap")
    require(frame, columns, where="the matrix of ownership")
    if frame.empty:
        return empty(NO_STAGE, theme=theme)
    unowned = frame["department"].isna()
    shown = frame if frame.loc[unowned, "n_touchpoints"].any() else frame[~unowned]
    stages = list(dict.fromkeys(frame["stage"]))
    heads = [safe_name(name, missing=NOBODY) for name in dict.fromkeys(shown["department"])]
    shares = shown["touch_share"].to_numpy(float).reshape(len(stages), len(heads))
    note = "Colour and per cent: share of the stage's touches that are the department's"
    height = rows_height(len(stages)) + 18 * len(stages)
    chart = draft(_matrix_title(frame), theme=theme, height=height, note=note, room=24)
    _draw_cells(chart, shares, theme)
    _write_roles(chart, shown, shares.shape, theme)
    name_rows(chart, _stage_names(frame, stages, theme))
    name_columns(chart, heads)
    return chart.drawn()


def _stage_names(frame: pd.DataFrame, stages: list[Any], theme: Theme) -> list[str]:
    """Names of stages, those without a lead marked."""
    no_lead = set(frame.loc[frame["gap"] == "no lead", "stage"])
    mark = f'<br><span style="color:{TOKENS[theme]["back"]}">no lead</span>'
    return [safe_name(stage) + (mark if stage in no_lead else "") for stage in stages]


def _draw_cells(chart: Draft, shares: np.ndarray, theme: Theme) -> None:
    colour = TOKENS[theme]
    chart.add_heatmap(
        z=shares,
        zmin=0,
        zmax=1,
        colorscale=[[0, colour["paper"]], [1, colour["stage-0"]]],
        showscale=False,
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )


def _write_roles(chart: Draft, shown: pd.DataFrame, shape: tuple[int, ...], theme: Theme) -> None:
    """Write into each cell the role, the share and the gap."""
    colour = TOKENS[theme]
    columns = ("role", "touch_share", "n_touchpoints", "gap", "department")
    cells: Any = zip(*(shown[name].tolist() for name in columns), strict=True)
    for place, (role, share, n, gap, department) in enumerate(cells):
        row, column = divmod(place, shape[1])
        words = [] if is_missing(role) else [f"<b>{str(role).capitalize()}</b>"]
        words += [f"{format_share(share)} · {format_count(n)}"] if n else []
        has_gap = not (is_missing(gap) or is_missing(department))
        words += [str(gap)] if has_gap else []
        token = "back" if has_gap else "on-stage" if share > STRONG else "ink"
        chart.add_annotation(
            x=column,
            y=row,
            text="<br>".join(words) or "-",
            showarrow=False,
            font={"color": colour["muted" if not words else token], "size": 14},
            **({"bgcolor": colour["paper"], "borderpad": 3} if has_gap else {}),
        )


def _matrix_title(frame: pd.DataFrame) -> str:
    """Say how many stages have a gap, and name the first."""
    gaps = frame[frame["gap"].notna()].drop_duplicates("stage")
    n_stages = frame["stage"].nunique()
    if gaps.empty:
        return f"Each of {format_counted(n_stages, 'stage')} has one lead, and the lead works there"
    first = gaps.iloc[0]
    said = {
        "no lead": "has no lead",
        "several leads": "has several leads",
        "lead has no touch": "has a lead without a touch there",
    }[first["gap"]]
    verb = "has" if len(gaps) == 1 else "have"
    of = f"{len(gaps)} of {format_counted(n_stages, 'stage')}"
    return f"{of} {verb} a gap: {safe_name(first['stage'])} {said}"


def plot_service_levels(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the share of each promise that was broken, with its interval.

    Parameters
    ----------
    frame
        The frame of ``service_levels``: promise, source, target, sla_hours, n_in_time, n_late,
        n_past_due, late_rate, late_low, late_high.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One row per promise, in order; small samples are grey.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"promise": ["MQL to accepted"], "source": ["Marketing"],
    ...     "target": ["Sales"], "sla_hours": [48.0], "n_in_time": [436], "n_late": [116],
    ...     "n_past_due": [0], "late_rate": [0.21], "late_low": [0.18], "late_high": [0.25]})
    >>> plot_service_levels(frame).layout.title.text
    'Sales breaks most promises: MQL to accepted, 21% of 552 late'
    """
    counts = ("n_in_time", "n_late", "n_past_due")
    rates = ("late_rate", "late_low", "late_high")
    require(
        frame, ("promise", "source", "target", "sla_hours", *counts, *rates), where="the promises"
    )
    judged = frame.assign(n=frame[list(counts)].sum(axis=1))
    judged = judged[judged["n"] > 0].reset_index(drop=True)
    if judged.empty:
        return empty("Nothing was promised, or nothing is due yet.", theme=theme)
    note = f"Answered later than promised, or still waiting; grey: fewer than {SMALL_SAMPLE}"
    height = rows_height(len(judged)) - 20 + 24 * len(judged)
    chart = draft(_level_title(judged), theme=theme, height=height, note=note)
    names = [_promise_words(row) for row in judged.itertuples()]
    figures = zip(names, *(judged[name].tolist() for name in (*rates, "n")), strict=True)
    draw_shares(chart, [Share(row, *one) for row, one in enumerate(figures)], theme=theme)
    name_rows(chart, names)
    most = min(float(judged["late_high"].max()), 1) * 1.3
    chart.update_xaxes(**share_axis(0, most))
    return chart.drawn()


def _promise_words(row: Any) -> str:
    """Write a promise with who owes it to whom, and within what time."""
    parties = f"{safe_name(row.source, missing='?')} → {safe_name(row.target, missing='?')}"
    return f"{safe_name(row.promise)}<br>{parties}, {format_days(row.sla_hours / HOURS)}"


def _level_title(judged: pd.DataFrame) -> str:
    """Name the promise that is broken most, of those with enough that are due."""
    if not judged["late_rate"].any():
        return "Every promise is kept"
    enough = judged[judged["n"] >= SMALL_SAMPLE]
    if enough.empty:
        late = judged["n_late"].sum() + judged["n_past_due"].sum()
        return f"{format_count(late)} of {format_count(judged['n'].sum())} promises were broken"
    top = top_row(enough, enough["late_rate"])
    if not top["late_rate"]:
        return "Promises made often enough to judge are all kept"
    late = f"{format_share(top['late_rate'])} of {format_count(top['n'])} late"
    words = f"{safe_name(top['promise'])}, {late}"
    return f"{safe_name(top['target'], missing='Nobody in charge')} breaks most promises: {words}"
