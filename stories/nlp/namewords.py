"""Words by which news calls those who govern, fight, march, flee or lead: which of them can stand for each other.

Lists of our own. In each family stand words for the same people; `marked` are those that take a side or are taken for
it, so that a family is worth a reader's look only where one of them is used. It looks at no text.
"""

from __future__ import annotations


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Who governs: "the Syrian government", "Assad's regime".
RULE = _set("government regime authorities administration junta leadership dictatorship rulers")
RULE_MARKED = _set("regime junta dictatorship rulers")
# Armed groups, marchers, migrants, by the plural that reports use.
GROUPS = (
    _set(
        "militants rebels terrorists fighters insurgents jihadists jihadis extremists separatists guerrillas militiamen"
    ),
    _set("protesters protestors rioters demonstrators looters thugs marchers"),
    _set("migrants refugees immigrants aliens"),
)
GROUPS_MARKED = _set("terrorists jihadists jihadis extremists insurgents rioters looters thugs aliens refugees")
# Two words that name one group.
PAIRS = {
    "asylum seekers": "asylum seekers", "asylum-seekers": "asylum seekers", "illegal immigrants": "illegal immigrants",
    "illegal aliens": "illegal aliens", "illegal migrants": "illegal migrants",
    "undocumented immigrants": "undocumented immigrants", "undocumented migrants": "undocumented migrants",
    "economic migrants": "economic migrants", "freedom fighters": "freedom fighters",
}  # fmt: skip
# What a person is called before or behind the name.
PERSON = _set(
    """
    activist autocrat blogger boss campaigner chief cleric convict demagogue despot dictator dissident extremist
    firebrand fugitive gunman hacker hardliner hero leader leaker magnate militant mogul oligarch opposition politician
    preacher premier president prisoner reformer ruler separatist strongman terrorist traitor tycoon tyrant warlord
    whistleblower whistle-blower winner populist nationalist
    """
)
PERSON_MARKED = _set(
    """
    autocrat demagogue despot dictator extremist firebrand fugitive hardliner hero leaker militant oligarch populist
    separatist strongman terrorist traitor tyrant warlord
    """
)
