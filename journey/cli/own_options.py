"""The options that one command alone has, or a few."""

import argparse
from pathlib import Path
from typing import Any, Final

from journey.cli.compared import WAYS
from journey.cli.questions import SHOWN

Options = dict[str, dict[str, Any]]


def whole(text: str) -> int:
    """A whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return number


def _top(words: str) -> Options:
    return {"--top": {"type": whole, "metavar": "N", "help": words}}


_WEEKS: Final[Options] = {
    "--weeks": {"type": whole, "default": 13, "metavar": "N", "help": "how many weeks ahead"}
}
_ALL: Final[Options] = {
    "--all": {"action": "store_true", "help": "those snoozed or handled in the app too"}
}
_UNNAMED: Final[Options] = {
    "--unnamed": {
        "action": "store_true",
        "help": "the unnamed visitors gone silent instead, whom nobody can call",
    }
}
_ACCOUNT: Final[Options] = {"--account": {"required": True, "metavar": "ID"}}
_BY_OR_MONTH: Final[Options] = {
    "--by": {"metavar": "COLUMN|month", "help": "an attribute, or month"}
}
_STEPS: Final[Options] = {
    "--steps": {"type": whole, "default": 8, "metavar": "N"},
    "--types": {
        "type": whole,
        "default": 12,
        "metavar": "N",
        "help": "types with boxes of their own",
    },
}
OWN_OPTIONS: Final[dict[str, Options]] = {
    "segments": {
        "--by": {"required": True, "metavar": "COLUMN", "help": "attribute of accounts or people"}
    },
    "attribution": {
        "--by": {"metavar": "COLUMN", "help": "what gets credit (default channel)"},
        "--half-life": {"type": float, "metavar": "DAYS", "help": "of time decay (default 7)"},
    },
    "icp": {
        "--by": {"metavar": "COLUMN", "help": "profiles of its values too, such as product lines"}
    },
    "lifecycle": {
        "--days": {"type": float, "default": 90.0, "metavar": "N", "help": "length of the period"}
    },
    "costs": {
        "--by": {
            "choices": ["month", "channel", "period"],
            "default": "month",
            "help": "files of costs go through import, beside the touchpoints",
        }
    },
    "handoffs": _BY_OR_MONTH,
    "promises": _BY_OR_MONTH,
    "content": {
        "--inventory": {
            "type": Path,
            "metavar": "FILE",
            "help": "CSV or XLSX of all content, used or not (default: the data set's own)",
        }
    },
    "forecast": _WEEKS,
    "backtest": _WEEKS,
    "paths": _top("only the most frequent"),
    "scores": _top("only the best"),
    "drivers": _top("only the first"),
    "stalled": _ALL | _UNNAMED,
    "calls": _ALL,
    "timeline": _ACCOUNT,
    "routes": _ACCOUNT,
    "next": {
        "--account": {
            "metavar": "ID",
            "help": "the account whose state it is (default: every state)",
        }
    },
    "compare": {
        "--period": {
            "action": "append",
            "default": [],
            "metavar": "FROM..TO",
            "help": "a group: the touchpoints of these days, both included",
        },
        "--show": {"choices": list(WAYS), "default": "stages"},
        **_STEPS,
    },
    "flows": {
        **_STEPS,
        "--start": {"metavar": "TYPE", "help": "step 1 is the first of this type"},
        "--end": {"metavar": "TYPE", "help": "the last step is the last of this type"},
        "--around": {"metavar": "TYPE", "help": "the middle step is the first of this type"},
    },
}


def add_own_options(name: str, question: argparse.ArgumentParser) -> None:
    """Give a command its own options."""
    for option, how in OWN_OPTIONS.get(name, {}).items():
        question.add_argument(option, **how)
    if name in SHOWN:
        ways = list(SHOWN[name])
        words = f"what to show (default {ways[0]})"
        question.add_argument("--show", choices=ways, default=ways[0], help=words)
