"""Text to findings. No Django, no network."""
