"""The door for web servers (granian in our own start-up)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "producerdesk.settings")

application = get_wsgi_application()

# What is loaded now stays as long as the process. Looked through for circles again and again it would take a tenth of a
# request's time; put aside, the old objects that are looked through are few, and what requests leave goes soon. The
# rows of a request are looked through no more than once or twice: they are in no circle.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 10, 10)
