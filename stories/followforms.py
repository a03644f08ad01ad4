"""What people type in to follow, to snooze, to mute: each form checks its fields; views hand them on to services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stories.models import DEFAULT_WAKES, POSSIBLE_WAKES, STEPS, Channel, Follow, FollowKind, Outlet, Story, Team, Wake
from stories.selectors.following import OfTeam
from stories.services.following import Settings

# What each kind of notice is, in a sentence.
EXPLAINED = {
    Wake.CONFIRMED: _("An outlet reports the news from sources of its own, so that it no longer rests on one alone."),
    Wake.DENIED: _("Somebody whom the news is about denies it."),
    Wake.CORRECTED: _("An outlet corrects its report or takes it back."),
    Wake.HEADLINE: _("The report that the others go back to carries another headline."),
    Wake.ON_RECORD: _("For the first time somebody stands behind the news by name."),
    Wake.ORIGIN: _("A further report has the news first-hand."),
    Wake.DROPPED: _("So many outlets tell the news without saying whose it is."),
    Wake.REACHED: _("So many outlets carry the news."),
    Wake.SILENCE: _("A report comes after a day or more without one."),
    Wake.MERGED: _("It turns out to be one story with another."),
    Wake.SPLIT: _("Reports of it turn out to be about another event."),
    Wake.STORY: _("A story begins that this finds."),
    Wake.ARTICLE: _("Every further report, copies among them: there can be many."),
}
# The fields that say from how many outlets on.
_STEPPED = {"dropped_from": Wake.DROPPED, "reached_from": Wake.REACHED}
DAY, WEEK, UNTIL = "day", "week", "until"


class FollowForm(forms.Form):
    """What to follow, and for whom: oneself, or one of one's teams."""

    kind = forms.ChoiceField(choices=FollowKind.choices, error_messages={"required": _("Say what to follow.")})
    story = forms.ModelChoiceField(
        Story.objects.all(), required=False, error_messages={"invalid_choice": _("There is no such story.")}
    )
    outlet = forms.ModelChoiceField(
        Outlet.objects.all(), required=False, error_messages={"invalid_choice": _("There is no such outlet.")}
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("A person or an organisation, as reports write it."),
    )
    query = forms.CharField(
        label=_("Search for"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("In the words and signs of the search page."),
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("For"),
        required=False,
        error_messages={"invalid_choice": _("You are not in this team.")},
    )

    def __init__(self, *args: Any, teams: Iterable[OfTeam] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        if isinstance(team, forms.ModelChoiceField):
            team.queryset = Team.objects.filter(pk__in=[one.pk for one in teams])
            team.empty_label = str(_("yourself"))


class WakesForm(forms.Form):
    """What wakes the person by one follow, from how many outlets on, by which of their ways; a search's query."""

    query = forms.CharField(
        label=_("Search for"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    wakes = forms.MultipleChoiceField(
        error_messages={"required": _("Tick at least one thing that is to wake you, or stop following.")}
    )
    dropped_from = forms.TypedChoiceField(coerce=int, choices=[(step, str(step)) for step in STEPS])
    reached_from = forms.TypedChoiceField(coerce=int, choices=[(step, str(step)) for step in STEPS])
    until_closed = forms.BooleanField(required=False)
    channels = forms.MultipleChoiceField(required=False, error_messages={"invalid_choice": _("You have no such way.")})

    def __init__(self, *args: Any, follow: Follow, ways: Sequence[Channel], **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "query": follow.query,
                "wakes": follow.wakes,
                "dropped_from": follow.dropped_from,
                "reached_from": follow.reached_from,
                "until_closed": follow.until_closed,
                "channels": [str(way.pk) for way in follow.channels.all()],
            },
        )
        super().__init__(*args, **kwargs)
        self.follow, self.ways = follow, ways
        wakes, channels = self.fields["wakes"], self.fields["channels"]
        if isinstance(wakes, forms.MultipleChoiceField) and isinstance(channels, forms.MultipleChoiceField):
            wakes.choices = [(wake.value, wake.label) for wake in POSSIBLE_WAKES[follow.kind]]
            channels.choices = [(str(way.pk), way.name) for way in ways]
        for name, wake in _STEPPED.items():
            self.fields[name].required = wake in POSSIBLE_WAKES[follow.kind]

    def kinds(self) -> list[dict[str, Any]]:
        """The kinds of notices to choose from, each with its sentence and whether it is ticked."""
        ticked = set(self["wakes"].value() or ())
        usual = {wake.value for wake in DEFAULT_WAKES[self.follow.kind]}
        steps = {wake: self[name] for name, wake in _STEPPED.items()}
        return [
            {
                "value": wake.value,
                "label": wake.label,
                "explained": EXPLAINED[wake],
                "ticked": wake.value in ticked,
                "usual": wake.value in usual,
                "step": steps.get(wake),
            }
            for wake in POSSIBLE_WAKES[self.follow.kind]
        ]

    def chosen(self) -> list[tuple[Channel, bool]]:
        """The person's ways, and whether the follow is bound to each."""
        ticked = set(self["channels"].value() or ())
        return [(way, str(way.pk) in ticked) for way in self.ways]

    def settings(self) -> Settings:
        """The clean values, for services.following.change."""
        data = self.cleaned_data
        return Settings(
            wakes=data["wakes"],
            dropped_from=data["dropped_from"] or self.follow.dropped_from,
            reached_from=data["reached_from"] or self.follow.reached_from,
            until_closed=data["until_closed"],
            channels=[int(pk) for pk in data["channels"]],
            query=data["query"],
        )


class SnoozeForm(forms.Form):
    """For how long to hear nothing: a day, a week, or until a date's first minute in the person's time zone."""

    length = forms.ChoiceField(
        choices=[(DAY, _("1 day")), (WEEK, _("1 week")), (UNTIL, _("until a day"))],
        error_messages={"required": _("Say for how long."), "invalid_choice": _("Say for how long.")},
    )
    until = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("That is no date: 2026-12-24 would be one.")},
    )

    def clean(self) -> dict[str, Any]:
        """A day must be named where it is to last until one."""
        data = super().clean() or {}
        if data.get("length") == UNTIL and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose a day."))
        return data

    def end(self, now: datetime) -> datetime:
        """When it is over."""
        length, until = self.cleaned_data["length"], self.cleaned_data["until"]
        if length == UNTIL and isinstance(until, date):
            return timezone.make_aware(datetime.combine(until, time()))
        return now + (timedelta(days=1) if length == DAY else timedelta(days=7))


class MuteForm(forms.Form):
    """A story to hear nothing of; until a day, or for good."""

    story = forms.ModelChoiceField(
        Story.objects.all(),
        error_messages={"required": _("There is no such story."), "invalid_choice": _("There is no such story.")},
    )
    until = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("That is no date: 2026-12-24 would be one.")},
    )

    def end(self) -> datetime | None:
        """When it is over; None: never."""
        until = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(until, time())) if isinstance(until, date) else None
