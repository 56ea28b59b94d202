"""Persona cards as one picture for a meeting: who they are, what they do, what the team noted."""

from collections.abc import Mapping, Sequence
from math import ceil, floor
from typing import Any, Final

import pandas as pd

from journey.charts.columns import require
from journey.charts.numbers import format_count, format_share
from journey.charts.svg import Picture, clip, document, element, label, printable, wrap
from journey.charts.theme import Theme, style_sheet
from journey.schema import LEAST_CERTAIN, SMALL_SAMPLE

MOST_CARDS: Final = 12
COLUMNS: Final = (
    *("persona", "seniority", "n_journeys", "win_rate", "rest_win_rate", "chance"),
    *("started_share", "influenced_share", "signed_share", "used_share"),
    *("median_place", "typical_touchpoint", "goals", "motives"),
)
WIDTH: Final = 1400
MARGIN: Final = 24.0
A_ROW: Final = 3
GAP: Final = 20.0
INSET: Final = 20.0
CARD: Final = (WIDTH - 2 * MARGIN - (A_ROW - 1) * GAP) / A_ROW
TOP: Final = 104.0
LINE: Final = 24.0
NOTE_LINES: Final = 8

RULES: Final = (
    ".portolan .card{fill:none;stroke:var(--line);stroke-width:1.5}"
    ".portolan .name{font-size:20px;font-weight:700}"
    ".portolan .lead{font-size:16px;font-weight:700}"
    ".portolan .words{font-size:15px}"
    ".portolan .small-words{font-size:14px;fill:var(--muted)}"
    ".portolan .heading{font-size:15px;font-weight:700}"
)
SIZES: Final = {"name": 20.0, "lead": 16.0, "words": 15.0, "small-words": 14.0, "heading": 15.0}

NO_ROLE: Final = "No role goes with more wins than chance could give"

Line = tuple[str, str]
"""The class of a line of a card, and its words."""


def persona_cards(frame: pd.DataFrame, *, theme: Theme = "light") -> Picture:
    """Draw a card for each persona, three a row.

    Parameters
    ----------
    frame
        The frame of ``personas`` with the columns ``goals`` and ``motives``, empty where nothing
        is noted; the first twelve are drawn.
    theme
        The palette shown where no page decides.

    Returns
    -------
    Picture
        1400 pixels wide, as high as its rows of cards.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "persona": ["Buyer"], "seniority": ["Director"], "n_journeys": [100],
    ...     "win_rate": [0.3], "rest_win_rate": [0.1], "chance": [0.001], "started_share": [0.2],
    ...     "influenced_share": [0.2], "signed_share": [0.6], "used_share": [0.1],
    ...     "median_place": [2.0], "typical_touchpoint": ["Demo"], "goals": ["Save time"],
    ...     "motives": [""]})
    >>> persona_cards(frame).title
    'With Buyer 30% of 100 journeys are won, without 10%'
    """
    require(frame, COLUMNS, where="the personas")
    rows = frame.head(MOST_CARDS)
    cards = [_lines(row) for row in rows.to_dict("records")]
    title, alt = with_whom(frame), f"Personas: {', '.join(map(printable, rows['persona']))}"
    body = [label(title, {"class": "message", "x": MARGIN, "y": 48})]
    words = f"Won of all journeys with somebody of the role; grey: fewer than {SMALL_SAMPLE}"
    body.append(label(words, {"class": "muted words", "x": MARGIN, "y": 78}))
    top = TOP
    for first in range(0, len(cards), A_ROW):
        group = cards[first : first + A_ROW]
        height = max(map(len, group)) * LINE + 2 * INSET
        body += [_card(lines, place, top, height) for place, lines in enumerate(group)]
        top += height + GAP
    size, style = (WIDTH, round(top - GAP + MARGIN)), style_sheet(RULES)
    classes = f"personas {theme}"
    return document("".join(body), size=size, classes=classes, style=style, title=title, alt=alt)


def leading_persona(frame: pd.DataFrame) -> pd.Series | None:
    """The row of ``personas`` with whom most journeys are won, more than chance could give.

    Examples
    --------
    >>> leading_persona(pd.DataFrame({"persona": ["Buyer", "User"], "win_rate": [0.2, 0.3],
    ...     "rest_win_rate": [0.1, 0.2], "chance": [0.01, 0.5]}))["persona"]
    'Buyer'
    """
    sure = frame[goes_with_wins(frame)]
    return None if sure.empty else sure.iloc[int(sure["win_rate"].to_numpy().argmax())]


def goes_with_wins(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Which personas of ``personas`` go with more wins than without, beyond chance."""
    return (frame["chance"] <= LEAST_CERTAIN) & (frame["win_rate"] > frame["rest_win_rate"])


def with_whom(frame: pd.DataFrame) -> str:
    """Say with which persona most journeys are won."""
    first = leading_persona(frame)
    if first is None:
        return NO_ROLE
    return (
        f"With {printable(first['persona'])} {format_share(first['win_rate'])} of "
        f"{format_count(first['n_journeys'])} journeys are won, without "
        f"{format_share(first['rest_win_rate'])}"
    )


def what_they_do(row: Mapping[Any, Any]) -> list[str]:
    """Say which part a persona plays, a line each; what is not known is no line.

    Examples
    --------
    >>> what_they_do({"started_share": 0.2, "influenced_share": 0.3, "signed_share": float("nan"),
    ...               "used_share": float("nan"), "median_place": 2.5, "typical_touchpoint": None})
    ['Starts 20%, influences 30% of journeys', 'Enters as number 2 or 3']
    """
    parts = ("started", "influenced", "signed", "used")
    starts, influences, signs, uses = (format_share(row[f"{part}_share"]) for part in parts)
    lines = [f"Starts {starts}, influences {influences} of journeys"]
    if not pd.isna(row["signed_share"]):
        lines.append(f"Signs {signs}, uses {uses} of wins")
    if not pd.isna(row["median_place"]):
        lower, upper = (format_count(rounded(row["median_place"])) for rounded in (floor, ceil))
        places = lower if lower == upper else f"{lower} or {upper}"
        lines.append(f"Enters as number {places}")
    if row["typical_touchpoint"] is not None:
        lines.append(f"Typical: {row['typical_touchpoint']}")
    return lines


def _lines(row: Mapping[Any, Any]) -> list[Line]:
    """What a card says, a line each."""
    won, without = format_share(row["win_rate"]), format_share(row["rest_win_rate"])
    lines: list[Line] = [
        ("name", row["persona"]),
        ("small-words", "" if row["seniority"] is None else row["seniority"]),
        (
            "lead" if row["n_journeys"] >= SMALL_SAMPLE else "small-words",
            f"{won} of {format_count(row['n_journeys'])} won, {without} without",
        ),
        *(("words", line) for line in what_they_do(row)),
    ]
    for heading, note in (("Goals", row["goals"]), ("Motives", row["motives"])):
        if note:
            broken = wrap(note, CARD - 2 * INSET, SIZES["words"], NOTE_LINES)
            lines += [("heading", heading), *(("words", line) for line in broken)]
    return lines


def _card(lines: Sequence[Line], place: int, top: float, height: float) -> str:
    """Draw one card: its frame and its lines."""
    left = MARGIN + place * (CARD + GAP)
    frame = {"class": "card", "x": left, "y": top, "width": CARD, "height": height, "rx": 8}
    texts = [
        label(
            clip(words, CARD - 2 * INSET, SIZES[kind]),
            {"class": kind, "x": left + INSET, "y": top + INSET + LINE * number - 6},
        )
        for number, (kind, words) in enumerate(lines, start=1)
        if words
    ]
    return element("g", {}, element("rect", frame), *texts)
