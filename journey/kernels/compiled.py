"""How kernels are compiled: without the interpreter lock, once, kept on disk."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop over arrays; the plain function stays reachable as ``py_func``."""
    compiled: Any = njit(nogil=True, cache=True)(function)
    return cast("Callable[P, R]", compiled)
