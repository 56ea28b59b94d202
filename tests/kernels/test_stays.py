import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import stays
from journey.store.layout import frozen
from tests.kernels.twins import N_STAGES, ints, shards

FIRST_DAYS = ints([0, 1, 3, 7])
PER_DAY = 2
AS_OF = 60


@st.composite
def lives(draw):
    """Journeys with the row at which each is over and how."""
    shard = draw(shards())
    ends = [draw(st.integers(begin, end)) for begin, end in shard.spans]
    fates = [draw(st.sampled_from((stays.WON, stays.OVER, stays.OPEN))) for _ in ends]
    late = [draw(st.integers(21, AS_OF)) for _ in ends]
    return shard, ends, fates, late


def stays_of(touches, end_tick, fate):
    """State, since when, until when, where to (None: still there), one after the other."""
    states = [(N_STAGES if stage < 0 else stage, tick) for _, tick, stage in touches]
    found = [states[0]] if states else [(N_STAGES, end_tick)]
    for state, tick in states:
        if state != found[-1][0]:
            found.append((state, tick))
    whereto = [state for state, _ in found[1:]]
    whereto.append(None if fate == stays.OPEN else N_STAGES + 1 + fate)
    until = [tick for _, tick in found[1:]] + [end_tick]
    return [(s, since, u, to) for (s, since), u, to in zip(found, until, whereto, strict=True)]


def span_of(day):
    return max(span for span, first in enumerate(FIRST_DAYS) if first <= day)


@given(lives())
def test_count_stays(sample):
    shard, ends, fates, late = sample
    begins = [begin for begin, _ in shard.spans]
    n_states, n_spans = N_STAGES + 1, len(FIRST_DAYS)
    days = np.zeros((n_states, n_spans), int)
    ways = np.zeros((n_states, n_spans, n_states + 2), int)
    now = []
    for mine, begin, end, fate, at in zip(shard.journeys, begins, ends, fates, late, strict=True):
        path = stays_of(mine[: end - begin], at, fate)
        for state, since, until, to in path:
            age = (until - since) // PER_DAY
            for day in range(age if to is None else age + 1):
                days[state, span_of(day)] += 1
            if to is not None:
                ways[state, span_of(age), to] += 1
        now.append((path[-1][0], (at - path[-1][1]) // PER_DAY))
    found = stays.count_stays(
        shard.current,
        shard.ticks,
        ints(begins),
        ints(ends),
        ints(late),
        frozen(np.array(fates, np.uint8)),
        FIRST_DAYS,
        PER_DAY,
        N_STAGES,
    )
    assert found[0].tolist() == days.tolist()
    assert found[1].tolist() == ways.tolist()
    assert list(zip(*(part.tolist() for part in found[2:]), strict=True)) == now
