"""Which presets an import may use; light, so that asking for it loads nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NO_PRESET: Final = "none"


@dataclass(frozen=True)
class Presets:
    """Which presets may recognise files, beside those that come with Portolan.

    Attributes
    ----------
    folder
        Where the user's own are, and the answers remembered; none: there are none.
    named
        The one preset for all files, or for each file named; ``none`` for no preset.

    Examples
    --------
    >>> Presets(named="none").name_for("a.csv"), Presets(named={"b.csv": "xes"}).name_for("a.csv")
    ('none', '')
    """

    folder: Path | str | None = None
    named: str | Mapping[str, str] = ""

    def name_for(self, file: str) -> str:
        """The preset that the user wants for a file; empty for whichever fits."""
        return self.named if isinstance(self.named, str) else self.named.get(file, "")

    def as_json(self) -> dict[str, Any]:
        """The same as plain values, to be handed to another process."""
        named = self.named if isinstance(self.named, str) else dict(self.named)
        return {"folder": None if self.folder is None else str(self.folder), "named": named}
