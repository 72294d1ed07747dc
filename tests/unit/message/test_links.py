import pandas as pd
import pytest

from bulksms.finding import Finding, Level
from bulksms.message.links import LinkProblem, LinkSearch


def findings_in(texts: list[str], block_size: int = 100) -> list[Finding]:
    search = LinkSearch()
    for start in range(0, len(texts), block_size):
        search.add(pd.Series(texts[start : start + block_size], dtype="str"))
    return list(search.findings())


def links_in(text: str) -> list[tuple[str, int | None, str]]:
    return [
        (each.code, each.count, each.message.rpartition("(")[2][:-2])
        for each in findings_in([text])
    ]


@pytest.mark.parametrize(
    "address",
    [
        "https://bit.ly/3xYz",
        "http://bit.ly/3xYz",
        "bit.ly/3xYz",
        "https://www.tinyurl.com/abc",
        "https://t.co/abc",
        "https://goo.gl/abc",
        "https://is.gd/abc",
        "https://ow.ly/abc",
        "https://cutt.ly/abc",
        "https://rebrand.ly/abc",
        "https://rb.gy/abc",
        "HTTPS://BUFF.LY/ABC",
        "https://tiny.cc/abc",
        "https://shorturl.at/abc",
        "urlz.fr/abc",
        "https://t.ly/abc",
        "https://vk.cc/abc",
        "https://petitlien.fr/abc",
    ],
)
def test_a_public_shortener_is_found(address: str) -> None:
    assert links_in(f"Soldes : {address}. STOP au 30101") == [(LinkProblem.SHORTENER, 1, address)]


@pytest.mark.parametrize(
    "address",
    [
        "https//shop.example/a",
        "https:/shop.example/a",
        "https:shop.example",
        "htps://shop.example",
        "http;//shop.example",
        "https:\\\\shop.example",
        "https://shop",
        "https://shop..example/a",
        "https://-shop-.example",
        "https://https://shop.example",
        "https://shop.example:99999/a",
        "https://shop,example/a",
        "https://",
        "www.shop",
        "www,shop.example",
    ],
)
def test_a_broken_address_is_found(address: str) -> None:
    assert links_in(f"Voir {address} demain") == [(LinkProblem.BROKEN, 1, address)]


@pytest.mark.parametrize("address", ["http://shop.example", "http://www.shop.example/a?b=1"])
def test_an_address_without_encryption_is_found(address: str) -> None:
    assert links_in(f"Voir {address}!") == [(LinkProblem.NOT_HTTPS, 1, address)]


@pytest.mark.parametrize(
    "text",
    [
        "https://shop.example",
        "https://www.shop.example/été?x=1&y=2#z",
        "HTTPS://SHOP.EXAMPLE/A",
        "(https://shop.example/a),",
        "https://shop.example:8443/a",
        "https://192.0.2.10/a",
        "https://xn--fte-bma.example/a",
        "https://maps.app.goo.gl/abc",
        "https://sub.shop.example/bit.ly/abc",
        "www.shop.example/a",
        "shop.example/a",
        "Ecrivez à contact@bit.ly ou t.collin@shop.example",
        "Rendez-vous à 10h.Merci et à bientot...",
        "Le http et https, c'est quoi ? stp: dis-moi",
    ],
)
def test_a_good_address_and_plain_words_are_not_reported(text: str) -> None:
    assert findings_in([text]) == []


def test_findings_name_the_addresses_once_for_each_problem() -> None:
    texts = ["Zoë https://bit.ly/a http://shop.example", "Inès https://bit.ly/a https://bit.ly/b"]

    findings = findings_in(texts)

    assert [(each.code, each.level, each.count) for each in findings] == [
        ("link_shortener", Level.WARNING, 2),
        ("link_not_https", Level.WARNING, 1),
    ]
    assert findings[0].message == (
        "A link in the text uses a public link shortener, and carriers block such texts: write "
        "the full address, or use a short domain of your own (https://bit.ly/a, https://bit.ly/b)."
    )


def test_a_bad_link_is_found_in_the_last_of_many_texts() -> None:
    texts = [f"Zoë{at} https://shop.example/{at}" for at in range(5000)]
    texts += ["Inès https://bit.ly/x", "Paul https//shop.example", "Ana http://shop.example"]

    findings = findings_in(texts)

    assert [each.code for each in findings] == ["link_shortener", "link_broken", "link_not_https"]
