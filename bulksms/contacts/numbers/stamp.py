"""Which metadata is installed: the library's version and a digest of what it reads numbers by."""

import hashlib
from functools import cache
from importlib import resources

import phonenumbers

__all__ = ["metadata_version"]


@cache
def metadata_version() -> str:
    """Name the installed metadata, and the code that reads it: `9.0.43 1f0c…`."""
    digest = hashlib.sha256()
    root = resources.files("phonenumbers")
    plans = (one for one in root.joinpath("data").iterdir() if one.name.startswith("region_"))
    read = [root.joinpath("phonenumberutil.py"), root.joinpath("data", "__init__.py"), *plans]
    for source in sorted(read, key=lambda one: one.name):
        if source.name.endswith(".py"):
            digest.update(source.name.encode() + source.read_bytes().replace(b"\r\n", b"\n"))
    return f"{phonenumbers.__version__} {digest.hexdigest()[:32]}"
