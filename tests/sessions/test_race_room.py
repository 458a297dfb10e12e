"""What is done in the room, by everybody at once: takes, input lists, comp maps, what is to be edited, wraps, polls.

Four processes send each deed at the same time, to the API of their own process. Where two may not both have what they
want, one gets it and the rest a clean 409 or 412; what follows from a deed (numbers, places, what is to be edited, the
ledger) fits what stands afterwards. On SQLite each transaction that writes is alone, so the locks are tried on
PostgreSQL.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from budgets.audit import chain_break
from budgets.models import Budget, BudgetEntry
from contributors import links
from producerdesk.kit import clock
from projects.models import Activity, Song
from sessions.actions import editing
from sessions.actions import takes as take_log
from sessions.actions.inputs import save_inputs
from sessions.models import Call, CompSection, EditTask, InputList, StudioSession, Take
from sessions.pricing import SOURCE
from tests import makers, services
from tests.cast import Cast, make_cast
from tests.sessions.racers import PROCESSES, Outcome, Racers, poll_of, tokens_of

pytestmark = [pytest.mark.heavy, pytest.mark.soak]

HOUR_MINOR = 62_00  # of the cast's room
ROUNDS = services.rounds(2, 20)
API = "/api/v1"
GONE = [404]  # it went with its take
Deed = dict[str, Any]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, where other processes see it."""
    return make_cast()


def deed(path: str, *, method: str = "POST", **more: Any) -> Deed:
    """Return what somebody sends: `version` for If-Match, `refused` for answers that are none of a fault, `said`."""
    said = more.pop("said", {})
    return {"path": f"{API}/{path}", "method": method, "more": said} | more


def race(racers: Racers, cast: Cast, deeds: list[Deed], *, seed: int, tokens: list[str]) -> Outcome:
    outcome = racers.race(cast.ana.pk, deeds, seed=seed, clients=len(deeds), tokens=tokens)
    assert outcome.errors == []
    return outcome


def worked(cast: Cast, day: int, **said: Any) -> StudioSession:
    """Return a session that is over, with Nora and Emil called."""
    at = f"{clock.now() - timedelta(days=day):%Y-%m-%d}"
    calls = [{"contributor": person} for person in (cast.nora_called, cast.emil_called)]
    return makers.make_session(cast.project, cast.ana, f"{at}T10:00", f"{at}T12:00", calls=calls, **said)


def log(cast: Cast, session: StudioSession, song: Song, *, keeper: bool = False) -> Take:
    return take_log.log_take(
        viewer=cast.viewer("ana"), session=session, key=uuid4(), song=song.pk, keeper=keeper, performers=()
    )


def test_takes_are_numbered_once_and_edited_by_one(racers: Racers, cast: Cast) -> None:
    tokens, song = tokens_of(cast), makers.make_song(cast.project)
    for number in range(1, ROUNDS + 1):
        session = worked(cast, number + 1, songs=[song])
        first = log(cast, session, song)
        keys = [str(uuid4()) for _ in range(4)]
        deeds = [
            deed(f"take-logs/{session.pk}/takes/", said={"key": key, "song": song.pk, "keeper": True}) for key in keys
        ]
        whole = {"rating": None, "reason": ""}
        deeds += [
            deed(f"takes/{first.pk}/", method="PUT", version=1, said=whole | {"note": note, "keeper": note == "Left"})
            for note in ("Left", "Right")
        ]
        race(racers, cast, deeds, seed=number, tokens=tokens)
        logged = list(Take.objects.filter(session=session).order_by("number"))
        assert [take.number for take in logged] == [1, 2, 3, 4, 5]
        assert {str(take.key) for take in logged[1:]} == set(keys)
        first.refresh_from_db()
        assert (first.version, first.keeper) == (2, first.note == "Left")
        assert_follows(song)


def test_an_input_list_is_written_by_one_and_taken_over_whole(racers: Racers, cast: Cast) -> None:
    tokens = tokens_of(cast)
    for number in range(1, ROUNDS + 1):
        session, other = worked(cast, 2 * number), worked(cast, 2 * number + 1)
        ana = cast.viewer("ana")
        for each, source in ((session, "Kick"), (other, "Other")):
            save_inputs(viewer=ana, session=each, expected=0, channels=rows_of(source), daw=source)
        path = f"input-lists/{session.pk}/"
        deeds = [
            deed(path, method="PUT", version=1, said={"channels": rows_of(text), "daw": text})
            for text in ("Left", "Right")
        ]
        outcome = race(racers, cast, deeds, seed=number, tokens=tokens)
        assert (len(outcome.won), len(outcome.clashes)) == (1, PROCESSES * 2 - 1)
        found = InputList.objects.get(pk=session.pk)
        assert found.version == 2 and found.daw in ("Left", "Right")
        assert [row["source"] for row in found.channels] == [found.daw] * 3
        deeds = [
            deed(path, method="PUT", version=2, said={"channels": rows_of("Third"), "daw": "Third"}),
            deed(f"{path}recall/", said={"session": other.pk}),
            deed(f"{path}put_back/"),
        ]
        race(racers, cast, deeds, seed=number, tokens=tokens)
        found.refresh_from_db()
        assert {row["source"] for row in found.channels} == {found.daw}, "two lists in one"
        before = found.before or {"channels": [], "daw": ""}
        assert {row["source"] for row in before["channels"]} in (set(), {before["daw"]})


def rows_of(source: str) -> list[dict[str, str]]:
    names = ("mic", "preamp", "inserts", "converter", "note")
    return [{"channel": str(number), "source": source} | dict.fromkeys(names, "") for number in (1, 2, 3)]


def test_what_is_to_be_edited_fits_takes_and_comp_map(racers: Racers, cast: Cast) -> None:
    """Takes go and come back while they are chosen for sections that go and come back."""
    tokens = tokens_of(cast)
    for number in range(1, ROUNDS + 1):
        song = makers.make_song(cast.project)
        session = worked(cast, number + 1, songs=[song])
        kept, other = log(cast, session, song, keeper=True), log(cast, session, song)
        verse, chorus = (editing.add_section(song=song, name=name) for name in ("Verse", "Chorus"))
        written = editing.add_task(song=song, title="Tune the bass")
        task = EditTask.objects.get(take=kept)
        person = {"assigned_to": cast.emil_called.pk}
        deeds = [
            *(use(verse, kept, used=used) for used in (True, False)),
            *(use(each, other) for each in (verse, chorus)),
            deed(f"comp-sections/{chorus.pk}/", method="DELETE"),
            deed(f"comp-sections/{chorus.pk}/restore/"),
            deed(f"comp-sections/{chorus.pk}/move/", said={"position": 1}),
            deed("comp-sections/", said={"song": song.pk, "name": "Bridge"}),
            *(deed(f"takes/{each.pk}/", method="DELETE") for each in (kept, other)),
            *(deed(f"takes/{each.pk}/restore/") for each in (kept, other)),
            deed(f"edit-tasks/{written.pk}/done/"),
            deed(f"edit-tasks/{written.pk}/reopen/"),
            deed(f"edit-tasks/{written.pk}/assign/", said=person),
            deed(f"edit-tasks/{task.pk}/assign/", said=person, refused=GONE),
            deed(f"edit-tasks/{task.pk}/done/", refused=GONE),
            deed(f"edit-tasks/{task.pk}/reopen/", refused=GONE),
        ]
        race(racers, cast, deeds, seed=number, tokens=tokens)
        written.refresh_from_db()
        assert (written.done_at is None, written.assigned_to_id) == (written.done_by == "", cast.emil_called.pk)
        assert_follows(song)


def use(section: CompSection, take: Take, *, used: bool = True) -> Deed:
    """Choose a take for a section, or no more; refused where it was taken out of the log just now."""
    return deed(f"comp-sections/{section.pk}/use/", said={"take": take.pk, "used": used}, refused=[400])


def assert_follows(song: Song) -> None:
    """What is to be edited is what is kept and what is put together; places of sections have no gap."""
    tasks = list(EditTask.objects.filter(song=song))
    for take in song.takes.all():
        mine = [task for task in tasks if task.take_id == take.pk]
        assert_task(mine, wanted=take.keeper and take.removed_at is None, of=take)
    for section in CompSection.objects.filter(song=song):
        mine = [task for task in tasks if task.section_id == section.pk]
        is_comp = section.removed_at is None and section.takes.filter(removed_at=None).exists()
        assert_task(mine, wanted=is_comp, of=section)
    places = list(song.comp_sections.standing().values_list("position", flat=True))
    assert sorted(places) == list(range(1, len(places) + 1))


def assert_task(found: list[EditTask], *, wanted: bool, of: Take | CompSection) -> None:
    open_ = [task for task in found if task.done_at is None]
    assert len(found) <= 1
    assert bool(found) if wanted else not open_, f"{of}: {'nothing' if wanted else 'something'} to edit"


def test_whoever_wraps_last_is_what_the_ledger_says_and_the_song_moved_once(racers: Racers, cast: Cast) -> None:
    tokens = tokens_of(cast)
    for number in range(1, ROUNDS + 1):
        song = makers.make_song(cast.project, stage="tracking")
        session = worked(cast, number + 1, songs=[song], room=cast.room)
        log(cast, session, song, keeper=True)
        stages = [{"song": song.pk, "stage": "editing", "apply": True}]
        day = session.starts_local[:10]
        deeds = [
            deed(
                f"sessions/{session.pk}/wrap/",
                said={"real_ends_at": f"{day}T{ends}", "stages": stages},
            )
            for ends in ("12:00", "13:00", "14:30")
        ]
        deeds.append(deed(f"take-logs/{session.pk}/takes/", said={"key": str(uuid4()), "song": song.pk}))
        race(racers, cast, deeds, seed=number, tokens=tokens)
        session.refresh_from_db()
        song.refresh_from_db()
        assert (session.state, song.stage) == ("wrapped", "editing")
        assert Activity.objects.filter(kind="song", deed="stage", about_id=song.pk).count() == 1
        assert session.real_ends_at is not None
        hours = (session.real_ends_at - session.starts_at) / timedelta(hours=1)
        level = BudgetEntry.objects.of_source(SOURCE, session.pk).level()
        assert (level.open, level.actual) == (0, hours * HOUR_MINOR), "what it cost is what the hours say"
        assert chain_break(Budget.objects.get(project=cast.project)) is None


def test_who_answers_a_poll_while_it_is_decided_is_down_for_what_was_said(racers: Racers, cast: Cast) -> None:
    """Who said yes to the slot before it was confirmed has answered; who comes later is told that it is decided."""
    tokens = tokens_of(cast)
    people = (cast.nora_called, cast.emil_called, cast.wren_called)
    for number in range(1, ROUNDS + 1):
        poll = poll_of(cast, number, people, hours=(10, 12))
        slots = list(poll.slots.order_by("pk"))
        path = f"date-polls/{poll.pk}/"
        deeds = [
            deed(
                f"{path}answer/",
                authorization=f"Link {links.mint(person, now=clock.now())[1]}",
                said={"answers": [{"slot": slot.pk, "answer": answer} for slot in slots]},
            )
            for person in people
            for answer in ("yes", "no")
        ]
        deeds += [deed(f"{path}confirm/", said={"slot": slot.pk}) for slot in slots]
        deeds += [deed(f"sessions/{slot.session_id}/confirm/") for slot in slots]
        race(racers, cast, deeds, seed=number, tokens=tokens)
        poll.refresh_from_db()
        assert poll.state == "decided" and poll.decided is not None
        states = StudioSession.objects.filter(poll_slot__poll=poll).values_list("state", flat=True)
        assert sorted(states) == ["cancelled", "confirmed"]
        chosen = str(poll.decided.poll_slot.pk)
        for reply in poll.replies.all():
            call = Call.objects.get(session=poll.decided, contributor=reply.contributor)
            said_yes = reply.answers.get(chosen) == "yes"
            assert (call.answer == "confirmed") == said_yes, (reply.answers, call.answer)
