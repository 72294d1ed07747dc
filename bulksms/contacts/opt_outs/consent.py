"""Reads consent and opt-out columns, row by row, in seven languages.

Columns are read by their role; what cannot be decided is reported, so that people are asked.
"""

import re
from enum import Enum
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_from_arrow, bools_to_arrow, largest_bytes
from bulksms.columnar.repeated import Column, distinct, for_rows
from bulksms.contacts.cells.characters import join_words
from bulksms.contacts.columns.consent_headers import (
    ConsentRole,
    expression,
    matches,
    says_no,
    vocabulary_of_consent,
)
from bulksms.contacts.columns.headers import words
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.loader import Block

__all__ = ["CellAnswer", "opting_out_column", "read_answer", "unclear_column"]

FEW = 1_000  # distinct cells that are each looked at; a column of counts has no more
REMEMBERED = 10_000  # answers; such a column has a handful of values
MONTH = (
    r"(?:jan|feb|f[eé]v|m[aä]r|apr|avr|abr|ma[iygï]|mei|maa|mrt|jun|jui|jul|lug|giu|aug|ago|ao[uû]|"
    r"sep|set|o[ck]t|out|ott|no[vw]|d[eéi][czs]|ene|gen)"
)
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.*|\d{8}|\d{1,2}\.? ?[^\W\d]{3,12}\.? \d{4}.*|"
    rf"(?i:{MONTH})[^\W\d]*\.? (?:\d{{1,2}}(?:st|nd|rd|th)?,? )?\d{{4}}\b.*"
)
ZERO = re.compile(r"0+(?:[.,:/\- ]0*)*")
ONE = re.compile(r"1(?:[.,]0*)?")
# What people write beside a name or in its place; as Arrow writes it, for names are many.
NAME_REFUSES = (
    r"(?i)\bstop\b|\bdcd\b|\bdnc\b|\bd[eé]c[eé]d[eé]e?s?(?:\PL|$)|\bdeceased\b|verstorben|overleden|fallecid|"
    r"decedut|falecid|d[eé]sabonn|d[eé]sinscri|unsubscri|\bopt.?out|black.?list|abgemeldet|afgemeld|"
    r"\bdo not (?:call|text|contact)|\bne (?:plus|pas) (?:contact|appel|envoy|sms)|"
    r"\b(?:no|pas de|plus de|keine|geen|sin|refuse les|refus) sms\b|\bliste (?:noire|rouge)\b|"
    r"[†✝]|^feue? (?:m|mr|mme|monsieur|madame)\b|(?-i:\b(?:RIP|NPC)\b)"
)
DIGIT_NINE = ord("9")
SIGNS = r"[\x{a0}\x{2000}-\x{203f}]+"  # spaces, strokes and marks that numbers have, too
COUNT = re.compile(r"\d{1,4}")  # a phone number is longer
LARGEST_CODE = 2  # "no", "yes" and "unknown" may be 0, 1 and 2; what has more is counted
NEARLY_ALL = 0.9  # of the rows


class CellAnswer(Enum):
    """The answer of a cell by itself."""

    EMPTY = "nothing"
    YES = "yes"
    NO = "no"
    MARK = "a tick or another mark"
    CROSS = "a cross"
    DATE = "a date"
    AGREES = "agreement in words"
    REFUSES = "refusal in words"
    UNLISTED = "absence from a register in words"
    TEXTS = "texts as a channel"
    OTHER = "another text"


A = CellAnswer
GIVEN = frozenset({A.YES, A.MARK, A.AGREES, A.DATE, A.TEXTS})
NOT_GIVEN = frozenset({A.NO, A.CROSS, A.REFUSES, A.UNLISTED})
# By role: the answers that mean no, and those that people are asked about.
REFUSED: dict[ConsentRole, frozenset[CellAnswer]] = {
    ConsentRole.REGISTER: frozenset(CellAnswer) - {A.EMPTY, A.NO, A.UNLISTED},
    ConsentRole.OPT_OUT: frozenset(CellAnswer) - {A.EMPTY, A.NO, A.AGREES},
    ConsentRole.OPT_OUT_FLAG: frozenset(
        {A.YES, A.MARK, A.CROSS, A.DATE, A.REFUSES, A.UNLISTED, A.TEXTS}
    ),
    ConsentRole.SMS_CONSENT: frozenset(CellAnswer) - GIVEN,
    ConsentRole.SMS_STATUS: NOT_GIVEN,
}
UNCLEAR: dict[ConsentRole, frozenset[CellAnswer]] = {
    ConsentRole.OPT_OUT_FLAG: frozenset({A.OTHER}),
    ConsentRole.SMS_STATUS: frozenset({A.EMPTY, A.OTHER}),
    ConsentRole.CONSENT: frozenset(CellAnswer) - GIVEN,
    ConsentRole.MEMBERSHIP: NOT_GIVEN,
    ConsentRole.ENDED: frozenset({A.YES, A.MARK, A.CROSS, A.DATE, A.REFUSES}),
    ConsentRole.TERM: frozenset({A.YES, A.MARK, A.CROSS, A.DATE, A.REFUSES}),
}
# Columns of other things, by role: the lists of whole cells that refuse.
REFUSING_CELLS: dict[ConsentRole, tuple[str, ...]] = {
    ConsentRole.REMARK: ("refusal_alone",),
    ConsentRole.STATUS: ("refusal_alone", "refusing_state"),
    ConsentRole.PREFERENCE: ("refusal_alone", "refusing_state", "preferring_nothing"),
}


def opting_out_column(block: Block, mapping: ColumnMapping) -> NDArray[np.int16]:
    """Return for each row the column that says no: one more than its position, or 0."""
    columns = np.zeros(len(block), dtype=np.int16)
    for position, role in mapping.consent_roles.items():
        if role in REFUSED:
            marks = _marks(block.values(position), REFUSED[role])
            columns[marks & (columns == 0)] = position + 1
    return columns


def unclear_column(block: Block, mapping: ColumnMapping) -> NDArray[np.int16]:
    """Return for each row the column that may say no: one more than its position, or 0."""
    columns = np.zeros(len(block), dtype=np.int16)
    for position, role in mapping.consent_roles.items():
        column = block.values(position)
        if role in UNCLEAR:
            marks = _marks(column, UNCLEAR[role])
            if marks.any():
                marks = _without_ordinary(column, marks, role)
        elif role in REFUSING_CELLS:
            marks = for_rows(_refuse(distinct(column), REFUSING_CELLS[role]), column)
        elif role is ConsentRole.NAME:
            marks = for_rows(_match(distinct(column), NAME_REFUSES), column)
        else:
            continue
        columns[marks & (columns == 0)] = position + 1
    return columns


def _without_ordinary(
    column: Column, marks: NDArray[np.bool_], role: ConsentRole
) -> NDArray[np.bool_]:
    """Take the marks off numbers that count something, and off dates that nearly all rows have."""
    if role is ConsentRole.TERM:
        dates = _marks(column, frozenset({CellAnswer.DATE}))
        return marks & ~dates if np.count_nonzero(dates) > NEARLY_ALL * len(dates) else marks
    if role is ConsentRole.MEMBERSHIP and _counts_something(distinct(column)):
        return np.zeros(len(marks), dtype=bool)
    return marks


def _counts_something(texts: pa.StringArray) -> bool:
    values = pc.unique(texts)
    if len(values) > FEW:
        return False
    filled = [value.strip() for value in values.to_pylist() if value.strip()]
    return all(map(COUNT.fullmatch, filled)) and max(map(int, filled)) > LARGEST_CODE


def _marks(column: Column, answers: frozenset[CellAnswer]) -> NDArray[np.bool_]:
    """Mark the rows with one of the answers."""
    texts = distinct(column).to_pylist()
    return for_rows(np.array([read_answer(text) in answers for text in texts], bool), column)


def _refuse(texts: pa.StringArray, lists: tuple[str, ...]) -> NDArray[np.bool_]:
    """Mark the texts that refuse texts in words."""
    marks: NDArray[np.bool_] = largest_bytes(texts) > DIGIT_NINE  # numbers have no letters
    if np.count_nonzero(marks) > FEW:
        bare = pc.replace_substring_regex(texts.filter(bools_to_arrow(marks)), SIGNS, "")
        marks[marks] = largest_bytes(bare) > DIGIT_NINE
    if np.count_nonzero(marks) > FEW:
        marks[marks] = _match(join_words(texts.filter(bools_to_arrow(marks))), _refusals(lists))
    for at in np.flatnonzero(marks).tolist():
        marks[at] = _refuses_in_words(texts[at].as_py(), lists)
    return marks


def _match(texts: pa.StringArray, pattern: str) -> NDArray[np.bool_]:
    return bools_from_arrow(pc.match_substring_regex(texts, pattern))


@cache
def _refusals(lists: tuple[str, ...]) -> str:
    """Join all that `_refuses_in_words` may find among the words of a cell, for Arrow.

    What refuses at the beginning or the end of a cell, or as the whole of it, may have a sentence
    about relatives before or behind it.
    """
    cells = "|".join(cell for name in lists for cell in sorted(_listed(name)))
    refusal = re.sub(r"(?<!\[)\^|\$", r"\\b", expression("cells", "refusal").pattern)
    return rf"{refusal}|^(?:{cells})\b|\b(?:{cells})$"


@lru_cache(REMEMBERED)
def _refuses_in_words(text: str, lists: tuple[str, ...]) -> bool:
    phrase = " ".join(words(_about_relatives().sub(r"\1 ", text)))
    return matches("cells", "refusal", phrase) or any(phrase in _listed(name) for name in lists)


@lru_cache(REMEMBERED)
def read_answer(text: str) -> CellAnswer:
    """Describe what a cell answers, whatever its column asks."""
    plain = text.strip()
    phrase = " ".join(words(plain))
    if phrase in _listed("nothing") or (not plain.isdecimal() and _is_zero_date(plain)):
        return CellAnswer.EMPTY
    if not phrase or DATE.fullmatch(plain):
        return CellAnswer.DATE if phrase else _mark(plain)
    if phrase in _listed("no") | _listed("no_alone") or ZERO.fullmatch(plain):
        return CellAnswer.NO
    if phrase in _listed("yes") | _listed("yes_alone") or ONE.fullmatch(plain):
        return CellAnswer.YES
    if phrase in _listed("mark_words") or phrase in _listed("cross_words"):
        return CellAnswer.MARK if phrase in _listed("mark_words") else CellAnswer.CROSS
    return _answer_in_words(phrase)


def _mark(plain: str) -> CellAnswer:
    cells = vocabulary_of_consent()["cells"]
    signs = {sign for sign in plain if not sign.isspace() and sign not in "\ufe0e\ufe0f\u200d"}
    if signs <= set(cells["empty_marks"]):
        return CellAnswer.EMPTY
    if signs <= set(cells["empty_boxes"]):
        return CellAnswer.NO
    if signs <= set(cells["questions"]):
        return CellAnswer.OTHER
    return CellAnswer.CROSS if signs & set(cells["crosses"]) else CellAnswer.MARK


def _is_zero_date(plain: str) -> bool:
    return bool(ZERO.fullmatch(plain)) and sum(map(str.isdigit, plain)) >= len("00000000")


def _answer_in_words(phrase: str) -> CellAnswer:
    if matches("cells", "unlisted", phrase):
        return CellAnswer.UNLISTED
    if _refuses(phrase):
        return CellAnswer.REFUSES
    if matches("cells", "switched_off", phrase):
        return CellAnswer.NO
    answer = _answering_word(phrase)
    if answer:
        return CellAnswer.NO if answer in _listed("no") else CellAnswer.YES
    if _agrees(phrase):
        return CellAnswer.AGREES
    return CellAnswer.TEXTS if matches("channel", "texts", phrase) else CellAnswer.OTHER


def _answering_word(phrase: str) -> str:
    """Return the yes or no that begins a cell or follows its code: "Non (12/03)", "0 - No"."""
    first, *rest = phrase.split(" ")
    answers = _listed("no") | _listed("yes")
    if first.isdecimal():
        return " ".join(rest) if " ".join(rest) in answers else ""
    only_numbers = bool(rest) and all(map(str.isdecimal, rest))
    return first if first in answers and rest and (len(first) > 1 or only_numbers) else ""


def _refuses(phrase: str) -> bool:
    listed = phrase in _listed("refusing_state") or phrase in _listed("refusal_alone")
    return listed or matches("cells", "refusal", phrase) or says_no(phrase)


def _agrees(phrase: str) -> bool:
    listed = phrase in _listed("agreeing_state")
    return listed or matches("positive", "consent", phrase) or matches("positive", "member", phrase)


@cache
def _about_relatives() -> re.Pattern[str]:
    """Compile what a remark, or a sentence of it, begins with when another person died."""
    relatives = "|".join(vocabulary_of_consent()["cells"]["relatives"])
    return re.compile(rf"(^|[.;!] ?)(?:{relatives})(?!\w)", re.IGNORECASE)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(vocabulary_of_consent()["cells"][name])
