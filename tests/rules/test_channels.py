import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from journey.definitions import Definitions, dumps, loads
from journey.errors import DefinitionsError
from journey.rules.channels import (
    CATEGORIES,
    MOST_RULES,
    ChannelRule,
    Condition,
    check_rules,
    default_rules,
    rules_document,
    rules_from,
    source_categories,
)

MAIL = ChannelRule("Mail", (Condition("medium", "is", ("mail",)),))

words = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=8)
filled = words.filter(str.strip)
conditions = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(["source", "medium", "campaign"]),
        st.just("is"),
        st.lists(words, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Condition,
        st.sampled_from(["source", "medium", "campaign"]),
        st.just("contains"),
        st.lists(filled, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Condition,
        st.just("category"),
        st.just("is"),
        st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3).map(tuple),
    ),
)
rules = st.builds(
    ChannelRule,
    filled,
    st.lists(conditions, min_size=1, max_size=3, unique_by=lambda c: c.key).map(tuple),
)


def test_the_default_has_ga4s_channels_and_assistants_in_its_order():
    names = list(dict.fromkeys(rule.channel for rule in default_rules()))
    assert names == [
        "Direct",
        "Cross-network",
        "Paid Shopping",
        "Paid Search",
        "Paid Social",
        "Paid Video",
        "Display",
        "Paid Other",
        "AI Assistants",
        "Organic Shopping",
        "Organic Social",
        "Organic Video",
        "Organic Search",
        "Email",
        "Affiliates",
        "Referral",
        "Audio",
        "SMS",
        "Mobile Push Notifications",
    ]


def test_every_listed_source_is_in_lower_case_and_in_one_list():
    listed = source_categories()
    assert all(line == line.strip().lower() for line in listed)
    assert set(listed.values()) == set(CATEGORIES)
    from importlib.resources import files

    lines = [
        line
        for category in CATEGORIES
        for line in (files("journey") / "source_categories" / f"{category}.txt")
        .read_text(encoding="utf-8")
        .splitlines()
        if line and not line.startswith("#")
    ]
    assert len(lines) == len(listed)


@given(st.lists(rules, max_size=5, unique_by=lambda rule: rule.asked))
def test_rules_survive_a_file(given_rules):
    definitions = Definitions(channels=tuple(given_rules))
    assert loads(dumps(definitions)).channels == tuple(given_rules)


def test_the_default_rules_are_not_written_but_survive_a_file():
    assert "channels" not in dumps(Definitions())
    assert loads(dumps(Definitions())).channels == default_rules()
    text = tomli_w.dumps({"channels": rules_document(default_rules())})
    assert loads('[[stages]]\nname = "A"\n' + text).channels == default_rules()


def test_no_rules_are_not_the_default_ones():
    assert loads(dumps(Definitions(channels=()))).channels == ()


def test_rules_change_the_fingerprint():
    assert Definitions(channels=(MAIL,)).fingerprint != Definitions().fingerprint


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"channel": "A", "medum": "x"}, "'medum' is not known.*Did you mean 'medium'"),
        ({"channel": "A", "medium_regex": "(?=x)"}, "no regular expression.*Look-ahead"),
        ({"channel": "A", "medium_regex": "("}, "no regular expression"),
        ({"channel": "A", "medium_regex": r"(a)\1"}, "no regular expression"),
        ({"channel": "A", "medium_contains": ""}, "would fit all"),
        ({"channel": "A", "medium_contains": ["x", ""]}, "would fit all"),
        ({"channel": "A", "category": "news"}, "'news' is not known"),
        ({"channel": "A", "category_contains": "ai"}, "'category_contains' is not known"),
        ({"channel": " ", "medium": "x"}, "Give it a word"),
        ({"medium": "x"}, "Give it a word"),
        ({"channel": 3, "medium": "x"}, "Give it a word"),
        ({"channel": "A"}, "has no condition"),
        ({"channel": "A", "medium": []}, "a list of words is needed"),
        ({"channel": "A", "medium": 3}, "a list of words is needed"),
        ({"channel": "A", "medium": ["x", 3]}, "a list of words is needed"),
        ({"channel": "A", "medium": "x\0"}, "NUL"),
        ("A", "no table of keys"),
    ],
)
def test_a_rule_that_can_not_be_used_is_named_by_its_place(table, said):
    good = {"channel": "Mail", "medium": "mail"}
    with pytest.raises(DefinitionsError, match=rf"number 2: .*{said}"):
        rules_from([good, table], "definitions.toml")


def test_two_rules_that_ask_the_same_are_refused():
    first = {"channel": "A", "source": ["X", "y"], "medium": "m"}
    second = {"channel": "B", "medium": "M", "source": ["Y", "x"]}
    with pytest.raises(DefinitionsError, match=r"rule 2 \(B\) asks the same as rule 1 \(A\)"):
        rules_from([first, second], "definitions.toml")
    other = {"channel": "B", "medium": "M", "source": "x"}
    assert len(rules_from([first, other], "definitions.toml")) == 2


def test_channels_have_to_be_tables():
    with pytest.raises(DefinitionsError, match=r"\[\[channels\]\] are needed"):
        loads('channels = "x"\n[[stages]]\nname = "A"\n')


def test_rules_made_in_code_are_held_to_the_same():
    with pytest.raises(DefinitionsError, match="no channel rule"):
        Definitions(channels=("Mail",))
    with pytest.raises(DefinitionsError, match="medium twice"):
        ChannelRule("Mail", (*MAIL.conditions, Condition("medium", "is", ("post",))))
    with pytest.raises(DefinitionsError, match="is no condition"):
        Condition("colour", "is", ("red",))
    many = tuple(
        ChannelRule("Mail", (Condition("medium", "is", (str(n),)),)) for n in range(MOST_RULES + 1)
    )
    with pytest.raises(DefinitionsError, match="at most"):
        check_rules(many)
