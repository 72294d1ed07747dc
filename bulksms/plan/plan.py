"""A plan: who would be texted, who would not and why, and the price."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from bulksms.campaign import Frame, Parameters, list_name_of_frame
from bulksms.chunker import chunk, frame_sizes
from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts import (
    SUPPRESSING,
    ColumnMapping,
    Reason,
    ScreeningResult,
    rejection_frame,
)
from bulksms.contacts.rows.row_table import RowTable
from bulksms.finding import Finding, Level
from bulksms.loader import Sheet
from bulksms.message import (
    Estimate,
    MessageStats,
    advise,
    estimate,
    price_findings,
)
from bulksms.plan.accepted_findings import apply_acceptance
from bulksms.plan.check_texts import check_texts
from bulksms.plan.compliance import check_compliance
from bulksms.plan.personalise_variants import personalise_variants
from bulksms.plan.personalised import PersonalisedVariants, Variant
from bulksms.plan.plan_request import PlanRequest
from bulksms.plan.previews import ALWAYS, Preview, previews

if TYPE_CHECKING:
    import pandas as pd

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["Plan", "PlanRequest", "add_message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The contacts, the rows left out, the texts and their price, before anything is sent.

    Attributes:
        personalised: the texts and their contacts; `None` without a text, as `stats` and `price`.
        file_findings: findings about the files.
        text_findings: findings about the texts.
    """

    request: PlanRequest
    sheets: tuple[tuple[Sheet, ColumnMapping], ...]
    screened: ScreeningResult
    personalised: PersonalisedVariants | None = None
    stats: MessageStats | None = None
    price: Estimate | None = None
    file_findings: tuple[Finding, ...] = ()
    text_findings: tuple[Finding, ...] = ()
    previews: tuple[Preview, ...] = ()

    @property
    def contacts(self) -> "pd.DataFrame":
        """The contacts to text in one table, variant by variant, each in file order."""
        import pandas as pd

        return pd.concat([*self.contact_blocks()], ignore_index=True)

    def contact_blocks(self) -> "Iterator[pd.DataFrame]":
        """Yield the contacts to text in blocks, variant by variant, each in file order."""
        texts = self.personalised
        yield self._no_contacts
        if texts is None:
            yield from self.screened.contact_blocks()
            return
        for index in range(len(texts.variants)):
            yield from texts.variant_blocks(index)

    @property
    def _no_contacts(self) -> "pd.DataFrame":
        """A block without rows, which has the columns of the others."""
        none = self.screened.no_contacts
        return self.variants[0].personaliser.fill(none).contacts if self.variants else none

    @property
    def row_table(self) -> RowTable:
        """The rows, each with the reason why it is left out, if it is."""
        texts = self.personalised
        return self.screened.row_table if texts is None else texts.row_table

    @property
    def phone_numbers(self) -> "PhoneNumbers":
        """The numbers of the contacts in file order."""
        return self.row_table.columns.phone_numbers[self.row_table.sendable]

    def numbers_of(self, variant: int) -> "PhoneNumbers":
        """Return the numbers of the contacts of one text in file order."""
        texts = self.personalised
        return self.phone_numbers if texts is None else texts.phone_numbers(variant)

    @property
    def rejections(self) -> "pd.DataFrame":
        """The rows left out in one table, in file order."""
        return rejection_frame(self.row_table)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Each text with its contacts; empty without a text."""
        return () if self.personalised is None else self.personalised.variants

    @property
    def sendable(self) -> int:
        """How many people would be texted."""
        texts = self.personalised
        if texts is None:
            return self.screened.sendable
        return sum(variant.contacts for variant in texts.variants)

    @property
    def parameters(self) -> Parameters | None:
        """The API's parameters with the first text; `None` without a text."""
        return self.variants[0].parameters if self.variants else None

    @property
    def shared_parameters(self) -> Parameters:
        """The API's parameters, also without a text."""
        return self.parameters or self.request.parameters_without_text

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings about the files, the rows and the texts."""
        findings = (*self.file_findings, *self.screened.findings, *self.text_findings)
        return tuple(apply_acceptance(finding, self.request.accepted) for finding in findings)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop the sending."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    @property
    def counts(self) -> dict[str, int]:
        """How the rows divide: `rows` is the sum of the other four.

        Raises:
            RuntimeError: it is not, so that rows were lost or counted twice.
        """
        groups = {
            "sendable": self.sendable,
            "rejected": sum(self.reasons.values()),
            "duplicates": self.screened.duplicates,
            "opted_out": self.screened.opted_out,
        }
        rows = sum(len(sheet.rows) for sheet, _ in self.sheets)
        if rows != sum(groups.values()):
            raise RuntimeError(f"{rows} rows were read, but {groups} were counted")
        return {"rows": rows, **groups}

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected for each reason, the most frequent first."""
        counts = self.left_out_counts.items()
        return {reason: rows for reason, rows in counts if reason not in SUPPRESSING}

    @property
    def left_out_counts(self) -> dict[str, int]:
        """How many rows were left out for each reason, duplicates and opt-outs too."""
        return {str(reason): rows for reason, rows in self.row_table.reason_counts().items()}

    @property
    def frames(self) -> tuple[int, ...]:
        """The size of every frame, in the order of `contacts`."""
        return tuple(contacts for sizes in self.frames_by_variant for contacts in sizes)

    @property
    def frames_by_variant(self) -> tuple[tuple[int, ...], ...]:
        """The sizes of the frames of each text; of all contacts without a text."""
        groups = [variant.contacts for variant in self.variants] or [self.sendable]
        return tuple(frame_sizes(group, self.request.frame_size) for group in groups)

    def cut_frames(self) -> Iterator[tuple[Parameters, Frame]]:
        """Cut each variant into frames, numbered through, with the parameters of each."""
        number, total = count(1), len(self.frames)
        if self.personalised is None:
            return
        for index, variant in enumerate(self.variants):
            contacts = self.personalised.variant_blocks(index)
            for cut in chunk(contacts, variant.contacts, self.request.frame_size):
                frame = replace(cut, number=next(number))
                list_name = list_name_of_frame(variant.parameters.list_name, frame.number, total)
                yield replace(variant.parameters, list_name=list_name), frame

    def without(
        self,
        phone_numbers: "PhoneNumbers",
        reason: Reason = Reason.SENT_BEFORE,
        sentence: str = "This number got the same text before.",
    ) -> "Plan":
        """Leave out numbers for one reason; the same plan when it has none of them."""
        table = self.screened.row_table
        named = is_in_sorted(table.columns.phone_numbers, sorted_unique(phone_numbers))
        if not (named & table.sendable).any():
            return self
        screened = self.screened.without(phone_numbers, reason, sentence)
        request, findings = self.request, self.file_findings
        return add_message(
            Plan(request=request, sheets=self.sheets, screened=screened, file_findings=findings)
        )


def add_message(plan: Plan) -> Plan:
    """Personalise and price the text; a plan without a text stays as it is."""
    if plan.request.parameters is None:
        return plan
    with plan.request.progress.step("fitting the text"):
        return _with_message(plan, plan.request.parameters)


def _with_message(plan: Plan, parameters: Parameters) -> Plan:
    request = plan.request
    options = request.text_options
    personalised = personalise_variants(parameters, options, plan.screened, _aliases(plan.sheets))
    stats = personalised.stats
    advice = advise(stats, auto_optimize=parameters.auto_optimize_text) if stats else ()
    about_words = check_texts(parameters, options, plan.sheets, personalised)
    violations = check_compliance(
        personalised.variants, personalised.phone_numbers(), request.compliance
    )
    price, about_prices = _price(request, parameters, personalised)
    preview_requests = tuple(dict.fromkeys((*ALWAYS, *request.previews)))
    planned = replace(
        plan,
        personalised=personalised,
        text_findings=(
            *about_words,
            *personalised.findings,
            *advice,
            *violations,
            *about_prices,
        ),
        stats=stats,
        price=price,
        previews=previews(preview_requests, personalised, price, request.rules.region),
    )
    return replace(planned, text_findings=(*planned.text_findings, *_list_names(planned)))


def _aliases(sheets: tuple[tuple[Sheet, ColumnMapping], ...]) -> dict[str, str]:
    """Map headers in the text to the field that uses the same column in every sheet.

    `{Prénom}` is then `{first_name}`: the same text, and it takes no param.
    """
    mappings = [mapping for _, mapping in sheets]
    return {
        name: field
        for name in mappings[0].extras
        for field in mappings[0].fields
        if all(_is_same_column(mapping, name, field) for mapping in mappings)
    }


def _is_same_column(mapping: ColumnMapping, name: str, field: str) -> bool:
    position = mapping.extras.get(name)
    return position is not None and mapping.fields.get(field) == position


def _price(
    request: PlanRequest, parameters: Parameters, personalised: PersonalisedVariants
) -> tuple[Estimate | None, tuple[Finding, ...]]:
    """Estimate the cost; `None` when no one is left."""
    contacts = personalised.contacts_by_country
    if not contacts:
        return None, ()
    price = estimate(
        personalised.segments_by_country,
        parameters.type,
        request.prices_for(contacts),
        with_replies=parameters.with_replies,
    )
    return price, price_findings(price, contacts)


def _list_names(plan: Plan) -> Iterator[Finding]:
    """Report the lists that several frames create at Octopush."""
    name, total = plan.shared_parameters.list_name, len(plan.frames)
    if name is None or total <= 1:
        return
    first, last = (list_name_of_frame(name, number, total) for number in (1, total))
    yield Finding(
        code="list_name_suffix",
        level=Level.NOTE,
        message=f"Each of the {total:,} frames creates a list of its own at Octopush: {first!r} to "
        f"{last!r}.",
        count=total,
    )
