"""Call sheets that were sent: each read whole later on, compared with any other, and as paper in mail and API."""

import datetime as dt
import io
from typing import Any

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from producerdesk.notices.dispatcher import dispatch
from producerdesk.notices.models import Delivery
from projects.tokens import make_token
from sessions import actions
from sessions.models import StudioSession
from sessions.notices import INVITATION
from sessions.sheets import paper
from tests import makers
from tests.calling import Caller
from tests.cast import Cast
from tests.services import SmtpSink
from tests.sessions.scheduling import by_feed, by_link, call_of, feed_of, mint

Settings = Any
A4, LETTER = (595, 842), (612, 792)


@pytest.fixture(autouse=True)
def monday(db: None) -> Any:
    """Nine days before the session."""
    with time_machine.travel(dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def session(cast: Cast) -> StudioSession:
    """A session of which three versions were sent: parking, then a later start for Wren, then parking again."""
    calls = [{"contributor": person, "role": "Player"} for person in (cast.wren_called, cast.nora_called)]
    session = makers.make_session(cast.project, cast.ana, room=cast.room, calls=calls)
    ana = cast.viewer("ana")
    contacts = [{"name": "Uwe", "what": "", "phone": "+49 73", "email": "", "audience": "nobody"}]
    for version, parking in enumerate(("In the yard", "In the street", "In the lane")):
        actions.save_sheet(viewer=ana, session=session, expected=version, parking=parking, contacts=contacts)
        actions.publish_sheet(viewer=ana, session=session, expected=version + 1)
        if not version:
            actions.change_call(viewer=ana, call=call_of(session, cast.wren_called), at=dt.time(11))
    return session


def texts(found: dict[str, Any]) -> list[str]:
    return [change["text"] for change in found["changes"]]


def said_in(answer: Any) -> str:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf"), answer.content[:200]
    return said_on(answer.content)


def said_on(body: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())


def test_each_version_is_read_whole_and_compared_with_any_other(cast: Cast, session: StudioSession) -> None:
    ana, path = Caller(cast.ana), f"call-sheets/{session.pk}/versions"
    first, second, third = (ana.get(f"{path}/{number}/").json() for number in (1, 2, 3))
    assert [each["sheet"]["parking"] for each in (first, second, third)] == [
        "In the yard",
        "In the street",
        "In the lane",
    ]
    assert (first["since"], texts(first), first["newest"], first["numbers"]) == (None, [], 3, [3, 2, 1])
    later = "Call time of Wren Castellan 10:00 → 11:00"
    assert (second["since"], texts(second)) == (1, [later, "Parking: In the yard → In the street"])
    assert (third["since"], texts(third)) == (2, ["Parking: In the street → In the lane"])
    assert later in texts(ana.get(f"{path}/3/", since=1).json())
    assert "Call time of Wren Castellan 11:00 → 10:00" in texts(ana.get(f"{path}/1/", since=3).json())
    assert "+49 73" not in str((first, second, third))  # for nobody is for nobody in old versions, too

    page = ana.page(f"/sessions/{session.pk}/call-sheet/versions/3/?since=1").content.decode()
    assert "In the lane" in page and later in page and '<option value="1" selected' in page
    assert "This is an older version" in ana.page(f"/sessions/{session.pk}/call-sheet/versions/1/").content.decode()
    assert f'href="/sessions/{session.pk}/call-sheet/versions/1/"' in (
        ana.page(f"/sessions/{session.pk}/call-sheet/").content.decode()
    )
    said = said_in(ana.page(f"/sessions/{session.pk}/call-sheet/versions/1.pdf"))
    assert "In the yard" in said and "Version 1" in said and "version 3 was sent since" in said


def test_a_version_says_what_became_of_it_at_those_who_stand_on_it(cast: Cast, session: StudioSession) -> None:
    """Nora agreed to the third; then she is taken off, Emil is called, and a fourth is sent."""
    actions.confirm_sheet(viewer=cast.viewer("nora"), call=call_of(session, cast.nora_called), number=3)
    ana = cast.viewer("ana")
    actions.remove_call(viewer=ana, call=call_of(session, cast.nora_called))
    actions.call_person(viewer=ana, session=session, contributor=cast.emil_called, role="Player")
    actions.publish_sheet(viewer=ana, session=session, expected=3)

    def readers(number: int) -> dict[str, str]:
        found = Caller(cast.ana).get(f"call-sheets/{session.pk}/versions/{number}/").json()["readers"]
        return {reader["name"]: reader["state"] for reader in found}

    wren, nora, emil = (person.name for person in (cast.wren_called, cast.nora_called, cast.emil_called))
    assert readers(4) == {wren: "sending", emil: "sending"}
    assert readers(3) == {wren: "failed", nora: "confirmed"}  # to Wren it had not left before the next was sent
    assert readers(2) == {wren: "failed", nora: "failed"}
    page = {
        number: Caller(cast.ana).page(f"/sessions/{session.pk}/call-sheet/versions/{number}/") for number in (2, 3, 4)
    }
    assert "0 opened, 0 confirmed of 2" in page[4].content.decode()
    # whoever opened an older one may have opened a newer since, and only the newest is noted: it is not summed up
    for older in (page[2].content.decode(), page[3].content.decode()):
        assert nora in older and "confirmed of" not in older


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("versions/4/", 404),
        ("versions/999999999/", 404),
        ("versions/1/?since=4", 400),
        ("versions/1/?since=x", 400),
        ("versions/1/?before=2", 400),
        ("pdf/?number=4", 404),
        ("pdf/?number=0", 400),
        ("pdf/?paper=a5", 400),
    ],
)
def test_what_is_not_there_is_said(cast: Cast, session: StudioSession, asked: str, status: int) -> None:
    assert Caller(cast.ana).get(f"call-sheets/{session.pk}/{asked}").status_code == status


def test_a_program_gets_the_paper(cast: Cast, session: StudioSession) -> None:
    """With a token: who plans any version, who is called the own sheet, each as far as the token reaches."""
    call = call_of(session, cast.nora_called)

    def by_token(owner: Any, *scopes: str) -> Caller:
        return Caller(authorization=f"Bearer {make_token(owner=owner, name='t', scopes=list(scopes), days=30)[1]}")

    ana = by_token(cast.ana, "schedule:read", "schedule:write")
    assert "In the lane" in said_in(ana.get(f"call-sheets/{session.pk}/pdf/"))
    assert "In the yard" in said_in(ana.get(f"call-sheets/{session.pk}/pdf/", number=1, paper="letter"))
    assert by_token(cast.ana, "schedule:read").get(f"call-sheets/{session.pk}/pdf/").status_code == 403
    assert by_token(cast.ana, "budget:read").get(f"call-sheets/{session.pk}/pdf/").status_code in (403, 404)
    own = f"call-sheet-copies/{call.pk}/pdf/"
    assert "+49" not in said_in(by_token(cast.nora, "schedule:read").get(own))
    assert by_feed(feed_of(Caller(cast.nora))).get(own).status_code == 403
    assert by_link(mint(cast.wren_called)).get(own).status_code == 404


# --- in the mail ------------------------------------------------------------------------------------------
@pytest.fixture
def posted(smtp_sink: SmtpSink, settings: Settings) -> SmtpSink:
    """A mail server that the desk sends by."""
    settings.OUTBOX = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    Delivery.objects.filter(kind=INVITATION).delete()
    return smtp_sink


def test_the_mail_brings_the_paper_as_its_reader_may_read_it(
    cast: Cast, session: StudioSession, posted: SmtpSink
) -> None:
    cast.nora_called.phone = "+49 11"  # for production only
    cast.nora_called.save()
    actions.publish_sheet(viewer=cast.viewer("ana"), session=session, expected=3)
    dispatch(name="test")
    (mail,) = posted.to(cast.wren_called.email)
    (file,) = mail.message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("call-sheet-2027-03-10-v4.pdf", "application/pdf")
    said = said_on(file.get_content())
    assert "Wren Castellan" in said and "In the lane" in said and "Version 4" in said
    assert "+49 11" not in said and "Uwe" not in said


def test_what_is_mailed_is_on_the_paper_of_the_desk(cast: Cast, session: StudioSession, posted: SmtpSink) -> None:
    cast.desk.time_zone = "America/Toronto"
    cast.desk.save()
    dispatch(name="test")
    (file,) = posted.to(cast.wren_called.email)[0].message.iter_attachments()
    assert size_of(file.get_content()) == LETTER


def test_a_sheet_that_cannot_be_printed_is_mailed_without(
    cast: Cast, session: StudioSession, posted: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_fonts(*_said: Any, **_more: Any) -> bytes:
        raise OSError("no fonts")

    monkeypatch.setattr(paper, "pdf", no_fonts)
    dispatch(name="test")
    (mail,) = posted.to(cast.wren_called.email)
    assert list(mail.message.iter_attachments()) == []
    assert f"/calls/{call_of(session, cast.wren_called).pk}/sheet/" in mail.text()


def size_of(body: bytes) -> tuple[int, int]:
    box = PdfReader(io.BytesIO(body)).pages[0].mediabox
    return round(box.width), round(box.height)


@pytest.mark.parametrize(
    ("chosen", "zone", "asked", "size"),
    [
        ("", "Europe/Berlin", "", A4),
        ("", "America/Chicago", "", LETTER),
        ("", "America/Sao_Paulo", "", A4),
        ("", "US/Pacific", "", LETTER),  # an older name
        ("a4", "America/Chicago", "", A4),
        ("letter", "Europe/Berlin", "", LETTER),
        ("letter", "Europe/Berlin", "a4", A4),
        ("", "Europe/Berlin", "letter", LETTER),
    ],
)
def test_every_download_is_on_the_paper_of_the_desk_unless_it_is_asked_for(
    cast: Cast, session: StudioSession, chosen: str, zone: str, asked: str, size: tuple[int, int]
) -> None:
    cast.desk.paper, cast.desk.time_zone = chosen, zone
    cast.desk.save()
    ana, nora = Caller(cast.ana), Caller(cast.nora)
    call, query = call_of(session, cast.nora_called), {"paper": asked} if asked else {}
    words = f"?paper={asked}" if asked else ""
    for answer in (
        ana.get(f"call-sheets/{session.pk}/pdf/", **query),
        ana.get(f"call-sheets/{session.pk}/pdf/", number=1, **query),
        nora.get(f"call-sheet-copies/{call.pk}/pdf/", **query),
        ana.page(f"/sessions/{session.pk}/call-sheet.pdf{words}"),
        ana.page(f"/sessions/{session.pk}/call-sheet/versions/1.pdf{words}"),
        nora.page(f"/schedule/calls/{call.pk}/sheet.pdf{words}"),
        Client().get(f"/my/{mint(cast.wren_called)}/calls/{call_of(session, cast.wren_called).pk}/sheet.pdf{words}"),
        ana.page(f"/sessions/{session.pk}/take-sheet.pdf{words}"),
    ):
        assert (answer.status_code, size_of(answer.content)) == (200, size), answer.headers


def test_the_outbox_keeps_the_mail_and_prints_nothing(
    cast: Cast, session: StudioSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper, "pdf", lambda *said, **more: pytest.fail("printed for nobody"))
    assert dispatch(name="test").failed == 0
    secret = mint(cast.wren_called)
    monkeypatch.undo()
    call = call_of(session, cast.wren_called)
    assert "In the lane" in said_in(Client().get(f"/my/{secret}/calls/{call.pk}/sheet.pdf"))
