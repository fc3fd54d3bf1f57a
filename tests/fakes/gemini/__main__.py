"""Try the studio by hand against the fake: `python -m tests.fakes.gemini --scenario drifted`."""

import argparse
import threading

from tests.fakes.gemini import SCENARIOS, FakeGemini


def main() -> None:
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="A local server that speaks the Gemini image API.")
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--key", help="the only key to accept (default: any)")
    parser.add_argument(
        "--scenario", action="append", choices=SCENARIOS, metavar="NAME",
        help="what to answer; given several times, in turn, the last one for ever. "
        f"One of {', '.join(SCENARIOS)}",
    )  # fmt: skip
    args = parser.parse_args()
    with FakeGemini(*(args.scenario or ["success"]), key=args.key, port=args.port) as fake:
        print(
            f"NANO_BANANA_API_URL={fake.url}\nNANO_BANANA_API_KEY={args.key or 'any'}", flush=True
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("stopped")


if __name__ == "__main__":
    main()
