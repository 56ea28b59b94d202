"""Credit from files of paths that come counted."""

import sys

from journey.analysis.attribution.attribute import attribute_paths
from journey.cli.answers import written
from journey.cli.options import Arguments, told_of_touchpoints
from journey.cli.words import tell
from journey.errors import ValueNotAllowedError
from journey.ingest.columns.path_tables import read_path_tables

_OWN = {"by": "--by", "half_life": "--half-life"}


def run_on_counted_paths(given: Arguments) -> int:
    """Write the credit on standard output; what the reader should know of it on the other.

    Raises
    ------
    ValueNotAllowedError
        If an option speaks of touchpoints: there are none.
    """
    used = told_of_touchpoints(given)
    used += [words for name, words in _OWN.items() if getattr(given, name)]
    if used:
        raise ValueNotAllowedError(
            f"{' and '.join(used)} can't be used: counted paths have no touchpoints to choose "
            "from, and no times. Leave it out."
        )
    table = read_path_tables(*given.sources)
    sys.stdout.write(written(attribute_paths(table.frame), given.format))
    n_won, n_nulls = (int(table.frame[name].sum()) for name in ("n_conversions", "n_nulls"))
    notes = [
        *table.notes,
        f"{n_won:,} conversions of {n_won + n_nulls:,} journeys on {len(table.frame):,} paths.",
        "Counted paths tell no times, so there is no time decay.",
    ]
    if table.n_rejected:
        notes.append(f"{table.n_rejected:,} rows have more or fewer cells than the header.")
    for note in notes:
        tell(note)
    return 0
