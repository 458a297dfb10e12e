"""How a stored word looks: the disc of a stage, the icon and tone of a state. The fill tells the order."""

# value -> the class suffix in the style sheets
STAGES = {
    "brief": "brief",
    "pre_production": "pre",
    "tracking": "track",
    "editing": "edit",
    "mixing": "mix",
    "mastering": "master",
    "delivered": "done",
}
ORDER = list(STAGES)

# value -> (icon, tone). One icon per meaning, everywhere the same.
STATES = {
    # answers and engagements
    "asked": ("circle-dashed", "quiet"),
    "invited": ("circle-dashed", "quiet"),
    "unanswered": ("circle-dashed", "quiet"),
    "proposed": ("switch-horizontal", "warn"),
    "needed": ("user-question", "info"),
    "auditioning": ("microphone-2", "info"),
    "offered": ("circle-dashed", "quiet"),
    "confirmed": ("circle-check", "ok"),
    "declined": ("circle-x", "bad"),
    "ended": ("circle-check", "quiet"),
    # sessions
    "hold": ("clock", "warn"),
    "held": ("clock", "warn"),
    "in_progress": ("player-record", "info"),
    "wrapped": ("circle-check", "quiet"),
    "cancelled": ("calendar-x", "quiet"),
    # deliveries
    "pending": ("clock", "quiet"),
    "claimed": ("clock", "quiet"),
    "sending": ("send", "quiet"),
    "sent": ("mail-check", "ok"),
    "failed": ("alert-triangle", "bad"),
    "skipped": ("mail-off", "quiet"),
    "superseded": ("mail-off", "quiet"),
    "expired": ("mail-off", "quiet"),
    # what pages find out
    "late": ("clock-exclamation", "bad"),
    "over": ("trending-up", "bad"),
    "attention": ("alert-triangle", "warn"),
    "missing": ("user-question", "bad"),
    "done": ("circle-check", "ok"),
}
UNKNOWN = ("circle-dot", "quiet")


def stage_class(value: object) -> str:
    """Return the class suffix of a stage: "pre-production" and "pre_production" -> "pre"."""
    return STAGES.get(str(value).lower().replace("-", "_").replace(" ", "_"), "brief")


def state_look(value: object) -> tuple[str, str]:
    """Return icon and tone of a state."""
    return STATES.get(str(value), UNKNOWN)
