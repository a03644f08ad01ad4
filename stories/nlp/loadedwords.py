"""Words that can be loaded, by what they do: judge, heighten, work on feelings, belittle, put a label on somebody.

A list of our own, from general knowledge of English; it was held against no outlet. A word in it is not loaded for
that: most have a sober use as well, and only the sentence tells (stories.nlp.loaded). Words for what happened
("killed", "terrorist attack", "disaster"), legal and political terms ("far-right", "racist"), common names of armed
groups and verbs of saying are not in it, however they sound.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Does(StrEnum):
    """What a loaded word does, as readers are told."""

    JUDGES = "judges what it tells of"
    HEIGHTENS = "makes it greater or more urgent"
    STIRS = "works on feelings"
    FIGHTS = "makes words or politics sound like a fight"
    BELITTLES = "makes it look small or foolish"
    LABELS = "puts a label on people"


_WORDS = {
    Does.JUDGES: """
        abhorrent abominable absurd absurdity abysmal admirable amazing appalling asinine astonishing atrocious
        awe-inspiring awful baffling baseless beautiful bizarre botch brazen brilliant brutish bungle callous cavalier
        classy clueless clumsy clunky cold-blooded comical commendable contemptible courageous cowardly craven crazy
        cringeworthy crooked cruel cynical damning dazzling deceitful deceptive delightful delusional demonic
        deplorable despicable despotic detestable dictatorial dim-witted dire disastrous disgraceful disgusting
        dishonest dishonorable dishonourable dismal distasteful draconian dreadful dubious dumb duplicitous eerie
        egregious elitist embarrassing epic evil excellent exceptional exemplary extraordinary fabulous fanatical
        fantastic far-fetched farcical fatuous fiasco filthy flagrant flamboyant flashy flawless flimsy foolhardy
        foolish frivolous genius ghastly glaring glorious gorgeous graceful grandiose greedy grotesque gutless
        gutsy half-baked harebrained hateful heartless heinous heroic hideous hilarious honorable honourable
        horrendous horrible horrid humiliating hypocrisy hypocritical idiotic ignoble ignominious ignorant ill-advised
        ill-conceived illiberal immature immoral impeccable impressive inane incoherent incompetence incompetent
        incredible indefensible inept inexcusable infamous inglorious inhuman inhumane insane insidious
        insulting intolerable irresponsible laudable lavish loathsome lousy lovable ludicrous lunacy madness
        magnificent malicious marvellous marvelous masterful mendacious merciless miraculous miserable monstrous
        moronic nasty nefarious noble nonsense nonsensical notorious oddly odious offensive ominous oppressive
        outlandish outrageous outstanding painful paltry pathetic perverse petty phenomenal phony picky pitiful
        preposterous prestigious puritanical quixotic reckless remarkable reprehensible repugnant repulsive
        ridiculous ruthless sacrilege scandalous self-serving selfish senseless shabby shady sham shambles shambolic
        shameful shameless shoddy silly sinister sleazy slick sloppy sordid spectacular spineless spiteful splendid
        squalid squeaky-clean strange stupid stupidity sublime superb tasteless terrible terrific toxic travesty
        treacherous troubling two-faced tyrannical tyranny unacceptable unbelievable unconscionable underhanded
        underwhelming unfashionable unforgivable unhinged unscrupulous vacuous vainglorious vicious vile wasteful
        weird wicked wimpy wonderful wondrous worthless wretched wrongheaded
    """,
    Does.HEIGHTENS: """
        absolutely astronomical barrage blistering boundless breathtaking colossal countless crippling crushing
        dangerously deluge desperately devastating devastatingly dramatic drastic ever-growing exceedingly explosive
        fiercely firestorm frantic frenzied frenzy game-changer game-changing glaringly grossly hotly hugely incessant
        incredibly insanely jaw-dropping juggernaut jumbo mammoth mayhem meteoric mind-blowing mind-boggling
        monumental nakedly nosedive obsessed obsession obsessive overwhelming overwhelmingly profoundly rampant
        razor-thin relentless relentlessly savagely seismic sheer shockingly skyrocket staggering star-studded
        stratospheric totally unabashed unparalleled unrelenting unstoppable utter utterly vastly vehemently
        wholeheartedly whopping wildly woefully
    """,
    Does.STIRS: """
        agonising agonizing agony alarming anguish anguished atrocity barbaric barbarity beloved bittersweet bloodbath
        bloodthirsty bloody bombshell bone-chilling brutal brutality butcher butchery carnage chaos chaotic charming
        cherished chilling delirious despair devastated diehard ecstatic embattled excruciating exhilarating ferocious
        frightening furious fury ghoulish gleeful gloom grisly grueling gruelling gruesome gut-wrenching harrowing
        haunting heart-breaking heart-rending heart-stopping heart-warming heartbreak heartbreaking heartwarming
        hellish horrific horrifying horror hysteria hysterical inferno jubilant macabre meltdown menacing misery
        monster monstrosity nail-biting nightmare nightmarish ordeal outrage overjoyed pandemonium riveting
        scandal-ridden scary shocker shocking sickening spine-chilling stunning tear-jerking terrifying thrilling
        tormented traumatised traumatized unnerving unsettling unspeakable vengeful wrath
    """,
    Does.FIGHTS: """
        annihilate assail barb bash beatdown bellicose belligerent blister blasted blasting bludgeon broadside browbeat
        bulldoze clobber crusade diatribe embolden eviscerate excoriate firebrand harangue incendiary lambast lambaste
        onslaught pander pillory pounce rant ratchet scapegoat scathing skewer slam smackdown stonewall tirade
        torpedo vitriol vitriolic warmonger warpath weaponise weaponised weaponize weaponized witch-hunt
    """,
    Does.BELITTLES: """
        antics bemused boast boastful bogeyman brag brain-dead cajole charade cheeky circus clownish concoct crackpot
        crass cringe daft debacle deign dodgy dopey farce fawning flip-flop fuss gaffe-prone gimmick gloat goofy
        grandstand grovel gullible gush half-hearted hapless harp holler hoodwink hype hyped hypocrite inconvenient
        kowtow lackluster lacklustre lame laughable laughing-stock lip-service louse mindless mockery mumbo-jumbo
        naive nanny-state navel-gazing naïve nosy out-of-touch over-hyped parrot peddle phoney pipe-dream
        platitude ploy pontificate posturing preen pretend pretentious puerile puny ramble ridicule schtick
        self-proclaimed self-righteous shtick sidekick smug snowflake sob-story sophomoric squabble strut swagger
        tantrum tone-deaf toothless tribalism unimportant unremarkable vanity vaunted virtue-signal wacky
        washed-up whimper whine whinge windbag
    """,
    Does.LABELS: """
        anti-american apologist apostate bigot bigoted bleeding-heart bootlicker brainwash charlatan clique clown
        coward creep cronies crony cult-like deadbeat degenerate demagogue demagoguery despot die-hard divisive elites
        fanatic fascist fat-cat fearmonger fearmongering freak freeloader goon hate-filled hate-monger henchman
        henchmen heretic hoodlum ideologue idiot imbecile kook leftie leftist lefty liar loon lunatic madman minion
        mob moron nutjob oligarch opportunist phobic propaganda propagandist psychopath rabble radical ruffian
        scoundrel sheeple shill snob stooge strongman sycophant sycophantic thug thuggish tinpot traitor traitorous
        tyrant ultra-left ultra-right ultraconservative villain warlord weasel woke xenophobe xenophobic yes-man
        zealot zealous
    """,
}
KINDS = {word: kind for kind, words in reversed(_WORDS.items()) for word in words.split()}
# Endings that leave a word the same for this purpose, and what stands in their place in the plain form.
_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("d", ""), ("ed", ""), ("ied", "y"), ("ing", ""), ("ing", "e"), ("ly", ""),
    ("ily", "y"), ("ily", "ie"), ("ally", ""), ("ly", "le"), ("ier", "y"), ("est", ""), ("iest", "y"), ("st", ""),
    ("ness", ""),
)  # fmt: skip
WORD = re.compile(r"[^\W\d_]+(?:[-’'‑][^\W\d_]+)*")
# "Slammed" of "slam", "bragging" of "brag".
_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1(?:ed|ing|er|est)$")
SHORTEST = 3


def does(word: str) -> Does | None:
    """What a word does where it is loaded; None of one that isn't in the list, in whatever form."""
    plain = word.casefold().replace("’", "'").replace("‑", "-").removesuffix("'s")
    if found := KINDS.get(plain):
        return found
    if doubled := _DOUBLED.search(plain):
        return KINDS.get(plain[: doubled.start() + 1])
    for ending, instead in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= SHORTEST:
            found = KINDS.get(plain[: -len(ending)] + instead)
            if found:
                return found
    return None
