"""Data sets on disk, and where what is kept beside them lies, written whole or not at all."""

import os
import shutil
import tempfile
import time
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from journey.costs import ENTERED_FILE, entered_fingerprint, entered_text
from journey.definitions import Definitions, dumps, load_definitions
from journey.errors import StoreError, ValueNotAllowedError
from journey.inventory import Inventory, inventory_text, read_inventory
from journey.load import DEFINITIONS_FILE
from journey.store.replace import locked, restore_interrupted, scratch_beside

if TYPE_CHECKING:
    import pandas as pd

ROOT_VARIABLE: Final = "PORTOLAN_WORKSPACE"
MAX_NAME: Final = 80
MAX_BYTES: Final = 255 - len(f"..new.{32 * '0'}")
"""Of a name in UTF-8: what a file system takes less what a writer puts around it."""

KEPT: Final = ("views", "segments", "personas")
"""Kinds of things kept beside a data set; they go when it does."""

INCOMING_SECONDS: Final = 2 * 86_400
"""Uploads that nobody imported or removed are kept so long."""

_RESERVED: Final = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)


def workspace_root() -> Path:
    """Return the folder that holds everything: ``PORTOLAN_WORKSPACE``, else ``~/.portolan``.

    Examples
    --------
    >>> workspace_root().is_absolute()
    True
    """
    chosen = os.environ.get(ROOT_VARIABLE)
    return (Path(chosen) if chosen else Path.home() / ".portolan").expanduser().absolute()


def checked_name(name: str) -> str:
    """Return the name of a data set or view if it is one that any file system can hold.

    Parameters
    ----------
    name
        Letters of any script, digits, spaces, ``-`` and ``_``; begins with a letter or digit,
        doesn't end in a space, at most 80 characters and 217 bytes.

    Returns
    -------
    str
        The same name.

    Raises
    ------
    ValueNotAllowedError
        If the name has anything else in it.

    Examples
    --------
    >>> checked_name("Spring campaign 2026")
    'Spring campaign 2026'
    """
    if not _is_name(name) or name.lower() in _RESERVED:
        raise ValueNotAllowedError(
            f"The name {name[: MAX_NAME + 1]!r} can't be used. Allowed: letters, digits, spaces, "
            f"'-' and '_', a letter or digit first, no space last, at most {MAX_NAME} characters "
            f"and {MAX_BYTES} bytes. Choose another name."
        )
    return name


def list_datasets(root: Path) -> list[str]:
    """Return the names of the stored data sets, in the order of the alphabet.

    Examples
    --------
    >>> list_datasets(Path("/nowhere"))
    []
    """
    folder = root / "datasets"
    restore_interrupted(folder)
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((entry.name for entry in found if _is_dataset(entry)), key=str.casefold)


def dataset_path(root: Path, name: str) -> Path:
    """Return the folder of a data set, there or not.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be one of a data set.

    Examples
    --------
    >>> dataset_path(Path("/data"), "Spring").as_posix()
    '/data/datasets/Spring'
    """
    return root / "datasets" / checked_name(name)


def kept_path(root: Path, kind: str, dataset: str) -> Path:
    """Return the file in which something of a kind is kept for a data set, there or not.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be one of a data set.

    Examples
    --------
    >>> kept_path(Path("/data"), "segments", "Spring").as_posix()
    '/data/segments/Spring.json'
    """
    return root / kind / f"{checked_name(dataset)}.json"


def presets_folder(root: Path) -> Path:
    """Return the folder of the user's own presets and remembered answers, there or not.

    Examples
    --------
    >>> presets_folder(Path("/data")).as_posix()
    '/data/presets'
    """
    return root / "presets"


def remove_dataset(root: Path, name: str) -> None:
    """Remove a data set with what is kept beside it.

    A crash leaves its data whole or out of sight, and nothing to a later one of its name.

    Raises
    ------
    StoreError
        If there is no such data set.
    """
    folder = dataset_path(root, name)
    # Else what stood aside for it would come back once its place is free.
    restore_interrupted(folder.parent)
    if not folder.is_dir():
        known = ", ".join(list_datasets(root)) or "none"
        raise StoreError(f"There is no data set {name!r} to remove. Stored here: {known}.")
    _forget(root, name)
    # One rename takes it out of every list; what follows may take its time or be cut short.
    with scratch_beside(folder) as hidden, locked(folder.parent):
        folder.rename(hidden / "data")
    # What somebody kept before it was gone; from now on nothing can be.
    _forget(root, name)


def check_stored(root: Path, name: str) -> None:
    """Refuse to keep anything for a data set that is gone: a later one of its name would have it.

    Raises
    ------
    StoreError
        If there is no such data set.
    """
    if not dataset_path(root, name).is_dir():
        raise StoreError(f"There is no data set {name!r} to keep anything for. Reload the page.")


def save_definitions(
    root: Path, name: str, definitions: Definitions, *, instead_of: str | None = None
) -> None:
    """Save the definitions of a data set; a crash leaves the old file or the new one.

    Parameters
    ----------
    instead_of
        Fingerprint of those that were changed to make these; none: whatever is there.

    Raises
    ------
    StoreError
        If there is no such data set, or its definitions were changed meanwhile.
    """
    file = dataset_path(root, name) / DEFINITIONS_FILE
    with locked(file.parent.parent):
        if not file.parent.is_dir():
            raise StoreError(
                f"There is no data set {name!r} to save definitions for. Reload the page."
            )
        if instead_of is not None and file.exists():
            held = load_definitions(file).fingerprint
            if held not in (instead_of, definitions.fingerprint):
                raise StoreError(_changed_meanwhile("definitions", name))
        write_whole(file, dumps(definitions))


def save_entered_costs(
    root: Path, name: str, costs: "pd.DataFrame", *, instead_of: str | None = None
) -> None:
    """Save the costs of a data set that are entered by hand, in place of those saved before.

    Parameters
    ----------
    costs
        As :func:`journey.costs.read_entered` gives them.
    instead_of
        :func:`journey.costs.entered_fingerprint` of those that were changed to make these; none:
        whatever is there.

    Raises
    ------
    ValueNotAllowedError
        If one of them can't be used; nothing is changed.
    StoreError
        If there is no such data set, or its costs were changed meanwhile.
    """
    text, folder = entered_text(costs), dataset_path(root, name)
    with locked(folder.parent):
        if not folder.is_dir():
            raise StoreError(f"There is no data set {name!r} to save costs for. Reload the page.")
        if instead_of is not None and entered_fingerprint(folder) != instead_of:
            raise StoreError(_changed_meanwhile("costs", name))
        write_whole(folder / ENTERED_FILE, text)


def load_inventory(root: Path, dataset: str) -> Inventory:
    """Return the content inventory kept for a data set, an empty one if there is none.

    Raises
    ------
    JourneyError
        If the file can't be read as an inventory.

    Examples
    --------
    >>> load_inventory(Path("/nowhere"), "Spring").entries
    ()
    """
    path = _inventory_path(root, dataset)
    return read_inventory(path) if path.is_file() else Inventory()


def save_inventory(root: Path, dataset: str, inventory: Inventory) -> None:
    """Keep a content inventory for a data set, in place of the one before; none if it is empty.

    Raises
    ------
    StoreError
        If there is no such data set.
    """
    path = _inventory_path(root, dataset)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        check_stored(root, dataset)
        if inventory.entries:
            write_whole(path, inventory_text(inventory))
        else:
            path.unlink(missing_ok=True)


def incoming_folder(root: Path) -> Path:
    """Make a new, private folder for files that are to be imported; old, forgotten ones go.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as root:
    ...     incoming_folder(Path(root)).parent.name
    'incoming'
    """
    parent = root / "incoming"
    parent.mkdir(parents=True, exist_ok=True)
    oldest = time.time() - INCOMING_SECONDS
    for folder in parent.iterdir():
        with suppress(FileNotFoundError):  # removed by whoever made it
            if folder.stat().st_mtime < oldest:
                remove_incoming(folder)
    return Path(tempfile.mkdtemp(dir=parent))


def remove_incoming(folder: Path) -> None:
    """Remove a folder of uploaded files once they are imported or given up."""
    shutil.rmtree(folder, ignore_errors=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a crash at any moment leaves the old one or the new one.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as root:
    ...     write_whole(Path(root) / "notes" / "a.txt", "kept")
    ...     (Path(root) / "notes" / "a.txt").read_text()
    'kept'
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    written = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def worklist_path(root: Path, dataset: str) -> Path:
    """Return the file of the accounts that were snoozed or handled, there or not.

    Examples
    --------
    >>> worklist_path(Path("/data"), "Spring").as_posix()
    '/data/worklists/Spring.json'
    """
    return root / "worklists" / f"{checked_name(dataset)}.json"


def _changed_meanwhile(what: str, name: str) -> str:
    return (
        f"The {what} of {name!r} were changed meanwhile, and stay as they are now. Look at what "
        "they say, then save again."
    )


def _forget(root: Path, name: str) -> None:
    """Remove what is kept beside a data set, each while nobody else writes such."""
    kept = [kept_path(root, kind, name) for kind in KEPT]
    for path in (*kept, worklist_path(root, name), _inventory_path(root, name)):
        with locked(path.parent):
            path.unlink(missing_ok=True)


def _inventory_path(root: Path, dataset: str) -> Path:
    return root / "inventories" / f"{checked_name(dataset)}.csv"


def _is_dataset(entry: Path) -> bool:
    """Tell a data set from what writers leave beside it while they work."""
    return _is_name(entry.name) and entry.is_dir()


def _is_name(name: str) -> bool:
    """Tell whether a text is of letters, their marks, digits and the few signs allowed."""
    is_short = 0 < len(name) <= MAX_NAME and len(name.encode("utf-8", "surrogatepass")) <= MAX_BYTES
    if not is_short or not name[0].isalnum() or name[-1] == " ":
        return False
    return all(sign in " -_" or unicodedata.category(sign)[0] in "LMN" for sign in name)
