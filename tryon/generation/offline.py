"""The generator without a network: classical means make the draft look photographed.

It is never called Nano Banana: `Final.generator` says "offline".
"""

import time
from typing import Final

from tryon.ports import Generated, GenerationRequest, GeneratorName
from tryon.stages.finish import finish_draft

MODEL: Final = "classical-2"


class OfflineFinisher:
    """`Generator` by light, folds, shadows, sharpness and grain; see `stages/finish.py`."""

    name: GeneratorName = "offline"
    model = MODEL
    sends = "Nothing leaves this machine."
    is_deterministic = True

    def generate(self, request: GenerationRequest) -> Generated:
        """The finished draft, size of the photo."""
        start = time.perf_counter()
        image = finish_draft(
            request.person, request.draft, request.cloth, request.behind, request.worn,
            request.realism_level,
        )  # fmt: skip
        return Generated(image, MODEL, time.perf_counter() - start)
