"""ProducerDesk: the project package. Celery is loaded by its own programs alone, never by the web."""
