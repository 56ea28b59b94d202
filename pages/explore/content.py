"""Which content is missing, which is used and what follows, which lies idle."""

import streamlit as st

from journey.ui.explore.content import (
    audited,
    current_inventory,
    pick_columns,
    show_calls,
    show_coverage,
    show_headline,
    show_inventory,
    show_ranking,
)
from journey.ui.guards import plain_errors, require_view
from journey.ui.views import pick_view

VIEWS = ("Holes", "Use and wins", "Calls to action", "Inventory")

view = require_view()
with plain_errors():
    inventory = current_inventory()
    place = st.container()
    chosen = pick_view(VIEWS, key="content-view")
    columns = pick_columns(view) if chosen in VIEWS[:2] else ()
    with place:
        show_headline(view, audited(view, inventory, columns))
    if not inventory.entries and chosen == VIEWS[0]:
        st.info(
            "No inventory is given, so only used content is known, each at the stage where it is "
            "used most. Give one under 'Inventory' to see what is never used and which questions "
            "stay unanswered.",
            icon=":material/info:",
        )
    if chosen == VIEWS[0]:
        show_coverage(view, inventory, columns)
    elif chosen == VIEWS[1]:
        show_ranking(view, inventory, columns)
    elif chosen == VIEWS[2]:
        show_calls(view)
    else:
        show_inventory(inventory)
