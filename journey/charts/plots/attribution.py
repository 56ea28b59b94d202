"""Chart of attribution: what each model gives each channel, side by side."""

from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_counted, format_share
from journey.charts.plot_style import (
    TEXT,
    draft,
    empty,
    is_missing,
    name_rows,
    rows_height,
    safe_name,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

Measure = Literal["n_conversions", "value"]

MODEL_NAMES: Final = {
    "first": "First touch",
    "last": "Last touch",
    "linear": "Linear",
    "position": "Position",
    "time_decay": "Time decay",
    "markov": "Markov",
    "shapley": "Shapley",
}
MAX_ROWS: Final = 12
NO_VALUE: Final = "(none before the win)"

AGREED: Final = 0.1
"""Shares of one channel that differ by less are no disagreement."""

BAR: Final = 0.52
"""Part of a model's width that the longest bar and its interval take; words get the rest."""

_INTERVAL: Final[dict[Measure, tuple[str, str]]] = {
    "n_conversions": ("low", "high"),
    "value": ("value_low", "value_high"),
}

_NO_CREDIT: Final[dict[Measure, str]] = {
    "n_conversions": "No credit to share out: nothing is won in view.",
    "value": "No credit to share out: no win in view has a value.",
}


class Disagreement(NamedTuple):
    """The channel on which models differ most, with the models that give it most and least."""

    channel: str | None
    most: str
    most_share: float
    least: str
    least_share: float


def plot_attribution(
    frame: pd.DataFrame, *, measure: Measure = "n_conversions", theme: Theme = "light"
) -> go.Figure:
    """Draw the share of all credit that each model gives each channel, with its interval.

    Parameters
    ----------
    frame
        The frame of ``attribute``.
    measure
        Credit in won journeys, or in their value.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One row per channel, the twelve with most credit; one column of bars per model; grey where
        fewer than 30 won journeys have the channel.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"model": ["first", "last"] * 2, "n_journeys": 95,
    ...     "channel": ["Ads", "Ads", "Mail", "Mail"], "n_conversions": [90.0, 20.0, 10.0, 80.0],
    ...     "low": [85.0, 15.0, 5.0, 75.0], "high": [95.0, 25.0, 15.0, 85.0]})
    >>> plot_attribution(frame).layout.title.text
    'First touch gives Ads 90%, last touch 20%'
    """
    columns = (measure, *_INTERVAL[measure])
    require(frame, ("model", "channel", *columns, "n_journeys"), where="the attribution")
    total = _total(frame, measure)
    if total <= 0:
        return empty(_NO_CREDIT[measure], theme=theme)
    rows = _rows(frame, measure)
    hidden = len(set(map(_key, frame["channel"].tolist()))) - len(rows)
    title, note = _title(frame, measure, total), _note(measure, total, hidden)
    height = rows_height(len(rows)) - 20
    chart = draft(title, theme=theme, height=height, note=note, room=28)
    told = _records(frame, ("model", "channel", "n_journeys", *columns))
    shown = [one for one in told if _key(one[1]) in rows]
    _draw_models(chart, shown, rows, total, theme)
    name_rows(chart, [safe_name(name, missing=NO_VALUE) for name in rows.values()])
    chart.update_layout(barmode="overlay", bargap=0.35)
    return chart.drawn()


def disagreement(frame: pd.DataFrame, *, measure: Measure) -> Disagreement | None:
    """The channel whose shares differ most between models; None where there is no credit."""
    total = _total(frame, measure)
    if total <= 0:
        return None
    credit_of: dict[str, list[tuple[float, str]]] = {}
    for channel, model, credit in _records(frame, ("channel", "model", measure)):
        credit_of.setdefault(_key(channel), []).append((round(credit / total, 9), model))
    gaps = {key: round(max(of)[0] - min(of)[0], 9) for key, of in credit_of.items()}
    key = max(sorted(gaps), key=gaps.__getitem__)
    (most_share, most), (least_share, least) = max(credit_of[key]), min(credit_of[key])
    return Disagreement(key[1:] or None, most, most_share, least, least_share)


def told_channel(frame: pd.DataFrame, *, measure: Measure) -> str | None:
    """The channel that the chart tells of: most disputed, or that with most credit if none is.

    Examples
    --------
    >>> frame = pd.DataFrame({"model": ["first", "last"] * 2, "value": [45.0, 50.0, 55.0, 50.0],
    ...     "channel": ["Ads", "Ads", "Mail", "Mail"], "n_conversions": [90.0, 20.0, 10.0, 80.0]})
    >>> told_channel(frame, measure="n_conversions"), told_channel(frame, measure="value")
    ('Ads', 'Mail')
    """
    found = disagreement(frame, measure=measure)
    if found is not None and found.most_share - found.least_share >= AGREED:
        return found.channel
    return most_credited(frame, measure=measure)[0]


def most_credited(frame: pd.DataFrame, *, measure: Measure) -> tuple[str | None, float]:
    """The channel that any model gives most credit, and how much."""
    credit, key = max(zip(frame[measure], frame["channel"].map(_key), strict=True))
    return key[1:] or None, credit


def _records(frame: pd.DataFrame, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Rows of some columns."""
    return zip(*(frame[column].tolist() for column in columns), strict=True)


def _total(frame: pd.DataFrame, measure: Measure) -> float:
    """What every model shares out."""
    models = frame["model"].to_numpy(dtype=object)
    credit = frame[measure].to_numpy(dtype=float)
    return float(np.nansum(credit[models == min(models, default=None)]))


def _key(channel: object) -> str:
    """A channel as a text that tells it from none."""
    return "" if is_missing(channel) else f"={channel}"


def _rows(frame: pd.DataFrame, measure: Measure) -> dict[str, object]:
    """The channels drawn, by key: those with most credit in the mean of models; none last."""
    credit_of: dict[str, list[float]] = {}
    for channel, credit in _records(frame, ("channel", measure)):
        credit_of.setdefault(_key(channel), []).append(credit)
    mean = {key: round(fmean(credit_of[key]), 9) for key in sorted(credit_of) if key}
    best = sorted(mean, key=mean.__getitem__, reverse=True)[:MAX_ROWS]
    rows: dict[str, object] = {key: key[1:] for key in best}
    return rows | ({"": None} if "" in credit_of else {})


def _title(frame: pd.DataFrame, measure: Measure, total: float) -> str:
    """Say on which channel the models differ most, or that they agree."""
    found = disagreement(frame, measure=measure)
    n_won = _total(frame, "n_conversions")
    if n_won < SMALL_SAMPLE or found is None:
        return f"Too few wins to compare models: {format_count(n_won)}"
    name = safe_name(found.channel, missing="no known value")
    if found.most_share - found.least_share < AGREED:
        top, credit = most_credited(frame, measure=measure)
        name = safe_name(top, missing=NO_VALUE)
        return f"Models agree: {name} has most, {format_share(credit / total)}"
    most, least = MODEL_NAMES[found.most], MODEL_NAMES[found.least]
    if found.least not in ("markov", "shapley"):
        least = least.lower()
    return (
        f"{most} gives {name} {format_share(found.most_share)}, "
        f"{least} {format_share(found.least_share)}"
    )


def _note(measure: Measure, total: float, n_hidden: int) -> str:
    what = "wins" if measure == "n_conversions" else "value won"
    note = (
        f"Share of credit for {format_count(total)} {what}, 95% interval; "
        f"grey: on the way of fewer than {SMALL_SAMPLE} wins"
    )
    return f"{note}; {n_hidden} with less credit left out" if n_hidden else note


def _draw_models(
    chart: Draft,
    shown: Sequence[tuple[Any, ...]],
    rows: dict[str, object],
    total: float,
    theme: Theme,
) -> None:
    """Draw the models from left to right, in their order."""
    own = {model: [one[1:] for one in shown if one[0] == model] for model in MODEL_NAMES}
    models = [model for model in MODEL_NAMES if own[model]]
    widest = float(np.nanmax([one[3:] for one in shown])) / total
    for place, model in enumerate(models):
        _draw_model(chart, model, own[model], place, rows, total, widest, theme)
        _name_model(chart, place, model, theme)
    chart.update_xaxes(visible=False, range=[0, len(models)])


def _draw_model(
    chart: Draft,
    of_model: str,
    told: Sequence[tuple[Any, ...]],
    place: int,
    rows: dict[str, object],
    total: float,
    widest: float,
    theme: Theme,
) -> None:
    """Draw the bars of one model: share, interval, words."""
    colour, order = TOKENS[theme], {key: row for row, key in enumerate(rows)}
    model, scale = MODEL_NAMES[of_model], BAR / widest
    places = [order[_key(channel)] for channel, *_ in told]
    for row, (_, n, *credit) in zip(places, told, strict=True):
        share, _, high = (amount / total for amount in credit)
        chart.add_annotation(
            x=place + max(share, high) * scale,
            y=row,
            text=format_share(share),
            showarrow=False,
            xanchor="left",
            xshift=4,
            font={"color": colour["muted" if n < SMALL_SAMPLE else "ink"], "size": TEXT},
        )
    shares, lows, highs = ([one[at] * scale / total for one in told] for at in (2, 3, 4))
    chart.add_bar(
        orientation="h",
        x=shares,
        base=[place] * len(told),
        y=places,
        marker={"color": [colour["line" if one[1] < SMALL_SAMPLE else "stage-0"] for one in told]},
        showlegend=False,
        customdata=[_words(model, *one, total=total) for one in told],
        hovertemplate="%{customdata}<extra></extra>",
    )
    ends = zip(lows, highs, strict=True)
    chart.add_scatter(
        x=[x for low, high in ends for x in (place + low, place + high, None)],
        y=[y for row in places for y in (row, row, None)],
        mode="lines",
        line={"color": colour["muted"], "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )


def _words(model: str, channel: object, n: int, *credit: float, total: float) -> str:
    share, low, high = (format_share(amount / total) for amount in credit)
    return (
        f"{safe_name(channel, missing=NO_VALUE)}, {model}: {share}"
        f"<br>95% interval {low} to {high}"
        f"<br>on the way of {format_counted(n, 'won journey')}"
    )


def _name_model(chart: Draft, place: int, model: str, theme: Theme) -> None:
    chart.add_annotation(
        x=place,
        y=1,
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        text=MODEL_NAMES[model],
        showarrow=False,
        font={"color": TOKENS[theme]["muted"], "size": TEXT},
    )
