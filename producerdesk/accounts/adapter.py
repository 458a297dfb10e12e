"""How allauth meets our accounts."""

from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import User
from producerdesk.kit.models import zone_names
from producerdesk.kit.text import one_line

log = structlog.get_logger(__name__)
LINKS = ("activate_url", "password_reset_url", "signup_url")  # what allauth's mails lead to


@dataclass(frozen=True)
class Site:
    """What account mails call us."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    """Keeps e-mails in lower case, takes the reader's time zone from the sign-up page, and sends mails that lead home.

    A mail's links stand on SITE_URL, never on the Host header that came with the request: else anybody could have a
    reset link to a house of their own sent to somebody else.
    """

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("E-mail and password do not belong together. Look at both once more."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes, or choose a new password."),
    }

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.name = one_line(form.cleaned_data["name"])
        zone = form.cleaned_data.get("time_zone") or ""
        user.time_zone = zone if zone in zone_names() else "UTC"
        if not self.is_email_verified(request, user.email):
            # an invitation proved another address than the one typed: that one is proved as usual
            self.unstash_verified_email(request)
        if commit:
            user.save()
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one mail of an account. When the mail server is away, the page says so and nothing more happens."""
        here = urlsplit(settings.SITE_URL)
        words = {"request": self.request, "email": email, "current_site": Site("ProducerDesk", here.netloc)} | context
        for name in LINKS:
            if name in words:
                words[name] = urlsplit(words[name])._replace(scheme=here.scheme, netloc=here.netloc).geturl()
        message = self.render_mail(template_prefix, email, words)
        try:
            message.send()
        except (SMTPException, OSError) as error:
            log.error("account mail not sent", template=template_prefix, error=repr(error))
            # what never left does not count: the next sign-in sends it
            ratelimit.clear(self.request, action="confirm_email", key=email.lower())
            raise ImmediateHttpResponse(render(self.request, "accounts/mail_away.html", status=503)) from error

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """Tell somebody what was changed on the account. The change stands, whether the mail leaves or not."""
        try:
            super().send_notification_mail(*args, **options)
        except ImmediateHttpResponse:
            return
