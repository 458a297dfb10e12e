"""The doors that Celery comes in by."""

from celery import shared_task

from producerdesk.notices import dispatcher


@shared_task
def wake() -> None:
    """Send what is due. Beat calls this every few seconds; missed calls do no harm."""
    dispatcher.dispatch(name="worker")
