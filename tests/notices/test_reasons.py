"""Why something was not sent is kept in no language, and told in the reader's."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from producerdesk.notices import reasons
from producerdesk.notices.models import Delivery
from producerdesk.notices.serializers import DeliveryRow
from sessions import actions
from tests.cast import Cast, make_cast
from tests.sessions import scheduling

GERMAN = {"Has said no.": "Hat abgesagt.", "Refused: %(what)s": "Abgelehnt: %(what)s"}


@pytest.fixture
def german() -> Iterator[None]:
    """A language in which these words are known."""
    catalog = trans_real.translation("de")._catalog  # type: ignore[attr-defined]
    for word, german in GERMAN.items():
        catalog[word] = german
    yield
    trans_real._translations.pop("de", None)  # type: ignore[attr-defined]


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def test_a_reason_is_kept_without_a_language_and_worded_for_the_reader(cast: Cast, german: None) -> None:
    session = scheduling.book(cast, cast.wren_called)
    with translation.override("de"):
        actions.decline_call(viewer=cast.viewer("ana"), call=session.calls.get())
    skipped = Delivery.objects.filter(reason="Has said no.")
    assert skipped.exists()
    assert {row["reason"] for row in DeliveryRow.read(skipped)} == {"Has said no."}
    with translation.override("de"):
        assert {row["reason"] for row in DeliveryRow.read(skipped)} == {"Hat abgesagt."}


def test_what_a_server_said_stays_as_it_said_it(german: None) -> None:
    kept = reasons.about(reasons.REFUSED, "550 100% full\nsorry %(what)s")
    assert reasons.worded(kept) == "Refused: 550 100% full sorry %(what)s"
    with translation.override("de"):
        assert reasons.worded(kept) == "Abgelehnt: 550 100% full sorry %(what)s"


@pytest.mark.parametrize("nothing", ["", None])
def test_no_reason_is_no_words(nothing: str | None) -> None:
    assert reasons.worded(nothing) == nothing


def test_a_long_reason_fits_its_column() -> None:
    assert len(reasons.about(reasons.SERVER_SAID, "x" * 999)) == reasons.LENGTH == 240
