"""The Django project: wires everything, decides nothing."""

from tracker.celery import app as celery_app

__all__ = ["celery_app"]
