"""What all Plotly charts share: type, colours, names made harmless, the empty chart."""

import html
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_counted, format_share, separators
from journey.charts.svg import clip, printable
from journey.charts.theme import FONT, TOKENS, Theme
from journey.schema import SMALL_SAMPLE

Chart = Draft | go.Figure

NO_STAGE: Final = "No journey has entered a stage: the definitions say which touch enters which."
NAME_WIDTH: Final = 230.0
LONG_NAME_WIDTH: Final = 320.0
TITLE_WIDTH: Final = 420.0
"""Pixels for a name: beside a row, where names are sentences, and in a title with more room."""

TEXT: Final = 14
ROW: Final = 40
"""Pixels for one row of a chart of rows."""

TITLE_SIGNS: Final = 72
"""Signs of a title in one line."""

QUIET: Final = 0.35
"""Part of a colour that stays when it is made quiet."""

IN_MONTH: Final[dict[str, Any]] = {"xperiod": "M1", "xperiodalignment": "middle"}
"""What stands at the first day of a month is of the whole month."""

_DAYS_NAMED_BY_MONTH: Final = 400
_LONE_BAR: Final = 26 * 24 * 3_600_000.0
"""Milliseconds that the bar of a single month is wide."""

MARGINS: Final = 150
"""Pixels above and below the rows: title, axis, legend."""


class Share(NamedTuple):
    """A share with its 95 % interval, in a row of a chart; the name is already safe."""

    row: int
    name: str
    rate: float
    low: float
    high: float
    n: int


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing, however pandas writes it; NaN alone differs from itself."""
    return value is None or value is pd.NA or value is pd.NaT or value != value  # noqa: PLR0124 -- the test for NaN that takes any type


def safe_name(value: object, *, missing: str = "(not known)", width: float = NAME_WIDTH) -> str:
    """Write a name from the data so that Plotly shows it as it is: no markup, links or formulas.

    Examples
    --------
    >>> safe_name("<b>Demo</b>"), safe_name('"$x$"'), safe_name(None)
    ('&lt;b&gt;Demo&lt;/b&gt;', '&#34;&#36;x&#36;&#34;', '(not known)')
    """
    if is_missing(value):
        return missing
    shown = clip(printable(str(value)), width, TEXT)
    # Plotly reads text between dollar signs as a formula; its entity is only ever a sign. Of names
    # of entities it knows few: it would show &quot; as it is.
    return html.escape(shown).replace("$", "&#36;").replace("&quot;", "&#34;")


def top_row(table: pd.DataFrame, by: pd.Series) -> pd.Series:
    """Return the first row where a number is highest; the number must be known in every row."""
    return table.iloc[int(by.to_numpy().argmax())]


def count_and_share(n: float, share: float) -> str:
    """Write a count and its share.

    Examples
    --------
    >>> count_and_share(1200, 0.25)
    '1,200 · 25%'
    """
    return f"{format_count(n)} · {format_share(share)}"


def draft(
    title: str,
    *,
    theme: Theme,
    height: int,
    note: str = "",
    room: int = 0,
    title_signs: int = TITLE_SIGNS,
) -> Draft:
    """Start a chart: its message and colours, room for heads, nothing from a template."""
    colour = TOKENS[theme]
    # Plotly never breaks a title: a long one would be cut on a narrow page.
    lines = textwrap.wrap(title, title_signs, break_long_words=False, break_on_hyphens=False)
    top = (84 if note else 60) + 24 * (len(lines) - 1) + room
    heading: dict[str, Any] = {
        "text": "<br>".join(lines),
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 14, "l": 12},
        "font": {"size": 19, "color": colour["ink"], "weight": 700},
        "subtitle": {"text": note, "font": {"size": TEXT, "color": colour["muted"]}},
    }
    return Draft(
        {
            "template": {},
            "separators": separators(),
            "title": heading,
            "height": height + top - 84,
            "margin": {"t": top, "l": 12, "r": 24, "b": 12},
            "paper_bgcolor": colour["paper"],
            "plot_bgcolor": colour["paper"],
            "font": {"family": FONT, "size": TEXT, "color": colour["ink"]},
            "hoverlabel": {"font": {"family": FONT, "size": TEXT}},
            "legend": {
                "orientation": "h",
                "yanchor": "top",
                "y": -0.12,
                "x": 0,
                "traceorder": "normal",
                "font": {"size": TEXT, "color": colour["ink"]},
            },
            "xaxis": _axis(theme),
            "yaxis": _axis(theme),
            "barmode": "stack",
        }
    )


def _axis(theme: Theme) -> dict[str, Any]:
    colour = TOKENS[theme]
    return {
        "gridcolor": colour["line"],
        "linecolor": colour["line"],
        "zeroline": False,
        "automargin": True,
        "tickfont": {"size": TEXT, "color": colour["ink"]},
        "title": {"font": {"size": TEXT, "color": colour["muted"]}},
        "fixedrange": True,
    }


def legend_at_foot(chart: Chart) -> None:
    """Set the legend below the axis, however low the chart is."""
    foot = {"yref": "container", "y": 0, "yanchor": "bottom"}
    chart.update_layout(legend=foot, margin={"b": 78})


def bars_by_month(months: "pd.Series[Any]") -> dict[str, Any]:
    """How bars stand in their months; Plotly takes their width from the distance between two."""
    return IN_MONTH | ({"width": _LONE_BAR} if len(set(months)) == 1 else {})


def name_months(chart: Chart, months: "pd.Series[Any]") -> None:
    """Let the axis hold whole months, each named where they are few."""
    days = pd.to_datetime(months, utc=True)
    first, last = days.min(), days.max() + pd.DateOffset(months=1)
    chart.update_xaxes(
        type="date",
        showgrid=False,
        range=[first, last],
        tickformat="%b\n%Y",
        ticklabelmode="period",
        dtick="M1" if (last - first).days < _DAYS_NAMED_BY_MONTH else None,
    )


def month_name(month: str) -> str:
    """Name a month in a title.

    Examples
    --------
    >>> month_name("2026-06")
    'June 2026'
    """
    return f"{pd.Timestamp(month):%B %Y}"


def name_rows(chart: Chart, names: Sequence[str]) -> None:
    """Name the rows of a chart from the top; rows are numbers, so that like names stay apart."""
    chart.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=list(names),
        range=[len(names) - 0.4, -0.6],
        showgrid=False,
        ticks="",
        ticklabelstandoff=9,  # a mark at the axis must not lie over the name
    )


def name_columns(chart: Chart, names: Sequence[str]) -> None:
    """Name the columns of a chart of cells above it."""
    chart.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=list(names),
        side="top",
        showgrid=False,
        range=[-0.5, len(names) - 0.5],
    )


def draw_shares(
    chart: Chart, shares: Sequence[Share], *, theme: Theme, axes: tuple[str, str] = ("x", "y")
) -> None:
    """Draw shares with their intervals in rows; those of small samples are grey."""
    colour = TOKENS[theme]
    xaxis, yaxis = axes
    inks = [colour["line"] if share.n < SMALL_SAMPLE else colour["stage-0"] for share in shares]
    for share, ink in zip(shares, inks, strict=True):
        chart.add_scatter(
            x=[share.low, share.high],
            y=[share.row, share.row],
            mode="lines",
            line={"color": ink, "width": 5},
            hoverinfo="skip",
            showlegend=False,
            xaxis=xaxis,
            yaxis=yaxis,
        )
        chart.add_annotation(
            x=share.high,
            y=share.row,
            xref=xaxis,
            yref=yaxis,
            text=f"{format_share(share.rate)} of {format_count(share.n)}",
            **beside(theme, n=share.n),
        )
    chart.add_scatter(
        x=[share.rate for share in shares],
        y=[share.row for share in shares],
        mode="markers",
        cliponaxis=False,
        marker={"color": inks, "size": 15},
        customdata=[
            f"{share.name}: {format_share(share.rate)} of {format_counted(share.n, 'journey')}"
            f"<br>95% interval {format_share(share.low)} to {format_share(share.high)}"
            for share in shares
        ],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
        xaxis=xaxis,
        yaxis=yaxis,
    )


def draw_links(chart: Chart, ends: Iterable[tuple[float, float]], *, theme: Theme) -> None:
    """Join the two marks of each row by a quiet line."""
    xs: list[float | None] = []
    ys: list[int | None] = []
    for row, (start, end) in enumerate(ends):
        xs += [start, end, None]
        ys += [row, row, None]
    line = {"color": TOKENS[theme]["line"], "width": 4}
    chart.add_scatter(x=xs, y=ys, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def beside(theme: Theme, *, n: int) -> dict[str, Any]:
    """Look of words to the right of a mark: on the ground's colour, grey for a small sample."""
    colour = TOKENS[theme]
    return {
        "font": {"color": colour["muted" if n < SMALL_SAMPLE else "ink"], "size": TEXT},
        "bgcolor": colour["paper"],
        "borderpad": 1,
        "showarrow": False,
        "xanchor": "left",
        "xshift": 9,
    }


def quiet(token: str, theme: Theme) -> str:
    """Mix a colour with the ground, for what is not the message of a chart."""
    paper, ink = (_channels(TOKENS[theme][name]) for name in ("paper", token))
    mixed = (round(p + (i - p) * QUIET) for p, i in zip(paper, ink, strict=True))
    return f"#{''.join(f'{channel:02x}' for channel in mixed)}"


def _channels(colour: str) -> tuple[int, ...]:
    """Read the three channels of a colour like #00518a."""
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def empty(message: str, *, theme: Theme) -> go.Figure:
    """Draw the chart of an empty frame: it says why there is nothing to see."""
    chart = draft("Nothing to show yet", theme=theme, height=220, note=message)
    chart.update_xaxes(visible=False)
    chart.update_yaxes(visible=False)
    return chart.drawn()


def rows_height(n_rows: int) -> int:
    """Pixels for a chart of so many rows."""
    return MARGINS + ROW * max(n_rows, 2)
