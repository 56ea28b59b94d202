import pytest

from journey.definitions import Definitions, dumps, loads
from journey.errors import DefinitionsError
from journey.rules.ownership import Department, Ownership, StageOwners

HEAD = '[[stages]]\nname = "A"\n'


def test_a_file_says_what_is_not_as_by_default_and_reads_as_it_was():
    rules = Ownership(
        departments=(Department("Marketing", touchpoints=()), Department("Sales", owners=("Ann",))),
        stages=(StageOwners("A", ("Sales",), ("Marketing",), 24),),
        mql_hours=48,
    )
    model = Definitions(ownership=rules)
    assert loads(dumps(model)) == model
    assert "ownership" not in dumps(Definitions())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ownership = 1", r"\[ownership\] is 1; a table"),
        ("[ownership]\nmql_hour = 1", "'mql_hour'.*Did you mean"),
        ("[ownership]\nmql_hours = 0", "mql_hours is 0; a number above 0"),
        ('[[ownership.stages]]\nstage = "A"\nleads = ["Sale"]', "'Sale'.*Did you mean 'Sales'"),
        ('[[ownership.stages]]\nleads = ["Sales"]', "stage is None. Give it a word"),
        ('[[ownership.stages]]\nstage = "A"\n[[ownership.stages]]\nstage = "A"', "stands twice"),
        ('[[ownership.departments]]\nname = " "', "name of a department is ' '"),
        ('[[ownership.departments]]\nname = "S"\nowners = [1]', r"owners of the department 'S'"),
    ],
)
def test_what_can_not_be_used_is_said_with_its_place(text, message):
    with pytest.raises(DefinitionsError, match=f"mine.toml.*{message}"):
        loads(f"{text}\n{HEAD}", where="mine.toml")


@pytest.mark.parametrize(
    ("name", "department"),
    [
        ("Ad click", "Marketing"),
        ("Nurture e-mail sent", "Marketing"),
        ("Demo request form", "Marketing"),
        ("Demo held", "Sales"),
        ("Sales call", "Sales"),
        ("Closed won", "Sales"),
        ("Support ticket", "Service"),
        ("Onboarding session", "Service"),
        ("Xyz", None),
    ],
)
def test_names_sound_like_the_work_of_a_department(name, department):
    assert Ownership().department_by_words(name) == department


def test_words_do_not_count_for_a_department_that_names_its_types():
    rules = Ownership(departments=(Department("Sales", touchpoints=("Visit",)),))
    assert rules.department_by_words("Sales call") is None
    assert rules.department_of_type("Visit") == "Sales"


def test_a_stage_that_is_renamed_keeps_its_owners():
    rules = Ownership(stages=(StageOwners("A", ("Sales",)),))
    assert rules.renamed({"A": "B"}).of_stage("B").leads == ("Sales",)


def test_owners_of_stages_that_are_gone_are_known_and_can_be_removed():
    rules = Ownership(stages=(StageOwners("A", ("Sales",)), StageOwners("Old", sla_hours=8)))
    assert [one.stage for one in rules.strays(["A", "B"])] == ["Old"]
    assert rules.without("Old").strays(["A", "B"]) == ()
    assert rules.is_free("B")
    assert not rules.is_free("A")
    assert rules.renamed({"Old": "B"}).of_stage("B").sla_hours == 8
