"""The tables of the definitions: what touchpoint types and stages stand for."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from journey.analysis.quality.completeness import mean_places
from journey.log import TouchpointLog
from journey.rules.meanings import MEANINGS, Meanings
from journey.rules.stage_roles import ROLES, Role
from journey.ui.cache import cached
from journey.ui.data.definition_forms import change, draft_of_session, keep, table_key
from journey.ui.data.drafts import Draft
from journey.ui.editing import edit_table
from journey.ui.text import label

NO_STAGE: Final = "(no stage)"
DECIDES: Final[dict[str, str | None]] = {
    "—": None,
    "Won": "won",
    "Lost": "lost",
    "No decision": "no_decision",
}
MEANT: Final = {label(meaning): meaning for meaning in MEANINGS}
MOST_ROWS: Final = 20
_PARTS: Final[dict[Role | None, str]] = {None: "—"} | {role: label(role) for role in ROLES}


def show_types(log: TouchpointLog, draft: Draft) -> None:
    """Show every touchpoint type with the stage it enters and what it decides."""
    types = _types(log)
    frame = _types_frame(types, draft)
    config = st.column_config
    edit_table(
        frame,
        key=table_key("types"),
        editable=["stage", "decides", "means"],
        columns={
            "touchpoint": config.TextColumn("Touchpoint", width=175),
            "stage": config.SelectboxColumn(
                "Stage",
                options=[NO_STAGE, *(one.name for one in draft.stages)],
                required=True,
                width=100,
            ),
            "decides": config.SelectboxColumn(
                "Decides", options=list(DECIDES), required=True, width=95
            ),
            "means": config.MultiselectColumn(
                "Means",
                options=list(MEANT),
                width=170,
                help="To marketing and sales; by its name until you choose.",
            ),
            "n_touchpoints": config.NumberColumn("Touchpoints", format="localized"),
            "n_journeys": config.NumberColumn("Journeys", format="localized"),
            "mean_place": config.NumberColumn(
                "Mean place",
                format="percent",
                step=0.01,
                help="Where it stands in its journeys: 0 % first, 100 % last.",
            ),
        },
        on_edit=partial(_keep_type, tuple(types["touchpoint"])),
        rows=MOST_ROWS,
        alt="Touchpoint types with their stage, what they decide and what they mean",
    )
    _by_names("What they mean by name", draft, replace(draft, meanings=Meanings()))


def show_parts(draft: Draft) -> None:
    """Show which part of the lifecycle each stage plays, to be changed in the table."""
    frame = pd.DataFrame(
        {
            "stage": [stage.name for stage in draft.stages],
            "part": [_PARTS[draft.role_of(stage)] for stage in draft.stages],
        }
    )
    config = st.column_config
    edit_table(
        frame,
        key=table_key("parts"),
        editable=["part"],
        columns={
            "stage": config.TextColumn("Stage"),
            "part": config.SelectboxColumn("Part", options=list(_PARTS.values()), required=True),
        },
        on_edit=partial(_keep_part, tuple(stage.number for stage in draft.stages)),
        alt="Stages with their part in the lifecycle",
    )
    _by_names("Parts by the names of stages", draft, replace(draft, roles=None))


def _by_names(words: str, draft: Draft, without: Draft) -> None:
    """Offer to let names tell again, where something was chosen by hand."""
    if without != draft:
        st.button(words, icon=":material/undo:", on_click=change, args=(without,))


def _types_frame(types: pd.DataFrame, draft: Draft) -> pd.DataFrame:
    """Every type with what the draft says of it, and how often and where it is met."""
    names = types["touchpoint"]
    words_of = {outcome: words for words, outcome in DECIDES.items()}
    return pd.DataFrame(
        {
            "touchpoint": names,
            "stage": [draft.stage_of(name) or NO_STAGE for name in names],
            "decides": [words_of[draft.decided.get(name)] for name in names],
            "means": [[*map(label, draft.meanings.of_type(name))] for name in names],
            "n_touchpoints": types["n_touchpoints"],
            "n_journeys": types["n_journeys"],
            "mean_place": types["mean_place"].round(2),
        }
    )


def _types(log: TouchpointLog) -> pd.DataFrame:
    """Every type with its size and mean place, in the order of journeys."""
    nodes = cached(_sizes)(log).merge(cached(mean_places)(log), on="touchpoint")
    return nodes.sort_values(["mean_place", "touchpoint"], ignore_index=True)


def _sizes(log: TouchpointLog) -> pd.DataFrame:
    from journey.analysis.maps.graph import touchpoint_types

    return touchpoint_types(log)[["touchpoint", "n_touchpoints", "n_journeys"]]


def _keep_type(touchpoints: tuple[str, ...], row: int, cells: Mapping[str, Any]) -> None:
    draft = draft_of_session()
    if "stage" in cells:
        stage = cells["stage"]
        draft = draft.entering(touchpoints[row], None if stage == NO_STAGE else stage)
    if "decides" in cells:
        draft = draft.deciding(touchpoints[row], DECIDES[cells["decides"]])
    if "means" in cells:
        wanted = [MEANT[words] for words in cells["means"] or ()]
        draft = draft.meaning(touchpoints[row], wanted, touchpoints)
    keep(draft)


def _keep_part(numbers: tuple[int, ...], row: int, cells: Mapping[str, Any]) -> None:
    role = next(role for role, words in _PARTS.items() if words == cells["part"])
    keep(draft_of_session().playing(numbers[row], role))
