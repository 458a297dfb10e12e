from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "producerdesk.overview"
    label = "overview"
    verbose_name = "Overview"

    def ready(self) -> None:
        from producerdesk.overview import folding

        folding.register()
