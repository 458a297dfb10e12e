"""The way in, walked in a browser: sign up, second step, an invitation from both its ends, and the desk's own pages."""

import email
import email.policy
import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Page, expect

from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.notices import dispatcher
from producerdesk.notices.models import Notice
from projects import joining
from projects.models import Invitation, Membership
from tests import makers
from tests.accounts.inviting import page_of
from tests.accounts.test_mfa import code_for
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.once
MARA = "mara@lowlight.example"
BOTH = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


@pytest.fixture(autouse=True)
def no_mails() -> None:
    """Forget the mails of other walks."""
    for file in Path(settings.DATA_DIR, "mail").glob("*.eml"):
        file.unlink()


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, where the web server sees it."""
    return make_cast()


def link_mailed(site: str) -> str:
    """Return the link in the last account mail, which stands in a file."""
    newest = max(Path(settings.DATA_DIR, "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    message = email.message_from_bytes(newest.read_bytes(), policy=email.policy.default)
    found = re.search(r"https?://\S+", message.get_content())
    assert found and found.group().startswith(site)
    return found.group()


def fill(page: Page, **said: str) -> None:
    for label, text in said.items():
        page.get_by_label(label.replace("_", " ").replace("E mail", "E-mail"), exact=True).fill(text)


def sign_in(page: Page, who: str, password: str = makers.PASSWORD) -> None:
    page.get_by_label("E-mail", exact=True).fill(who)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


@BOTH
def test_sign_up_confirm_and_start(browsing: Browsing, site: str, phone: bool) -> None:
    page = browsing.window(phone=phone, zone="Europe/Lisbon")
    page.goto("/")
    clean(page)
    page.get_by_role("link", name="Set up your desk").click()
    clean(page)
    fill(page, Your_name="Mara Ellison", E_mail=MARA, Password="short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("too short", exact=False).first).to_be_visible()
    clean(page)
    page.get_by_label("Password", exact=True).fill(makers.PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Your link is waiting")).to_be_visible()
    clean(page)
    page.goto(link_mailed(site))
    clean(page)
    page.get_by_role("button", name="Yes, confirm it").click()
    expect(page).to_have_url(f"{site}/projects/start/")
    clean(page)
    user = User.objects.get()
    assert (user.name, user.time_zone) == ("Mara Ellison", "Europe/Lisbon")
    assert EmailAddress.objects.get().verified
    assert not Desk.objects.exists()


def test_a_second_step_from_setting_it_up_to_signing_in(browsing: Browsing, site: str, cast: Cast) -> None:
    # the tests' own fast hash is not one that the web server takes
    cast.ana.password = PBKDF2PasswordHasher().encode(makers.PASSWORD, "salt")
    cast.ana.save()
    page = browsing.window()
    page.goto("/me/")
    sign_in(page, cast.ana.email)
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.get_by_role("link", name="Two-step sign-in").click()
    clean(page)
    page.get_by_role("link", name="Turn it on").click()
    expect(page.get_by_label("Password")).to_be_visible()
    clean(page)
    page.get_by_label("Password").fill(makers.PASSWORD)
    page.keyboard.press("Enter")
    secret = page.locator("#authenticator_secret").input_value()
    clean(page)
    page.locator("input[name=code]").fill(code_for(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page).to_have_url(re.compile("recovery-codes"))
    clean(page)

    other = browsing.window(phone=True)
    other.goto("/desk/")
    sign_in(other, cast.ana.email)
    expect(other.get_by_role("heading", name="Your second step")).to_be_visible()
    clean(other)
    other.locator("input[name=code]").fill("000000")
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_text("Incorrect code")).to_be_visible()
    clean(other)
    other.locator("input[name=code]").fill(code_for(secret, steps=1))
    other.get_by_role("button", name="Sign in").click()
    expect(other).to_have_url(f"{site}/desk/{cast.desk.pk}/")


@BOTH
def test_an_invitation_from_both_its_ends(browsing: Browsing, site: str, cast: Cast, phone: bool) -> None:
    producer = browsing.window(cast.ana, phone=phone)
    producer.goto(f"/projects/{cast.project.pk}/access/")
    clean(producer)
    producer.get_by_label("E-mail", exact=True).fill("mara")
    producer.get_by_label("Role", exact=True).select_option("artist")
    producer.get_by_role("button", name="Send invitation").click()
    expect(producer.get_by_label("E-mail", exact=True)).to_have_value("mara")
    clean(producer)
    producer.get_by_label("E-mail", exact=True).fill(MARA)
    producer.get_by_role("button", name="Send invitation").click()
    expect(producer.get_by_role("heading", name="Invited")).to_be_visible()
    # what arrived is not brought back: the form is there for the next one
    expect(producer.get_by_label("E-mail", exact=True)).to_have_value("")
    expect(producer.get_by_text("What you had typed is back.")).to_have_count(0)
    clean(producer)
    dispatcher.dispatch(name="test")
    producer.goto("/desk/outbox/")
    clean(producer)
    producer.get_by_role("link", name="Ana invites you").click()
    clean(producer)
    link = producer.locator("a[href*='/invitations/']").get_attribute("href")
    assert link
    path = "/" + link.split("/", 3)[3]

    artist = browsing.window(phone=phone)
    artist.goto(path)
    expect(artist.get_by_role("heading", name="Ana invites you to Salt & Neon")).to_be_visible()
    clean(artist)
    artist.get_by_role("link", name="Make an account").click()
    expect(artist.get_by_label("E-mail", exact=True)).to_have_value(MARA)
    fill(artist, Your_name="Mara Ellison", Password=makers.PASSWORD)
    artist.get_by_role("button", name="Create account").click()
    expect(artist.get_by_role("heading", name="Your link is waiting")).to_be_visible()
    artist.goto(link_mailed(site))
    artist.get_by_role("button", name="Yes, confirm it").click()
    expect(artist).to_have_url(site + path)
    clean(artist)
    artist.get_by_role("button", name="Join", exact=True).click()
    expect(artist).to_have_url(f"{site}/projects/{cast.project.pk}/")
    assert Membership.objects.get(user__email=MARA).role == "artist"
    artist.goto(path)
    expect(artist).to_have_url(f"{site}/projects/{cast.project.pk}/")


@BOTH
def test_an_invitation_that_is_not_for_me_or_closed(browsing: Browsing, cast: Cast, phone: bool) -> None:
    invitation = joining.invite(
        by=cast.ana, desk=cast.desk, project=cast.project, email=MARA, role="label", now=clock.now()
    )
    page = browsing.window(cast.cleo, phone=phone)
    page.goto(page_of(invitation))
    expect(page.get_by_text(f"It was sent to {MARA}")).to_be_visible()
    clean(page)
    joining.take_back(invitation=invitation, now=clock.now())
    page.reload()
    expect(page.get_by_role("heading", name="This invitation was taken back")).to_be_visible()
    clean(page)
    Invitation.objects.update(revoked_at=None, expires_at=clock.now())
    page.reload()
    expect(page.get_by_role("heading", name="This invitation has run out")).to_be_visible()
    clean(page)


@BOTH
def test_the_desks_own_pages(browsing: Browsing, site: str, cast: Cast, phone: bool) -> None:
    page = browsing.window(cast.ana, phone=phone)
    page.goto("/desk/")
    clean(page)
    page.get_by_role("group", name="Reminders before").get_by_role("button", name="Add", exact=True).click()
    page.locator("input[name=reminder_offsets]").last.fill("soon")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“soon” is no span of time", exact=False)).to_be_visible()
    clean(page)
    page.locator("input[name=reminder_offsets]").last.fill("45 min")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert Desk.objects.get(pk=cast.desk.pk).reminder_offsets == [10080, 1440, 120, 45]

    page.get_by_role("link", name="Staff").click()
    row = page.get_by_role("listitem").filter(has_text="ben@example.com")
    row.locator("summary").click()
    clean(page)
    row.get_by_role("button", name="Assistant").click()
    expect(row.get_by_text("Assistant").first).to_be_visible()
    clean(page)

    page.goto("/me/")
    clean(page)
    page.get_by_label("Single-key shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("body")).to_have_attribute("data-keys", "off")

    Notice.objects.create(user=cast.ana, text="Nora confirmed Tracking", path="/me/")
    page.goto("/notices/")
    clean(page)
    page.get_by_role("button", name="Nora confirmed Tracking").click()
    expect(page).to_have_url(f"{site}/me/")
    page.goto("/notices/")
    expect(page.get_by_text("All read.")).to_be_visible()
    clean(page)


def test_every_page_of_ones_account(browsing: Browsing, cast: Cast) -> None:
    page = browsing.window(cast.ana)
    for path in (
        *("/me/", "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/"),
        *(f"/desk/{cast.desk.pk}/", f"/desk/{cast.desk.pk}/staff/", f"/projects/{cast.project.pk}/access/"),
        *("/notices/", "/desk/outbox/", "/nothing/", "/notices/?page=0"),
    ):
        page.goto(path)
        clean(page)
    visitor = browsing.window()
    for path in ("login/", "signup/", "password/reset/", "inactive/", "nothing/"):
        visitor.goto(f"/accounts/{path}")
        clean(visitor)
