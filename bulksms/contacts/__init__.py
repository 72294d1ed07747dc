"""A table becomes contacts and rejections."""

from bulksms.contacts.model import FIELDS, PARAMS, Contact, Finding, Level, Reason, Rejection

__all__ = ["FIELDS", "PARAMS", "Contact", "Finding", "Level", "Reason", "Rejection"]
