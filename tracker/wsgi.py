"""The WSGI door, for granian or gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")

application = get_wsgi_application()

# A page of a long story makes a hundred thousand short-lived objects. What is loaded by now stays, so that collecting
# need not walk it; and collecting every 700 objects, as Python does, took a third of such a page's time.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
