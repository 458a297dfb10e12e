"""A call sheet on paper: a PDF that Typst sets from templates/documents/call-sheet.typ.

Everything goes in as JSON, as text to be printed: what somebody typed is never read as Typst. A character that no font
of this machine has is printed as □, and the sheet says where it can be read.
"""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from producerdesk.kit import moments
from producerdesk.kit.papers import A4, LETTER
from sessions.places import street_of

if TYPE_CHECKING:
    import typst

PAPERS = {A4: "a4", LETTER: "us-letter"}  # as Typst calls them
TEMPLATES = Path(settings.BASE_DIR) / "templates" / "documents"
OURS = "Source Sans Pro"  # comes as a package: Latin, Greek, Cyrillic
# what a machine may have beside it, for the names of the rest of the world; the first that is there comes first
BESIDE = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "Droid Sans Fallback"),
    *("Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai", "Noto Sans Devanagari", "DejaVu Sans"),
)
NO_GLYPH = "□"
Row = Mapping[str, Any]


def pdf(sheet: Row, *, number: int, paper: str, warning: str = "", address: str = "") -> bytes:
    """Return a call sheet as PDF; `sheet` as the API says it to this reader. `number` 0 is a draft."""
    return typeset("call-sheet", _data(sheet, number, warning), paper=paper, address=address)


def typeset(template: str, data: dict[str, Any], *, paper: str, address: str = "") -> bytes:
    """Return data set by one of our templates, as PDF. Text in it is never read as markup."""
    data = _clean(data)
    data["missing"] = _missing(address) if NO_GLYPH in orjson.dumps(data).decode() else ""
    data |= {"paper": PAPERS[paper], "fonts": [OURS, *_beside()], "language": (get_language() or "en")[:2]}
    import typst  # with fontTools some 4 MB, which only a process that prints needs to hold

    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={"sheet": orjson.dumps(data).decode()},
        timestamp=0,  # the same sheet is the same file
    )
    assert isinstance(made, bytes), "one document, one file"  # noqa: S101
    return made


def name_of(sheet: Row, number: int) -> str:
    """Return what the file is called: "call-sheet-2027-03-10-v2.pdf", by the day in the studio."""
    day = moments.read(sheet["starts_at"]).astimezone(ZoneInfo(sheet["time_zone"])).date()  # type: ignore[union-attr]
    return f"call-sheet-{day}{f'-v{number}' if number else '-draft'}.pdf"


def warning_of(copy: Row) -> str:
    """Return what must be said before anybody goes by a sheet that does not stand any more."""
    if copy["state"] == "cancelled":
        return _("This session is cancelled. You need not come.")
    return "" if copy["stands"] else _("The session was moved after this was sent. A new call sheet will follow.")


def superseded(version: Row) -> str:
    """Return that a version was sent which is newer than this one, if so."""
    if version["number"] == version["newest"]:
        return ""
    return _("This is an older version: version %(newest)d was sent since.") % version


# --- what is printed ------------------------------------------------------------------------------------
def _data(sheet: Row, number: int, warning: str) -> dict[str, Any]:
    zone = sheet["time_zone"]
    project = sheet["project"]
    return {
        "name": _("Call sheet"),
        "version": _("Version %(number)d") % {"number": number} if number else _("Draft, not sent"),
        "over": f"{project['title']} · {project['artist']}",
        "title": sheet["title"],
        "desk": sheet["desk"],
        "day": f"{moments.long_day(sheet['starts_at'], zone)}, {_time_of(sheet)}",
        "times": _times(sheet),
        "warning": warning,
        "top": _parts(
            (_("Where"), place_lines(sheet["place"])),
            (_("Access"), sheet["access"]),
            (_("Parking"), sheet["parking"]),
        ),
        "running_order": [_run(row, sheet) for row in sheet["running_order"]],
        "people": [row | {"at": clock_of(sheet, row["call_at"])} for row in sheet["people"]],
        "contacts": sheet["contacts"],
        "gear": [row | {"source": gear_word(row["source"])} for row in sheet["gear"]],
        "bottom": _parts(
            (_("Comes with the room"), ", ".join(sheet["room_gear"])),
            (_("Songs"), ", ".join(sheet["songs"])),
            (_("To prepare and bring"), sheet["prepare"]),
            (_("Notes"), sheet["notes"]),
            (_("Emergency"), sheet["emergency"]),
        ),
        "foot": f"{sheet['desk']} · {sheet['title']}",
        "labels": {
            "running_order": _("Running order"),
            "people": _("Calls"),
            "contacts": _("Contacts"),
            "gear": _("Gear"),
        },
    }


def clock_of(sheet: Row, at: str) -> str:
    """Return "11:00"; with its day where that is not the day on which the session starts."""
    zone = sheet["time_zone"]
    same_day = moments.day(at, zone) == moments.day(sheet["starts_at"], zone)
    return moments.clock(at, zone) if same_day else moments.when(at, zone)


def gear_word(source: str) -> str:
    """Return how a source of gear reads on a sheet."""
    return {"hired": _("Hired"), "reserved": _("Reserved")}.get(source) or _("Bring")


def place_lines(place: Row) -> str:
    """Return where it is, a line each: studio and room, address, phone."""
    if not place["room"]:
        return place["remote"] or _("Remote")
    street = street_of(place["address"], place["city"])
    return "\n".join(filter(None, (f"{place['studio']}, {place['room']}", street, place["phone"])))


def length_of(row: Row) -> str:
    """Return how long a row of the running order lasts: "45 min"."""
    if not row["ends_at"]:
        return ""
    starts, ends = (moments.read(row[name]) for name in ("starts_at", "ends_at"))
    return moments.duration(ends - starts)  # type: ignore[operator]


def _times(sheet: Row) -> list[dict[str, str]]:
    calls = [person["call_at"] for person in sheet["people"]]
    found = [
        (_("First call"), clock_of(sheet, min(calls))) if calls else None,
        (_("Start"), clock_of(sheet, sheet["starts_at"])),
        (_("Wrap"), clock_of(sheet, sheet["wrap_at"])),
    ]
    return [{"label": each[0], "value": each[1]} for each in found if each]


def _time_of(sheet: Row) -> str:
    city = sheet["place"]["city"] or moments.city(sheet["time_zone"])
    return _("%(city)s time") % {"city": city}


def _run(row: Row, sheet: Row) -> dict[str, Any]:
    return dict(row) | {"at": clock_of(sheet, row["starts_at"]), "length": length_of(row)}


def _parts(*parts: tuple[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "text": text} for label, text in parts if text]


def _missing(address: str) -> str:
    said = _("%(mark)s stands for a character that the fonts of this PDF do not have.") % {"mark": NO_GLYPH}
    return f"{said} {_('All of it can be read at %(address)s') % {'address': address}}" if address else said


# --- letters --------------------------------------------------------------------------------------------
def _clean(value: Any) -> Any:
    """Return the data with every line break as one, no control characters, and □ for what no font has."""
    if isinstance(value, str):
        return "".join(_letter(each) for each in "\n".join(value.splitlines()))
    if isinstance(value, Mapping):
        return {name: _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _letter(letter: str) -> str:
    if letter == "\n" or letter.isspace():
        return "\n" if letter == "\n" else " "
    if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return ""
    return letter if ord(letter) in _letters() or unicodedata.category(letter).startswith("M") else NO_GLYPH


@lru_cache(maxsize=1)
def _fonts() -> "typst.Fonts":
    import typst

    spec = find_spec("font_source_sans_pro")
    ours = Path(spec.origin or "").parent / "files" if spec else Path()
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[ours])


@lru_cache(maxsize=1)
def _beside() -> tuple[str, ...]:
    there = set(_fonts().families())
    return tuple(family for family in BESIDE if family in there)


@lru_cache(maxsize=1)
def _letters() -> frozenset[int]:
    """Return the characters that can be printed here, of any of the fonts in use."""
    from fontTools.ttLib import TTFont

    found: set[int] = {ord(NO_GLYPH)}
    wanted = {OURS, *_beside()}
    for face in _fonts().fonts():
        if face.family in wanted and face.path:
            wanted.remove(face.family)  # one face tells for all of a family
            with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
                found |= set(font.getBestCmap() or {})
    return frozenset(found)
