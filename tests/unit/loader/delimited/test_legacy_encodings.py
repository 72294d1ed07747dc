"""Old encodings are read right or asked about, never silently wrong."""

# ruff: noqa: RUF001 - the Turkish dotless i is meant

import time

import pytest

from bulksms.errors import UndecodableText
from bulksms.loader import ReadOptions
from bulksms.loader.delimited.legacy_encodings import (
    LegacyGuess,
    first_words,
    guess_legacy_encoding,
)
from bulksms.loader.sheets import read_sheets

NAMES = (
    "Zoé;Éloïse\nRené;Strauß\nJosé;Peña\n",
    "Bjørn;Åse",
    "CŒUR;HÉLÈNE",
    "cœur;Zoë",
    "D\u2019Août;Élie",
)

# Common names, which must be read right, in the encodings of their countries.
COMMON = {
    "French": ("Zoé François Jérôme Gaëlle Nîmes Orléans Besançon", "cp1252 mac-roman cp850 cp437"),
    "German": ("Müller Jürgen Köln Düsseldorf Strauß Österreich", "cp1252 mac-roman cp850"),
    "Spanish": ("Muñoz Peña José Málaga Ángel Begoña", "cp1252 mac-roman cp850"),
    "Portuguese": ("João São Gonçalves Magalhães Évora", "cp1252 mac-roman cp850 cp860"),
    "Swedish": ("Åsa Göran Malmö Örebro Västerås", "cp1252 mac-roman cp850"),
    "Polish": ("Łukasz Żaneta Małgorzata Łódź Kraków Gdańsk", "cp1250 iso8859-2 cp852"),
    "Czech": ("Jiří Tomáš Plzeň Šárka Dvořák Ondřej", "cp1250 iso8859-2"),
    "Hungarian": ("Győr Gergő Fűzfő Erzsébet Zoltán", "cp1250 iso8859-2"),
    "Turkish": ("Gülşah Çağrı Işıl Ayşe Diyarbakır", "cp1254 iso8859-9 cp857"),
    "Russian": ("Алексей Наталья Москва Сергей", "cp1251 koi8-r cp866"),
    "Greek": ("Γιώργος Ελένη Αθήνα Δημήτρης", "cp1253 iso8859-7"),
}
# Rare names, which no one may get wrong without being asked.
RARE = {
    "French": ("Quéméner Péchard Lézignan Nérac Thiézac", "cp1252 mac-roman cp850 cp437"),
    "Polish": ("Kwaśniak Gwóźdź Ćwikła Sęk Krężel", "cp1250 iso8859-2 cp852"),
    "Czech": ("Křepelka Mňačko Pěnička Brůžek Hůla", "cp1250 iso8859-2 cp852"),
    "Hungarian": ("Bődy Kőszegi Tűzkő Csűrös Mező", "cp1250 iso8859-2 cp852"),
    "Turkish": ("Bıçakçı Şenışık Dağdelen İnceoğlu", "cp1254 cp857"),
    "Lithuanian": ("Žygimantas Kęstutis Rūta Živilė", "cp1257"),
    "Romanian": ("Ţepeş Bălăceanu Ştirbăţ Trăistaru", "cp1250 iso8859-2"),
    "Icelandic": ("Þórður Guðmundur Sæþór Ragnheiður", "cp1252"),
    "Hebrew": ("דוד שרה ירושלים משה", "cp1255"),
    "Japanese": ("山田 太郎 東京 大阪", "shift_jis euc_jp"),
}


def guessed(data: bytes) -> LegacyGuess:
    return guess_legacy_encoding(first_words([data]))


def encoded(names: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return [(words, codec) for words, codecs in names.values() for codec in codecs.split()]


@pytest.mark.parametrize(("words", "codec"), encoded(COMMON))
def test_common_names_are_read_right_in_every_encoding(words: str, codec: str) -> None:
    guess = guessed(words.encode(codec))
    assert words.encode(codec).decode(guess.codec) == words
    assert guess.readings is None


@pytest.mark.parametrize(("words", "codec"), encoded(RARE))
def test_rare_names_are_read_right_or_asked_about(words: str, codec: str) -> None:
    for names in (words, *words.split()):
        data = names.encode(codec)
        guess = guessed(data)
        assert data.isascii() or guess.readings or data.decode(guess.codec) == names


@pytest.mark.parametrize(
    ("words", "codec"),
    [
        ("FRANÇOIS HÉLÈNE NÎMES ELOÏSE SÈTE NOËL AGNÈS CHÂLONS BENOÎT", "cp863"),
        ("TOMÁŠ PLZEŇ JIŘÍ DĚČÍN ZDENĚK RŮŽENA LUKÁŠ PŘEROV TŘEBÍČ", "mac-latin2"),
        ("ȘTEFAN BUCUREȘTI MĂDĂLINA TIMIȘOARA BRAȘOV RĂZVAN BACĂU", "mac-romanian"),
        ("JOÃO CONCEIÇÃO ANTÔNIO INÊS LUÍS SEBASTIÃO ÉVORA BRASÍLIA", "cp860"),
    ],
)
def test_small_letters_among_capitals_and_signs_among_letters_are_asked_about(
    words: str, codec: str
) -> None:
    data = words.encode(codec)
    guess = guessed(data)
    assert guess.readings or data.decode(guess.codec) == words


# Few names, many in capitals, that were once read wrong without a word.
FEW = (
    ("CÔME LEFÈVRE CRÉTEIL ZOÉ NIÇOIS NÎMES", "cp863"),
    ("WŁADYSŁAW GWÓŹDŹ ŻYWIEC RAFAŁ KWAŚNIAK CZĘSTOCHOWA", "iso8859-2 iso8859-16"),
    ("PAWEŁ LEWANDOWSKI ŁOMŻA", "mac-latin2"),
    ("ŠÁRKA PROCHÁZKA ZNOJMO", "iso8859-2"),
    ("Vojtěch Pěnička Šumperk Lukáš Němec Příbram", "iso8859-2"),
    ("GAŠPER NOVAK ČRNOMELJ MATJAŽ BIZJAK KRŠKO", "iso8859-2"),
    ("GERGŐ LŐRINCZ PÉCS ERNŐ PETŐFI", "mac-latin2"),
    ("OTTÓ KŐSZEGI KECSKEMÉT ERNŐ SZABÓ ÉRD", "cp1250 iso8859-2 iso8859-16"),
    ("Andrè Tornabuò Nardò", "cp850 cp437"),
    ("Salomè Mulè Agrò", "cp850 cp437"),
    ("Patrícia Camões Belém", "cp860"),
    ("Inês Leitão Covilhã", "cp860"),
    ("ÇIĞDEM YILDIRIM ELAZIĞ ŞULE ŞIMŞEK", "mac-turkish"),
    ("HÖRÐUR JÓNSDÓTTIR HÚSAVÍK", "mac-iceland cp850"),
)


@pytest.mark.parametrize(
    ("words", "codec"), [(words, codec) for words, codecs in FEW for codec in codecs.split()]
)
def test_few_names_are_read_right_or_asked_about(words: str, codec: str) -> None:
    data = words.encode(codec)
    guess = guessed(data)
    assert guess.readings or data.decode(guess.codec) == words


def test_a_page_of_mainframes_is_no_second_opinion() -> None:
    """Chardet takes few capitals for EBCDIC, which none of the digits beside them fits."""
    data = "phone;name\n0639980001;ÞÓRA JÓNSDÓTTIR ÍSAFJÖRÐUR\n".encode("cp850")
    (sheet,) = read_sheets(data, "a.csv")
    assert (sheet.findings[0].code, sheet.findings[0].ask) == ("encoding_doubtful", True)
    assert sheet.rows.cell(0, 0) == "0639980001"


@pytest.mark.parametrize(("name", "codec"), [("Íñigo", "cp850"), ("Jiří", "mac-latin2")])
def test_a_name_that_is_utf8_by_accident_is_asked_about(name: str, codec: str) -> None:
    (sheet,) = read_sheets(f"phone;name\n0639980001;{name}\n".encode(codec), "a.csv")
    (finding,) = sheet.findings
    assert (finding.code, finding.ask) == ("encoding_doubtful", True)
    assert "-8" in finding.message


@pytest.mark.parametrize(
    ("name", "codec", "line"),
    [("Frédéric", "utf-7", 3), ("山田", "iso2022_jp", 3)],
)
def test_letters_in_seven_bits_are_refused_with_the_encoding_that_reads_them(
    name: str, codec: str, line: int
) -> None:
    data = f"phone;name\n0639980001;Anna\n0639980002;{name}\n".encode(codec)
    with pytest.raises(UndecodableText) as refused:
        read_sheets(data, "a.csv")
    assert str(refused.value) == (
        f"a.csv, line {line}: letters are written in {codec}; save the file as UTF-8, or give"
        f" --encoding {codec}."
    )
    (sheet,) = read_sheets(data, "a.csv", ReadOptions(encoding=codec))
    assert sheet.rows.cell(1, 1) == name


@pytest.mark.parametrize(
    "name", ["Marie+ANY-Lou", "MARIA+ANA-LENA", "a+AB-c", "+33639980001-", "Ana+AOk", "C+APQ-"]
)
def test_a_plus_inside_words_is_no_letter_of_seven_bits(name: str) -> None:
    (sheet,) = read_sheets(f"phone;name\n0639980001;{name}\n".encode(), "a.csv")
    assert (sheet.rows.cell(0, 1), sheet.findings) == (name, ())


def test_a_doubtful_encoding_is_asked_about_with_a_name_in_both_readings() -> None:
    data = "nom;tel\nPéchard;0639980001\nSęk;0639980002\n".encode("cp1250")
    (sheet,) = read_sheets(data, "a.csv")
    (finding,) = sheet.findings
    assert (finding.code, finding.level.value, finding.ask) == ("encoding_doubtful", "error", True)
    assert finding.message == (
        "The file does not state its encoding; it was read as cp1252, with names such as"
        ' "Sêk". If "Sęk" is right, give --encoding cp1250.'
    )


@pytest.mark.parametrize("codec", ["cp1252", "mac-roman", "iso8859-15"])
@pytest.mark.parametrize("text", NAMES)
def test_names_come_back_as_they_were_written(codec: str, text: str) -> None:
    if "\u2019" in text and codec == "iso8859-15":
        text = text.replace("\u2019", "'")
    data = text.encode(codec)
    assert data.decode(guessed(data).codec) == text


def test_a_sign_that_is_alone_says_nothing() -> None:
    assert guessed("100 €".encode("cp1252")).codec == "cp1252"


@pytest.mark.parametrize(
    "text",
    ["d\u2019un", "O\u2019Brien", "L\u2019Oréal", "Tomaš;Škoda", "n° 5 \u2013 100 €", "«Zoé»"],
)
def test_windows_1252_wins_when_nothing_is_clear(text: str) -> None:
    assert guessed(text.encode("cp1252")).codec == "cp1252"


@pytest.mark.parametrize(
    "words",
    [
        "Zoé Lefèvre Noël Œuvrard Maïté Müller Besançon L\u2019Haÿ Åsa Lindström",
        "Teléfono Muñoz Núñez Cádiz L\u2019Hospitalet Vilà Güell",
        "Niccolò Forlì L\u2019Aquila Zoë Désirée",
    ],
)
def test_a_reading_with_letters_of_no_language_is_no_rival(words: str) -> None:
    guess = guessed(words.encode("cp1252"))
    assert (guess.codec, guess.readings) == ("cp1252", None)


def test_the_reading_with_most_common_words_is_named_first() -> None:
    guess = guessed("Siobhán Þór Zoë Guðmundsson José Núñez".encode("cp1252"))
    assert guess.codec == "cp1252"


def test_one_stranger_in_a_long_list_of_names_changes_nothing() -> None:
    data = "Zoé Éloïse René\n".encode("cp1252") * 1000 + b"\x8e\x8a\n"
    assert guessed(data).codec == "cp1252"


def worked(data: bytes) -> float:
    """Count the processor seconds it takes to tell the encoding of some bytes."""
    start = time.process_time()
    guessed(data)
    return time.process_time() - start


@pytest.mark.parametrize("long", [b"x", b"\xe9", b"\xe9x", b"x\xe9 "])
def test_long_words_take_time_in_proportion(long: bytes) -> None:
    """Four times the bytes: looking far ahead from each of them would take sixteen times."""
    few, many = worked(long * 100_000), worked(long * 400_000)
    assert many < 12 * few + 0.2
