"""Content on the screen: holes, what follows its use, what lies idle, calls to action."""

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.content.audit import (
    DEAD,
    EVERYBODY,
    IDLE_DAYS,
    IN_USE,
    NEXT_DAYS,
    NOT_IN_VIEW,
    ORPHANED,
    STATUSES,
    Across,
    covered,
    judged_text,
)
from journey.analysis.content.members import used_content, was_called
from journey.analysis.content.uses import content_columns
from journey.errors import JourneyError
from journey.inventory import Inventory
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.data.imports import safe_file_name
from journey.ui.explore.segment_views import NOT_KNOWN, attributes
from journey.ui.journeys import open_journeys
from journey.ui.plots import current_theme, show_plot
from journey.ui.state import add_note, current_dataset
from journey.ui.tables import choose_row, rates, show_table
from journey.ui.text import counted, label, markdown, number
from journey.wording import agreeing
from journey.workspace import load_inventory, save_inventory, workspace_root

STATUS_WORDS: Final = {
    ORPHANED: "never used",
    NOT_IN_VIEW: "not used in view",
    DEAD: "no longer of use",
    IN_USE: "in use",
}
HELP: Final = {
    "stage": "As listed, else where it is used most.",
    "persona": "As listed, else roles with a tenth or more of its touches.",
    "status": "Of the whole data set. Never used: listed, used nowhere (in files: orphaned). No "
    "longer of use: idle too long, or nobody goes on after it (in files: dead). Not used in view: "
    "of use, but not to what the filters keep.",
    "n_people": "Known people who used it.",
    "idle_days": "Since it was last used, by what the filters keep.",
    "n_decided": "Decided journeys that reached its stage and used it.",
    "win_rate": "Won of these.",
    "without_rate": "Of those that reached its stage, then were decided, never using it. No proof.",
    "n_judged": "First uses before the last stage, with the time over.",
    "next_stage_rate": "Entered a later stage within the days given.",
    "answer_rate": "Of the segment's journeys.",
}
LABELS: Final = {
    "published_at": "Published",
    "is_listed": "Listed",
    "win_rate": "Won with it",
    "without_rate": "Won without",
    "n_without": "Without it",
    "next_stage_rate": "Went on",
    "next_low": "Went on, low",
    "next_high": "Went on, high",
    "n_judged": "Could go on",
    "low": "Low",
    "high": "High",
    "n_segment": "Journeys of the segment",
    "n_journeys": "Journeys",
    "n_contents": "Contents",
    "n_used": "Used",
    "is_hole": "Hole",
}
SHOWN: Final = ("All", *STATUSES)


def current_inventory() -> Inventory:
    """Return the inventory kept for the data set of this session, an empty one if there is none."""
    name = current_dataset()
    return Inventory() if name is None else load_inventory(workspace_root(), name)


def audited(
    view: TouchpointLog,
    inventory: Inventory,
    columns: tuple[str, ...],
    idle: float = IDLE_DAYS,
    after: float = NEXT_DAYS,
) -> pd.DataFrame:
    """Return the audit, made once whichever part of the page asks for it."""
    chosen = columns or content_columns(view)
    return cached(journey.content_audit)(
        view, inventory=inventory, columns=chosen, idle_days=idle, next_days=after
    )


def headline(frame: pd.DataFrame) -> str:
    """Say how much of the content lies idle.

    Examples
    --------
    >>> headline(pd.DataFrame({"status": ["orphaned", "in use"], "n_touchpoints": [0, 4]}))
    '1 of 2 pieces of content is idle: 1 never used'
    >>> headline(pd.DataFrame({"status": ["not used in view", "in use"], "n_touchpoints": [0, 4]}))
    'None of 2 pieces of content is idle; 1 is not used in view'
    """
    if frame.empty:
        return "Content"
    n_of = frame["status"].value_counts()
    n_orphaned, n_hidden, n_dead = (int(n_of.get(one, 0)) for one in (ORPHANED, NOT_IN_VIEW, DEAD))
    n = n_orphaned + n_dead
    of = agreeing(f"{number(len(frame))} [piece|pieces] of content")
    if not n and not n_hidden:
        return agreeing(f"{number(len(frame))} [content is|contents are all] in use")
    hidden = f"; {number(n_hidden)} {'is' if n_hidden == 1 else 'are'} {STATUS_WORDS[NOT_IN_VIEW]}"
    rest = hidden if n_hidden else ""
    if not n:
        return f"None of {of} is idle{rest}"
    idle = f"{number(n)} of {of} {'is' if n == 1 else 'are'} idle"
    kinds = {STATUS_WORDS[ORPHANED]: n_orphaned, STATUS_WORDS[DEAD]: n_dead}
    return f"{idle}: {', '.join(f'{number(of)} {kind}' for kind, of in kinds.items() if of)}{rest}"


def show_headline(view: TouchpointLog, audit: pd.DataFrame) -> None:
    """Show how much of the content lies idle, and what that is judged on."""
    st.title(headline(audit))
    if judged := judged_text(view):
        st.caption(judged)


def pick_columns(view: TouchpointLog) -> tuple[str, ...]:
    """Ask which columns name content."""
    known = [name for name in view.store.text_columns if not name.endswith("_id")]
    chosen = st.multiselect(
        "Content is named by",
        known,
        default=list(content_columns(view)),
        format_func=label,
        key=f"content_columns:{current_dataset()}",
        bind="query-params",
        help="Of several, the first that says something counts.",
    )
    return tuple(chosen) or content_columns(view)


def show_coverage(view: TouchpointLog, inventory: Inventory, columns: tuple[str, ...]) -> None:
    """Show for which stage and persona, question or kind there is content, and where none is."""
    across: Across = st.segmented_control(
        "By stage and",
        ["persona", "question", "kind"],
        default="persona",
        required=True,
        format_func=str.capitalize,
        key="content-by",
        bind="query-params",
    )
    if across != "persona" and not any(getattr(entry, across) for entry in inventory.entries):
        st.info(
            f"No content has a {across}. Add an inventory that says it.", icon=":material/info:"
        )
        return
    frame = cached(_coverage)(view, across=across, inventory=inventory, columns=columns)
    if set(frame["value"]) <= {EVERYBODY}:
        st.info(
            f"No {across} is known: people have no role, and no inventory names one. See what is "
            "used under 'Use and wins'."
        )
        return
    chart = charts.plot_content_coverage(frame, theme=current_theme())
    show_plot(chart, key="coverage", file_name="content-coverage")
    labels = {**LABELS, "value": label(across), "n_people": "People in the stage"}
    if across != "persona":
        frame = frame.drop(columns="n_people")
    show_table(frame, key="coverage-table", file_name="content-coverage", labels=labels)


def _coverage(
    view: TouchpointLog, *, across: Across, inventory: Inventory, columns: tuple[str, ...]
) -> pd.DataFrame:
    return covered(view, audited(view, inventory, columns), across=across)


def show_ranking(view: TouchpointLog, inventory: Inventory, columns: tuple[str, ...]) -> None:
    """Show each content with its use and what followed; a chosen one opens into its journeys."""
    status, idle, after = _pick_use()
    frame = audited(view, inventory, columns, idle, after)
    if status == "All":
        chart = charts.plot_content_ranking(frame, theme=current_theme())
        show_plot(chart, key="ranking", file_name="content-wins")
    else:
        frame = frame[frame["status"] == status].reset_index(drop=True)
    row = choose_row(
        frame,
        key=f"content:{status}:{len(frame)}",
        file_name="content-audit",
        column_help=HELP,
        labels=LABELS,
        on_screen=_on_screen,
        of=rates("n_decided", "win_rate", "low", "high")
        | rates("n_without", "without_rate")
        | rates("n_judged", "next_stage_rate", "next_low", "next_high"),
    )
    if row is None:
        st.caption("Choose a row to open its journeys.")
        return
    name, n = str(frame["content"].iloc[row]), int(frame["n_journeys"].iloc[row])
    words = f"Open {counted(n, 'journey')} with {markdown(name)}"
    if st.button(words, type="primary", icon=":material/list:", disabled=not n):
        open_journeys(used_content(view, name, columns=columns), title=name)


def _on_screen(frame: pd.DataFrame) -> pd.DataFrame:
    """Write the status in the words of the title."""
    return frame.assign(status=[STATUS_WORDS[one] for one in frame["status"]])


def _pick_use() -> tuple[str, float, float]:
    """Ask which contents are listed, how long idle ones are of use, and how soon goes on."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        status = st.segmented_control(
            "Show",
            SHOWN,
            default="All",
            required=True,
            format_func=lambda one: STATUS_WORDS.get(one, one).capitalize(),
            key="content-status",
            bind="query-params",
        )
        idle = st.number_input(
            "No longer of use after days idle",
            min_value=1.0,
            value=IDLE_DAYS,
            format="%g",
            width=240,
            key="content-idle",
            bind="query-params",
        )
        after = st.number_input(
            "Goes on within days",
            min_value=1.0,
            value=NEXT_DAYS,
            format="%g",
            width=180,
            key="content-next",
            bind="query-params",
        )
    return status, idle, after


def show_calls(view: TouchpointLog) -> None:
    """Show which segments answer which call to action; each count opens."""
    found = attributes(view)
    if not found:
        st.info("Nothing divides this log into segments.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.selectbox(
            "Segments by",
            list(found),
            format_func=found.__getitem__,
            width=300,
            key="calls-by",
            bind="query-params",
        )
        frame = cached(journey.calls_to_action)(view, by=by)
        if frame.empty:
            st.info(
                "No touchpoint type is a call to action. Say which are, under 'Means' on "
                "Definitions."
            )
            return
        calls = list(dict.fromkeys(frame["call_to_action"]))
        call = st.selectbox("Call to action", calls, width=300, key="calls-to", bind="query-params")
    mine = frame[frame["call_to_action"] == call].reset_index(drop=True)
    show_plot(
        charts.plot_calls_to_action(mine, theme=current_theme()),
        key="calls",
        file_name=f"call-to-action-by-{by}",
    )
    _open_answers(view, mine, by, call)
    shown = frame.assign(value=[value or NOT_KNOWN for value in frame["value"]])
    labels = {**LABELS, "value": label(by)}
    show_table(
        shown,
        key="calls-table",
        file_name="calls-to-action",
        column_help=HELP,
        labels=labels,
        of=rates("n_segment", "answer_rate", "low", "high") | rates("n_decided", "win_rate"),
    )


def _open_answers(view: TouchpointLog, frame: pd.DataFrame, by: str, call: str) -> None:
    """Show how many journeys of the first segments answer a call to action; each opens."""
    count_row(
        [
            Count(
                row.value or NOT_KNOWN,
                row.n_journeys,
                partial(was_called, view, call, by=by, value=row.value),
                f"{call}: {row.value or NOT_KNOWN}",
            )
            for row in frame[frame["n_journeys"] > 0].head(8).itertuples()
        ],
        key=f"calls:{by}:{call}",
    )


def show_inventory(inventory: Inventory) -> None:
    """Let the user give the list of all content, or take away the one that is kept."""
    st.markdown(
        "A content that nobody used is in no log. List yours in a CSV or XLSX file, one row each: "
        "**content**, stage, persona, question, kind, published at. Only the first is needed; it "
        "must be written as in the log. Dropped among the exports on Upload, such a file is known "
        "by its header."
    )
    if inventory.entries:
        _show_list(inventory)
    given = st.file_uploader("Content inventory", ["csv", "tsv", "txt", "xlsx"], max_upload_size=20)
    if given is None:
        return
    try:
        found = _read(given.name, given.getvalue())
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return
    st.caption(f"{counted(len(found.entries), 'content')} found.")
    st.button("Use this list", type="primary", on_click=_keep, args=(found,))


def _show_list(inventory: Inventory) -> None:
    """Show what is listed, with a way to take it away."""
    show_table(
        pd.DataFrame(inventory.entries),
        key="content:list",
        file_name="content-inventory",
        labels=LABELS,
    )
    st.button("Remove the list", icon=":material/delete:", on_click=_keep, args=(Inventory(),))


def _read(name: str, held: bytes) -> Inventory:
    with TemporaryDirectory(prefix="portolan-") as folder:
        path = Path(folder) / safe_file_name(name)
        path.write_bytes(held)
        return journey.read_inventory(path)


def _keep(inventory: Inventory) -> None:
    """Keep an inventory for the data set of this session, and say so."""
    name = current_dataset()
    if name is None:
        return
    try:
        save_inventory(workspace_root(), name, inventory)
    except (JourneyError, OSError) as problem:
        add_note(f"Not saved. {problem}")
    else:
        add_note(f"{counted(len(inventory.entries), 'content')} listed now.")
