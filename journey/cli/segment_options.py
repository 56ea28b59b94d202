"""The options of the command that keeps segments."""

from typing import Any

from journey.schema import OUTCOMES


def add_segment(commands: Any) -> None:
    """The command that lists, saves and removes the segments of a data set."""
    asking = commands.add_parser("segment", help="list, save or remove segments")
    add = asking.add_argument
    add("dataset", metavar="NAME", help="a data set")
    add("--save", metavar="SEGMENT", help="save what the other options say under this name")
    add("--remove", metavar="SEGMENT", help="remove the one of this name")
    add("--where", action="append", default=[], metavar="COLUMN=VALUE", help="who they are")
    add("--had", action="append", default=[], metavar="TYPE", help="had each of these touchpoints")
    add("--never", action="append", default=[], metavar="TYPE", help="never had any of these")
    add("--reached", action="append", default=[], metavar="STAGE", help="reached one of these")
    add("--outcome", action="append", default=[], choices=OUTCOMES, help="stands like this")
    add("--people", type=int, metavar="N", help="at least so many took part")
    add("--touchpoints", type=int, metavar="N", help="at least so many")
    add("--from", dest="start_at", metavar="DATE", help="touchpoints from this day on")
    add("--to", dest="end_at", metavar="DATE", help="up to this day, which is in it")
    add("--format", choices=["table", "csv", "json"], default="table")
