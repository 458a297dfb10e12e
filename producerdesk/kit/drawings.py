"""Small pictures in SVG: sleeves, meters, song segments, the strips of a clash.

Sizes are percent attributes, never a `style`: the content security policy refuses styles in the page.
"""

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from producerdesk.kit import moments, tones

PATTERNS = PALETTES = 9
AVATAR_TONES = 7
SINGLE_SEGMENTS = 40  # more songs than this and a segment would be thinner than its gap
GAP = 1.2  # percent between two songs
MARGIN = timedelta(hours=2)  # what a clash strip shows before and after
SIDE_STEPS = (2, 3, 4, 6, 12, 24)  # hours between two marks, so that no more than nine are drawn
MOST_MARKS = 9


def number_of(key: object) -> int:
    """Return a stable whole number for any id, so that a face never changes."""
    return key if isinstance(key, int) else zlib.crc32(str(key).encode())


def sleeve_of(key: object) -> tuple[int, int]:
    """Return (pattern, palette) of a project. Neighbouring ids differ in both; 81 pairs come before one returns."""
    number = number_of(key)
    pattern = number % PATTERNS
    return pattern, (4 * pattern + number // PATTERNS) % PALETTES


def avatar_tone(key: object) -> int:
    """Return which of the seven soft pairs a person has. By id, never by role."""
    return number_of(key) % AVATAR_TONES


def initials(name: str) -> str:
    """Return "AR" for "Anselm Roy", "JU" for "Juno"."""
    words = [word for word in str(name).replace("-", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]).upper()


def amount_of(sum_: Mapping[str, str] | Decimal | int | str | None) -> Decimal:
    """Return the plain number of a sum from the API; nothing is nought."""
    if isinstance(sum_, Mapping):
        return Decimal(sum_["amount"])
    return Decimal(sum_ or 0)


def meter(spent: Any, committed: Any, total: Any, *, what: str = "", size: str = "") -> SafeString:
    """Return money as a level: spent, committed (spent or not), head-room; over the limit it clips past a tick."""
    used, claimed, limit = amount_of(spent), amount_of(committed), amount_of(total)
    claimed = max(used, claimed)
    scale = max(limit, claimed)
    inside = min(claimed, limit)
    classes = f"pd-meter pd-meter--{size}" if size else "pd-meter"
    height = 12 if size == "tall" else 8
    label = _meter_label(used, claimed, limit)
    bars: list[tuple[str, str | int, str | int]] = [
        ("commit", 0, _share(inside, scale)),
        ("actual", 0, _share(min(used, limit), scale)),
    ]
    if limit and claimed > limit:
        bars += [("over", _share(limit, scale), _share(claimed - limit, scale))]
    drawn = format_html_join(
        "",
        '<rect class="pd-meter-{}" x="{}%" width="{}%" height="{}"/>',
        ((name, left, width, height) for name, left, width in bars if width),
    )
    tick = (
        format_html('<rect class="pd-meter-tick" x="{}%" width="2" height="{}"/>', _share(limit, scale), height)
        if limit and claimed > limit
        else ""
    )
    return format_html(
        '<svg class="{}" role="img" aria-label="{}" width="100%" height="{}">'
        '<rect class="pd-meter-track" width="100%" height="{}"/>{}{}</svg>',
        classes,
        f"{what}: {label}" if what else label,
        height,
        height,
        drawn,
        tick,
    )


def _meter_label(used: Decimal, claimed: Decimal, limit: Decimal) -> str:
    if not limit:
        return _("no budget set") if not claimed else _("spent or committed without a budget")
    if not claimed:
        return _("nothing spent")
    words = {"spent": round(used / limit * 100), "committed": round(claimed / limit * 100)}
    if claimed > limit:
        return _("%(spent)d percent spent, %(committed)d percent committed, over the limit") % words
    return _("%(spent)d percent spent, %(committed)d percent committed") % words


def songs_meter(stages: Iterable[str] | Mapping[str, int]) -> SafeString:
    """Return one segment a song, the furthest first. Takes the songs' stages, or how many songs stand in each."""
    pairs = stages.items() if isinstance(stages, Mapping) else ((stage, 1) for stage in stages)
    counts = dict.fromkeys(reversed(tones.STAGES.values()), 0)
    for stage, count in pairs:
        counts[tones.stage_class(stage)] += count
    songs = sum(counts.values())
    done = counts["done"]
    label = ngettext("%(done)d of %(songs)d song delivered", "%(done)d of %(songs)d songs delivered", songs)
    return format_html(
        '<svg class="pd-songs" role="img" aria-label="{}" width="100%" height="6">{}</svg>',
        label % {"done": done, "songs": songs},
        format_html_join(
            "", '<rect class="pd-songs-{}" x="{}%" width="{}%" height="6" rx="1.5"/>', _segments(counts, songs)
        ),
    )


def _segments(counts: Mapping[str, int], songs: int) -> list[tuple[str, str, str]]:
    if not songs:
        return [("brief", "0", "100")]
    single = songs <= SINGLE_SEGMENTS
    width = (100 - GAP * (songs - 1)) / songs if single else 100 / songs
    step = width + GAP if single else width
    segments, at = [], 0.0
    for name, count in counts.items():
        if single:
            segments += [(name, f"{at + step * i:.2f}", f"{width:.2f}") for i in range(count)]
        elif count:
            segments.append((name, f"{at:.2f}", f"{step * count:.2f}"))
        at += step * count
    return segments


def strips(clashes: Sequence[Mapping[str, Any]], wish: Mapping[str, Any], zone: str | tzinfo | None) -> SafeString:
    """Return the wish drawn against what stands in its way: one strip for each thing or person, hours on top."""
    start, end = _moment(wish["starts_at"], zone), _moment(wish["ends_at"], zone)
    rows: dict[str, list[tuple[datetime, datetime]]] = {}
    for clash in clashes:
        if clash.get("starts_at") and clash.get("ends_at"):
            pair = _moment(clash["starts_at"], zone), _moment(clash["ends_at"], zone)
            rows.setdefault(str(clash.get("label") or _("Busy")), []).append(pair)
    if not rows:
        return SafeString("")
    axis = _Axis(start, end, [pair for pairs in rows.values() for pair in pairs])
    return format_html("{}{}", axis.head(), format_html_join("", "{}", ((axis.row(*row),) for row in rows.items())))


class _Axis:
    """The hours a clash is drawn on."""

    def __init__(self, start: datetime, end: datetime, busy: list[tuple[datetime, datetime]]) -> None:
        self.wish = (start, end)
        first = max(min([start, *(pair[0] for pair in busy)]), start - 2 * MARGIN) - MARGIN / 2
        last = min(max([end, *(pair[1] for pair in busy)]), end + 2 * MARGIN) + MARGIN / 2
        hours = (last - first).total_seconds() / 3600
        self.step = next((step for step in SIDE_STEPS if hours / step <= MOST_MARKS - 1), SIDE_STEPS[-1])
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
        length = timedelta(hours=self.step)
        self.first = midnight + length * math.floor((first - midnight) / length)
        self.count = max(1, math.ceil((last - self.first) / length))
        self.last = self.first + length * self.count

    def share(self, moment: datetime) -> float:
        """Return where a moment stands, in percent; what lies outside is cut."""
        whole = (self.last - self.first).total_seconds()
        return min(100.0, max(0.0, (moment - self.first).total_seconds() / whole * 100))

    def head(self) -> SafeString:
        """Return the row of hours."""
        marks = (
            (
                " pd-strip-t--odd" if i % 2 else "",
                f"{i / self.count * 100:.2f}",
                (self.first + timedelta(hours=self.step * i)).hour,
            )
            for i in range(self.count + 1)
        )
        return format_html(
            '<div class="pd-strip" aria-hidden="true"><span></span><svg width="100%" height="16">{}</svg></div>',
            format_html_join("", '<text class="pd-strip-t{}" x="{}%" y="12">{}</text>', marks),
        )

    def row(self, label: str, busy: list[tuple[datetime, datetime]]) -> SafeString:
        """Return one strip: taken, asked for, and where the two meet."""
        grid = format_html_join(
            "",
            '<line class="pd-strip-h" x1="{0}%" x2="{0}%" y1="0" y2="28"/>',
            ((f"{i / self.count * 100:.2f}",) for i in range(self.count + 1)),
        )
        start, end = self.wish
        meets = [(max(start, a), min(end, b)) for a, b in busy if a < end and b > start]
        return format_html(
            '<div class="pd-strip"><span title="{0}">{0}</span>'
            '<svg width="100%" height="28" role="img" aria-label="{1}">{2}{3}{4}{5}</svg></div>',
            label,
            self._spoken(label, busy),
            grid,
            self._bars("busy", busy, 4),
            self._bars("want", [self.wish], 1, rx=5),
            self._bars("clash", meets, 4, rx=3),
        )

    def _bars(self, kind: str, pairs: list[tuple[datetime, datetime]], y: int, rx: int = 4) -> SafeString:
        shares = ((self.share(a), self.share(b)) for a, b in pairs)
        return format_html_join(
            "",
            '<rect class="pd-strip-{}" x="{}%" width="{}%" y="{}" height="{}" rx="{}"/>',
            ((kind, f"{a:.2f}", f"{b - a:.2f}", y, 28 - 2 * y, rx) for a, b in shares if b > a),
        )

    def _spoken(self, label: str, busy: list[tuple[datetime, datetime]]) -> str:
        zone = self.first.tzinfo
        return _("%(label)s: you asked for %(wish)s, taken %(taken)s") % {
            "label": label,
            "wish": moments.span(*self.wish, zone),
            "taken": ", ".join(moments.span(a, b, zone) for a, b in busy),
        }


def _moment(value: Any, zone: str | tzinfo | None) -> datetime:
    moment = moments.local(value, zone)
    if not isinstance(moment, datetime):
        raise ValueError(f"{value!r} is no moment")
    return moment


def _share(part: Decimal, whole: Decimal) -> str | int:
    share = min(Decimal(100), max(Decimal(0), part / whole * 100)) if whole else Decimal(0)
    return f"{share:.2f}" if share else 0
