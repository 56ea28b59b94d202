import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import attribute
from journey.analysis.attribution import tally
from journey.analysis.attribution.attribute import MODELS, removal_effects
from journey.analysis.attribution.tally import MOST_UNITS, random_groups
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.schema import OTHER
from tests import attribution_oracle as reference
from tests.examples import small_log
from tests.strategies import samples, seeded

MOST_TO_PERMUTE = 5
"""With more channels there are too many orders to try."""
BY = st.sampled_from(("channel", "touchpoint", "reason"))


def credit(frame, model, column="n_conversions"):
    """Channel to credit of one model."""
    own = frame[frame["model"] == model]
    return dict(zip(own["channel"], own[column], strict=True))


def near(found, wanted):
    """Equal but for the last digits; what is not named has none."""
    names = set(found) | set(wanted)
    return all(
        found.get(name, 0.0) == pytest.approx(wanted.get(name, 0.0), rel=1e-9, abs=1e-9)
        for name in names
    )


def check(frame, won, ended, without, *, half_life=7.0):
    """Hold every model against the plain reference."""
    rest = {None: float(len(without))} if without else {}
    rest_worth = {None: float(sum(without))} if without else {}
    for model, rule in reference.RULES.items():
        n, worth = reference.credits_by(rule, won, half_life)
        assert near(credit(frame, model), n | rest)
        assert near(credit(frame, model, "value"), worth | rest_worth)
    if len({channel for path, _ in won for channel, _ in path}) <= MOST_TO_PERMUTE:
        n, worth = reference.shapley(won)
        assert near(credit(frame, "shapley"), n | rest)
        assert near(credit(frame, "shapley", "value"), worth | rest_worth)
    effects = reference.removal_effects(won, ended)
    total = sum(effects.values())
    shares = {name: effect / total if total else 0.0 for name, effect in effects.items()}
    found = credit(frame, "markov", "removal_effect")
    assert near({name: effect for name, effect in found.items() if name is not None}, effects)
    markov = {name: share * len(won) for name, share in shares.items()}
    assert near(credit(frame, "markov"), markov | rest)


@given(samples(), BY, st.sampled_from((None, 1, 2)))
def test_every_model_equals_the_reference(sample, by, rows_per_shard):
    log = sample.log(rows_per_shard)
    if by not in log.store.text_columns:
        with pytest.raises(ColumnNotFoundError):
            attribute(log, by=by)
        return
    paths = reference.paths_of(sample.oracle(), lambda touch: getattr(touch, by))
    frame = attribute(log, by=by)
    check(frame, *paths)
    known = removal_effects(log, by=by)
    assert near(
        dict(zip(known["channel"], known["removal_effect"], strict=True)),
        reference.removal_effects(*paths[:2]),
    )


@given(samples(), st.sampled_from(("Ad", "Won", "Mail")))
def test_touchpoints_that_are_excluded_get_no_credit(sample, left_out):
    log = sample.log()
    if "channel" not in log.store.text_columns or left_out not in log.type_names:
        return
    view = log.exclude(left_out)
    paths = reference.paths_of(sample.oracle(), lambda t: t.channel, excluded=(left_out,))
    found = attribute(view)
    # A journey of which nothing is left is not in view; the reference counts it as without.
    n_won = int(view.where(outcome="won").n_journeys)
    assert len(paths[0]) + len(paths[2]) - n_won in range(len(paths[2]) + 1)
    for model in MODELS:
        assert sum(credit(found, model).values()) == pytest.approx(n_won)
    assert near(
        {name: n for name, n in credit(found, "linear").items() if name is not None},
        reference.credits_by(reference.linear, paths[0])[0],
    )


@given(samples())
def test_credit_adds_up_to_the_wins_and_opens_no_other_figure(sample):
    log = sample.log()
    frame = attribute(log, by="touchpoint")
    n_won = log.where(outcome="won").n_journeys
    for model in MODELS if n_won else ():
        assert sum(credit(frame, model).values()) == pytest.approx(n_won)
    assert (frame["n_conversions"] >= 0).all()
    assert (frame["low"] <= frame["high"] + 1e-9).all()


def test_shards_and_the_order_of_the_input_change_nothing():
    sample = seeded(3)
    whole = attribute(sample.log(None))
    pd.testing.assert_frame_equal(whole, attribute(sample.log(50)), rtol=1e-9)
    turned = type(sample)(sample.touches[::-1], *list(vars(sample).values())[1:])
    if len({(t.account_id, t.at) for t in sample.touches}) == len(sample.touches):
        pd.testing.assert_frame_equal(whole, attribute(turned.log(None)), rtol=1e-9)
    paths = reference.paths_of(sample.oracle(), lambda touch: touch.channel)
    check(whole, *paths)


def test_the_seed_settles_the_intervals():
    log = seeded(3).log()
    frame, again, other = (attribute(log, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(frame, again)
    assert not np.allclose(frame["low"], other["low"])
    assert near(credit(frame, "markov"), credit(other, "markov"))


def test_intervals_cover_what_is_shared_out_and_narrow_with_more_wins():
    # 4 in 10 wins begin with Ads: of 100 the 95 % interval of a share is about 0.30 to 0.50
    # (0.4 -+ 1.96 * sqrt(0.4 * 0.6 / 100) = 0.304 to 0.496), of 1,000 about 0.370 to 0.430.
    widths = []
    for n, low, high in ((100, 0.304, 0.496), (1000, 0.370, 0.430)):
        rows, channels = [], []
        for number in range(n):
            rows += [(f"a{number:04}", 0, "Ad"), (f"a{number:04}", 1, "Won")]
            channels += ["Ads" if number % 10 < 4 else "Mail", None]
        frame = attribute(small_log(rows, channel=channels))
        row = frame[(frame["model"] == "first") & (frame["channel"] == "Ads")].iloc[0]
        assert row["n_conversions"] == pytest.approx(0.4 * n)
        assert row["low"] == pytest.approx(low * n, rel=0.12)
        assert row["high"] == pytest.approx(high * n, rel=0.12)
        widths.append((row["high"] - row["low"]) / n)
    assert widths[1] < 0.5 * widths[0]


def test_touches_after_the_win_and_the_win_itself_get_none():
    rows = [("a", 0, "Ad"), ("a", 1, "Won"), ("a", 2, "Mail")]
    frame = attribute(small_log(rows, channel=["Ads", "Sales", "E-mail"]))
    assert set(frame["channel"]) == {"Ads"}
    assert credit(frame, "last") == {"Ads": 1.0}


def test_a_win_without_any_channel_before_is_told_apart():
    rows = [("a", 0, "Ad"), ("a", 1, "Won"), ("b", 0, "Mail"), ("b", 1, "Won")]
    log = small_log(rows, channel=["Ads", None, None, "Sales"], value=[None, 30.0, None, 12.0])
    frame = attribute(log)
    for model in MODELS:
        assert credit(frame, model) == {"Ads": 1.0, None: 1.0}
        assert credit(frame, model, "value") == {"Ads": 30.0, None: 12.0}


def test_open_journeys_are_left_out_of_the_chain():
    # a is won after Ads; b (still open) has Ads too. Were b an end, the chance would be half.
    rows = [("a", 0, "Ad"), ("a", 1, "Won"), ("b", 1, "Ad")]
    found = removal_effects(small_log(rows, channel=["Ads", None, "Ads"]))
    assert found["removal_effect"].tolist() == [1.0]


def test_value_is_that_known_at_the_win_else_after_it():
    rows = [("a", 0, "Ad"), ("a", 1, "Won"), ("a", 2, "Mail")]
    at_win = small_log(rows, channel=["Ads", None, None], value=[10.0, 50.0, 900.0])
    assert credit(attribute(at_win), "first", "value") == {"Ads": 50.0}
    late = small_log(rows, channel=["Ads", None, None], value=[None, None, 900.0])
    assert credit(attribute(late), "first", "value") == {"Ads": 900.0}


def test_the_half_life_is_in_days():
    # 3 days before the last touch, half-life 3: half its weight, so 1/3 against 2/3.
    rows = [("a", 0, "Ad"), ("a", 3, "Mail"), ("a", 9, "Won")]
    frame = attribute(small_log(rows, channel=["Ads", "E-mail", None]), half_life_days=3)
    assert near(credit(frame, "time_decay"), {"Ads": 1 / 3, "E-mail": 2 / 3})


@pytest.mark.parametrize("half_life", [0, -1, float("nan"), float("inf")])
def test_a_half_life_that_is_none_is_refused(half_life):
    with pytest.raises(ValueNotAllowedError, match="half-life"):
        attribute(small_log([("a", 0, "Ad")]), by="touchpoint", half_life_days=half_life)


def test_nothing_won_gives_no_credit_and_nothing_over_gives_no_rows():
    lost = attribute(small_log([("a", 0, "Ad"), ("a", 1, "Lost")], channel=["Ads", None]))
    assert set(lost["n_conversions"]) == {0.0}
    empty = attribute(small_log([], channel=pd.Series([], dtype=object)))
    assert empty.empty
    assert empty.columns.tolist() == lost.columns.tolist()


def test_types_go_by_the_names_they_are_grouped_under():
    rows = [("a", 0, "Ad"), ("a", 1, "Mail"), ("a", 2, "Won")]
    frame = attribute(small_log(rows).group({"Reach": ["Ad", "Mail"]}), by="touchpoint")
    assert credit(frame, "linear") == {"Reach": 1.0}


def test_beyond_a_hundred_values_the_least_touched_are_taken_together(monkeypatch):
    # Of 12 contents, the first three touched twice, 9 have rows of their own where 10 may be.
    assert MOST_UNITS == 100
    monkeypatch.setattr(tally, "MOST_UNITS", 10)
    rows, contents = [], []
    for number in range(12):
        touches = 2 if number < 3 else 1
        rows += [*[(f"a{number:02}", 0, "Ad")] * touches, (f"a{number:02}", 1, "Won")]
        contents += [*[f"page {number:02}"] * touches, None]
    found = credit(attribute(small_log(rows, content=contents), by="content"), "shapley")
    assert len(found) == 10
    assert found["page 00"] == 1.0
    assert found[OTHER] == 3.0


def test_groups_of_journeys_are_even_and_hang_on_the_case_alone():
    groups = random_groups(np.arange(10_000, dtype=np.uint32), 10, seed=4)
    assert np.bincount(groups, minlength=10).min() > 900
    assert random_groups(np.array([77], np.uint16), 10, seed=4)[0] == groups[77]
