"""How six languages write numbers, dates and truth values in a spreadsheet."""

from dataclasses import dataclass, replace

# The low ten bits of a Windows language number name the language.
_LANGUAGE_BITS = 0x3FF
_LANGUAGE_NUMBERS = {0x07: "de", 0x09: "en", 0x0A: "es", 0x0C: "fr", 0x10: "it", 0x16: "pt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayLocale:
    """Names, separators and standard formats of one locale.

    Attributes:
        tag: such as `fr-FR`.
        months: full names, then short ones.
        days: full names from Monday, then short ones.
        truth: what FALSE and TRUE are called.
        decimal: the sign between whole and fraction.
        group: the sign between thousands.
        date_separator: what `/` in a date shows.
        short_date: the format code of built-in format 14.
        day_month: the code of format 16, also the beginning of format 15.
        long_date: the code that `[$-F800]` means.
        long_time: the code that `[$-F400]` means.
        currency: the order of an amount and the sign of the currency.
        loss_in_parentheses: how the built-in formats show negative numbers.
    """

    tag: str
    months: tuple[tuple[str, ...], tuple[str, ...]]
    days: tuple[tuple[str, ...], tuple[str, ...]]
    truth: tuple[str, str]
    decimal: str = ","
    group: str = "."
    date_separator: str = "/"
    short_date: str = "dd/mm/yyyy"
    day_month: str = "dd-mmm"
    long_date: str = "dddd d mmmm yyyy"
    long_time: str = "hh:mm:ss"
    currency: str = '{} "€"'
    loss_in_parentheses: bool = False


def _names(full: str, short: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(full.split()), tuple(short.split())


_GERMAN = DisplayLocale(
    tag="de-DE",
    months=_names(
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    ),
    days=_names(
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag", "Mo Di Mi Do Fr Sa So"
    ),
    truth=("FALSCH", "WAHR"),
    date_separator=".",
    short_date="dd.mm.yyyy",
    day_month="dd. mmm",
    long_date="dddd, d. mmmm yyyy",
)
_ENGLISH = DisplayLocale(
    tag="en-US",
    months=_names(
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    ),
    days=_names(
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "Mon Tue Wed Thu Fri Sat Sun",
    ),
    truth=("FALSE", "TRUE"),
    decimal=".",
    group=",",
    short_date="m/d/yyyy",
    day_month="d-mmm",
    long_date="dddd, mmmm d, yyyy",
    long_time="h:mm:ss AM/PM",
    currency='"$"{}',
    loss_in_parentheses=True,
)
_SPANISH = DisplayLocale(
    tag="es-ES",
    months=_names(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
    ),
    days=_names(
        "lunes martes miércoles jueves viernes sábado domingo", "lun mar mié jue vie sáb dom"
    ),
    truth=("FALSO", "VERDADERO"),
    long_date='dddd, d" de "mmmm" de "yyyy',
)
_FRENCH = DisplayLocale(
    tag="fr-FR",
    months=_names(
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    ),
    days=_names(
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lun. mar. mer. jeu. ven. sam. dim.",
    ),
    truth=("FAUX", "VRAI"),
    group=" ",
)
_ITALIAN = DisplayLocale(
    tag="it-IT",
    months=_names(
        "gennaio febbraio marzo aprile maggio giugno"
        " luglio agosto settembre ottobre novembre dicembre",
        "gen feb mar apr mag giu lug ago set ott nov dic",
    ),
    days=_names(
        "lunedì martedì mercoledì giovedì venerdì sabato domenica", "lun mar mer gio ven sab dom"
    ),
    truth=("FALSO", "VERO"),
)
_PORTUGUESE = DisplayLocale(
    tag="pt-PT",
    months=_names(
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "jan fev mar abr mai jun jul ago set out nov dez",
    ),
    days=_names(
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "seg ter qua qui sex sáb dom",
    ),
    truth=("FALSO", "VERDADEIRO"),
    group=" ",
    day_month="d/mmm",
    long_date='dddd, d" de "mmmm" de "yyyy',
)
_BRITISH = replace(
    _ENGLISH,
    tag="en-GB",
    short_date="dd/mm/yyyy",
    day_month="dd-mmm",
    long_date="dd mmmm yyyy",
    long_time="hh:mm:ss",
    currency='"£"{}',
    loss_in_parentheses=False,
)
_LATIN_AMERICAN = replace(_SPANISH, tag="es-MX", decimal=".", group=",", currency='"$"{}')
_BASES = {
    locale.tag[:2]: locale
    for locale in (_GERMAN, _ENGLISH, _SPANISH, _FRENCH, _ITALIAN, _PORTUGUESE)
}
DEFAULT_LOCALE = _FRENCH
LANGUAGES = tuple(sorted(_BASES))
_FRANCS = '{} "CHF"'
_VARIANTS = {
    "en-AU": replace(_BRITISH, currency='"$"{}'),
    "en-IE": replace(_BRITISH, currency='"€"{}'),
    "de-CH": replace(_GERMAN, decimal=".", group="'", currency=_FRANCS),
    "de-LI": replace(_GERMAN, decimal=".", group="'", currency=_FRANCS),
    "en-CA": replace(_BRITISH, currency='"$"{}', short_date="yyyy-mm-dd", date_separator="-"),
    "fr-CA": replace(_FRENCH, currency='{} "$"', short_date="yyyy-mm-dd", date_separator="-"),
    "fr-CH": replace(_FRENCH, currency=_FRANCS, short_date="dd.mm.yyyy", date_separator="."),
    "it-CH": replace(
        _ITALIAN,
        currency=_FRANCS,
        decimal=".",
        group="'",
        short_date="dd.mm.yyyy",
        date_separator=".",
    ),
    "pt-BR": replace(_PORTUGUESE, group=".", currency='"R$" {}'),
} | {
    f"es-{region}": _LATIN_AMERICAN
    for region in ("DO", "GT", "HN", "MX", "NI", "PA", "PE", "PR", "SV", "US")
}
_LANGUAGE_OF_REGION = {
    region: language
    for language, regions in {
        "de": "AT CH DE LI",
        "es": "AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PR PY SV UY VE",
        "fr": "BE BF BI BJ BL CD CG CI CM DJ DZ FR GA GF GN GP HT LU MA MC MF MG ML MQ NC NE PF"
        " PM RE SN TD TG TN WF YT",
        "it": "IT SM VA",
        "pt": "AO BR CV GW MZ PT ST TL",
    }.items()
    for region in regions.split()
}


def find_locale(tag: str) -> DisplayLocale | None:
    """Find the locale of a tag such as `fr-FR` or `fr`, if it is of the six languages."""
    language, _, region = tag.replace("_", "-").partition("-")
    language, region = language.lower(), region.upper()
    base = _BASES.get(language)
    if base is None:
        return None
    if language == "en" and region not in {"", "US", "PH"}:
        base = _BRITISH
    name = f"{language}-{region}" if region else base.tag
    return replace(_VARIANTS.get(name, base), tag=name)


def locale_of_region(region: str) -> str:
    """Name the locale of a region: its language, or English."""
    region = region.upper()
    return f"{_LANGUAGE_OF_REGION.get(region, 'en')}-{region}"


def language_of(code: str) -> DisplayLocale | None:
    """Find the locale that a format names: `40C` in hexadecimal, or `fr-FR`."""
    try:
        number = int(code, 16)
    except ValueError:
        return find_locale(code)
    language = _LANGUAGE_NUMBERS.get(number & _LANGUAGE_BITS)
    if language is None:
        return None
    return _BRITISH if number & 0xFFFF == 0x809 else _BASES[language]  # noqa: PLR2004 - en-GB
