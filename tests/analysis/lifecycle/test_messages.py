"""Messages sent and whether they were answered."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import lifecycle_metrics, nurture_metrics, nurture_programmes
from tests.examples import small_log

# January is days 0 to 30, February 31 to 58, March from 59.
ROWS = [
    *[("a", 29, "E-mail sent"), ("a", 33, "E-mail clicked"), ("a", 34, "E-mail clicked")],
    *[("a", 57, "E-mail sent"), ("a", 60, "E-mail clicked"), ("b", 58, "E-mail sent")],
]


def by_month(log):
    found = nurture_metrics(log).set_index("month")
    columns = ["n_sent", "n_clicked", "click_through_rate"]
    return found[columns].apply(list, axis=1).to_dict()


def test_a_message_is_clicked_once_and_counts_where_it_was_sent():
    # Two clicks in February are of January's one message, that in March of one of February's two.
    log = small_log(ROWS)
    assert by_month(log) == {"2026-01": [1, 1, 1.0], "2026-02": [2, 1, 0.5]}
    # As of the end of February nobody had clicked on those of February.
    assert by_month(log.between(end="2026-03-01"))["2026-02"] == [2, 0, 0.0]
    # Whoever hides clicks still has messages that were clicked.
    assert by_month(log.exclude("E-mail clicked")) == by_month(log)
    assert by_month(log.between("2026-02-01")) == {"2026-02": [2, 1, 0.5]}


def test_the_last_days_count_clicks_on_their_messages_alone():
    # The last 10 days, from day 50 on, sent two messages; one was clicked.
    row = lifecycle_metrics(small_log(ROWS), days=10).set_index("metric").loc["click_through_rate"]
    assert row[["numerator", "denominator", "value"]].tolist() == [1, 2, 0.5]


@pytest.mark.parametrize(
    ("click", "is_clicked"),
    [
        (("p", "A", "One"), [True, False, False]),
        # A link of the message that has another name: the last message of the campaign.
        (("p", "A", "www.x.example"), [True, False, False]),
        # Nothing is named: the last message to this person.
        (("p", None, None), [False, True, False]),
        (("q", None, None), [False, False, True]),
        # Of a campaign that sent nothing, or by somebody whom nothing was sent.
        (("p", "C", None), [False, False, False]),
        (("r", "A", "One"), [False, False, False]),
        # It does not tell by whom: the last message of this content, campaign, or at all.
        ((None, "A", "One"), [True, False, False]),
        ((None, "B", "One"), [False, True, False]),
        ((None, "B", "www.x.example"), [False, False, True]),
        ((None, None, None), [False, False, True]),
        ((None, "C", "One"), [False, False, False]),
    ],
)
def test_a_click_is_of_the_message_that_it_names(click, is_clicked):
    sent = [("p", "A", "One"), ("p", "B", "One"), ("q", "B", "Two")]
    assert which_clicked(sent, click) == is_clicked


@pytest.mark.parametrize(
    ("click", "is_clicked"),
    [
        # Sent to p, though the same was sent to nobody later.
        (("p", "A", "One"), [True, False, False]),
        (("p", None, None), [True, False, False]),
        # Nothing was sent to q by name: the last to nobody of this content, campaign, or at all.
        (("q", "A", "One"), [False, True, False]),
        (("q", "A", "www.x.example"), [False, True, False]),
        (("q", None, None), [False, False, True]),
        # What is named goes before who got it: of B only nobody was sent any.
        (("p", "B", "Two"), [False, False, True]),
        (("p", "B", "One"), [False, False, True]),
        (("q", "C", "One"), [False, False, False]),
    ],
)
def test_somebody_clicks_what_was_sent_to_nobody_by_name(click, is_clicked):
    assert which_clicked([("p", "A", "One"), (None, "A", "One"), (None, "B", "Two")], click) == (
        is_clicked
    )


def which_clicked(sent, click):
    """Which of three messages was clicked, each told as a person, a campaign and a content."""
    names = ["E-mail sent"] * 3 + ["E-mail clicked"]
    people, campaigns, contents = zip(*sent, click, strict=True)
    log = small_log(
        # Each was sent in a month of its own, which tells which one was clicked.
        [("a", day, name) for day, name in zip((0, 40, 60, 90), names, strict=True)],
        person_id=people,
        campaign=campaigns,
        content=contents,
    )
    return [row[1] for row in by_month(log).values()]


SENT = ("E-mail sent", "E-mail opened", "E-mail clicked")


def test_a_message_is_opened_and_clicked_alike_wherever_that_is_told():
    # One message, opened and then clicked at a link of another name.
    log = small_log(
        [("a", day, name) for day, name in enumerate(SENT)],
        person_id=["p"] * 3,
        campaign=["A"] * 3,
        content=["One", "One", "www.x.example"],
    )
    # Whoever hides what was done still sees the message, which was opened and clicked.
    for view in (log, log.exclude("E-mail clicked"), log.exclude(*SENT[1:])):
        told = lifecycle_metrics(view, days=30).set_index("metric")[["numerator", "denominator"]]
        assert told.loc["open_rate"].tolist() == [1, 1]
        assert told.loc["click_through_rate"].tolist() == [1, 1]
        assert told.loc["clicked_unopened_rate"].tolist() == [0, 1]
        for found in (nurture_metrics(view), nurture_programmes(view)):
            assert found[["n_opened", "n_clicked"]].to_numpy().tolist() == [[1, 1]]
    # Before the day of the click it was only opened.
    early = nurture_programmes(log.between(end="2026-01-03"))
    assert early[["n_opened", "n_clicked"]].to_numpy().tolist() == [[1, 0]]


def test_a_step_sent_twice_is_clicked_whichever_of_them_was():
    names = ["E-mail sent", "E-mail sent", "E-mail clicked"]
    log = small_log(
        [("a", day, name) for day, name in enumerate(names)],
        campaign=["A"] * 3,
        content=["One"] * 3,
    )
    assert nurture_programmes(log)[["n_people", "n_clicked"]].to_numpy().tolist() == [[1, 1]]


TOUCHES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.integers(0, 3),
        st.sampled_from(["E-mail sent", "E-mail clicked", "Ad"]),
        st.sampled_from([None, "p", "q"]),
        st.sampled_from([None, "A", "B"]),
        st.sampled_from([None, "One", "Two"]),
    ),
    min_size=1,
    max_size=14,
)


def clicked(touches):
    """How many messages were clicked: looked for from each click backwards."""
    found = set()
    ordered = sorted(enumerate(touches), key=lambda one: (one[1][0], one[1][1], one[0]))
    for at, (_, (account, _, name, *told)) in enumerate(ordered):
        if name != "E-mail clicked":
            continue
        sent = [
            place
            for place, (_, (whose, _, kind, *_)) in enumerate(ordered[:at])
            if (whose, kind) == (account, "E-mail sent")
        ]
        # The campaign and content that it names, then the person, then nobody in particular.
        for end in (6, 5, 4):
            ways = [[told[0]], [None]] if told[0] is not None else [[None, "p", "q"]]
            same = [
                [
                    place
                    for place in sent
                    if ordered[place][1][3] in people
                    and ordered[place][1][4:end] == tuple(told[1 : end - 3])
                ]
                for people in ways
            ]
            if any(same) and (end > 4 or told[1] is None):
                found.add(next(places for places in same if places)[-1])
                break
    return len(found)


@given(TOUCHES)
def test_as_many_are_clicked_as_a_plain_search_finds(touches):
    told = pd.DataFrame(touches).iloc[:, 3:].set_axis(["person_id", "campaign", "content"], axis=1)
    log = small_log(
        [touch[:3] for touch in touches], **{name: told[name].tolist() for name in told}
    )
    found = nurture_metrics(log)
    assert found["n_clicked"].fillna(0).sum() == clicked(touches)
    assert (found["n_clicked"].fillna(0) <= found["n_sent"].fillna(0)).all()
