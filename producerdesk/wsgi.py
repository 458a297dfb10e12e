"""The door for web servers (granian in our own start-up)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "producerdesk.settings")

application = get_wsgi_application()
