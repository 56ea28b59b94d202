"""Answers as text: a table to read, CSV or JSON for programs."""

import json
import math
from datetime import datetime
from typing import Any, cast

import numpy as np
import pandas as pd

from journey.cli.questions import Answer
from journey.exports.tables import to_csv


def written(answer: Answer, form: str) -> str:
    """An answer as the text asked for."""
    if form == "json":
        content = records(answer) if isinstance(answer, pd.DataFrame) else answer
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    frame = answer if isinstance(answer, pd.DataFrame) else _flat(answer)
    if form == "csv":
        return to_csv(frame).decode("utf-8-sig")
    if frame.empty:
        return "no rows\n"
    shown = frame.map(_in_order)
    return shown.to_string(index=False, max_colwidth=60, na_rep="", float_format=_figure) + "\n"


def is_empty(answer: Answer) -> bool:
    """Whether an answer has no rows."""
    return isinstance(answer, pd.DataFrame) and answer.empty


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Rows as JSON can hold them; what is not known is null."""
    columns = {str(name): [_plain(value) for value in frame[name]] for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _in_order(cell: object) -> object:
    """A sequence as its steps, anything else as it is."""
    return (
        " → ".join(map(str, cast("tuple[object, ...]", cell))) if isinstance(cell, tuple) else cell
    )


def _figure(value: float) -> str:
    """A number as people read it: thousands apart, at most three decimals."""
    return f"{value:,.3f}".rstrip("0").rstrip(".")


def _flat(figures: dict[str, object]) -> pd.DataFrame:
    flat: dict[str, object] = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            flat |= {f"n_{key}": inner for key, inner in cast("dict[str, object]", value).items()}
        else:
            flat[name] = value
    return pd.DataFrame({"figure": list(flat), "value": [str(value) for value in flat.values()]})


def _plain(value: Any) -> object:
    if isinstance(value, np.generic):
        return _plain(value.item())
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(cast("tuple[object, ...]", value))
    return value
