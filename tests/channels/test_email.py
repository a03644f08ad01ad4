"""Letters, by a real mail server: both forms, every header, one connection, and what each refusal means."""

from __future__ import annotations

import email
import re
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from stories.channels import email as channel
from stories.channels import verp
from stories.channels.message import Sent
from stories.channels.outcomes import Declined, Delayed, Gone
from stories.ingest.errors import Failure, Permanent
from stories.ingest.pace import NotAsked
from tests import told

ADA, BEN = "ada@isles.example", "ben@isles.example"


def sent(*letters: Any) -> list[Sent | Failure]:
    """The outcomes of (address, message) pairs."""
    pairs = [(told.way("email", address), message) for address, message in letters]
    outcomes = dict(channel.send(pairs, told.NOW))
    return [outcomes[index] for index in range(len(pairs))]


def read(envelope: Any) -> EmailMessage:
    message = email.message_from_bytes(envelope.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    content = part.get_content()
    assert isinstance(content, str)
    return content


def test_a_letter_says_the_same_in_text_and_html(mailbox):
    (outcome,) = sent((ADA, told.message()))
    assert isinstance(outcome, Sent)
    (envelope,) = mailbox.letters
    letter = read(envelope)
    assert letter["Subject"] == "Denial: Second bid for the Thistle Ness ferry"
    assert letter["To"] == ADA
    assert envelope.rcpt_tos == [ADA]
    plain, html = text_of(letter, "plain"), text_of(letter, "html")
    for words in (
        "A denial, told by The Isles Courier: the harbour office.",
        "“No such bid was ever received,” the harbour office said.",
        "You follow this story.",
        "Second bid for the Thistle Ness ferry",
        # In the person's zone, an hour ahead.
        "4 Mar 2026, 10:12",
        "https://news.example/article/7/#p3",
        "https://courier.example/7",
        "https://news.example/alerts/12/",
        "https://news.example/unsubscribe/c1f2.signed/",
    ):
        assert words in " ".join(plain.split()).replace("> ", ""), words
        assert words in " ".join(html.split()), words


def test_a_letter_calls_nobody(mailbox):
    sent((ADA, told.message()))
    html = text_of(read(mailbox.letters[0]), "html")
    assert not re.search(r"<(img|script|link|iframe|object|video|audio|form|input|svg)\b", html)
    assert "url(" not in html
    assert "@import" not in html
    # Addresses are those of the alert, as they are: nothing tells who clicked.
    ours = {
        "https://news.example/story/3/second-bid/",
        "https://news.example/article/7/#p3",
        "https://courier.example/7",
    }
    links = set(re.findall(r'href="([^"]+)"', html))
    assert ours < links
    assert not any("?" in link for link in links)
    assert "color-scheme" in html
    assert "prefers-color-scheme: dark" in html
    assert re.search(r'<blockquote[^>]* style="[^"]*border-left', html), "styles are written inline"


def test_what_an_outlet_writes_stays_text(mailbox):
    nasty = '<img src="https://spy.example/x.gif"><script>alert(1)</script>'
    parts = [told.part(words=nasty, said=f"Said: {nasty}", outlet=nasty, why=nasty)]
    sent((ADA, told.message(told.told(*parts, story=f"{nasty}\r\nBcc: eve@spy.example"))))
    letter = read(mailbox.letters[0])
    html = text_of(letter, "html")
    assert "<img" not in html
    assert "<script" not in html
    assert letter["Bcc"] is None
    assert "\n" not in letter["Subject"]


def test_a_digest_tells_all_of_it_in_one_letter(mailbox):
    second = told.told(
        told.part(wake="corrected", said="The Ostrey Mail has corrected its report."),
        alert=13,
        story="Weir at Ostrey",
        link="https://news.example/story/4/weir/",
    )
    sent((ADA, told.message(told.told(), second)))
    (envelope,) = mailbox.letters
    letter = read(envelope)
    assert letter["Subject"] == "News of 2 stories: Second bid for the Thistle Ness ferry"
    for form in ("plain", "html"):
        text = text_of(letter, form)
        assert "Denial" in text
        assert "Weir at Ostrey" in text
        assert "has corrected its report" in text


def test_it_is_written_in_the_persons_language(mailbox):
    sent((ADA, told.message(language="de")))
    letter = read(mailbox.letters[0])
    assert letter["Content-Language"] == "de"
    assert '<html lang="de"' in text_of(letter, "html")
    assert "4. März 2026" in text_of(letter, "plain") or "4. Mär" in text_of(letter, "plain")


def test_the_headers_let_programs_do_their_part(mailbox, settings):
    settings.BOUNCE_ADDRESS = ""
    message = told.message()
    sent((ADA, message))
    letter = read(mailbox.letters[0])
    assert letter["Message-ID"] == f"<{message.number}@news.example>"
    assert letter["From"] == "Firsthand <alerts@news.example>"
    assert letter["List-Unsubscribe"] == "<https://news.example/unsubscribe/c1.signed/>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Precedence"] == "bulk"
    assert letter["Feedback-ID"] is None


def test_what_comes_back_names_the_channel(mailbox, settings):
    settings.BOUNCE_ADDRESS = "bounces@news.example"
    sent((ADA, told.message()))
    (envelope,) = mailbox.letters
    assert re.fullmatch(r"bounces\+1-[0-9a-f]{20}@news\.example", envelope.mail_from)
    assert verp.channel_of(envelope.mail_from.upper()) == 1
    assert verp.channel_of(envelope.mail_from.replace("+1-", "+2-")) is None
    letter = read(envelope)
    assert letter["From"] == "Firsthand <alerts@news.example>"
    assert f"<mailto:{envelope.mail_from}?subject=unsubscribe>" in letter["List-Unsubscribe"]


def test_the_return_address_outlives_a_change_of_the_secret(settings):
    settings.BOUNCE_ADDRESS = "bounces@news.example"
    address, old = verp.return_address(7), settings.SECRET_KEY
    settings.SECRET_KEY = "a new secret"
    assert verp.channel_of(address) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert verp.channel_of(address) == 7


def test_a_letter_of_ours_offers_no_end_where_there_is_none(mailbox):
    letter = told.test_letter()
    sent((ADA, told.message(letter=letter.letter, told=(), unsubscribe="")))
    read_letter = read(mailbox.letters[0])
    assert read_letter["List-Unsubscribe"] is None
    assert "This is a test." in text_of(read_letter, "plain")
    assert "https://news.example/ways/1/" in text_of(read_letter, "html")
    assert "Stop all letters" not in text_of(read_letter, "plain")


def test_a_batch_goes_over_one_connection(mailbox):
    outcomes = sent(*[(f"reader{number}@isles.example", told.message()) for number in range(20)])
    assert all(isinstance(one, Sent) for one in outcomes)
    assert len(mailbox.letters) == 20
    assert mailbox.connections == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 5.1.1 no such user", Gone),
        ("550 No such user here", Gone),
        ("551 user not local", Gone),
        ("550 5.2.1 mailbox disabled", Gone),
        ("550 5.7.1 blocked by policy", Declined),
        ("554 rejected", Declined),
        ("552 5.2.2 mailbox full", Delayed),
        ("452 4.2.2 mailbox full", Delayed),
        ("450 4.2.0 greylisted, come back", Delayed),
    ],
)
def test_what_a_refused_recipient_means(mailbox, answer, kind):
    mailbox.refuse[ADA] = answer
    refused, taken = sent((ADA, told.message()), (BEN, told.message()))
    assert type(refused) is kind
    assert refused.status == int(answer[:3])
    assert answer[4:12] in refused.reason
    assert isinstance(taken, Sent), "one bad address holds up nobody"
    assert isinstance(refused, Permanent) == (kind is not Delayed)


@pytest.mark.parametrize(("answer", "kind"), [("552 5.3.4 too large", Declined), ("451 4.3.0 try again", Delayed)])
def test_what_a_refused_letter_means(mailbox, answer, kind):
    mailbox.refuse_data = answer
    (refused,) = sent((ADA, told.message()))
    assert type(refused) is kind


def test_a_mail_server_that_is_away_is_no_mark_against_anybody(mailbox, settings):
    settings.EMAIL_PORT = 9
    outcomes = sent((ADA, told.message()), (BEN, told.message()))
    assert all(isinstance(one, NotAsked) and one.retry_after_s for one in outcomes)


def test_a_connection_that_ended_is_made_again(mailbox, monkeypatch):
    pairs = [(told.way("email", address), told.message()) for address in (ADA, BEN)]
    connections = []
    monkeypatch.setattr(channel, "get_connection", lambda: connections.append(real()) or connections[-1])
    real = __import__("django.core.mail", fromlist=["get_connection"]).get_connection
    outcomes = channel.send(pairs, told.NOW)
    assert isinstance(next(outcomes)[1], Sent)
    connections[0].connection.sock.close()
    assert isinstance(next(outcomes)[1], Sent | NotAsked)
    list(outcomes)


def test_an_address_that_cannot_be_written_is_the_end_of_its_way(mailbox):
    gone, taken = sent(("übel\n@isles.example", told.message()), (BEN, told.message()))
    assert isinstance(gone, Gone)
    assert isinstance(taken, Sent)
