from django.apps import AppConfig
from django.urls import register_converter

from producerdesk.kit.paths import IdConverter


class KitConfig(AppConfig):
    name = "producerdesk.kit"
    label = "kit"

    def ready(self) -> None:
        register_converter(IdConverter, "id")
