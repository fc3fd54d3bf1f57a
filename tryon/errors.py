"""Every failure a user can see: a stable code, a sentence and a remedy.

The same texts are shown by the command line, the API and the studio.
"""

from typing import ClassVar


class TryOnError(Exception):
    """A failure we can explain. `code` is a contract: add codes, never rename them.

    Args:
        detail: for the log; never shown as the message.
        message: a sentence for people, where the class's own is too general.
        remedy: what to do next, where the class's own is too general.
        reason: which of several causes, as a word for programs; only some classes have it.

    Attributes:
        stage: name of the pipeline stage that failed; filled in by the pipeline.
    """

    code: ClassVar[str]
    http_status: ClassVar[int]
    default_message: ClassVar[str]
    default_remedy: ClassVar[str]

    def __init__(
        self,
        detail: str = "",
        *,
        message: str | None = None,
        remedy: str | None = None,
        reason: str | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.remedy = remedy or self.default_remedy
        self.reason = reason
        self.detail = detail
        self.stage: str | None = None
        super().__init__(f"{self.code}: {self.message}" + (f" ({detail})" if detail else ""))

    def to_json(self) -> dict[str, str | None]:
        """The `error.json` of ARTIFACTS: what is shown, and where it happened."""
        document = {
            "code": self.code,
            "message": self.message,
            "remedy": self.remedy,
            "stage": self.stage,
        }
        return document | ({"reason": self.reason} if self.reason else {})


class InvalidImageFormat(TryOnError):
    code, http_status = "INVALID_IMAGE_FORMAT", 415
    default_message = "This file is not a picture we can read."
    default_remedy = "Save it as JPEG, PNG, WebP or HEIC and try again."


class InvalidImageUrl(TryOnError):
    code, http_status = "INVALID_IMAGE_URL", 422
    default_message = "No picture could be fetched from this address."
    default_remedy = "Use a public http or https link straight to the picture, or upload the file."


class ImageTooLarge(TryOnError):
    code, http_status = "IMAGE_TOO_LARGE", 413
    default_message = "This picture is too large."
    default_remedy = "Save the picture smaller, or as JPEG, and try again."


class SegmentationFailed(TryOnError):
    code, http_status = "SEGMENTATION_FAILED", 422
    default_message = "The picture could not be separated from its background."
    default_remedy = "Use a photo with a plain background that differs from the clothes."


class PoseFailed(TryOnError):
    code, http_status = "POSE_FAILED", 422
    default_message = "No person in a usable pose was found in the person photo."
    default_remedy = "Use a photo of one standing person, facing the camera, from head to hips."


class WarpFailed(TryOnError):
    code, http_status = "WARP_FAILED", 422
    default_message = "The garment cannot be laid over the body with these anchor points."
    default_remedy = "Spread the anchor points apart, or reset them, and align again."


class QualityCheckFailed(TryOnError):
    code, http_status = "QUALITY_CHECK_FAILED", 422
    default_message = "No attempt gave a fit that is good enough."
    default_remedy = "Correct the anchor points, or use a frontal photo and a flat garment photo."


class NanoApiError(TryOnError):
    code, http_status = "NANO_API_ERROR", 502
    default_message = "The final picture could not be generated."
    default_remedy = "Keep the draft and try the final step again later."


class TimedOut(TryOnError):
    code, http_status = "TIMEOUT", 504
    default_message = "This took longer than allowed and was stopped."
    default_remedy = "Try again; if it happens again, use a smaller photo."


class StorageError(TryOnError):
    code, http_status = "STORAGE_ERROR", 507
    default_message = "The result could not be saved."
    default_remedy = "Check that the output folder exists, is writable and has free space."


class InvalidAnchors(TryOnError):
    code, http_status = "INVALID_ANCHORS", 422
    default_message = "The anchors file does not describe anchor points we can use."
    default_remedy = "Start from the anchors.json of an earlier run and change only x and y."


class WeightsUnavailable(TryOnError):
    code, http_status = "WEIGHTS_UNAVAILABLE", 503
    default_message = "A model file is missing and no source for it answered."
    default_remedy = "Connect to the internet once and run: python -m tryon weights"


class Cancelled(TryOnError):
    code, http_status = "CANCELLED", 409
    default_message = "The run was cancelled."
    default_remedy = "Start it again when you are ready."


class FitExpired(TryOnError):
    code, http_status = "FIT_EXPIRED", 410
    default_message = "This fit is no longer kept on the server."
    default_remedy = "Start a new run; then go on correcting."


class ReviewNotAllowed(TryOnError):
    code, http_status = "REVIEW_NOT_ALLOWED", 403
    default_message = "You are not signed in as a reviewer of this project."
    default_remedy = "Open the invitation link once more, or ask the project's lead for a new one."


class ReviewNotFound(TryOnError):
    code, http_status = "REVIEW_NOT_FOUND", 404
    default_message = "This review project, item or picture does not exist."
    default_remedy = "Check the name; python -m tryon review projects lists what there is."


class LabelConflict(TryOnError):
    code, http_status = "LABEL_CONFLICT", 409
    default_message = "This label was changed in the meantime, perhaps in another tab."
    default_remedy = "Look at what is saved now, then save yours over it or keep that one."


class InvalidLabel(TryOnError):
    code, http_status = "INVALID_LABEL", 422
    default_message = "The label has a word or a number that this project does not know."
    default_remedy = "Choose among the verdicts, ratings and defects of the project."


class InvalidReviewFile(TryOnError):
    code, http_status = "INVALID_REVIEW_FILE", 422
    default_message = "The file does not hold what the review needs."
    default_remedy = "docs/review.md describes every format; compare the file with an export."


class NotEnoughLabels(TryOnError):
    code, http_status = "NOT_ENOUGH_LABELS", 409
    default_message = "There are too few labels for a figure one could rely on."
    default_remedy = "Label more items, good and bad ones, and try again."


class InvalidCalibration(TryOnError):
    code, http_status = "INVALID_CALIBRATION", 500
    default_message = "The calibration file cannot be used."
    default_remedy = "Make it again with: python -m tryon review calibrate PROJECT --out FILE"


class InvalidRequest(TryOnError):
    code, http_status = "INVALID_REQUEST", 422
    default_message = "The request is not one we understand."
    default_remedy = "Compare it with the examples in docs/api.md."


class Unauthorized(TryOnError):
    code, http_status = "UNAUTHORIZED", 401
    default_message = "This needs an API key that we know."
    default_remedy = "Send the header X-API-Key, or Authorization: Bearer KEY."


class Forbidden(TryOnError):
    code, http_status = "FORBIDDEN", 403
    default_message = "Pages of this site may not use the API."
    default_remedy = "Call it from your server, or add the site to CORS_ORIGINS."


class NotFound(TryOnError):
    code, http_status = "NOT_FOUND", 404
    default_message = "There is nothing of yours at this address."
    default_remedy = "Check the address, the job id and the API key."


class JobErased(TryOnError):
    code, http_status = "JOB_ERASED", 410
    default_message = "This job and its pictures were erased."
    default_remedy = "Submit the photos again; results are kept for RETENTION_HOURS."


class JobUnreadable(TryOnError):
    code, http_status = "JOB_UNREADABLE", 500
    default_message = "What was written down of this job cannot be read by this version."
    default_remedy = "Submit it again; whoever runs the service finds the job in the log."


class MethodNotAllowed(TryOnError):
    code, http_status = "METHOD_NOT_ALLOWED", 405
    default_message = "This address does not answer this method."
    default_remedy = "See docs/api.md for the methods of each address."


class NotReady(TryOnError):
    code, http_status = "NOT_READY", 409
    default_message = "This job has no result yet."
    default_remedy = "Ask for its status until it is DONE."


class IdempotencyKeyReused(TryOnError):
    code, http_status = "IDEMPOTENCY_KEY_REUSED", 409
    default_message = "This Idempotency-Key was used for another try-on."
    default_remedy = "Use a new key for every new try-on, the same key only to repeat a request."


class RateLimited(TryOnError):
    code, http_status = "RATE_LIMITED", 429
    default_message = "Too many requests at once."
    default_remedy = "Wait as many seconds as the header Retry-After says, then go on."


class QueueFull(TryOnError):
    code, http_status = "QUEUE_FULL", 503
    default_message = "Too many jobs are waiting already."
    default_remedy = "Submit it again in a minute."


class ServiceUnavailable(TryOnError):
    code, http_status = "SERVICE_UNAVAILABLE", 503
    default_message = "A part of the service does not answer at the moment."
    default_remedy = "Try again in a few seconds; jobs already submitted are not lost."


class WorkerLost(TryOnError):
    code, http_status = "WORKER_LOST", 500
    default_message = "The worker stopped in the middle of this job, every time it was tried."
    default_remedy = "Try smaller photos; if it happens again, report it with the job id."


class Unexpected(TryOnError):
    """A bug of ours, told like every other failure; the traceback is its cause."""

    code, http_status = "INTERNAL_ERROR", 500
    default_message = "Something went wrong that we did not foresee."
    default_remedy = "Run it once more with --debug and report what it prints."


def why(exc: OSError) -> str:
    """What the system says, in small letters and without the path, which not everybody may see."""
    return (exc.strerror or type(exc).__name__).lower()


def in_one_line(error: TryOnError) -> str:
    """A failure for a terminal: code, stage, sentence, remedy; of the database, its own words."""
    code = f"{error.code} ({error.stage})" if error.stage else error.code
    is_told = isinstance(error, ServiceUnavailable) and error.detail
    detail = f" ({' '.join(error.detail.split())})" if is_told else ""
    return f"{code}: {error.message} {error.remedy}{detail}"
