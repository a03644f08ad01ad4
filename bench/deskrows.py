"""The database of bench.desk: as many rows as a server has after some months, made by PostgreSQL itself.

Imported after django.setup(). Rows are as wide as real ones, since it is their width that lists pay for; what they say
is drawn from a few hundred words. Only what lists, acts and the desk's pages read is filled in.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping

from django.db import connection, models

from stories.models import (
    Alert,
    Article,
    Attempt,
    Attribution,
    Channel,
    Constraint,
    Credit,
    Delivery,
    Doubt,
    Edit,
    Examined,
    Feed,
    FeedEntry,
    Fetch,
    Happening,
    Host,
    Notice,
    Objection,
    Outlet,
    Proposal,
    Recent,
    Story,
    StoryLink,
    StoryProvenance,
    TermCount,
    User,
    Version,
)

# Words of headlines; "quagmire" stands in a headline of ten thousand.
WORDS = tuple(
    f"{a}{b}"
    for a in ["ferry", "harbour", "minister", "court", "storm", "budget", "strike", "pilot", "bridge", "union"]
    for b in ("", "s", " of", " and", " denies", " says", " after", " before", " in", " on")
)
RARE = "quagmire"
# Pairs of stories to be merged, and how many articles each has.
PAIRS, LARGE = 5, 500
# Everything is spread over the last so many days.
DAYS = 120

AT = f"now() - (random() * interval '{DAYS} days')"


def fill(articles: int, stories: int) -> None:
    """All tables, in proportion to these."""
    _sources()
    _stories(articles, stories)
    _found(articles, stories)
    _decided(articles, stories)
    _told(articles, stories)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def insert(model: type[models.Model], count: int, given: Mapping[str, str]) -> None:
    """So many rows, n from 1; `given` are columns in SQL, all others have their field's default or are empty."""
    columns, values, params = [], [], []
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if getattr(field, "generated", False) or (field.primary_key and column not in given):
            continue
        columns.append(column)
        if column in given:
            # Only the defaults are parameters: the SQL given knows none.
            values.append(given[column].replace("%", "%%"))
        elif field.null:
            values.append("NULL")
        elif getattr(field, "auto_now_add", False):
            values.append("now()")
        else:
            values.append("%s")
            params.append(field.get_db_prep_save(field.get_default(), connection))
    names, said = ", ".join(f'"{one}"' for one in columns), ", ".join(values)
    with connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {said} FROM generate_series(1, {count}) n", params)


def title(salt: int) -> str:
    """SQL of a headline of seven words by the row's number."""
    words = "ARRAY[" + ", ".join(f"'{word}'" for word in WORDS) + "]"
    picks = [f"({words})[1 + (hashint4(n * 31 + {salt + k}) & 1048575) % {len(WORDS)}]" for k in range(7)]
    rare = f"CASE WHEN n % 10000 = 7 THEN '{RARE} ' ELSE '' END"
    said = " || ' ' || ".join(picks)
    return f"initcap(left({rare} || {said} || ' ' || n, 300))"


def _json(size: int) -> str:
    """SQL of a JSON object of about so many characters, of forty different ones by the row's number."""
    dice = random.Random(size)
    kinds = [
        json.dumps({f"w{dice.randrange(30_000)}": dice.randrange(9) for _ in range(size // 12)}) for _ in range(40)
    ]
    return "(ARRAY[" + ", ".join(f"'{one}'" for one in kinds) + "])[1 + n % 40]::jsonb"


VECTOR = "(SELECT ('[' || string_agg((0.001 * k)::text, ',') || ']')::vector FROM generate_series(1, 384) k)"


def _sources() -> None:
    langs = "(ARRAY['en', 'en', 'en', 'de', 'fr', ''])[1 + n % 6]"
    insert(Outlet, 400, {"name": "'Outlet ' || n", "slug": "'outlet-' || n", "demo": "n % 100 = 0", "lang": langs})
    feed = {"outlet_id": "1 + n % 400", "url": "'https://outlet' || n || '.example/feed'", "next_poll_at": "now()"}
    insert(
        Feed, 800, feed | {"last_result": "CASE WHEN n % 20 = 0 THEN 'temporary' ELSE 'new' END", "failures": "n % 20"}
    )
    insert(Host, 800, {"name": "'outlet' || n || '.example'"})
    insert(Fetch, 24_000, {"feed_id": "1 + n % 800", "at": AT, "result": "'new'"})
    people = {
        "username": "'user' || n",
        "email": "'user' || n || '@bench.example'",
        "is_staff": "n < 20",
        "password": "''",
    }
    insert(User, 2000, people | {"is_superuser": "n = 1", "last_name": "'Person ' || n", "date_joined": "now()"})


def _stories(articles: int, stories: int) -> None:
    """Stories and their articles: most small, twice PAIRS of them large; one in thirty was merged into another."""
    large = 2 * PAIRS
    given = {
        "id": "n",
        "title": title(5),
        "slug": "'story-' || n",
        "vector": VECTOR,
        "lang": "(ARRAY['en', 'en', 'de', 'fr'])[1 + n % 4]",
        "first_at": AT,
        "last_at": AT,
        "article_count": f"CASE WHEN n <= {large} THEN {LARGE} ELSE 6 END",
        "outlet_count": "1 + n % 12",
        "voice_count": "1 + n % 9",
        "closed_at": "CASE WHEN n % 10 > 0 THEN now() END",
        "merged_into_id": f"CASE WHEN n % 30 = 29 AND n > {large} THEN 1 + n % {large} END",
        "locked": "n % 500 = 0",
        "hidden": "n % 700 = 0",
        "pinned_at": "CASE WHEN n % 5000 = 0 THEN now() END",
        "closing": "CASE WHEN n % 900 = 0 THEN 'closed' ELSE '' END",
        "keys": "ARRAY['k' || n, 'k' || n % 100]::varchar[]",
    }
    given |= {"lang": f"CASE WHEN n <= {large} THEN 'en' ELSE (ARRAY['en', 'en', 'de', 'fr'])[1 + n % 4] END"}
    insert(Story, stories, given)
    small = f"CASE WHEN n % 20 > 0 THEN {large} + 1 + n % {stories - large} END"
    home = f"CASE WHEN n <= {large * LARGE} THEN 1 + n % {large} ELSE {small} END"
    langs = "(ARRAY['en', 'en', 'en', 'en', 'de', 'fr', ''])[1 + n % 7]"
    text = "CASE WHEN n % 1000 = 1 THEN 'pending' WHEN n % 9 = 0 THEN 'none' WHEN n % 7 = 0 THEN 'feed' ELSE 'page' END"
    insert(
        Article,
        articles,
        {
            "id": "n",
            "outlet_id": "1 + (hashint4(n) & 255)",
            "url": "'https://outlet.example/' || n",
            "url_key": "'outlet.example/' || n",
            "title": title(1),
            "lang": f"CASE WHEN n <= {large * LARGE} THEN 'en' ELSE {langs} END",
            "summary": "repeat(md5(n::text) || ' ', 8)",
            "first_seen_at": AT,
            "reported_at": AT,
            "story_id": home,
            "text_state": text,
            "stage": "CASE WHEN n % 1000 = 1 THEN 'FOUND' WHEN n % 500 = 3 THEN 'FAILED' ELSE 'DONE' END",
            "failed_stage": "CASE WHEN n % 500 = 3 THEN 'FOUND' ELSE '' END",
            "failure": "CASE WHEN n % 500 = 3 THEN 'answered 403' ELSE '' END",
            "vector": VECTOR,
            "terms": _json(2000),
            "traits": _json(1000),
            "feed_text": "repeat(md5(n::text) || ' ', 20)",
            "story_reasons": "ARRAY['5 shared names', '2 h apart']::varchar[]",
        },
    )
    insert(
        Version,
        articles,
        {
            "id": "n",
            "article_id": "n",
            "hash": "md5(n::text)",
            "title": title(1),
            "text_state": "'page'",
            "seen_at": AT,
            "text": f"repeat({title(9)} || '. ', 30)",
        },
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE stories_article SET version_id = id")
        cursor.execute(
            "UPDATE stories_story s SET headline_of_id ="
            " (SELECT min(id) FROM stories_article a WHERE a.story_id = s.id)"
        )
        for table in ("stories_story", "stories_article", "stories_version"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    insert(
        FeedEntry, articles, {"feed_id": "1 + n % 800", "guid": "'guid-' || n", "article_id": "n", "first_seen_at": AT}
    )
    insert(
        Recent,
        10_000,
        {
            "article_id": "n",
            "story_id": f"1 + (n - 1) % {large}",
            "lang": "'en'",
            "reported_at": "now()",
            "marks": _json(1500),
            "vector": f"{VECTOR}::halfvec",
            "keys": "ARRAY['k' || n]::varchar[]",
            "grouped_at": AT,
        },
    )
    insert(
        StoryLink,
        stories,
        {"first_id": "n", "second_id": f"1 + n % {stories}", "kind": "'related'", "probability": "0.7"},
    )
    insert(TermCount, 300_000, {"lang": "'en'", "term": "'w' || n", "articles": "1 + n % 900"})


def _found(articles: int, stories: int) -> None:
    insert(
        Examined,
        articles,
        {
            "article_id": "n",
            "version_id": "n",
            "role": "(ARRAY['original', 're-report', 'wire'])[1 + n % 3]",
            "findings": _json(3000),
            "at": AT,
        },
    )
    insert(
        Attribution,
        3 * articles,
        {
            "article_id": f"1 + n % {articles}",
            "version_id": f"1 + n % {articles}",
            "start": "n",
            "cue": "ARRAY[1, 5]",
            "name": "'Person Number ' || n % 20000",
            "kind": "(ARRAY['named', 'anonymous', 'role'])[1 + n % 3]",
            "stance": "CASE WHEN n % 900 = 0 THEN 'denies' ELSE 'says' END",
            "form": "'direct'",
        },
    )
    insert(
        Credit,
        articles,
        {
            "article_id": f"1 + n % {articles}",
            "outlet_name": "'Paper ' || n % 3000",
            "relation": "'reported'",
            "evidence": "ARRAY[1, 9]",
        },
    )
    insert(
        StoryProvenance,
        stories,
        {"story_id": "n", "revision": "1", "least": "n % 4", "most": "n % 4 + n % 3", "traced": _json(8000), "at": AT},
    )
    insert(
        Happening,
        2 * stories,
        {
            "story_id": f"1 + n % {stories}",
            "kind": "'denial'",
            "key": "n::text",
            "article_id": "n",
            "at": AT,
            "noted_at": AT,
        },
    )
    insert(
        Proposal,
        2000,
        {
            "name": "'The Daily ' || n",
            "articles": "n % 90",
            "article_id": "n",
            "evidence": "ARRAY[1, 9]",
            "first_seen_at": AT,
        },
    )


def _decided(articles: int, stories: int) -> None:
    by = "CASE WHEN n % 5 = 0 THEN 'Person ' || n % 20 ELSE 'grouping' END"
    edit = {
        "act": "(ARRAY['merge', 'split', 'move', 'lock'])[1 + n % 4]",
        "by": by,
        "story_id": f"1 + n % {stories}",
        "other_id": f"1 + (n * 7) % {stories}",
    }
    edit |= {
        "user_id": "CASE WHEN n % 5 = 0 THEN 1 + n % 19 END",
        "at": AT,
        "moves": "'[[1, 2, 3], [4, 5, 6]]'::jsonb",
        "note": "CASE WHEN n % 5 = 0 THEN 'a note on ' || n ELSE '' END",
    }
    edit |= {
        "changed": "ARRAY['article:' || n]::varchar[]",
        "touched": "ARRAY['article:' || n, 'story:' || n]::varchar[]",
    }
    insert(Edit, 40_000, edit)
    insert(
        Constraint, 20_000, {"first_id": "n", "second_id": f"n + {articles // 2}", "bond": "'apart'", "edit_id": "n"}
    )
    doubt = {
        "key": "'key-' || n",
        "act": "(ARRAY['merge', 'split', 'member'])[1 + n % 3]",
        "story_id": f"11 + n % {stories - 20}",
        "other_id": f"11 + (n * 3) % {stories - 20}",
    }
    doubt |= {
        "probability": "random()",
        "priority": "random() * 9",
        "found_at": AT,
        "state": "CASE WHEN n % 10 = 0 THEN 'open' ELSE 'dismissed' END",
    }
    insert(Doubt, 10_000, doubt | {"articles": "ARRAY[n]::bigint[]", "reasons": "ARRAY['2 shared names']::varchar[]"})
    insert(Objection, 2000, {"story_id": f"11 + n % {stories - 20}", "sender": "md5(n::text)", "at": AT})


def _told(articles: int, stories: int) -> None:
    insert(
        Notice,
        2 * stories,
        {
            "story_id": f"1 + n % {stories}",
            "wake": "'denied'",
            "key": "n::text",
            "at": AT,
            "noted_at": AT,
            "tell_at": AT,
            "told_at": "now()",
        },
    )
    insert(Alert, articles, {"user_id": "1 + n % 2000", "story_id": f"1 + n % {stories}", "at": AT})
    insert(
        Channel,
        2000,
        {
            "user_id": "n",
            "kind": "'email'",
            "name": "'bench'",
            "address": "'user' || n || '@bench.example'",
            "key": "n::text",
            "created_at": "now()",
        },
    )
    insert(
        Delivery,
        articles,
        {
            "alert_id": "n",
            "channel_id": "1 + n % 2000",
            "number": "gen_random_uuid()",
            "state": "'sent'",
            "queued_at": AT,
            "due_at": AT,
            "sent_at": AT,
        },
    )
    insert(Attempt, articles, {"delivery_id": "n", "channel_id": "1 + n % 2000", "at": AT, "ok": "n % 50 > 0"})
