"""Where the rows of a file came from, kept beside it and then in the data set.

A fetched file ``events`` has a companion ``events.origin.json``; the import puts what it says
into the batch it makes. So a data set knows what to ask for when it is refreshed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from journey.errors import StoreError
from journey.ingest.warehouses.selection import Condition, Relation

SUFFIX: Final = ".origin.json"


@dataclass(frozen=True)
class Origin:
    """The source of one batch of a data set.

    Attributes
    ----------
    address
        Without password, tokens or keys.
    headers
        The columns fetched, by the headers they go by.
    where
        The conditions asked for, without the one of a refresh.
    mark_column, mark
        The column that only grows and the largest value seen; none: it can't be refreshed.
    n_from_mark
        Rows that stood at the mark or after it when they were counted.
    left_out
        Headers that the user did not want, so that they were never fetched.
    key
        The header of a column that tells a row from all others; none: changed rows count again.
    """

    address: str
    relation: Relation
    headers: tuple[str, ...]
    where: tuple[Condition, ...]
    mark_column: str | None
    mark: str | None
    n_from_mark: int
    left_out: tuple[str, ...] = ()
    key: str | None = None

    @property
    def place(self) -> tuple[str, Relation]:
        """The table or query itself, whichever rows and columns of it."""
        return self.address, self.relation

    @property
    def source(self) -> tuple[object, ...]:
        """What makes two batches parts of one source."""
        return (self.address, self.relation, self.headers, self.where, self.mark_column)


def write_origin(file: Path, origin: Origin) -> None:
    """Write where a file's rows came from, beside it."""
    text = json.dumps(asdict(origin), ensure_ascii=False)
    file.with_name(file.name + SUFFIX).write_text(text, encoding="utf-8")


def read_origin(paths: Sequence[str]) -> dict[str, Any] | None:
    """Read where the rows of the files of an import came from; none if from no database."""
    files = [Path(path) for path in paths]
    beside = [file.with_name(file.name + SUFFIX) for file in files]
    if len(beside) != 1 or not beside[0].is_file():
        return None
    return json.loads(beside[0].read_text(encoding="utf-8"))


def origin_of(data: Mapping[str, Any]) -> Origin:
    """Make an origin of what a batch says.

    Raises
    ------
    StoreError
        If it can't be read.
    """
    try:
        fields = dict(data)
        fields["relation"] = Relation(**data["relation"])
        fields["headers"] = tuple(data["headers"])
        fields["left_out"] = tuple(data.get("left_out", ()))
        fields["where"] = tuple(Condition(**one) for one in data["where"])
        return Origin(**fields)
    except (KeyError, TypeError) as problem:
        raise StoreError(
            f"Where the data set came from can't be read: {problem!r}. Import it again."
        ) from problem
