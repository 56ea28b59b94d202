import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.analysis.accounts.silences import finer_silences, precedents, rough_precedents
from journey.kernels.facts import NO_DECISION, WON
from journey.kernels.stages import longest_silences
from tests.strategies import samples, seeded


def of_stage(log, stage):
    """Longest silences there of all decided journeys, and whether each won."""
    found = []
    for _, facts in log.ask_with_facts(lambda part: part):
        view, limit = facts.view, facts.silence.dormancy_limit
        longest = longest_silences(
            facts.current,
            view.ticks,
            view.offsets,
            facts.is_open,
            facts.as_of,
            limit,
            facts.n_stages,
        )
        found += [
            (silence, outcome == WON)
            for silence, outcome in zip(longest[:, stage].tolist(), facts.outcomes, strict=True)
            if silence >= 0 and outcome <= NO_DECISION
        ]
    return found


def check(log, asked):
    n_stages = len(log.definitions.stages)
    found = precedents(log, [np.array(asked)] * (n_stages + 1))
    bounds = rough_precedents(log)
    sure = narrowed(log, bounds, np.array(asked))
    for stage in range(n_stages):
        known = of_stage(log, stage)
        rates, counts, compared = found[stage].after_silence(np.array(asked))
        least, most, _ = bounds[stage].lost_chance(np.array(asked))
        lost, same, _ = sure[stage].lost_chance(np.array(asked))
        overall = np.mean([won for _, won in known]) if known else np.nan
        for place, ticks in enumerate(asked):
            limit = min([ticks, max(known)[0]]) if known else 0
            mine = [won for silence, won in known if silence >= limit]
            assert (counts[place], compared[place]) == (len(mine), limit)
            if mine:
                assert rates[place] == np.mean(mine)
                wanted = max(overall - np.mean(mine), 0)
                assert least[place] - 1e-12 <= wanted <= most[place] + 1e-12
                assert lost[place] == same[place] == pytest.approx(wanted, abs=1e-12)
            else:
                assert np.isnan(rates[place])
                assert np.isnan(most[place])
    assert np.isnan(found[-1].after_silence(np.array(asked))[0]).all()
    assert np.isnan(bounds[-1].lost_chance(np.array(asked))[:2]).all()


def narrowed(log, evidence, asked):
    """Asked about again and again, until nothing is in doubt."""
    for _ in range(20):
        bounds = [one.lost_chance(asked) for one in evidence]
        doubtful = {
            (stage, int(cell))
            for stage, (least, most, cells) in enumerate(bounds)
            for cell in cells[least < most]
        }
        if not doubtful:
            break
        evidence = precedents(log, finer_silences(evidence, sorted(doubtful)))
    return evidence


@given(
    samples(),
    st.sampled_from((None, 1, 2)),
    st.lists(st.integers(0, 400).map(lambda days: days * 86_400), min_size=1, max_size=5),
)
def test_what_became_of_silent_journeys(sample, rows_per_shard, asked):
    check(sample.log(rows_per_shard), asked)


def test_what_became_of_many_silent_journeys():
    days = (0, 1, 8, 13, 30, 45, 95, 96, 300)
    for rows_per_shard in (None, 100):
        check(seeded(31).log(rows_per_shard), [day * 86_400 for day in days])
