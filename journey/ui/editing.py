"""Tables whose cells the user changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from journey.ui.tables import MAX_ROWS_SHOWN, ROW_PIXELS

_BASE: Final = ":base"

Edit = Callable[[int, Mapping[str, Any]], None]


def edit_table(
    frame: pd.DataFrame,
    *,
    key: str,
    editable: Sequence[str],
    columns: Mapping[str, Any],
    on_edit: Edit,
    alt: str,
    rows: int = MAX_ROWS_SHOWN,
) -> None:
    """Show a table whose cells can be changed; each change is told before the page runs again.

    Parameters
    ----------
    frame
        As it stands when the table is first shown; while it is shown, it stays, so that the
        table keeps its place and focus. Under a new key it is taken anew.
    key
        Unique on the page.
    editable
        The columns that can be changed.
    columns
        Streamlit's configuration by column.
    on_edit
        Called with the position of a row and its changed cells; repeated for changes made before.
    alt
        What the table is, for a screen reader.
    rows
        At most so many are in sight at once.
    """
    held = key + _BASE
    if key not in st.session_state or held not in st.session_state:
        st.session_state[held] = frame
    base: pd.DataFrame = st.session_state[held]
    st.data_editor(
        base,
        key=key,
        hide_index=True,
        height=ROW_PIXELS * (min(max(len(base), 1), rows) + 1) + 3,
        column_config=dict(columns),
        disabled=[name for name in base.columns if name not in editable],
        placeholder="",
        on_change=_tell,
        args=(key, on_edit),
        alt=alt,
    )


def _tell(key: str, on_edit: Edit) -> None:
    for row, cells in st.session_state[key]["edited_rows"].items():
        on_edit(int(row), cells)
