"""The 24-hour clock, as on every page of ours; the names below the first four are our own (selectors.words.day)."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"

DAY_FORMAT = "j M"
DAY_OF_YEAR_FORMAT = "j M Y"
FULL_DAY_FORMAT = "j F Y"
LONG_DAY_FORMAT = "l j F Y"
SHORT_MOMENT_FORMAT = "j M, G:i"
