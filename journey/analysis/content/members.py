"""The journeys behind counts of content and calls to action, so that every count opens."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from journey.analysis.content.calls_to_action import has_answered
from journey.analysis.content.uses import contents_in, naming_of
from journey.analysis.stages.members import in_segment
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.log import TouchpointLog
from journey.selection import Keep
from journey.store.layout import frozen
from journey.store.view import View

Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]


def used_content(log: TouchpointLog, content: str, *, columns: Sequence[str]) -> TouchpointLog:
    """Journeys that used a content: ``n_journeys`` of ``content_audit``.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.
    ValueNotAllowedError
        If the columns name no such content.
    """
    names = naming_of(log.store, columns).names
    if content not in names:
        raise ValueNotAllowedError.among(content, names, what="The content")
    arguments = (("columns", tuple(columns)), ("content", names.index(content)))
    return log.keep(Keep(_has_used, arguments))


def was_called(log: TouchpointLog, call: str, *, by: str, value: str | None) -> TouchpointLog:
    """Journeys of a segment that answered a call to action: ``n_journeys``.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.
    ValueNotAllowedError
        If the log has no such touchpoint type, or the column no such value.
    """
    names = log.store.touchpoint_types
    if call not in names:
        raise ValueNotAllowedError.among(call, names, what="The touchpoint type")
    answered = log.keep(Keep(has_answered, (("call", names.index(call)),)))
    return in_segment(answered, by, value)


def _has_used(part: Part, *, columns: Sequence[str], content: int) -> Flags:
    view, _ = part
    rows = np.flatnonzero(contents_in(view, columns) == content)
    flags = np.zeros(view.n_journeys, dtype=bool)
    flags[owners_of(frozen(rows), view.offsets)] = True
    return flags
