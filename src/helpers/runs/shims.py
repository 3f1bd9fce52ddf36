"""Imported ahead of nbformat in the processes of a batch, so that they do without a checker that takes a second to build.

nbformat imports jsonschema, and that imports rfc3987_syntax where it is installed (JupyterLab brings it along), which
compiles a grammar of web addresses. jsonschema does without where it is missing, and no notebook asks for such addresses.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # to Python, a module that is not there
