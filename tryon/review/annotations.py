"""Labels in the formats of other tools: COCO keypoints and Label Studio tasks.

COCO: the corrected anchors of the person side, one annotation a label, one category a garment type
with the anchors' names; pixels of the working picture. Label Studio: one task an item, each label
an annotation under the configuration of `label_studio_config`.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any, Final

from tryon.anchors import ANCHOR_NAMES, GARMENT_TYPES, AnchorSet
from tryon.review.fits import DRAFT
from tryon.review.labels import RATINGS, VERDICTS
from tryon.review.records import Given, Item, Project

SEEN, GUESSED = 2, 1  # COCO's visibility: placed by hand or clear, and unsure
SURE: Final = 0.5


def to_coco(project: Project, items: Sequence[Item], labels: Iterable[Given]) -> dict[str, Any]:
    """COCO keypoints of every label with corrected anchors; all items are images."""
    number = {item.id: at for at, item in enumerate(items, start=1)}
    annotations: list[dict[str, Any]] = []
    for given in labels:
        pair = given.label.anchors
        if pair is None:
            continue
        item = items[number[given.item_id] - 1]
        points = pair.person.resized(item.width, item.height)
        names = ANCHOR_NAMES[pair.garment_type]
        box = _box(points)
        annotations.append({
            "id": len(annotations) + 1,
            "image_id": number[given.item_id],
            "category_id": GARMENT_TYPES.index(pair.garment_type) + 1,
            "keypoints": [value for name in names for value in _keypoint(points, name)],
            "num_keypoints": len(points.names),
            "bbox": box,
            "area": box[2] * box[3],
            "iscrowd": 0,
            "attributes": {"reviewer": given.reviewer, "verdict": given.label.verdict,
                           "kind": given.kind},
        })  # fmt: skip
    return {
        "info": {"description": f"Corrected anchors of {project.name}", "version": "1"},
        "licenses": [],
        "images": [
            {"id": number[item.id], "file_name": f"{item.id}/{DRAFT}", "width": item.width,
             "height": item.height, "item": item.id}
            for item in items
        ],
        "annotations": annotations,
        "categories": [
            {"id": at, "name": kind, "supercategory": "garment",
             "keypoints": list(ANCHOR_NAMES[kind]), "skeleton": []}
            for at, kind in enumerate(GARMENT_TYPES, start=1)
        ],
    }  # fmt: skip


def to_label_studio(
    project: Project, items: Iterable[Item], labels: Iterable[Given]
) -> list[dict[str, Any]]:
    """Label Studio tasks with annotations; positions are per cent of the picture there."""
    said: dict[str, list[Given]] = {}
    for given in labels:
        said.setdefault(given.item_id, []).append(given)
    return [
        {
            "data": {
                "item": item.id,
                "item_key": item.key,
                "title": item.title,
                "garment_type": item.garment_type,
                **{
                    name: f"{item.id}/{file}"
                    for name, file in (("photo", "person.png"), ("draft", DRAFT),
                                       ("final", "result.png"))
                    if file in item.files
                },
            },
            "annotations": [_annotation(project, item, given) for given in said.get(item.id, ())],
        }
        for item in items
    ]  # fmt: skip


def label_studio_config(project: Project) -> str:
    """The labelling configuration those tasks belong to."""

    def choices(name: str, values: Iterable[str]) -> str:
        inside = "".join(f'<Choice value="{escape(v)}"/>' for v in values)
        return f'<Choices name="{name}" toName="draft" choice="single">{inside}</Choices>'

    marks = "".join(f'<Label value="{escape(w.name)}"/>' for w in project.schema.defects)
    return (
        '<View><Image name="photo" value="$photo"/><Image name="draft" value="$draft"/>'
        + choices("verdict", VERDICTS)
        + f'<Rating name="rating" toName="draft" maxRating="{max(RATINGS)}"/>'
        + f'<KeyPointLabels name="defects" toName="draft">{marks}</KeyPointLabels>'
        + '<Choices name="unplaced" toName="draft" choice="multiple">'
        + "".join(f'<Choice value="{escape(w.name)}"/>' for w in project.schema.defects)
        + '</Choices><TextArea name="comment" toName="draft"/></View>'
    )


def _annotation(project: Project, item: Item, given: Given) -> dict[str, Any]:
    label = given.label
    results: list[dict[str, Any]] = []

    def add(name: str, kind: str, value: dict[str, Any]) -> None:
        results.append({
            "id": f"r{len(results)}", "from_name": name, "to_name": "draft", "type": kind,
            "origin": "manual", "value": value,
        })  # fmt: skip

    if label.verdict:
        add("verdict", "choices", {"choices": [label.verdict]})
    if label.rating:
        add("rating", "rating", {"rating": label.rating})
    for defect in label.defects:
        if defect.spot is None:
            add("unplaced", "choices", {"choices": [defect.name]})
            continue
        x, y = defect.spot
        add("defects", "keypointlabels", {
            "x": (x + 0.5) / item.width * 100, "y": (y + 0.5) / item.height * 100, "width": 1.0,
            "keypointlabels": [defect.name],
        })  # fmt: skip
        results[-1].update(original_width=item.width, original_height=item.height, image_rotation=0)
    if label.comment:
        add("comment", "textarea", {"text": [label.comment]})
    return {
        "result": results,
        "was_cancelled": False,
        "ground_truth": given.kind == "adjudication",
        "lead_time": given.seconds,
        "meta": {"reviewer": given.reviewer, "kind": given.kind, "completed": given.completed,
                 "anchors": label.anchors and label.anchors.to_json(),
                 "project": project.name},
    }  # fmt: skip


def _keypoint(points: AnchorSet, name: str) -> tuple[float, float, int]:
    if name not in points:
        return (0, 0, 0)
    anchor = points[name]
    seen = SEEN if anchor.confidence >= SURE else GUESSED
    return (round(anchor.x, 2), round(anchor.y, 2), seen)


def _box(points: AnchorSet) -> list[float]:
    xy = points.points_xy
    low, high = xy.min(axis=0), xy.max(axis=0)
    return [round(float(v), 2) for v in (*low, *(high - low))]
