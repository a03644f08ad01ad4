"""Template tags and filters: how the pages spell times, counts and languages."""
