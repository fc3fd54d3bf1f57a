"""Is the process up? Answers before the models are loaded."""

from fastapi import APIRouter

from tryon import __version__

router = APIRouter()


@router.get("/health")
def health() -> dict[str, str]:
    """Status and version."""
    return {"status": "ok", "version": __version__}
