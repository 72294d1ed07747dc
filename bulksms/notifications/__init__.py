"""Notifies people and machines of the end of an unattended run; a failure changes nothing else."""

from bulksms.notifications.notifier import Notifications, RunNotifier
from bulksms.notifications.run_end import RunCounts, RunEnd

__all__ = ["Notifications", "RunCounts", "RunEnd", "RunNotifier"]
