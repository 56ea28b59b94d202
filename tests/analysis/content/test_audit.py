from collections import defaultdict
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey
from journey import Stage
from journey.analysis.content.audit import judged_text
from journey.analysis.content.members import used_content, was_called
from journey.analysis.content.uses import content_columns
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.inventory import Entry, Inventory, read_inventory
from tests.examples import MODEL, small_log
from tests.oracle import DECIDED
from tests.sample_data.conftest import FOLDER
from tests.strategies import samples


def used(reference, name_of):
    """Touches in view by content, each with its case."""
    found = defaultdict(list)
    for case, touches in reference.view.items():
        for touch in touches:
            if name_of(touch) is not None:
                found[name_of(touch)].append((case, touch))
    return found


@given(samples(), st.sampled_from((None, 2)))
def test_uses_equal_the_reference(sample, rows_per_shard):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    columns = tuple(name for name in ("channel", "reason") if name in log.store.text_columns)
    if not columns:
        return

    def name_of(touch):
        told = (getattr(touch, column) for column in columns)
        return next((name for name in told if name is not None), None)

    wanted = used(reference, name_of)
    found = journey.content_audit(log, columns=columns)
    assert set(found["content"]) == set(wanted)
    for row in found.itertuples():
        touches = wanted[row.content]
        cases = {case for case, _ in touches}
        assert (row.n_touchpoints, row.n_journeys) == (len(touches), len(cases))
        assert row.n_people == len({touch.person_id for _, touch in touches} - {None})
        assert used_content(log, row.content, columns=columns).n_journeys == row.n_journeys
        check_wins(row, lambda touch, name=row.content: name_of(touch) == name, reference)


def check_wins(row, is_use, reference):
    """Won with it and without, of decided journeys that reached its stage before they were."""
    if row.stage is None:
        assert (row.n_decided, row.n_without) == (0, 0)
        return
    journeys = {case: reference.journeys[case] for case in reference.view}
    reached = {
        case: one.outcome
        for case, one in journeys.items()
        if one.outcome in DECIDED and row.stage in one.stages[: len(one.before_end)]
    }
    had_it = {case: any(map(is_use, journeys[case].before_end)) for case in reached}
    with_it = [outcome for case, outcome in reached.items() if had_it[case]]
    without = [outcome for case, outcome in reached.items() if not had_it[case]]
    assert (row.n_decided, row.n_without) == (len(with_it), len(without))
    if reference.definitions.won and with_it:
        assert row.win_rate == pytest.approx(with_it.count("won") / len(with_it))


def test_the_next_stage_counts_within_the_days_and_once_they_are_over():
    # Read in Attract on day 0: a enters Nurture on day 2, b on day 9 (too late for 5 days); c read
    # on day 8 of 10, so that it can't be told yet; d was in Nurture before.
    rows = [
        *[("a", 0, "Ad"), ("a", 2, "Mail"), ("b", 0, "Ad"), ("b", 9, "Mail"), ("c", 8, "Ad")],
        *[("d", 0, "Mail"), ("d", 1, "Ad"), ("d", 10, "Ad")],
    ]
    contents = ["G", None, "G", None, "G", None, "G", None]
    found = journey.content_audit(small_log(rows, content=contents), next_days=5).iloc[0]
    assert (found["n_judged"], found["next_stage_rate"]) == (2, 0.5)


def test_who_reached_the_stage_only_by_the_decision_is_not_compared():
    # The case study is of Convert. a read it there and won, b was there without it and lost; c won
    # by a touch that itself enters Convert: there was no time to read anything there.
    model = replace(MODEL, stages=(Stage("Attract", ("Ad",)), Stage("Convert", ("Demo", "Won"))))
    rows = [("a", 0, "Demo"), ("a", 1, "Read"), ("a", 2, "Won"), ("b", 0, "Demo"), ("b", 1, "Lost")]
    rows += [("c", 0, "Ad"), ("c", 1, "Won")]
    log = small_log(rows, model, content=[None, "Case study", None, None, None, None, None])
    found = journey.content_audit(log).iloc[0]
    assert found[["stage", "n_decided", "win_rate"]].tolist() == ["Convert", 1, 1.0]
    assert found[["n_without", "without_rate"]].tolist() == [1, 0.0]


def test_content_used_after_the_decision_has_no_part_in_it():
    # a won and then read the manual, b was lost without: nobody was decided with it, and of the
    # two in Nurture without it one won.
    rows = [("a", 0, "Mail"), ("a", 1, "Won"), ("a", 2, "Read"), ("b", 0, "Mail"), ("b", 1, "Lost")]
    listed = Inventory((Entry("Manual", "Nurture"),))
    log = small_log(rows, content=[None, None, "Manual", None, None])
    found = journey.content_audit(log, inventory=listed).iloc[0]
    assert (found["n_journeys"], found["n_decided"], found["n_without"]) == (1, 0, 2)
    assert found["without_rate"] == 0.5


def test_content_shown_to_a_dormant_journey_has_no_part_in_its_end():
    # a was given up on day 90 and shown the guide on day 150.
    rows = [("a", 0, "Mail"), ("a", 150, "Mail"), ("z", 151, "Ad")]
    listed = Inventory((Entry("Guide", "Nurture"),))
    log = small_log(rows, content=[None, "Guide", None], direction=["did", "was shown", "did"])
    found = journey.content_audit(log, inventory=listed).iloc[0]
    assert (found["n_journeys"], found["n_decided"], found["n_without"]) == (1, 0, 1)


def test_what_follows_at_the_same_instant_follows():
    # In the order of the source a read in Attract and then entered Nurture, all on day 0; b was
    # in Nurture before it read on the same day, so that nothing is to be told of it.
    rows = [("a", 0, "Ad"), ("a", 0, "Mail"), ("b", 0, "Mail"), ("b", 0, "Ad"), ("z", 99, "Ad")]
    log = small_log(rows, content=["G", None, None, "G", None])
    found = journey.content_audit(log).iloc[0]
    assert (found["n_judged"], found["next_stage_rate"]) == (1, 1.0)


def test_listed_content_that_nobody_used_is_orphaned_and_old_content_dead():
    rows = [("a", 0, "Ad"), ("a", 50, "Ad"), ("a", 100, "Ad")]
    log = small_log(rows, content=["Old", "New", None])
    listed = Inventory(
        (Entry("Old", question="Why?"), Entry("Film", stage="Convert", kind="Video"))
    )
    found = journey.content_audit(log, inventory=listed, idle_days=90).set_index("content")
    assert found["status"].to_dict() == {"New": "in use", "Old": "dead", "Film": "orphaned"}
    assert found["is_listed"].to_dict() == {"New": False, "Old": True, "Film": True}
    assert (found.loc["Old", "question"], found.loc["Film", "stage"]) == ("Why?", "Convert")
    assert found.loc["Old", "idle_days"] == pytest.approx(100)


def test_content_that_a_filter_hides_is_not_orphaned():
    rows = [("a", 0, "Ad"), ("b", 1, "Ad"), ("b", 2, "Ad")]
    log = small_log(rows, content=["Guide", "Film", None], channel=["Web", "Mail", "Mail"])
    listed = Inventory((Entry("Guide"), Entry("Film"), Entry("Talk")))
    hidden = {"Guide": "in use", "Film": "not used in view", "Talk": "orphaned"}
    for view in (
        log.where(channel="Web"),
        log.where(account_id="a"),
        log.between(end="2026-01-02"),
    ):
        found = journey.content_audit(view, inventory=listed).set_index("content")["status"]
        assert found.to_dict() == hidden
    nobody = journey.content_audit(log.where(account_id="z"), inventory=listed)
    assert nobody["status"].tolist() == ["not used in view", "not used in view", "orphaned"]
    whole = journey.content_audit(log, inventory=listed).set_index("content")["status"]
    assert whole.to_dict() == {"Guide": "in use", "Film": "in use", "Talk": "orphaned"}


def test_what_is_idle_in_a_view_alone_is_not_dead():
    # As of day 100 a used Guide last on day 0, b on day 99; nobody used Old after day 1.
    rows = [("a", 0, "Ad"), ("a", 1, "Ad"), ("b", 99, "Ad"), ("b", 100, "Mail")]
    log = small_log(rows, content=["Guide", "Old", "Guide", None])
    listed = Inventory((Entry("Old"),))
    for view in (log, log.where(account_id="a"), log.where(account_id="b")):
        found = journey.content_audit(view, inventory=listed).set_index("content")["status"]
        assert found.to_dict() == {"Guide": "in use", "Old": "dead"}
        assert bool(judged_text(view)) == (view is not log)
    # By day 50 nothing has been idle for 90 days.
    early = journey.content_audit(log.between(end="2026-02-20"), inventory=listed)
    assert set(early["status"]) == {"in use"}


def test_what_nobody_of_a_view_goes_on_from_is_dead_only_if_nobody_does_at_all():
    # 31 read Guide on day 0 of 40, of whom only z goes on to Nurture.
    rows = [(f"x{number}", 0, "Ad") for number in range(30)]
    rows += [("z", 0, "Ad"), ("z", 1, "Mail"), ("z", 40, "Mail")]
    accounts = pd.DataFrame({"account_id": [f"x{number}" for number in range(30)], "trade": "X"})
    log = small_log(rows, content=["Guide"] * 31 + [None] * 2, accounts=accounts)
    view = log.where(trade="X")
    found = journey.content_audit(view).iloc[0]
    assert (found["n_judged"], found["next_stage_rate"], found["status"]) == (30, 0, "in use")
    alone = small_log([*rows[:31], ("z", 40, "Ad")], content=["Guide"] * 31 + [None])
    assert journey.content_audit(alone)["status"].tolist() == ["dead"]
    assert journey.content_audit(alone.where(account_id="z"))["status"].tolist() == ["dead"]


def test_what_is_published_later_is_not_yet_orphaned():
    listed = Inventory(
        (Entry("Old", published_at="2025-01-01"), Entry("New", published_at="2027-01-01"))
    )
    log = small_log([("a", 0, "Ad")], content=["Guide"])
    found = journey.content_audit(log, inventory=listed).set_index("content")["status"]
    assert found.to_dict() == {"Guide": "in use", "Old": "orphaned"}


def test_coverage_marks_places_without_content():
    people = pd.DataFrame({"person_id": ["p"], "role": ["Buyer"]})
    rows = [("a", 0, "Ad"), ("a", 1, "Mail")]
    log = small_log(rows, content=["G", None], person_id=["p", "p"], people=people)
    listed = Inventory((Entry("G", "Attract", "Buyer; User"), Entry("F", "Convert")))
    frame = journey.content_coverage(log, inventory=listed).set_index(["stage", "value"])
    assert frame.loc[("Attract", "Buyer")].tolist() == [1, 1, 1, 1, False]
    assert frame.loc[("Nurture", "Buyer")].tolist() == [0, 0, 0, 1, True]
    assert frame.loc[("Convert", "everybody"), "n_contents"] == 1
    assert not frame.loc[("Nurture", "everybody"), "is_hole"]
    questions = journey.content_coverage(log, inventory=listed, across="question")
    assert set(questions["value"]) == {"everybody"}


def test_coverage_of_people_of_whom_nothing_is_told_counts_no_roles():
    log = small_log([("a", 0, "Ad"), ("b", 0, "Ad")], content=["G"] * 2, person_id=["p", "q"])
    found = journey.content_coverage(log.by("person"))
    # G is for nobody in particular: used by both in Attract, and nowhere else.
    assert set(found["value"]) == {"everybody"}
    assert found["n_touchpoints"].tolist() == [2, 0, 0, 0]
    assert found["n_people"].tolist() == [0, 0, 0, 0]


@given(samples())
def test_every_answer_to_a_call_opens(sample):
    log = sample.log()
    for by in ("industry", "channel"):
        if by not in log.filter_columns:
            continue
        for row in journey.calls_to_action(log, by=by).itertuples():
            opened = was_called(log, row.call_to_action, by=by, value=row.value)
            assert opened.n_journeys == row.n_journeys


def test_calls_are_counted_by_segment():
    rows = [("a", 0, "Contact form"), ("b", 0, "Ad"), ("c", 0, "Contact form")]
    accounts = pd.DataFrame({"account_id": ["a", "b", "c"], "trade": ["X", "X", "Y"]})
    log = small_log(rows, accounts=accounts)
    found = journey.calls_to_action(log, by="trade").set_index("value")
    assert found["answer_rate"].to_dict() == {"X": 0.5, "Y": 1.0}
    assert was_called(log, "Contact form", by="trade", value="X").n_journeys == 1


def test_a_log_without_content_goes_by_its_types_and_an_empty_one_has_no_rows():
    log = small_log([("a", 0, "Ad")])
    assert content_columns(log) == ("touchpoint",)
    assert journey.content_audit(log)["content"].tolist() == ["Ad"]
    empty = small_log([])
    assert journey.content_audit(empty).empty
    assert journey.content_coverage(empty).empty
    assert journey.calls_to_action(log, by="touchpoint").empty
    with pytest.raises(ColumnNotFoundError):
        journey.content_audit(log, columns=("contents",))
    with pytest.raises(ValueNotAllowedError):
        used_content(log, "Adds", columns=("touchpoint",))


def test_the_useless_brochure_makes_no_difference(sample_dataset):
    log = journey.open_log(sample_dataset)
    audit = journey.content_audit(log, columns=("touchpoint",)).set_index("content")
    brochure = audit.loc["Product brochure"]
    assert (brochure["n_decided"], brochure["n_without"]) == (259, 429)
    assert brochure["win_rate"] * 259 == pytest.approx(48)
    assert brochure["without_rate"] * 429 == pytest.approx(80)
    listed = read_inventory(FOLDER / "lists" / "content_inventory.csv")
    status = journey.content_audit(log, inventory=listed).set_index("content")["status"]
    assert sorted(status[status == "orphaned"].index) == [
        "Migration plan",
        "Payback calculator",
        "Roster audit checklist",
        "Security white paper",
    ]
