"""Which language lettering is in, by its script and its smallest words: a hint, but a fast one."""

import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

LEAST_WORDS, LEAST_HITS = 6, 3
"""Words of a text, and small words among them, under which nothing is said."""
LEAD = 1.5
"""How many more small words the best language must have than the next one."""

_WORD = re.compile(r"[^\W\d_]+")
_SMALL: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        code: frozenset(words.split())
        for code, words in {
            "en": "the and you that for are not with this have was what your they will there of to is it we "
            "my be don't i'm it's do me he she but all can if know here just now who how",
            "fr": "le la les des et est pas que qui une dans pour vous nous je tu il elle mais ce cette "
            "avec sur du au ne mon ma c'est tout bien plus où",
            "de": "der die das und ist nicht ein eine ich du wir sie mit auf für den dem es zu was wie "
            "aber auch noch mein dein von sich hat bin",
            "es": "el los las que y una por para con no es del se lo te mi tu yo pero como más está "
            "qué todo muy hay eso esta ese sí aquí",
            "it": "il lo gli che di una per non sono è della con mi ti si ma come più questo questa "
            "cosa io hai ho nel alla anche ci sei",
            "pt": "o os as que e uma para com não é do da em eu você mas como mais isso está muito "
            "meu minha ele ela foi por aqui sim",
            "nl": "de het een en is niet dat ik je we van voor met op maar wat ook die mijn zijn naar "
            "dit nog heb hij",
        }.items()
    }
)
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_LEAST_GLYPHS = 6


def guess_language(text: str) -> str | None:
    """Return the ISO 639 code of the language that a text seems to be in, None where it says too little."""
    letters = sum(glyph.isalpha() for glyph in text)
    for code, script in _SCRIPTS:
        glyphs = len(script.findall(text))
        # Kana tell Japanese from Chinese, however few stand among ideographs.
        if glyphs >= _LEAST_GLYPHS and glyphs >= (0.15 if code == "ja" else 0.5) * letters:
            return code
    words = _WORD.findall(text.casefold().replace("’", "'"))
    words += re.findall(r"[^\W\d_]+'[^\W\d_]+", text.casefold().replace("’", "'"))
    if len(words) < LEAST_WORDS:
        return None
    hits = Counter({code: sum(word in small for word in words) for code, small in _SMALL.items()})
    (best, most), (_, second) = hits.most_common(2)
    return best if most >= LEAST_HITS and most >= LEAD * second else None


def is_garbled(text: str) -> bool:
    """Say whether what was read are no words: signs and digits among letters, or letters nobody can say.

    Only of letters that have vowels written: ideographs and scripts without are never garbled here.
    """
    plain = re.sub(r"\s+", " ", text).strip()
    if len(plain) < _LEAST_GARBLED or any(script.search(plain) for _, script in _SCRIPTS):
        return False
    tokens = [token for token in plain.split(" ") if len(token) > 1]
    if len(tokens) < LEAST_WORDS:
        return False
    return sum(map(_is_word, tokens)) < _LEAST_SAYABLE * len(tokens)


_LEAST_GARBLED, _LEAST_SAYABLE = 24, 0.45
_SAYABLE = re.compile(r"[\"'“”‘’(\[¡¿«—–-]*[^\W\d_]+(?:['’-][^\W\d_]+)*[\"'“”‘’)\]»,.;:!?…—–-]*")
_VOWEL = re.compile(r"[aeiouyàâäáãåæèéêëìíîïòóôöõøœùúûüýÿ]", re.IGNORECASE)
_HARSH = re.compile(r"[^aeiouyàâäáãåæèéêëìíîïòóôöõøœùúûüýÿ\W\d_]{6,}", re.IGNORECASE)


def _is_word(token: str) -> bool:
    if not _SAYABLE.fullmatch(token) or not _VOWEL.search(token) or _HARSH.search(token):
        return False
    inner = token.strip("\"'“”‘’()[]¡¿«»,.;:!?…—–-")
    return inner.islower() or inner.isupper() or inner[1:].islower()
