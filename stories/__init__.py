"""The app: feeds to articles to stories; pipeline.py is where to start."""
