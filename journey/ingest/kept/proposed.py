"""Whether a data set's definitions are still those that were proposed for it.

A proposal rests on the touchpoints there are, so it is made anew when more come; what somebody
edited or gave stays. ``definitions.proposed`` has the digest of the proposal as it was written.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Final

DEFINITIONS_FILE: Final = "definitions.toml"
PROPOSED_FILE: Final = "definitions.proposed"


def mark_proposed(folder: Path) -> None:
    """Note that a data set's definitions, as they are now, were proposed."""
    (folder / PROPOSED_FILE).write_text(_digest(folder), encoding="ascii")


def own_definitions(folder: Path) -> Path | None:
    """The file of a data set's definitions; none where they are as proposed, or not there.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     place = Path(name) / DEFINITIONS_FILE
    ...     _ = place.write_text("[outcomes]")
    ...     mark_proposed(Path(name))
    ...     as_proposed = own_definitions(Path(name))
    ...     _ = place.write_text("[outcomes]  # ours")
    ...     as_proposed, own_definitions(Path(name)) == place
    (None, True)
    """
    own, mark = folder / DEFINITIONS_FILE, folder / PROPOSED_FILE
    if not own.is_file():
        return None
    is_proposed = mark.is_file() and mark.read_text(encoding="utf-8") == _digest(folder)
    return None if is_proposed else own


def definitions_text(folder: Path) -> bytes | None:
    """The file of a data set's definitions, whoever made it; none where it is not there."""
    own = folder / DEFINITIONS_FILE
    return own.read_bytes() if own.is_file() else None


def keep_definitions(folder: Path, made: Path) -> None:
    """Copy a data set's own definitions, byte for byte, into what takes its place."""
    own = own_definitions(folder)
    if own is not None:
        shutil.copyfile(own, made / DEFINITIONS_FILE)
        (made / PROPOSED_FILE).unlink(missing_ok=True)


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / DEFINITIONS_FILE).read_bytes()).hexdigest()
