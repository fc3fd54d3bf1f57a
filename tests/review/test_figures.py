"""Figures of a simulated team: those of the libraries, computed apart from the database."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from statsmodels.stats.inter_rater import fleiss_kappa

from tests.fakes.review import add_items, add_labels, team_labels
from tests.fakes.team import ERROR_RATES, Truth, a_truth
from tryon.database.sql import Database
from tryon.review.calibrate import calibrate
from tryon.review.figures import ProjectFigures, body_spots, examples_of, project_figures
from tryon.review.labels import VERDICTS, Defect, Gold, Label
from tryon.review.records import Item, Project, Reviewer
from tryon.review.service import Review

NUM = 1000
Fill = Callable[..., tuple[Project, list[Item]]]


@dataclass(frozen=True)
class Team:
    """A project labelled by five people, and what they said as a plain table."""

    project: Project
    items: list[Item]
    truth: Truth
    found: ProjectFigures
    verdicts: np.ndarray  # (reviewer, item) index into VERDICTS, in the order of `order`
    ratings: np.ndarray
    order: list[str]


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    database = Database.open(f"sqlite:///{tmp_path_factory.mktemp('team') / 'a.db'}")
    database.migrate()
    review = Review.open(database, tmp_path_factory.mktemp("files"))
    project = review.projects.create("Simulated")
    people = [review.projects.invite(project, f"reviewer {n}")[0] for n in range(5)]
    truth = a_truth(NUM)
    ids = add_items(database, project, truth)
    labels = team_labels(truth, ids, people, ERROR_RATES)
    add_labels(database, project, ids, labels)
    items = review.items.all(project)
    found = project_figures(project, items, review.disputes.labels(project), NUM)
    said = np.array([VERDICTS.index(label.verdict) for _, _, label in labels]).reshape(5, NUM)
    ratings = np.array([label.rating for _, _, label in labels]).reshape(5, NUM)
    database.close()
    return Team(project, items, truth, found, said, ratings, ids)


def test_alpha_is_that_of_krippendorff(team: Team) -> None:
    """From the raw table, not from our counts."""
    figures = team.found.agreement

    assert figures["verdict_alpha"].value == pytest.approx(
        krippendorff.alpha(reliability_data=team.verdicts, level_of_measurement="nominal")
    )
    assert figures["rating_alpha_ordinal"].value == pytest.approx(
        krippendorff.alpha(reliability_data=team.ratings, level_of_measurement="ordinal")
    )
    assert figures["verdict_alpha_ordinal"].value == pytest.approx(
        krippendorff.alpha(reliability_data=2 - team.verdicts, level_of_measurement="ordinal")
    )
    assert figures["verdict_alpha"].low < figures["verdict_alpha"].value
    assert figures["verdict_alpha"].num_items == NUM


def test_fleiss_kappa_is_that_of_statsmodels(team: Team) -> None:
    """Every item has five labels."""
    counts = np.stack([(team.verdicts == v).sum(axis=0) for v in range(3)], axis=1)

    assert team.found.agreement["verdict_fleiss_kappa"].value == pytest.approx(fleiss_kappa(counts))


def test_cohen_kappa_of_every_pair_is_that_of_scikit_learn(team: Team) -> None:
    """Ten pairs of five people; the two most careful agree best."""
    pairs = {(p.one, p.other): p for p in team.found.pairs}

    for (one, other), pair in pairs.items():
        left, right = (team.verdicts[int(name[-1])] for name in (one, other))
        assert pair.kappa == pytest.approx(cohen_kappa_score(left, right))
    assert len(pairs) == 10
    assert max(pairs, key=lambda names: pairs[names].kappa) == ("reviewer 0", "reviewer 1")


def test_five_opinions_find_the_truth(team: Team) -> None:
    """The majority errs less than the best of the five."""
    right = [
        team.found.decisions[item_id].verdict == VERDICTS[team.truth.verdict[number]]
        for number, item_id in enumerate(team.order)
        if team.found.decisions[item_id].verdict
    ]

    assert np.mean(right) > 0.98
    assert len(right) > 0.97 * NUM


def test_the_suggested_threshold_holds_for_items_nobody_labelled_yet(team: Team) -> None:
    """Chosen on the labels of 1,000 items, judged by the truth of 20,000 others.

    The interval holds in 95 of 100 cases, so it is asked of several ways to hold items back.
    """
    later = a_truth(20_000, seed=9)
    numbered = {item.id: item for item in team.items}  # their ids are random, their order is not
    is_inside = []
    for seed in range(6):
        shuffled = np.random.default_rng(seed).permutation(team.order)
        examples, _ = examples_of([numbered[i] for i in shuffled], team.found.decisions)
        report = calibrate(examples, 0.85, {})
        calibration, suggestion = report.calibrations["logistic"]
        passing = [
            calibration.chance(score, parts) >= calibration.threshold
            for score, parts in zip(later.score, later.components, strict=True)
        ]
        precision = (later.verdict[np.array(passing)] == 0).mean()
        is_inside.append(suggestion.held_out.low <= precision <= suggestion.held_out.high)

        assert precision >= 0.85
        assert report.mapped["logistic"].auc > report.present.auc

    assert sum(is_inside) >= 5
    assert report.present.auc == pytest.approx(
        roc_auc_score(team.truth.verdict == 0, team.truth.score), abs=0.01
    )


def test_types_and_defects_add_up(team: Team) -> None:
    """What the tables say is what the items are."""
    outcomes = sum((sum(row.values()) for row in team.found.by_type.values()), 0)

    assert outcomes == NUM
    assert len(team.found.by_type) == 6
    assert {d.name for d in team.found.defects if d.num_items} == {"hem", "shoulder", "neckline"}


def label_with(review: Review, project: Project, who: Reviewer, say: Callable[[Item], Label]):
    """Label everything that comes to one reviewer."""
    while turns := review.labelling.queue(project, who):
        turn = turns[0]
        label = say(turn.item)
        review.labelling.save(who, turn.id, turn.revision, label, 3.0, "submit")


def test_reviewers_are_held_against_known_answers_and_themselves(
    review: Review, fill: Fill
) -> None:
    """Careless answers show in the gold column, moody ones in the repeats."""
    project, items = fill(30, gold=0.3, repeats=0.3, repeat_gap=1, overlap=1, reviewers=2)
    for item in items[:5]:
        review.items.set_gold(project, item.title, Gold("reject", ("hem",)))
    good, careless = (review.projects.invite(project, name)[0] for name in ("Ann", "Bob"))
    golds = {item.id for item in items[:5]}
    seen: set[str] = set()

    def careful(item: Item) -> Label:
        return Label("reject", 1, (Defect("hem"),)) if item.id in golds else Label("accept", 5)

    def moody(item: Item) -> Label:
        again = item.id in seen
        seen.add(item.id)
        return Label("reject" if again else "accept")

    label_with(review, project, good, careful)
    label_with(review, project, careless, moody)
    labels = review.disputes.labels(project)
    found = project_figures(project, review.items.labelled(project), labels, 30)
    ann, bob = found.reviewers

    assert (ann.gold.value, ann.gold_defects.value, ann.consistency.value) == (1.0, 1.0, 1.0)
    assert (bob.gold.value, bob.gold_defects.value, bob.consistency.value) == (0.0, 0.0, 0.0)
    assert bob.consistency.num_items >= 3


def test_spots_fall_on_the_body_whatever_the_photo(review: Review, fill: Fill) -> None:
    """(0, 0) is between the shoulders, (0, 1) between the hips: drawn at y 36 and 78."""
    project, _ = fill(1)
    ann, _ = review.projects.invite(project, "Ann")
    spots = (Defect("hem", (48.0, 78.0)), Defect("shoulder", (69.0, 36.0)), Defect("halo"))
    label_with(review, project, ann, lambda _item: Label("fixable", 3, spots))

    found = body_spots(review.items.all(project), review.disputes.labels(project))

    assert found.keys() == {"hem", "shoulder"}
    np.testing.assert_allclose(found["hem"], [(0.0, 1.0)], atol=1e-9)
    np.testing.assert_allclose(found["shoulder"], [(0.5, 0.0)], atol=1e-9)


def test_charts_are_pictures_with_words(review: Review, fill: Fill) -> None:
    """Each is well-formed SVG and says in a sentence what it shows; odd names stay words."""
    project, _ = fill(12)
    ann, _ = review.projects.invite(project, "<b>Ann</b>")
    verdicts = iter(["accept", "reject", "fixable"] * 4)
    label_with(
        review, project, ann,
        lambda _i: Label(next(verdicts), 3, (Defect("hem", (48.0, 60.0)),)),
    )  # fmt: skip

    report = review.report(project)

    for name, svg in report["charts"].items():
        root = ET.fromstring(svg)
        assert root.get("role") == "img", name
        assert len(root.get("aria-label")) > 20, name
    assert "accept 4" in report["charts"]["scores"]
    assert report["counts"]["labelled"] == 12


def test_an_empty_project_has_figures_too(review: Review, fill: Fill) -> None:
    """Nothing yet is said, not an error."""
    project, _ = fill(2)

    report = review.report(project)

    assert report["counts"] == {"items": 2, "labelled": 0, "shared": 0, "labels": 0, "disputes": 0}
    assert "missing" in report["calibration"]
