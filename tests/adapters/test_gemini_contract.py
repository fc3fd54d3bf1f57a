"""The fake and our client speak one language with Google's own SDK."""

import json
import warnings
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.final_fits import a_request
from tests.fakes.gemini import FakeGemini
from tests.fakes.gemini.answers import BLOCK_REASONS, FINISH_REASONS
from tests.fakes.gemini.pictures import as_file
from tryon.adapters.gemini_pictures import Padding, encoded
from tryon.adapters.gemini_wire import request_body

with warnings.catch_warnings():  # the SDK's own, of its dependencies
    warnings.simplefilter("ignore")
    from google import genai
    from google.genai import errors, types

PHOTO = np.full((96, 72, 3), 140, np.uint8)


@pytest.fixture
def fake() -> Iterator[FakeGemini]:
    with FakeGemini(key="sdk-key") as server:
        yield server


def ask(fake: FakeGemini, key: str = "sdk-key") -> types.GenerateContentResponse:
    """The call of Google's documentation, to the fake."""
    client = genai.Client(
        api_key=key,
        http_options=types.HttpOptions(base_url=fake.url.removesuffix("/v1beta"),
                                       api_version="v1beta"),
    )  # fmt: skip
    try:
        return client.models.generate_content(
            model="gemini-nano-banana-2.1",
            contents=[
                "Image 1:", types.Part.from_bytes(data=as_file(PHOTO), mime_type="image/png"),
                "Image 2:", types.Part.from_bytes(data=as_file(PHOTO), mime_type="image/png"),
                "Edit it.",
            ],
            config=types.GenerateContentConfig(
                response_modalities=["IMAGE"],
                image_config=types.ImageConfig(aspect_ratio="3:4", image_size="1K"),
            ),
        )  # fmt: skip
    finally:
        client.close()


def test_the_official_sdk_works_with_the_fake(fake: FakeGemini) -> None:
    """So the fake answers as the API does."""
    answer = ask(fake)

    part = answer.candidates[0].content.parts[0]
    assert part.inline_data.mime_type == "image/png"
    picture = part.as_image()
    assert picture.image_bytes.startswith(b"\x89PNG")
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.usage_metadata.total_token_count == 2101


def test_the_official_sdk_reads_the_fakes_errors(fake: FakeGemini) -> None:
    """So the fake fails as the API does."""
    with pytest.raises(errors.ClientError) as caught:
        ask(fake, key="wrong")

    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")
    assert "API key not valid" in caught.value.message


def test_the_fake_refuses_in_every_way_the_sdk_knows() -> None:
    """A newer SDK with a new reason says so here; what it means is then ours to decide."""
    ends = {reason.value for reason in types.FinishReason} - {"FINISH_REASON_UNSPECIFIED", "STOP"}
    blocks = {reason.value for reason in types.BlockedReason} - {"BLOCKED_REASON_UNSPECIFIED"}

    assert ends <= set(FINISH_REASONS)
    assert blocks <= set(BLOCK_REASONS)


def test_our_requests_are_valid_for_the_sdk() -> None:
    """Its types forbid fields they do not know."""
    request = replace(a_request(), seed=3)
    padding = Padding.around((request.person.shape[1], request.person.shape[0]))
    pictures = encoded(request, padding)
    assert pictures is not None
    body = json.loads(json.dumps(
        request_body(pictures, request.instruction, padding.aspect_ratio, "1K", request.seed)
    ))  # fmt: skip

    contents = [types.Content.model_validate(content) for content in body["contents"]]
    config = types.GenerateContentConfig.model_validate(body["generationConfig"])

    assert [p.inline_data.mime_type for p in contents[0].parts if p.inline_data] == [
        "image/png", "image/jpeg", "image/jpeg",
    ]  # fmt: skip
    assert (config.image_config or types.ImageConfig()).aspect_ratio == "3:4"
    assert config.seed == 3
    assert set(body) == {"contents", "generationConfig"}


def test_our_client_and_the_sdk_send_the_same(fake: FakeGemini) -> None:
    """The same fields; the SDK writes some of them in the other spelling the API takes."""
    ask(fake)
    theirs = fake.requests[0].body

    request = a_request()
    padding = Padding.around((request.person.shape[1], request.person.shape[0]))
    ours = request_body(encoded(request, padding) or [], "Edit it.", "3:4", "1K", None)

    assert theirs["generationConfig"] == ours["generationConfig"]
    assert set(theirs["contents"][0]) == set(ours["contents"][0])
    blobs = [next(p["inlineData"] for p in body["contents"][0]["parts"] if "inlineData" in p)
             for body in (theirs, ours)]  # fmt: skip
    assert {name.replace("mime_type", "mimeType") for name in blobs[0]} == set(blobs[1])
