"""Personas on the screen: cards with notes, charts, the group that wins."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.profiles.persona_parts import LARGEST_GROUP
from journey.analysis.profiles.personas import persona_columns, with_group_of, with_persona
from journey.charts.numbers import READER
from journey.charts.persona_cards import what_they_do
from journey.charts.plots.personas import PARTS
from journey.charts.svg import Picture
from journey.errors import JourneyError
from journey.kept import MOST_SIGNS, PersonaNotes, load_notes, save_notes
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.picture import show_downloads
from journey.ui.plots import current_theme, show_plot
from journey.ui.state import current_dataset
from journey.ui.tables import rates, show_table
from journey.ui.text import counted, days, markdown, percent
from journey.workspace import workspace_root

CARDS_A_ROW: Final = 3
MOST_CARDS: Final = 12
_SAVED: Final = "personas:saved"
"""How often notes were saved."""

IN_GROUP: Final = 0.25
"""Share of won journeys from which on a role belongs to the group that wins."""

LABELS: Final = {
    "n_people": "People",
    "n_journeys": "Journeys with",
    "n_won": "Won",
    "low": "Low",
    "high": "High",
    "n_rest": "Journeys without",
    "rest_win_rate": "Win rate without",
    "rest_low": "Low without",
    "rest_high": "High without",
    "lift": "Times as often won",
    "lift_least": "At least",
    "lift_most": "At most",
    "won_share": "In won journeys",
    "median_place": "Enters as number",
    "median_entry_days": "Days to enter",
}
HELP: Final = {
    "n_people": "Each counted once for every journey.",
    "win_rate": "Won of all journeys with somebody of the role before the decision.",
    "chance": "How often chance alone gives such a difference, adjusted for all roles tried.",
    "influenced_share": "Has most touches between the first and the last.",
    "signed_share": "Has the last touch up to the win.",
    "used_share": "Has a touch after the win.",
    "won_share": "Of the won journeys with a known role.",
    "median_place": "Among the roles of a won journey; half enter earlier.",
    "typical_touchpoint": "What they do more than others, by the largest factor.",
}
OF: Final = (
    rates("n_journeys", "win_rate", "low", "high")
    | rates("n_rest", "rest_win_rate", "rest_low", "rest_high")
    | {
        f"{part}_share": (f"n_{part} / {part}_share",)
        for part in ("started", "influenced", "signed", "used")
    }
    | rates("n_won / won_share", "won_share")
)


def has_personas(view: TouchpointLog) -> bool:
    """Return whether the roles of people in view are known."""
    return bool(persona_columns(view)) and len(cached(journey.personas)(view)) > 0


def show_cards(view: TouchpointLog) -> None:
    """Show a card for each persona, with what the team knows of it."""
    frame = cached(journey.personas)(view)
    notes = _notes()
    rows = frame.head(MOST_CARDS).to_dict("records")
    for begin in range(0, len(rows), CARDS_A_ROW):
        for place, row in zip(
            st.columns(CARDS_A_ROW), rows[begin : begin + CARDS_A_ROW], strict=False
        ):
            with place, st.container(border=True, height="stretch"):
                _card(view, row, notes.get(str(row["persona"]), PersonaNotes()))
    if len(frame) > MOST_CARDS:
        st.caption(f"{counted(len(frame) - MOST_CARDS, 'more persona')} in the table.")
    names = frame["persona"]
    told = frame.assign(
        goals=[notes.get(name, PersonaNotes()).goals for name in names],
        motives=[notes.get(name, PersonaNotes()).motives for name in names],
    )
    st.caption("The cards as one picture, for a slide or a handout:")
    show_downloads(drawn_later(told), key="persona-cards", file_name="persona cards")
    _table(told, "personas")


def drawn_later(told: pd.DataFrame) -> Callable[[], Picture]:
    """Give what draws the cards for this reader, in a thread that knows nothing of them."""
    reader = READER.get()

    def draw() -> Picture:
        held = READER.set(reader)
        try:
            return charts.persona_cards(told)
        finally:
            READER.reset(held)

    return draw


def show_wins(view: TouchpointLog) -> None:
    """Show with whom journeys win, against without."""
    frame = cached(journey.personas)(view)
    chart = charts.plot_personas(frame, theme=current_theme())
    show_plot(chart, key="personas", file_name="personas")
    st.caption("It goes with winning; it need not be why. Journeys with more people win more, too.")
    _table(frame, "persona-wins")


def show_parts(view: TouchpointLog) -> None:
    """Show who starts, influences, signs and uses."""
    frame = cached(journey.personas)(view)
    chart = charts.plot_persona_parts(frame, theme=current_theme())
    show_plot(chart, key="parts", file_name="persona-parts")
    columns = ["persona", *(name for part in PARTS for name in (f"n_{part}", f"{part}_share"))]
    _table(frame[columns], "persona-parts")


def show_group(view: TouchpointLog) -> None:
    """Show how many people and which roles, in which order, the group that wins has."""
    frame = cached(journey.buying_groups)(view)
    chart = charts.plot_buying_groups(frame, theme=current_theme())
    show_plot(chart, key="groups", file_name="buying-groups")
    counts = [
        Count(
            _size_words(int(row.n_people)),
            int(row.n_journeys),
            partial(with_group_of, view, int(row.n_people)),
            _size_words(int(row.n_people)),
        )
        for row in frame.itertuples()
    ]
    count_row(counts, key="groups")
    _order_of_entry(cached(journey.personas)(view))
    _table(frame, "buying-groups")


def _size_words(n: int) -> str:
    if not n:
        return "Nobody known"
    people = "1 person" if n == 1 else f"{n} people"
    return f"{people} or more" if n == LARGEST_GROUP else people


def _order_of_entry(frame: pd.DataFrame) -> None:
    """Say who is in the group that wins, by the order in which they come in."""
    n_won = frame["n_won"].max() if len(frame) else 0
    inside = frame[(frame["won_share"] >= IN_GROUP) & (n_won >= SMALL_SAMPLE)]
    if inside.empty:
        return
    st.markdown("## The group that wins, in the order of entry")
    ordered = inside.sort_values(["median_place", "median_entry_days"])
    for place, row in enumerate(ordered.to_dict("records"), start=1):
        st.markdown(
            f"{place}. **{markdown(row['persona'])}** in {percent(row['won_share'])} of won "
            f"journeys, {days(row['median_entry_days'])} after the first touch"
        )


def _card(view: TouchpointLog, row: dict[str, Any], notes: PersonaNotes) -> None:
    name = str(row["persona"])
    st.markdown(f"## {markdown(name)}")
    if row["seniority"] is not None:
        st.caption(markdown(row["seniority"]))
    n = int(row["n_journeys"])
    won, without = percent(row["win_rate"], n), percent(row["rest_win_rate"])
    lead = f"**{won} won**" if n >= SMALL_SAMPLE else f":gray[{won} won]"
    st.markdown(f"{lead} with them, {without} without")
    st.markdown("  \n".join(map(markdown, what_they_do(row))))
    for title, text in (("Goals", notes.goals), ("Motives", notes.motives)):
        if text:
            st.markdown(f"**{title}**  \n{markdown(text)}")
    made_of = (row["role"], row["seniority"])[: len(persona_columns(view))]
    inside = partial(with_persona, view, made_of)
    count_row([Count("Journeys", n, inside, name)], key=f"persona:{name}")
    _edit_notes(name, notes)


def _edit_notes(name: str, notes: PersonaNotes) -> None:
    turn = st.session_state.get(_SAVED, 0)  # of another turn it is a new one, closed
    key = f"notes-of:{turn}:{name}"
    popover = st.popover("Notes", icon=":material/edit:", key=key, on_change="rerun")
    if not popover.open:
        return
    with popover:
        goals = st.text_area("Goals", notes.goals, key=f"goals:{name}", max_chars=MOST_SIGNS)
        motives = st.text_area(
            "Motives", notes.motives, key=f"motives:{name}", max_chars=MOST_SIGNS
        )
        if st.button("Save notes", key=f"notes:{name}", type="primary"):
            try:
                written = PersonaNotes(goals.strip(), motives.strip())
                save_notes(workspace_root(), current_dataset() or "", name, written)
            except JourneyError as problem:
                st.error(markdown(problem))
            else:
                st.session_state[_SAVED] = turn + 1
                st.rerun()


def _notes() -> dict[str, PersonaNotes]:
    try:
        return load_notes(workspace_root(), current_dataset() or "")
    except JourneyError as problem:
        st.warning(markdown(problem))
        return {}


def _table(frame: pd.DataFrame, name: str) -> None:
    show_table(frame, key=f"{name}-table", file_name=name, labels=LABELS, column_help=HELP, of=OF)
