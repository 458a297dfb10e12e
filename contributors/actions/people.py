"""Every way the network changes."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from contributors.models import Contributor, ContributorRate, EngagementStep, Skill
from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from projects.actions import open_first_desk

KINDS = {"roles": Skill.Kind.ROLE, "instruments": Skill.Kind.INSTRUMENT, "genres": Skill.Kind.GENRE}
TEXTS = ("name", "email", "phone", "city", "notes")  # what a person's row says in words
BATCH = 100  # rows a statement
Rates = list[dict[str, Any]]  # [{"unit", "amount"}]


@transaction.atomic
def create_contributor(*, by: User, desk: Desk | None, rates: Rates | None = None, **said: Any) -> Contributor:
    """Return a new person of the network. Without a desk `by` gets one: this is the first act as a producer."""
    skills = {name: said.pop(name) for name in KINDS if name in said}
    person = Contributor(desk=desk or open_first_desk(by), **said)
    _refuse_taken_address(person)
    person.full_clean()
    person.save()
    _set_skills(person, skills)
    _set_rates(person, rates or [])
    return person


@transaction.atomic
def update_contributor(
    *, contributor: Contributor, expected: int, rates: Rates | None = None, **said: Any
) -> Contributor:
    """Change what was said. Raises Stale when somebody changed it first."""
    bump(contributor, expected)
    skills = {name: said.pop(name) for name in KINDS if name in said}
    for name, value in said.items():
        setattr(contributor, name, value)
    _refuse_taken_address(contributor)
    contributor.full_clean()
    contributor.save(update_fields=[*said, "updated_at"])
    _set_skills(contributor, skills)
    if rates is not None:
        _set_rates(contributor, rates)
    return contributor


@transaction.atomic
def set_active(*, contributor: Contributor, active: bool) -> Contributor:
    """Archive a person, who then is offered for nothing new, or bring the person back."""
    bump(contributor)
    contributor.active = active
    contributor.save(update_fields=["active", "updated_at"])
    return contributor


@transaction.atomic
def delete_contributor(*, contributor: Contributor) -> None:
    """Delete a person who was never hired or called."""
    try:
        contributor.delete()
    except models.ProtectedError as error:
        words = {"name": contributor.name, "what": _counted(error.protected_objects)}
        raise Conflict(_("%(name)s has %(what)s. Archive the person instead: then nothing is lost.") % words) from None


def _counted(found: Any) -> str:
    """Return "2 engagements and 1 call"."""
    rows = list(found)
    # the history of roles is the reason to tell only where no role is any more
    rows = [row for row in rows if not isinstance(row, EngagementStep)] or rows
    counts = Counter(type(row)._meta for row in rows)
    words = [
        f"{number} {meta.verbose_name if number == 1 else meta.verbose_name_plural}"
        for meta, number in sorted(counts.items(), key=lambda pair: str(pair[0].verbose_name))
    ]
    return str(get_text_list(words, _("and")))


def _refuse_taken_address(person: Contributor) -> None:
    """Refuse an address that another person of this desk has. Whether it has an account is nobody's business here."""
    person.email = person.email.lower()
    same = Contributor.objects.filter(desk=person.desk, email=person.email).exclude(pk=person.pk)
    other = same.first() if person.email else None
    if other and other.active:
        raise Refused({"email": _("%(name)s has this address already.") % {"name": other.name}})
    if other:
        raise Refused({"email": _("%(name)s has this address, and is archived.") % {"name": other.name}})


def _set_skills(person: Contributor, said: Mapping[str, list[str]]) -> None:
    """Bring the named kinds of skills to these names, in this order."""
    for name, kind in KINDS.items():
        if name in said and said[name] != [skill.name for skill in person.skills.filter(kind=kind)]:
            person.skills.filter(kind=kind).delete()
            Skill.objects.bulk_create(new_skill(person, kind, text) for text in said[name])


def new_skill(person: Contributor, kind: str, name: str) -> Skill:
    """Return a skill, not yet saved."""
    return Skill(contributor=person, kind=kind, name=name, key=name.casefold())


def _set_rates(person: Contributor, said: Rates) -> None:
    person.rates.all().delete()
    ContributorRate.objects.bulk_create(new_rate(person, rate) for rate in said)


def new_rate(person: Contributor, said: Mapping[str, Any]) -> ContributorRate:
    """Return a rate, not yet saved."""
    amount = said["amount"]
    return ContributorRate(contributor=person, unit=said["unit"], amount_minor=amount.minor, currency=amount.currency)


# --- many at once: imports ----------------------------------------------------------------------------


@transaction.atomic
def add_many(*, desk: Desk, people: list[dict[str, Any]]) -> None:
    """Add people whose words were checked already."""
    made = [Contributor(desk=desk, **{name: said[name] for name in TEXTS if name in said}) for said in people]
    Contributor.objects.bulk_create(made, batch_size=BATCH)
    pairs = list(zip(made, people, strict=True))
    Skill.objects.bulk_create(
        (
            new_skill(person, kind, text)
            for person, said in pairs
            for name, kind in KINDS.items()
            for text in said.get(name, ())
        ),
        batch_size=BATCH,
    )
    ContributorRate.objects.bulk_create(
        (new_rate(person, rate) for person, said in pairs for rate in said.get("rates", ())), batch_size=BATCH
    )


@transaction.atomic
def amend_many(pairs: list[tuple[Contributor, dict[str, Any]]]) -> None:
    """Change people by words that were checked already: texts are replaced, skills added, rates set by unit.

    The rows come locked, with their skills and rates read.
    """
    skills, rates, now = [], [], clock.now()
    for person, said in pairs:
        for name in TEXTS:
            setattr(person, name, said.get(name, getattr(person, name)))
        person.version += 1
        person.updated_at = now
        known = {(skill.kind, skill.key) for skill in person.skills.all()}
        skills += [
            new_skill(person, kind, text)
            for name, kind in KINDS.items()
            for text in said.get(name, ())
            if (kind, text.casefold()) not in known
        ]
        standing = {rate.unit: rate for rate in person.rates.all()}
        for rate in said.get("rates", ()):
            fresh = new_rate(person, rate)
            fresh.pk = standing[fresh.unit].pk if fresh.unit in standing else None
            rates.append(fresh)
    Contributor.objects.bulk_update([pair[0] for pair in pairs], [*TEXTS, "version", "updated_at"], batch_size=BATCH)
    Skill.objects.bulk_create(skills, batch_size=BATCH)
    ContributorRate.objects.bulk_update(
        [rate for rate in rates if rate.pk], ["amount_minor", "currency"], batch_size=BATCH
    )
    ContributorRate.objects.bulk_create([rate for rate in rates if not rate.pk], batch_size=BATCH)
