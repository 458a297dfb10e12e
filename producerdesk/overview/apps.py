from django.apps import AppConfig

from producerdesk.overview import folding


class OverviewConfig(AppConfig):
    name = "producerdesk.overview"
    label = "overview"
    verbose_name = "Overview"

    def ready(self) -> None:
        from producerdesk.notices import registry  # models are there only now
        from producerdesk.overview import digest

        folding.register()
        registry.register(digest.kind())
        registry.register_planner(digest.plan)
