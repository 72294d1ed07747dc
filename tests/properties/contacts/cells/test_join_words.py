"""The words of many texts at once are the words of each."""

from hypothesis import example, given
from hypothesis import strategies as st

from bulksms.columnar.arrays import strings_to_arrow
from bulksms.contacts.cells.characters import join_words
from bulksms.contacts.columns.headers import words

LETTERS = "aZ9 éßœÉ_-.'Łł😀²½ﬁ\u0301\u200bא\u00ad\t\nΣςİẞÇ"


@given(st.lists(st.text(LETTERS, max_size=12), max_size=8))
@example(
    [
        "WhatsApp",
        "STOPsms",
        "pasDeSMS",
        "  Ne  plus--appeler ",
        "",
        "çà ET là",
        "Straße",
        "ΤΗΛΕΦΩΝΟΣ",
        "Τηλέφωνος",
    ]
)
def test_the_words_of_a_column_are_those_of_each_text(texts: list[str]) -> None:
    joined = join_words(strings_to_arrow(texts)).to_pylist()
    assert joined == [" ".join(words(text)) for text in texts]
