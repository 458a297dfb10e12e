from django.apps import AppConfig


class ContributorsConfig(AppConfig):
    name = "contributors"
    label = "contributors"
    verbose_name = "Contributors"

    def ready(self) -> None:
        from contributors.joining import know_again  # models are there only now
        from projects.joining import on_join

        on_join(know_again)
