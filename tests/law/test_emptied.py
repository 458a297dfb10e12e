"""After a test that commits the next one finds what `migrate` left, and nothing else."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from sessions.booking import net
from tests import databases
from tests.kept import rows_now
from tests.law.world import make_world


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_taken_out_and_what_migrate_made_stays() -> None:
    made = ContentType.objects.count(), Permission.objects.count(), net.laid()
    make_world()
    assert len(rows_now()) > 30
    databases.empty()
    assert rows_now() == {}
    assert (ContentType.objects.count(), Permission.objects.count(), net.laid()) == made
    assert all(made)
