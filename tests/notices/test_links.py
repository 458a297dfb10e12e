"""Private links, and the secrets in addresses."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from contributors import links
from contributors.models import Contributor, PrivateLink
from producerdesk.kit import clock, secret
from tests.makers import make_contributor, make_desk, make_user


@pytest.fixture
def juno(db: None) -> Contributor:
    """A person of a desk."""
    return make_contributor(make_desk(), "Juno Vale")


def test_a_link_opens_with_its_secret_and_nothing_else(juno: Contributor) -> None:
    link, text = links.mint(juno, now=clock.now())
    found = links.find(text)
    assert found == link
    assert found is not None and found.contributor == juno
    for wrong in ("", text[:-1], text + "A", text.swapcase(), link.salt, link.secret_hash, "ü", "\udcff", "x" * 9_000):
        assert links.find(wrong) is None


def test_nothing_in_the_database_is_the_secret(juno: Contributor) -> None:
    link, text = links.mint(juno, now=clock.now())
    assert len(text) == 43
    assert text not in (link.salt, link.secret_hash)
    assert secret.fits(text, link.secret_hash)


def test_who_has_the_database_but_not_the_key_cannot_make_the_secret(juno: Contributor, settings: Any) -> None:
    link, text = links.mint(juno, now=clock.now())
    settings.SECRET_KEY = "another key, that of the thief"
    assert secret.derive(links.PURPOSE, link.salt) != text


def test_a_secret_of_one_purpose_is_none_of_another() -> None:
    salt = secret.new_salt()
    assert secret.derive("private link", salt) != secret.derive("invitation", salt)


def test_a_link_ends_after_half_a_year(juno: Contributor) -> None:
    _, text = links.mint(juno, now=clock.now())
    assert links.find(text, now=clock.now() + links.LIFE - timedelta(minutes=1)) is not None
    assert links.find(text, now=clock.now() + links.LIFE + timedelta(minutes=1)) is None


def test_a_revoked_link_ends_at_once_and_others_do_not(juno: Contributor) -> None:
    one, first = links.mint(juno, now=clock.now())
    _, second = links.mint(juno, now=clock.now())
    links.revoke(one, now=clock.now())
    assert links.find(first) is None
    assert links.find(second) is not None
    assert links.revoke_all(juno, now=clock.now()) == 1
    assert links.find(second) is None


def test_who_is_not_active_any_more_has_no_link(juno: Contributor) -> None:
    _, text = links.mint(juno, now=clock.now())
    Contributor.objects.update(active=False)
    assert links.find(text) is None


def test_mails_carry_the_same_secret_while_it_lives_long_enough(juno: Contributor) -> None:
    first = links.for_mail(juno, now=clock.now())
    assert links.for_mail(juno, now=clock.now() + timedelta(days=60)) == first
    later = clock.now() + timedelta(days=120)
    with time_machine.travel(later, tick=False):
        second = links.for_mail(juno, now=later)
        assert second != first
        assert links.find(first) is not None, "an old mail still opens"
        assert links.find(second) is not None


def test_after_the_key_was_changed_old_mails_open_and_new_ones_carry_a_new_secret(
    juno: Contributor, settings: Any
) -> None:
    first = links.for_mail(juno, now=clock.now())
    settings.SECRET_KEY = "the new key of this server, long enough"
    second = links.for_mail(juno, now=clock.now())
    assert second != first
    assert links.find(first) is not None
    assert links.find(second) is not None
    assert links.for_mail(juno, now=clock.now()) == second


def test_it_is_noted_who_made_a_link(juno: Contributor) -> None:
    mara = make_user("mara")
    links.mint(juno, now=clock.now(), by=mara)
    assert PrivateLink.objects.get().created_by == mara


def test_a_use_is_noted_once_a_minute(juno: Contributor, django_assert_num_queries: Any) -> None:
    now = clock.now()
    _, text = links.mint(juno, now=now)
    link = links.find(text)
    assert link is not None
    links.note_use(link, now=now)
    used = links.find(text)
    assert used is not None and used.last_used_at == now
    with django_assert_num_queries(0):
        links.note_use(used, now=now + timedelta(seconds=30))
    with django_assert_num_queries(1):
        links.note_use(used, now=now + timedelta(seconds=90))


def test_right_and_wrong_secrets_cost_one_query(juno: Contributor, django_assert_num_queries: Any) -> None:
    _, text = links.mint(juno, now=clock.now())
    for tried in (text, "wrong"):
        with django_assert_num_queries(1):
            links.find(tried)
