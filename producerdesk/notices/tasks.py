"""The doors that Celery comes in by."""

from celery import shared_task

from producerdesk.notices import dispatcher, registry


@shared_task
def wake() -> None:
    """Send what is due. Beat calls this every few seconds; missed calls do no harm."""
    dispatcher.dispatch(name="worker")


@shared_task
def plan() -> None:
    """Plan what comes by the clock alone. Beat calls this every minute; missed calls do no harm."""
    registry.plan_by_the_clock()


@shared_task
def do_chores() -> None:
    """Do what apps have to do by the clock and takes its time. Missed calls do no harm."""
    registry.do_chores()
