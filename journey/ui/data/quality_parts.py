"""The parts of the page about the quality of a data set."""

from typing import Final

import pandas as pd
import streamlit as st

from journey.analysis.quality.completeness import known_shares, touchpoints_by_month
from journey.charts.plots.imports import NO_SOURCE, plot_import, plot_sources
from journey.ingest.deduplicate import CROSS_SOURCE
from journey.log import TouchpointLog
from journey.report import IngestReport, read_report
from journey.ui.cache import cached
from journey.ui.data.column_roles import ROLE_WORDS
from journey.ui.guards import plain_errors
from journey.ui.plots import current_theme, show_plot
from journey.ui.state import current_dataset
from journey.ui.tables import show_table
from journey.ui.text import as_read, counted, label, markdown, number
from journey.workspace import dataset_path, workspace_root

SHAPE_WORDS: Final = {
    "events": "One row per event",
    "wide": "One row per case, with dates",
    "attributes": "Facts, no touchpoints",
    "costs": "Costs of campaigns by day",
    "details": "More of what other files tell",
}

FATE_WORDS: Final = {
    "set aside": "Set aside",
    "merged": "Merged",
    "read as attributes": "Read as facts",
    "read as costs": "Read as costs",
    "kept": "Kept",
}


def current_report() -> IngestReport | None:
    """Return the report of the import that made the data set, none if it was not imported."""
    name = current_dataset()
    with plain_errors():
        return None if name is None else read_report(dataset_path(workspace_root(), name))


def show_rows(report: IngestReport) -> None:
    """Show what became of every row: one bar, the sum in words, a table by reason."""
    frame = report.frame()
    show_plot(
        plot_import(frame, theme=current_theme()), key="quality:bar", file_name="import-report"
    )
    st.caption(sum_text(report))
    show_table(
        _reasons(frame),
        key="quality:reasons",
        file_name="import-report",
        labels={"n_rows": "Rows", "action": "What was done"},
        column_help={"examples": "Up to five, with their row in the file."},
    )


def _reasons(frame: pd.DataFrame) -> pd.DataFrame:
    """What was done and why, what the reader may want to mend first."""
    order = frame["action"].map(list(FATE_WORDS).index)
    rows = frame.assign(order=order).sort_values(["order", "n_rows"], ascending=[True, False])
    return rows.assign(action=rows["action"].map(FATE_WORDS))[
        ["action", "reason", "n_rows", "file", "examples"]
    ]


def sum_text(report: IngestReport) -> str:
    """Return how the rows add up."""
    parts = [
        (report.n_kept, "kept"),
        (report.n_merged, "merged into another"),
        (report.n_set_aside, "set aside"),
        (report.n_attributes, "read as facts about accounts and people"),
        (report.n_costs, "read as costs"),
    ]
    shown = " + ".join(f"{number(n)} {words}" for n, words in parts if n)
    return f"{counted(report.n_read, 'row')} read = {shown or 'none'}"


def show_files(report: IngestReport) -> None:
    """Show each file: its shape, its rows and what became of them, the columns with a role."""
    files = pd.DataFrame(
        {
            "file": [file.file for file in report.files],
            "shape": [SHAPE_WORDS.get(file.shape, file.shape) for file in report.files],
            "n_rows": [file.n_rows for file in report.files],
            "n_read": [file.n_read for file in report.files],
            "n_kept": [file.n_kept for file in report.files],
            "n_merged": [file.n_merged for file in report.files],
            "n_set_aside": [file.n_set_aside for file in report.files],
            "n_attributes": [file.n_attributes for file in report.files],
            "n_costs": [file.n_costs for file in report.files],
            "columns": [
                "; ".join(
                    f"{ROLE_WORDS.get(role, role)} = {' + '.join(headers)}"
                    for role, headers in file.roles.items()
                )
                for file in report.files
            ],
        }
    )
    show_table(
        files,
        key="quality:files",
        file_name="files",
        labels={
            "n_rows": "Rows of the file",
            "n_attributes": "Read as facts",
            "n_costs": "Read as costs",
        },
        column_help={"n_read": "A row with several dates is read once for each date."},
    )


def show_notes(report: IngestReport) -> None:
    """List what was noted on the way."""
    if not report.notes:
        st.caption("Nothing to note.")
    st.markdown("\n".join(f"- {markdown(as_read(note))}" for note in report.notes))


def show_sources(log: TouchpointLog) -> None:
    """Show touchpoints by source and month."""
    frame = cached(touchpoints_by_month)(log)
    show_plot(
        plot_sources(frame, theme=current_theme()), key="quality:sources", file_name="sources"
    )
    with st.expander("Touchpoints by source and month as a table"):
        named = frame.assign(value=frame["value"].fillna(NO_SOURCE))
        show_table(
            named, key="quality:months", file_name="sources", labels={"value": "Source system"}
        )


def show_duplicates(report: IngestReport) -> None:
    """Show how many rows repeat a touchpoint, in the same file and across sources."""
    found = repeats(report)
    st.header(repeats_message(found))
    if not found["n_merged"].sum():
        return
    show_table(
        found,
        key="quality:repeats",
        file_name="repeated rows",
        labels={
            "n_read": "Rows read",
            "n_exact": "Exact repeats",
            "n_across": "Also from another source",
            "n_merged": "Merged in all",
        },
        column_help={
            "n_across": "The same touchpoint of the same person within five minutes.",
            "merged_share": "Of the rows of this file that were read.",
        },
    )


def repeats(report: IngestReport) -> pd.DataFrame:
    """Return by file how many rows repeat a touchpoint, the most first.

    Parameters
    ----------
    report
        Of an import.

    Returns
    -------
    DataFrame
        ``file``, ``n_read``, ``n_exact``, ``n_across``, ``n_merged``, ``merged_share`` (of the
        rows read).
    """
    frame = report.frame()
    merged = frame[frame["action"] == "merged"]
    across = merged[merged["reason"] == CROSS_SOURCE].groupby("file")["n_rows"].sum()
    rows = [
        (file.file, file.n_read, file.n_merged - n, n, file.n_merged, file.n_merged / file.n_read)
        for file in report.files
        if file.n_read
        for n in [int(across.get(file.file, 0))]
    ]
    names = ("file", "n_read", "n_exact", "n_across", "n_merged", "merged_share")
    ranked = pd.DataFrame(rows, columns=list(names))
    return ranked.sort_values("n_merged", ascending=False, kind="stable", ignore_index=True)


def repeats_message(found: pd.DataFrame) -> str:
    """Return what the repeats say, in one sentence.

    Examples
    --------
    >>> repeats_message(pd.DataFrame({"n_exact": [2], "n_across": [1], "n_read": [10]}))
    '3 of 10 rows repeat a touchpoint: 2 exact repeats, 1 from another source'
    """
    n_exact, n_across, n_read = (int(found[f"n_{n}"].sum()) for n in ("exact", "across", "read"))
    if not n_exact + n_across:
        return "No touchpoint was told twice"
    return (
        f"{number(n_exact + n_across)} of {counted(n_read, 'row')} repeat a touchpoint: "
        f"{counted(n_exact, 'exact repeat')}, {number(n_across)} from another source"
    )


def show_known(log: TouchpointLog) -> None:
    """Show how full each column is."""
    shares = cached(known_shares)(log)
    if shares.empty:
        st.caption("The log has only accounts, times and touchpoints.")
        return
    shares["column"] = [ROLE_WORDS.get(name, label(name)) for name in shares["column"]]
    show_table(
        shares,
        key="quality:known",
        file_name="known",
        labels={"n_known": "Touchpoints with a value", "n_values": "Different values"},
        column_help={"known_share": "Of all touchpoints."},
    )
