"""The texts of a campaign for its contacts: one text, or several by the value of a column."""

from collections.abc import Collection, Iterator, Mapping, Sequence
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
    "source_texts",
    "variant_label",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsByColumn:
    """The texts by the value of a column, such as a language.

    Values are compared without regard to case and outer spaces; the column `country` is the
    country of the number.
    """

    column: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOptions:
    """Options of the text besides its words.

    Attributes:
        texts_by_column: texts for some contacts; the text of the parameters is for all others.
        empty: what to do with placeholders that are empty and have no fallback.
        plain: replace characters outside GSM-7 where that is harmless.
    """

    texts_by_column: TextsByColumn | None = None
    empty: EmptyValues = EmptyValues.ALLOW
    plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variant:
    """One text in the API's form, and its contacts.

    Attributes:
        value: the value that chooses the text; `None` for the text of all others.
        canonical_text: the text that identifies a campaign, whatever its rows are.
        counted: encoding, units and segments of each contact's text, under their index.
        columns_by_field: the columns each field carries, where they are not the field's own.
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
        return variant_label(self.value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonalisedVariants:
    """The variants, and over all of them, in their order: contacts, finished texts and counts."""

    variants: tuple[Variant, ...]
    contacts: "pd.DataFrame"
    texts: "pd.Series[str]"
    counted: "pd.DataFrame"
    rejections: "pd.DataFrame"
    findings: tuple[Finding, ...] = field(default=())


def referenced_columns(parameters: Parameters, options: TextOptions) -> tuple[str, ...]:
    """Give the columns that the texts use, and the one that chooses among them.

    Raises:
        TemplateError: a text is not valid.
    """
    columns = [
        name
        for _, text in source_texts(parameters, options)
        for name in Template.parse(text).placeholders
    ]
    if options.texts_by_column and options.texts_by_column.column != "country":
        columns.append(options.texts_by_column.column)
    return tuple(dict.fromkeys(columns))


def personalise_variants(
    parameters: Parameters,
    options: TextOptions,
    contacts: "pd.DataFrame",
    aliases: Mapping[str, str],
) -> PersonalisedVariants:
    """Personalise each text for its contacts; contacts without a text are rejected.

    Args:
        parameters: the text, and the parameters all texts share.
        options: how the texts are personalised.
        contacts: all contacts.
        aliases: placeholders that name the column of a field, and the field.

    Raises:
        TemplateError: a text cannot be personalised.
    """
    import pandas as pd

    texts = dict(source_texts(parameters, options))
    groups, without_text = _group_contacts(texts, options, contacts)
    results = {
        value: _personalise(options, value, text, groups[value], aliases)
        for value, text in texts.items()
    }
    return PersonalisedVariants(
        variants=tuple(_variant(parameters, value, text) for value, text in results.items()),
        contacts=_concatenate([text.contacts for text in results.values()]),
        texts=pd.concat([text.texts for text in results.values()], ignore_index=True),
        counted=_concatenate([text.counted for text in results.values()]),
        rejections=_concatenate([*(text.rejections for text in results.values()), without_text]),
        findings=tuple(_findings(options, results)),
    )


def _concatenate(tables: "Sequence[pd.DataFrame]") -> "pd.DataFrame":
    """Join tables; an empty one is left out because it would change the column types."""
    import pandas as pd

    filled = [table for table in tables if len(table)]
    if not filled:
        return tables[0]
    return filled[0] if len(filled) == 1 else pd.concat(filled, ignore_index=True)


def source_texts(parameters: Parameters, options: TextOptions) -> Iterator[tuple[str | None, str]]:
    """Give each value with its text, and last the text of all others."""
    if options.texts_by_column is not None:
        yield from options.texts_by_column.texts.items()
    if options.texts_by_column is None or parameters.text:
        yield None, parameters.text


def _key(value: str | None) -> str:
    return "" if value is None else value.strip().casefold()


def variant_label(value: str | None) -> str:
    """Name a text among several."""
    return "all others" if value is None else value


def _group_contacts(
    texts: Collection[str | None], options: TextOptions, contacts: "pd.DataFrame"
) -> "tuple[dict[str | None, pd.DataFrame], pd.DataFrame]":
    """Give the contacts of each text, and the rejections of contacts without one."""
    import pandas as pd

    by_column = options.texts_by_column
    if by_column is None:
        return {None: contacts}, pd.DataFrame({name: [] for name in REJECTION_COLUMNS})
    values = contacts[by_column.column].str.strip().str.casefold()
    keys = {value: _key(value) for value in texts}
    chosen = values.where(values.isin([_key(value) for value in by_column.texts]), "")
    groups = {value: contacts[chosen == key] for value, key in keys.items()}
    return groups, _reject(by_column.column, contacts[~chosen.isin(keys.values())])


def _personalise(
    options: TextOptions,
    value: str | None,
    text: str,
    contacts: "pd.DataFrame",
    aliases: Mapping[str, str],
) -> PersonalisedText:
    try:
        template = Template.parse(text).rename(aliases)
        return personalise(contacts, template, empty=options.empty, plain=options.plain)
    except TemplateError as error:
        if options.texts_by_column is None:
            raise
        raise TemplateError(
            f"Text for {variant_label(value)}: {error}", code=error.code, **error.values
        ) from None


def _variant(parameters: Parameters, value: str | None, text: PersonalisedText) -> Variant:
    return Variant(
        parameters=replace(parameters, text=text.text),
        value=value,
        canonical_text=text.canonical_text,
        contacts=text.contacts,
        counted=text.counted,
        columns_by_field=text.columns_by_field,
    )


def _reject(column: str, contacts: "pd.DataFrame") -> "pd.DataFrame":
    """Reject contacts without a text."""
    values = contacts[column].str.strip()
    sentence = f"No text is given for {column} '" + values
    rejections = contacts[["source", "row"]].assign(
        reason=Reason.MISSING_VALUE.value,
        column=column,
        cell=contacts[column],
        sentence=sentence + "': add one with --text-for, or one for all others with --text.",
    )
    return rejections[list(REJECTION_COLUMNS)]


def _findings(
    options: TextOptions, results: Mapping[str | None, PersonalisedText]
) -> Iterator[Finding]:
    """Name the text of each finding, and report texts without contacts."""
    for value, text in results.items():
        prefix = f"Text for {variant_label(value)}: " if options.texts_by_column else ""
        for finding in text.findings:
            yield replace(finding, message=f"{prefix}{finding.message}")
        if options.texts_by_column is not None and value is not None and text.contacts.empty:
            yield Finding(
                code="text_unused",
                level=Level.WARNING,
                message=f"The text for {value!r} has no recipients: no row to send has this value "
                f"in {options.texts_by_column.column}.",
            )
