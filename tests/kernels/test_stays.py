from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import stays
from journey.store.layout import frozen
from tests.kernels.twins import N_STAGES, flags, ints, shards

FIRST_DAYS = ints([0, 1, 3, 7])
PER_DAY = 2


WON, OVER, BEFORE = 2 * N_STAGES + 2, 2 * N_STAGES + 1, 2 * N_STAGES


@st.composite
def lives(draw):
    """Journeys, whether each touch left its journey open, and the row that won, its last open."""
    shard = draw(shards())
    is_open = [draw(st.booleans()) for _ in shard.rows()]
    won = []
    for begin, end in shard.spans:
        row = draw(st.integers(begin - 1, end - 1))
        won.append(row if row >= begin else -1)
    for row in won:
        is_open[row : row + 1] = [False] if row >= 0 else is_open[row : row + 1]
    instants = sorted(draw(st.lists(st.integers(-20, 40), max_size=4)), reverse=True)
    return shard, is_open, won, instants, draw(st.sampled_from((4, 9, 99)))


def path_of(touches, is_open, won, as_of, dormancy):
    """States entered and when, a change at most a touch and silence; empty if not begun."""
    found, furthest = [], -1
    for place, (_, tick, stage) in enumerate(touches):
        if tick > as_of:
            break
        if found and is_open[place - 1] and tick - touches[place - 1][1] > dormancy:
            found.append((OVER, touches[place - 1][1] + dormancy))
        state, furthest = OVER, max(furthest, stage)
        if place == won:
            state = WON
        elif is_open[place]:
            state = BEFORE if stage < 0 else stage + N_STAGES * (furthest > stage)
        if not found:
            found.append((min(state, BEFORE), tick))
        found.append((state, tick))
        if state == WON:
            return found
    known = [(tick, flag) for (_, tick, _), flag in zip(touches, is_open, strict=True)]
    known = [one for one in known if one[0] <= as_of]
    if known and known[-1][1] and as_of - known[-1][0] > dormancy:
        found.append((OVER, known[-1][0] + dormancy))
    return found


def span_of(day):
    return max(span for span, first in enumerate(FIRST_DAYS) if first <= day)


def stays_by(shard, is_open, won, as_of, dormancy):
    """Days, ways on, and the state and age of each journey at an instant, day by day."""
    n_states, n_spans = 2 * N_STAGES + 2, len(FIRST_DAYS)
    days = np.zeros((n_states, n_spans), int)
    ways = np.zeros((n_states, n_spans, n_states + 1), int)
    now = []
    for mine, (begin, end), win in zip(shard.journeys, shard.spans, won, strict=True):
        path = path_of(mine, is_open[begin:end], win - begin, as_of, dormancy)
        entries = [one for k, one in enumerate(path) if k == 0 or one[0] != path[k - 1][0]]
        for (state, since), (to, until) in pairwise(entries):
            age = (until - since) // PER_DAY
            for day in range(age + 1):
                days[state, span_of(day)] += 1
            ways[state, span_of(age), to] += 1
        state, since = entries[-1] if entries else (WON, as_of)
        age = (as_of - since) // PER_DAY if state != WON else 0
        for day in range(age):
            days[state, span_of(day)] += 1
        now.append((-1 if state == WON else state, age))
    return days.tolist(), ways.tolist(), now


@given(lives())
def test_count_stays(sample):
    shard, is_open, won, instants, dormancy = sample
    found = stays.count_stays(
        shard.current,
        shard.ticks,
        shard.offsets,
        flags(is_open),
        ints(won),
        ints(instants),
        dormancy,
        FIRST_DAYS,
        PER_DAY,
        N_STAGES,
    )
    for days, ways, states, ages, as_of in zip(*found, instants, strict=True):
        now = list(zip(states.tolist(), ages.tolist(), strict=True))
        wanted = stays_by(shard, is_open, won, as_of, dormancy)
        assert (days.tolist(), ways.tolist(), now) == wanted


JOURNEY = st.tuples(
    st.integers(-1, 3), st.sampled_from((float("nan"), 1.5, 8.0)), st.integers(0, 1)
)


@given(st.lists(st.tuples(JOURNEY, st.integers(-1, 2), st.booleans()), max_size=9))
def test_add_standing(journeys):
    mass = [[0.0] * 4 for _ in range(3)]
    valueless, n_begun = [0] * 8, [0] * 3
    for (place, value, span), begun, is_chosen in journeys:
        if is_chosen and begun >= 0:
            n_begun[begun] += 1
        if is_chosen and place >= 0:
            mass[0][place] += 1
            if value == value:  # noqa: PLR0124 - a number
                mass[1][place] += value
                mass[2][place] += value**2
            else:
                valueless[2 * place + span] += 1
    chosen = [at for at, (_, _, is_chosen) in enumerate(journeys) if is_chosen]
    places, values, spans = ([one[column] for one, _, _ in journeys] for column in range(3))
    begun = [begun for _, begun, _ in journeys]
    columns = (chosen, np.int64), (places, np.int32), (values, float), (spans, np.int32)
    told = [frozen(np.array(*column)) for column in (*columns, (begun, np.int32))]
    found = stays.add_standing(*told, 4, 2, 3)
    assert [one.tolist() for one in found] == [mass, valueless, n_begun]
