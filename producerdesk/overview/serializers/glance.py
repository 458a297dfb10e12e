"""What the API says of a project at a glance."""

from rest_framework import serializers

from contributors.models import Engagement
from contributors.serializers.engagements import HiredPerson
from producerdesk.kit.rows import Children, RowSerializer
from producerdesk.overview.serializers.questions import Questions
from projects.models import Song
from projects.serializers import ProjectDetail, SongDateRow
from projects.stages import Stage
from sessions.serializers import CalendarRow, EditTaskRow


class SongAtAGlance(RowSerializer):
    """How far a song is, and when its stages are due."""

    id = serializers.IntegerField()
    position = serializers.IntegerField()
    title = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    due = Children(SongDateRow, "pk", lambda viewer: Song.objects.with_stage_dates())
    due_on = serializers.DateField(allow_null=True)
    late_on = serializers.DateField(allow_null=True)


class SessionAhead(CalendarRow):
    """A session that is not over."""


class Aboard(RowSerializer):
    """A role that is wanted, and who fills it or is asked."""

    id = serializers.IntegerField()
    contributor = HiredPerson(allow_null=True)
    role = serializers.CharField()
    part = serializers.CharField()
    state = serializers.ChoiceField(Engagement.State.choices)
    needed_by = serializers.DateField(allow_null=True)


class SongsAtAGlance(serializers.Serializer):
    """The first songs, and how many there are."""

    count = serializers.IntegerField()
    results = SongAtAGlance(many=True)


class SessionsAhead(serializers.Serializer):
    """The next sessions, and how many lie ahead."""

    count = serializers.IntegerField()
    results = SessionAhead(many=True)


class EditsToDo(serializers.Serializer):
    """The first things that are still to be edited, and how many there are."""

    count = serializers.IntegerField()
    results = EditTaskRow(many=True)


class PeopleAboard(serializers.Serializer):
    """The first of those who are needed, asked or hired, and how many there are."""

    count = serializers.IntegerField()
    results = Aboard(many=True)


class Glance(serializers.Serializer):
    """A project at a glance. People are missing where the viewer's role does not see them."""

    project = ProjectDetail()
    questions = Questions()
    songs = SongsAtAGlance()
    sessions = SessionsAhead()
    edits = EditsToDo()
    people = PeopleAboard(required=False)
