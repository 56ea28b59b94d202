"""The content inventory of a data set: kept with an import, found again by a question."""

from argparse import Namespace
from pathlib import Path

import journey
from journey.cli.names import names_dataset
from journey.cli.words import tell
from journey.errors import UnreadableFileError
from journey.ingest.inventories import read_inventories, split_inventories
from journey.inventory import Inventory
from journey.wording import counted
from journey.workspace import list_datasets, load_inventory, save_inventory, workspace_root


def inventory_of(given: Namespace) -> Inventory:
    """The inventory that is given, else the one kept for the data set asked about."""
    if given.inventory is not None:
        return journey.read_inventory(given.inventory)
    root = workspace_root()
    if names_dataset(given.sources) and given.sources[0] in list_datasets(root):
        return load_inventory(root, given.sources[0])
    return Inventory()


def without_inventories(given: Namespace) -> tuple[Namespace, Inventory]:
    """The same arguments without the content inventories among their files, and what these list.

    Raises
    ------
    UnreadableFileError
        If no other file is left, and the data set is not there yet.
    """
    others, found = split_inventories(map(Path, given.sources))
    if not found:
        return given, Inventory()
    if not others and not given.add:
        raise UnreadableFileError(
            f"{found[0].name} lists content; a data set needs touchpoints. Name their files too, "
            "or keep the list for a data set that is here by --add."
        )
    rest = [name for name in given.sources if Path(name) in others]
    return Namespace(**vars(given) | {"sources": rest}), read_inventories(found)


def keep_listed(listed: Inventory, dataset: str) -> None:
    """Keep an inventory for a data set in place of the one before, if it lists anything."""
    if listed.entries:
        save_inventory(workspace_root(), dataset, listed)
        tell(f"{dataset}: {counted(len(listed.entries), 'content')} listed.")
