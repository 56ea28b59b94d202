"""What the user has chosen: kept in the session, written into the address, read back from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Self, TypeVar, cast, get_args

import streamlit as st
from streamlit.errors import StreamlitAPIException

from journey.analysis.accounts.not_buyers import without_not_buyers
from journey.analysis.profiles.criteria import check_segment, keep_segment
from journey.errors import JourneyError
from journey.kept import saved_segment
from journey.log import TouchpointLog
from journey.schema import OUTCOMES, Case
from journey.workspace import list_datasets, workspace_root

FILTERS: Final = "portolan:filters"
DATASET: Final = "portolan:dataset"
WRITTEN: Final = "portolan:written"
NOTES: Final = "portolan:notes"
INCOMING: Final = "portolan:incoming"

DATA_PARAMETER: Final = "data"
ACCOUNT_PARAMETER: Final = "account"
WHERE_PREFIX: Final = "where."
GROUP_PREFIX: Final = "group."
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
_PLAIN_PARAMETERS: Final = (
    *("from", "to", "segment", "exclude", "start", "end", "case", "collapse", "buyers"),
)

# No value can come out as this: a percent sign is always followed by 25 or 2C.
_NULL: Final = "%none"
_CASES: Final = cast("tuple[Case, ...]", get_args(Case))

Value = str | None
V = TypeVar("V")


@dataclass(frozen=True)
class Filters:
    """What narrows the log and how it is read; shared by all pages.

    Parameters
    ----------
    first_day, last_day
        UTC days, both included.
    where
        Column and the values kept: attributes of account or person, channel, outcome. ``None``
        among the values keeps rows without one.
    segment
        The name of a saved segment, whose journeys are kept.
    groups
        Name of a group of touchpoint types and its members.
    excluded
        Touchpoint types, or groups, taken out.
    start, end
        Each journey is cut to begin at its first ``start`` and to end at its last ``end``.
    case
        What one journey is.
    collapse
        Whether neighbours of the same type count as one.
    buyers_only
        Whether those who will not buy are left out: competitors, students, job seekers.
    """

    first_day: date | None = None
    last_day: date | None = None
    where: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    segment: str | None = None
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    excluded: tuple[str, ...] = ()
    start: str | None = None
    end: str | None = None
    case: Case = "account"
    collapse: bool = False
    buyers_only: bool = False

    def values(self, column: str) -> tuple[Value, ...]:
        """Return the values kept of a column, none if it is not filtered."""
        return dict(self.where).get(column, ())

    def keeping(self, column: str, values: Iterable[Value]) -> Self:
        """Return the same filters with other values of one column, none to let all through."""
        others = {name: kept for name, kept in self.where if name != column}
        chosen = tuple(dict.fromkeys(values))
        return replace(self, where=_sorted(others | ({column: chosen} if chosen else {})))

    def excluding(self, touchpoint: str) -> Self:
        """Return the same filters with one more touchpoint type or group taken out."""
        return replace(self, excluded=tuple(dict.fromkeys((*self.excluded, touchpoint))))

    def grouping(self, name: str, members: Iterable[str]) -> Self:
        """Return the same filters with one more group, none of the members in two groups."""
        chosen = tuple(dict.fromkeys(members))
        rest = {
            other: tuple(one for one in inside if one not in chosen)
            for other, inside in self.groups
            if other != name
        }
        kept = {other: inside for other, inside in rest.items() if inside}
        return replace(self, groups=_sorted(kept | ({name: chosen} if chosen else {})))


NO_FILTERS: Final = Filters()


def filters_to_query(filters: Filters) -> dict[str, str]:
    """Write filters as the parameters of an address; what is not set is left out.

    Parameters
    ----------
    filters
        Any filters.

    Returns
    -------
    dict[str, str]
        Parameter to value. Several values are joined by commas; a comma in one is ``%2C``, a
        percent sign ``%25``; ``%none`` stands for 'no value'.

    Examples
    --------
    >>> filters_to_query(Filters(where=(("industry", ("Retail", None)),), excluded=("a, b",)))
    {'where.industry': 'Retail,%none', 'exclude': 'a%2C b'}
    """
    query = {
        "from": filters.first_day.isoformat() if filters.first_day else None,
        "to": filters.last_day.isoformat() if filters.last_day else None,
        **{WHERE_PREFIX + column: _join(values) for column, values in filters.where},
        "segment": filters.segment,
        **{GROUP_PREFIX + name: _join(members) for name, members in filters.groups},
        "exclude": _join(filters.excluded) if filters.excluded else None,
        "start": filters.start,
        "end": filters.end,
        "case": None if filters.case == "account" else filters.case,
        "collapse": "yes" if filters.collapse else None,
        "buyers": "only" if filters.buyers_only else None,
    }
    return {name: value for name, value in query.items() if value is not None}


def read_query(query: Mapping[str, str]) -> tuple[Filters, tuple[str, ...]]:
    """Read filters from the parameters of an address, with a note for each that can't be read.

    Examples
    --------
    >>> filters, notes = read_query({"from": "soon", "where.size": "11-50,51-200"})
    >>> filters.where
    (('size', ('11-50', '51-200')),)
    >>> notes
    ("'soon' is no date like 2026-01-31; that filter is left out.",)
    """
    first_day, first_note = _day(query, "from")
    last_day, last_note = _day(query, "to")
    case = query.get("case", "account")
    known_case = next((known for known in _CASES if known == case), None)
    where = {
        name.removeprefix(WHERE_PREFIX): _split(text)
        for name, text in query.items()
        if name.startswith(WHERE_PREFIX)
    }
    outcomes = [one for one in where.get("outcome", ()) if one not in OUTCOMES]
    if outcomes:
        where["outcome"] = tuple(one for one in where["outcome"] if one in OUTCOMES)
    groups = {
        name.removeprefix(GROUP_PREFIX): _texts(text)
        for name, text in query.items()
        if name.startswith(GROUP_PREFIX)
    }
    filters = Filters(
        first_day=first_day,
        last_day=last_day,
        where=_sorted({column: values for column, values in where.items() if values}),
        segment=query.get("segment"),
        groups=_sorted({name: members for name, members in groups.items() if members}),
        excluded=_texts(query["exclude"]) if "exclude" in query else (),
        start=query.get("start"),
        end=query.get("end"),
        case=known_case or "account",
        collapse=query.get("collapse") == "yes",
        buyers_only=query.get("buyers") == "only",
    )
    notes = (
        first_note,
        last_note,
        None if known_case else f"'{case}' is no kind of journey; it is read by account.",
        *(f"'{one}' is no outcome; that filter is left out." for one in outcomes),
    )
    return filters, tuple(note for note in notes if note)


def apply_filters(log: TouchpointLog, filters: Filters) -> TouchpointLog:
    """Return the log as the filters show it.

    The kind of journey and the dates come first, since outcomes are read from them; then what
    chooses whole journeys; then what is drawn of them.

    Raises
    ------
    JourneyError
        If the log lacks a column or a touchpoint type that the filters name.
    """
    view = log if filters.case == "account" else log.by(filters.case)
    if filters.first_day or filters.last_day:
        last = filters.last_day
        view = view.between(filters.first_day, last + timedelta(days=1) if last else None)
    view = without_not_buyers(view) if filters.buyers_only else view
    view = view.where({column: list(values) for column, values in filters.where})
    if filters.segment is not None:
        name = filters.segment
        view = keep_segment(view, saved_segment(workspace_root(), current_dataset() or "", name))
    groups = {name: list(members) for name, members in filters.groups}
    single = [name for name in filters.excluded if name not in groups]
    grouped = [name for name in filters.excluded if name in groups]
    view = view.exclude(*single) if single else view
    view = view.group(groups) if groups else view
    view = view.exclude(*grouped) if grouped else view
    view = view.starting_at(filters.start) if filters.start is not None else view
    view = view.ending_at(filters.end) if filters.end is not None else view
    return view.collapse() if filters.collapse else view


def fitting(log: TouchpointLog, filters: Filters) -> tuple[Filters, tuple[str, ...]]:
    """Return filters without what the log doesn't have, with a note for each part left out."""
    columns = set(log.filter_columns)
    types = set(log.type_names)
    where = {
        column: _among(values, log.filter_values(column))
        for column, values in filters.where
        if column in columns
    }
    groups = {name: _among(members, types) for name, members in filters.groups}
    steps = types | {name for name, members in groups.items() if members}
    begins, ends = filters.first_day or date.min, filters.last_day or date.max
    fitted = replace(
        filters,
        where=_sorted({column: values for column, values in where.items() if values}),
        segment=filters.segment if _has_segment(log, filters.segment) else None,
        groups=_sorted({name: members for name, members in groups.items() if members}),
        excluded=_among(filters.excluded, steps),
        start=filters.start if filters.start in steps else None,
        end=filters.end if filters.end in steps else None,
        last_day=None if ends < begins else filters.last_day,
    )
    before, after = filters_to_query(filters), filters_to_query(fitted)
    lacks = "This data set doesn't have all of '{}: {}'; what it lacks is left out."
    wrong = {
        "to": "The last day, {1}, is before the first; it is left out.",
        "segment": "The segment '{1}' is gone, or names what this data set lacks; it is left out.",
    }
    return fitted, tuple(
        wrong.get(name, lacks).format(name, before[name])
        for name in before
        if before[name] != after.get(name)
    )


def current_filters() -> Filters:
    """Return the filters of this session."""
    return cast("Filters", st.session_state.get(FILTERS, NO_FILTERS))


def set_filters(filters: Filters) -> None:
    """Change the filters of this session: for callbacks; elsewhere ``st.rerun()`` follows."""
    st.session_state[FILTERS] = filters


def dataset_names() -> list[str]:
    """Return the names of the stored data sets."""
    return list_datasets(workspace_root())


def current_dataset() -> str | None:
    """Return the name of the data set chosen in this session."""
    return cast("str | None", st.session_state.get(DATASET))


def set_dataset(name: str | None) -> None:
    """Choose a data set; filters made for another one are dropped."""
    if current_dataset() not in (name, None):
        set_filters(NO_FILTERS)
    st.session_state[DATASET] = name


def current_query() -> dict[str, str]:
    """Return the parameters that bring back this data set with these filters."""
    dataset = current_dataset()
    chosen = {} if dataset is None else {DATA_PARAMETER: dataset}
    return chosen | filters_to_query(current_filters())


def add_note(note: str) -> None:
    """Keep a note to be shown once at the top of the page."""
    st.session_state.setdefault(NOTES, []).append(note)


def take_notes() -> list[str]:
    """Return the notes not yet shown and forget them."""
    return cast("list[str]", st.session_state.pop(NOTES, []))


def read_address() -> None:
    """Take data set and filters from the address where the user came by it.

    That is on the first run, and back and forward in the browser. Else the session wins: a way
    to another page can drop the parameters.
    """
    held = cast("dict[str, str] | None", st.session_state.get(WRITTEN))
    found = {name: text for name, text in st.query_params.to_dict().items() if _is_ours(name)}
    changed_here = held is not None and current_query() != held
    if held is None or (found and found != held and not changed_here):
        st.session_state[DATASET] = found.get(DATA_PARAMETER)
        st.session_state[FILTERS], notes = read_query(found)
        for note in notes:
            add_note(note)


def write_address() -> None:
    """Write data set and filters into the address, beside what pages keep there."""
    wanted = current_query()
    st.session_state[WRITTEN] = wanted
    found = {name: st.query_params.get_all(name) for name in st.query_params}
    ours = {name: values[-1] for name, values in found.items() if _is_ours(name)}
    if ours == wanted:
        return
    others = {name: values for name, values in found.items() if not _is_ours(name)}
    try:
        st.query_params.from_dict(others | wanted)
    except StreamlitAPIException:  # a widget of the page holds one of the others
        for name in set(ours) - set(wanted):
            del st.query_params[name]
        st.query_params.update(wanted)


def _has_segment(log: TouchpointLog, name: str | None) -> bool:
    """Return whether a segment is saved, and the log has all that it names."""
    try:
        if name is not None:
            check_segment(log, saved_segment(workspace_root(), current_dataset() or "", name))
    except JourneyError:
        return False
    return True


def _among(values: Iterable[V], available: Iterable[object]) -> tuple[V, ...]:
    """Keep the values that are available."""
    known = set(available)
    return tuple(value for value in values if value in known)


def _is_ours(name: str) -> bool:
    return name in (DATA_PARAMETER, *_PLAIN_PARAMETERS) or name.startswith(
        (WHERE_PREFIX, GROUP_PREFIX)
    )


def _sorted(named: Mapping[str, tuple[V, ...]]) -> tuple[tuple[str, tuple[V, ...]], ...]:
    """Give names and values in one fixed order, so that equal filters are equal."""
    return tuple(sorted(named.items(), key=lambda pair: pair[0]))


def _join(values: Iterable[Value]) -> str:
    return ",".join(
        _NULL if value is None else value.replace("%", "%25").replace(",", "%2C")
        for value in values
    )


def _split(text: str) -> tuple[Value, ...]:
    """Undo ``_join``."""
    return tuple(
        None if part == _NULL else part.replace("%2C", ",").replace("%25", "%")
        for part in dict.fromkeys(text.split(","))
    )


def _texts(text: str) -> tuple[str, ...]:
    return tuple(one for one in _split(text) if one is not None)


def _day(query: Mapping[str, str], name: str) -> tuple[date | None, str | None]:
    """Read a day, or say why it can't be read."""
    text = query.get(name)
    if text is None:
        return None, None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, f"'{text}' is no date like 2026-01-31; that filter is left out."
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return None, f"'{text}' is before {FIRST_YEAR} or after {LAST_YEAR}; it is left out."
    return day, None
