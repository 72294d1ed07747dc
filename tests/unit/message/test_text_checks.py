# ruff: noqa: RUF001 - letters that look like those of ASCII are meant

import pytest

from bulksms.finding import Finding, Level
from bulksms.message import Template, check_text


def findings(text: str) -> list[Finding]:
    return list(check_text(Template.parse(text)))


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        pytest.param(
            "Grand dÃ©stockage d'Ã©tÃ©. STOP au 30101",
            "text_double_encoded",
            "The text looks encoded twice: 'dÃ©stockage' is probably 'déstockage'. "
            "Save it as UTF-8 or type it again.",
            id="mojibake",
        ),
        pytest.param(
            "Bonjour {first_name|chÃ¨re cliente}",
            "text_double_encoded",
            "The text looks encoded twice: 'chÃ¨re' is probably 'chère'. "
            "Save it as UTF-8 or type it again.",
            id="mojibake in a fallback",
        ),
        pytest.param(
            "Soldes \u00c3 Lyon",
            "text_double_encoded",
            "The text looks encoded twice: '\u00c3' is probably 'à'. "
            "Save it as UTF-8 or type it again.",
            id="half of a letter",
        ),
        pytest.param(
            "Soldes &euro",
            "text_html",
            'The text contains HTML ("&euro"), and phones show it like that: '
            "write the characters themselves.",
            id="an entity without its end",
        ),
        pytest.param(
            "Soldes_x000D_",
            "text_escapes",
            'The text contains "_x000D_" as written characters, and phones show them like '
            "that: press Enter for a new line, or use --text-file.",
            id="a control character of workbooks",
        ),
        pytest.param(
            "C\ufffdest la f\ufffdte",
            "text_lost_characters",
            'The text has lost or wrong letters in "C\ufffdest", "f\ufffdte": type them again.',
            id="replacement character",
        ),
        pytest.param(
            "C?est bient?t la f?te d?hiver",
            "text_lost_characters",
            'The text has lost or wrong letters in "C?est", "bient?t", "f?te", …: type them again.',
            id="question marks",
        ),
        pytest.param(
            "Caf\u201a r\u201aserv\u201a, for\u02c6t",
            "text_lost_characters",
            'The text has lost or wrong letters in "r\u201aserv\u201a", "for\u02c6t": type them '
            "again.",
            id="letters of a DOS page",
        ),
        pytest.param(
            "L\\'=C3=A9t=C3=A9",
            "text_escapes",
            'The text contains "\\\'", "=C3=A9" as written characters, and phones show them like '
            "that: press Enter for a new line, or use --text-file.",
            id="escapes of other programs",
        ),
        pytest.param(
            "Soldes\tdemain\x07",
            "text_control_characters",
            "The text contains control characters (U+0009, U+0007), which phones show as boxes or "
            "not at all: remove them.",
            id="control characters",
        ),
        pytest.param(
            "Soldes\\nSTOP au 30101",
            "text_escapes",
            'The text contains "\\n" as written characters, and phones show them like that: '
            "press Enter for a new line, or use --text-file.",
            id="literal line break",
        ),
        pytest.param(
            "Caf\\u00e9 \\x20",
            "text_escapes",
            'The text contains "\\u00e9", "\\x20" as written characters, and phones show them like '
            "that: press Enter for a new line, or use --text-file.",
            id="literal code points",
        ),
        pytest.param(
            "Bonjour%0ASoldes%20d'%C3%A9t",
            "text_escapes",
            'The text contains "%0A", "%20", "%C3%A9" as written characters, and phones show them '
            "like that: press Enter for a new line, or use --text-file.",
            id="percent escapes",
        ),
        pytest.param(
            "L&#39;&eacute;t&eacute; &amp; vous",
            "text_html",
            'The text contains HTML ("&#39;", "&eacute;", "&amp;"), and phones show it like that: '
            "write the characters themselves.",
            id="entities",
        ),
        pytest.param(
            "Soldes<br/>demain <b class='x'>-20%</b>",
            "text_html",
            'The text contains HTML ("<br/>", "<b class=\'x\'>", "</b>"), and phones show it like '
            "that: write the characters themselves.",
            id="tags",
        ),
    ],
)
def test_damage_is_an_error_that_asks(text: str, code: str, sentence: str) -> None:
    (finding,) = findings(text)

    assert (finding.code, finding.level, finding.ask) == (code, Level.ERROR, True)
    assert finding.message == sentence


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(
            ("Zo<U+00E9>", "text_escapes"),
            (r"Zo\303\251", "text_escapes"),
            ("Zo=E9", "text_escapes"),
        ),
        *(("Soldes%21", "text_escapes"), ("Zo%E9", "text_escapes"), ("undefined", "text_escapes")),
        *(("[object Object]", "text_escapes"), ("NaN", "text_escapes")),
        *(("Lorem ipsum", "text_escapes"), ("<center>", "text_html"), ("<!-- x -->", "text_html")),
        *(("<![CDATA[Soldes]]>", "text_html"), ("<o:p></o:p>", "text_html")),
        *(("1<sup>er</sup>", "text_html"), ("[b]Promo[/b]", "text_html"), ("Zo&#233", "text_html")),
        *(("M&uuml ller", "text_html"), ("-20Â %", "text_double_encoded")),
        *(("Ð˜Ð²Ð°Ð½", "text_double_encoded"), ("Zo√©", "text_lost_characters")),
    ],
)
def test_what_another_program_left_in_the_text_is_asked_about(written: str, code: str) -> None:
    (finding,) = findings(f"Bonjour {written}, à demain")
    assert (finding.code, finding.level, finding.ask) == (code, Level.ERROR, True)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("Sol\u00addes", "U+00AD SOFT HYPHEN"),
        ("\ufeffBonjour", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
        ("Bonjour\u200b \u202ela", "U+200B ZERO WIDTH SPACE, U+202E RIGHT-TO-LEFT OVERRIDE"),
    ],
)
def test_invisible_characters_are_a_warning(text: str, points: str) -> None:
    (finding,) = findings(text)

    assert (finding.code, finding.level) == ("text_invisible_characters", Level.WARNING)
    assert f"({points})" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour {first_name}, l'été arrive : -20% sur tout !\nSTOP au 30101",
        "Ça va ? On se voit samedi?",
        "https://shop.example/page?size=40&copy=2&amp=1",
        "Voir https://shop.example/?q=a et www.shop.example/b?c",
        "5 < 6 > 4, <3",
        "https://shop.example/a%20b -20% -50%",
        "R&D & Co; C&A;",
        "T=E5, 50%DE remise, [b] et [i], a -> b, <-- ici, 5<6, âge ÂGÉ",
        "Chemin D:\\photos",
        "Émoji 👩\u200d💻 et œuvre",
        "Irmã» e Ângela",
        "a\r\nb",
    ],
)
def test_a_sound_text_has_no_findings(text: str) -> None:
    assert findings(text) == []
