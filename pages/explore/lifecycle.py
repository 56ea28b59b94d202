"""The lifecycle at a glance: a card for each stage, what changed, where to look first."""

import streamlit as st

from journey.ui.explore.lifecycle_cards import (
    headline,
    pick_period,
    show_all_figures,
    show_cards,
    show_first,
    show_movement,
    show_post_sale,
    show_questions,
    show_reach,
    warn_of_stages,
)
from journey.ui.guards import require_view
from journey.ui.views import pick_view

VIEWS = {
    "Questions": show_questions,
    "Moves between stages": show_movement,
    "Reach": show_reach,
    "After the sale": show_post_sale,
    "All figures": show_all_figures,
}

view = require_view()
title = st.empty()
days = pick_period()
title.title(headline(view, days))
show_cards(view, days)
warn_of_stages(view)
show_first(view, days)
chosen = pick_view(VIEWS, key="lifecycle-view")
VIEWS[chosen](view, days)
