"""The studio's pages: widgets and wiring. They call one service, never a stage.

Gradio reports usage to its makers unless told otherwise before its first import; that is told here,
so every module of this package may import it.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
