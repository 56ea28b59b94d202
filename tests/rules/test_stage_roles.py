import pytest

from journey.definitions import Definitions, dumps, loads
from journey.errors import DefinitionsError
from journey.rules.stage_roles import StageRoles

NAMES = {
    "Attract": "attract",
    "Awareness": "attract",
    "Capture": "capture",
    "Interest": "capture",
    "Consideration": "nurture",
    "MQL": "nurture",
    "Sales qualified lead": "convert",
    "Purchase": "convert",
    "Closed": "convert",
    "Loyalty": "expand",
    "Customer": "expand",
    "Phase 3": None,
}


@pytest.mark.parametrize(("name", "role"), NAMES.items())
def test_stages_go_by_their_words(name, role):
    assert StageRoles().of([name]) == {name: role}


def test_a_file_says_what_is_named_and_reads_as_it_was():
    model = Definitions(stage_roles=StageRoles(convert=("Phase 3",), expand=()))
    assert loads(dumps(model)) == model
    assert model.stage_roles.of(["Phase 3", "Loyalty"]) == {"Phase 3": "convert", "Loyalty": None}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stage_roles = 1", r"mine.toml, \[stage_roles\] is 1; a table"),
        ("[stage_roles]\nnurturing = []", "mine.toml.*'nurturing'.*Did you mean 'nurture'"),
        ("[stage_roles]\nnurture = [1]", r"\[stage_roles\] nurture is \[1\]; a list of words"),
    ],
)
def test_what_can_not_be_used_is_said_with_its_place(text, message):
    with pytest.raises(DefinitionsError, match=message):
        loads(f'{text}\n[[stages]]\nname = "A"', where="mine.toml")
