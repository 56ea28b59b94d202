"""Journeys that were parked and came back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels.facts import LOST, NO_DECISION, UNDECIDING, WON
from journey.kernels.returns import returns
from journey.store.layout import frozen

TOUCH = st.tuples(
    st.integers(0, 12),
    st.sampled_from([UNDECIDING, UNDECIDING, UNDECIDING, WON, LOST, NO_DECISION]),
    st.booleans(),
    st.booleans(),
)


def asked(journeys, dormancy=5.0):
    """Journeys are lists of (gap before it, verdict, by the customer, sends back)."""
    rows = [row for touches in journeys for row in touches]
    ticks = [tick for touches in journeys for tick in np.cumsum([row[0] for row in touches])]
    offsets = np.cumsum([0, *map(len, journeys)])
    return returns(
        frozen(np.array(ticks, np.int32)),
        frozen(offsets.astype(np.int64)),
        frozen(np.array([row[1] for row in rows], np.uint8)),
        frozen(np.array([row[2] for row in rows], bool)),
        frozen(np.array([row[3] for row in rows], bool)),
        dormancy,
    ).tolist()


def told(journeys, dormancy=5.0):
    """The same in words: state by state."""
    found, row = [], -1
    for touches in journeys:
        state = "open"
        for place, (gap, verdict, by_customer, sends_back) in enumerate(touches):
            row += 1
            if state == "won":
                continue
            if place and gap > dormancy and state == "open":
                state = "parked"
            if verdict == WON:
                found += [row] if state == "parked" and by_customer else []
                state = "won"
            elif verdict != UNDECIDING:
                state = "closed"
            elif sends_back:
                state = "parked"
            elif by_customer:
                found += [row] if state == "parked" else []
                state = "open"
    return found


def test_silence_and_being_sent_back_park_a_journey_and_a_loss_closes_it():
    touch, ours = (1, UNDECIDING, True, False), (1, UNDECIDING, False, False)
    late, back = (9, UNDECIDING, True, False), (1, UNDECIDING, False, True)
    assert asked([[touch, late]]) == [1]
    assert asked([[touch, back, ours, touch, touch]]) == [3]
    assert asked([[touch, (1, LOST, False, False), late]]) == []
    assert asked([[touch, (1, WON, True, False), late]]) == []
    # To buy after a long silence, or once sent back, is to come back; not so where it is we who
    # close the deal, or where a loss had closed the journey.
    assert asked([[touch, (9, WON, True, False)], [touch, back, (1, WON, True, False)]]) == [1, 4]
    assert asked([[touch, (9, WON, False, False)]]) == []
    assert asked([[touch, (1, LOST, False, False), (9, WON, True, False)]]) == []
    assert asked([[late], [late]]) == []


@given(st.lists(st.lists(TOUCH, max_size=7), max_size=4))
def test_it_is_as_told_state_by_state(journeys):
    assert asked(journeys) == told(journeys)
