from journey.definitions import Definitions
from journey.rules.ownership import Department, Ownership, StageOwners
from journey.ui.act.ownership_forms import _stage_frame, _stages_of


def test_departments_may_be_called_as_other_columns_of_the_grid_are():
    names = ("Stage", "Hours to act", "stage", "sla_hours", "department 0")
    owners = (
        StageOwners("Attract", leads=("Stage",), contributors=("department 0",), sla_hours=4),
        StageOwners("Convert", leads=("sla_hours",), contributors=("Hours to act", "stage")),
    )
    ownership = Ownership(tuple(Department(name) for name in names), stages=owners)
    frame = _stage_frame(Definitions(ownership=ownership))
    assert frame.columns.is_unique
    assert len(frame.columns) == len(names) + 2
    assert _stages_of(frame, ownership) == owners
