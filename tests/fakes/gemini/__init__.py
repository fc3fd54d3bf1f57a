"""A local server that speaks the Gemini image API, failures included.

    python -m tests.fakes.gemini --scenario success

Its answers have the spellings, shapes and quirks of the real one; what it paints is the draft it
was sent. The official SDK works with it (`tests/adapters/test_gemini_contract.py`).
"""

from tests.fakes.gemini.answers import SCENARIOS
from tests.fakes.gemini.server import FakeGemini

__all__ = ["SCENARIOS", "FakeGemini"]
