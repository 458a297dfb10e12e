"""The words people see for stored values: the label of every choice of every model, found once."""

from collections import defaultdict
from functools import cache, lru_cache

from django.apps import apps
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MOST_WORDS = 2000  # that are kept ready


@cache
def _labels() -> dict[str, dict[str, object]]:
    """Return `{value: {"Model.field": label}}` for every model field with choices. Labels stay lazy."""
    found: dict[str, dict[str, object]] = defaultdict(dict)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            for value, label in getattr(field, "flatchoices", ()):
                if isinstance(value, str) and value:
                    found[value][f"{model.__name__}.{field.name}"] = label
    return dict(found)


def word(value: object, field: str = "") -> str:
    """Return the label of a stored value.

    `field` ("StudioSession.state") decides where two models give one value different labels; else the first model
    installed wins. A value that is nobody's choice is shown as it reads: "pre_production" -> "Pre production".
    """
    if value is None or value == "":
        return ""
    return _in(get_language(), str(value), field)


@lru_cache(MOST_WORDS)
def _in(language: str | None, value: str, field: str) -> str:
    labels = _labels().get(value)
    if not labels:
        text = value.replace("_", " ")
        return text[:1].upper() + text[1:]
    return str(labels.get(field) or next(iter(labels.values())))


def number(count: int) -> str:
    """Return a small number as a sentence says it: "nine"; figures from thirteen on."""
    small = (
        _("no"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
        _("ten"), _("eleven"), _("twelve"),
    )  # fmt: skip
    return str(small[count]) if 0 <= count < len(small) else str(count)
