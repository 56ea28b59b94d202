"""Owners of stages as the touches there suggest them."""

from dataclasses import replace
from typing import Final

from journey.analysis.ownership.matrix import ownership_matrix
from journey.log import TouchpointLog
from journey.rules.ownership import Ownership, StageOwners

CONTRIBUTES_FROM: Final = 0.1
"""Share of a stage's touches from which on a department is proposed as a contributor."""


def proposed_ownership(log: TouchpointLog) -> Ownership:
    """Owners of stages as touches suggest them: the lead is who has most, where nobody is named.

    A department with a tenth of a stage's touches or more is a contributor.
    """
    ownership, proposed = log.definitions.ownership, list[StageOwners]()
    matrix = ownership_matrix(log)
    for stage in log.definitions.stage_names:
        owners = ownership.of_stage(stage)
        mine = matrix[(matrix["stage"] == stage) & matrix["department"].notna()]
        active = mine[mine["n_touchpoints"] > 0].sort_values(
            "n_touchpoints", ascending=False, kind="stable"
        )
        if not owners.leads and len(active):
            lead = str(active["department"].iloc[0])
            helping = active["department"].iloc[1:][
                active["touch_share"].iloc[1:] >= CONTRIBUTES_FROM
            ]
            owners = replace(owners, leads=(lead,), contributors=tuple(map(str, helping)))
        proposed.append(owners)
    return replace(
        ownership, stages=tuple(one for one in proposed if one != StageOwners(one.stage))
    )
