"""The input list of a session: what comes in on which channel, and how the session is recorded."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk
from producerdesk.kit.models import Versioned
from sessions.models.session import StudioSession
from sessions.queries import InputListQuerySet, InputTemplateQuerySet


class InputList(Versioned):
    """The input list of a session, edited whole, and the facts of its recording.

    `channels` rows are `{channel, source, mic, preamp, inserts, converter, note}`, all text. `before` is what stood
    there when a template or another session's list was taken over, until the list is written again: to put it back.
    """

    class Rate(models.IntegerChoices):
        """Samples a second."""

        K44 = 44_100, "44.1 kHz"
        K48 = 48_000, "48 kHz"
        K88 = 88_200, "88.2 kHz"
        K96 = 96_000, "96 kHz"
        K176 = 176_400, "176.4 kHz"
        K192 = 192_000, "192 kHz"

    class Depth(models.IntegerChoices):
        """Bits a sample. 32 is floating point in every recorder."""

        B16 = 16, _("16 bit")
        B24 = 24, _("24 bit")
        B32 = 32, _("32 bit float")

    session = models.OneToOneField(StudioSession, models.CASCADE, primary_key=True, related_name="input_list")
    daw = models.CharField(_("DAW"), max_length=60, blank=True)
    sample_rate = models.PositiveIntegerField(_("sample rate"), choices=Rate, null=True, blank=True)
    bit_depth = models.PositiveSmallIntegerField(_("bit depth"), choices=Depth, null=True, blank=True)
    channels = models.JSONField(default=list)
    before = models.JSONField(null=True, blank=True)

    objects = InputListQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.session)


class InputTemplate(models.Model):
    """A list that a desk keeps to start from: the drums of room A, a vocal chain. One removed can be brought back."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="input_templates")
    name = models.CharField(_("name"), max_length=80)
    channels = models.JSONField(default=list)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = InputTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "name"], condition=models.Q(removed_at=None), name="one_input_template_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name
