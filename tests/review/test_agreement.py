"""Agreement figures: those of the libraries, and honest where nothing can be said."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_statsmodels

from tryon.review.agreement import (
    cohen_pairs,
    count_table,
    fleiss_kappa,
    krippendorff_alpha,
    share_right,
    with_interval,
)
from tryon.review.labels import VERDICTS


def team_labels(num_items: int, seed: int = 0) -> list[tuple[int, str, str]]:
    """Three reviewers who err one time in five."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, num_items)
    return [
        (item, who, VERDICTS[truth[item] if rng.random() > 0.2 else rng.integers(0, 3)])
        for who in ("ann", "bob", "cy")
        for item in range(num_items)
    ]


def test_fleiss_kappa_is_that_of_statsmodels() -> None:
    """Read off Krippendorff's alpha, to the last digit."""
    counts = count_table(team_labels(300), VERDICTS)

    assert fleiss_kappa(counts) == pytest.approx(fleiss_of_statsmodels(counts), abs=1e-12)


def test_cohen_kappa_is_that_of_scikit_learn() -> None:
    """Only the items both have labelled count."""
    labels = [label for label in team_labels(100) if label[1] != "bob" or label[0] < 60]

    pairs = {(p.one, p.other): p for p in cohen_pairs(labels)}

    said = {who: {i: v for i, w, v in labels if w == who} for who in ("ann", "bob")}
    want = cohen_kappa_score([said["ann"][i] for i in range(60)], [*said["bob"].values()])
    assert pairs["ann", "bob"].num_items == 60
    assert pairs["ann", "bob"].kappa == pytest.approx(want)


def test_the_interval_holds_what_many_such_projects_would_find() -> None:
    """A figure without its uncertainty is taken for more than it is."""
    estimate = with_interval(count_table(team_labels(200), VERDICTS), krippendorff_alpha)
    large = krippendorff_alpha(count_table(team_labels(20_000, seed=1), VERDICTS))

    assert estimate.low < large < estimate.high
    assert 0.05 < estimate.high - estimate.low < 0.2


@pytest.mark.parametrize(
    "labels",
    [[], [(1, "ann", "accept")], [(1, "ann", "accept"), (1, "bob", "accept")]],
    ids=["no label", "no overlap", "all the same"],
)
def test_what_is_not_defined_is_not_a_number(labels: list[tuple[int, str, str]]) -> None:
    """0 or 1 would be read as a finding."""
    counts = count_table(labels, VERDICTS)

    assert krippendorff_alpha(counts) is None
    assert fleiss_kappa(counts) is None
    assert with_interval(counts, krippendorff_alpha).low is None


def test_items_of_one_reviewer_do_not_count_as_agreement() -> None:
    """They say nothing about it."""
    labels = [(1, "ann", "accept"), (1, "bob", "reject"), (2, "ann", "accept")]

    assert count_table(labels, VERDICTS).tolist() == [[1, 0, 1]]


def test_a_reviewer_is_measured_against_known_answers() -> None:
    """With an exact interval: nine of ten is not 90 % for sure."""
    truth = dict.fromkeys(range(10), "accept")
    said = truth | {3: "reject", 99: "reject"}

    estimate = share_right(said, truth)

    assert (estimate.value, estimate.num_items) == (0.9, 10)
    assert estimate.low == pytest.approx(0.555, abs=1e-3)
    assert estimate.high == pytest.approx(0.9975, abs=1e-3)
