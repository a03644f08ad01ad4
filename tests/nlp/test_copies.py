"""Copies: what is one, however it was trimmed, edited or headlined anew, and what only looks like one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import combinations, permutations
from pathlib import Path

import pytest

from stories.nlp import copies

LABELLED = Path(__file__).resolve().parents[3] / "shared" / "data" / "clustering" / "giveme5w1h.jsonl"
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
TITLE = "Court strikes down Veldhaven harbour toll"
# Twelve sentences of agency copy.
SENTENCES = (
    "Judges in the capital on Tuesday struck down the toll that Veldhaven charges on fishing boats, saying that a town may not tax what the state has already licensed.",
    "The ruling ends a dispute of nine years between the harbour board and 340 boat owners along the southern coast.",
    "It takes effect at once, and the board must repay what it took since the spring of last year.",
    "Presiding judge Tomas Brandvik said the toll had no footing in the harbours act and could not be saved by calling it a fee.",
    "The board had argued that the money was spent on dredging the inner basin, which silts up every winter.",
    "Its accounts, read out during the hearing in June, showed that less than a third of the sum went into dredging.",
    "The rest paid for a car park, two seasons of fireworks and the salary of a deputy who left after eleven months.",
    "Boat owners in oilskins followed the reading of the judgment from the public benches and left without a word.",
    "A spokesman for the finance ministry said it would study the judgment before it spoke about other harbours.",
    "Seven towns on the same coast charge a toll under similar rules, and four of them face suits of their own.",
    "Economists at the university of Imrie put the sum at stake along the whole coast at some 41 million crowns.",
    "The harbour board may ask for a review within thirty days but may not collect the toll while it waits.",
)
WIRE = "VELDHAVEN (HPB) – " + "\n\n".join(SENTENCES)
OWN_REPORT = (
    "For Nadia Orlova it began with an invoice nailed to a mast. Nine years later the skipper of the Grey Gull stood in a "
    "courtroom and heard three judges agree with her: the town had no right to charge her for coming home. "
    "“I thought I had misheard,” she said on the steps afterwards, still holding the umbrella of her lawyer. "
    "The constitutional chamber annulled the levy on fishing vessels with immediate effect and told the port to give the "
    "money back. How it will do so is anybody's guess. The port spent most of it long ago, among other things on "
    "fireworks, and the town hall has just closed a swimming pool for want of funds. In the bar behind the ice house they "
    "drank to the judges by name. Other ports with such levies will have to think again, lawyers said."
)
QUOTE = (
    "“We have paid for the basin twice, once with our taxes and once with this toll, and all that we ever got for it was "
    "a car park that floods and a rocket on the last night of summer. My father fished from this quay and his father "
    "before him, and neither of them was ever asked for a receipt. If the board thinks that we will sell our boats and "
    "open guest houses, it has not met us. We will be out there tomorrow at four in the morning, as on every day that "
    "the wind lets us, and we will not stop at the toll house, because from today there is no toll house. I should like "
    "to thank the judges, and I should like the board to thank us for our patience,” said Nadia Orlova of the owners' league."
)
NOTICE = (
    "We and our partners keep information on your device and use it to show you advertisements that fit, to measure how "
    "they are received and to learn about our audience. With your consent we may use exact location data. You may agree "
    "to all of this with one click, refuse it, or choose in detail. Some uses do not need your agreement, but you may "
    "object to them. What you choose holds for this site alone and can be changed at any time under Settings. Sign up "
    "for our newsletter and have the best of the day in your inbox every morning. Subscribers read everything, with "
    "puzzles and podcasts. By going on you accept our terms of use and our privacy policy in their current form."
)  # fmt: skip


def part(*which: int) -> str:
    return " ".join(SENTENCES[number] for number in which)


def edited(text: str) -> str:
    """As a desk edits: a house's spelling, its style for figures and days, a word struck, a word put in."""
    for old, new in (
        ("on Tuesday", "yesterday"), ("nine years", "9 years"), ("it took", "was taken"), ("eleven", "11"),
        ("spokesman", "spokesperson"), ("less than a third", "under a third"), ("may ask", "can ask"), ("some 41", "about 41"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    return text


def is_copy(
    text: str, of: str, title: str = "Toll on fishing boats is unlawful, judges say", root: str = TITLE
) -> bool:
    """Whether two texts meet by their keys, and the first is a copy of the second."""
    first, second = copies.signature(text), copies.signature(of)
    if first is None or second is None:
        return False
    one, two = copies.wording(title, text), copies.wording(root, of)
    assert one is not None
    assert two is not None
    found = copies.copied(one, two) is not None
    if found:
        keys = len(set(copies.bands(first)) & set(copies.bands(second)))
        assert copies.meet(keys, one_outlet=False), "not found by its keys"
    return found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(WIRE, id="the same"),
        pytest.param(" ".join(SENTENCES).upper(), id="in capitals, without dateline and paragraphs"),
        pytest.param(part(0, 1, 2, 3), id="trimmed to a third"),
        pytest.param(part(0, 1, 3, 5, 7, 9, 11), id="every other sentence cut"),
        pytest.param(edited(WIRE), id="edited"),
        pytest.param("Boat owners had little to say. " + part(1, 2, 3, 4, 5, 6), id="another opening"),
        pytest.param(WIRE + "\n\n" + " ".join(NOTICE.split()[:60]), id="with the house's notice under it"),
        pytest.param(WIRE + " In Skarv, owners of pleasure boats met at the chandler's to talk about a suit. "
                     "Their toll is lower and their lawyer dearer, the chandler said.", id="with a local paragraph"),
    ],
)  # fmt: skip
def test_a_copy_is_found(text: str) -> None:
    assert is_copy(text, WIRE)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(OWN_REPORT, WIRE, id="two reports on one event"),
        pytest.param(part(0) + " " + QUOTE, OWN_REPORT + " " + QUOTE, id="one long quote"),
        pytest.param(QUOTE + " " + part(1, 2), QUOTE.replace("“", '"').replace("”", '"') + " " + part(7, 8, 9), id="one long quote in other marks"),
        pytest.param(part(0, 1, 2) + "\n\n" + NOTICE, OWN_REPORT + "\n\n" + NOTICE, id="one notice under two texts"),
        pytest.param(part(0, 1, 2) + " " + OWN_REPORT + " " + part(7, 8, 9, 10), part(0, 1, 2), id="a long report that took in a short one"),
        pytest.param("Judges strike down harbour toll.", "Judges strike down harbour toll.", id="headlines alone"),
        pytest.param(part(0), part(0), id="one sentence"),
    ],
)  # fmt: skip
def test_what_is_no_copy(one: str, two: str) -> None:
    assert not is_copy(one, two)


@pytest.mark.parametrize(
    ("title", "text", "kept"),
    [
        ("法院撤销渔港通行费", "首都法院星期二裁定维尔德港向渔船征收的通行费无效，法官认为国家已经发放许可的活动不得再由市镇征税。这一裁决结束了港务局与沿海三百四十名船主之间长达九年的争端，并立即生效。"
         "港务局必须退还自去年春天以来收取的全部款项。港务局曾辩称这笔钱用于疏浚每年冬天都会淤塞的内港，但六月听证会上公布的账目显示，用于疏浚的部分不到三分之一，其余用于停车场和烟花。", 100),
        ("漁港の通行料は違法と裁判所", "首都の裁判所は火曜日、ヴェルドハーフェンが漁船に課してきた通行料を無効とする判決を言い渡した。国がすでに許可した活動に町が課税することはできないと判断した。判決は港湾局と沿岸の船主三百四十人との九年に及ぶ争いに終止符を打つもので、直ちに効力を持つ。"
         "港湾局は昨年春以降に徴収した全額を返還しなければならない。港湾局は資金を毎冬土砂で埋まる内港の浚渫に充てたと主張したが、会計資料によればその割合は三分の一に満たなかった。", 120),
        ("Gericht kippt Hafengebühr", "Richter in der Hauptstadt haben am Dienstag die Gebühr für Fischerboote in Veldhaven gekippt. Eine Stadt dürfe nicht besteuern, was der Staat bereits genehmigt habe. Das Urteil beendet einen Streit von neun Jahren zwischen der Hafenverwaltung und 340 Bootseignern an der Südküste. „Das war überfällig“, sagte ein Sprecher."
         " Es gilt sofort, und die Verwaltung muss zurückzahlen, was sie seit dem vergangenen Frühjahr eingenommen hat. Ihre Bücher zeigten, dass weniger als ein Drittel in das Ausbaggern des Beckens floss.", 300),
    ],
)  # fmt: skip
def test_trimmed_copies_in_other_languages(title: str, text: str, kept: int) -> None:
    assert is_copy(text[:kept], text, title=title, root=title)


def test_texts_without_spaces_that_tell_the_same_in_other_words_are_no_copies() -> None:
    one = "首都法院星期二裁定维尔德港向渔船征收的通行费无效，法官认为国家已经发放许可的活动不得再由市镇征税。裁决立即生效，港务局必须退还去年以来收取的款项，还要在三十天内说明其余的钱花在哪里。"
    two = "渔民奥尔洛娃等了九年，终于在星期二等到了判决：维尔德港的收费没有法律依据，三位法官意见一致。她走出法庭时说自己一度以为听错了。港务局得把钱还给船主，可是那些钱早就变成了停车场和夏末的烟花。"
    headline = "法院裁定港口收费无效"
    assert not is_copy(one, two, title=headline, root=headline)
    first, second = copies.wording(headline, one), copies.wording(headline, two)
    assert first is not None
    assert second is not None
    assert max(copies.shared(first, second)) < 0.05


def test_least_words() -> None:
    words = " ".join(SENTENCES).replace("-", " ").split()
    assert copies.signature(" ".join(words[:39])) is None
    assert copies.signature(" ".join(words[:40])) is not None
    assert copies.wording(TITLE, " ".join(words[:39])) is None


def test_a_sketch_is_the_same_on_every_machine_and_after_every_upgrade() -> None:
    """If this fails, the library hashes otherwise than before: count MAKE up, or old and new sketches never meet."""
    signature = copies.signature(WIRE)
    assert signature is not None
    assert signature[:9].hex() == "01f57bfe063a7e0f06"
    assert copies.bands(signature)[:2] == [-3931377133197688193, 7787282411748062750]


def test_a_sketch_of_another_make_has_no_keys() -> None:
    signature = copies.signature(WIRE)
    assert signature is not None
    keys = copies.bands(signature)
    assert len(set(keys)) == copies.WHOLE + copies.LEAD
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert copies.bands(b"\xff" + signature[1:]) == copies.bands(signature[:-1]) == []


def test_shares_of_each_in_the_other() -> None:
    short, whole = copies.wording(TITLE, part(0, 1, 2)), copies.wording(TITLE, part(*range(12)))
    assert short is not None
    assert whole is not None
    of_short, of_whole = copies.shared(short, whole)
    assert of_short == 1
    assert of_whole == pytest.approx(len(part(0, 1, 2)) / len(part(*range(12))), abs=0.05)


def report(
    number: int, text: str, minutes: float, *, title: str = TITLE, wire: str = "", agency: bool = False, outlet: int = 0
) -> copies.Report:
    signature = copies.signature(text)
    keys = frozenset(copies.bands(signature)) if signature else frozenset()
    at = NOON + timedelta(minutes=minutes)
    return copies.Report(number, outlet or number, at, keys, wire, agency, copies.wording(title, text))


def roots(*reports: copies.Report) -> dict[int, int]:
    """Whose copies there are, the same whatever order the reports come in."""
    found = [copies.find(order) for order in permutations(reports)]
    assert all(one == found[0] for one in found)
    return {number: copy.root for number, copy in found[0].items()}


def test_the_earliest_is_the_root_and_one_that_turns_up_late_takes_over() -> None:
    second, third = report(2, edited(WIRE), 10), report(3, part(0, 1, 2, 3), 20)
    assert roots(second, third, report(4, OWN_REPORT, 0)) == {3: 2}
    assert roots(report(1, WIRE, -5), second, third, report(4, OWN_REPORT, 0)) == {2: 1, 3: 1}


def test_no_copy_points_at_a_copy() -> None:
    first, second, third = part(0, 1, 2, 3, 4, 5), part(2, 3, 4, 5, 6, 7), part(4, 5, 6, 7, 8, 9)
    assert roots(report(1, first, 0), report(2, second, 10), report(3, third, 20)) == {2: 1}
    assert roots(report(2, second, 10), report(3, third, 20)) == {3: 2}


def test_of_equal_times_the_lower_number_is_the_root() -> None:
    assert roots(report(7, WIRE, 0), report(3, WIRE, 0)) == {7: 3}


def test_what_is_further_apart_than_the_window_is_not_compared() -> None:
    assert roots(report(1, WIRE, 0), report(2, WIRE, copies.WINDOW / timedelta(minutes=1) + 1)) == {}


def test_an_agencys_own_report_is_the_root_though_its_page_came_later() -> None:
    own = report(9, WIRE, 55, wire="HPB", agency=True)
    assert roots(own, report(1, part(0, 1, 2, 3), 0), report(2, edited(WIRE), 70)) == {1: 9, 2: 9}


def test_whoever_names_the_agency_points_at_it_however_late_it_came() -> None:
    own, named, silent = (
        report(9, WIRE, 300, wire="HPB", agency=True),
        report(1, WIRE, 0, wire="HPB"),
        report(2, WIRE, 30),
    )
    assert roots(own, named, silent) == {1: 9, 2: 9}
    assert roots(own, silent) == {9: 2}, "an agency may well pass on what a member wrote"


HEADLINES = ("Ferry aground off Skarv", "Budget passed at dawn", "Snow closes the northern pass")


def test_a_notice_that_pages_carry_is_no_text_of_theirs() -> None:
    pages = [report(number, f"{title}. {NOTICE}", number, title=title) for number, title in enumerate(HEADLINES)]
    at_home = [report(number, NOTICE, number, title=title, outlet=1) for number, title in enumerate(HEADLINES)]
    assert roots(*pages) == roots(*at_home) == {}


def test_a_notice_is_one_though_a_headline_or_two_are_of_its_matters() -> None:
    pages = [report(number, NOTICE, number, title=title) for number, title in enumerate(HEADLINES)]
    of_its_matters = [report(8, NOTICE, 8, title="Privacy policy"), report(9, NOTICE, 9, title="New privacy settings")]
    assert roots(*of_its_matters) == {9: 8}
    assert roots(*pages, *of_its_matters) == {}


def carrier(root: int, root_outlet: int, wire: str = "", root_wire: str = "") -> copies.Carrier:
    return copies.Carrier(root, root_outlet, root_wire, wire)


@pytest.mark.parametrize(
    ("carriers", "count"),
    [
        ([], 0),
        ([carrier(1, 1), carrier(2, 2)], 2),
        ([carrier(1, 1), carrier(2, 1)], 1),  # two own reports by one outlet
        ([carrier(1, 1), carrier(1, 1), carrier(3, 3)], 2),  # a copy of the first
        ([carrier(1, 1, "HPB"), carrier(2, 2, "HPB")], 1),  # two texts of one agency
        ([carrier(1, 1, "HPB"), carrier(2, 2, "AP")], 2),
        ([carrier(1, 1), carrier(1, 1, "HPB"), carrier(3, 3, "HPB")], 1),  # a copy names the agency, its root does not
        ([carrier(8, 8, "", "HPB"), carrier(1, 1, "HPB")], 1),  # the root is in another story
        ([carrier(1, 1, "HPB"), carrier(2, 1)], 2),  # an outlet with agency copy and a report of its own
    ],
)
def test_voices(carriers: list[copies.Carrier], count: int) -> None:
    assert copies.voices(carriers) == copies.voices(carriers[::-1]) == count


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled sets lie in ../shared/data, which is not here")
def test_on_labelled_reports() -> None:
    """Copies are found within events only, and those that are copies are found by their keys."""
    rows = [json.loads(line) for line in LABELLED.open(encoding="utf-8")]
    wordings = [copies.wording(row["title"], row["text"]) for row in rows]
    keys = [frozenset(copies.bands(copies.signature(row["text"]) or b"")) for row in rows]
    pairs, met = 0, 0
    for one, two in combinations(range(len(rows)), 2):
        first, second = wordings[one], wordings[two]
        if first is None or second is None or len(first.runs & second.runs) < 20:
            continue
        if copies.copied(first, second) is not None or copies.copied(second, first) is not None:
            assert rows[one]["cluster"] == rows[two]["cluster"]
            pairs += 1
            met += copies.meet(len(keys[one] & keys[two]), one_outlet=False)
    assert pairs >= 35
    assert met / pairs >= 0.97
