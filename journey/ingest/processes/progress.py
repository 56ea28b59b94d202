"""How far an import has come."""

from dataclasses import dataclass
from typing import Literal

Phase = Literal["reading", "columns", "cleaning", "sorting", "writing"]


@dataclass(frozen=True)
class Progress:
    """Where an import stands.

    Attributes
    ----------
    phase
        What is being done.
    file
        The file it is done to, as the user knows it; empty where it is all of them.
    n_rows
        Rows done so far in this phase; an estimate while ``n_total`` is None.
    n_total
        Rows to do in this phase; None until known.
    """

    phase: Phase
    file: str
    n_rows: int
    n_total: int | None
