import pytest

from journey.definitions import Definitions, dumps, loads
from journey.errors import DefinitionsError, ValueNotAllowedError
from journey.rules.meanings import MEANINGS, Meanings, meant_by_words

WORDS = {
    "Ad view": {"ad_shown"},
    "Ad click": {"ad_clicked"},
    "Nurture e-mail sent": {"sent"},
    "SEND_EMAIL": {"sent"},
    "Email opened": {"opened"},
    "Nurture e-mail clicked": {"clicked"},
    "E-mail unsubscribed": {"unsubscribed"},
    "Demo request form": {"call_to_action", "intent"},
    "Pricing page": {"intent"},
    "Lead created": {"lead"},
    "Lead score changed": set(),
    "MQL": {"mql"},
    "Marketing Qualified Lead": {"mql"},
    "SQL accepted": {"sql", "accepted"},
    "Sent back to marketing": {"sent_back"},
    "Opportunity created": {"opportunity"},
    "Shared on LinkedIn": {"shared"},
    "Referral given": {"referral"},
    "Onboarding session": {"onboarding", "conversation"},
    "Support ticket": {"support"},
    "Renewal": {"renewal"},
    "Upsell": {"upsell"},
    "Cross-sell": {"cross_sell"},
    "Contract cancelled": {"churn"},
    "Careers page": {"careers"},
    "E-mail not sent": set(),
    "Sales call": {"conversation"},
    "Demo request": {"call_to_action", "intent"},
    "Closed won": set(),
}


@pytest.mark.parametrize(("name", "meant"), WORDS.items())
def test_names_mean_what_their_words_say(name, meant):
    assert meant_by_words(name) == meant


def test_every_meaning_has_a_word_that_means_it():
    assert set().union(*map(meant_by_words, WORDS)) == set(MEANINGS)


def test_types_that_are_named_stand_in_place_of_words():
    assert Meanings().types("mql", ["Handed over", "MQL"]) == ("MQL",)
    assert Meanings(mql=("Handed over",)).types("mql", ["Handed over", "MQL"]) == ("Handed over",)
    assert Meanings(mql=()).types("mql", ["Handed over", "MQL"]) == ()


def test_a_meaning_that_is_not_known_is_refused():
    with pytest.raises(ValueNotAllowedError, match=r"'mqls'.*Did you mean 'mql'"):
        Meanings().types("mqls", [])


def test_a_file_says_what_is_named_and_reads_as_it_was():
    model = Definitions(meanings=Meanings(mql=("Handed over",), shared=()))
    assert loads(dumps(model)) == model
    assert "sql" not in dumps(model)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("meanings = 1", r"mine.toml, \[meanings\] is 1; a table"),
        ("[meanings]\nmqls = []", "mine.toml.*'mqls'.*Did you mean 'mql'"),
        ("[meanings]\nmql = [1]", r"mine.toml, \[meanings\] mql is \[1\]; a list of words"),
    ],
)
def test_what_can_not_be_used_is_said_with_its_place(text, message):
    with pytest.raises(DefinitionsError, match=message):
        loads(f'{text}\n[[stages]]\nname = "A"', where="mine.toml")
