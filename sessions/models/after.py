"""What is made of takes afterwards: the comp map of a song, and what is to be edited."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contributors.models import Contributor
from producerdesk.kit.models import Versioned
from projects.models import Song
from sessions.models.takes import Take
from sessions.queries import CompSectionQuerySet, EditTaskQuerySet


class CompSection(models.Model):
    """A part of a song, as the producer calls it (verse 1, chorus), and the takes that are used there."""

    song = models.ForeignKey(Song, models.CASCADE, related_name="comp_sections")
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(_("section"), max_length=60)
    takes = models.ManyToManyField(Take, blank=True, related_name="comp_sections")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CompSectionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class EditTask(Versioned):
    """Something to edit on a song: a keeper take, a section to be put together, or what somebody wrote down.

    It comes and goes with its cause (a take that is kept, a section with takes) for as long as it is not done.
    """

    song = models.ForeignKey(Song, models.CASCADE, related_name="edit_tasks")
    take = models.ForeignKey(Take, models.CASCADE, null=True, blank=True, related_name="edit_tasks")
    section = models.ForeignKey(CompSection, models.CASCADE, null=True, blank=True, related_name="edit_tasks")
    title = models.CharField(_("what is to be done"), max_length=200, blank=True)
    assigned_to = models.ForeignKey(
        Contributor, models.SET_NULL, null=True, blank=True, related_name="edit_tasks", verbose_name=_("who does it")
    )
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=120, blank=True)

    objects = EditTaskQuerySet.as_manager()

    class Meta:
        ordering = ["song__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["take"], condition=Q(take__isnull=False), name="one_task_a_take"),
            models.UniqueConstraint(fields=["section"], condition=Q(section__isnull=False), name="one_task_a_section"),
        ]
        indexes = [models.Index(fields=["song"], condition=Q(done_at=None), name="open_edit_tasks")]

    def __str__(self) -> str:
        return self.title or str(self.take or self.section)
