"""The import of a log that one machine can't make, by the workers of a Spark cluster."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from journey.definitions import Definitions
from journey.errors import UnreadableFileError
from journey.ingest.cluster.importing import Wanted, import_on_cluster
from journey.ingest.presets.files import own_texts
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.runners.spark import SparkTasks, split_address

if TYPE_CHECKING:
    from journey.log import TouchpointLog

__all__ = ["Wanted", "import_on_cluster", "read_far"]


def read_far(
    address: str,
    paths: Sequence[Path | str],
    options: Mapping[str, Any],
    definitions: Definitions | None,
    limits: Limits | None,
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> "TouchpointLog":
    """Import files that the workers of a cluster see, and open the log there.

    Parameters
    ----------
    address
        Where the data set is to be, as for :func:`journey.open_log`.
    paths
        Files, folders, and patterns with ``*``.
    options
        From :func:`journey.ingest.told.told_of_all`.
    definitions, limits, progress, cancelled
        As for :func:`journey.read_touchpoints`; of the limits the memory of each task's database.

    Raises
    ------
    ClusterError, StoreError
        If the cluster can't be reached or its workers can't do it; if no data set may lie there.
    JourneyError
        What else goes wrong with the files, as for :func:`journey.read_touchpoints`.
    """
    from journey.load import open_log

    cluster, target = split_address(address)
    if not paths:
        raise UnreadableFileError("No file was given. Name at least one export to read.")
    own = options["presets"]["folder"]
    wanted = Wanted(
        target=target,
        files=[str(Path(path).absolute()) for path in paths],
        options={**options, "own_presets": own_texts(Path(own) if own else None)},
        definitions=definitions,
        memory_bytes=(limits or Limits()).memory_bytes,
    )
    import_on_cluster(
        SparkTasks(cluster),
        wanted,
        progress=progress or (lambda _: None),
        cancelled=cancelled or (lambda: False),
    )
    return open_log(address)
