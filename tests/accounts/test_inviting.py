"""Asking somebody to join: who may, whom, as what, and how often."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from producerdesk.notices.models import OutboxMail
from projects import joining
from projects.models import Invitation, Membership
from tests import makers, services
from tests.accounts.inviting import MARA, invite, mails, page_of, secret_of, send_mails
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]


def ask(caller: Caller, cast: Cast, **changed: Any) -> Any:
    """Invite by the API."""
    said: dict[str, Any] = {"project": cast.project.pk, "email": MARA, "role": "artist"} | changed
    return caller.post("invitations/", **said)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ana", 201),
        ("ben", 201),
        ("asa", 201),
        ("nora", 403),
        ("emil", 403),
        ("cara", 403),
        ("lena", 403),
        ("xavi", 403),
    ],
)
def test_producers_invite(cast: Cast, as_: As, name: str, status: int) -> None:
    assert ask(as_(name), cast).status_code == status
    assert Invitation.objects.count() == (status == 201)


def test_a_stranger_does_not_learn_of_the_project(cast: Cast, as_: As) -> None:
    real, made_up = ask(as_("cleo"), cast), ask(as_("cleo"), cast, project=10**6)
    assert real.status_code == made_up.status_code == 400
    assert real.content == made_up.content.replace(b"1000000", str(cast.project.pk).encode())
    assert Caller().post("invitations/", project=cast.project.pk, email=MARA, role="artist").status_code == 401


@pytest.mark.parametrize(
    ("name", "role"),
    [
        *(("ben", role) for role in ("co_producer", "assistant", "label", "executive_producer")),
        *(("asa", role) for role in ("assistant", "artist", "engineer", "contributor")),
    ],
)
def test_one_gives_what_one_has(cast: Cast, as_: As, name: str, role: str) -> None:
    assert ask(as_(name), cast, role=role).status_code == 201


# whoever pays says yes to the plan: an assistant may not, so neither invites somebody who may
@pytest.mark.parametrize(
    ("name", "role"), [("ben", "owner"), ("asa", "owner"), ("asa", "co_producer"), ("asa", "label")]
)
def test_and_nothing_beyond(cast: Cast, as_: As, name: str, role: str) -> None:
    assert list(ask(as_(name), cast, role=role).json()["fields"]) == ["role"]


def test_an_owner_makes_owners(cast: Cast, as_: As) -> None:
    assert ask(as_("ana"), cast, role="owner").status_code == 201


def test_a_producer_of_one_project_invites_there_alone(cast: Cast) -> None:
    second = makers.make_project(cast.desk, "Second")
    makers.make_member(second, cast.emil, "co_producer")
    emil = Caller(cast.emil)
    assert ask(emil, cast, project=second.pk).status_code == 201
    assert ask(emil, cast).status_code == 400
    assert emil.post("staff-invitations/", desk=cast.desk.pk, email=MARA, role="assistant").status_code == 403


def test_staff_are_invited_by_owners(cast: Cast, as_: As) -> None:
    said: dict[str, Any] = {"desk": cast.desk.pk, "email": MARA, "role": "assistant"}
    assert as_("ben").post("staff-invitations/", **said).status_code == 403
    assert as_("cleo").post("staff-invitations/", **said).status_code == 400
    assert list(as_("ana").post("staff-invitations/", **(said | {"role": "artist"})).json()["fields"]) == ["role"]
    answer = as_("ana").post("staff-invitations/", **said)
    assert answer.status_code == 201
    assert "project" not in answer.json()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"email": f"{'x' * 250}@example.com"}, "email"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "email"),
        ({"role": "king"}, "role"),
        ({"role": None}, "role"),
        ({"project": "salt"}, "project"),
        ({"project": None}, "project"),
        ({"project": True}, "project"),
        ({"desk": 1}, "desk"),
        ({"salt": "x"}, "salt"),
        ({"expires_at": "2099-01-01T00:00:00Z"}, "expires_at"),
    ],
)
def test_nonsense_is_refused_by_field(cast: Cast, as_: As, changed: dict, field: str) -> None:
    answer = ask(as_("ana"), cast, **changed)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not Invitation.objects.exists()


def test_a_role_that_was_not_chosen_is_no_wrong_word(cast: Cast, as_: As) -> None:
    for nothing in ("", None):
        assert ask(as_("ana"), cast, role=nothing).json()["fields"] == {"role": ["Choose one."]}
    assert ask(as_("ana"), cast, project=None).json()["fields"] == {"project": ["Choose one."]}


def test_the_answer_is_alike_for_known_and_unknown_addresses(cast: Cast, as_: As) -> None:
    def facts(email: str) -> tuple:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = ask(as_("ana"), cast, email=email)
        told = answer.json()
        for name in ("id", "email", "created_at", "mailed_at", "expires_at"):
            told.pop(name)
        return answer.status_code, told, len(asked)

    facts("warm.up@example.com")
    assert facts(cast.cleo.email) == facts("nobody@example.com")


def test_an_address_is_asked_once_at_a_time(cast: Cast, as_: As) -> None:
    ana = as_("ana")
    assert ask(ana, cast, email="Mara@Lowlight.example").json()["email"] == MARA
    again = ask(ana, cast, email="MARA@lowlight.EXAMPLE")
    assert again.status_code == 400
    assert "invited already" in again.json()["fields"]["email"][0]
    second = makers.make_project(cast.desk, "Second")
    assert ask(ana, cast, project=second.pk).status_code == 201, "for another project it is another invitation"


def test_the_database_keeps_it_too(cast: Cast) -> None:
    first = invite(cast)
    twin = Invitation.objects.get(pk=first.pk)
    twin.pk, twin.secret_hash = None, "0" * 64
    with pytest.raises(IntegrityError):
        twin.save()


def test_who_is_in_is_not_invited(cast: Cast, as_: As) -> None:
    assert "already" in ask(as_("ana"), cast, email=cast.nora.email).json()["fields"]["email"][0]
    assert "already" in ask(as_("ana"), cast, email=cast.ben.email).json()["fields"]["email"][0]


def test_what_has_run_out_makes_way(cast: Cast, as_: As) -> None:
    old = invite(cast)
    with time_machine.travel(timezone.now() + joining.LIFE + timedelta(minutes=1)):
        assert ask(as_("ana"), cast).status_code == 201
    old.refresh_from_db()
    assert old.revoked_at is not None


def test_sent_twice_it_is_one_invitation(cast: Cast, as_: As) -> None:
    said: dict[str, Any] = {"project": cast.project.pk, "email": MARA, "role": "artist"}
    first, second = (as_("ana").post("invitations/", once="k1", **said) for _n in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] == second.json()["id"]
    assert Invitation.objects.count() == 1


def test_nobody_invites_the_whole_town(cast: Cast, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "A_DAY_AT_MOST", 3)
    answers = [ask(as_("ana"), cast, email=f"p{number}@example.com").status_code for number in range(4)]
    assert answers == [201, 201, 201, 409]


# --- the mail ---------------------------------------------------------------------------------------
def test_the_mail_carries_the_secret_and_the_database_does_not(cast: Cast) -> None:
    invitation = invite(cast)
    send_mails()
    (mail,) = OutboxMail.objects.all()
    assert mail.to == MARA
    assert page_of(invitation) in mail.text
    assert "Ana" in mail.subject and "Salt & Neon" in mail.subject
    kept = str(Invitation.objects.values().get())
    assert secret_of(invitation) not in kept


def test_the_mail_to_a_desks_staff_says_so(cast: Cast) -> None:
    invitation = invite(cast, desk=cast.desk, role="assistant")
    send_mails()
    (mail,) = OutboxMail.objects.all()
    assert "work at Lowlight" in mail.subject
    assert page_of(invitation) in mail.text


def test_it_leaves_by_a_real_mail_server(cast: Cast, smtp_sink: services.SmtpSink, settings: Any) -> None:
    settings.OUTBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    invitation = invite(cast)
    assert not joining.proves_address(invitation)
    send_mails()
    (mail,) = smtp_sink.to(MARA)
    assert page_of(invitation) in mail.text()
    assert joining.proves_address(invitation)


def test_the_list_says_how_far_the_mail_came(cast: Cast, as_: As) -> None:
    invitation = invite(cast)
    path = f"invitations/{invitation.pk}/"
    assert as_("ana").get(path).json()["mail_state"] == "pending"
    send_mails()
    assert as_("ana").get(path).json()["mail_state"] == "sent"


def test_it_is_sent_again_but_not_at_once_and_not_for_ever(cast: Cast, as_: As) -> None:
    invitation, ana = invite(cast), as_("ana")
    path = f"invitations/{invitation.pk}/resend/"
    assert ana.post(path).status_code == 409
    moment = timezone.now()
    for number in range(2, joining.MAILS_AT_MOST + 1):
        moment += timedelta(minutes=11)
        with time_machine.travel(moment, tick=False):
            answer = ana.post(path)
            assert answer.status_code == 200
            assert answer.json()["expires_at"] > invitation.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
            send_mails()
        assert mails(invitation)[-1] == ("sent", number)
    with time_machine.travel(moment + timedelta(days=1)):
        assert ana.post(path).status_code == 409
    assert OutboxMail.objects.filter(text__contains=page_of(invitation)).count() == joining.MAILS_AT_MOST - 1


def test_a_mail_that_has_not_left_makes_way_for_the_next(cast: Cast, as_: As) -> None:
    invitation = invite(cast)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        as_("ana").post(f"invitations/{invitation.pk}/resend/")
        send_mails()
    assert mails(invitation) == [("superseded", 1), ("sent", 2)]


def test_what_has_run_out_can_be_sent_again(cast: Cast, as_: As) -> None:
    invitation = invite(cast)
    with time_machine.travel(timezone.now() + joining.LIFE + timedelta(days=1)):
        assert as_("ana").get(f"invitations/{invitation.pk}/").json()["state"] == "expired"
        assert as_("ana").post(f"invitations/{invitation.pk}/resend/").json()["state"] == "open"


def test_another_server_key_makes_another_secret(cast: Cast, as_: As, settings: Any) -> None:
    invitation = invite(cast)
    old = secret_of(invitation)
    settings.SECRET_KEY = "another key of the server, long enough for anything"
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert Caller().get(f"joins/{old}/").status_code == 200, "a mail that was sent still opens"
        Caller(cast.ana).post(f"invitations/{invitation.pk}/resend/")
    invitation.refresh_from_db()
    assert Caller().get(f"joins/{secret_of(invitation)}/").status_code == 200


def test_taken_back_it_is_closed_and_its_mail_stays(cast: Cast, as_: As) -> None:
    invitation = invite(cast)
    assert as_("asa").delete(f"invitations/{invitation.pk}/").status_code == 204
    send_mails()
    assert mails(invitation) == [("cancelled", 1)]
    assert as_("ana").delete(f"invitations/{invitation.pk}/").status_code == 409
    assert as_("ana").post(f"invitations/{invitation.pk}/resend/").status_code == 409
    assert as_("ana").get("invitations/", waiting="true").json()["count"] == 0
    assert as_("ana").get("invitations/", waiting="false").json()["count"] == 1


def test_who_may_not_give_a_role_does_not_take_it_back(cast: Cast, as_: As) -> None:
    invitation = invite(cast, role="owner")
    assert as_("asa").get(f"invitations/{invitation.pk}/").json()["may_change"] is False
    assert as_("asa").delete(f"invitations/{invitation.pk}/").status_code == 400
    assert as_("ana").delete(f"invitations/{invitation.pk}/").status_code == 204


@pytest.mark.parametrize("name", ["nora", "emil", "cara", "lena", "xavi"])
def test_who_is_invited_is_the_producers_business(cast: Cast, as_: As, name: str) -> None:
    invitation = invite(cast)
    for path in ("invitations/", f"invitations/{invitation.pk}/", "staff-invitations/"):
        assert as_(name).get(path).status_code == 403
    assert as_(name).page(f"/projects/{cast.project.pk}/access/").status_code == 403
    assert as_("cleo").get(f"invitations/{invitation.pk}/").status_code == 404


def test_the_two_kinds_do_not_mix(cast: Cast, as_: As) -> None:
    to_desk, to_project = invite(cast, desk=cast.desk, role="assistant"), invite(cast, email="x@example.com")
    ana = as_("ana")
    assert ana.get(f"invitations/{to_desk.pk}/").status_code == 404
    assert ana.get(f"staff-invitations/{to_project.pk}/").status_code == 404
    assert as_("ben").delete(f"staff-invitations/{to_desk.pk}/").status_code == 403


@pytest.mark.parametrize("number", [1, 10])
def test_a_list_costs_the_same_for_few_and_many(
    cast: Cast, as_: As, number: int, django_assert_num_queries: Any
) -> None:
    for one in range(number):
        invite(cast, email=f"p{one}@example.com")
        makers.make_member(cast.project, makers.make_user(f"M {one}"), "artist")
    ana = as_("ana")
    for path in ("invitations/", "members/", "staff/"):
        with django_assert_num_queries(3):  # login session, user with grants, rows with their count
            assert ana.get(path).status_code == 200


# --- the pages --------------------------------------------------------------------------------------
def test_the_page_invites_and_shows_who_waits(cast: Cast, as_: As) -> None:
    ana, page = as_("ana"), f"/projects/{cast.project.pk}/access/"
    assert ana.send(page, project=cast.project.pk, email=MARA, role="artist")["Location"] == page
    shown = ana.page(page).context
    assert [row["email"] for row in shown["invitations"]["results"]] == [MARA]
    assert [row["user"]["name"] for row in shown["members"]["results"]] == ["Nora", "Emil", "Cara", "Lena", "Xavi"]
    assert [row["user"]["name"] for row in shown["staff"]["results"]] == ["Ana", "Ben", "Asa"]
    answer = ana.send(page, project=cast.project.pk, email=MARA, role="label")
    assert answer.status_code == 422
    assert answer.context["form"]["fields"]["role"]["value"] == "label"
    invitation = Invitation.objects.get()
    assert ana.send(f"/invitations/{invitation.pk}/take-back/", next=page)["Location"] == page
    assert not Invitation.objects.open().exists()


def test_the_staff_page_invites(cast: Cast, as_: As) -> None:
    page = f"/desk/{cast.desk.pk}/staff/"
    assert as_("ana").send(page, desk=cast.desk.pk, email=MARA, role="assistant")["Location"] == page
    assert [row["email"] for row in as_("ana").page(page).context["invitations"]["results"]] == [MARA]
    assert not Membership.objects.filter(user__email=MARA).exists()
