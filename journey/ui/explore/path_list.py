"""Whole paths as a list to read: each a chain of steps in the colours of their stages."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import pandas as pd
import streamlit as st

from journey.analysis.maps.graph import stages_of, touchpoint_types
from journey.analysis.maps.variants import most_taken
from journey.charts.svg import escape
from journey.charts.theme import TOKENS, stage_token
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.journeys import open_journeys
from journey.ui.panel import rate_of
from journey.ui.text import counted, days, markdown, percent

SHOWN_AT_ONCE: Final = 12
MOST_STEPS: Final = 14
LAST_STEPS: Final = 3
MULTIPLIED: Final = "\u00d7"
_COLUMNS: Final = (7, 1.1, 1.9, 1.3, 1.9)
_HEADS: Final = ("Path", "Share", "Won of decided", "Median time", "Journeys")
_CHIP: Final = (
    "display:inline-block;padding:1px 8px;margin:2px 0;border-radius:5px;font-size:0.875rem;"
    "line-height:1.5;"
)


def runs(sequence: Sequence[str]) -> list[tuple[str, int]]:
    """Return a sequence with repeats in a row counted.

    Examples
    --------
    >>> runs(["Ad", "Ad", "Demo"])
    [('Ad', 2), ('Demo', 1)]
    """
    return [(name, len(list(same))) for name, same in groupby(sequence)]


def times(name: str, n: int) -> str:
    """Write a step with the number of its repeats."""
    return f"{name} {MULTIPLIED}{n}" if n > 1 else name


def chain(sequence: Sequence[str], stage_of: Mapping[str, str], stages: list[str]) -> str:
    """Return a path as HTML: steps in the colours of their stages; the middle of a long one cut.

    Parameters
    ----------
    sequence
        Touchpoint types in order.
    stage_of
        Type to stage.
    stages
        In order.
    """
    steps = [
        (times(name, n), stage_token(stage_of.get(name), stages)) for name, n in runs(sequence)
    ]
    chips = [_chip(words, token) for words, token in steps]
    if len(chips) > MOST_STEPS:
        n_hidden = len(chips) - MOST_STEPS + 1
        head = chips[: MOST_STEPS - LAST_STEPS - 1]
        more = f'<span style="opacity:.75;font-size:0.875rem">… {n_hidden} more …</span>'
        chips = [*head, more, *chips[-LAST_STEPS:]]
    arrow = ' <span aria-hidden="true">→</span> '
    return f"<div>{arrow.join(chips)}</div>"


def _chip(words: str, token: str) -> str:
    ground = f"light-dark({TOKENS['light'][token]},{TOKENS['dark'][token]})"
    ink = f"light-dark({TOKENS['light']['on-stage']},{TOKENS['dark']['on-stage']})"
    return f'<span style="{_CHIP}background:{ground};color:{ink}">{escape(words)}</span>'


def n_paths_of(view: TouchpointLog) -> int:
    """Return how many different paths journeys take."""
    return view.shared(most_taken).n_variants


def show_paths(
    view: TouchpointLog,
    paths: pd.DataFrame,
    *,
    key: str,
) -> None:
    """Show the most frequent paths, each with its figures and the way to its journeys.

    Parameters
    ----------
    view
        The log in view.
    paths
        As ``variants`` gives them.
    key
        Unique on the page.
    """
    types = cached(touchpoint_types)(view)
    stage_of = dict(zip(types["touchpoint"], types["stage"], strict=True))
    stages = stages_of(view, types)
    held = f"{key}:shown"
    n_shown = st.session_state.get(held, SHOWN_AT_ONCE)
    heads = st.columns(_COLUMNS)
    for place, words in zip(heads, _HEADS, strict=True):
        place.caption(words)
    for row in paths.head(n_shown).itertuples():
        sequence = tuple(row.sequence)
        cells = st.columns(_COLUMNS, vertical_alignment="center")
        cells[0].html(chain(sequence, stage_of, stages))
        cells[1].markdown(percent(row.share))
        cells[2].markdown(rate_of(row.win_rate, row.n_decided, "decided"))
        cells[3].markdown(days(row.median_days))
        words = f"Open {counted(row.n_journeys, 'journey')}"
        opener = {"key": f"{key}:{row.variant_id}", "icon": ":material/list:"}
        if cells[4].button(words, type="tertiary", **opener):
            title = " → ".join(times(name, n) for name, n in runs(sequence))
            open_journeys(view.having_variant(sequence), title=title)
    if n_shown < len(paths):
        more = min(SHOWN_AT_ONCE, len(paths) - n_shown)
        if st.button(markdown(f"Show {more} more"), key=f"{key}:more"):
            st.session_state[held] = n_shown + more
            st.rerun(scope="fragment")
