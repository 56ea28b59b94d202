"""What can go wrong, said so that the reader can mend it.

Every error says what failed, where, the value seen, what is allowed and the next step.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class JourneyError(Exception):
    """Any error that Portolan raises on purpose."""


class ColumnNotFoundError(JourneyError, KeyError):
    """A column was asked for that the table does not have."""

    def __str__(self) -> str:
        """Return the message as written (a ``KeyError`` would show its quotes)."""
        return str(self.args[0])

    @classmethod
    def among(cls, column: str, available: Iterable[str], *, where: str) -> "ColumnNotFoundError":
        """Name the missing column, those there are, and the nearest spelling."""
        return cls(f"Column {column!r} not found in {where}. {choices(column, available)}")


class ValueNotAllowedError(JourneyError, ValueError):
    """A value is outside what is allowed."""

    @classmethod
    def among(cls, value: object, allowed: Iterable[str], *, what: str) -> "ValueNotAllowedError":
        """Name the value, what it was meant to be, and what is allowed."""
        return cls(f"{what} is {value!r}, which is not known. {choices(str(value), allowed)}")


class UnreadableFileError(JourneyError, ValueError):
    """A file can't be read as a table of touchpoints."""


class ColumnsUnclearError(JourneyError, ValueError):
    """What a column means can't be known from the data alone; the user has to say."""


class CountedPathsError(ColumnsUnclearError):
    """A file holds counted paths, not touchpoints."""


class ImportLimitError(JourneyError, MemoryError):
    """Reading a file went over the memory, time or size allowed."""


class ImportCancelledError(JourneyError, RuntimeError):
    """The user stopped an import; nothing was kept."""


class WarehouseError(JourneyError, ConnectionError):
    """A database or warehouse can't be reached, or does not give what was asked of it."""


class ClusterError(JourneyError, ConnectionError):
    """A cluster can't be reached, or its workers can't answer."""


class StoreError(JourneyError, OSError):
    """A stored log is missing, incomplete or of another version."""


class PresetError(JourneyError, ValueError):
    """A preset has something that can't be used, or is not there."""


class DefinitionsError(JourneyError, ValueError):
    """The definitions file has something that can't be used."""


def choices(value: str, available: Iterable[str], *, limit: int = 12) -> str:
    """Say what is available and the nearest spelling, if one is near.

    Examples
    --------
    >>> choices("occured_at", ["occurred_at", "name"])
    "Available: name, occurred_at. Did you mean 'occurred_at'?"
    """
    names = sorted(set(available))
    shown = ", ".join(names[:limit]) or "none"
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    by_lower = {name.lower(): name for name in names}
    near = get_close_matches(value.lower(), list(by_lower), n=1)
    hint = f" Did you mean {by_lower[near[0]]!r}?" if near else ""
    return f"Available: {shown}{more}.{hint}"
