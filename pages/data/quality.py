"""How far a data set can be trusted, before conclusions are drawn from the map."""

import streamlit as st

from journey.ui.data.identities import show_audit
from journey.ui.data.quality_parts import (
    current_report,
    show_duplicates,
    show_files,
    show_known,
    show_notes,
    show_rows,
    show_sources,
)
from journey.ui.data.quality_times import show_instants, show_silences, show_strays
from journey.ui.definition_warnings import warn_of_gaps
from journey.ui.guards import plain_errors, require_log
from journey.ui.navigation import UPLOAD, page_link
from journey.ui.text import counted


def no_report() -> None:
    """Say why there is no report."""
    with st.container(border=True):
        st.markdown("## No import report")
        st.markdown("This data set was not imported from files, so no rows were counted.")
        page_link(UPLOAD, "Upload files")


st.title("Quality of the data")
log = require_log()
with plain_errors():
    warn_of_gaps(log)
report = current_report()
if report is None:
    no_report()
else:
    show_rows(report)
with plain_errors():
    st.header("What came in, by source and month")
    show_sources(log)
    show_silences(log)
    show_audit(log, key="quality:matches")
    if report is not None:
        show_duplicates(report)
    show_strays(log)
    show_instants(log)
    with st.expander("How full each column is"):
        show_known(log)
if report is not None:
    with st.expander(f"{counted(len(report.files), 'file')}, with the columns used"):
        show_files(report)
    st.header("How the files were read")
    show_notes(report)
