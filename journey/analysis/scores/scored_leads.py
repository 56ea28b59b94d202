"""The journeys behind counts of scores, so that every count opens."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from journey.analysis.scores.lead_scores import (
    ENGAGEMENT_GRADES,
    FIT_GRADES,
    NO_FIT,
    journey_grades,
)
from journey.analysis.scores.milestones import QUALIFIED, first_passed, posts_over
from journey.definitions import Definitions
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.selection import Keep
from journey.store.view import View

Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]


def graded(log: TouchpointLog, fit_grade: str, engagement_grade: str) -> TouchpointLog:
    """Journeys of one grade: ``n_journeys`` of ``score_grades``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such grade.
    """
    letters = (*FIT_GRADES, NO_FIT)
    if fit_grade not in letters:
        raise ValueNotAllowedError.among(fit_grade, letters, what="The grade of fit")
    if engagement_grade not in ENGAGEMENT_GRADES:
        what = "The grade of engagement"
        raise ValueNotAllowedError.among(engagement_grade, ENGAGEMENT_GRADES, what=what)
    wanted = letters.index(fit_grade) % len(FIT_GRADES), ENGAGEMENT_GRADES.index(engagement_grade)
    arguments = ("definitions", log.definitions), ("as_of", log.as_of_tick), ("wanted", wanted)
    return log.keep(Keep(_is_graded, arguments))


def qualified(log: TouchpointLog, milestone: Literal["mql", "sql"]) -> TouchpointLog:
    """Journeys that ever became an MQL or an SQL: ``n_qualified`` of ``what_if`` as in force.

    Raises
    ------
    ValueNotAllowedError
        If there is no such milestone.
    """
    if milestone not in QUALIFIED:
        raise ValueNotAllowedError.among(milestone, QUALIFIED, what="The milestone")
    arguments = ("definitions", log.definitions), ("milestone", milestone)
    return log.keep(Keep(_is_qualified, arguments))


def _is_graded(
    part: Part, *, definitions: Definitions, as_of: int, wanted: tuple[int, int]
) -> Flags:
    fit, engagement = journey_grades(part, definitions=definitions, as_of=as_of)
    return (fit == wanted[0]) & (engagement == wanted[1])


def _is_qualified(
    part: Part, *, definitions: Definitions, milestone: Literal["mql", "sql"]
) -> Flags:
    view, _ = part
    posts = posts_over(view.store, definitions)
    return first_passed(part, posts, milestone)[view.journeys] >= 0
