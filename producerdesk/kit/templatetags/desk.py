"""What templates say: icons, faces, states, meters, times and sums. Pure presentation; everything is escaped."""

import json
import secrets
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from producerdesk.kit import controls, drawings, moments, tones, words
from producerdesk.kit.sums import parts_of
from producerdesk.kit.text import first_link

register = template.Library()

THEMES = ("light", "dark", "auto")
DRAWN_AT_MOST = 2000  # small drawings that are kept. By type too: what is marked safe and what is not may read alike
MARK = (("2", "9.5", "8"), ("7.6", "4", "16"), ("13.2", "7.5", "10"), ("18.8", "10.5", "4"))


# --- pictures -------------------------------------------------------------------------------------
@cache
def _file(name: str) -> str:
    return static(name)


@register.simple_tag
@lru_cache(DRAWN_AT_MOST, typed=True)
def icon(name: str, size: str = "", label: str = "", classes: str = "") -> SafeString:
    """Return a Tabler outline icon from the sprite. Without a label it is decoration and hidden from readers."""
    given = f"pd-i pd-i--{size}" if size else "pd-i"
    spoken = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {}><use href="{}#{}"/></svg>',
        f"{given} {classes}" if classes else given,
        spoken,
        _file("vendor/icons.svg"),
        name,
    )


@register.simple_tag
@cache
def mark() -> SafeString:
    """Return the product's sign, four bars of a level."""
    return format_html(
        '<svg class="pd-mark" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        format_html_join("", '<rect x="{}" y="{}" width="3.2" height="{}" rx="1.6"/>', MARK),
    )


@register.simple_tag
@lru_cache(DRAWN_AT_MOST, typed=True)
def sleeve(key: object, title: str = "", size: str = "", image: str | None = None) -> SafeString:
    """Return a project's face: its image or the drawing its id gives. Silent: the title stands beside it."""
    classes = f"pd-sleeve pd-sleeve--{size}" if size else "pd-sleeve"
    if image:
        return format_html('<img class="{}" src="{}" alt="" loading="lazy">', classes, image)
    pattern, palette = drawings.sleeve_of(key)
    return format_html(
        '<svg class="{} pd-pal-{}" aria-hidden="true"><use href="{}#s{}"/></svg>',
        classes,
        palette,
        _file("img/sleeves.svg"),
        pattern,
    )


@register.simple_tag
def project_tone(key: object) -> str:
    """Return the calendar class of a project; its tone is that of the sleeve's palette."""
    return f"pd-p-{drawings.sleeve_of(key)[1]}"


@register.simple_tag
@lru_cache(DRAWN_AT_MOST, typed=True)
def avatar(key: object, name: str = "", size: str = "", label: bool = False) -> SafeString:
    """Return a person's initials on the pair that the id gives; a dashed ring for nobody yet.

    The name stands beside it as a rule; alone, pass `label=True` so that it is spoken.
    """
    classes = f"pd-av--{size} " if size else ""
    if not name:
        return format_html('<i class="pd-av {}pd-av--nobody" aria-hidden="true">{}</i>', classes, icon("user", "s"))
    spoken = format_html('role="img" aria-label="{}"', name) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<i class="pd-av {}pd-av--{}" title="{}" {}>{}</i>',
        classes,
        drawings.avatar_tone(key),
        name,
        spoken,
        drawings.initials(name),
    )


register.simple_tag(drawings.songs_meter)
register.filter("initials", drawings.initials)


@register.simple_tag
def meter(spent: Any, committed: Any, total: Any, what: str = "", size: str = "") -> SafeString:
    """Return spent and committed money as a level of the total. Sums are the API's `{"amount", "currency"}`."""
    return drawings.meter(spent, committed, total, what=str(what), size=size)


@register.simple_tag
def strips(clashes: Any, wish: Any, zone: Any = None) -> SafeString:
    """Return the drawing of a 409: the wish against what is taken. Nothing if no times are known."""
    if not clashes or not wish:
        return SafeString("")
    return drawings.strips(clashes, wish, zone)


@register.simple_tag
def once() -> SafeString:
    """Return the key by which a form that is sent twice is known."""
    return format_html('<input type="hidden" name="_once" value="{}">', secrets.token_urlsafe(16))


@register.filter
def as_form(address: str) -> dict[str, Any]:
    """Return an address as a form that posts to it sends it: its path, its query as fields, and a key of its own."""
    parts = urlsplit(address)
    fields = parse_qsl(parts.query, keep_blank_values=True)
    return {"path": parts.path, "fields": fields, "once": secrets.token_urlsafe(16)}


# --- words ----------------------------------------------------------------------------------------
@register.filter
def word(value: object, field: str = "") -> str:
    """Return the label of a stored value, of any model's choices."""
    return words.word(value, field)


register.filter("number_word", words.number)


register.filter("first_link", first_link)


@register.filter
def tally(page: Mapping[str, Any], how: str = "") -> str:
    """Return how many rows a list has: "1,050+" where there are more than were counted; in "words" if small."""
    count, more = page["count"], page.get("more", False)
    if how == "words" and not more:
        return capfirst(words.number(count))
    return number_format(count, force_grouping=True) + ("+" if more else "")


@register.filter
def spelled(number: int) -> str:
    """Return a small number as a sentence says it: "two sessions", "12 sessions"."""
    names = (_("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"))
    return names[number] if 0 <= number < len(names) else str(number)


@register.simple_tag
def stage(value: str, text: str = "", dot: bool = False) -> SafeString:
    """Return a stage: a disc that is as full as the music is near to done, and its word."""
    return _stage(tones.stage_class(value), text or words.word(value), dot)


@lru_cache(DRAWN_AT_MOST, typed=True)
def _stage(name: str, spoken: str, dot: bool) -> SafeString:
    return format_html(
        '<span class="pd-stage pd-stage--{}">{}</span>',
        f"{name} pd-stage--dot" if dot else name,
        format_html('<span class="visually-hidden">{}</span>', spoken) if dot else spoken,
    )


@register.simple_tag
def state(value: str, text: str = "", tone: str = "") -> SafeString:
    """Return a state: icon and word, no box. It tells; a `chip` asks."""
    return _marked("pd-state", value, text, tone)


@register.simple_tag
def chip(value: str, text: str = "", tone: str = "") -> SafeString:
    """Return a tinted box with icon and word: only for what asks somebody to act."""
    return _marked("pd-chip", value, text, tone)


def _marked(box: str, value: str, text: str, tone: str) -> SafeString:
    name, usual = tones.state_look(value)
    return _mark(box, tone or usual, name, text or word(value))


@lru_cache(DRAWN_AT_MOST, typed=True)
def _mark(box: str, tone: str, name: str, text: str) -> SafeString:
    return format_html('<span class="{0} {0}--{1}">{2}{3}</span>', box, tone, icon(name), text)


@register.simple_tag
def cell(stage_value: str, status: str, text: str = "") -> SafeString:
    """Return one clip of songs x stages. `status`: done, now, late or none."""
    name = tones.stage_class(stage_value)
    if status == "done":
        return format_html('<span class="pd-cell pd-cell--{} is-done">{}</span>', name, icon("check", label=_("Done")))
    if status not in ("now", "late"):
        return format_html(
            '<span class="pd-cell is-none"><span class="visually-hidden">{}</span></span>', _("Not started")
        )
    return format_html(
        '<span class="pd-cell pd-cell--{} is-{}"><span class="pd-phone-only">{}:</span>{}</span>',
        name,
        status,
        words.word(stage_value),
        text or (_("Late") if status == "late" else _("Under way")),
    )


# --- times ----------------------------------------------------------------------------------------
for _name in ("when", "day", "long_day", "clock", "due", "is_late", "days_left", "iso"):
    register.filter(_name, getattr(moments, _name))
for _name in ("ahead", "ago", "duration", "song_length", "city"):
    register.filter(_name, getattr(moments, _name))
register.simple_tag(moments.span, name="span")


@register.filter
def weekday(value: Any, zone: Any = None) -> str:
    """Return "Tue"."""
    return moments.part(value, "D", zone)


@register.filter
def day_number(value: Any, zone: Any = None) -> str:
    """Return "17"."""
    return moments.part(value, "j", zone)


@register.filter
def month(value: Any, zone: Any = None) -> str:
    """Return "Nov"."""
    return moments.part(value, "M", zone)


@register.simple_tag
def day_span(starts: Any, ends: Any, zone: Any = None) -> str:
    """Return "Tue 17 Nov, 10:00 – 18:00"."""
    return f"{moments.day(starts, zone)}, {moments.span(starts, ends, zone)}"


@register.simple_tag
def local_time(starts: Any, zone: str, place: str = "") -> SafeString:
    """Return "Porto time"; the browser adds "11:00 in Berlin, where you are" if the reader's clock differs."""
    named = _("%(place)s time") % {"place": place or moments.city(zone)}
    return format_html('<span data-local="{}" data-zone="{}">{}</span>', moments.iso(starts, "UTC"), zone, named)


# --- money ----------------------------------------------------------------------------------------
@register.filter
def money(sum_: Mapping[str, str] | None) -> SafeString | str:
    """Return a sum with quiet minor units; a dash for none. Raises ValueError for a sum without a currency."""
    return _money(sum_, whole=False)


@register.filter
def money_short(sum_: Mapping[str, str] | None) -> SafeString | str:
    """Return a sum without .00 when it is whole: for sentences and cards, never for a column."""
    return _money(sum_, whole=True)


@register.filter
def money_text(sum_: Mapping[str, str] | None) -> str:
    """Return a sum as plain text, for labels, mails and files."""
    return moments.NOTHING if sum_ is None else "".join(parts_of(sum_, whole=False))


def _money(sum_: Mapping[str, str] | None, *, whole: bool) -> SafeString | str:
    if sum_ is None:
        return moments.NOTHING
    before, minor, after = parts_of(sum_, whole=whole)
    if not minor:
        return format_html('<span class="pd-money">{}{}</span>', before, after)
    return format_html('<span class="pd-money">{}<span class="pd-minor">{}</span>{}</span>', before, minor, after)


# --- the page -------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """Return the theme this browser chose, else "auto"."""
    request = context.get("request")
    chosen = request.COOKIES.get("desk_theme") if request else None
    return chosen if chosen in THEMES else "auto"


@register.simple_tag(takes_context=True)
def here(context: template.Context, key: str, url: str) -> SafeString:
    """Return aria-current for the place of the page: by the page's `current`, else by its address."""
    request = context.get("request")
    path = request.path if request else ""
    named = context.get("current")
    found = key == named if named and key else path == url or (url != "/" and path.startswith(url))
    return _HERE[path == url] if found else _ELSEWHERE


_HERE = {True: SafeString(' aria-current="page"'), False: SafeString(' aria-current="true"')}
_ELSEWHERE = SafeString("")


@register.simple_tag
def attrs(given: Mapping[str, Any] | None) -> SafeString:
    """Return further attributes of a field. True stands alone, None and False are left out."""
    kept = ((name, value) for name, value in (given or {}).items() if value is not None and value is not False)
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in kept))


def _attribute(name: str, value: Any) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)


@register.simple_tag
def described(field: Mapping[str, Any]) -> SafeString:
    """Return how a field is tied to its hint and its errors."""
    errors, name = field.get("errors"), field.get("id") or f"id_{field.get('name')}"
    ids = [f"{name}-{part}" for part, there in (("error", errors), ("hint", field.get("hint"))) if there]
    return attrs({"aria-describedby": " ".join(ids) or None, "aria-invalid": "true" if errors else None})


register.filter("input_type", controls.input_type)
register.filter("input_value", controls.input_value)
register.filter("shown", controls.is_chosen)


@register.simple_tag
def options(things: Iterable[Mapping[str, Any]], chosen: Any) -> SafeString:
    """Return the choices of a long select, `{"id", "name"}` each, made in one go: a desk may have hundreds."""
    return SafeString(
        "".join(
            f'<option value="{escape(thing["id"])}"'
            f"{' selected' if controls.is_chosen(thing['id'], chosen) else ''}>{escape(thing['name'])}</option>"
            for thing in things or ()
        )
    )


register.simple_tag(controls.differences)
register.simple_tag(controls.sorted_by)


@register.simple_tag
def limits(field: Mapping[str, Any]) -> SafeString:
    """Return the limits of a field as attributes."""
    return attrs(controls.limits(field))


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """Return the input of a Django form (the account pages have such), tied to its hint and errors like our own."""
    kind = getattr(bound.field.widget, "input_type", "")
    classes = "form-check-input" if kind in ("checkbox", "radio") else "form-control"
    ids = [f"{bound.auto_id}-{part}" for part, there in (("error", bound.errors), ("hint", bound.help_text)) if there]
    given: dict[str, str | bool] = {"class": f"{classes} is-invalid" if bound.errors else classes, "placeholder": ""}
    if ids:
        given["aria-describedby"] = " ".join(ids)
    if bound.errors:
        given["aria-invalid"] = "true"
    return bound.as_widget(attrs=given)


@register.filter
def stressed(text: str, part: str) -> SafeString | str:
    """Return a sentence with what it is about in bold."""
    before, found, after = text.partition(part) if part else (text, "", "")
    return format_html("{}<b>{}</b>{}", before, found, after) if found else text


@register.filter
def as_json(value: Any) -> str:
    """Return data for an attribute; the template escapes it."""
    return json.dumps(value)


@register.simple_tag
def script_texts() -> dict[str, str]:
    """Return the words that scripts show, in the reader's language."""
    return {
        "moved": _("Moved to %s"),
        "notMoved": _("Not moved. %s"),
        "offline": _("The network is away. Nothing was changed."),
        "undo": _("Undo"),
        "close": _("Close"),
        "localTime": _("%(time)s in %(place)s, where you are"),
        "nothingFound": _("Nothing by that name"),
        "away": _("The network is away."),
        "searchFor": _("Search for “%s”"),
        "project": _("Project"),
        "kind_project": _("Project"),
        "kind_song": _("Song"),
        "kind_session": _("Session"),
        "kind_person": _("Person"),
        "kind_hire": _("Role"),
        "kind_member": _("Access"),
        "kind_studio": _("Studio"),
        "kind_room": _("Room"),
        "kind_gear": _("Gear"),
        "kind_poll": _("Date poll"),
        "kind_expense": _("Expense"),
        "kind_line": _("Plan"),
        "kind_task": _("To edit"),
        "kind_calendar": _("Imported calendar"),
        "narrow": _("Narrow the list"),
        "restored": _("What you had typed is back."),
        "moveTo": _("Move to"),
        "copied": _("Copied"),
    }
