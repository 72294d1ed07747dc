"""A folder on a real disk, for the trials that memory would be too kind to."""

import tempfile
from pathlib import Path

import psutil

__all__ = ["file_system_of", "make_folder_on_disk"]

IN_MEMORY = {"tmpfs", "ramfs"}
BUILD = Path(__file__).parents[2] / "build"  # what `make clean` removes


def make_folder_on_disk() -> tuple[Path, str]:
    """Make a folder on the first disk there is, and name its file system.

    Raises:
        RuntimeError: all there is is memory.
    """
    BUILD.mkdir(exist_ok=True)
    for folder in (BUILD, Path(tempfile.gettempdir()), Path("/var/tmp")):
        file_system = file_system_of(folder)
        if folder.is_dir() and file_system not in IN_MEMORY:
            return Path(tempfile.mkdtemp(prefix="torture-", dir=folder)), file_system
    raise RuntimeError(f"{BUILD} is in memory, like the temporary folders: check out onto a disk.")


def file_system_of(folder: Path) -> str:
    """Name the kind of file system that holds a folder."""
    path = folder.resolve()
    mounts = [
        disk for disk in psutil.disk_partitions(all=True) if path.is_relative_to(disk.mountpoint)
    ]
    # The innermost holds it; of two at one path, the later hides the earlier.
    nearest = sorted(mounts, key=lambda disk: len(Path(disk.mountpoint).parts))[-1:]
    return nearest[0].fstype if nearest else "an unknown file system"
