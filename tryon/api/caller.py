"""Who is asking; decided in `doors.py` before anything is read."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPBearer


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking.

    Attributes:
        owner: whose jobs they see.
        can_list: whether `owner` is one person or shop, not everybody without a key.
    """

    owner: str
    can_list: bool = True


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


CallerOf = Annotated[Caller, Depends(_caller)]
# For the OpenAPI document only: the key was looked at before.
KEY_SCHEMES: Final = (
    Security(APIKeyHeader(name="X-API-Key", auto_error=False)),
    Security(HTTPBearer(auto_error=False)),
)
