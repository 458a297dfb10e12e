"""The door for web servers (granian in our own start-up)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "producerdesk.settings")

application = get_wsgi_application()

# What is loaded now stays as long as the process, and a request leaves little in circles: to look for circles among all
# of it every few hundred objects takes a tenth of a request's time.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
