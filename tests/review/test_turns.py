"""Who sees what next: random, fair, repeatable."""

from collections import Counter

import numpy as np
import pytest

from tryon.errors import InvalidReviewFile
from tryon.review.turns import Choice, Pool, Rules, Seen, choose, mix, wanted

NUM = 400


def a_pool(rules: Rules, num: int = NUM, num_gold: int = 0) -> Pool:
    shuffle = mix(np.arange(num, dtype=np.uint64), 5)
    places = np.array([wanted(int(s), rules) for s in shuffle])
    return Pool([f"i{n}" for n in range(num)], shuffle, places, np.arange(num) < num_gold)


def walk(pool: Pool, rules: Rules, salt: int, limit: int = 10_000) -> list[Choice]:
    """One reviewer labels until nothing is left; places are taken."""
    had: list[Choice] = []
    while len(had) < limit:
        items = [c.item for c in had]
        again = frozenset(c.item for c in had if c.kind == "repeat")
        gold = {i for i, is_gold in zip(pool.ids, pool.is_gold, strict=True) if is_gold}
        may = [c.item for c in had if c.kind == "label" and c.item not in gold]
        choice = choose(pool, Seen(items, again, may), salt, rules)
        if choice is None:
            break
        if choice.kind == "label" and choice.item not in gold:
            pool.places[pool.ids.index(choice.item)] -= 1
        had.append(choice)
    return had


def test_every_item_is_seen_by_as_many_as_wanted() -> None:
    """Five reviewers, one after the other: nothing left over, nothing too often."""
    rules = Rules(overlap=0.3, reviewers=3, gold=0, repeats=0)
    pool = a_pool(rules)
    want = pool.places.copy()

    seen = Counter(c.item for salt in range(1, 6) for c in walk(pool, rules, salt))

    assert [seen[i] for i in pool.ids] == want.tolist()
    assert 0.22 < (want == 3).mean() < 0.38


def test_the_order_is_random_and_ones_own() -> None:
    """Nobody can label by the order of the folder, and tiredness falls on other items each time."""
    rules = Rules(overlap=0, gold=0, repeats=0)
    one, other = ([c.item for c in walk(a_pool(rules), rules, salt, 100)] for salt in (1, 2))

    number = np.array([int(i[1:]) for i in one])
    assert one != other
    assert abs(np.corrcoef(number, np.arange(100))[0, 1]) < 0.3
    assert one == [c.item for c in walk(a_pool(rules), rules, 1, 100)]


def test_shared_items_meet_early() -> None:
    """After a tenth of the work two reviewers already have items in common."""
    rules = Rules(overlap=0.3, reviewers=2, gold=0, repeats=0)
    pool = a_pool(rules)

    one, other = ({c.item for c in walk(pool, rules, salt, 40)} for salt in (1, 2))

    assert len(one & other) >= 6


def test_gold_and_repeats_come_as_often_as_asked() -> None:
    """Strewn in: about one in ten each, repeats with the gap between."""
    rules = Rules(overlap=0, gold=0.1, repeats=0.1, repeat_gap=15)
    turns = walk(a_pool(rules, num_gold=100), rules, 3)
    gold = sum(int(c.item[1:]) < 100 for c in turns if c.kind == "label")
    repeats = [(at, c.item) for at, c in enumerate(turns) if c.kind == "repeat"]

    assert 0.06 < gold / len(turns) < 0.14
    assert 0.06 < len(repeats) / len(turns) < 0.14
    assert len({item for _, item in repeats}) == len(repeats)
    for at, item in repeats:
        assert at - [c.item for c in turns].index(item) > 15


def test_checks_alone_keep_nobody_waiting() -> None:
    """When the real items are done, the reviewer is done."""
    rules = Rules(gold=0.5, repeats=0.5)
    pool = a_pool(rules, num=5, num_gold=5)

    assert choose(pool, Seen(), 1, rules) is None


@pytest.mark.parametrize("wrong", [{"overlap": 1.5}, {"reviewers": 0}, {"gold": 0.9}])
def test_rules_that_cannot_be_meant_are_refused(wrong: dict[str, float]) -> None:
    """With the name of the setting in the sentence."""
    with pytest.raises(InvalidReviewFile, match=next(iter(wrong))):
        Rules(**wrong)
