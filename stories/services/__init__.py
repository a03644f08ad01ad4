"""Verbs over the database, one file per step or act."""
