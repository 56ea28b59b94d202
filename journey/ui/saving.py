"""Definitions are saved for all pages, and the reader is told."""

from journey.definitions import Definitions
from journey.errors import JourneyError
from journey.ui.state import add_note, current_dataset
from journey.workspace import save_definitions, workspace_root


def save_for_all_pages(
    wanted: Definitions, *, instead_of: Definitions, said: str = "Saved."
) -> bool:
    """Save definitions unless others saved theirs meanwhile; return whether they were saved.

    Parameters
    ----------
    instead_of
        What was in force when these were made.
    said
        What to say once they are saved.
    """
    name = current_dataset()
    if name is None:
        return False
    try:
        save_definitions(workspace_root(), name, wanted, instead_of=instead_of.fingerprint)
    except (JourneyError, OSError) as problem:
        add_note(f"Not saved. {problem}")
        return False
    add_note(f"{said} All pages use it now.")
    return True
