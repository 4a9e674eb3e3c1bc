"""What is printed on the pages of random books, in the language of the book."""

import random

from models.drawing.streams.vocabulary import VOCABULARIES, Vocabulary

LANGUAGES = ("en",) * 9 + ("fr", "fr", "es", "de", "it", "pt", "ja", "ja")
_KANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハマミムメモ"
    "ヤユヨラリルレロワンガギグゴザジズダデドバビブボパピプポ"
)
_SYLLABLES = [
    "ba",
    "be",
    "bo",
    "ca",
    "da",
    "de",
    "do",
    "el",
    "fa",
    "fi",
    "ga",
    "go",
    "ha",
    "hi",
    "in",
    "jo",
    "ka",
    "ki",
    "la",
    "le",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "ni",
    "no",
    "o",
    "pa",
    "pe",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "u",
    "va",
    "ve",
    "vi",
    "wa",
    "ya",
    "yo",
    "za",
    "ze",
    "an",
    "ar",
    "en",
    "er",
    "on",
    "or",
    "un",
    "ul",
    "el",
    "am",
    "em",
    "is",
    "as",
    "th",
    "sh",
    "ch",
]
_CURRENCIES = ("${}", "{} $", "{} €", "£{}", "{}¢", "{} F", "{} DM", "Rs {}", "¥{}", "{} cents")
_CODE = (
    "if",
    "for",
    "return",
    "def",
    "class",
    "int",
    "void",
    "while",
    "print",
    "import",
    "const",
    "self",
    "NULL",
)
_MARKS = ("{", "}", "();", "[0]", "==", "+=", "->", "//", "#", "&&", ";", "<br>", "**", "0x1F", "!=")


class Writer:
    """Writes the texts of one book."""

    def __init__(self, rng: random.Random, language: str) -> None:
        self._rng = rng
        self.language = language
        self._words: Vocabulary = VOCABULARIES.get(language, VOCABULARIES["en"])
        self._common = self._words.common.split()

    def one(self, group: str) -> str:
        """Return a phrase of a group of the vocabulary."""
        if self.language == "ja":
            return self.kana(3, 9)
        phrases: str = getattr(self._words, group)
        return self._rng.choice(phrases.split("|"))

    def kana(self, least: int, most: int) -> str:
        """Return letters that look Japanese."""
        return "".join(self._rng.choice(_KANA) for _ in range(self._rng.randint(least, most)))

    def sentence(self, least: int = 4, most: int = 14) -> str:
        """Return words in a row that end with a mark."""
        if self.language == "ja":
            return self.kana(least, 2 * most) + self._rng.choice(("", "ー", "ッ"))
        words = [self._rng.choice(self._common) for _ in range(self._rng.randint(least, most))]
        if self._rng.random() < 0.25:
            words[-1] = self.surname()
        text = " ".join(words)
        return text[0].upper() + text[1:] + self._rng.choice((".", ".", ".", "!", "?", "…"))

    def speech(self) -> str:
        """Return what a balloon says."""
        rng = self._rng
        if rng.random() < 0.015:  # people in stories also speak of prices and shops
            group = rng.choice(("calls", "claims", "legal", "roles", "letters"))
            return f"{self.one(group)} {self.sentence(2, 6)}"
        return " ".join(self.sentence(1, 8) for _ in range(rng.choice((1, 1, 1, 2))))

    def paragraph(self, sentences: int) -> str:
        """Return running text."""
        rng = self._rng
        parts = [self.sentence(5, 18) for _ in range(sentences)]
        if rng.random() < 0.3:
            parts.insert(rng.randrange(len(parts) + 1), f"“{self.sentence(2, 9)}”")
        return " ".join(parts)

    def surname(self) -> str:
        """Return a made-up name."""
        return "".join(self._rng.choice(_SYLLABLES) for _ in range(self._rng.randint(2, 3))).capitalize()

    def person(self) -> str:
        """Return a first and a last name."""
        return (
            self.kana(2, 3) + " " + self.kana(2, 3)
            if self.language == "ja"
            else f"{self.surname()} {self.surname()}"
        )

    def title(self, most: int = 4) -> str:
        """Return the title of a story or a book."""
        if self.language == "ja":
            return self.kana(2, 7)
        words = [
            self._rng.choice((self._rng.choice(self._common), self.surname()))
            for _ in range(self._rng.randint(1, most))
        ]
        return " ".join(word.capitalize() for word in words)

    def price(self) -> str:
        """Return an amount of money."""
        amount = self._rng.choice(
            (f"{self._rng.randint(1, 40)}.{self._rng.choice((50, 95, 99))}", str(self._rng.randint(1, 99)))
        )
        return self._rng.choice(_CURRENCIES).format(amount)

    def address(self) -> str:
        """Return where to write to or to look."""
        name = self.surname().lower()
        return self._rng.choice(
            (
                f"www.{name}.com",
                f"https://{name}.org/{self.surname().lower()}",
                f"{self._rng.randint(1, 900)} {name} St., {self.surname()} {self._rng.randint(10000, 99999)}",
                f"{name}@{self.surname().lower()}.net",
                f"Dept. {self._rng.randint(1, 99)}, Box {self._rng.randint(10, 999)}, {self.surname()}",
            )
        )

    def credit(self) -> str:
        """Return a role and who has it."""
        joint = self._rng.choice((": ", " ", " — ", ":  "))
        return f"{self.one('roles')}{joint}{self.person()}"

    def legal(self) -> str:
        """Return a sentence of an imprint."""
        rng, year = self._rng, self._rng.randint(1935, 2025)
        return rng.choice(
            (
                f"© {year} {self.person()}. {self.one('legal')}.",
                f"{self.one('legal')} {self.surname()} {year}.",
                f"{self.one('legal')}. {self.one('legal')}.",
                f"ISBN 978-{rng.randint(0, 9)}-{rng.randint(100, 999)}-{rng.randint(10**5, 10**6 - 1)}",
                f"{self.one('legal')} {self.address()}",
            )
        )

    def names(self, count: int) -> str:
        """Return a list of people."""
        return ", ".join(self.person() for _ in range(count))

    def code(self) -> str:
        """Return a line of a program."""
        rng = self._rng
        parts = [
            rng.choice((rng.choice(_CODE), rng.choice(_MARKS), self.surname().lower()))
            for _ in range(rng.randint(2, 8))
        ]
        return " " * rng.choice((0, 2, 4, 8)) + " ".join(parts)

    def row(self, cells: int) -> list[str]:
        """Return the cells of a row of a table."""
        rng = self._rng
        kinds = (
            lambda: str(rng.randint(0, 99)),
            lambda: f"{rng.randint(1, 6)}d{rng.choice((6, 8, 20))}",
            self.surname,
            lambda: f"+{rng.randint(1, 9)}",
            lambda: f"{rng.randint(1, 99)}%",
        )
        return [self.surname(), *(rng.choice(kinds)() for _ in range(cells - 1))]
