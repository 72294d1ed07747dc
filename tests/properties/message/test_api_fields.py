"""Whatever the values are: merged into API fields they read like the filled text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.contacts import PARAMS, VALUE_LIMIT
from bulksms.errors import TemplateError
from bulksms.message import Template
from tests.unit.message.personalised import personalise
from tests.unit.message.tables import screened

WORDS = st.text(st.sampled_from("ab é"), max_size=20)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(WORDS, st.sampled_from("ABCDEFGH")), min_size=1, max_size=14),
    st.lists(st.tuples(*[st.text("xyz", max_size=12)] * 8), min_size=1, max_size=4),
)
def test_merged_values_read_like_the_filled_text(
    pieces: list[tuple[str, str]], rows: list[tuple[str, ...]]
) -> None:
    contacts = screened(**{name: [row[at] for row in rows] for at, name in enumerate("ABCDEFGH")})
    template = Template.parse("!" + "".join(f"{word}{{{name}}}" for word, name in pieces))
    direct = template.render(contacts)
    try:
        outcome = personalise(contacts, template)
    except TemplateError:
        assert len(template.slots) > len(PARAMS)
        return
    assert Template.parse(outcome.text).render(outcome.contacts).tolist() == direct.tolist()
    assert outcome.contacts[list(PARAMS)].map(len).to_numpy().max() <= VALUE_LIMIT
