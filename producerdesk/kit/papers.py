"""The paper that lies in the printer: A4, or US Letter in the countries that have that."""

from functools import lru_cache
from importlib.resources import files

from django.utils.translation import gettext_lazy as _

A4, LETTER = "a4", "letter"
CHOICES = [(A4, _("A4")), (LETTER, _("US Letter"))]
# where CLDR says that paper is US Letter; the rest of the world has A4
LETTER_COUNTRIES = frozenset("BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split())
# older names of zones, which no country is told of; browsers still say some
LETTER_AREAS = ("US/", "Canada/", "Mexico/", "Chile/")
OLDER_NAMES = frozenset(
    f"America/{city}"
    for city in "Fort_Wayne Indianapolis Louisville Knox_IN Shiprock Atka Montreal Nipigon Pangnirtung Rainy_River"
    " Thunder_Bay Yellowknife Ensenada Santa_Isabel Coral_Harbour".split()
) | {"Navajo", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT"}


def usual(zone: str) -> str:
    """Return the paper of the country that this time zone belongs to."""
    return LETTER if zone in _letter_zones() or zone.startswith(LETTER_AREAS) else A4


def chosen(asked: str, otherwise: str) -> str:
    """Return the paper that is asked for, or the other where none is, or none that there is."""
    return asked if asked in (A4, LETTER) else otherwise


def of_desk(paper: str, zone: str) -> str:
    """Return what a desk prints on: what it has chosen, or what is usual there."""
    return chosen(paper, usual(zone))


@lru_cache(maxsize=1)
def _letter_zones() -> frozenset[str]:
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return OLDER_NAMES | {zone for country, _place, zone, *_more in rows if country in LETTER_COUNTRIES}
