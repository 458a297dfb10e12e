"""Oneself: name, clock, keys."""

from collections.abc import Callable
from typing import Any

import pytest

from producerdesk.accounts.models import User
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]
SAID: dict[str, Any] = {"name": "Nora Vale", "time_zone": "Asia/Tokyo", "single_keys": False}


def test_everybody_with_an_account_reads_and_changes_the_own(cast: Cast, as_: As) -> None:
    nora = as_("nora")
    assert nora.get("me/").json() == {
        "id": cast.nora.pk,
        "name": "Nora",
        "email": "nora@example.com",
        "time_zone": "UTC",
        "single_keys": True,
        "desks": [],
    }
    assert nora.put("me/", **SAID).json()["time_zone"] == "Asia/Tokyo"
    user = User.objects.get(pk=cast.nora.pk)
    assert (user.name, user.single_keys) == ("Nora Vale", False)
    assert as_("ana").get("me/").json()["desks"] == [{"id": cast.desk.pk, "name": "Lowlight", "role": "owner"}]


@pytest.mark.parametrize(
    "changed",
    [
        {"email": "a@b.example"},
        {"id": 1},
        {"is_superuser": True},
        {"name": ""},
        {"time_zone": "x"},
        {"single_keys": "?"},
    ],
)
def test_nonsense_is_refused_by_field(as_: As, changed: dict[str, Any]) -> None:
    answer = as_("nora").put("me/", **(SAID | changed))
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == list(changed)


def test_nobody_is_nobody(cast: Cast) -> None:
    assert Caller().get("me/").status_code == 401
    assert Caller().page("/me/").status_code == 302


def test_an_unticked_box_is_off(cast: Cast, as_: As) -> None:
    nora = as_("nora")
    nora.send("/me/", name="Nora", time_zone="UTC")
    assert User.objects.get(pk=cast.nora.pk).single_keys is False
    nora.send("/me/", name="Nora", time_zone="UTC", single_keys="true")
    assert User.objects.get(pk=cast.nora.pk).single_keys is True


def test_a_refused_form_keeps_what_was_typed(as_: As) -> None:
    answer = as_("nora").send("/me/", name="Nora V.", time_zone="Mars/Olympus")
    assert answer.status_code == 422
    fields = answer.context["form"]["fields"]
    assert fields["name"]["value"] == "Nora V."
    assert fields["time_zone"]["errors"]
