import pandas as pd
import pytest

from journey import from_frame
from journey.ui.accounts import account_names, find_accounts, has_account, person_names

TOUCHES = pd.DataFrame(
    {
        "account_id": ["a1", "a10", "b", "x a1"],
        "occurred_at": pd.to_datetime(["2026-01-01"] * 4, utc=True),
        "touchpoint": "Ad",
        "person_id": ["p", "q", None, None],
    }
)
ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["a1", "a10", "b"],
        "domain": ["one.example", "ten.example", "b.example"],
        "company": ["One", None, "A1 Tools"],
        "company_size": ["50", "a1", "9"],
    }
)
PEOPLE = pd.DataFrame({"person_id": ["p", "q"], "name": ["Ann", None]})


@pytest.fixture
def log():
    return from_frame(TOUCHES, accounts=ACCOUNTS, people=PEOPLE)


class TestNames:
    def test_the_best_name_known_serves(self, log):
        names = account_names(log, ["x a1", "b", "a10", "a1"])
        assert names == [None, "A1 Tools", "ten.example", "One"]

    def test_without_attributes_there_are_none(self):
        assert account_names(from_frame(TOUCHES), ["a1", "b"]) == [None, None]

    def test_people_read_as_journeys_have_their_own(self, log):
        assert person_names(log, ["q", "p"]) == [None, "Ann"]
        assert account_names(log.by("person"), ["p"]) == ["Ann"]

    def test_nobody_has_none(self, log):
        assert person_names(log, []) == []
        assert person_names(from_frame(TOUCHES.drop(columns="person_id")), []) == []


class TestFind:
    def test_the_text_itself_comes_first_then_what_begins_with_it(self, log):
        # 'a1' is a1; a10 begins with it by id, b by company; 'x a1' only holds it.
        assert find_accounts(log, " A1 ", most=9) == (["a1", "a10", "b", "x a1"], 4)

    def test_no_more_than_asked_for_but_all_are_counted(self, log):
        assert find_accounts(log, "a1", most=1) == (["a1"], 4)

    @pytest.mark.parametrize("text", [".", "ten", "TEN.ex"])
    def test_any_part_of_a_name_finds(self, log, text):
        assert "a10" in find_accounts(log, text, most=9)[0]

    @pytest.mark.parametrize("text", ["%", "a1|b", "50", "(", "\\"])
    def test_signs_are_signs_and_other_attributes_are_not_looked_at(self, log, text):
        assert find_accounts(log, text, most=9) == ([], 0)


@pytest.mark.parametrize(("account", "there"), [("a1", True), ("A1", False), ("", False)])
def test_an_account_is_there_by_its_exact_id(log, account, there):
    assert has_account(log, account) is there
