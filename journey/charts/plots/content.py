"""Charts of content: where it is missing, what follows it, which calls to action are answered."""

from typing import Any, Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_share
from journey.charts.plot_style import (
    LONG_NAME_WIDTH,
    NO_STAGE,
    TITLE_WIDTH,
    Share,
    draft,
    draw_links,
    draw_shares,
    empty,
    name_columns,
    name_rows,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE
from journey.wording import agreeing

MAX_ROWS: Final = 15
STRONG: Final = 0.6
HOLE: Final = "hole"


def plot_content_coverage(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw how many contents there are for each stage and persona, question or kind.

    Parameters
    ----------
    frame
        The frame of ``content_coverage``: stage, value, n_contents, n_used, n_people, is_hole.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A heat map, values as rows, those with most holes first; holes are marked by words.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"stage": ["Nurture", "Convert"], "value": "Buyer",
    ...     "n_contents": [2, 0], "n_used": [1, 0], "n_people": [9, 40], "is_hole": [False, True]})
    >>> plot_content_coverage(frame).layout.title.text
    '1 of 2 places have no content; the largest: Buyer in Convert, 40 people'
    """
    columns = ("stage", "value", "n_contents", "n_used", "n_people", "is_hole")
    require(frame, columns, where="the coverage of content")
    if frame.empty:
        return empty(NO_STAGE, theme=theme)
    ranked = frame.groupby("value", sort=False)[["is_hole", "n_people"]].sum()
    ranked = ranked.sort_values(["is_hole", "n_people"], ascending=False, kind="stable")
    values = ranked.index.tolist()[:MAX_ROWS]
    note = "Contents there are, of these used"
    if frame["n_people"].any():
        note += "; in holes how many people of that role came to the stage"
    hidden = len(ranked) - len(values)
    note += f"; {hidden} rows left out" if hidden else ""
    height = rows_height(len(values)) - 20
    chart = draft(_coverage_title(frame), theme=theme, height=height, note=note, room=24)
    _draw_coverage(chart, frame, values, theme)
    name_rows(chart, [safe_name(value) for value in values])
    return chart.drawn()


def _draw_coverage(chart: Draft, frame: pd.DataFrame, values: list[Any], theme: Theme) -> None:
    """Draw the number of contents as colour, and name the stages above."""
    colour, stages = TOKENS[theme], list(dict.fromkeys(frame["stage"]))
    table = {(cell["value"], cell["stage"]): cell for cell in frame.to_dict("records")}
    counts = np.array(
        [[table[value, stage]["n_contents"] for stage in stages] for value in values], float
    )
    chart.add_heatmap(
        z=np.where(counts > 0, counts, np.nan),
        zmin=0,
        zmax=max(counts.max(), 1),
        colorscale=[[0, colour["paper"]], [1, colour["stage-1"]]],
        showscale=False,
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    _write_coverage(chart, table, values, stages, counts, theme)
    name_columns(chart, [safe_name(stage) for stage in stages])


def _write_coverage(
    chart: Draft,
    table: dict[Any, dict[Any, Any]],
    values: list[Any],
    stages: list[Any],
    counts: np.ndarray,
    theme: Theme,
) -> None:
    """Write into each cell what there is, or that nothing is."""
    colour, most = TOKENS[theme], max(counts.max(), 1)
    for row, column in np.ndindex(counts.shape):
        cell = table[values[row], stages[column]]
        if cell["is_hole"]:
            people = f" · {format_count(cell['n_people'])}" if cell["n_people"] else ""
            words, token = f"{HOLE}{people}", "back"
        elif not cell["n_contents"]:
            words, token = "none", "muted"
        else:
            words = (
                f"<b>{format_count(cell['n_contents'])}</b> · {format_count(cell['n_used'])} used"
            )
            token = "on-stage" if counts[row, column] / most > STRONG else "ink"
        chart.add_annotation(
            x=column, y=row, text=words, showarrow=False, font={"color": colour[token], "size": 14}
        )


def _coverage_title(frame: pd.DataFrame) -> str:
    """Say how many holes there are, and in which most people are."""
    places = frame[frame["is_hole"] | (frame["n_contents"] > 0)]
    holes = frame[frame["is_hole"]]
    if holes.empty:
        return "Every place has content"
    said = f"{format_count(len(holes))} of {format_count(len(places))} places have no content"
    if not holes["n_people"].any():
        return said
    top = top_row(holes, holes["n_people"])
    people = agreeing(f"{format_count(top['n_people'])} [person|people]")
    place = f"{safe_name(top['value'])} in {safe_name(top['stage'])}"
    return f"{said}; the largest: {place}, {people}"


def plot_content_ranking(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw how often journeys with each content are won, against those of its stage without it.

    Parameters
    ----------
    frame
        The frame of ``content_audit``: content, n_journeys, n_decided, win_rate, low, high,
        n_without, without_rate.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        The fifteen contents with most decided journeys, best first; rings are journeys without.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"content": ["Guide", "Film"], "n_journeys": 99, "n_decided": 90,
    ...     "win_rate": [0.5, 0.2], "low": [0.4, 0.13], "high": [0.6, 0.29], "n_without": 80,
    ...     "without_rate": [0.2, 0.21]})
    >>> plot_content_ranking(frame).layout.title.text
    'Guide goes with most wins: 50% of 90 with it, 20% without'
    """
    columns = ("content", "n_decided", "win_rate", "low", "high", "n_without", "without_rate")
    require(frame, columns, where="the content audit")
    known = frame[frame["win_rate"].notna() & frame["without_rate"].notna()]
    if known.empty:
        return empty(
            "No decided journey used any content, or no winning rule is given.", theme=theme
        )
    table = _by_gain(known.sort_values("n_decided", ascending=False, kind="stable").head(MAX_ROWS))
    note = (
        "Won of decided journeys that reached its stage: mark with it, ring without; "
        f"an association, no proof; grey: fewer than {SMALL_SAMPLE}"
    )
    height = rows_height(len(table)) - 20
    chart = draft(_ranking_title(table), theme=theme, height=height, note=note)
    draw_links(chart, zip(table["win_rate"], table["without_rate"], strict=True), theme=theme)
    _draw_rates(chart, table, ("content", "win_rate", "low", "high", "n_decided"), theme)
    _draw_rings(chart, table, theme)
    most = min(max(float(table["high"].max()), float(table["without_rate"].max())), 1) * 1.25
    chart.update_xaxes(**share_axis(-0.02 * most, most))
    return chart.drawn()


def _by_gain(table: pd.DataFrame) -> pd.DataFrame:
    """The same with the widest gain over journeys without first."""
    gains = table["win_rate"] - table["without_rate"]
    return table.assign(gain=gains).sort_values("gain", ascending=False, kind="stable")


def _draw_rates(chart: Draft, table: pd.DataFrame, columns: tuple[str, ...], theme: Theme) -> None:
    """Draw a rate with its interval in each row, and name the rows."""
    names = [safe_name(name, width=LONG_NAME_WIDTH) for name in table[columns[0]]]
    figures = zip(names, *(table[name].tolist() for name in columns[1:]), strict=True)
    draw_shares(chart, [Share(row, *one) for row, one in enumerate(figures)], theme=theme)
    name_rows(chart, names)


def _draw_rings(chart: Draft, table: pd.DataFrame, theme: Theme) -> None:
    """Draw the rate of journeys without each content."""
    ink = TOKENS[theme]["ink"]
    figures = zip(table["without_rate"], table["n_without"], strict=True)
    chart.add_scatter(
        x=table["without_rate"],
        y=list(range(len(table))),
        mode="markers",
        cliponaxis=False,
        marker={"symbol": "circle-open", "size": 13, "color": ink, "line": {"width": 2}},
        customdata=[f"{format_share(rate)} of {format_count(n)} without" for rate, n in figures],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def _ranking_title(table: pd.DataFrame) -> str:
    enough = table[(table["n_decided"] >= SMALL_SAMPLE) & (table["n_without"] >= SMALL_SAMPLE)]
    clear = enough[enough["low"] > enough["without_rate"]]
    if clear.empty:
        return "No content stands out from journeys without it"
    top = clear.iloc[0]
    name = safe_name(top["content"], width=TITLE_WIDTH)
    return (
        f"{name} goes with most wins: {format_share(top['win_rate'])} of "
        f"{format_count(top['n_decided'])} with it, {format_share(top['without_rate'])} without"
    )


def plot_calls_to_action(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw which share of each segment's journeys answered one call to action.

    Parameters
    ----------
    frame
        Rows of one call of ``calls_to_action``: call_to_action, value, n_segment, answer_rate,
        low, high.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        The fifteen biggest segments, most answers first; small samples are grey.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"call_to_action": "Demo form", "value": ["Retail", "Health"],
    ...     "n_segment": [90, 80], "answer_rate": [0.5, 0.1], "low": [0.4, 0.05],
    ...     "high": [0.6, 0.19], "n_journeys": [45, 8]})
    >>> plot_calls_to_action(frame).layout.title.text
    'Demo form: Retail answers most, 50% of 90 journeys'
    """
    columns = ("call_to_action", "value", "n_segment", "answer_rate", "low", "high")
    require(frame, columns, where="the calls to action")
    if frame.empty:
        return empty("No touchpoint is a call to action.", theme=theme)
    biggest = frame.sort_values("n_segment", ascending=False, kind="stable").head(MAX_ROWS)
    table = biggest.sort_values("answer_rate", ascending=False, kind="stable")
    note = f"Share of the segment's journeys, 95% interval; grey: fewer than {SMALL_SAMPLE}"
    height = rows_height(len(table)) - 40
    chart = draft(_call_title(table), theme=theme, height=height, note=note)
    _draw_rates(chart, table, ("value", "answer_rate", "low", "high", "n_segment"), theme)
    most = min(float(table["high"].max()), 1) * 1.25
    chart.update_xaxes(**share_axis(-0.02 * most, most))
    return chart.drawn()


def _call_title(table: pd.DataFrame) -> str:
    call = safe_name(table["call_to_action"].iloc[0])
    enough = table[(table["n_segment"] >= SMALL_SAMPLE) & table["value"].notna()]
    if enough.empty:
        return f"{call}: segments are too small to compare"
    top = enough.iloc[0]
    share = f"{format_share(top['answer_rate'])} of {format_count(top['n_segment'])} journeys"
    return f"{call}: {safe_name(top['value'])} answers most, {share}"
