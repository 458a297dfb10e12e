"""API tokens: made on the command line, narrow, and never more than their owner is now."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from producerdesk.accounts.models import ApiToken, OnceKey
from projects.models import Membership, TokenProject
from projects.tokens import make_token
from tests import makers
from tests.calling import Caller
from tests.cast import Cast


def token(cast: Cast, *scopes: str, of: str = "ana", projects: tuple[int, ...] = (), days: int = 30) -> str:
    """Return the secret of a new token."""
    return make_token(owner=getattr(cast, of), name="feed", scopes=scopes, project_ids=projects, days=days)[1]


def bearer(secret: str) -> Caller:
    """Return who calls with this token."""
    return Caller(authorization=f"Bearer {secret}")


def test_the_command_prints_the_token_once_and_keeps_a_hash(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    call_command(
        "create_token", email="ANA@example.com", name="Label", scopes=["budget:read,project:read"], days=30,
        project=[cast.project.pk],
    )  # fmt: skip
    printed = capsys.readouterr()
    secret = printed.out.strip()
    assert re.fullmatch(r"[0-9a-f]{64}", secret)
    assert secret not in printed.err
    kept = ApiToken.objects.get()
    assert secret not in str(ApiToken.objects.values())
    assert (kept.scopes, kept.limited) == (["budget:read", "project:read"], True)
    assert kept.expiry is not None and timedelta(days=29) < kept.expiry - timezone.now() <= timedelta(days=30)
    assert bearer(secret).get("projects/").json()["count"] == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"email": "nobody@example.com"}, "nobody signs in"),
        ({"scopes": ["budget"]}, "scopes"),
        ({"scopes": [""]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 99999}, "days"),
        ({"name": "  "}, "name"),
        ({"project": [10**6]}, "projects"),
    ],
)
def test_the_command_refuses_nonsense_in_one_line(cast: Cast, changed: dict, says: str) -> None:
    usual = {"email": "ana@example.com", "name": "x", "scopes": ["budget:read"], "days": 3, "project": []}
    with pytest.raises(CommandError, match=says):
        call_command("create_token", **(usual | changed))
    assert not ApiToken.objects.exists()


def test_another_desks_project_is_no_project(cast: Cast) -> None:
    with pytest.raises(CommandError, match="projects"):
        call_command(
            "create_token", email="ana@example.com", name="x", scopes=["budget:read"], project=[cast.other_project.pk]
        )


def test_a_token_does_what_its_scopes_say(cast: Cast) -> None:
    reads = bearer(token(cast, "project:read"))
    assert reads.get("projects/").json()["count"] == 1
    assert reads.put(f"projects/{cast.project.pk}/", version=1, title="X", artist="Y").status_code == 403
    refused = reads.get("invitations/")
    assert refused.status_code == 403
    assert "no scope “people:read”" in refused.json()["detail"], "who made the token reads what it lacks"
    assert reads.get("notices/").status_code == 403, "the bell is for the person"
    assert reads.put("me/", name="Eve", time_zone="UTC").status_code == 403


def test_a_token_cannot_give_more_than_it_may(cast: Cast) -> None:
    manager = bearer(token(cast, "desk:manage", "people:read", "people:write"))
    asa = cast.desk.staff_rows.get(user=cast.asa).pk
    answer = manager.post(f"staff/{asa}/role/", role="owner")
    assert answer.status_code == 400
    answer = manager.post("invitations/", project=cast.project.pk, email="x@example.com", role="artist")
    assert answer.status_code == 400


def test_a_token_cannot_leave_for_its_owner(cast: Cast) -> None:
    mine = cast.desk.staff_rows.get(user=cast.ben).pk
    assert bearer(token(cast, "people:read", of="ben")).delete(f"staff/{mine}/").status_code == 403


def test_a_limited_token_sees_its_projects_and_nothing_of_the_desk(cast: Cast) -> None:
    second = makers.make_project(cast.desk, "Second")
    narrow = bearer(token(cast, "project:read", "people:read", projects=(second.pk,)))
    assert [row["id"] for row in narrow.get("projects/").json()["results"]] == [second.pk]
    assert narrow.get(f"projects/{cast.project.pk}/").status_code == 404
    assert narrow.get("staff/").json()["count"] == narrow.get("desks/").json()["count"] == 0


def test_a_limited_token_reaches_nothing_when_its_project_is_gone(cast: Cast) -> None:
    second = makers.make_project(cast.desk, "Second")
    narrow = bearer(token(cast, "project:read", projects=(second.pk,)))
    second.delete()
    assert not TokenProject.objects.exists()
    assert narrow.get("projects/").json()["count"] == 0


def test_a_token_falls_with_its_owners_role(cast: Cast) -> None:
    lena = bearer(token(cast, "project:read", of="lena"))
    assert lena.get("projects/").json()["count"] == 1
    Membership.objects.filter(user=cast.lena).delete()
    assert lena.get("projects/").json()["count"] == 0


@pytest.mark.parametrize("spoilt", ["expired", "one character", "short", "in the query", "switched off"])
def test_a_token_that_is_not_right_opens_nothing(cast: Cast, spoilt: str) -> None:
    secret = token(cast, "project:read")
    caller = bearer(secret)
    assert caller.get("projects/").status_code == 200
    match spoilt:
        case "expired":
            ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
        case "one character":
            caller = bearer(secret[:-1] + ("0" if secret[-1] != "0" else "1"))
        case "short":
            caller = bearer(secret[:8])
        case "in the query":
            assert Caller().get("projects/", token=secret).status_code == 401
            return
        case "switched off":
            cast.ana.is_active = False
            cast.ana.save()
    assert caller.get("projects/").status_code == 401


def test_a_token_asked_for_twice_is_one_and_its_secret_is_told_once(cast: Cast) -> None:
    said = {"name": "Table", "scopes": ["budget:read"], "days": 30}
    first, second = (Caller(cast.ana).post("tokens/", once="k", **said) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert bearer(first.json()["secret"]).get("budgets/").status_code == 200
    assert second.json() == first.json() | {"secret": None}
    assert ApiToken.objects.count() == 1
    kept = OnceKey.objects.get()
    assert first.json()["secret"] not in str(kept.answer), "a secret is kept nowhere"


def test_a_form_sent_twice_makes_one_token_and_says_so(cast: Cast) -> None:
    ana = Caller(cast.ana)
    form = {"name": "Table", "scopes": ["budget:read"], "days": "30", "_once": "k"}
    first, second = (ana.client.post("/me/tokens/", form).content.decode() for _ in range(2))
    assert "data-secret" in first and "data-secret" not in second
    assert "was made already" in second and ApiToken.objects.count() == 1
