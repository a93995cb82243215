import sys
from pathlib import Path

from docs.manual.build import build

build(Path(sys.argv[1] if len(sys.argv) > 1 else "out/site/docs"))
