from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.definitions import Definitions, dumps, loads
from journey.errors import DefinitionsError
from journey.rules.identity import ID_KINDS, JOINS, Cut, IdentityRules

IDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8
)
WORDS = st.lists(st.from_regex("[a-z.@]{1,8}", fullmatch=True), max_size=3, unique=True)
ENDS = st.tuples(st.sampled_from(ID_KINDS), IDS)


@st.composite
def rules(draw):
    ends = draw(st.lists(st.tuples(ENDS, st.none() | ENDS), max_size=3))
    return IdentityRules(
        off=draw(st.lists(st.sampled_from(JOINS), max_size=3)),
        cuts=[Cut(*left, *(right or ())) for left, right in ends],
        free_mail_domains=draw(WORDS),
        shared_addresses=draw(WORDS),
        trusted_addresses=draw(WORDS),
        max_people_per_device=draw(st.integers(1, 9)),
        max_ids_per_person=draw(st.integers(1, 99)),
        least_account_share=draw(st.floats(0.01, 1)),
    )


@given(rules())
def test_rules_are_read_as_they_were_written(model):
    definitions = Definitions(identity=model)
    assert loads(dumps(definitions)) == definitions


def test_rules_as_by_default_leave_no_trace_in_the_file():
    assert "identity" not in dumps(Definitions())
    assert loads('[[stages]]\nname = "A"').identity == IdentityRules()


def test_other_rules_are_other_definitions():
    model = Definitions()
    changed = replace(model, identity=IdentityRules(off=("domain",)))
    assert changed.fingerprint != model.fingerprint


def test_words_are_compared_as_addresses_are_written():
    assert IdentityRules(shared_addresses=(" Front ", "front")).shared_addresses == ("front",)


def test_what_a_file_may_say():
    text = """
[[stages]]
name = "A"
[identity]
off = ["domain"]
max_people_per_device = 2
[[identity.cuts]]
left_kind = "visitor"
left_id = "kiosk"
[[identity.cuts]]
left_kind = "email"
left_id = "a@b.co"
right_kind = "person"
right_id = "7"
"""
    assert loads(text).identity == IdentityRules(
        off=("domain",),
        max_people_per_device=2,
        cuts=(Cut("visitor", "kiosk"), Cut("email", "a@b.co", "person", "7")),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("identity = 1", r"\[identity\] is 1; a table"),
        ("identity.of = []", "'of'.*Did you mean 'off'"),
        ('identity.off = ["domains"]', "'domains'.*Did you mean 'domain'"),
        ("identity.off = [1]", r"off is \[1\]"),
        ('identity.free_mail_domains = [" "]', r"free_mail_domains is \[' '\]"),
        ("identity.max_people_per_device = 0", "max_people_per_device is 0; a whole number"),
        ("identity.max_ids_per_person = true", "max_ids_per_person is True"),
        ("identity.max_ids_per_address = 2.5", "max_ids_per_address is 2.5"),
        ("identity.least_account_share = 60", "least_account_share is 60; a share"),
        ("identity.least_account_share = 0", "least_account_share is 0; a share"),
        ("identity.cuts = 3", r"\[\[identity.cuts\]\] is 3; a list"),
        ("identity.cuts = [3]", r"\[\[identity.cuts\]\] is 3; a table"),
        ('identity.cuts = [{left_kind = "visitor"}]', "left_id of a cut is None"),
        ('identity.cuts = [{left_id = "x"}]', "left_kind of a cut is None"),
        (
            'identity.cuts = [{left_kind = "visiter", left_id = "x"}]',
            "'visiter'.*Did you mean 'visitor'",
        ),
        (
            'identity.cuts = [{left_kind = "visitor", left_id = "x", right_id = "y"}]',
            "right_kind of a cut is None",
        ),
        (r'identity.cuts = [{left_kind = "visitor", left_id = "\u0000"}]', "left_id of a cut is"),
        ('identity.cuts = [{left = "visitor"}]', "has the key 'left'"),
    ],
)
def test_what_can_not_be_used_is_said_with_its_place(text, message):
    with pytest.raises(DefinitionsError, match=f"rules.toml.*{message}"):
        loads(f'{text}\n[[stages]]\nname = "A"', where="rules.toml")
