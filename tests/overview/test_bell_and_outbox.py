"""What the bell tells, what was or will be sent, and the mails of a desk without a mail server."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from producerdesk.accounts.models import Desk, User
from producerdesk.notices import actions as notices
from producerdesk.notices.models import Delivery, Notice, OutboxMail
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]
NOT_STAFF = ("nora", "emil", "cara", "lena", "xavi", "cleo")


def ring(user: User, text: str, *, read: bool = False, path: str = "/projects/") -> Notice:
    """Return a line under somebody's bell."""
    return Notice.objects.create(user=user, text=text, path=path, read_at=timezone.now() if read else None)


def deliver(desk: Desk, ref: str, **changed: Any) -> Delivery:
    """Return a planned mail of the desk, perhaps further on its way."""
    now = timezone.now()
    row = notices.Row("session.reminder", ref, "contributor:1", "email", due_at=now, recipient_name="Nora")
    notices.plan(desk=desk, rows=[row], now=now)
    Delivery.objects.filter(ref=ref).update(**changed)
    return Delivery.objects.get(ref=ref)


def leave_in_outbox(desk: Desk, **said: Any) -> OutboxMail:
    """Return a mail in the desk's outbox."""
    delivery = deliver(desk, f"call:{OutboxMail.objects.count() + 900}", state="sent")
    usual = {
        "to": "bo@example.com",
        "subject": "Hello",
        "text": "Look: http://127.0.0.1/my/secret/",
        "html": "<b>x</b>",
    }
    return OutboxMail.objects.create(desk=desk, delivery=delivery, message_id="<1@x>", **(usual | said))


# --- the bell ---------------------------------------------------------------------------------------
def test_everybody_reads_the_own_unread_first(cast: Cast, as_: As) -> None:
    ring(cast.nora, "first", read=True)
    ring(cast.nora, "second")
    ring(cast.nora, "third")
    ring(cast.ana, "not yours")
    nora = as_("nora")
    assert [row["text"] for row in nora.get("notices/").json()["results"]] == ["third", "second", "first"]
    assert nora.get("notices/", unread="true").json()["count"] == 2
    assert nora.get("notices/", unread="false").json()["count"] == 1


def test_one_is_marked_or_all_and_only_the_own(cast: Cast, as_: As) -> None:
    mine, other, theirs = ring(cast.nora, "a"), ring(cast.nora, "b"), ring(cast.ana, "c")
    nora = as_("nora")
    assert nora.post(f"notices/{theirs.pk}/read/").status_code == 404
    first = nora.post(f"notices/{mine.pk}/read/").json()["read_at"]
    assert nora.post(f"notices/{mine.pk}/read/").json()["read_at"] == first, "the first time stands"
    assert nora.post("notices/read-all/").json() == {"unread": 0}
    assert Notice.objects.get(pk=other.pk).read_at
    assert not Notice.objects.get(pk=theirs.pk).read_at


def test_a_press_marks_it_and_leads_on(cast: Cast, as_: As) -> None:
    notice, nora = ring(cast.nora, "Tracking was moved", path="/projects/7/"), as_("nora")
    assert nora.page(f"/notices/{notice.pk}/").status_code == 302
    assert Notice.objects.unread().count() == 1, "looking is not pressing"
    assert nora.send(f"/notices/{notice.pk}/")["Location"] == "/projects/7/"
    assert not Notice.objects.unread().exists()
    assert nora.send(f"/notices/{ring(cast.ana, 'x').pk}/").status_code == 404


def test_the_page_counts_what_is_new(cast: Cast, as_: As) -> None:
    nora = as_("nora")
    assert "Nothing has rung yet" in nora.page("/notices/").content.decode()
    ring(cast.nora, "<script>alert(1)</script>")
    page = nora.page("/notices/").content.decode()
    assert "1 new" in page
    assert "&lt;script&gt;" in page
    nora.send("/notices/read/")
    assert "All read." in nora.page("/notices/").content.decode()


# --- deliveries -------------------------------------------------------------------------------------
def test_staff_read_what_is_sent_and_others_do_not(cast: Cast, as_: As) -> None:
    delivery = deliver(cast.desk, "call:1")
    for name in ("ana", "ben", "asa"):
        assert as_(name).get("deliveries/").json()["count"] == 1
    for name in NOT_STAFF:
        answer = as_(name).get(f"deliveries/{delivery.pk}/")
        assert answer.status_code == (404 if name == "cleo" else 403)


def test_they_are_found_by_what_they_are_about(cast: Cast, as_: As) -> None:
    person = makers.make_contributor(cast.desk, "Wim")
    session = makers.make_session(cast.project, cast.ana, calls=[{"contributor": person}])
    other = makers.make_session(
        cast.project, cast.ana, starts="2027-04-10T10:00", calls=[{"contributor": makers.make_contributor(cast.desk)}]
    )
    ana = as_("ana")

    def refs(**query: Any) -> set[str]:
        return {row["ref"] for row in ana.get("deliveries/", page_size=100, **query).json()["results"]}

    mine, theirs = (f"call:{plan.calls.get().pk}" for plan in (session, other))
    assert refs() == {mine, theirs}
    assert refs(ref=mine) == refs(ref=f"session:{session.pk}") == {mine}
    assert refs(ref=[mine, theirs]) == {mine, theirs}
    assert refs(ref="session:999999") == refs(ref="nothing:1") == set()
    assert refs(ref=f"session:{session.pk}", state="sent") == set()


@pytest.mark.parametrize(
    "query",
    [{"state": "lost"}, {"channel": "pigeon"}, {"ref": "x" * 41}, {"ref": ["a"] * 201}, {"kind": "x"}, {"desk": "-1"}],
)
def test_nonsense_filters_are_refused(cast: Cast, as_: As, query: dict) -> None:
    answer = as_("ana").get("deliveries/", **query)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == list(query)


def test_what_failed_is_sent_again(cast: Cast, as_: As) -> None:
    delivery = deliver(cast.desk, "call:1", state="failed", reason="Mailbox full", attempts=3)
    assert as_("ana").get(f"deliveries/{delivery.pk}/").json()["may_retry"] is True
    for name in ("nora", "lena"):
        assert as_(name).post(f"deliveries/{delivery.pk}/retry/").status_code == 403
    assert as_("cleo").post(f"deliveries/{delivery.pk}/retry/").status_code == 404
    answer = as_("asa").post(f"deliveries/{delivery.pk}/retry/").json()
    assert (answer["state"], answer["attempts"], answer["reason"]) == ("pending", 0, "")
    assert as_("asa").post(f"deliveries/{delivery.pk}/retry/").status_code == 409


@pytest.mark.parametrize("number", [1, 10])
def test_lists_cost_the_same_for_few_and_many(cast: Cast, as_: As, number: int, django_assert_num_queries: Any) -> None:
    for one in range(number):
        deliver(cast.desk, f"call:{one}")
        ring(cast.ana, "x")
        leave_in_outbox(cast.desk)
    ana = as_("ana")
    for path in ("deliveries/", "notices/", "outbox/"):
        with django_assert_num_queries(3):  # login session, user with grants, rows with their count
            assert ana.get(path).status_code == 200


# --- the outbox -------------------------------------------------------------------------------------
def test_the_outbox_is_the_staffs(cast: Cast, as_: As) -> None:
    mail = leave_in_outbox(cast.desk)
    leave_in_outbox(cast.other_desk, to="x@example.com")
    assert [row["to"] for row in as_("asa").get("outbox/").json()["results"]] == ["bo@example.com"]
    assert as_("asa").get(f"outbox/{mail.pk}/").json()["text"].startswith("Look:")
    for name in NOT_STAFF:
        assert as_(name).get(f"outbox/{mail.pk}/").status_code == (404 if name == "cleo" else 403)
        assert as_(name).page(f"/desk/outbox/{mail.pk}/").status_code == (404 if name == "cleo" else 403)


def test_the_outbox_is_a_part_of_the_desks_settings(cast: Cast, as_: As) -> None:
    page = as_("ana").page("/desk/outbox/").content.decode()
    assert f'href="/desk/{cast.desk.pk}/staff/"' in page
    assert '<a href="/desk/outbox/" aria-current="page">Outbox</a>' in page


def test_a_mail_is_shown_as_text_with_its_links(cast: Cast, as_: As) -> None:
    mail = leave_in_outbox(cast.desk, text="<img src=x onerror=alert(1)>\nhttp://127.0.0.1:8000/invitations/abc/\n")
    page = as_("ana").page(f"/desk/outbox/{mail.pk}/").content.decode()
    assert "&lt;img src=x" in page
    assert '<a href="http://127.0.0.1:8000/invitations/abc/"' in page
    assert 'data-copy="http://127.0.0.1:8000/invitations/abc/"' in page, "handing it on takes one press"
    assert as_("ana").page("/desk/outbox/").context["mails"]["count"] == 1
    without = leave_in_outbox(cast.desk, text="The session was cancelled.")
    assert "data-copy" not in as_("ana").page(f"/desk/outbox/{without.pk}/").content.decode()


def test_no_page_shows_what_the_api_does_not(cast: Cast, as_: As) -> None:
    ring(cast.ana, "x")
    mail, ana = leave_in_outbox(cast.desk), as_("ana")
    assert ana.page("/notices/").context["notices"] == ana.get("notices/").json()
    assert ana.page("/desk/outbox/").context["mails"] == ana.get("outbox/").json()
    assert ana.page(f"/desk/outbox/{mail.pk}/").context["mail"] == ana.get(f"outbox/{mail.pk}/").json()


def test_reminders_follow_a_desks_new_offsets(cast: Cast, as_: As) -> None:
    person = makers.make_contributor(cast.desk, "Wim")
    session = makers.make_session(cast.project, cast.ana, calls=[{"contributor": person}])
    planned = Delivery.objects.filter(kind="session.reminder", ref=f"call:{session.calls.get().pk}", state="pending")
    assert set(planned.values_list("offset", flat=True)) == {10080, 1440, 120}
    said = {
        "name": "Lowlight",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "reminder_offsets": ["1 day", "45 min"],
    }
    assert as_("ana").put(f"desks/{cast.desk.pk}/", version=1, **said).status_code == 200
    assert set(planned.values_list("offset", flat=True)) == {1440, 45}
    for reminder in planned:
        assert session.calls.get().call_at - reminder.due_at == timedelta(minutes=reminder.offset)
