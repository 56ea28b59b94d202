import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import select
from tests.kernels.twins import N_TYPES, codes, flags, ints, shards

TYPE = st.integers(0, N_TYPES - 1)
SHARDS = shards()  # a journey may be empty
WANTED = st.lists(st.booleans(), min_size=N_TYPES, max_size=N_TYPES)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.booleans()), max_size=5))
def test_rows_of_ranges(ranges):
    begins = [begin for begin, _, _ in ranges]
    ends = [begin + length for begin, length, _ in ranges]
    kept = [j for j, (_, _, is_kept) in enumerate(ranges) if is_kept]
    found = select.rows_of_ranges(ints(begins), ints(ends), ints(kept))
    assert found.tolist() == [row for j in kept for row in range(begins[j], ends[j])]


@given(SHARDS, st.data())
def test_rows_before(shard, data):
    chosen = data.draw(
        st.lists(st.booleans(), min_size=len(shard.types), max_size=len(shard.types))
    )
    kept = [[row for row in range(a, b) if chosen[row]] for a, b in shard.spans]
    limits = [data.draw(st.integers(a, b)) for a, b in shard.spans]
    rows = np.array([row for mine in kept for row in mine], np.uint32)
    rows.flags.writeable = False
    offsets = np.cumsum([0, *map(len, kept)])
    wanted = [
        int(begin) + sum(row < limit for row in mine)
        for begin, mine, limit in zip(offsets, kept, limits, strict=False)
    ]
    assert select.rows_before(rows, ints(offsets), ints(limits)).tolist() == wanted


def cut_spans(shard, rng):
    """Some of the journeys, each cut at both ends."""
    cut = []
    for begin, end in shard.spans:
        if rng.random() < 0.7:
            first, last = sorted((rng.randint(begin, end), rng.randint(begin, end)))
            cut.append((first, last))
    return cut


def borders(spans):
    return ints([begin for begin, _ in spans]), ints([end for _, end in spans])


@given(SHARDS, WANTED, st.randoms())
def test_rows_having(shard, wanted, rng):
    spans = cut_spans(shard, rng)
    rows = [[row for row in range(*span) if wanted[shard.types[row]]] for span in spans]
    offsets = ints(np.cumsum([0, *(end - begin for begin, end in spans)]))
    dense = [shard.types[row] for begin, end in spans for row in range(begin, end)]
    begins = borders(spans)[0]
    found, kept, ends = select.rows_having(codes(dense), flags(wanted), begins, offsets)
    assert found.tolist() == [row for mine in rows for row in mine]
    assert kept.tolist() == [j for j, mine in enumerate(rows) if mine]
    assert ends.tolist() == np.cumsum([0, *(len(mine) for mine in rows if mine)]).tolist()


@given(SHARDS, SHARDS, st.randoms())
def test_slices_of(shard, before, rng):
    """Of journeys that lie somewhere in their shard, after others, some rows are left."""
    left = [(rng.randint(*span), rng.randint(*span)) for span in shard.spans]
    shift = 10 + len(before.types)
    shard_begins = [begin + shift for begin, _ in shard.spans]
    numbers = list(range(7, 7 + len(shard.spans)))
    found = select.slices_of(shard.offsets, ints(numbers), ints(shard_begins), *borders(left))
    kept = [(j, begin, end) for j, (begin, end) in enumerate(left) if begin < end]
    assert [one.tolist() for one in found] == [
        np.cumsum([0, *(end - begin for _, begin, end in kept)]).tolist(),
        [numbers[j] for j, _, _ in kept],
        [begin + shift for _, begin, _ in kept],
        [begin for _, begin, _ in kept],
    ]


@given(shards(least=1), st.data())
def test_take(shard, data):
    last = len(shard.types) - 1
    rows = data.draw(st.lists(st.integers(0, last), max_size=9)) if last >= 0 else []
    assert select.take(shard.ticks, ints(rows)).tolist() == [shard.ticks[row] for row in rows]
    assert select.take(shard.types, ints(rows)).dtype == shard.types.dtype


@given(SHARDS, st.data())
def test_take_ranges(shard, data):
    cut = [data.draw(st.integers(begin, end)) for begin, end in shard.spans]
    ends = [end for _, end in shard.spans]
    offsets = np.cumsum([0, *(end - begin for begin, end in zip(cut, ends, strict=True))])
    found = select.take_ranges(shard.types, ints(cut), ints(offsets))
    wanted = [
        shard.types[row] for begin, end in zip(cut, ends, strict=True) for row in range(begin, end)
    ]
    assert found.tolist() == wanted
    assert found.dtype == shard.types.dtype


@given(SHARDS, st.randoms())
def test_rows_of_runs(shard, rng):
    spans = cut_spans(shard, rng)
    rows = [
        [row for row in range(*span) if row == span[0] or shard.types[row] != shard.types[row - 1]]
        for span in spans
    ]
    offsets = ints(np.cumsum([0, *(end - begin for begin, end in spans)]))
    dense = [shard.types[row] for begin, end in spans for row in range(begin, end)]
    found, kinds, ends = select.rows_of_runs(codes(dense), borders(spans)[0], offsets)
    assert found.tolist() == [row for mine in rows for row in mine]
    assert kinds.tolist() == [shard.types[row] for row in found]
    assert ends.tolist() == np.cumsum([0, *map(len, rows)]).tolist()


@given(SHARDS, st.integers(-21, 21))
def test_first_at_or_after(shard, instant):
    wanted = [
        begin + sum(tick < instant for _, tick, _ in mine)
        for (begin, _), mine in zip(shard.spans, shard.journeys, strict=True)
    ]
    begins, ends = shard.offsets[:-1], shard.offsets[1:]
    found = select.first_at_or_after(shard.ticks, begins, ends, instant)
    assert found.tolist() == wanted


@given(SHARDS, WANTED)
def test_first_and_last_of(shard, wanted):
    found = [
        [row for j, row, touch in shard.rows() if j == journey and wanted[touch[0]]]
        for journey in range(len(shard.journeys))
    ]
    first = select.first_of(shard.types, shard.offsets, flags(wanted))
    last = select.last_of(shard.types, shard.offsets[:-1], shard.offsets[1:], flags(wanted))
    assert first.tolist() == [min(rows, default=-1) for rows in found]
    assert last.tolist() == [max(rows, default=-1) for rows in found]


@given(SHARDS, TYPE, TYPE)
def test_has_move(shard, source, target):
    makers = {j for j, before, after in shard.moves() if (before[0], after[0]) == (source, target)}
    found = select.has_move(shard.types, shard.offsets, source, target)
    assert found.tolist() == [j in makers for j in range(len(shard.journeys))]


@given(SHARDS, st.data())
def test_is_sequence(shard, data):
    named = [[touch[0] for touch in mine] for mine in shard.journeys]
    sequence = data.draw(
        st.lists(st.integers(-1, N_TYPES - 1), max_size=3)
        | (st.sampled_from(named) if named else st.nothing())
    )
    found = select.is_sequence(shard.types, shard.offsets, ints(sequence))
    assert found.tolist() == [names == sequence for names in named]


@given(SHARDS, st.randoms())
def test_last_above_zero(shard, rng):
    values = [rng.choice((0.0, -1.0, np.nan, 2.0, 3.0)) for _ in shard.rows()]
    chosen = [j for j in range(len(shard.journeys)) if rng.random() < 0.7]
    found = select.last_above_zero(np.array(values), shard.offsets, ints(chosen))
    for value, j in zip(found.tolist(), chosen, strict=True):
        begin, end = shard.spans[j]
        known = [one for one in values[begin:end] if one > 0]
        assert value == known[-1] if known else np.isnan(value)
