"""How well leads fit, how engaged they are, how near they stand to us: three scores, never one."""

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.analysis.accounts.engaged import owners_of
from journey.analysis.accounts.not_buyers import not_buyer_reasons
from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.statistics import wilson
from journey.analysis.scores.codes import Scoring, scoring_of
from journey.analysis.scores.milestones import Posts, first_passed, posts_of
from journey.analysis.scores.moments import at_as_of, points_of, totals_of
from journey.analysis.stages.outcomes import instants, names_of_stages
from journey.definitions import Definitions
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.rules.score_rule import DIMENSIONS
from journey.schema import OUTCOMES
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

FIT_GRADES = ("A", "B", "C", "D")
ENGAGEMENT_GRADES = ("1", "2", "3", "4")
NO_FIT = "?"
"""Stands for the grade of fit where no rule tells of it."""

SCORE_COLUMNS = (
    "account_id",
    "owner",
    "outcome",
    "stage",
    "grade",
    *DIMENSIONS,
    *(f"{dimension}_reasons" for dimension in DIMENSIONS),
    *("is_mql", "mql_at", "is_sql", "sql_at", "not_buyer"),
)
_TEXTS = (
    *("account_id", "owner", "outcome", "stage", "grade", "not_buyer"),
    *(f"{dimension}_reasons" for dimension in DIMENSIONS),
)


def score_leads(log: TouchpointLog, *, limit: int | None = None) -> pd.DataFrame:
    """Journeys by fit, engagement and relationship at ``as_of``, best grade first.

    Fit tells who they are, engagement what they did (fading by half in each half-life, weighted
    by how personal a touch is), relationship where they stand with us. Scores are read from all
    touches up to ``as_of``, so ``log.between(end=…)`` gives those of any past date; attributes of
    accounts and people carry no dates, so they count as if they had always been known.

    Parameters
    ----------
    limit
        Only so many, the first of the list; none: all of them.

    Returns
    -------
    DataFrame
        One row per journey: ``account_id``, ``owner``, ``outcome``, ``stage``, ``grade`` (A to D
        for fit, ? without a rule of fit; 1 to 4 for engagement), ``fit``, ``engagement``,
        ``relationship`` in points, ``fit_reasons``, ``engagement_reasons``,
        ``relationship_reasons`` (the rules that made each, with their points), ``is_mql``,
        ``mql_at``, ``is_sql``, ``sql_at`` (when the rule first held), ``not_buyer`` (the reason,
        None for buyers). By grade, then engagement, fit, and account.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a"], "touchpoint": ["Ad", "Demo"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-31"])}),
    ...     definitions=Definitions(stages=(Stage("Attract", ("Ad",)), Stage("Buy", ("Demo",)))))
    >>> score_leads(log)[["grade", "engagement", "engagement_reasons"]].values.tolist()
    [['?3', 12.5, 'enters Buy +10; enters Attract +2.5']]
    """
    question = partial(
        _rows, definitions=log.definitions, posts=posts_of(log), as_of=log.as_of_tick, limit=limit
    )
    parts = log.ask_with_facts(question)
    if not parts:
        return pd.DataFrame(columns=list(SCORE_COLUMNS))
    frame = _ranked(pd.concat(parts, ignore_index=True))
    shown = frame if limit is None else frame.head(limit)
    return none_for_missing(shown, _TEXTS)


def score_grades(log: TouchpointLog) -> pd.DataFrame:
    """How many journeys have each grade of fit and engagement at ``as_of``, and how many won.

    Returns
    -------
    DataFrame
        One row per pair, all sixteen (four where no rule tells of fit): ``fit_grade``,
        ``engagement_grade``, ``n_journeys``, ``n_decided``, ``n_won``, ``win_rate`` (won /
        decided) with its 95 % Wilson interval ``low``, ``high``. Best first.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "b"], "touchpoint": "Ad",
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 2)}),
    ...     definitions=Definitions((Stage("Attract", ("Ad",)),)))
    >>> int(score_grades(log)["n_journeys"].sum())
    2
    """
    counts = count_grades(log)
    has_fit = scoring_of(log.store, log.definitions).has_fit
    letters = FIT_GRADES if has_fit else (NO_FIT,)
    n_won, n_decided = counts[:, :, 0].ravel(), counts[:, :, :3].sum(axis=2).ravel()
    rate, low, high = wilson(n_won, n_decided)
    frame = pd.DataFrame(
        {
            "fit_grade": np.repeat(np.array(FIT_GRADES, dtype=object), len(ENGAGEMENT_GRADES)),
            "engagement_grade": list(ENGAGEMENT_GRADES) * len(FIT_GRADES),
            "n_journeys": counts.sum(axis=2).ravel(),
            "n_decided": n_decided,
            "n_won": n_won,
            "win_rate": rate,
            "low": low,
            "high": high,
        }
    )
    if has_fit:
        return frame
    return frame.head(len(ENGAGEMENT_GRADES)).assign(fit_grade=letters[0])


def count_grades(log: TouchpointLog) -> Ints:
    """Journeys in view by grade of fit (the first where none is told), of engagement, outcome."""
    question = partial(_count_grades, definitions=log.definitions, as_of=log.as_of_tick)
    shape = len(FIT_GRADES), len(ENGAGEMENT_GRADES), len(OUTCOMES)
    return sum(log.ask_with_facts(question), np.zeros(shape, np.int64))


def grades_of(totals: Floats, scoring: Scoring) -> tuple[Ints, Ints]:
    """Places of the grades of fit (0 where no rule tells of it) and engagement; 0 is the best."""
    rules = scoring.scoring
    fit = np.sum(totals[:, :1] < np.array(rules.fit_grades), axis=1)
    engagement = np.sum(totals[:, 1:2] < np.array(rules.engagement_grades), axis=1)
    return (fit if scoring.has_fit else np.zeros_like(fit)), engagement


def _rows(
    part: Part, *, definitions: Definitions, posts: Posts, as_of: int, limit: int | None
) -> pd.DataFrame:
    """The journeys of one shard that are in view, scored; the best so many."""
    view, facts = part
    scoring = scoring_of(view.store, definitions)
    totals = totals_of(facts, scoring, as_of)[view.journeys]
    places = _best(totals, scoring, limit)
    totals = totals[places]
    frame = pd.DataFrame(
        {
            "account_id": _cases(view, places),
            "grade": grade_names(totals, scoring),
            **dict(zip(DIMENSIONS, totals.T, strict=True)),
            "place": places,
        }
    )
    best = frame if limit is None else _ranked(frame).head(limit)
    places = best.pop("place").to_numpy()
    chosen = view.journeys[places]
    points = points_of(facts, scoring, at_as_of(facts, chosen, as_of))
    told: dict[str, Any] = {
        "owner": owners_of(facts.view, frozen(chosen)),
        "outcome": [OUTCOMES[code] for code in facts.outcomes[chosen]],
        "stage": names_of_stages(definitions.stage_names, facts.last_stages[chosen]),
        **reasons(points, scoring),
        **_posts_passed(part, posts, chosen),
        "not_buyer": not_buyer_reasons(
            part, places, rules=definitions.not_buyers, meanings=definitions.meanings
        ),
    }
    return best.assign(**told)[list(SCORE_COLUMNS)]


def _best(totals: Floats, scoring: Scoring, limit: int | None) -> Ints:
    """Places of the best so many by points, and of those that tie with the last of them."""
    fit, engagement = grades_of(totals, scoring)
    keys = np.stack([fit * len(ENGAGEMENT_GRADES) + engagement, -totals[:, 1], -totals[:, 0]])
    order = np.lexsort(keys[::-1])
    if limit is None or limit >= len(order):
        return np.arange(len(order))
    ties = np.all(keys[:, order] == keys[:, order[limit - 1], None], axis=0)
    return order[: np.flatnonzero(ties)[-1] + 1]


def _ranked(frame: pd.DataFrame) -> pd.DataFrame:
    keys = ["grade", "engagement", "fit", "account_id"]
    order = frame.sort_values(keys, ascending=[True, False, False, True], kind="stable")
    return order.reset_index(drop=True)


def _cases(view: View, places: Ints) -> list[Any]:
    codes = pa.array(view.shard.cases[view.journeys[places]], pa.int64())
    return view.store.dictionaries[view.store.case_role].take(codes).to_pylist()


def grade_names(totals: Floats, scoring: Scoring) -> npt.NDArray[np.object_]:
    """The grades of journeys by name, as A1."""
    fit, engagement = grades_of(totals, scoring)
    letters = FIT_GRADES if scoring.has_fit else (NO_FIT,)
    names = [[letter + number for number in ENGAGEMENT_GRADES] for letter in letters]
    return np.array(names, dtype=object)[fit, engagement]


def reasons(points: Floats, scoring: Scoring) -> dict[str, Any]:
    """In words which rules gave how many points, by dimension; those that gave most come first."""
    found: dict[str, Any] = {}
    for number, dimension in enumerate(DIMENSIONS):
        mine = np.flatnonzero(scoring.dimensions == number)
        given = points[:, mine]
        order = np.argsort(-np.abs(given), axis=1, kind="stable")
        pieces = np.empty(given.shape, dtype=object)
        for place, rule in enumerate(mine):
            pieces[:, place] = _in_words(given[:, place], scoring.rules[rule].words)
        told = np.full(len(points), "", dtype=object)
        for piece in np.take_along_axis(pieces, order, axis=1).T:
            told += piece
        over = np.abs(given.sum(axis=1)) > scoring.scoring.most
        told[over] += f"; {scoring.scoring.most:g} at most"
        told[told == ""] = "; no rule applies" if mine.size else "; no rule is given: neutral"
        found[f"{dimension}_reasons"] = [words[2:] for words in told]
    return found


def _in_words(points: Floats, words: str) -> npt.NDArray[np.object_]:
    """A rule with the points it gives, to a tenth; nothing where it gives none."""
    tenths, places = np.unique(np.rint(points * 10).astype(np.int64), return_inverse=True)
    texts = [f"; {words} {tenth / 10:+g}" if tenth else "" for tenth in tenths.tolist()]
    return np.array(texts, dtype=object)[places]


def _posts_passed(part: Part, posts: Posts, chosen: Ints) -> dict[str, Any]:
    """Whether and when journeys became an MQL and an SQL."""
    evidence = part[1].view
    found: dict[str, Any] = {}
    for name in ("mql", "sql"):
        rows = first_passed(part, posts, name)[chosen]
        found[f"is_{name}"] = rows >= 0
        found[f"{name}_at"] = instants(evidence.store, evidence.ticks[rows], known=rows >= 0)
    return found


def _count_grades(part: Part, *, definitions: Definitions, as_of: int) -> Ints:
    """Journeys of one shard in view by grade of fit, of engagement, and outcome."""
    view, facts = part
    fit, engagement = journey_grades(part, definitions=definitions, as_of=as_of)
    shape = len(FIT_GRADES), len(ENGAGEMENT_GRADES), len(OUTCOMES)
    places = np.ravel_multi_index((fit, engagement, facts.outcomes[view.journeys]), shape)
    return np.bincount(places, minlength=int(np.prod(shape))).reshape(shape)


def journey_grades(part: Part, *, definitions: Definitions, as_of: int) -> tuple[Ints, Ints]:
    """Places of the grades of the journeys of one shard that are in view."""
    view, facts = part
    scoring = scoring_of(view.store, definitions)
    return grades_of(totals_of(facts, scoring, as_of)[view.journeys], scoring)
