"""The product's settings with short leases and ticks: a test need not wait a minute for a dead worker's rows."""

from datetime import timedelta

from producerdesk.settings import *  # noqa: F403 - all of them
from producerdesk.settings import CELERY_BEAT_SCHEDULE

DELIVERY_CLAIM_LEASE = timedelta(seconds=3)
DELIVERY_SENDING_LEASE = timedelta(seconds=4)
CELERY_BEAT_SCHEDULE["wake the dispatcher"]["schedule"] = 1.0
