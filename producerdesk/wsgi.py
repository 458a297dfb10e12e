"""The door for web servers (granian in our own start-up)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "producerdesk.settings")

application = get_wsgi_application()

# What is loaded now stays as long as the process. Looked through for circles again and again it would take a tenth of a
# request's time; put aside, the old objects that are looked through are few, and what requests leave goes soon.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
