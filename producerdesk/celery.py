"""The Celery app. Beat only wakes workers; what must happen stands in the database (design: Notices)."""

import os

from celery import Celery

from producerdesk.notices import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "producerdesk.settings")

broker.install()
app = Celery("producerdesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
