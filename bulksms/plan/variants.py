"""The texts of a campaign meet its contacts: one text, or several by the value of a column.

It must not know where contacts come from, what they cost, or how frames are cut.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bulksms.campaign import Parameters
from bulksms.contacts import REJECTION_COLUMNS, Reason
from bulksms.errors import TemplateError
from bulksms.finding import Finding, Level
from bulksms.message import EmptyValues, PersonalisedText, Template, personalise

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "PersonalisedVariants",
    "TextOptions",
    "TextsByColumn",
    "Variant",
    "personalise_variants",
    "referenced_columns",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsByColumn:
    """The texts by the value of a column, such as a language; `country` is that of the number.

    Values are compared without regard to case and outer spaces.
    """

    column: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOptions:
    """How the text is written: for some differently, with which gaps, in which characters.

    With texts by column, the text of the parameters is for all others, and none when it is empty.
    """

    texts_by_column: TextsByColumn | None = None
    empty: EmptyValues = EmptyValues.ALLOW
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variant:
    """One text in the API's words and the contacts it goes to.

    Attributes:
        value: the value of the column that chose the text, none for the text of all others.
        wording: the text whatever its rows are, which is what a campaign is recognised by.
        counted: encoding, units and segments of each contact's text, under their index.
        carried: the columns that each field carries, where they are not the field's own.
    """

    parameters: Parameters
    value: str | None
    canonical_text: str
    contacts: "pd.DataFrame"
    counted: "pd.DataFrame"
    columns_by_field: Mapping[str, tuple[str, ...]]

    @property
    def label(self) -> str:
        """What the text is called among several."""
        return "all others" if self.value is None else self.value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonalisedVariants:
    """The parts, and over all of them in their order: contacts, finished texts and counts."""

    variants: tuple[Variant, ...]
    contacts: "pd.DataFrame"
    texts: "pd.Series[str]"
    counted: "pd.DataFrame"
    rejections: "pd.DataFrame"
    findings: tuple[Finding, ...] = field(default=())


def referenced_columns(parameters: Parameters, text_options: TextOptions) -> tuple[str, ...]:
    """List the columns that the texts name, and the one that chooses among them.

    Raises:
        TemplateError: a text cannot be read.
    """
    words = [
        name
        for _, text in _texts(parameters, text_options)
        for name in Template.parse(text).placeholders
    ]
    if text_options.texts_by_column and text_options.texts_by_column.column != "country":
        words.append(text_options.texts_by_column.column)
    return tuple(dict.fromkeys(words))


def personalise_variants(
    parameters: Parameters, text_options: TextOptions, contacts: "pd.DataFrame"
) -> PersonalisedVariants:
    """Fit each text to its contacts; whoever has no text is rejected.

    Raises:
        TemplateError: a text cannot be fitted.
    """
    import pandas as pd

    texts = dict(_texts(parameters, text_options))
    groups, unserved = _divided(texts, text_options, contacts)
    with_message = [
        (value, _fitted(text_options, value, text, groups[value])) for value, text in texts.items()
    ]
    variants = tuple(_part(parameters, value, one) for value, one in with_message)
    return PersonalisedVariants(
        variants=variants,
        contacts=_joined([one.contacts for _, one in with_message]),
        texts=pd.concat([one.texts for _, one in with_message], ignore_index=True),
        counted=_joined([one.counted for _, one in with_message]),
        rejections=_joined([*(one.rejections for _, one in with_message), unserved]),
        findings=tuple(_told(text_options, with_message)),
    )


def _joined(tables: "list[pd.DataFrame]") -> "pd.DataFrame":
    """Put tables one under the other; an empty one would change the types of the columns."""
    import pandas as pd

    full = [table for table in tables if len(table)]
    return (
        tables[0] if not full else full[0] if len(full) == 1 else pd.concat(full, ignore_index=True)
    )


def _texts(parameters: Parameters, text_options: TextOptions) -> Iterator[tuple[str | None, str]]:
    """Give each value with its text, the text of all others last."""
    if text_options.texts_by_column is not None:
        yield from text_options.texts_by_column.texts.items()
    if text_options.texts_by_column is None or parameters.text:
        yield None, parameters.text


def _key(value: str | None) -> str:
    return "" if value is None else value.strip().casefold()


def _divided(
    texts: Collection[str | None], text_options: TextOptions, contacts: "pd.DataFrame"
) -> "tuple[dict[str | None, pd.DataFrame], pd.DataFrame]":
    """Give the contacts of each text, and reject whoever has none."""
    import pandas as pd

    by_column = text_options.texts_by_column
    if by_column is None:
        return {None: contacts}, pd.DataFrame({name: [] for name in REJECTION_COLUMNS})
    values = contacts[by_column.column].str.strip().str.casefold()
    keys = {value: _key(value) for value in texts}
    chosen = values.where(values.isin([_key(value) for value in by_column.texts]), "")
    groups = {value: contacts[chosen == key] for value, key in keys.items()}
    return groups, _unserved(by_column.column, contacts[~chosen.isin(keys.values())])


def _fitted(
    text_options: TextOptions, value: str | None, text: str, contacts: "pd.DataFrame"
) -> PersonalisedText:
    try:
        return personalise(
            contacts, Template.parse(text), empty=text_options.empty, plain=text_options.plain
        )
    except TemplateError as error:
        if text_options.texts_by_column is None:
            raise
        called = "all others" if value is None else repr(value)
        raise TemplateError(f"In the text for {called}: {error}") from None


def _part(parameters: Parameters, value: str | None, with_message: PersonalisedText) -> Variant:
    return Variant(
        parameters=replace(parameters, text=with_message.text),
        value=value,
        canonical_text=with_message.canonical_text,
        contacts=with_message.contacts,
        counted=with_message.counted,
        columns_by_field=with_message.columns_by_field,
    )


def _unserved(column: str, contacts: "pd.DataFrame") -> "pd.DataFrame":
    """Reject whoever has no text."""
    values = contacts[column].str.strip()
    sentence = f"There is no text where {column} is '" + values
    rejected = contacts[["source", "row"]].assign(
        reason=Reason.MISSING_VALUE.value,
        column=column,
        cell=contacts[column],
        sentence=sentence + "': give one with --text-for, or one for all others with --text.",
    )
    return rejected[list(REJECTION_COLUMNS)]


def _told(
    text_options: TextOptions, with_message: list[tuple[str | None, PersonalisedText]]
) -> Iterator[Finding]:
    """Pass on what was found of each text, and name the texts that nobody gets."""
    for value, one in with_message:
        called = "all others" if value is None else value
        for finding in one.findings:
            text = f"Text for {called}: " if text_options.texts_by_column else ""
            yield replace(finding, message=f"{text}{finding.message}")
        if text_options.texts_by_column is not None and value is not None and one.contacts.empty:
            yield Finding(
                code="text_unused",
                level=Level.WARNING,
                message=f"Nobody gets the text for {value!r}: no row that can be sent has it in "
                f"{text_options.texts_by_column.column}.",
            )
