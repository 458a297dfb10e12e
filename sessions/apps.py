from django.apps import AppConfig
from django.db.models.signals import post_migrate

from sessions.booking import net


class SessionsConfig(AppConfig):
    name = "sessions"  # the folder
    label = "studio_sessions"  # `sessions` belongs to Django's login sessions
    verbose_name = "Studio sessions"

    def ready(self) -> None:
        from contributors.actions.engagements import on_new_terms  # models are there only now
        from producerdesk.accounts import reminding
        from producerdesk.accounts.actions import on_new_offsets
        from producerdesk.notices import registry, subjects
        from projects.joining import on_join
        from sessions import actions, joining, kinds, notices
        from sessions.models import StudioSession

        kinds.register()
        registry.register_chore(_read_calendars)
        reminding.register_kinds(StudioSession.Kind.choices)
        subjects.register("session", notices.refs_of_session)
        on_join(joining.bring_calendar)
        on_new_offsets(joining.remind_otherwise)
        on_new_terms(actions.follow_terms)
        post_migrate.connect(net.lay, sender=self, dispatch_uid="booking net")


def _read_calendars() -> int:
    # reading calendars takes as long to load as all of our own, and only workers do it
    from sessions.imported.refresh import refresh_due

    return refresh_due()
