"""`python -m micrograd`."""

import sys

from micrograd.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
