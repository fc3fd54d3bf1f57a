"""Forms and queries of which every field is known.

A field that is silently left out costs money: `Mode=draft` would make a final picture.
"""

from collections.abc import Collection
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, model_validator

from tryon.errors import InvalidRequest
from tryon.nearest import nearest

MOST_SHOWN: Final = 40  # characters of a name


class KnownFields(BaseModel):
    """Refuses other fields than its own, and names the one that was probably meant."""

    model_config = ConfigDict(extra="forbid")  # and so says the OpenAPI document

    @model_validator(mode="before")
    @classmethod
    def _refuse_others(cls, given: Any) -> Any:
        """Raises InvalidRequest; pydantic's own words would not say which names there are."""
        if isinstance(given, dict):
            refuse_unknown(given, cls.model_fields)
        return given


def refuse_unknown(names: Collection[str], known: Collection[str]) -> None:
    """Raises InvalidRequest for the first of `names` that is not among those known."""
    for name in names:
        if name not in known:
            meant = nearest(name, known)
            raise InvalidRequest(
                message=f"There is no field {name[:MOST_SHOWN]!r}.",
                remedy=f"Send it as {meant}." if meant else f"There are {', '.join(known)}.",
            )
