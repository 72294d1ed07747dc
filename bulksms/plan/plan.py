"""A plan: what would be sent, what not and why, and what it costs.

It must not know how files are read.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from bulksms.campaign import Frame, Parameters
from bulksms.chunker import SIZE_DEFAULT, chunk, frame_sizes
from bulksms.contacts import (
    SUPPRESSING,
    ColumnMapping,
    OptOutList,
    Profile,
    ScreeningResult,
    ScreeningRules,
)
from bulksms.finding import Finding, Level
from bulksms.loader import ReadOptions, Sheet
from bulksms.message import (
    Estimate,
    MessageStats,
    Tariff,
    advise,
    estimate,
    measure,
    price_findings,
    shipped_tariff,
)
from bulksms.plan.accepted_findings import apply_acceptance
from bulksms.plan.compliance import Compliance, check_compliance
from bulksms.plan.previews import ALWAYS, Preview, previews
from bulksms.plan.variants import PersonalisedVariants, TextOptions, Variant, personalise_variants

if TYPE_CHECKING:
    import pandas as pd

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["Plan", "PlanRequest", "with_message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What the user asks for: the files, how to read them, the rules and the message.

    `chosen` is all that is said of columns; `profile` is where it was saved, to be checked.
    """

    files: tuple[str, ...]
    reading: ReadOptions = field(default_factory=ReadOptions)
    accepted: frozenset[str] = frozenset()
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    profile: Profile | None = None
    rules: ScreeningRules = field(default_factory=ScreeningRules)
    optouts: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    stored_optouts: OptOutList = field(default_factory=OptOutList)
    parameters: Parameters | None = None
    text_options: TextOptions = field(default_factory=TextOptions)
    previews: tuple[str, ...] = ()
    frame_size: int = SIZE_DEFAULT
    compliance: Compliance = field(default_factory=Compliance)
    tariff: Tariff = field(default_factory=shipped_tariff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be sent, what not and why.

    Attributes:
        personalised: the texts and the contacts they go to; none without a text.
    """

    request: PlanRequest
    sheets: tuple[tuple[Sheet, ColumnMapping], ...]
    screened: ScreeningResult
    personalised: PersonalisedVariants | None = None
    stats: MessageStats | None = None
    price: Estimate | None = None
    notes: tuple[Finding, ...] = ()
    text_findings: tuple[Finding, ...] = ()
    previews: tuple[Preview, ...] = ()

    @property
    def contacts(self) -> "pd.DataFrame":
        """Lay out whom the texts go to, part after part, and in each in the order of the file."""
        return self.screened.contacts if self.personalised is None else self.personalised.contacts

    @property
    def rejections(self) -> "pd.DataFrame":
        """Lay out who was left out, by the screening and then by the texts."""
        refused = self.rejected_by_text
        if refused is None:
            return self.screened.rejections
        import pandas as pd

        return pd.concat([self.screened.rejections, refused], ignore_index=True)

    @property
    def rejected_by_text(self) -> "pd.DataFrame | None":
        """Lay out whose text cannot be sent; none when there is nobody."""
        if self.personalised is None or self.personalised.rejections.empty:
            return None
        return self.personalised.rejections

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Each text with the contacts it goes to; none without a text."""
        return () if self.personalised is None else self.personalised.variants

    @property
    def segments(self) -> "pd.Series[int] | None":
        """How many segments each contact needs at the most, under the index of `contacts`."""
        return None if self.personalised is None else self.personalised.counted["segments"]

    @property
    def sendable(self) -> int:
        """How many people the plan reaches."""
        return (
            self.screened.sendable if self.personalised is None else len(self.personalised.contacts)
        )

    @property
    def parameters(self) -> Parameters | None:
        """The parameters that all parts share; the text is that of the first."""
        return self.variants[0].parameters if self.variants else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What people must know: of the files, of the rows and of the text."""
        found = (*self.notes, *self.screened.findings, *self.text_findings)
        return tuple(apply_acceptance(finding, self.request.accepted) for finding in found)

    @property
    def counts(self) -> dict[str, int]:
        """How the rows divide: `rows` is the sum of the other four, always."""
        judged = self.screened
        counts = {
            "rows": sum(len(sheet.rows) for sheet, _ in self.sheets),
            "sendable": self.sendable,
            "rejected": sum(self.reasons.values()),
            "duplicates": judged.duplicates,
            "opted_out": judged.opted_out,
        }
        assert counts["rows"] == sum(counts.values()) - counts["rows"]
        return counts

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected for each reason, the most frequent first."""
        return {one: n for one, n in self.left_out.items() if one not in SUPPRESSING}

    @property
    def left_out(self) -> dict[str, int]:
        """How many rows were left out for each reason, duplicates and opt-outs too."""
        counts = Counter({str(reason): n for reason, n in self.screened.counts.items()})
        if self.personalised is not None:
            counts.update(str(reason) for reason in self.personalised.rejections["reason"])
        return dict(counts.most_common())

    @property
    def frames(self) -> tuple[int, ...]:
        """The size of every frame, in the order of `contacts`."""
        groups = [len(part.contacts) for part in self.variants] or [self.sendable]
        size = self.request.frame_size
        return tuple(people for group in groups for people in frame_sizes(group, size))

    def cut(self) -> Iterator[tuple[Parameters, Frame]]:
        """Cut each part into frames of its own, numbered through."""
        number = count(1)
        for part in self.variants:
            for frame in chunk(part.contacts, self.request.frame_size):
                yield part.parameters, replace(frame, number=next(number))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stops the sending."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    def without(self, numbers: "PhoneNumbers") -> "Plan":
        """Leave out whose number (as E.164 digits) got this text before, and count anew."""
        screened = self.screened.without(numbers, "This number got the same text before.")
        plan = Plan(request=self.request, sheets=self.sheets, screened=screened, notes=self.notes)
        return with_message(plan)


def with_message(plan: Plan) -> Plan:
    """Fit the text to the contacts, and price it; a plan without a text stays as it is."""
    request = plan.request
    asked = request.parameters
    if asked is None:
        return plan
    personalised = personalise_variants(asked, request.text_options, plan.screened.contacts)
    stats = measure(personalised.contacts["row"], personalised.texts, personalised.counted)
    advice = advise(stats, auto_optimize=asked.auto_optimize_text) if stats else ()
    broken = check_compliance(personalised.variants, personalised.contacts, request.compliance)
    price, dear = _priced(request, asked, personalised)
    wishes = (*ALWAYS, *request.previews)
    return replace(
        plan,
        personalised=personalised,
        text_findings=(*personalised.findings, *advice, *broken, *dear),
        stats=stats,
        price=price,
        previews=previews(wishes, personalised, plan.screened, price, request.rules.region),
    )


def _priced(
    request: PlanRequest, asked: Parameters, personalised: PersonalisedVariants
) -> tuple[Estimate | None, tuple[Finding, ...]]:
    """Price what was personalised; nobody left costs nothing worth telling."""
    if personalised.contacts.empty:
        return None, ()
    countries = personalised.contacts["country"]
    price = estimate(
        personalised.counted["segments"],
        countries,
        asked.type,
        request.tariff,
        with_replies=asked.with_replies,
    )
    return price, price_findings(price, countries)
