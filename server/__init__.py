"""Earshot: live listening for domestic-abuse specialists in police control rooms."""

import os

# The opinions' sums are small: several threads for one would take the cores from the calls beside it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
