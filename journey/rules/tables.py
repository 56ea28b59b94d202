"""How any part of a definitions file is read: tables of known keys, lists of words, numbers."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, cast

from journey.errors import DefinitionsError, choices


def read_table(value: Any, where: str, allowed: Iterable[str]) -> Mapping[str, Any]:
    """A table whose keys are all known.

    Raises
    ------
    DefinitionsError
        If it is no table, or has another key.

    Examples
    --------
    >>> read_table({"off": ["domain"]}, "definitions.toml, [identity]", ("off", "cuts"))
    {'off': ['domain']}
    """
    if not isinstance(value, dict):
        raise DefinitionsError(f"{where} is {value!r}; a table of keys is needed.")
    known = tuple(allowed)
    table = cast("dict[str, Any]", value)
    for key in table:
        if key not in known:
            raise DefinitionsError(f"{where} has the key {key!r}. {choices(key, known)}")
    return table


def read_tables(value: Any, where: str, allowed: Iterable[str]) -> list[Mapping[str, Any]]:
    """A list of tables whose keys are all known.

    Raises
    ------
    DefinitionsError
        If it is no list of tables, or one has another key.
    """
    if not isinstance(value, list):
        raise DefinitionsError(f"{where} is {value!r}; a list of tables is needed.")
    known = tuple(allowed)
    return [read_table(entry, where, known) for entry in cast("list[Any]", value)]


def read_words(value: Any, what: str) -> tuple[str, ...]:
    """The words of a list, each once; a single word stands for a list of one.

    Raises
    ------
    DefinitionsError
        If something in it is no word.

    Examples
    --------
    >>> read_words(["Demo", "Call", "Demo"], "won")
    ('Demo', 'Call')
    """
    items = (value,) if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or not all(
        isinstance(item, str) and item.strip() for item in cast("list[Any]", items)
    ):
        raise DefinitionsError(
            f"{what} is {value!r}; a list of words is needed, none of them empty."
        )
    return tuple(dict.fromkeys(cast("list[str]", items)))


def read_word_lists(value: Any, where: str, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """A table of lists of words, all of whose keys are known.

    Raises
    ------
    DefinitionsError
        If it is no table, has another key, or one of its lists can't be used.

    Examples
    --------
    >>> read_word_lists({"mql": "MQL"}, "definitions.toml, [meanings]", ("mql", "sql"))
    {'mql': ('MQL',)}
    """
    table = read_table(value, where, names)
    return {name: read_words(words, f"{where} {name}") for name, words in table.items()}


def read_word(value: Any, what: str) -> str:
    """A word, without the blanks around it.

    Raises
    ------
    DefinitionsError
        If it is none.
    """
    if not isinstance(value, str) or not value.strip():
        raise DefinitionsError(f"{what} is {value!r}. Give it a word.")
    return value.strip()


def read_number(value: Any, what: str, *, least: float, above: bool = False) -> float:
    """A number that is not below the least allowed, or above it.

    Raises
    ------
    DefinitionsError
        If it is none, without end, or too small.

    Examples
    --------
    >>> read_number(7, "half_life_days", least=0, above=True)
    7.0
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not is_number or value < least or (above and value == least):
        bound = f"above {least:g}" if above else f"of {least:g} or more"
        raise DefinitionsError(f"{what} is {value!r}; a number {bound} is needed.")
    return float(value)
