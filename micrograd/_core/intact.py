"""Whether another distribution has spoilt the installation: the original, which is imported under the same name.

Installed into the same folder, each overwrites files of the other, and to uninstall one deletes files of both.
"""

from __future__ import annotations

import os
import warnings
from types import ModuleType

REPAIR = "to set it right: pip uninstall micrograd, then pip install --force-reinstall micrograd-lab"


def check_intact(package: ModuleType) -> None:
    """Raises `ImportError` if files of ours are gone, and warns if files of the original are among them."""
    if not hasattr(package, "__version__"):  # its __init__.py is not ours, or missing
        raise ImportError(
            "files of micrograd-lab are missing or overwritten: the original micrograd, which has the same import "
            f"name, is or was installed in the same folder; {REPAIR}"
        )
    if os.path.exists(os.path.join(package.__path__[0], "nn.py")):  # ours is a folder
        text = "the original micrograd is installed in the same folder, and uninstalling it deletes our files too"
        warnings.warn(f"{text}; {REPAIR}", stacklevel=4)  # where micrograd is imported
