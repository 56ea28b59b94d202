"""Attribution on the screen: what gets credit, what the models say, the journeys behind it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from math import fsum, isclose
from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.attribution.attribute import MODELS
from journey.analysis.attribution.journeys import won_after, won_first, won_last
from journey.charts.plots.attribution import (
    AGREED,
    MODEL_NAMES,
    Measure,
    disagreement,
    told_channel,
)
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.explore.headlines import outcome_counts
from journey.ui.navigation import ATTRIBUTION, page_name
from journey.ui.plots import current_theme, show_plot
from journey.ui.reader import fragment
from journey.ui.tables import show_table
from journey.ui.text import counted, label, markdown, number

NONE_BEFORE: Final = "(none before the win)"
FIRST_UNITS: Final = ("channel", "campaign", "content", "touchpoint")
MEASURES: Final[dict[str, Measure]] = {"Wins": "n_conversions", "Value": "value"}
SHOWN: Final = {
    "low": "n_conversions_from",
    "high": "n_conversions_to",
    "value_low": "value_from",
    "value_high": "value_to",
}
COLUMNS: Final = (
    *("channel", "share", "n_conversions", "n_conversions_from", "n_conversions_to"),
    *("value", "value_from", "value_to", "n_journeys"),
)
DECIMALS: Final = {
    **dict.fromkeys(("n_conversions", "n_conversions_from", "n_conversions_to"), 1),
    **dict.fromkeys(("value", "value_from", "value_to"), 0),
    "removal_effect": 3,
}
LABELS: Final = {
    "n_conversions": "Credit, wins",
    "n_conversions_from": "from",
    "n_conversions_to": "to",
    "value": "Credit, value",
    "value_from": "from ",
    "value_to": "to ",
    "n_journeys": "Wins with it",
}
HELP: Final = {
    "n_conversions": "Adds up to the journeys won in view.",
    "n_conversions_from": "Lower end of the 95% interval.",
    "n_conversions_to": "Upper end of the 95% interval.",
    "value": "Adds up to the value of the journeys won in view, as known at the win.",
    "value_from": "Lower end of the 95% interval.",
    "value_to": "Upper end of the 95% interval.",
    "removal_effect": "Markov: how much lower the chance to win would be on the ways without it.",
    "n_journeys": "Won journeys that have it on their way. Below 30 figures are shaky.",
}


def units(log: TouchpointLog) -> dict[str, str]:
    """Return the columns whose values can get credit, with their words; channels come first."""
    known = log.store.text_columns
    others = sorted(set(known) - set(FIRST_UNITS) - {"stage", "direction"})
    chosen = [*(name for name in FIRST_UNITS if name in known), *others]
    return {
        column: "Touchpoint type" if column == "touchpoint" else label(column)
        for column in chosen
        if column == "touchpoint"
        or (not column.endswith("_id") and any(v is not None for v in log.filter_values(column)))
    }


def headline(frame: pd.DataFrame, measure: Measure) -> str:
    """Return what alone gets most credit by over half the models, where wins are enough to compare.

    Examples
    --------
    >>> frame = pd.DataFrame({"model": ["first", "first", "last", "last"],
    ...     "channel": ["Ads", None, "Mail", "Ads"], "n_conversions": [20.0, 80.0, 10.0, 90.0]})
    >>> headline(frame, "n_conversions")
    'Ads gets most credit by all 2 models'
    """
    n_won: defaultdict[str, list[float]] = defaultdict(list)
    credit_of: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    columns = (frame[name].tolist() for name in ("model", "channel", "n_conversions", measure))
    for model, channel, n, credit in zip(*columns, strict=True):
        n_won[model].append(n)
        if not pd.isna(channel) and credit > 0:
            credit_of[model].append((channel, credit))
    firsts = [_first_of(shares) for shares in credit_of.values()]
    leads = Counter(name for name in firsts if name is not None).most_common()
    ranks = [n for _, n in leads]
    is_clear = bool(ranks) and 2 * ranks[0] > len(credit_of)
    if max(map(fsum, n_won.values()), default=0) < SMALL_SAMPLE or not is_clear:
        return page_name(ATTRIBUTION)
    of = "all" if ranks[0] == len(credit_of) else f"{ranks[0]} of"
    return f"{markdown(leads[0][0])} gets most credit by {of} {len(credit_of)} models"


def _first_of(shares: Sequence[tuple[str, float]]) -> str | None:
    """Who alone has most credit."""
    most = max(credit for _, credit in shares)
    names = [name for name, credit in shares if isclose(credit, most, rel_tol=1e-5, abs_tol=1e-8)]
    return names[0] if len(names) == 1 else None


def show_models(view: TouchpointLog, by: str, measure: Measure, half_life_days: float) -> None:
    """Show what each model gives each value, and where models disagree most."""
    frame = cached(journey.attribute)(view, by=by, half_life_days=half_life_days)
    chart = charts.plot_attribution(frame, measure=measure, theme=current_theme())
    show_plot(chart, key="attribution", file_name=f"attribution-by-{by}")
    st.markdown(disagreement_text(frame, measure))
    st.caption(_what_counts(view, frame, by))


def disagreement_text(frame: pd.DataFrame, measure: Measure) -> str:
    """Say in a sentence about which value the models disagree most, if they do.

    Examples
    --------
    >>> frame = pd.DataFrame({"model": ["first", "first", "last", "last"],
    ...     "channel": ["Ads", "Mail", "Mail", "Ads"], "n_conversions": [90.0, 10.0, 80.0, 20.0]})
    >>> disagreement_text(frame, "n_conversions").split(". ")[0]
    'Models disagree most about **Ads**: First touch credits it with 90 of 100 wins, Last touch
    with 20'
    """
    found = disagreement(frame, measure=measure)
    if found is None or found.most_share - found.least_share < AGREED:
        return "Each model counts the same journeys; none says what caused a win."
    total = frame.loc[frame["model"] == found.most, measure].sum()
    what = "wins" if measure == "n_conversions" else "value won"
    return (
        f"Models disagree most about **{markdown(found.channel or NONE_BEFORE)}**: "
        f"{MODEL_NAMES[found.most]} credits it with {number(found.most_share * total)} of "
        f"{number(total)} {what}, {MODEL_NAMES[found.least]} with "
        f"{number(found.least_share * total)}. Each counts the same journeys; none says what "
        "caused a win."
    )


def _what_counts(view: TouchpointLog, frame: pd.DataFrame, by: str) -> str:
    """Say which touches count, what is left out, and how much has no known value."""
    stand = outcome_counts(view)
    n_open = stand["stalled"] + stand["in_progress"]
    without = frame.loc[frame["channel"].isna(), "n_journeys"]
    parts = ["Touches before the winning one count, it and later ones don't."]
    if n_open:
        verb = "is" if n_open == 1 else "are"
        parts.append(f"{counted(n_open, 'open journey')} {verb} left out.")
    if len(without):
        name = "touchpoint" if by == "touchpoint" else markdown(label(by).lower())
        parts.append(f"{counted(int(without.iloc[0]), 'win')} had no known {name} before.")
    return " ".join(parts)


@fragment
def open_wins(view: TouchpointLog, by: str, measure: Measure, half_life_days: float) -> None:
    """Let the user choose a value, at first the one the chart tells of, and open its wins."""
    frame = cached(journey.attribute)(view, by=by, half_life_days=half_life_days)
    of_first = frame[frame["model"] == "first"].set_index("channel")
    of_last = frame[frame["model"] == "last"].set_index("channel")
    names = [None if pd.isna(name) else str(name) for name in of_first.index]
    begin = told_channel(frame, measure=measure) if frame[measure].sum() > 0 else names[0]
    with st.container(border=True):
        name = st.selectbox(
            "Open wins of",
            names,
            names.index(begin),
            format_func=lambda name: NONE_BEFORE if name is None else name,
            key=f"wins-of:{by}:{begin or NONE_BEFORE}",
        )
        shown = NONE_BEFORE if name is None else name
        row = of_first[of_first.index.isna()].iloc[0] if name is None else of_first.loc[name]
        counts = [
            Count("All wins", _n_won(view), partial(_won, view), "Won journeys"),
            Count(
                "On the way of",
                int(row["n_journeys"]),
                partial(won_after, view, by, name),
                f"Won after {shown}",
            ),
        ]
        if name is not None and name in of_last.index:
            for words, table, opened in (
                ("First touch of", of_first, won_first),
                ("Last touch of", of_last, won_last),
            ):
                n = round(float(table.loc[name, "n_conversions"]))
                title = f"Won, {words.lower()[:-3]} {shown}"
                counts.append(Count(words, n, partial(opened, view, by, name), title))
        count_row(counts, key=f"wins:{by}:{names.index(name)}")


def show_credit(frame: pd.DataFrame, by: str, model: str) -> None:
    """Show the credit of one model as a table with its intervals."""
    own = frame[frame["model"] == model].rename(columns=SHOWN)
    total = max(float(own["n_conversions"].sum()), 1.0)
    own = own.assign(channel=own["channel"].fillna(NONE_BEFORE), share=own["n_conversions"] / total)
    columns = [*COLUMNS, "removal_effect"] if model == "markov" else COLUMNS
    own = own[list(columns)].round(DECIMALS)
    named = "channel" if by in own.columns else by  # a column of the log may be called a share
    show_table(
        own.rename(columns={"channel": named}),
        key="credit",
        file_name=f"attribution-{model}-by-{by}",
        labels={**LABELS, named: label(by)},
        column_help={**HELP, "share": "Of the wins in view."},
    )


def pick_model() -> str:
    """Let the user choose the model of the tables."""
    chosen = st.segmented_control(
        "Model",
        MODELS,
        default="markov",
        required=True,
        format_func=MODEL_NAMES.__getitem__,
        key="credit-model",
        bind="query-params",
    )
    return str(chosen)


def _won(view: TouchpointLog) -> TouchpointLog:
    return view.where(outcome="won")


def _n_won(view: TouchpointLog) -> int:
    return outcome_counts(view)["won"]
