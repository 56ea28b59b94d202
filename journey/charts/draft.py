"""A Plotly chart as a description, built in one go: step by step costs ten times as much."""

from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

Spec = dict[str, Any]

_BUILDING: Final = RLock()
"""One figure is built at a time; whoever builds it looks into it meanwhile."""


class Drawn(go.Figure):
    """A figure that is built from its description only once somebody looks into it.

    To be shown it needs no building: what is sent is the description. Threads may share it.
    """

    def __init__(self, spec: Spec) -> None:
        self._spec: Spec | None = spec

    def __getattr__(self, name: str) -> Any:
        """Build the figure when the first of its parts is asked for."""
        with _BUILDING:
            spec = self.__dict__.get("_spec")
            if spec is not None:
                self._spec = None
                # Its words are known to be Plotly's, so they aren't looked at again.
                super().__init__(spec, _validate=False)
        return object.__getattribute__(self, name)

    def to_dict(self) -> Spec:
        """Return the description, a copy that may be changed."""
        with _BUILDING:
            return super().to_dict() if self._spec is None else _copied(self._spec)


def described(chart: go.Figure) -> Spec:
    """The description of a chart, to be read and never to be changed: charts may share it."""
    with _BUILDING:
        spec = chart.__dict__.get("_spec")
        return chart.to_dict() if spec is None else spec


@dataclass
class Draft:
    """What a chart shows, in Plotly's own words; its methods are called as those of a figure.

    Parameters
    ----------
    layout
        The layout, axes among it.
    """

    layout: Spec
    traces: list[Spec] = field(default_factory=list[Spec])

    def add_bar(self, **trace: Any) -> None:
        """Add bars."""
        self._add("bar", trace)

    def add_scatter(self, **trace: Any) -> None:
        """Add marks or lines."""
        self._add("scatter", trace)

    def add_heatmap(self, **trace: Any) -> None:
        """Add cells in colours."""
        self._add("heatmap", trace)

    def add_annotation(self, **note: Any) -> None:
        """Add words at a place."""
        self.layout.setdefault("annotations", []).append(note)

    def add_vline(self, *, x: float, line: Spec) -> None:
        """Add a line from the foot to the top."""
        ends = {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain"}
        self.layout.setdefault("shapes", []).append({"type": "line", "line": line, **ends})

    def add_row_box(self, row: float, *, line: Spec) -> None:
        """Add a box around a row, from the left edge to the right."""
        ends = {"x0": 0, "x1": 1, "xref": "x domain", "y0": row - 0.42, "y1": row + 0.42}
        self.layout.setdefault("shapes", []).append({"type": "rect", "line": line, **ends})

    def update_xaxes(self, **axis: Any) -> None:
        """Change all horizontal axes."""
        self._update_axes("xaxis", axis)

    def update_yaxes(self, **axis: Any) -> None:
        """Change all vertical axes."""
        self._update_axes("yaxis", axis)

    def update_layout(self, **layout: Any) -> None:
        """Change the layout, what is inside its parts one by one."""
        self.layout = _merged(self.layout, layout)

    def drawn(self) -> go.Figure:
        """Give the figure."""
        return Drawn({"data": self.traces, "layout": self.layout})

    def _add(self, kind: str, trace: Spec) -> None:
        self.traces.append({"type": kind, **{name: _plain(trace[name]) for name in trace}})

    def _update_axes(self, kind: str, axis: Spec) -> None:
        for name in [name for name in self.layout if name.startswith(kind)]:
            self.layout[name] = _merged(self.layout[name], axis)


def _copied(part: Any) -> Any:
    """A part of a description, and all within it, anew: ``deepcopy`` takes six times as long."""
    if isinstance(part, dict):
        return {name: _copied(within) for name, within in part.items()}
    return [_copied(within) for within in part] if isinstance(part, list) else part


def _merged(old: Spec, new: Spec) -> Spec:
    """The old description with what is new in it, part by part."""
    parts = {
        name: _merged(old[name], value)
        if isinstance(value, dict) and isinstance(old.get(name), dict)
        else _plain(value)
        for name, value in new.items()
    }
    return old | parts


def _plain(value: Any) -> Any:
    """A column as a list."""
    return value.tolist() if isinstance(value, pd.Series) else value
