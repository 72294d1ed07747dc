"""Says in words how, when and from whom a plan would be sent."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bulksms.campaign import Purpose, SmsType
from bulksms.count_words import count_of
from bulksms.plan.view import DeliveryView, Mode, PlanView

__all__ = ["describe_delivery", "describe_time", "send_question"]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
PURPOSES = {Purpose.WHOLESALE: "marketing", Purpose.ALERT: "alert"}
ROUTES = {SmsType.PREMIUM: "premium route", SmsType.LOW_COST: "low-cost route"}
MODES = {
    Mode.REAL: "REAL",
    Mode.REHEARSAL: "REHEARSAL, no real phone is texted",
    Mode.SIMULATION: "SIMULATION, Octopush texts no one",
}


def describe_delivery(delivery: DeliveryView) -> str:
    """Describe in one line the mode, purpose, sender, route and time."""
    return (
        f"{MODES[delivery.mode]}: {PURPOSES[delivery.purpose]} from {_sender(delivery)}, "
        f"{ROUTES[delivery.type]}, {_when(delivery)}"
    )


def describe_time(moment: datetime, now: datetime | None = None) -> str:
    """Write "Monday 30 November at 10:00 (Paris)", with the year unless `now` is in it."""
    year = "" if now and now.astimezone(moment.tzinfo).year == moment.year else f" {moment.year}"
    day = f"{WEEKDAYS[moment.weekday()]} {moment.day} {MONTHS[moment.month - 1]}{year}"
    return f"{day} at {moment:%H:%M} ({_zone(moment)})"


def send_question(view: PlanView) -> str:
    """Ask for the order to send, with everything it means."""
    delivery, people = view.delivery, view.sendable
    recipients = count_of(people, "person", "people")
    price = view.estimate
    cost = f" for about {price.amount:,.2f} {price.currency}" if price else ""
    return (
        f"{MODES[delivery.mode]}: {PURPOSES[delivery.purpose]}, {ROUTES[delivery.type]}.\n"
        f"Send to {recipients} {_when(delivery)} from {_sender(delivery)}{cost}?"
    )


def _sender(delivery: DeliveryView) -> str:
    return delivery.sender or "the account's sender"


def _when(delivery: DeliveryView) -> str:
    if delivery.send_at is None:
        return "now"
    return f"on {describe_time(delivery.send_at, delivery.planned_at)}"


def _zone(moment: datetime) -> str:
    """Name the zone by its city, or by its offset where that is all there is."""
    if isinstance(moment.tzinfo, ZoneInfo) and "/" in moment.tzinfo.key:
        return moment.tzinfo.key.rpartition("/")[2].replace("_", " ")
    offset = f"{moment:%z}"
    return "UTC" if offset in {"", "+0000"} else f"UTC{offset[:3]}:{offset[3:5]}"
