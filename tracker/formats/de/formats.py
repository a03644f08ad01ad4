"""German days, with the abbreviations that dictionaries give; the names below the first four are our own."""

DATE_FORMAT = "j. N Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j. N Y, H:i"
SHORT_DATETIME_FORMAT = "j. N Y, H:i"

DAY_FORMAT = "j. N"
DAY_OF_YEAR_FORMAT = "j. N Y"
FULL_DAY_FORMAT = "j. F Y"
LONG_DAY_FORMAT = "l, j. F Y"
SHORT_MOMENT_FORMAT = "j. N, G:i"
