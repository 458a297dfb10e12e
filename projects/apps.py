from django.apps import AppConfig

from producerdesk.kit import viewer


class ProjectsConfig(AppConfig):
    name = "projects"
    label = "projects"
    verbose_name = "Projects"

    def ready(self) -> None:
        from projects import membership, notices  # models are there only now

        viewer.register_grants(membership.COLUMNS, membership.columns, membership.grants)
        notices.register()
