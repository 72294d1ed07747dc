"""The checks of a submission that need no memory and no credit, in the API's order."""

from bulksms.sandbox.lenient_parsing import Submission
from bulksms.sandbox.server_options import SandboxOptions

__all__ = ["refusal_code"]

MAX_TEXT = 1224
MAX_RECIPIENTS = 100_001
SENDER_LENGTHS = range(3, 12)


def refusal_code(submission: Submission, options: SandboxOptions) -> int | None:
    """The API code of the first check that fails; None when all pass."""
    return (
        _check_text(submission)
        or _check_recipients(submission, options)
        or _check_rules(submission, options)
    )


def _check_text(submission: Submission) -> int | None:
    """Check that there is a text and that it is not too long."""
    if submission.text is None:
        return 107
    return 189 if len(submission.text) > MAX_TEXT else None


def _check_recipients(submission: Submission, options: SandboxOptions) -> int | None:
    """Check the list and its numbers."""
    if not submission.listed:
        return 103
    if submission.listed > MAX_RECIPIENTS:
        return 305
    if not submission.recipients:
        return 117
    refused = options.reject_invalid and len(submission.recipients) < submission.listed
    return 181 if refused else None


def _check_rules(submission: Submission, options: SandboxOptions) -> int | None:
    """Check the sender and the STOP mention."""
    if submission.sender is not None and len(submission.sender) not in SENDER_LENGTHS:
        return 106
    french = any(contact.phone_number.startswith("+33") for contact in submission.recipients)
    text = submission.text or ""
    mentioned = any(mention in text for mention in options.stop_mentions)
    return 121 if submission.purpose == "wholesale" and french and not mentioned else None
