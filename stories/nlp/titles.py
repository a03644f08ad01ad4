"""A story's title: the headline that stands nearest to all the others and names the event.

The middle of many headlines is seldom the loud one. Headlines that shout and those that name no event (live blogs,
opinions, quizzes, videos, questions, baits) are passed over wherever another exists; untidy ones (cut off, with an
outlet's name or a tag in them) and sensational ones where another is nearly as near. It writes and shortens nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stories.nlp.terms import TERM

# An exclamation mark, or two words of four or more capitals side by side (shorter ones are mostly acronyms).
LOUD = re.compile(r"!|\b[A-Z]{4,}\W+[A-Z]{4,}\b")
# A label before a colon, bar or dash: what follows is no report of an event, or not of one only. The few words of other
# languages can't mean anything else.
LABEL = re.compile(
    r"(?:^|[|:–—]\s)\W*(?:(?:breaking|live|watch|listen|in pictures|in photos|photos|gallery|vid[eé]os?|podcast|opinion"
    r"|op-ed|editorial|comment|commentary|analysis|explainer|explained|quiz|review|preview|newsletter|morning briefing"
    r"|briefing|q&a|interview|profile|obituary|factbox|timeline|fact[- ]check|as it happened|the latest|latest|updates?"
    r"|round-?up|en direct|en vivo|directo|live-?ticker|kommentar|meinung|opini[oó]n|diretta)\b[^:|–—-]{0,25}"
    r"(?:[:|]|\s[–—-])|watch\b|listen to\b|in pictures\b)",
    re.I,
)
# The same anywhere: a running page, a round-up, a review.
RUNNING = re.compile(
    r"\blive (?:blog|updates?|coverage|news|results|stream|text|score)|\bliveblog|\bupdates from|\blatest updates?"
    r"|\bas it happen(?:ed|s)\b|\bwhat (?:we|to) know|\bneed to know|\bhow to watch|\bat a glance\b|\blatest:"
    r"|\blatest [\w ]{0,20}headlines|\bexplained$|[,:] reviewed$|\bweek in review|\bquiz of the|\bquiz\W*$|\bpodcast\b"
    r"|\bround-?up(?::|$)|\bin (?:pictures|photos)$|photo gallery|[\[(]video[\])]|\blive\W*$|\blatest$",
    re.I,
)
# What makes curious instead of telling: the reader addressed, lists, "this is why", and every question. In capitals
# WHO is the World Health Organization.
BAIT = re.compile(
    r"\?\W*$|\byou(?:['’](?:ll|re|ve)|r|rself)?\b|^\W*(?:here['’]?s|this is|these are|meet|why|how|what|(?-i:[Ww]ho)"
    r"|when|where|inside)\b|(?:^|:)\W*(?:the )?\d+ (?:things|ways|reasons|facts|photos|times|questions|takeaways)\b"
    r"|\b(?:goes viral|broke the internet|won['’]t believe|what happened next|find out|must[- ]see|can['’]t miss)\b",
    re.I,
)
# Words that work on feelings; a few of them may be meant soberly, so they only weigh.
SENSATIONAL = re.compile(
    r"\b(?:shock(?:s|ed|er|ing)?|horror|horrifying|terror (?:as|on|at)|bombshell|jaw-dropping|mind-blowing"
    r"|heart-?(?:breaking|stopping)|insane|epic|slam(?:s|med)?|stun(?:s|ned|ning)|fury|furious|nightmare|meltdown"
    r"|hilarious|adorable|incredible|unbelievable|amazing|mad(?:ness|man)|rampage|outrage)\b",
    re.I,
)
# An outlet's or a section's name behind a mark, a wire's tag, an ending that is cut off.
UNTIDY = re.compile(
    r"\s[|«»•]\s|\s::?\s|[\[(](?i:updated?\W?\d*|lead|\d+(?:st|nd|rd|th) ld|urgent|exclusive|photos?|breaking)\W*[\])]"
    r"|^\W*(?i:update|refile|exclusive|urgent)\s?\d*\W|(?:\.\.\.|…)\W*$|[,:;–—-]\s*$"
    r"|\s[–—-]\s(?:[A-Z][\w.'’&]*\s?){1,4}$|,?\s(?:[A-Z]\w+\s){1,3}News$"
)
# Shorter than this names no event, longer is half a summary.
FEWEST_WORDS, MOST_CHARACTERS = 4, 130

# How much nearer (mean cosine) a headline must be to make up for one such fault: from .05 to .12 one title of 312
# differs. Read over 124 events of giveme5w1h and wikinews: with the middle of the calm headlines alone, 11 titles were
# bad (tags, sections, reviews, questions, side issues); now five are, for side issues. By words alone, as for languages
# without an encoder, a title is .022 farther from the others than the nearest is; a middling headline .029.
FAULT = 0.08
# Nearer than this is a tie: sums of float32 differ in the fifth decimal with the order of their terms.
DECIMALS = 4


def most_central(
    headlines: Sequence[str],
    vectors: NDArray[np.float32] | None,
    *,
    copies: Collection[int] = (),
    rarity: Mapping[str, float] | None = None,
) -> int:
    """The index of the headline to name the story by: of those that name an event the nearest to all; then the first.

    `vectors`: float32 [len(headlines), 384], unit rows, as the event encoder gives them; None where it doesn't know the
    language, then the words of the headlines decide, weighed by `rarity` (idf by lower-case word; alike without it).
    `copies`: the indices of reports that are copies of others; they don't count as further voices, and their headlines
    are taken for want of better. ValueError without headlines.
    """
    if not headlines:
        raise ValueError("a story without headlines has no title")
    voices = [index for index in range(len(headlines)) if index not in copies] or list(range(len(headlines)))
    near = nearness(vectors if vectors is not None else by_words(headlines, rarity), voices)
    least = min(map(passed_over, headlines))
    best = [index for index, headline in enumerate(headlines) if passed_over(headline) == least]
    values = {index: near[index] - FAULT * (faults(headlines[index]) + (index in copies)) for index in best}
    # max() keeps the first of equals.
    return max(best, key=lambda index: round(values[index], DECIMALS))


def nearness(vectors: NDArray[np.float32], voices: Sequence[int]) -> list[float]:
    """How near each row is to the voices' rows by mean cosine, itself left out; 1 where there is no other."""
    cosines = vectors @ vectors[list(voices)].T
    found = []
    for index, row in enumerate(cosines):
        others = [value for voice, value in zip(voices, row, strict=True) if voice != index]
        found.append(round(float(np.mean(others)), DECIMALS) if others else 1.0)
    return found


def by_words(headlines: Sequence[str], rarity: Mapping[str, float] | None = None) -> NDArray[np.float32]:
    """Unit rows made of the headlines' words, float32 [len(headlines), words].

    Without `rarity` a word weighs the more the fewer of these headlines use it, but one that a single headline uses
    is of no use; so it never makes a headline central.
    """
    counted = [Counter(TERM.findall(headline.lower())) for headline in headlines]
    used = Counter(word for words in counted for word in words)
    columns = {word: column for column, word in enumerate(sorted(used))}
    rows = np.zeros((len(headlines), max(len(columns), 1)), np.float32)
    for row, words in zip(rows, counted, strict=True):
        for word in words:
            row[columns[word]] = rarity.get(word, 0.0) if rarity else 1 + math.log(len(headlines) / used[word])
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def passed_over(headline: str) -> int:
    """0 for a headline that may name an event, else how many marks say that it doesn't."""
    return sum(bool(mark.search(headline)) for mark in (LOUD, LABEL, RUNNING, BAIT))


def faults(headline: str) -> int:
    """How many lesser faults a headline has."""
    words = len(headline.split())
    return (
        bool(UNTIDY.search(headline))
        + bool(SENSATIONAL.search(headline))
        + (words < FEWEST_WORDS)
        + (len(headline) > MOST_CHARACTERS)
    )
