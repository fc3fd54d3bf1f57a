"""`python -m tryon`."""

import sys

if __name__ == "__main__":
    try:
        from tryon.cli import main  # here, or Ctrl+C in the first second would show a traceback

        sys.exit(main())
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped\n")
        sys.exit(130)
