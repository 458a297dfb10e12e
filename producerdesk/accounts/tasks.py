"""The door that Celery comes in by."""

from celery import shared_task

from producerdesk.accounts import once


@shared_task
def forget_old_keys() -> None:
    """Forget the Idempotency-Keys nobody will send again."""
    once.sweep()
