"""How a call sheet reaches who is called: the mail with the paper, and the line under the bell."""

from dataclasses import dataclass, replace

import structlog
from django.utils.translation import gettext as _

from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Attachment, Bell, Mail
from sessions.letter_parts import SCHEDULE, About, Letter, bell_of, mail_of, what_of
from sessions.sheets import changes, content, paper

log = structlog.get_logger(__name__)
SHEET = "calls/{pk}/sheet/"  # beneath a schedule


@dataclass(frozen=True)
class AboutSheet(About):
    """A call sheet, for the person called. `number` is the newest, `said` what it says, `before` what was read last."""

    number: int
    said: content.Content
    before: content.Content | None


def call_sheet(delivery: Delivery, about: AboutSheet) -> Mail:
    """The call sheet, or what changed in it."""
    news = _news(about)
    if about.before is None:
        subject, headline = _("Call sheet: %(what)s"), _("Your call sheet")
        lines = [_("Please read it and confirm: times, place, running order and what to bring.")]
    else:
        subject, headline = _("Call sheet changed: %(what)s"), _("The call sheet has changed")
        lines = news or [_("It is sent once more; nothing in it has changed.")]
    letter = Letter(subject % {"what": what_of(about)}, headline, lines, _("Read and confirm"), method="")
    return mail_of(about, letter, path=SHEET.format(pk=about.call.pk), files=(_paper(about),))


def _paper(about: AboutSheet) -> Attachment:
    """Return the sheet as a file, as this person may read it: there is no network in many a studio."""

    def made() -> bytes | None:
        said = content.for_called(about.said, about.call.pk)
        try:
            return paper.pdf(said, number=about.number, paper=about.call.session.desk.prints_on)
        except Exception as error:  # whatever is wrong with its fonts: the mail's address shows the same
            log.error("call sheet not printed", call=about.call.pk, exc_info=error)
            return None

    return Attachment(paper.name_of(about.said, about.number), "application/pdf", made)


def call_sheet_bell(delivery: Delivery, about: AboutSheet) -> Bell:
    """The same in one line."""
    text = _("Call sheet: %(what)s") if about.before is None else _("Call sheet changed: %(what)s")
    words = ". ".join([text % {"what": what_of(about)}, *_news(about)])
    return replace(bell_of(about, words), path=SCHEDULE + SHEET.format(pk=about.call.pk))


def _news(about: AboutSheet) -> list[str]:
    """Return in words what changed since the person read it, as far as that person may read it."""
    if about.before is None:
        return []
    pk = about.call.pk
    before, after = content.for_called(about.before, pk), content.for_called(about.said, pk)
    return [change["text"] for change in changes.between(before, after, call=pk)]
