from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.definitions import Definitions, Stage, dumps, load_definitions, loads
from journey.errors import DefinitionsError
from journey.schema import DEFAULT_STAGES
from tests.examples import MODEL

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
WORDS = TEXTS.filter(lambda word: word.strip())


@st.composite
def models(draw):
    names = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
    pools = {rule: draw(st.lists(WORDS, max_size=8, unique=True)) for rule in rules()}
    stages = [
        Stage(name, **{rule: tuple(pool[k :: len(names)]) for rule, pool in pools.items()})
        for k, name in enumerate(names)
    ]
    decided = draw(st.lists(WORDS, max_size=6, unique=True))
    return Definitions(
        stages=tuple(stages),
        won=tuple(decided[::3]),
        lost=tuple(decided[1::3]),
        no_decision=tuple(decided[2::3]),
        dormancy_days=draw(st.none() | st.floats(0.1, 1e4)),
        expected_roles=tuple(draw(st.lists(WORDS, max_size=3, unique=True))),
    )


def rules():
    return ("touchpoints", "values", "channels")


@given(models())
def test_what_is_written_reads_as_it_was(model):
    assert loads(dumps(model)) == model
    assert loads(dumps(model)).fingerprint == model.fingerprint


@given(models(), models())
def test_fingerprints_are_equal_only_for_equal_models(model, other):
    assert (model.fingerprint == other.fingerprint) == (model == other)


def test_without_a_file_the_default_stages_stand_without_rules():
    assert Definitions().stage_names == DEFAULT_STAGES
    assert Definitions().won == ()


def test_a_file_is_read_by_its_path(tmp_path):
    path = tmp_path / "definitions.toml"
    path.write_text(dumps(MODEL), encoding="utf-8")
    assert load_definitions(path) == MODEL


def test_one_word_may_stand_for_a_list_of_one():
    assert loads('[[stages]]\nname = "A"\ntouchpoints = "Ad"').stages[0].touchpoints == ("Ad",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stages = ", "is not valid TOML"),
        ("", "There are no stages"),
        ("stages = []", "There are no stages"),
        ("stages = 1", r"\[\[stages\]\] is 1; a list"),
        ("stages = [1]", r"\[\[stages\]\] is 1; a table"),
        ('[[stages]]\nname = " "', "has the name ' '"),
        ("[[stages]]\ntouchpoints = []", "has the name None"),
        ('[[stages]]\nname = "A"\ntouchpoint = []', "'touchpoint'.*Did you mean 'touchpoints'"),
        ('[[stages]]\nname = "A"\ntouchpoints = [1]', r"touchpoints of the stage 'A' is \[1\]"),
        ('[[stages]]\nname = "A"\ntouchpoints = [""]', r"touchpoints of the stage 'A' is \[''\]"),
        ('[[stages]]\nname = "A"\n[outcomes]\nwon = [" "]', r"won is \[' '\]"),
        ('[[stages]]\nname = "A"\n[roles]\nexpected = 3', "expected_roles is 3"),
        ('[[stages]]\nname = "A"\n[outcome]\nwon = []', "'outcome'.*Did you mean 'outcomes'"),
        ('[[stages]]\nname = "A"\n[outcomes]\nwin = []', "'win'.*'won'"),
        ('[[stages]]\nname = "A"\n[outcomes]\ndormancy_days = 0', "dormancy_days is 0"),
        ('[[stages]]\nname = "A"\n[outcomes]\ndormancy_days = nan', "dormancy_days is nan"),
        ('[[stages]]\nname = "A"\n[outcomes]\ndormancy_days = true', "dormancy_days is True"),
        ('[[stages]]\nname = "A"\n[outcomes]\ndormancy_days = "9"', "dormancy_days is '9'"),
        ('outcomes = 1\n[[stages]]\nname = "A"', r"\[outcomes\] is 1; a table"),
        ('[[stages]]\nname = "A"\n[roles]\nwanted = []', "'wanted'.*expected"),
    ],
)
def test_what_can_not_be_used_is_said_with_its_place(text, message):
    with pytest.raises(DefinitionsError, match=f"(?s)^mine.toml.*{message}"):
        loads(text, where="mine.toml")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stages": ()}, "no stages"),
        ({"stages": (Stage("A"), Stage("A"))}, "'A' stands twice"),
        ({"stages": (Stage("A", ("Ad",)), Stage("B", ("Ad",)))}, "'Ad' is in the touchpoints"),
        (
            {"stages": (Stage("A", values=("x",)), Stage("B", values=("x",)))},
            "'x' is in the values",
        ),
        ({"won": ("Won", "Lost")}, "'Lost' means both 'won' and 'lost'"),
        ({"no_decision": ("Won",)}, "'Won' means both 'won' and 'no_decision'"),
        ({"stages": ("Attract",)}, r"'Attract' is no stage. Write Stage\('Attract'"),
        ({"stages": tuple(Stage(f"S{k}") for k in range(101))}, "101 stages.*at most 100"),
        ({"won": (1,)}, r"won is \(1,\)"),
        ({"lost": ("",)}, r"lost is \(''\,\)"),
        ({"expected_roles": ("CFO", None)}, "expected_roles is"),
        ({"dormancy_days": 0}, "dormancy_days is 0"),
        ({"dormancy_days": -1.5}, "dormancy_days is -1.5"),
        ({"dormancy_days": float("nan")}, "dormancy_days is nan"),
        ({"dormancy_days": True}, "dormancy_days is True"),
    ],
)
def test_a_model_that_can_not_be_used_is_refused_in_code_too(changes, message):
    with pytest.raises(DefinitionsError, match=message):
        replace(MODEL, **changes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": ""}, "has the name ''"),
        ({"name": " \t"}, "has the name"),
        ({"name": None}, "has the name None"),
        ({"name": "A", "values": ("x", 7)}, "values of the stage 'A' is"),
        ({"name": "A", "channels": ("",)}, "channels of the stage 'A' is"),
        ({"name": "A", "touchpoints": {"Ad"}}, "touchpoints of the stage 'A' is"),
    ],
)
def test_a_stage_that_can_not_be_used_is_refused_in_code_too(arguments, message):
    with pytest.raises(DefinitionsError, match=message):
        Stage(**arguments)


def test_what_is_made_in_code_equals_what_a_file_says():
    read = loads(
        '[[stages]]\nname = "A"\ntouchpoints = ["Ad", "Ad"]\n'
        '[outcomes]\nwon = "Deal"\ndormancy_days = 9'
    )
    made = Definitions(stages=[Stage("A", ["Ad", "Ad"])], won="Deal", dormancy_days=9)
    assert made == read
    assert hash(made) == hash(read)
    assert (made.stages[0].touchpoints, made.won, made.dormancy_days) == (("Ad",), ("Deal",), 9.0)


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path):
    with pytest.raises(DefinitionsError, match=r"none.toml can't be read"):
        load_definitions(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DefinitionsError, match=r"bytes.toml can't be read"):
        load_definitions(tmp_path / "bytes.toml")
