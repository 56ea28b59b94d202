"""Lists on the screen, each with its downloads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from journey.schema import SMALL_SAMPLE
from journey.ui.plots import current_theme
from journey.ui.text import OUTCOME_LABELS, counted, label, markdown, number

SHARES: Final = ("share", "rate", "low", "high", "confidence", "chance", "difference")
ROW_PIXELS: Final = 35
WHOLE_FROM: Final = 1_000
"""Where amounts are so large, cents of others in their column are shown no more."""

WIDTHS: Final = {"name": 210, "owner": 130}
"""Pixels for names; left to itself the browser fits the first rows alone, and cuts longer ones."""

MAX_ROWS_SHOWN: Final = 12
PAGE_ROWS: Final = 100
"""A longer list is sent in pages of so many rows; its downloads have all."""

SMALL_INK: Final = {"light": "#6b7683", "dark": "#8592a3"}
"""Rates of few are written in it; both reach 4.5:1 on their ground."""

Sizes = Mapping[str, tuple[str, ...]]
_LAST_DIGITS: Final = 1e-6


def rates(size: str | tuple[str, ...], *names: str) -> dict[str, tuple[str, ...]]:
    """Return the denominator of rates: a column or a sum of some; of several, each counts.

    Examples
    --------
    >>> rates("n_late + n_in_time", "late_rate")
    {'late_rate': ('n_late + n_in_time',)}
    """
    return dict.fromkeys(names, (size,) if isinstance(size, str) else size)


@dataclass(frozen=True)
class Listing:
    """A list of which no more rows are asked for than a page shows.

    Parameters
    ----------
    n_rows
        How many there are.
    first
        Gives the first so many rows, or all.
    """

    n_rows: int
    first: Callable[[int | None], pd.DataFrame]

    def upto(self, row: int) -> pd.DataFrame:
        """Return the rows up to the end of the page that a row is on."""
        return self.first((row // PAGE_ROWS + 1) * PAGE_ROWS)

    def all(self) -> pd.DataFrame:
        """Return all rows."""
        return self.first(None)


def show_table(
    frame: pd.DataFrame | Listing,
    *,
    key: str,
    file_name: str,
    column_help: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    of: Sizes | None = None,
) -> None:
    """Show a list with its number of rows and its downloads as CSV and XLSX.

    Parameters
    ----------
    frame
        Any rows: ``n_*`` are written as counts, ``*_share``, ``*_rate`` and intervals as
        percentages, ``*_days`` in days, ``*_hours`` in hours, times in UTC, sequences with arrows.
    key
        Unique on the page.
    file_name
        Of the downloads, without ending.
    column_help
        Column to what it means, shown on its header.
    labels
        Column to the words above it, where those made of its name don't fit.
    of
        Rate to its denominator, as :func:`rates` gives it; below 30 the rate is greyed.
    """
    place, rows = st.container(), _listing(frame)
    begin = _page_begin(rows.n_rows, key)
    with place:
        shown = rows.upto(begin).iloc[begin : begin + PAGE_ROWS]
        _table(shown, key, column_help, labels, {}, is_small(shown, of or {}))
    download_row(rows, key=key, file_name=file_name)


def choose_row(
    frame: pd.DataFrame | Listing,
    *,
    key: str,
    file_name: str,
    column_help: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    of: Sizes | None = None,
    on_screen: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows,
) -> int | None:
    """Show a list like ``show_table`` and return the position of the row the user chose, if any.

    Parameters
    ----------
    frame, key, file_name, column_help, labels, of
        As for ``show_table``.
    on_screen
        Gives rows as they are shown, where that differs from what the downloads hold.
    """
    place, rows = st.container(), _listing(frame)
    begin = _page_begin(rows.n_rows, key)
    with place:
        page = rows.upto(begin).iloc[begin : begin + PAGE_ROWS]
        shown = on_screen(page)
        small = is_small(shown, of or {}, page)
        chosen = _choices(shown, begin, key, column_help, labels, "single-row", small)
    download_row(rows, key=key, file_name=file_name)
    return chosen[0] if chosen else None


def choose_rows(
    frame: pd.DataFrame,
    *,
    key: str,
    column_help: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    of: Sizes | None = None,
    on_screen: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows,
) -> list[int]:
    """Show a list without downloads and return the positions of the rows the user chose.

    Parameters
    ----------
    frame, key, column_help, labels, of, on_screen
        As for ``choose_row``.
    """
    place = st.container()
    begin = _page_begin(len(frame), key)
    with place:
        page = frame.iloc[begin : begin + PAGE_ROWS]
        shown = on_screen(page)
        small = is_small(shown, of or {}, page)
        return _choices(shown, begin, key, column_help, labels, "multi-row", small)


def chosen_rows(key: str) -> list[int]:
    """Return the rows chosen on the page of a list that is shown, known before it is drawn."""
    chosen = st.session_state.get(_rows_key(key))
    begin = (st.session_state.get(f"{key}:page", 1) - 1) * PAGE_ROWS
    return [begin + row for row in chosen.selection.rows] if chosen else []


def has_choice(key: str) -> bool:
    """Return whether a row is chosen on the page of a list that is shown."""
    return bool(chosen_rows(key))


def download_row(frame: pd.DataFrame | Listing, *, key: str, file_name: str) -> None:
    """Show the number of rows and the buttons for CSV and XLSX; files are made when asked for."""
    rows = _listing(frame)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(counted(rows.n_rows, "row"), width="content")
        download_buttons(rows.all, key=key, file_name=file_name)


def download_buttons(
    rows: Callable[[], pd.DataFrame], *, key: str, file_name: str, words: str = ""
) -> None:
    """Show the buttons for CSV and XLSX.

    Parameters
    ----------
    rows
        Gives what a file holds, once it is asked for.
    key
        Unique on the page.
    file_name
        Without ending.
    words
        What is downloaded, where that is not simply all rows of the list above.
    """
    for ending, mime, make in (
        ("csv", "text/csv", _csv),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    ):
        st.download_button(
            ending.upper(),
            lambda make=make: make(rows()),
            file_name=f"{file_name}.{ending}",
            mime=mime,
            key=f"{key}:{ending}",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
            help=f"Download {words or 'all rows'} as {ending.upper()}",
        )


def column_formats(
    frame: pd.DataFrame,
    *,
    column_help: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return how each column of a frame is written: Streamlit's column configuration."""
    explained, words = column_help or {}, labels or {}
    return {
        name: _format(str(name), dtype, words.get(name) or label(name), explained.get(name))
        for name, dtype in frame.dtypes.items()
    }


def _listing(frame: pd.DataFrame | Listing) -> Listing:
    return frame if isinstance(frame, Listing) else Listing(len(frame), lambda _: frame)


def _page_begin(n_rows: int, key: str) -> int:
    """Let the user turn the pages of a long list; return where the one shown begins."""
    n_pages = max(-(-n_rows // PAGE_ROWS), 1)
    page_key = f"{key}:page"
    held = st.session_state.get(page_key, 1)
    page = min(held, n_pages)
    if n_pages > 1:
        if page != held:  # the list became shorter
            st.session_state[page_key] = page
        page = st.pagination(n_pages, key=page_key)
    begin = (page - 1) * PAGE_ROWS
    if n_pages > 1:
        end = min(begin + PAGE_ROWS, n_rows)
        st.caption(f"Rows {number(begin + 1)} to {number(end)}. A click on a header sorts these.")
    return begin


def _rows_key(key: str) -> str:
    """Key of what is chosen: a place on one page must never choose a row of another."""
    page = st.session_state.get(f"{key}:page", 1)
    return f"{key}:rows" if page == 1 else f"{key}:rows:{page}"


def _choices(
    shown: pd.DataFrame,
    begin: int,
    key: str,
    column_help: Mapping[str, str] | None,
    labels: Mapping[str, str] | None,
    mode: str,
    small: pd.DataFrame,
) -> list[int]:
    """Show one page of a list and return the positions of the rows chosen on it."""
    choosing = {"on_select": "rerun", "selection_mode": mode, "key": _rows_key(key)}
    chosen = _table(shown, key, column_help, labels, choosing, small)
    return [begin + row for row in chosen.selection.rows if row < len(shown)]


def _table(
    frame: pd.DataFrame,
    key: str,
    column_help: Mapping[str, str] | None,
    labels: Mapping[str, str] | None,
    choosing: Mapping[str, Any],
    small: pd.DataFrame,
) -> Any:
    shown = _shown(frame)
    return st.dataframe(
        _greyed(shown, small),
        hide_index=True,
        height=ROW_PIXELS * (min(max(len(shown), 1), MAX_ROWS_SHOWN) + 1) + 3,
        column_config=column_formats(shown, column_help=column_help, labels=labels),
        placeholder="",
        alt=f"Table: {markdown(key)}",
        **choosing,
    )


def is_small(
    frame: pd.DataFrame, of: Sizes, counted_in: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return which cells are rates of fewer than 30.

    Parameters
    ----------
    frame
        Rows as they are shown.
    of
        Rate to its denominator.
    counted_in
        The same rows with the columns of the denominators; none: they are shown too.

    Examples
    --------
    >>> frame = pd.DataFrame({"win_rate": [0.5, 0.5], "n_journeys": [8, 80]})
    >>> is_small(frame, rates("n_journeys", "win_rate"))["win_rate"].tolist()
    [True, False]
    """
    sizes_in = frame if counted_in is None else counted_in
    # What is divided by a share comes out whole but for the last digits.
    limit = SMALL_SAMPLE - _LAST_DIGITS
    told = {rate: sizes for rate, sizes in of.items() if rate in frame}
    few = {size: _added(sizes_in, size) < limit for sizes in told.values() for size in sizes}
    small = np.zeros(frame.shape, dtype=bool)
    for rate, sizes in told.items():
        small[:, frame.columns.get_loc(rate)] = np.any([few[size] for size in sizes], axis=0)
    return pd.DataFrame(small, frame.index, frame.columns)


def _added(frame: pd.DataFrame, size: str) -> np.ndarray:
    """Work out the denominator of a rate: a column, a sum of some, or a count over its share."""
    whole, *shares = size.split(" / ")
    total, *rest = (frame[name].to_numpy(np.float64) for name in whole.split(" + "))
    total = sum(rest, total)
    if not shares:
        return total
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / frame[shares[0]].to_numpy(np.float64)


def _greyed(shown: pd.DataFrame, small: pd.DataFrame) -> Any:
    """Give the rows with the rates of few in grey, each cell written as it is."""
    rows, columns = np.nonzero(small.to_numpy())
    if not len(rows):
        return shown
    cells = [f"row{row}_col{column}" for row, column in zip(rows, columns, strict=True)]
    grey = {"props": [("color", SMALL_INK[current_theme()])], "selectors": cells}
    styler = shown.style
    # All that is read of a styler; what pandas makes takes longer than the rest of a table.
    styler._compute = lambda: styler  # noqa: SLF001 -- so Streamlit asks
    styler._translate = lambda *_: {"cellstyle": [grey], "body": []}  # noqa: SLF001
    return styler


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns as they are written: outcomes in words, sequences as a line, shares rounded."""
    written: dict[str, pd.Series] = {}
    for name, dtype in frame.dtypes.items():
        if name == "outcome":
            written[name] = frame[name].map(lambda one: OUTCOME_LABELS.get(one, one))
        elif pd.api.types.is_object_dtype(dtype):
            written[name] = frame[name].map(
                lambda cell: " → ".join(map(str, cell)) if isinstance(cell, tuple | list) else cell
            )
        elif _is_duration(str(name), dtype):
            written[name] = frame[name].round(1)
        elif _is_share(str(name), dtype):
            written[name] = frame[name].round(3)  # the browser cuts off what it doesn't show
        elif pd.api.types.is_float_dtype(dtype) and frame[name].abs().max() >= WHOLE_FROM:
            written[name] = frame[name].round()
    return frame.assign(**written)


def _is_share(name: str, dtype: Any) -> bool:
    return pd.api.types.is_float_dtype(dtype) and name.rsplit("_", maxsplit=1)[-1] in SHARES


def _is_duration(name: str, dtype: Any) -> bool:
    return pd.api.types.is_float_dtype(dtype) and bool({"days", "hours"} & set(name.split("_")))


def _format(name: str, dtype: Any, words: str, explained: str | None) -> Any:
    """Choose how one column is written, by its name and type."""
    config = st.column_config
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return config.DatetimeColumn(
            f"{words} (UTC)", help=explained, format="YYYY-MM-DD HH:mm", timezone="UTC"
        )
    if not pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype):
        return config.Column(words, help=explained, width=WIDTHS.get(name))
    if _is_share(name, dtype):
        return config.NumberColumn(words, help=explained, format="percent", step=0.001)
    if _is_duration(name, dtype):
        return config.NumberColumn(words, help=explained, format="localized", step=0.1)
    return config.NumberColumn(words, help=explained, format="localized")


def _csv(frame: pd.DataFrame) -> bytes:
    from journey.exports.tables import to_csv

    return to_csv(frame)


def _xlsx(frame: pd.DataFrame) -> bytes:
    from journey.exports.tables import to_xlsx

    return to_xlsx(frame)
