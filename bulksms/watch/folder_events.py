"""Wakes the watcher when a file changes; where there are no events, it looks often instead."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["FolderEvents", "folder_events"]

# Seconds between two looks: events may be lost, so a look is taken in any case.
WITH_EVENTS = 60.0
BY_POLLING = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderEvents:
    """An event that is set when a file of the folder changes, and how long to wait for it."""

    changed: threading.Event
    seconds: float = BY_POLLING


@contextmanager
def folder_events(folder: Path, *, polling: bool) -> Iterator[FolderEvents]:
    """Listen to the changes of a folder.

    With `polling`, or where the system has no events left, the folder is only looked into often:
    a network drive reports nothing that another machine writes.
    """
    changed = threading.Event()
    if polling:
        yield FolderEvents(changed=changed)
        return
    from watchdog import events
    from watchdog.observers import Observer

    class _Wake(events.FileSystemEventHandler):
        def on_any_event(self, event: events.FileSystemEvent) -> None:
            del event
            changed.set()

    # Not those of reading: our own looks would wake us.
    kinds: list[type[events.FileSystemEvent]] = [
        events.FileCreatedEvent,
        events.FileModifiedEvent,
        events.FileMovedEvent,
        events.FileClosedEvent,
    ]
    observer = Observer()
    try:
        observer.schedule(_Wake(), folder, recursive=False, event_filter=kinds)
        observer.start()
    except OSError:  # no watches are left on this machine, or the drive has none
        yield FolderEvents(changed=changed)
        return
    try:
        yield FolderEvents(changed=changed, seconds=WITH_EVENTS)
    finally:
        observer.stop()
        observer.join()
