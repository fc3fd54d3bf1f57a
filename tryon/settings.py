"""Every knob, read once in `bootstrap.py` and passed down as plain values.

Names here are the names of the README table and of `.env.example` (a test holds them equal).
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tryon.nearest import SLIP, nearest


def _with_home(path: Path) -> Path:
    """`~` in a file `.env` is not read by any shell."""
    try:
        return path.expanduser()
    except RuntimeError as exc:
        raise ValueError(f"nobody's home: {path}") from exc


AnyPath = Annotated[Path, AfterValidator(_with_home)]


class Settings(BaseSettings):
    """Environment variables, then `.env`, then these defaults."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore",
        env_ignore_empty=True, allow_inf_nan=False,
    )  # fmt: skip

    nano_banana_api_key: SecretStr | None = Field(
        None, description="Key for the Gemini image API; empty: the offline generator."
    )
    nano_banana_api_url: str = Field(
        "https://generativelanguage.googleapis.com/v1beta",
        pattern=r"^https?://[^/\s]+\S*$",
        description="Address of the Gemini image API.",
    )
    nano_banana_model: str = Field(
        "gemini-nano-banana-2.1", min_length=1, description="Its model for the final picture."
    )
    nano_banana_image_size: Literal["auto", "1K", "2K", "4K"] = Field(
        "auto", description="Size to ask for; auto: 1K, or 2K for photos of more than 1600 pixels."
    )
    nano_banana_connect_timeout_s: float = Field(
        10, gt=0, le=120, description="Seconds to wait for a connection to it."
    )
    nano_banana_read_timeout_s: float = Field(
        180, gt=0, le=900, description="Seconds to wait for one answer of it."
    )
    final_timeout_s: float = Field(
        300, gt=0, le=3600, description="Seconds for one final picture, repeats included."
    )
    final_max_retries: int = Field(
        1, ge=0, le=3, description="How often a final picture that fails its checks is made anew."
    )
    work_image_size: int = Field(
        1536, ge=256, le=4096, description="Longer side of the working picture, pixels."
    )
    max_upload_mb: int = Field(25, ge=1, le=200, description="Largest picture file, megabytes.")
    max_image_side: int = Field(
        12000, ge=512, le=30000, description="Longest side of a picture as given, pixels."
    )
    quality_threshold: float = Field(
        0.7, ge=0, le=1, description="Below this score other strategies are tried."
    )
    quality_calibration: AnyPath | None = Field(
        None, description="Calibration file of the review; makes the score a chance. Empty: none."
    )
    max_retries: int = Field(2, ge=0, le=3, description="How many other strategies at most.")
    matting_model: str = Field(
        "u2netp", description="rembg model for cutouts; others are downloaded by rembg."
    )
    weights_dir: AnyPath = Field(
        Path("~/.cache/tryon-studio/weights"), validate_default=True,
        description="Where model files are kept.",
    )  # fmt: skip
    weights_offline: bool = Field(
        False, description="true: never fetch model files, use what is there."
    )
    storage_dir: AnyPath = Field(
        Path("storage"), description="Where the studio keeps try-ons and their pictures."
    )
    database_url: SecretStr | None = Field(
        None, description="postgresql://user:password@host/name; empty: a file in STORAGE_DIR."
    )
    review_inbox: str | None = Field(
        None, description="Review project that fits sent from the studio go to; empty: none."
    )
    review_retention_days: float | None = Field(
        None,
        gt=0,
        le=36_500,
        description="Review items are erased after so long; empty: when deleted.",
    )
    storage_url: str | None = Field(
        None, description="s3://bucket/folder, gs://... or file:///folder; empty: STORAGE_DIR."
    )
    redis_url: SecretStr | None = Field(
        None, description="redis://host:6379/0 for Celery workers; empty: threads do the jobs."
    )
    job_workers: int = Field(
        1, ge=0, le=64, description="Jobs of the API at once in one process; 0: others do them."
    )
    job_timeout_s: float = Field(
        180, gt=0, le=86400, description="A job at work for longer fails, seconds."
    )
    job_lease_s: float = Field(
        15, ge=1, le=3600, description="A worker not heard of for so long is replaced, seconds."
    )
    job_memory_mb: int = Field(
        2048, ge=256, description="A Celery worker above this is replaced after its job."
    )
    max_queued_jobs: int = Field(
        1000, ge=1, description="With so many jobs waiting, the API takes no more."
    )
    api_keys: SecretStr | None = Field(
        None, description="Keys of the API, separated by commas; more: python -m tryon keys."
    )
    allow_anonymous: bool = Field(
        False, description="Without keys the API serves this machine only; true: everybody."
    )
    rate_limit: str = Field(
        "1200/minute", description="Requests to the API per key, and per address."
    )
    submit_limit: str = Field("120/minute", description="Submitted jobs per key, and per address.")
    cors_origins: str = Field(
        "", description="Sites whose pages may use the API, separated by commas."
    )
    trusted_proxies: str = Field(
        "", description="Addresses or networks of proxies whose X-Forwarded headers hold."
    )
    review_dataset: str | None = Field(
        None,
        description="Hugging Face dataset (owner/name) labels are synced to; empty: none.",
    )
    review_dataset_pictures: bool = Field(
        False,
        description="true: the photos and pictures of the items, too; to a private dataset only.",
    )
    hf_token: SecretStr | None = Field(None, description="May write to REVIEW_DATASET.")
    retention_hours: float = Field(
        24,
        ge=0.01,
        le=876_000,
        description="Photos and results of the studio are erased after this time.",
    )
    mcp_server: bool = Field(
        False, description="true: the studio's functions as MCP tools; needs the package mcp."
    )
    save_debug_artifacts: bool = Field(
        True, description="Keep the pictures of every stage, not only the result."
    )
    debug: bool = Field(False, description="Tracebacks on the command line and in the log.")
    host: str = Field("127.0.0.1", description="Address the studio listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the studio listens on.")
    root_path: str = Field(
        "", pattern=r"^(/[\w.~-]+)*$",
        description="Path a proxy serves the studio at and cuts off, as /studio; empty: none.",
    )  # fmt: skip

    def of_results(self) -> dict[str, Any]:
        """The settings that change what comes out, as `run.json` tells them."""
        return self.model_dump(include={"work_image_size", "matting_model"})


class BadSetting(ValueError):
    """A setting that cannot be meant; the text names it, for people."""


def _refuse_slips(env_file: Path) -> None:
    """A name in `.env` that is nearly one of ours: API_KEY would leave the service open.

    Other names are of no concern to us; those of the environment belong to other programs, too.
    """
    ours = [name.upper() for name in Settings.model_fields]
    for name in dotenv_values(env_file):
        meant = nearest(name, ours, SLIP)
        if meant is not None and name.upper() != meant:
            raise BadSetting(f"the file .env has {name}, which is no setting; there is {meant}")


def read_settings() -> Settings:
    """The settings of this process. Raises BadSetting."""
    try:
        _refuse_slips(Path(".env"))
        return Settings()
    except UnicodeDecodeError as exc:
        raise BadSetting("the file .env is not UTF-8 text") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "_".join(map(str, first["loc"])).upper()
        raise BadSetting(f"setting {name}: {first['msg']}") from exc
