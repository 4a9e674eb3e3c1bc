"""Which languages a reader's networks know, by ISO 639 code."""

_UNREAD_BY_RAPIDOCR = frozenset(
    {
        # Hangul
        *("ko", "kor"),
        # Cyrillic
        *("ru", "rus", "uk", "ukr", "bg", "bul", "be", "bel", "sr", "srp", "mk", "mkd", "mac"),
        *("kk", "kaz", "ky", "kir", "mn", "mon", "tg", "tgk", "tt", "tat"),
        # Arabic and Hebrew
        *("ar", "ara", "fa", "fas", "per", "ur", "urd", "ps", "pus", "ckb", "ug", "uig", "sd", "snd"),
        *("he", "heb", "iw", "yi", "yid"),
        # Indic
        *("hi", "hin", "mr", "mar", "ne", "nep", "sa", "san", "bn", "ben", "as", "asm", "pa", "pan"),
        *("gu", "guj", "or", "ori", "ta", "tam", "te", "tel", "kn", "kan", "ml", "mal", "si", "sin"),
        # South-east Asia
        *("th", "tha", "lo", "lao", "km", "khm", "my", "mya", "bur", "bo", "bod", "tib", "dz", "dzo"),
        # Others with a script of their own
        *("ka", "kat", "geo", "hy", "hye", "arm", "am", "amh", "ti", "tir"),
    }
)


def primary_code(language: str) -> str:
    """Return the language of a tag: ``pt`` for ``pt-BR`` or ``PT_br``."""
    return language.strip().lower().replace("_", "-").partition("-")[0]


def is_read_by_rapidocr(language: str | None) -> bool:
    """Say whether PP-OCRv6 knows a language: Latin and Greek letters, ideographs, kana.

    None, and a code nobody here has heard of, may well be Latin: True.
    """
    return language is None or primary_code(language) not in _UNREAD_BY_RAPIDOCR
