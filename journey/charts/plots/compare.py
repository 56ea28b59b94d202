"""Charts of two groups: how far each comes."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.compared import (
    Names,
    difference_words,
    largest,
    rows_of,
    samples_words,
)
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_share
from journey.charts.plot_style import (
    NO_STAGE,
    draft,
    draw_links,
    empty,
    name_rows,
    rows_height,
    safe_name,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import LEAST_CERTAIN

_COLUMNS = ("stage", "n_a", "n_b", "n_all_a", "n_all_b", "a_share", "b_share", "difference")


def plot_compare_stages(
    frame: pd.DataFrame,
    *,
    names: tuple[str, str] = ("A", "B"),
    selected: str | None = None,
    theme: Theme = "light",
) -> go.Figure:
    """Draw which share of each of two groups reaches each stage.

    Parameters
    ----------
    frame
        The frame of ``compare_stages``.
    names, selected
        What the groups are called; the stage to outline, if any.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        Two marks a stage; the names of stages that differ by more than chance are bold.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"stage": ["Attract", "Convert"], "n_a": [50, 40], "n_b": [60, 6],
    ...     "n_all_a": [50, 50], "n_all_b": [60, 60], "a_share": [1.0, 0.8], "b_share": [1.0, 0.1],
    ...     "difference": [0.0, 0.7], "chance": [1.0, 0.001]})
    >>> plot_compare_stages(frame).layout.title.text
    'Convert: 80% in A, 10% in B'
    """
    require(frame, (*_COLUMNS, "chance"), where="the stages of two groups")
    if frame.empty or not (frame["n_a"].sum() + frame["n_b"].sum()):
        return empty(NO_STAGE, theme=theme)
    called = Names(*(safe_name(name) for name in names))
    first = frame.iloc[0]
    chart = draft(
        _title(frame, called),
        theme=theme,
        height=rows_height(len(frame)) + 30,
        note=samples_words(int(first["n_all_a"]), int(first["n_all_b"]), called),
    )
    _draw_groups(chart, frame, called, theme)
    _outline(chart, frame["stage"].tolist(), selected, theme)
    return chart.drawn()


def _title(frame: pd.DataFrame, called: Names) -> str:
    found = largest(rows_of(frame))
    if found is None:
        return "The two groups come as far as each other, as far as their numbers tell"
    return difference_words(safe_name(found["stage"]), found, called)


def _draw_groups(chart: Draft, frame: pd.DataFrame, called: Names, theme: Theme) -> None:
    draw_links(chart, zip(frame["a_share"], frame["b_share"], strict=True), theme=theme)
    for key, symbol, text in (("a", "circle", called.a), ("b", "diamond", called.b)):
        _draw_group(chart, frame, key, symbol=symbol, text=text, theme=theme)
    name_rows(chart, [_row_name(row) for row in rows_of(frame)])
    chart.update_xaxes(**share_axis(0, 1.05))


def _outline(chart: Draft, stages: list[str], selected: str | None, theme: Theme) -> None:
    line = {"color": TOKENS[theme]["focus"], "width": 3}
    for row in (place for place, stage in enumerate(stages) if stage == selected):
        chart.add_row_box(row, line=line)


def _row_name(row: dict[str, Any]) -> str:
    clear = row["chance"] <= LEAST_CERTAIN
    name = safe_name(row["stage"])
    return f"<b>{name}</b>" if clear else name


def _draw_group(
    chart: Draft, frame: pd.DataFrame, key: str, *, symbol: str, text: str, theme: Theme
) -> None:
    rows = rows_of(frame)
    chart.add_scatter(
        x=frame[f"{key}_share"],
        y=list(range(len(frame))),
        mode="markers",
        cliponaxis=False,
        name=text,
        marker={"color": TOKENS[theme][f"lean-{key}"], "size": 15, "symbol": symbol},
        customdata=[
            f"{safe_name(row['stage'])}, {text}: {format_share(row[f'{key}_share'])} "
            f"({format_count(row[f'n_{key}'])} of {format_count(row[f'n_all_{key}'])})"
            for row in rows
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
