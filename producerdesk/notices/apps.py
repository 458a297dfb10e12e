from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "producerdesk.notices"
    label = "notices"
    verbose_name = "Notices"
