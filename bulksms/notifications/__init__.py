"""Tells people and machines how an unattended run ended; a failure here changes nothing else."""

from bulksms.notifications.notifier import Notifications, RunNotifier
from bulksms.notifications.run_end import RunCounts, RunEnd

__all__ = ["Notifications", "RunCounts", "RunEnd", "RunNotifier"]
