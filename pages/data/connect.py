"""Read a database, or open a cluster."""

import streamlit as st

from journey.ui.data.column_forms import ask_rest, chosen_roles, look_at_columns, show_file
from journey.ui.data.column_roles import ROLE_HELP, as_columns, lacks_touchpoints, missing
from journey.ui.data.connecting import (
    Looking,
    ask_address,
    ask_rows,
    choose_relation,
    chosen_time,
    connected,
    with_left_out,
)
from journey.ui.data.connecting_cluster import choose_on_cluster, import_on_cluster
from journey.ui.data.connecting_jobs import begin_fetch, offer_refresh
from journey.ui.data.intake import UNCLEAR, added_to, adds, ask_name, follow_import
from journey.ui.guards import plain_errors
from journey.ui.text import markdown


def ask(look: Looking) -> None:
    """Show what was found of the table, ask what is open, and import."""
    proposal = look_at_columns(look.incoming, added_to(look.incoming))
    roles = chosen_roles(proposal)
    needs = missing(roles, proposal)
    if not adds(look.incoming):
        needs += lacks_touchpoints(roles, proposal)
    told = st.session_state.get(UNCLEAR)
    if needs or told:
        st.warning("  \n".join(map(markdown, needs or [told])), icon=":material/help:")
    with st.container(border=True):
        options, is_answered = ask_rest(proposal, roles)
        selection = with_left_out(ask_rows(proposal, chosen_time(roles)), roles)
        name = ask_name(look.incoming)
        ready = is_answered and not needs
        if st.button("Import", type="primary", icon=":material/sailing:", disabled=not ready):
            columns = as_columns(roles, proposal)
            told = {"columns": columns} if columns else {}
            begin_fetch(
                look.address, selection, look.incoming, dataset=name, options=options | told
            )
    st.markdown("To change a meaning, double-click it or press Enter on it.", help=ROLE_HELP)
    show_file(proposal["file"].iloc[0], proposal, roles, place=0)


st.title("Connect a database")
st.caption(
    "PostgreSQL, DuckDB and SQLite files, BigQuery, Snowflake, ClickHouse, Databricks. Rows stream "
    "into a data set here; the database is only read."
)
if not follow_import():
    with plain_errors():
        with st.container(border=True):
            ask_address()
            visit = connected()
            look = None
        if visit is not None:
            with st.container(border=True):
                look = choose_relation(visit)
        if look is not None:
            ask(look)
        else:
            offer_refresh()
            choose_on_cluster()
            import_on_cluster()
