"""`python -m sandbox.egress`: finds or installs what the laboratory needs."""

import os
import sys

from sandbox.egress.errors import LaboratoryError
from sandbox.egress.tools import provide

try:
    provide(os.environ, lambda line: print(line, flush=True))
except LaboratoryError as error:
    sys.exit(f"error: {error}")
