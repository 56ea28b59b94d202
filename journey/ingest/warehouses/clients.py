"""Clients of databases: loaded when needed, with a word on how to get one that is missing."""

import importlib
from typing import Any

from journey.errors import WarehouseError

REQUIREMENTS = "requirements-warehouses.txt"


def client(module: str, *, purpose: str, package: str = "") -> Any:
    """Import a package that Portolan does without unless a database is read.

    Raises
    ------
    WarehouseError
        If it is not installed, with what to install.

    Examples
    --------
    >>> client("no_such_client", purpose="Nothing", package="no-such-client")
    Traceback (most recent call last):
    journey.errors.WarehouseError: Nothing needs a package that is not installed. Install it by...
    """
    try:
        return importlib.import_module(module)
    except ImportError as problem:
        wanted = f"'{package}'" if package else f"-r {REQUIREMENTS}"
        raise WarehouseError(
            f"{purpose} needs a package that is not installed. Install it by "
            f"python -m pip install {wanted}, then try again."
        ) from problem
