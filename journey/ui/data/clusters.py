"""Data sets on a company's cluster, kept here as the address at which they are."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import journey
from journey.definitions import load_definitions
from journey.errors import ValueNotAllowedError
from journey.load import DEFINITIONS_FILE
from journey.log import TouchpointLog
from journey.runners.spark import split_address
from journey.workspace import dataset_path, list_datasets

CLUSTERS_VARIABLE: Final = "PORTOLAN_CLUSTERS"
ADDRESS_FILE: Final = "cluster.txt"


def allowed_clusters() -> tuple[str, ...]:
    """Return the clusters that the administrator allows, as ``spark://host:port``.

    Answers of a cluster are trusted like the app itself, so no other may be named.

    Examples
    --------
    >>> isinstance(allowed_clusters(), tuple)
    True
    """
    return tuple(os.environ.get(CLUSTERS_VARIABLE, "").split())


def checked_address(address: str) -> str:
    """Return the address of a data set if it is on a cluster that is allowed.

    Raises
    ------
    ValueNotAllowedError
        If it is not.
    """
    text = address.strip()
    allowed = any(text.startswith(f"{cluster.rstrip('/')}/") for cluster in allowed_clusters())
    if not allowed or ".." in text.split("/"):
        raise ValueNotAllowedError(
            f"{text[:200]!r} is not on a cluster that the administrator allows. He can set "
            f"{CLUSTERS_VARIABLE} to addresses like spark://host:7077 before the app is started."
        )
    return text


def folders_on_clusters() -> tuple[str, ...]:
    """Return the folders that the administrator allows with a cluster: files may be read there.

    Examples
    --------
    >>> isinstance(folders_on_clusters(), tuple)
    True
    """
    return tuple(one for one in allowed_clusters() if one.partition("://")[2].partition("/")[2])


def checked_files(address: str, paths: Sequence[str]) -> list[str]:
    """Return paths on a cluster's storage if they, and the data set to be, may be used here.

    Raises
    ------
    ValueNotAllowedError
        If one lies in no folder that the administrator allows.
    """
    cluster, directory = split_address(checked_address(address))
    for path in (directory, *paths):
        place = f"{cluster.url}{path}"
        inside = any(place.startswith(f"{one.rstrip('/')}/") for one in folders_on_clusters())
        if not inside or ".." in path.split("/"):
            raise ValueNotAllowedError(
                f"{path[:200]!r} is in no folder of {cluster.name} that the administrator allows. "
                f"He can name it in {CLUSTERS_VARIABLE}, as spark://host:7077/data."
            )
    return list(paths)


def is_on_cluster(directory: Path) -> bool:
    """Return whether a data set is only the address of one on a cluster."""
    return (directory / ADDRESS_FILE).is_file()


def opened_on_cluster(directory: Path) -> TouchpointLog:
    """Open the data set at the address that is kept here, with the definitions edited here.

    Raises
    ------
    JourneyError
        If the cluster is not allowed any more, can't be reached or lacks the data set.
    """
    log = journey.open_log(checked_address((directory / ADDRESS_FILE).read_text(encoding="utf-8")))
    own = directory / DEFINITIONS_FILE
    return log.with_definitions(load_definitions(own)) if own.exists() else log


def keep_address(address: str, name: str, root: Path) -> None:
    """Keep the address of a data set under a name of its own.

    Raises
    ------
    ValueNotAllowedError
        If there is a data set of that name.
    """
    if name in list_datasets(root):
        raise ValueNotAllowedError(f"A data set {name!r} is here. Choose another name.")
    folder = dataset_path(root, name)
    folder.mkdir(parents=True)
    (folder / ADDRESS_FILE).write_text(address, encoding="utf-8")
