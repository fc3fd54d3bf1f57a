"""Keys and limits without a database."""

from collections.abc import Sequence
from dataclasses import dataclass, field

KEY = "open sesame"


@dataclass
class FakeKeys:
    """One key, which can be revoked.

    Attributes:
        owners: key -> owner.
    """

    owners: dict[str, str] = field(default_factory=lambda: {KEY: "key of the tests"})

    def owner_of(self, key: str) -> str | None:
        """Who owns what is done with this key."""
        return self.owners.get(key)

    def is_owner(self, owner: str) -> bool:
        """Whether this owner's key still opens something."""
        return owner in self.owners.values()

    def has_keys(self) -> bool:
        """Whether there is any key."""
        return bool(self.owners)


@dataclass
class NoLimit:
    """Lets everybody in, until told how long they wait."""

    wait: int = 0

    def wait_s(self, group: str, who: Sequence[str]) -> int:
        """Seconds to wait."""
        return self.wait
