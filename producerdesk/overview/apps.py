from django.apps import AppConfig

from producerdesk.overview import folding


class OverviewConfig(AppConfig):
    name = "producerdesk.overview"
    label = "overview"
    verbose_name = "Overview"

    def ready(self) -> None:
        folding.register()
