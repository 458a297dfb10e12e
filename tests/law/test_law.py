"""The law of the house: who may point at whom, and that nothing is without a test. import-linter holds the imports."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

# low to high: a model points at its own floor or below (design: import law). Linters do not see "app.Model" texts.
FLOORS = (
    "auth",
    "contenttypes",
    "accounts",
    "notices",
    "projects",
    "budgets",
    "contributors",
    "studio_sessions",
    "overview",
)
OURS = {"accounts", "notices", "projects", "budgets", "contributors", "studio_sessions", "overview"}
TESTS = Path(__file__).resolve().parent.parent


def _models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def _links() -> list[tuple[type[Model], Any]]:
    return [
        (model, field)
        for model in _models()
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if field.is_relation
    ]


@pytest.mark.once
def test_every_foreign_key_points_down() -> None:
    up = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model, field in _links()
        if FLOORS.index(model._meta.app_label) < FLOORS.index(field.related_model._meta.app_label)
    ]
    assert not up


@pytest.mark.once
def test_a_rule_about_what_becomes_of_a_row_is_written_for_every_link() -> None:
    for model, field in _links():
        if field.many_to_one or field.one_to_one:
            assert field.remote_field.on_delete is not None, f"{model._meta.label}.{field.name}"


@pytest.mark.once
def test_every_model_is_spoken_of_in_a_test() -> None:
    texts = "\n".join(path.read_text() for path in TESTS.rglob("*.py") if path.name != "test_law.py")
    silent = [model._meta.label for model in _models() if model.__name__ not in texts]
    assert not silent


@pytest.mark.once
def test_money_stands_in_no_shared_model() -> None:
    """Sums live in tables of their own, so a serializer of a session, song or person cannot leak one."""
    shared = ("projects", "notices", "accounts")
    tables_of_money = {"RoomRate", "StudioTerms", "ContributorRate", "EngagementFee"}
    for model in _models():
        if (
            model._meta.app_label in (*shared, "contributors", "studio_sessions")
            and model.__name__ not in tables_of_money
        ):
            sums = [field.name for field in model._meta.local_fields if field.name.endswith("_minor")]
            assert not sums, model._meta.label


@pytest.mark.once
def test_the_sessions_app_is_not_the_login_sessions() -> None:
    assert apps.get_app_config("studio_sessions").name == "sessions"
    assert apps.get_app_config("sessions").name == "django.contrib.sessions"
