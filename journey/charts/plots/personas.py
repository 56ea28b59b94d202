"""Charts of personas: who goes with wins, which part each plays, how big the group is that wins."""

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_counted, format_share
from journey.charts.persona_cards import NO_ROLE, goes_with_wins, leading_persona
from journey.charts.plot_style import (
    Share,
    draft,
    draw_shares,
    empty,
    name_rows,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.plots.segments import write_cells
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

MAX_ROWS: Final = 16
NOBODY: Final = "No journey in view has somebody whose role is known."
PARTS: Final = {
    "started": "Starts",
    "influenced": "Influences most",
    "signed": "Signs",
    "used": "Uses",
}
_RATES: Final = ("win_rate", "low", "high", "n_journeys")


def plot_personas(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the win rate of journeys with each persona, beside that of journeys without.

    Parameters
    ----------
    frame
        The frame of ``personas``; those of most journeys are drawn.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        Win rates with their 95 % Wilson intervals, highest first; a ring where the others are.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"persona": ["Buyer"], "n_journeys": [100], "win_rate": [0.3],
    ...     "low": [0.2], "high": [0.4], "rest_win_rate": [0.1], "chance": [0.001]})
    >>> plot_personas(frame).layout.title.text
    '1 of 1 role goes with more wins than chance could give: Buyer'
    """
    require(frame, ("persona", *_RATES, "rest_win_rate", "chance"), where="the personas")
    if frame.empty:
        return empty(NOBODY, theme=theme)
    rows = frame.head(MAX_ROWS).sort_values("win_rate", ascending=False, kind="stable")
    chart = draft(
        _wins_title(frame),
        theme=theme,
        height=rows_height(len(rows)) - 20,
        note=f"Won of all journeys with somebody of the role, 95% interval; ring: without; "
        f"grey: fewer than {SMALL_SAMPLE}",
    )
    _draw_with_and_without(chart, rows, theme)
    chart.update_xaxes(**share_axis(0, min(float(rows["high"].max()), 1) * 1.25))
    return chart.drawn()


def _wins_title(frame: pd.DataFrame) -> str:
    """Say how many roles go with more wins, and which with most."""
    first = leading_persona(frame)
    if first is None:
        return NO_ROLE
    n = int(goes_with_wins(frame).sum())
    name = safe_name(first["persona"])
    which = f": {name}" if n == 1 else f", most with {name}"
    goes = "goes" if n == 1 else "go"
    of = format_counted(len(frame), "role")
    return f"{format_count(n)} of {of} {goes} with more wins than chance could give{which}"


def _draw_with_and_without(chart: Draft, rows: pd.DataFrame, theme: Theme) -> None:
    names = [safe_name(name) for name in rows["persona"]]
    values = zip(*(rows[column].tolist() for column in _RATES), strict=True)
    shares = [Share(row, names[row], *value) for row, value in enumerate(values)]
    chart.add_scatter(
        x=rows["rest_win_rate"],
        y=list(range(len(rows))),
        mode="markers",
        cliponaxis=False,
        marker={
            "color": TOKENS[theme]["muted"],
            "size": 13,
            "symbol": "circle-open",
            "line": {"width": 2},
        },
        customdata=[format_share(rate) for rate in rows["rest_win_rate"]],
        hovertemplate="Without: %{customdata}<extra></extra>",
        showlegend=False,
    )
    draw_shares(chart, shares, theme=theme)
    name_rows(chart, names)


def plot_persona_parts(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw who starts journeys, who influences them most, who signs and who uses.

    Parameters
    ----------
    frame
        The frame of ``personas``; those of most journeys are drawn.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A heat map of shares: of all journeys with a known role that start or are influenced, of
        the won ones that are signed or used.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"persona": ["User", "Buyer"], "n_started": [60, 40],
    ...     "n_influenced": [50, 50], "n_signed": [5, 35], "n_used": [10, 5],
    ...     "started_share": [0.6, 0.4], "influenced_share": [0.5, 0.5],
    ...     "signed_share": [0.125, 0.875], "used_share": [0.8, 0.4]})
    >>> plot_persona_parts(frame).layout.title.text
    'User starts most often (60%), Buyer signs most often (88%)'
    """
    columns = [f"{part}_share" for part in PARTS]
    require(frame, ("persona", *columns, *(f"n_{part}" for part in PARTS)), where="the personas")
    if frame.empty:
        return empty(NOBODY, theme=theme)
    rows = frame.head(MAX_ROWS)
    rates = rows[columns].to_numpy(dtype=float, copy=True)
    counts = rows[[f"n_{part}" for part in PARTS]].to_numpy()
    bases = counts.sum(axis=0)
    rates[:, bases < SMALL_SAMPLE] = np.nan
    names = [safe_name(name) for name in rows["persona"]]
    return _parts_map(_parts_title(rows, bases), names, rates, _part_words(rates, counts), theme)


def _part_words(rates: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Write share and count of each cell; the count alone where too few stand behind it."""
    return np.array(
        [
            [
                f"<b>{format_share(rate)}</b> · {format_count(n)}"
                if not np.isnan(rate)
                else format_count(n)
                for rate, n in zip(*pair, strict=True)
            ]
            for pair in zip(rates, counts, strict=True)
        ],
        dtype=object,
    )


def _parts_map(
    title: str, names: list[str], rates: np.ndarray, words: np.ndarray, theme: Theme
) -> go.Figure:
    colour = TOKENS[theme]
    chart = draft(
        title,
        theme=theme,
        height=rows_height(len(names)) - 40,
        note="Share of journeys whose first touch, most others, last before the win, or any after "
        f"it is theirs; no share: fewer than {SMALL_SAMPLE}",
        room=24,
    )
    chart.add_heatmap(
        z=rates,
        zmin=0,
        zmax=1,
        colorscale=[[0, colour["paper"]], [1, colour["stage-0"]]],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=[[f"{name}: {words.lower()}" for words in PARTS.values()] for name in names],
        text=words,
        hovertemplate="%{customdata} %{text}<extra></extra>",
    )
    write_cells(chart, rates, words, theme)
    name_rows(chart, names)
    heads = list(PARTS.values())
    chart.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(heads))),
        ticktext=heads,
        side="top",
        showgrid=False,
        range=[-0.5, len(heads) - 0.5],
    )
    return chart.drawn()


def _parts_title(rows: pd.DataFrame, bases: np.ndarray) -> str:
    enough = [part for part, base in zip(PARTS, bases, strict=True) if base >= SMALL_SAMPLE]
    tops = {part: top_row(rows, rows[f"n_{part}"]) for part in enough}
    said = [
        f"{safe_name(tops[part]['persona'])} {verb} most often "
        f"({format_share(tops[part][f'{part}_share'])})"
        for part, verb in (("started", "starts"), ("signed", "signs"))
        if part in tops
    ]
    if len(said) > 1 and tops["started"]["persona"] == tops["signed"]["persona"]:
        shares = [format_share(tops[part][f"{part}_share"]) for part in ("started", "signed")]
        return (
            f"{safe_name(tops['started']['persona'])} both starts ({shares[0]}) and signs "
            f"({shares[1]}) most often"
        )
    return ", ".join(said) or "Too few journeys to say who plays which part"


def plot_buying_groups(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the win rate by how many people took part before the decision.

    Parameters
    ----------
    frame
        The frame of ``buying_groups``.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        Win rates with their 95 % Wilson intervals, grey for fewer than 30 journeys.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"n_people": [1, 4], "n_journeys": [100, 50], "n_won": [5, 20],
    ...     "win_rate": [0.05, 0.4], "low": [0.02, 0.28], "high": [0.11, 0.54]})
    >>> plot_buying_groups(frame).layout.title.text
    'Groups of 4 people win most: 40% of 50, against 5% with one alone'
    """
    require(frame, ("n_people", "n_journeys", "n_won", "win_rate"), where="the buying groups")
    known = frame[frame["n_people"] > 0]
    if known.empty:
        return empty("No journey in view has somebody who is known.", theme=theme)
    most = int(known["n_people"].max())
    names = [_size_words(int(n), most) for n in known["n_people"]]
    values = zip(*(known[column].tolist() for column in _RATES), strict=True)
    shares = [Share(row, names[row], *value) for row, value in enumerate(values)]
    chart = draft(
        _groups_title(known),
        theme=theme,
        height=rows_height(len(shares)) - 20,
        note=f"Won of all journeys of the size, 95% interval; grey: fewer than {SMALL_SAMPLE}",
    )
    draw_shares(chart, shares, theme=theme)
    name_rows(chart, names)
    chart.update_xaxes(**share_axis(0, min(float(known["high"].max()), 1) * 1.25))
    return chart.drawn()


def _size_words(n: int, most: int) -> str:
    if n == 1:
        return "1 person"
    return f"{n} people or more" if n == most == 8 else f"{n} people"  # noqa: PLR2004 - as counted


def _groups_title(known: pd.DataFrame) -> str:
    enough = known[known["n_journeys"] >= SMALL_SAMPLE]
    if enough.empty or not enough["n_won"].any():
        return "Too few journeys or wins to say how many people it takes"
    top = top_row(enough, enough["win_rate"])
    n = int(top["n_people"])
    said = f"Groups of {n} people win" if n > 1 else "People alone win"
    said += f" most: {format_share(top['win_rate'])} of {format_count(top['n_journeys'])}"
    alone = enough[enough["n_people"] == 1]
    if alone.empty or n == 1:
        return said
    return f"{said}, against {format_share(alone['win_rate'].iloc[0])} with one alone"
