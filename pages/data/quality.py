"""What was done to every row."""

import streamlit as st

from journey.ui.guards import plain_errors, require_log
from journey.ui.navigation import UPLOAD, page_link
from journey.ui.quality_parts import (
    current_report,
    show_files,
    show_known,
    show_notes,
    show_rows,
    show_sources,
)


def no_report() -> None:
    """Say why there is no report."""
    with st.container(border=True):
        st.markdown("#### No import report")
        st.markdown("This data set was not imported from files, so no rows were counted.")
        page_link(UPLOAD, "Upload files")


st.title("Quality of the data")
log = require_log()
report = current_report()
if report is None:
    no_report()
else:
    show_rows(report)
    st.subheader("Files")
    show_files(report)
    st.subheader("Notes")
    show_notes(report)
with plain_errors():
    st.subheader("Touchpoints by source and month")
    show_sources(log)
    st.subheader("How much is known")
    show_known(log)
