from bulksms.plan.previews import Preview
from bulksms.web.words.marked_text import marked_text


def preview(text: str, *inserted: tuple[int, int]) -> Preview:
    return Preview(requests=(), row=2, phone_number="", text=text, inserted=inserted)


def test_values_and_rare_signs_are_marked_and_escaped() -> None:
    shown = marked_text(preview("Hé <Zoê> dçici", (3, 8)))

    assert shown == (
        'Hé <span class="var">&lt;Zo<mark class="lift">ê</mark>&gt;</span>'
        ' d<mark class="lift">ç</mark>ici'
    )


def test_an_empty_value_is_not_marked() -> None:
    assert marked_text(preview("Hi , bye", (3, 3))) == "Hi , bye"
