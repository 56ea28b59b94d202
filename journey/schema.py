"""Columns, types and units of every table that functions pass on."""

from typing import Final, Literal

Outcome = Literal["won", "lost", "no_decision", "stalled", "in_progress"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("won", "lost", "no_decision", "stalled", "in_progress")
"""The five outcomes in the order of every table and picture; their index is their code."""

DECIDED: Final[tuple[Outcome, ...]] = ("won", "lost", "no_decision")
"""Outcomes of journeys that are over."""

DEFAULT_STAGES: Final = ("Attract", "Capture", "Nurture", "Convert", "Expand")

Case = Literal["account", "person", "opportunity", "session"]
CASE_ROLES: Final[dict[Case, str]] = {
    "account": "account_id",
    "person": "person_id",
    "opportunity": "opportunity_id",
    "session": "session_id",
}

REQUIRED_ROLES: Final = ("account_id", "occurred_at", "touchpoint")
TEXT_ROLES: Final = (
    "account_id",
    "touchpoint",
    "person_id",
    "anonymous_id",
    "session_id",
    "opportunity_id",
    "channel",
    "campaign",
    "content",
    "source_system",
    "stage",
    "direction",
    "reason",
)
"""Roles stored as codes into a dictionary."""

NUMBER_ROLES: Final = ("cost", "value", "sentiment")
"""Roles stored as 64-bit floats, not a number where the log has none."""

COMMENT_ROLE: Final = "comment"
"""Free text that is read for its feeling at import, and not stored."""

ROLES: Final = (*TEXT_ROLES, "occurred_at", *NUMBER_ROLES, COMMENT_ROLE, "source_order")

LEFT_OUT: Final = "left out"
"""Stands for a role where the user says that a column is not to be read."""

SENTIMENT_FROM: Final = "sentiment_from"
"""Column of a log with comments: where a sentiment is from, or why there is none."""

FROM_SCORE, FROM_TEXT = "score", "text"
NOT_ENGLISH, NO_FEELING = "not English", "no feeling found"
"""Values of :data:`SENTIMENT_FROM`; the last two are texts without a score."""

COMMENTS_NOT_READ: Final = "Comments were not read"
"""How the note of a report begins where scores of another unit keep texts from being read."""

SECONDS_PER_DAY: Final = 86_400.0

KNOWN_AS: Final = "known as"
"""The attribute in which an import says what it knows of an account."""

VISITOR: Final = "visitor"
"""Its value where neither a person nor an account is known."""

LEAST_CERTAIN: Final = 0.05
"""What chance gives less often than this is taken for a difference."""

SMALL_SAMPLE: Final = 30
"""Rates with a smaller denominator are greyed and say n."""

OTHER: Final = "Other"
"""The box of a step flow that holds all types not named."""

NOT_STARTED: Final = "Not started"
"""The box of journeys that begin later than the step (flows read around or up to an anchor)."""
