"""A model fitted beside the scoring rules, and how well each tells later wins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import Z_95, wilson
from journey.analysis.scores.features import Feature, Known, features_of, known_after
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HELD_BACK: Final = 0.3
LEAST_WINS: Final = SMALL_SAMPLE
N_BINS: Final = 5
TELLTALE: Final = 0.2
"""An attribute that is known of a greater share of won journeys than of others, by so much."""

CALIBRATION_COLUMNS = (
    *("bin", "predicted_share", "n_journeys", "n_won", "win_rate", "low", "high"),
)
WEIGHT_COLUMNS = ("feature", "of", "weight", "odds_ratio")


@dataclass(frozen=True, eq=False)
class ScoreModel:
    """What a fitted model and the rules tell of wins, on journeys the model has not seen.

    Parameters
    ----------
    after_days
        So long after their first touch journeys were looked at; nothing later is used.
    n_fitted, n_fitted_won, n_held_back, n_held_back_won
        Journeys it was fitted on and tested on, and how many of each won.
    auc
        One row each for the ``model`` and the scores by rule, ``fit``, ``engagement`` and
        ``relationship``: ``score``, ``auc`` (how often a won journey ranks above one not won; one
        half is chance) with its 95 % interval ``low``, ``high``.
    calibration
        Held-back journeys in bins of like prediction, lowest first: ``bin``, ``predicted_share``
        (mean), ``n_journeys``, ``n_won``, ``win_rate`` with its 95 % interval ``low``, ``high``.
    weights
        ``feature``, ``of`` (touchpoint, account, person), ``weight`` (per standard deviation),
        ``odds_ratio``. Strongest first.
    n_nameless
        Journeys left out since no attribute of their account is known, where others' are.
    left_out
        Attributes left out: known of won journeys far more often than of others, so that to be
        known is a sign of the win and no reason for it.
    problem
        Why there is no model, in words; none where there is one.
    """

    after_days: float
    n_fitted: int
    n_fitted_won: int
    n_held_back: int
    n_held_back_won: int
    auc: pd.DataFrame
    calibration: pd.DataFrame
    weights: pd.DataFrame
    n_nameless: int = 0
    left_out: tuple[str, ...] = ()
    problem: str | None = None


def fit_score_model(log: TouchpointLog, *, after_days: float = 60, seed: int = 0) -> ScoreModel:
    """A logistic regression of winning on what was known early, tested on journeys held back.

    Decided journeys in view are looked at ``after_days`` after their first touch, those decided
    earlier left out; of what came later only the outcome is used. Three of ten are held back by a
    hash of their case. Attributes of accounts and people carry no dates: they count as known,
    but for those that seem to be filled in only once a deal is won.

    Parameters
    ----------
    after_days
        How long after the first touch a lead is judged.
    seed
        Of which journeys are held back.

    Returns
    -------
    ScoreModel
        Empty tables and the ``problem`` in words where fewer than 30 won journeys are left to fit
        on, or fewer than 30 to test on are won or not won.

    References
    ----------
    Hanley, J. A. & McNeil, B. J. (1982). The meaning and use of the area under a receiver operating
    characteristic (ROC) curve. *Radiology* 143.

    Examples
    --------
    Every retailer won and no miner: whoever won ranks above whoever did not.

    >>> from journey import Definitions, from_frame
    >>> accounts = pd.DataFrame({
    ...     "account_id": [str(n) for n in range(300)], "trade": ["Retail", "Mining"] * 150})
    >>> days = pd.to_datetime(["2026-01-01", "2026-04-01"])
    >>> first = accounts[["account_id"]].assign(touchpoint="Ad", occurred_at=days[0])
    >>> last = first.assign(touchpoint=["Won", "Lost"] * 150, occurred_at=days[1])
    >>> model = fit_score_model(from_frame(pd.concat([first, last]), accounts=accounts,
    ...     definitions=Definitions(won=("Won",), lost=("Lost",))))
    >>> model.auc.set_index("score").loc["model", "auc"].item()
    1.0
    """
    features = features_of(log)
    everybody = known_after(log, features, after_days=after_days, seed=seed)
    named = _named(everybody, features)
    left_out = _telltale(named, features)
    used = [place for place, feature in enumerate(features) if feature.column not in left_out]
    known = replace(named, numbers=named.numbers[:, used])
    model = _tried(known, [features[place] for place in used], after_days)
    n_nameless = len(everybody.is_won) - len(known.is_won)
    return replace(model, n_nameless=n_nameless, left_out=left_out)


def auc_of(scores: Floats, is_won: Flags) -> tuple[float, float, float]:
    """How often a won journey has a higher score than one not won, ties counting half.

    With its 95 % interval by the standard error of Hanley and McNeil; not a number where all
    journeys ended alike.

    Examples
    --------
    >>> import numpy as np
    >>> auc_of(np.array([3.0, 2.0, 2.0, 1.0]), np.array([True, True, False, False]))[0]
    0.875
    """
    n_won, n_others = int(is_won.sum()), int((~is_won).sum())
    if not n_won or not n_others:
        return np.nan, np.nan, np.nan
    ranks = pd.Series(scores).rank().to_numpy()
    auc = (float(ranks[is_won].sum()) - n_won * (n_won + 1) / 2) / (n_won * n_others)
    both_won, both_others = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (n_won - 1) * (both_won - auc**2)
    spread += (n_others - 1) * (both_others - auc**2)
    half = Z_95 * np.sqrt(max(spread, 0) / (n_won * n_others))
    return auc, float(max(auc - half, 0)), float(min(auc + half, 1))


def _tried(known: Known, features: Sequence[Feature], after_days: float) -> ScoreModel:
    """Fitted on some journeys and tested on the others, if there are enough of both."""
    # The order of journeys is one of chance, so the first are as good as any.
    n_held_back = round(HELD_BACK * len(known.is_won))
    held_back, fitted = slice(None, n_held_back), slice(n_held_back, None)
    problem = _problem(known.is_won[fitted], known.is_won[held_back], after_days)
    if problem is not None:
        auc, calibration, weights = _empty_tables()
    else:
        numbers = _standardized(known.numbers, fitted)
        model = regression_of(numbers[fitted], known.is_won[fitted])
        predicted = model.predict_proba(numbers[held_back])[:, 1]
        auc = _auc_table(predicted, known, held_back)
        calibration = _calibration(predicted, known.is_won[held_back])
        weights = _weights(model, features)
    return ScoreModel(
        after_days,
        len(known.is_won) - n_held_back,
        int(known.is_won[fitted].sum()),
        n_held_back,
        int(known.is_won[held_back].sum()),
        auc,
        calibration,
        weights,
        problem=problem,
    )


def _named(known: Known, features: Sequence[Feature]) -> Known:
    """Those of whom an attribute of the account is known, where that is anybody.

    Who is known only as a visitor can't win under that name: to be named would tell the win.
    """
    places = [place for place, feature in enumerate(features) if feature.of == "account"]
    is_named: Any = known.numbers[:, places].any(axis=1)
    if not is_named.any():
        return known
    return Known(
        known.numbers[is_named],
        known.scores[is_named],
        known.is_won[is_named],
        known.group[is_named],
    )


def _telltale(known: Known, features: Sequence[Feature]) -> tuple[str, ...]:
    """Attributes known of won journeys far more often than of others."""
    if not known.is_won.any() or known.is_won.all():
        return ()
    found: list[str] = []
    for column in dict.fromkeys(one.column for one in features if one.of != "touchpoint"):
        mine = [place for place, one in enumerate(features) if one.column == column]
        is_known: Any = np.any(known.numbers[:, mine], axis=1)
        won, others = is_known[known.is_won].mean(), is_known[~known.is_won].mean()
        if won - others > TELLTALE:
            found.append(column)
    return tuple(found)


def _problem(fitted: Flags, held_back: Flags, after_days: float) -> str | None:
    place = f"still open {after_days:g} days after their first touch"
    if fitted.sum() < LEAST_WINS:
        return (
            f"Too few wins to fit a model: {int(fitted.sum())} of {len(fitted):,} decided journeys "
            f"{place}; {LEAST_WINS} are needed."
        )
    n_least = min(held_back.sum(), (~held_back).sum())
    if n_least < SMALL_SAMPLE:
        return (
            f"Too few to test a model: of {len(held_back):,} decided journeys held back, {place}, "
            f"{int(held_back.sum())} won; {SMALL_SAMPLE} that won and {SMALL_SAMPLE} that did not "
            "are needed."
        )
    return None


def _standardized(numbers: Floats, fitted: slice) -> Floats:
    """Numbers from their mean in standard deviations, both of the journeys fitted on."""
    own = numbers[fitted]
    spread = own.std(axis=0)
    spread[own.min(axis=0) == own.max(axis=0)] = 1.0
    return (numbers - own.mean(axis=0)) / spread


def regression_of(numbers: Floats, is_won: Flags) -> Any:
    """The logistic regression of wins on standardized numbers, its weights held small."""
    from sklearn.linear_model import LogisticRegression

    # So little work is done sooner by one thread than shared out.
    with _linear_algebra().limit(limits=1, user_api="blas"):
        return LogisticRegression(C=0.1, solver="newton-cholesky").fit(numbers, is_won)


@cache
def _linear_algebra() -> Any:
    """What keeps linear algebra to fewer threads; to look for its libraries takes a while."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _auc_table(predicted: Floats, known: Known, held_back: slice) -> pd.DataFrame:
    is_won = known.is_won[held_back]
    scores = {
        "model": predicted,
        **dict(zip(("fit", "engagement", "relationship"), known.scores[held_back].T, strict=True)),
    }
    rows = [(name, *auc_of(score, is_won)) for name, score in scores.items()]
    return pd.DataFrame(rows, columns=["score", "auc", "low", "high"])


def _calibration(predicted: Floats, is_won: Flags) -> pd.DataFrame:
    """Bins of as many journeys each, as far as that goes."""
    order = np.argsort(predicted, kind="stable")
    bins = [mine for mine in np.array_split(order, N_BINS) if len(mine)]
    n_journeys = np.array([len(mine) for mine in bins])
    n_won = np.array([is_won[mine].sum() for mine in bins])
    rate, low, high = wilson(n_won, n_journeys)
    columns = [
        np.arange(1, len(bins) + 1),
        [float(predicted[mine].mean()) for mine in bins],
        *(n_journeys, n_won, rate, low, high),
    ]
    return pd.DataFrame(dict(zip(CALIBRATION_COLUMNS, columns, strict=True)))


def _weights(model: Any, features: Any) -> pd.DataFrame:
    weights = model.coef_[0]
    frame = pd.DataFrame(
        {
            "feature": [feature.words for feature in features],
            "of": [feature.of for feature in features],
            "weight": weights,
            "odds_ratio": np.exp(weights),
        }
    )
    order = frame["weight"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _empty_tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return (
        pd.DataFrame(columns=["score", "auc", "low", "high"]),
        pd.DataFrame(columns=list(CALIBRATION_COLUMNS)),
        pd.DataFrame(columns=list(WEIGHT_COLUMNS)),
    )
