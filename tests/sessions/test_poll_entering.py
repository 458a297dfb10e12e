"""What somebody told the desk otherwise is entered in a date poll for them: until they answer themselves."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from sessions.actions import clear_answer, enter_answer
from sessions.models import DatePoll, PollReply, StudioSession
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.polling import PATH, propose, row_of, said, told

pytestmark = pytest.mark.usefixtures("noon")


def test_what_somebody_said_on_the_phone_is_entered_and_shown_as_such(
    poll: dict[str, Any], cast: Cast, ana: Caller, wren: Caller
) -> None:
    name = cast.wren_called.name
    words = told(poll, name, "no", "yes", "maybe", note="On the phone")
    entered = ana.post_over(f"{PATH}{poll['id']}/enter/", 1, **words)
    assert (entered.status_code, entered.headers["ETag"]) == (200, '"2"'), entered.content
    row = row_of(entered.json(), name)
    assert (list(row["answers"].values()), row["note"]) == (["no", "yes", "maybe"], "On the phone")
    assert row["entered_by"] == cast.ana.name and row["answered_at"]
    assert entered.json()["best"] == poll["slots"][1]["id"]
    assert f"Entered by {cast.ana.name}" in ana.page(f"/date-polls/{poll['id']}/").content.decode()
    assert wren.get(f"{PATH}{poll['id']}/").json()["replies"][0]["entered_by"] == cast.ana.name
    # what she says herself wins, and cannot be written over then
    assert wren.post(f"{PATH}{poll['id']}/answer/", **said(poll, "yes", "no", "no")).status_code == 200
    own = row_of(ana.get(f"{PATH}{poll['id']}/").json(), name)
    assert (list(own["answers"].values()), own["entered_by"]) == (["yes", "no", "no"], None)
    for action, words in (("enter", told(poll, name, "no", "no", "no")), ("clear", {"reply": row["id"]})):
        stale = ana.post_over(f"{PATH}{poll['id']}/{action}/", row["version"], **words)
        assert (stale.status_code, stale.json()["current"]["version"]) == (412, own["version"])
        refused = ana.post_over(f"{PATH}{poll['id']}/{action}/", own["version"], **words)
        assert (refused.status_code, name in refused.json()["detail"]) == (409, True)
    assert row_of(ana.get(f"{PATH}{poll['id']}/").json(), name)["answers"] == own["answers"]


def test_what_was_entered_counts_also_late_and_confirms_the_call(poll: dict[str, Any], cast: Cast, ana: Caller) -> None:
    later = clock.now() + timedelta(days=9)
    with time_machine.travel(later, tick=False):
        words = told(poll, cast.wren_called.name, "yes", "no", "no")
        entered = ana.post_over(f"{PATH}{poll['id']}/enter/", 1, **words)
        assert entered.status_code == 200
        booked = ana.post(f"{PATH}{poll['id']}/confirm/", slot=poll["slots"][0]["id"])
        assert booked.status_code == 200, booked.content
        answers = dict(StudioSession.objects.get(state="confirmed").calls.values_list("contributor__name", "answer"))
        assert answers == {cast.wren_called.name: "confirmed", cast.nora_called.name: "pending"}
        words = told(poll, cast.nora_called.name, "yes", "no", "no")
        over = ana.post_over(f"{PATH}{poll['id']}/enter/", 1, **words)  # decided before it was read: said as that
        assert over.status_code == 409


def test_an_own_answer_that_comes_at_the_same_moment_stands(poll: dict[str, Any], cast: Cast, wren: Caller) -> None:
    """What is entered has read the row before the person's answer was written."""
    row = row_of(poll, cast.wren_called.name)
    stale = PollReply.objects.get(pk=row["id"])
    wren.post(f"{PATH}{poll['id']}/answer/", **said(poll, "yes", "no", "no"))
    answers = {slot["id"]: "no" for slot in poll["slots"]}
    with pytest.raises(Conflict):
        enter_answer(viewer=cast.viewer("ana"), poll=DatePoll.objects.get(), reply=stale, answers=answers)
    with pytest.raises(Conflict):
        again = PollReply(pk=stale.pk, poll=stale.poll)
        clear_answer(viewer=cast.viewer("ana"), poll=DatePoll.objects.get(), reply=again)
    assert set(PollReply.objects.get(pk=stale.pk).answers.values()) == {"yes", "no"}


@pytest.mark.once
def test_an_answer_is_entered_by_who_plans_for_who_was_asked(
    poll: dict[str, Any], cast: Cast, ana: Caller, wren: Caller
) -> None:
    words = told(poll, cast.wren_called.name, "yes", "yes", "yes")
    slots = [{"day": f"2027-04-{n}", "starts": "10:00", "ends": "12:00"} for n in (10, 11)]
    of_another = propose(ana, cast, slots=slots).json()["replies"][0]["id"]
    for action in ("enter", "clear"):
        path = f"{PATH}{poll['id']}/{action}/"
        assert wren.post(path, **words).status_code == 403  # her own goes by "answer"
        assert Caller(cast.cleo).post(path, **words).status_code == 404
        nobody = ana.post(path, **words | {"reply": of_another} if action == "enter" else {"reply": of_another})
        assert (nobody.status_code, "reply" in nobody.json()["fields"]) == (400, True)
    missing = ana.post_over(f"{PATH}{poll['id']}/enter/", 1, **words | {"answers": words["answers"][:1]})
    assert (missing.status_code, "answers" in missing.json()["fields"]) == (400, True)
    assert not PollReply.objects.exclude(answered_at=None).exists()


@pytest.mark.once
def test_the_page_enters_an_answer_and_takes_it_back(poll: dict[str, Any], cast: Cast, ana: Caller) -> None:
    name, page = cast.wren_called.name, f"/date-polls/{poll['id']}/"
    reply = row_of(poll, name)["id"]
    form = ana.page(f"{page}answers/{reply}/").content.decode()
    assert f"Which dates work for {name}?" in form and form.count('type="radio"') == 9
    assert ana.page(f"{page}answers/999999/").status_code == 404

    def enter(*answers: str) -> Any:
        rows = {f"answers[{n}]slot": slot["id"] for n, slot in enumerate(poll["slots"])}
        rows |= {f"answers[{n}]answer": answer for n, answer in enumerate(answers)}
        etag = ana.page(f"{page}answers/{reply}/").context["etag"]
        return ana.send(f"{page}answers/{reply}/", **rows, note="Phone", _etag=etag)

    def stands() -> list[str]:
        return list(row_of(ana.get(f"{PATH}{poll['id']}/").json(), name)["answers"].values())

    assert enter("yes", "no").status_code == 422  # one date was left out
    assert enter("yes", "no", "no").url == page
    ana.undo(page)
    assert stands() == []
    enter("yes", "no", "no")
    enter("no", "yes", "yes")
    assert stands() == ["no", "yes", "yes"]
    ana.undo(page)
    assert stands() == ["yes", "no", "no"]


def test_of_two_who_enter_at_once_the_second_is_shown_what_the_first_entered(
    poll: dict[str, Any], cast: Cast, ana: Caller
) -> None:
    name, page = cast.wren_called.name, f"/date-polls/{poll['id']}/"
    reply = row_of(poll, name)["id"]
    address = f"{page}answers/{reply}/"
    read = ana.page(address).context["etag"]
    path = f"{PATH}{poll['id']}/enter/"
    assert ana.post(path, **told(poll, name, "no", "no", "yes")).status_code == 428
    first = Caller(cast.ben).post_over(path, 1, **told(poll, name, "no", "no", "yes", note="Mail"))
    assert first.status_code == 200
    late = ana.post_over(path, 1, **told(poll, name, "yes", "no", "no"))
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    current = late.json()["current"]
    assert ([row["answer"] for row in current["answers"]], current["note"]) == (["no", "no", "yes"], "Mail")
    assert current["version"] == row_of(first.json(), name)["version"] == 2
    assert ana.post_over(f"{PATH}{poll['id']}/clear/", 1, reply=reply).status_code == 412

    typed = {f"answers[{n}]slot": slot["id"] for n, slot in enumerate(poll["slots"])} | {"note": "On the phone"}
    typed |= {f"answers[{n}]answer": answer for n, answer in enumerate(("yes", "no", "no"))}
    drawn = ana.send(address, **typed, _etag=read)
    assert drawn.status_code == 412 and "Keep mine" in drawn.text
    assert [(row["mine"], row["theirs"]) for row in drawn.context["rows"]] == [
        ("Yes", "No"),
        ("No", "Yes"),
        ("On the phone", "Mail"),
    ]
    assert [slot["said"] for slot in drawn.context["slots"]] == ["yes", "no", "no"] and "On the phone" in drawn.text
    assert list(row_of(ana.get(f"{PATH}{poll['id']}/").json(), name)["answers"].values()) == ["no", "no", "yes"]
    # the next press says: mine
    assert ana.send(address, **typed, _etag=drawn.context["etag"]).status_code == 302
    assert list(row_of(ana.get(f"{PATH}{poll['id']}/").json(), name)["answers"].values()) == ["yes", "no", "no"]


def test_an_undo_of_what_was_entered_writes_over_nobody(poll: dict[str, Any], cast: Cast, ana: Caller) -> None:
    name, page = cast.wren_called.name, f"/date-polls/{poll['id']}/"
    reply = row_of(poll, name)["id"]
    typed = {f"answers[{n}]slot": slot["id"] for n, slot in enumerate(poll["slots"])} | {"note": ""}
    typed |= {f"answers[{n}]answer": "yes" for n in range(3)}
    ana.send(f"{page}answers/{reply}/", **typed, _etag=ana.page(f"{page}answers/{reply}/").context["etag"])
    version = row_of(ana.get(f"{PATH}{poll['id']}/").json(), name)["version"]
    by_ben = Caller(cast.ben).post_over(f"{PATH}{poll['id']}/enter/", version, **told(poll, name, "no", "no", "no"))
    assert by_ben.status_code == 200
    ana.undo(page)
    row = row_of(ana.get(f"{PATH}{poll['id']}/").json(), name)
    assert (set(row["answers"].values()), row["entered_by"]) == ({"no"}, cast.ben.name)


def test_who_entered_whose_answer_stands_in_the_activity(poll: dict[str, Any], cast: Cast, ana: Caller) -> None:
    name, path = cast.wren_called.name, f"{PATH}{poll['id']}/"
    words = told(poll, name, "no", "no", "yes", note="She hates mornings")
    reply = words["reply"]
    ana.post_over(f"{path}enter/", 1, **words)
    ana.post_over(f"{path}clear/", 2, reply=reply)
    ana.post_over(f"{path}clear/", 2, reply=reply)  # refused: nothing is noted
    deeds = ana.get("activity/", project=cast.project.pk, kind="call").json()["results"]
    assert [(deed["deed"], deed["by"], deed["title"], deed["facts"]) for deed in deeds] == [
        (deed, cast.ana.name, "Vocals", {"person": name, "poll": poll["id"]}) for deed in ("entry_cleared", "entered")
    ]
    drawn = ana.page(f"/projects/{cast.project.pk}/activity/").text
    assert (
        f'entered which dates of <a class="pd-link" href="/date-polls/{poll["id"]}/">Vocals</a> work for {name}'
        in drawn
    )
    assert "mornings" not in drawn
    assert not Caller(cast.nora).get("activity/", project=cast.project.pk, kind="call").json()["results"]


def test_two_who_enter_for_two_people_are_not_in_each_others_way(
    poll: dict[str, Any], cast: Cast, ana: Caller, wren: Caller
) -> None:
    names, path = (cast.wren_called.name, cast.nora_called.name), f"{PATH}{poll['id']}/enter/"
    assert [row_of(poll, name)["version"] for name in names] == [1, 1]
    for caller, name in zip((ana, Caller(cast.ben)), names, strict=True):
        # both read the poll before either wrote
        entered = caller.post_over(path, row_of(poll, name)["version"], **told(poll, name, "yes", "no", "no"))
        assert entered.status_code == 200, entered.content
    stands = ana.get(f"{PATH}{poll['id']}/").json()
    assert [row_of(stands, name)["entered_by"] for name in names] == [cast.ana.name, cast.ben.name]
    assert "etag" not in ana.options(path).json()  # which reply it will be is not said yet
    assert "version" not in row_of(wren.get(f"{PATH}{poll['id']}/").json(), names[0])


@pytest.mark.parametrize("action", ["enter", "clear"])
def test_who_answers_while_the_producer_writes_is_not_written_over(
    poll: dict[str, Any], cast: Cast, ana: Caller, wren: Caller, action: str
) -> None:
    """What is shown is what that person said, beside what was typed; there is nothing to choose."""
    name, page = cast.wren_called.name, f"/date-polls/{poll['id']}/"
    reply = row_of(poll, name)["id"]
    ana.post_over(f"{PATH}{poll['id']}/enter/", 1, **told(poll, name, "no", "no", "no"))
    read = ana.page(f"{page}answers/{reply}/").context["etag"]
    assert wren.post(f"{PATH}{poll['id']}/answer/", **said(poll, "yes", "no", "maybe")).status_code == 200
    typed: dict[str, Any] = {f"answers[{n}]slot": slot["id"] for n, slot in enumerate(poll["slots"])}
    typed |= {"answers[0]answer": "no", "answers[1]answer": "no", "note": "On the phone"}
    if action == "enter":
        drawn = ana.send(f"{page}answers/{reply}/", **typed | {"answers[2]answer": "no"}, _etag=read)
        assert drawn.status_code == 412 and "On the phone" in drawn.text
        assert [(row["mine"], row["theirs"]) for row in drawn.context["rows"]] == [
            ("No", "Yes"),
            ("No", "If need be"),
            ("On the phone", ""),
        ]
        assert f"{name} has answered. That stands." in drawn.text and "Keep mine" not in drawn.text
    else:
        back = ana.client.post(f"{page}answers/clear/", {"reply": reply, "_etag": read}, follow=True)
        assert "This was changed in the meantime." in back.content.decode()
    assert list(row_of(ana.get(f"{PATH}{poll['id']}/").json(), name)["answers"].values()) == ["yes", "no", "maybe"]


def test_a_date_of_which_nothing_is_said_reads_the_same_on_both_sides(
    poll: dict[str, Any], cast: Cast, ana: Caller
) -> None:
    name, page = cast.wren_called.name, f"/date-polls/{poll['id']}/"
    reply = row_of(poll, name)["id"]
    ana.post_over(f"{PATH}{poll['id']}/enter/", 1, **told(poll, name, "no", "no", "no"))
    read = ana.page(f"{page}answers/{reply}/").context["etag"]
    by_ben = Caller(cast.ben).post_over(f"{PATH}{poll['id']}/clear/", 2, reply=reply)
    assert by_ben.status_code == 200
    typed: dict[str, Any] = {f"answers[{n}]slot": slot["id"] for n, slot in enumerate(poll["slots"])}
    typed |= {f"answers[{n}]answer": "no" for n in range(3)}
    drawn = ana.send(f"{page}answers/{reply}/", **typed, note="", _etag=read)
    assert drawn.status_code == 412
    assert [(row["mine"], row["theirs"]) for row in drawn.context["rows"]] == [("No", "No answer yet")] * 3


def test_what_is_told_of_an_entered_answer_is_read_before_anybody_else_can_write(
    poll: dict[str, Any], cast: Cast, ana: Caller
) -> None:
    for name, body in (
        ("enter", told(poll, cast.nora_called.name, "yes", "yes", "no")),
        ("clear", {"reply": row_of(poll, cast.nora_called.name)["id"]}),
    ):
        version = row_of(ana.get(f"{PATH}{poll['id']}/").json(), cast.nora_called.name)["version"]
        with CaptureQueriesContext(connection) as asked:
            answer = ana.post_over(f"{PATH}{poll['id']}/{name}/", version, **body)
        assert answer.headers["ETag"] == f'"{row_of(answer.json(), cast.nora_called.name)["version"]}"'
        # the undo is told by this version: the transaction ends after it was read
        assert asked[-1]["sql"].startswith("RELEASE SAVEPOINT")
