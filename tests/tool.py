"""The tool of this checkout, whatever the folder in which it is called holds, a package of its name for example."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_MAIN = "import sys; sys.path[0] = {}; from ci.cli import main; sys.exit(main())"

#: Starts it, without the set-up that `python -m ci` does first.
CI = [sys.executable, "-c", _MAIN.format(json.dumps(str(ROOT)))]
