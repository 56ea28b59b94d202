import re

import pytest

from journey import Definitions
from journey.definitions import dumps, loads
from journey.errors import DefinitionsError
from journey.rules.not_buyers import NotBuyerRules


@pytest.mark.parametrize(
    ("domain", "kind"),
    [
        ("rival.com", "competitor"),
        ("shop.rival.com", "competitor"),
        ("sales@rival.com", "competitor"),
        ("arrival.com", None),
        ("rival.com.au", None),
        ("mit.edu", "student"),
        ("unam.edu.mx", "student"),
        ("ox.ac.uk", "student"),
        ("edu.com", None),
        ("ac.me", None),
        ("tac.uk", None),
        ("education", None),
    ],
)
def test_whose_a_domain_is(domain, kind):
    rules = NotBuyerRules(competitor_domains=("Rival.com",))
    found = [one for one in ("competitor", "student") if re.search(rules.pattern(one), domain)]
    assert found == ([kind] if kind else [])


def test_applications_go_by_words_unless_named():
    assert NotBuyerRules().is_application("Job application")
    assert not NotBuyerRules().is_application("Careers page")
    assert not NotBuyerRules(applications=("CV",)).is_application("Job application")


def test_rules_come_back_from_a_file_as_they_were():
    rules = NotBuyerRules(("rival.com",), (".edu",), ("CV",))
    assert loads(dumps(Definitions(not_buyers=rules))).not_buyers == rules


@pytest.mark.parametrize("domain", ["https://rival.com", "a b", "me@rival.com", "(.*)"])
def test_what_is_no_domain_is_refused(domain):
    with pytest.raises(DefinitionsError, match="a domain like"):
        loads(f"[not_buyers]\ncompetitor_domains = ['{domain}']")
