"""`python docs/site/reference`, or `make reference`: write the pages that the program writes."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reference.pages import write

write()
