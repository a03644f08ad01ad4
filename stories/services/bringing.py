"""An outlet's article that no feed has shown us, brought into a story by an editor, by its address.

It goes the way of every article, only that its story is known already: its page is fetched by the extract step, so this
fetches nothing. Until then its headline is its address. One that we have already is not had twice.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from stories.ingest import links
from stories.ingest.opml import Outline
from stories.models import Act, Article, Bond, Edit, Outlet, Stage, Story
from stories.services import bonds, footprints, identity, membership
from stories.services.acts import By, Did, Refused, must_be_of_one_world, must_be_person, must_stand, note
from stories.services.placing import outlets_for, place
from stories.services.subscribing import take_lock

_WHY = "an editor added it by its address"
MAX_URL, MAX_TITLE = 2000, 500


@transaction.atomic
def bring(story: Story, url: str, by: By, now: datetime, title: str = "") -> Edit:
    """Put the article at an address into a story; a report that we have and that is in no story may be put so as well.

    Its outlet is the one of its domain, made where there is none. Raises Refused for what is no web address, and where
    the report is in a story already: then it is to be moved.
    """
    must_be_person(by)
    address = links.safe_url(url.strip())
    if not address or len(address) > MAX_URL:
        raise Refused(gettext("This is no address of a page on the web."))
    address = links.canonical(address)
    held = membership.hold([story])
    story = held.stories[story.pk]
    must_stand(story)
    key = identity.address_key(address, demo=story.demo)
    if not key:
        raise Refused(gettext("This is no address of a page on the web."))
    known = Article.objects.filter(pk=identity.owners([key]).get(key, 0)).select_related("outlet", "story").first()
    article = _known(known, story) if known else _new(story, address, key, title, now)
    must_be_of_one_world(story, Story(demo=article.outlet.demo))
    membership.shift([article.pk], story, now, score=None, reasons=[_WHY])
    membership.refresh(story, now)
    article.story = story
    centre = held.face(story)
    held.where[article.pk] = story.pk
    edit = note(
        Act.ADD,
        Did(
            story=story,
            article=article,
            moves=[[article.pk, None, story.pk]],
            after={"url": address},
            changed={footprints.article(article.pk)},
            touched={footprints.story(story.pk)},
        ),
        by,
        now,
    )
    # Bound to the report that stands for the story, as all that an editor put where it is.
    bonds.lay(edit, bonds.star(centre, [article.pk], Bond.TOGETHER), held.where)
    return edit


def _known(article: Article, story: Story) -> Article:
    """A report that we have, if it is free to be put here."""
    if article.story_id == story.pk:
        raise Refused(gettext("This report is in the story already."))
    if article.story is not None:
        raise Refused(
            gettext("This report is in “%(story)s” already: move it from there.") % {"story": article.story.title}
        )
    return Article.objects.select_for_update(no_key=True).select_related("outlet").get(pk=article.pk)


def _new(story: Story, address: str, key: str, title: str, now: datetime) -> Article:
    """A report that we did not have, at the beginning of its way."""
    outlet = _outlet(address, story)
    return Article.objects.create(
        url_key=key,
        url=address,
        outlet=outlet,
        # What the extract step takes for no headline yet; an address that long is no use as one anyway.
        title=" ".join(title.replace("\x00", "").split())[:MAX_TITLE] or address[:MAX_TITLE],
        lang=story.lang,
        first_seen_at=now,
        reported_at=now,
        stage=Stage.FOUND,
    )


def _outlet(address: str, story: Story) -> Outlet:
    """Whose page it is: by the beginning of the address in the demo world, else by its domain."""
    if story.demo:
        homes = {outlet.homepage: outlet for outlet in Outlet.objects.filter(demo=True).exclude(homepage="")}
        found = next((outlet for home, outlet in homes.items() if address.startswith(home)), None)
        if found is None:
            raise Refused(gettext("This address is not in the demo world, as the story is."))
        return found
    outline = Outline(title="", feed_url=address, home_url=f"https://{links.host(address)}/", categories=())
    if not place(outline).domain:
        raise Refused(gettext("The address names no website by a name of the web, so nobody can tell whose it is."))
    take_lock()
    return outlets_for([outline])[0]
