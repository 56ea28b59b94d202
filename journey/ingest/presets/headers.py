"""Headers compared across spellings, prefixes and connectors."""

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from journey.ingest.columns.synonyms import named, names_of, plain
from journey.ingest.presets.model import Headers, Preset

CONNECTOR: Final = ("_fivetran_*", "_airbyte_*", "_sdc_*", "_dlt_*")
"""Columns in which a connector keeps its own books; ``_fivetran_end`` is 9999 for 'still so'."""

_LEAST, _MOST = 0.75, 0.99
_SURE: Final = 0.7


class HeaderIndex:
    """The headers of a table by their plain names, also without a vendor's prefix."""

    def __init__(self, headers: Sequence[str]) -> None:
        self.headers = tuple(headers)
        self._by_name: dict[str, str] = {}
        # Another header's plain name goes before one shortened by a prefix.
        spelled = [(rank, h, name) for h in headers for rank, name in enumerate(names_of(h))]
        for _, header, name in sorted(spelled, key=lambda one: one[0]):
            self._by_name.setdefault(name, header)

    def find(self, name: str) -> str | None:
        """The header that a preset means; of ``a | b`` the first that is there."""
        options = [option.strip() for option in name.split("|")]
        return next((self._by_name[one] for one in options if one in self._by_name), None)

    def matching(self, patterns: Sequence[str]) -> set[str]:
        """The headers whose plain name matches one of some patterns."""
        return {
            header
            for header in self.headers
            if any(fnmatchcase(name, one) for name in names_of(header) for one in patterns)
        }

    def like(self, pattern: str) -> list[re.Match[str]]:
        """The headers that a regular expression matches wholly, as they are written."""
        found = (re.fullmatch(pattern, header) for header in self.headers)
        return [match for match in found if match]


@lru_cache(maxsize=16)
def _index(headers: tuple[str, ...]) -> HeaderIndex:
    """The index of headers that many presets are compared with."""
    return HeaderIndex(headers)


def signature(headers: Sequence[str]) -> tuple[str, ...]:
    """The headers of a table as they are remembered: plain, sorted, without a connector's own."""
    kept = set(headers) - HeaderIndex(headers).matching(CONNECTOR) if headers else set[str]()
    return tuple(sorted(plain(header) for header in kept))


def how_well(told: Headers, headers: Sequence[str]) -> tuple[int, float] | None:
    """How specifically, and how surely, headers are those of a preset; None if they are not."""
    if told.exactly:
        is_same = tuple(sorted(told.exactly)) == signature(headers)
        return (len(told.exactly) + 1000, 1.0) if is_same else None
    index = _index(tuple(headers))
    if not all(index.find(name) for name in told.required):
        return None
    if any(index.find(name) for name in told.none):
        return None
    if any(named(header, role) >= _SURE for header in headers for role in told.no_role):
        return None
    n_any = sum(index.find(name) is not None for name in told.any)
    share = n_any / len(told.any) if told.any else 1.0
    return len(told.required) + n_any, round(_LEAST + (_MOST - _LEAST) * share, 2)


def recognise(presets: Sequence[Preset], headers: Sequence[str]) -> tuple[Preset, float] | None:
    """The preset that fits some headers most specifically, and how surely; the user's own first.

    Examples
    --------
    >>> from journey.ingest.presets.files import built_in
    >>> found = recognise(built_in(), ["Event ID", "Name", "Colour"])
    >>> found is None
    True
    """
    best: tuple[tuple[int, str], Preset, float] | None = None
    for preset in presets:
        fit = how_well(preset.headers, headers)
        if fit is None:
            continue
        rank = (fit[0], preset.name)
        if best is None or rank > best[0]:
            best = rank, preset, fit[1]
    return None if best is None else (best[1], best[2])
