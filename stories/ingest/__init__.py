"""From an address to an article's text: fetching, feeds, links, extraction, schedules.

Pure Python: no Django, no database. Settings and the clock arrive as arguments; only fetch.py, with wire.py behind it,
opens sockets.
"""
