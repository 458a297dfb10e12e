"""Accepting an invitation: by whom, once, and what it opens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.notices.models import Delivery, Notice
from projects import joining
from projects.models import Invitation, Membership
from projects.tokens import make_token
from sessions.booking.models import BookingSlot
from tests import makers, services
from tests.accounts.entrance import sign_in, sign_up, signed_in
from tests.accounts.inviting import MARA, accept, invite, joins, mails, page_of, secret_of, send_mails
from tests.calling import Caller, at_once
from tests.cast import Cast, make_cast

As = Callable[[str], Caller]


@pytest.fixture
def mara(cast: Cast) -> User:
    """Somebody with an account and nothing else."""
    return makers.make_user("Mara", email=MARA)


@pytest.fixture
def by_mail(settings: Any, smtp_sink: services.SmtpSink) -> services.SmtpSink:
    """The desk has a real mail server."""
    settings.OUTBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    return smtp_sink


# --- the secret -------------------------------------------------------------------------------------
@pytest.mark.parametrize("wrong", ["one character", "nothing like it", "short", "long", "empty of sense"])
def test_a_wrong_secret_is_a_404_like_any_other(cast: Cast, wrong: str) -> None:
    right = secret_of(invite(cast))
    text = {
        "one character": right[:-1] + ("x" if right[-1] != "x" else "y"),
        "nothing like it": "A" * 43,
        "short": "a",
        "long": "a" * 200,
        "empty of sense": "%F0%9F%92%A9'--",
    }[wrong]
    answer = Caller().get(f"joins/{text}/")
    usual = Caller().get("projects/1/songs-of-nobody/")
    assert answer.status_code == usual.status_code == 404
    assert answer.json() == {"code": "not_found", "detail": "There is nothing here, or it is not yours to see."}
    assert Caller().page(f"/invitations/{text}/").status_code == 404
    assert Caller(cast.nora).post(f"joins/{text}/accept/").json() == answer.json()


def test_looking_for_a_secret_is_the_same_work_found_or_not(cast: Cast) -> None:
    right = secret_of(invite(cast))
    asked = []
    for text in (right, "A" * 43):
        with CaptureQueriesContext(connection) as queries:
            joining.find(text)
        asked.append([query["sql"].replace(right, "").count("=") for query in queries])
    assert asked[0] == asked[1]
    assert len(asked[0]) == 1


def test_the_page_tells_who_asks_to_what(cast: Cast) -> None:
    invitation = invite(cast)
    text = Caller().page(page_of(invitation)).content.decode()
    assert "Ana invites you to Salt &amp; Neon" in text
    assert "Artist" in text
    assert "Nora Vale" in text, "the artist of the record"


@pytest.mark.parametrize("state", ["revoked", "expired", "accepted"])
def test_once_closed_it_tells_nothing_but_that(cast: Cast, mara: User, state: str) -> None:
    invitation = invite(cast)
    match state:
        case "revoked":
            joining.take_back(invitation=invitation, now=timezone.now())
        case "expired":
            Invitation.objects.update(expires_at=timezone.now())
        case "accepted":
            accept(invitation, mara)
    told = Caller().get(joins(invitation)).json()
    assert told.pop("state") == state
    assert set(told.values()) == {None, False}
    page = Caller().page(page_of(invitation))
    assert page.status_code == 200
    assert "Salt" not in page.content.decode()
    if state != "accepted":
        assert Caller(mara).post(joins(invitation, "accept/")).status_code == 409
        assert not Membership.objects.filter(user=mara).exists()


def test_it_falls_with_the_right_of_who_gave_it(cast: Cast, mara: User) -> None:
    invitation = joining.invite(
        by=cast.asa, desk=cast.desk, project=cast.project, email=MARA, role="assistant", now=timezone.now()
    )
    assert Caller().get(joins(invitation)).json()["state"] == "open"
    DeskStaff.objects.filter(user=cast.asa).delete()
    assert Caller().get(joins(invitation)).json()["state"] == "revoked"
    assert Caller(mara).post(joins(invitation, "accept/")).status_code == 409


# --- who may accept ---------------------------------------------------------------------------------
def test_the_invited_person_joins(cast: Cast, mara: User) -> None:
    invitation, caller = invite(cast), Caller(mara)
    assert caller.get("projects/").json()["count"] == 0
    assert caller.get(joins(invitation)).json()["is_mine"] is True
    assert caller.send(page_of(invitation))["Location"] == f"/projects/{cast.project.pk}/"
    assert caller.get("projects/").json()["count"] == 1
    invitation.refresh_from_db()
    assert invitation.accepted_by == mara
    assert mails(invitation) == [("cancelled", 1)]
    assert not Desk.objects.filter(staff=mara).exists(), "an invited artist gets no empty desk"


def test_joining_twice_is_joining_once(cast: Cast, mara: User) -> None:
    invitation, caller = invite(cast), Caller(mara)
    answers = [caller.post(joins(invitation, "accept/")) for _n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].json() == answers[2].json()
    assert Membership.objects.filter(user=mara).count() == 1


def test_somebody_else_does_not(cast: Cast) -> None:
    invitation, cleo = invite(cast), Caller(cast.cleo)
    answer = cleo.post(joins(invitation, "accept/"))
    assert answer.status_code == 403
    assert MARA in answer.json()["detail"]
    page = cleo.page(page_of(invitation)).content.decode()
    assert "You are signed in as cleo@example.com" in page
    assert ">Join<" not in page
    assert not Membership.objects.filter(user=cast.cleo).exists()


def test_an_address_that_is_only_claimed_does_not_do(cast: Cast) -> None:
    invitation = invite(cast)
    EmailAddress.objects.create(user=cast.cleo, email=MARA, verified=False)
    assert Caller(cast.cleo).post(joins(invitation, "accept/")).status_code == 403
    EmailAddress.objects.filter(email=MARA).update(verified=True)
    assert Caller(cast.cleo).post(joins(invitation, "accept/")).status_code == 200


def test_a_token_does_not_accept(cast: Cast, mara: User) -> None:
    invitation = invite(cast)
    _token, secret = make_token(owner=mara, name="x", scopes=["project:read"], days=1)
    assert Caller(authorization=f"Bearer {secret}").post(joins(invitation, "accept/")).status_code == 403


def test_nobody_is_led_to_sign_in_and_back(cast: Cast, mara: User) -> None:
    page, client = page_of(invite(cast)), Client()
    assert client.post(page)["Location"] == f"/accounts/login/?next={page}"
    assert sign_in(client, MARA, following=page)["Location"] == page
    assert client.post(page)["Location"] == f"/projects/{cast.project.pk}/"


# --- what waits for somebody ------------------------------------------------------------------------
def test_who_lost_the_mail_finds_the_invitation_after_signing_in(cast: Cast, mara: User) -> None:
    invitation = invite(cast)
    (told,) = Caller(mara).get("joins/").json()["results"]
    assert (told["secret"], told["is_mine"]) == (secret_of(invitation), True)
    assert told["project"]["title"] == "Salt & Neon"
    page = Caller(mara).page("/projects/start/").content.decode()
    assert page_of(invitation) in page and "Join a record, or start your own." in page
    assert Caller(mara).post(f"joins/{told['secret']}/accept/").status_code == 200
    assert Caller(mara).get("joins/").json() == {"count": 0, "results": []}


@pytest.mark.parametrize("why", ["revoked", "expired", "not proved", "another's", "inviter gone", "key changed"])
def test_what_one_may_not_accept_does_not_wait(cast: Cast, mara: User, settings: Any, why: str) -> None:
    invitation = invite(cast, email="noone@example.com" if why == "another's" else MARA)
    match why:
        case "revoked":
            joining.take_back(invitation=invitation, now=timezone.now())
        case "expired":
            Invitation.objects.update(expires_at=timezone.now())
        case "not proved":
            EmailAddress.objects.filter(user=mara).update(verified=False)
        case "inviter gone":
            User.objects.filter(pk=cast.ana.pk).update(is_active=False)
        case "key changed":
            settings.SECRET_KEY = "another key of this desk, as long as the first was"
    assert Caller(mara).get("joins/").json()["results"] == []
    assert "invited" not in Caller(mara).page("/projects/start/").content.decode()


def test_a_token_does_not_read_what_waits(cast: Cast, mara: User) -> None:
    invite(cast)
    _token, secret = make_token(owner=mara, name="books", scopes=["project:read"], days=30)
    assert Caller(authorization=f"Bearer {secret}").get("joins/").status_code == 403


# --- signing up from the invitation -----------------------------------------------------------------
def test_who_is_invited_makes_an_account_and_no_desk(cast: Cast) -> None:
    page = page_of(invite(cast))
    invited = Client().get(f"/accounts/signup/?next={page}").content.decode()
    assert "Make your account" in invited and "Set up your desk" not in invited
    assert "Set up your desk" in Client().get("/accounts/signup/").content.decode()


def test_a_link_that_came_by_mail_proves_the_address(cast: Cast, by_mail: services.SmtpSink) -> None:
    invitation = invite(cast)
    send_mails()
    client = Client()
    shown = client.get(page_of(invitation)).content.decode()
    assert "email=mara%40lowlight.example" in shown
    answer = sign_up(client, MARA, following=page_of(invitation))
    assert answer["Location"] == page_of(invitation)
    assert signed_in(client)
    assert len(by_mail.to(MARA)) == 1, "no second mail"
    assert client.post(page_of(invitation))["Location"] == f"/projects/{cast.project.pk}/"


def test_it_proves_no_other_address(cast: Cast, by_mail: services.SmtpSink) -> None:
    invitation = invite(cast)
    send_mails()
    client = Client()
    client.get(page_of(invitation))
    sign_up(client, "eve@example.com", following=page_of(invitation))
    assert not signed_in(client)
    assert len(by_mail.to("eve@example.com")) == 1


def test_a_link_from_the_outbox_proves_nothing(cast: Cast, mailoutbox: list) -> None:
    """Without a mail server the desk's staff can read it."""
    invitation = invite(cast)
    send_mails()
    client = Client()
    client.get(page_of(invitation))
    sign_up(client, MARA, following=page_of(invitation))
    assert not signed_in(client)
    assert [mail.to for mail in mailoutbox] == [[MARA]]


def test_nor_does_one_that_was_in_the_outbox_before_there_was_mail(cast: Cast, by_mail: Any, settings: Any) -> None:
    settings.OUTBOX = True
    invitation = invite(cast)
    send_mails()
    settings.OUTBOX = False
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        joining.send_again(invitation=invitation, now=timezone.now())
        send_mails()
        assert len(by_mail.to(MARA)) == 1
        assert Caller().get(joins(invitation)).json()["proves_address"] is False


# --- what it opens ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("present", "offered", "after"),
    [
        ("engineer", "artist", "artist"),
        ("artist", "label", "label"),
        ("label", "artist", "label"),
        ("co_producer", "label", "co_producer"),
        ("artist", "co_producer", "co_producer"),
        ("engineer", "contributor", "contributor"),
        ("label", "executive_producer", "executive_producer"),
        ("owner", "co_producer", "owner"),
    ],
)
def test_it_raises_a_role_and_never_lowers_it(cast: Cast, mara: User, present: str, offered: str, after: str) -> None:
    invitation = invite(cast, role=offered)
    makers.make_member(cast.project, mara, present)
    accept(invitation, mara)
    assert Membership.objects.get(user=mara, project=cast.project).role == after


def test_staff_need_no_membership(cast: Cast, mara: User) -> None:
    invitation = invite(cast)
    makers.make_staff(cast.desk, mara, "assistant")
    accept(invitation, mara)
    assert not Membership.objects.filter(user=mara).exists()


def test_one_may_join_the_staff(cast: Cast, mara: User) -> None:
    invitation, caller = invite(cast, desk=cast.desk, role="assistant"), Caller(mara)
    assert caller.send(page_of(invitation))["Location"] == "/"
    assert DeskStaff.objects.get(user=mara).role == "assistant"
    assert caller.get(f"projects/{cast.project.pk}/").status_code == 200


def test_the_desk_knows_the_person_again_and_nobody_elses_desk_does(cast: Cast, mara: User) -> None:
    here = makers.make_contributor(cast.desk, "Mara E.", email="Mara@Lowlight.Example")
    there = makers.make_contributor(cast.other_desk, "Mara", email=MARA)
    accept(invite(cast), mara)
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.user, there.user) == (mara, None)


def test_who_is_known_by_another_entry_stays_it(cast: Cast, mara: User) -> None:
    known = makers.make_contributor(cast.desk, "Mara", email="old@example.com", user=mara)
    other = makers.make_contributor(cast.desk, "Mara again", email=MARA)
    accept(invite(cast), mara)
    known.refresh_from_db()
    other.refresh_from_db()
    assert (known.user, other.user) == (mara, None)


def test_a_person_who_joins_brings_the_own_calendar(cast: Cast, mara: User) -> None:
    """A player booked by two desks becomes one person: both bookings stand, the clash is marked."""
    here = makers.make_contributor(cast.desk, "Mara", email=MARA)
    there = makers.make_contributor(cast.other_desk, "Mara", user=mara)
    makers.make_session(cast.project, cast.ana, calls=[{"contributor": here}])
    makers.make_session(cast.other_project, cast.cleo, calls=[{"contributor": there}])
    accept(invite(cast), mara)
    slots = BookingSlot.objects.filter(resource__user=mara)
    assert slots.count() == 2
    assert slots.filter(reported_clash=True).count() == 1
    assert not BookingSlot.objects.filter(resource__contributor=here).exists()


def test_the_bell_rings_for_what_was_planned_before(cast: Cast, mara: User) -> None:
    here = makers.make_contributor(cast.desk, "Mara", email=MARA)
    makers.make_session(cast.project, cast.ana, calls=[{"contributor": here}])
    reminders = Delivery.objects.filter(kind="session.reminder", state="pending")
    assert set(reminders.values_list("channel", flat=True)) == {"email"}
    accept(invite(cast), mara)
    assert reminders.filter(channel="bell").count() == reminders.filter(channel="email").count() == 3


def test_who_asked_hears_of_it_once(cast: Cast, mara: User) -> None:
    to_project, to_desk = invite(cast), invite(cast, desk=cast.desk, role="assistant")
    for invitation in (to_project, to_project, to_desk):
        accept(invitation, mara)
        send_mails()
    told = Notice.objects.filter(user=cast.ana).order_by("pk").values_list("text", "path")
    assert list(told) == [
        ("Mara has joined Salt & Neon as: Artist", f"/projects/{cast.project.pk}/access/"),
        ("Mara has joined Lowlight as: Assistant", f"/desk/{cast.desk.pk}/staff/"),
    ]


def test_a_failure_on_the_way_lets_nobody_in_by_half(cast: Cast, mara: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(invitation: Invitation, user: User) -> None:
        raise RuntimeError

    monkeypatch.setattr(joining, "_join_hooks", [fails])
    invitation = invite(cast)
    with pytest.raises(RuntimeError):
        accept(invitation, mara)
    assert not Membership.objects.filter(user=mara).exists()
    assert Invitation.objects.open().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_join_once() -> None:
    cast = make_cast()
    mara = makers.make_user("Mara", email=MARA)
    invitation = invite(cast)
    callers = [Caller(mara) for _n in range(4)]
    answers = at_once(callers, lambda caller, number: caller.post(joins(invitation, "accept/")).status_code)
    assert answers == [200] * 4
    assert Membership.objects.filter(user=mara).count() == 1
