"""Files as the user gives them."""

from collections.abc import Sequence
from pathlib import Path

from journey.errors import UnreadableFileError


def given_files(paths: Sequence[Path | str]) -> dict[str, list[str]]:
    """Where the files are, and what to call them; two of one name go by their folders too."""
    if not paths:
        raise UnreadableFileError("No file was given. Name at least one export to read.")
    places = [Path(path).absolute() for path in paths]
    for place in places:
        if not place.is_file():
            raise UnreadableFileError(f"There is no file {place.name!r} in {place.parent}.")
    names = [place.name for place in places]
    shown = [
        f"{place.parent.name}/{place.name}" if names.count(place.name) > 1 else place.name
        for place in places
    ]
    return {"paths": [str(place) for place in places], "names": shown}
