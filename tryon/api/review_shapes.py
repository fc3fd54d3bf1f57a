"""What the review's pages are told, as plain data; `review.py` answers with it."""

from collections.abc import Mapping
from typing import Any, cast

from tryon.anchors import GARMENT_LABELS, GarmentType
from tryon.review.disputes import Dispute
from tryon.review.fits import PICTURES
from tryon.review.records import Given, Item, Project, Reviewer, Turn
from tryon.review.service import Review


def project_json(project: Project, reviewer: Reviewer) -> dict[str, Any]:
    """A project as one of its reviewers sees it."""
    return {
        "id": project.id,
        "name": project.name,
        "instructions": project.instructions,
        "schema": project.schema.to_json(),
        "reviewer": reviewer.name,
        "is_lead": reviewer.is_lead,
    }


def _item_json(review: Review, project: Project, item: Item) -> dict[str, Any]:
    """What a reviewer may know: nothing of score, origin, known answers or other people."""
    anchors = review.items.anchors(project.id, item)
    return {
        "id": item.id,
        "garment": GARMENT_LABELS.get(cast("GarmentType", item.garment_type), item.garment_type),
        "width": item.width,
        "height": item.height,
        "body": item.body,
        "anchors": anchors and anchors.to_json(),
        "pictures": [
            {"name": name, "title": title, "url": f"{project.id}/items/{item.id}/{name}.jpg"}
            for name, file, title in PICTURES
            if file in item.files
        ],
    }


def turn_json(review: Review, project: Project, turn: Turn) -> dict[str, Any]:
    """One item on the labelling screen, and what was said of it."""
    return {
        "id": turn.id,
        "revision": turn.revision,
        "state": turn.state,
        "seconds": turn.seconds,
        "label": turn.label.to_json(),
        "item": _item_json(review, project, turn.item),
    }


def _given_json(given: Given) -> Mapping[str, Any]:
    return {"reviewer": given.reviewer, "kind": given.kind, "label": given.label.to_json()}


def dispute_json(review: Review, project: Project, dispute: Dispute) -> dict[str, Any]:
    """What a lead sees of a dispute: who said what, the score, and a word that settled it."""
    settled = dispute.settled
    return {
        "item": _item_json(review, project, dispute.item),
        "score": dispute.item.score,
        "title": dispute.item.title,
        "said": [_given_json(given) for given in dispute.said],
        "settled": settled and _given_json(settled),
        "revision": dispute.revision,
    }
