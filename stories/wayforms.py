"""What people type about the ways by which they are reached, and about their hours.

Each form checks its fields and nothing else: whether a way can be made is for services.ways to say.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stories.models import Channel, ChannelKind, Pace, User
from stories.selectors import zones

_PLAIN = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_NO_CLOCK = _("That is no time of day: 7:30 would be one.")


class EmailWayForm(forms.Form):
    """An address that mail shall go to."""

    address = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Type the address that mail shall go to."),
            "invalid": _("This is no e-mail address: ada@newsroom.example would be one."),
        },
    )


class WebhookForm(forms.Form):
    """The address of a program that takes what is sent to it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("What takes the alerts, such as “archive”."),
        error_messages={"required": _("Give it a name, to know it by later.")},
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.TextInput(attrs={**_PLAIN, "inputmode": "url", "placeholder": "https://example.org/alerts"}),
        error_messages={"required": _("Type the address that alerts shall be sent to.")},
    )


class ServiceForm(forms.Form):
    """An address in the spelling of Apprise. It often holds a password, so that it is never filled in again."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Where the alerts arrive, such as “#newsdesk”."),
        error_messages={"required": _("Give it a name, to know it by later.")},
    )
    url = forms.CharField(
        label=_("Service address"),
        max_length=2000,
        widget=forms.TextInput(attrs={**_PLAIN, "placeholder": "ntfys://ntfy.sh/your-topic"}),
        help_text=_("It may hold a password: it is kept sealed and never shown again in full."),
        error_messages={"required": _("Type the address of the service, as the examples spell it.")},
    )


FORMS: dict[str, type[forms.Form]] = {
    ChannelKind.EMAIL: EmailWayForm,
    ChannelKind.WEBHOOK: WebhookForm,
    ChannelKind.SERVICE: ServiceForm,
}


class WayForm(forms.Form):
    """A way's name, when it carries alerts, and whether it keeps quiet at night."""

    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("A way needs a name.")},
    )
    pace = forms.ChoiceField(
        label=_("When alerts go out"),
        choices=Pace.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose when alerts go out."), "invalid_choice": _("There is no such pace.")},
    )
    digest_at = forms.TimeField(
        label=_("Time of day"),
        required=False,
        widget=_CLOCK,
        help_text=_("For once a day and once a week, in your time zone."),
        error_messages={"invalid": _NO_CLOCK},
    )
    digest_day = forms.TypedChoiceField(
        label=_("Day of the week"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=list(WEEKDAYS.items()),
        help_text=_("For once a week."),
        error_messages={"invalid_choice": _("There is no such day of the week.")},
    )
    heeds_quiet = forms.BooleanField(label=_("Kept back in quiet hours"), required=False)

    @classmethod
    def of(cls, channel: Channel) -> WayForm:
        """The form as the way stands."""
        names = ("name", "pace", "digest_at", "digest_day", "heeds_quiet")
        return cls(initial={name: getattr(channel, name) for name in names})

    def clean(self) -> dict[str, Any]:
        """A digest of a day or a week needs its time."""
        data = super().clean() or {}
        timed = data.get("pace") in (Pace.DAILY, Pace.WEEKLY)
        if timed and not data.get("digest_at") and "digest_at" not in self.errors:
            self.add_error("digest_at", _("Say at which time of day."))
        return data


class HoursForm(forms.Form):
    """Quiet hours, the zone that they and all times are in, and the language that alerts are written in."""

    quiet_from = forms.TimeField(label=_("From"), required=False, widget=_CLOCK, error_messages={"invalid": _NO_CLOCK})
    quiet_to = forms.TimeField(label=_("To"), required=False, widget=_CLOCK, error_messages={"invalid": _NO_CLOCK})
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_(
            "Of quiet hours, of daily and weekly letters, and of every time on our pages while you are signed in."
        ),
        error_messages={"invalid_choice": _("This server knows no such time zone.")},
    )
    language = forms.ChoiceField(
        label=_("Language of alerts"),
        required=False,
        help_text=_("The language of pages is chosen at their foot."),
        error_messages={"invalid_choice": _("Alerts are not written in this language.")},
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        names = ("quiet_from", "quiet_to", "time_zone", "language")
        kwargs["initial"] = {name: getattr(user, name) for name in names}
        super().__init__(*args, **kwargs)
        zone, language = self.fields["time_zone"], self.fields["language"]
        if isinstance(zone, forms.ChoiceField) and isinstance(language, forms.ChoiceField):
            as_server = gettext("As this server: %(zone)s") % {"zone": settings.TIME_ZONE}
            zone.choices = [("", as_server), *zones.choices(now, besides=user.time_zone)]
            own = dict(settings.LANGUAGES).get(settings.LANGUAGE_CODE, settings.LANGUAGE_CODE)
            language.choices = [("", gettext("As this server: %(language)s") % {"language": own}), *settings.LANGUAGES]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have a beginning and another end, or there are none."""
        data = super().clean() or {}
        begin, end = data.get("quiet_from"), data.get("quiet_to")
        if self.errors.get("quiet_from") or self.errors.get("quiet_to"):
            return data
        if (begin is None) != (end is None):
            self.add_error("quiet_to" if end is None else "quiet_from", _("Give both times, or neither."))
        elif begin is not None and begin == end:
            self.add_error("quiet_to", _("Quiet hours that end as they begin would keep back all or nothing."))
        return data
