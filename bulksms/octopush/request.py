"""Builds the JSON body of a request, from a closed list of fields, and adds its request id.

The API ignores an unknown field and sends anyway, so no field outside the list can be written,
and every switch is spelt out (`reliability.md` section 0.4).
"""

import base64
import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import orjson

from bulksms.campaign import Parameters
from bulksms.contacts import FIELDS, Contact

REQUEST_ID_LENGTH = 26  # characters of base32: 130 bits, as reliability.md section 2.2 has it


def build_body(parameters: Parameters, contacts: Sequence[Contact]) -> bytes:
    """Write contacts as a frame in canonical JSON without request id; equal input, equal bytes."""
    if not contacts:
        raise ValueError("a frame has at least one contact")
    return build_body_around(parameters, [_recipient(contact) for contact in contacts])


def build_body_around(
    parameters: Parameters, recipients: "Sequence[Mapping[str, str]] | orjson.Fragment"
) -> bytes:
    """Write a frame of recipients, which may be written already."""
    fields: dict[str, object] = {
        "text": parameters.text,
        "purpose": parameters.purpose,
        "type": parameters.type,
        "with_replies": parameters.with_replies,
        "simulation_mode": parameters.simulation_mode,
        "recipient_tracking": parameters.recipient_tracking,
        "auto_optimize_text": parameters.auto_optimize_text,
        "auto_delete_optout_contacts": parameters.auto_delete_optout_contacts,
        "recipients": recipients,
    }
    if parameters.sender is not None:
        fields["sender"] = parameters.sender
    if parameters.send_at is not None:
        fields["send_at"] = parameters.send_at.isoformat(timespec="seconds")
    if parameters.list_name is not None:
        fields["list_name"] = parameters.list_name
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


class SignedBody(NamedTuple):
    """The bytes of a frame with their request id."""

    request_id: str
    body: bytes


def add_request_id(body: bytes, *, key: str) -> SignedBody:
    """Derive the request id from the campaign's key and the body, and add it as the last field.

    Derived, not random: if an intent is lost, the repeat carries the same id.
    """
    if b'"request_id":' in body:
        raise ValueError("the body has a request id already")
    prefix = "sim1-" if is_simulated(body) else "bs1-"
    digest = hashlib.sha256(key.encode() + hashlib.sha256(body).digest()).digest()
    request_id = prefix + base64.b32encode(digest).decode().lower()[:REQUEST_ID_LENGTH]
    return SignedBody(request_id, body[:-1] + b',"request_id":"' + request_id.encode() + b'"}')


def count_recipients(body: bytes) -> int:
    """Count the recipients of a body built here, without parsing it.

    In canonical JSON every quote inside a text or a name has a backslash, so none can look like
    a field.
    """
    return body.count(b'"phone_number":')


def is_simulated(body: bytes) -> bool:
    """Whether a body built here asks for a simulation; searched from the end, where that is."""
    return body.rpartition(b'"simulation_mode":')[2].startswith(b"true")


def drop_recipients(body: bytes, numbers: Collection[str]) -> bytes | None:
    """Remove recipients and the request id from a frame; None when no one is left.

    Everything else stays as it was frozen.
    """
    fields = orjson.loads(body)
    del fields["request_id"]
    fields["recipients"] = [
        recipient for recipient in fields["recipients"] if recipient["phone_number"] not in numbers
    ]
    if not fields["recipients"]:
        return None
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def readdress(body: bytes, numbers: Sequence[str]) -> bytes:
    """Address a frame's text to other numbers, each with the fields of its first recipient.

    The request id is left out. The list that the frame creates at the provider does not get them.
    """
    fields = orjson.loads(body)
    del fields["request_id"]
    fields.pop("list_name", None)
    first = fields["recipients"][0]
    fields["recipients"] = [{**first, "phone_number": number} for number in numbers]
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def erase_recipients(body: bytes, numbers: Collection[str]) -> bytes:
    """Remove recipients from a frame that is never posted again; the rest stays as it was."""
    fields = orjson.loads(body)
    fields["recipients"] = [
        recipient for recipient in fields["recipients"] if recipient["phone_number"] not in numbers
    ]
    return orjson.dumps(fields)


def _recipient(contact: Contact) -> dict[str, str]:
    """Write a contact's number and its fields that are not empty."""
    values = ((name, getattr(contact, name)) for name in ("phone_number", *FIELDS))
    return {name: value for name, value in values if value}
