"""From a prompt or a script to beats: who, what, where, in what mood, and what is said.

Rules, not a model: quotation marks, speakers before a colon, clauses split at commas, places after a
preposition. What the rules do not understand, as in another language, is still searched as a whole.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.generation.prompts.describing import Described, described, without_shot
from models.generation.prompts.foreign import English, in_english
from models.generation.prompts.grammar import bare
from models.generation.prompts.scene_words import MOODS

MAX_BEATS = 48
MAX_LINES = 6
"""Lines of dialogue in one panel."""

_QUOTE = r"[\"“„«「『]([^\"“”„«»「」『』]{1,400})[\"”“»」』]"
_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’.\-]*(?:\s[A-ZÀ-ÖØ-Þ][\w'’\-]*)?"
_SAYS = (
    "says|say|said|asks|asked|shouts|shouted|yells|whispers|whispered|thinks|thought|cries|cried|answers|"
    "replies|calls|dice|grida|sussurra|pensa|chiede"
)
_SPEECH = re.compile(
    rf"(?:(?P<before>{_NAME})\s*(?:\((?P<manner>[\w ]{{1,20}})\)\s*)?"
    rf"(?::|,?\s*(?P<verb>{_SAYS})\s*[:,]?)\s*)?{_QUOTE}"
    rf"(?:\s*,?\s*(?:(?P<verb2>{_SAYS})\s+(?P<after>(?:the\s+)?[\w'’\-]+)|(?P<after2>{_NAME})\s+(?P<verb3>{_SAYS})))?"
)
_SCRIPT_LINE = re.compile(
    rf"^(?P<name>{_NAME}|[\w'’\- ]{{1,24}})"
    rf"\s*(?:\((?P<manner>[\w ]{{1,20}})\))?\s*[:\uff1a]\s*(?P<words>\S.*)$"
)
_CAPTION = re.compile(
    r"^\[(?P<words>.{1,300})\]$|^(?:caption|narrator|didascalia)\s*:\s*(?P<told>.{1,300})$", re.IGNORECASE
)
_SOUND = re.compile(r"\*([^*]{1,24})\*")
_PANEL_MARK = re.compile(r"^(?:panel|vignetta|page|pagina|scene|컷|コマ)\s*\d+\s*[:.\-]?\s*", re.IGNORECASE)
_NO_END = r"(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)"
_STEP = re.compile(_NO_END + r"(?<=[.!?])\s+|(?<=[。！？])\s*(?=\S)|(?<=\0)\s+(?=[A-ZÀ-Þ])|\n+")
_TURN = re.compile(rf"{_NO_END}(?<=[.!?。！？])\s+(?={_NAME}\s*(?:\([\w ]{{1,20}}\)\s*)?:\s)")


@dataclass(frozen=True, slots=True)
class Speech:
    """One line said; ``speaker`` is empty where nobody is named. ``mood`` as balloons know them."""

    words: str
    speaker: str = ""
    mood: str = "plain"


@dataclass(frozen=True, slots=True)
class Beat:
    """What one panel shows and says. ``seen`` is the text without what is said.

    ``looks`` are names with what is told of how they look; ``is_deserted`` says that nobody is to be seen.
    ``english`` is what is seen as far as its words are known in English, empty where it is English.
    """

    text: str
    seen: str
    who: tuple[str, ...] = ()
    looks: tuple[tuple[str, str], ...] = ()
    where: str = ""
    moods: tuple[str, ...] = ()
    speech: tuple[Speech, ...] = ()
    caption: str = ""
    sound: str = ""
    is_deserted: bool = False
    english: str = ""

    @property
    def sought(self) -> str:
        """What panels are sought by: what is seen, in English as far as it is known."""
        return self.english or self.seen or self.text

    def look_of(self, name: str) -> str:
        """Return how somebody looks, in words; their name where nothing is told."""
        return next((look for known, look in self.looks if known.lower() == name.lower()), name)


def beats_of(text: str) -> tuple[Beat, ...]:
    """Split a script into beats, one a panel: by blank lines where there are some, else by sentences.

    A line that is only said (``Ada: Who is there?``) belongs to the beat before it, a caption of its own
    (``[Later]``) to the one after it.
    """
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    if len(blocks) <= 1:
        blocks = _sentences(text)
    beats: list[Beat] = []
    for block in _with_captions(blocks):
        beat = beat_of(block)
        if beats and not beat.seen and len(beats[-1].speech) + len(beat.speech) <= MAX_LINES // 2:
            beats[-1] = _joined(beats[-1], beat)
        elif not beat.seen and beats:
            beats.append(replace(beat, seen=beats[-1].seen, who=beats[-1].who, where=beats[-1].where,
                                 moods=beats[-1].moods))  # fmt: skip
        else:
            beats.append(_continued(beats[-1], beat) if beats else beat)
    return tuple(beats[:MAX_BEATS])


def _with_captions(blocks: Sequence[str]) -> Iterator[str]:
    """Give blocks, one that is a caption and nothing else together with what comes after it."""
    held: list[str] = []
    for block in blocks:
        held.append(block)
        if not all(_CAPTION.match(line.strip()) for line in block.splitlines() if line.strip()):
            yield "\n".join(held)
            held = []
    if held:
        yield "\n".join(held)


def merged(beats: Sequence[Beat]) -> Beat:
    """Make one beat of several: a prompt of many sentences is still one panel."""
    first, *others = beats
    for other in others:
        first = replace(
            first,
            seen=f"{first.seen}. {other.seen}",
            english=f"{first.sought}. {other.sought}" if first.english or other.english else "",
            who=tuple(dict.fromkeys((*first.who, *other.who))),
            looks=tuple(dict((*other.looks, *first.looks)).items()),
            where=first.where or other.where,
            moods=tuple(dict.fromkeys((*first.moods, *other.moods))),
            speech=(*first.speech, *other.speech),
            caption=first.caption or other.caption,
            sound=first.sound or other.sound,
        )
    return first


def beat_of(text: str) -> Beat:
    """Read one panel's text."""
    seen_lines: list[str] = []
    speech, caption, sound = [], "", ""
    for line in filter(None, (raw.strip() for raw in _PANEL_MARK.sub("", text.strip()).splitlines())):
        if found := _CAPTION.match(line):
            caption = f"{caption} {(found['words'] or found['told']).strip()}".strip()
        elif (found := _SCRIPT_LINE.match(line)) and _is_said(found, line, is_first=not seen_lines):
            speech.append(_speech(found["words"], found["name"], found["manner"] or ""))
        else:
            rest, said = _quoted(line)
            speech += said
            seen_lines.append(rest)
    seen = " ".join(seen_lines)
    if found := _SOUND.search(seen):
        sound, seen = found[1].strip(), _SOUND.sub(" ", seen)
    seen = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(seen.split())).strip(" ,;:")
    seen = _without_saying(seen)
    english = in_english(seen)
    told = _renamed(described(english.text), english)
    speakers = [bare(line.speaker) for line in speech if line.speaker]
    heard = () if told.is_deserted else tuple(name for name in speakers if not _is_told(name, told))
    return Beat(
        text.strip(), seen, tuple(dict.fromkeys((*told.who, *heard))), told.looks, told.where,
        tuple(dict.fromkeys((*moods_in(seen), *moods_in(english.text)))),
        tuple(speech[:MAX_LINES]), caption, sound, told.is_deserted,
        english.readable if english.text != seen else "",
    )  # fmt: skip


def _renamed(told: Described, english: English) -> Described:
    """Call people what the text calls them; how they look stays in English, which they are sought by."""
    return replace(
        told,
        who=tuple(english.name_of(who) for who in told.who),
        looks=tuple((english.name_of(who), look) for who, look in told.looks),
    )


def _is_told(name: str, told: Described) -> bool:
    return _among(name, (*told.who, *(look for _, look in told.looks)))


def _is_said(found: "re.Match[str]", line: str, *, is_first: bool) -> bool:
    """Say whether a line with a colon is said: ``Medium shot: a cat`` and ``A flash: two cats`` are seen."""
    if re.search(r"[\"“«「]", line) or without_shot(line) != line:
        return False
    return not (is_first and re.match(r"(?:a|an|the|two|three|one)\s", found["words"]))


def moods_in(text: str) -> tuple[str, ...]:
    """Return the times, weathers and shots that a text names."""
    lowered = text.lower()
    words = set(re.findall(r"[\w\-]+", lowered))
    return tuple(
        mood
        for mood, signs in MOODS.items()
        if any(sign in words or (not sign.isascii() and sign in lowered) for sign in signs)
    )


def _sentences(text: str) -> list[str]:
    """Split at sentence ends, not inside quotation marks, nor what one speaker says after their name."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"\0{len(held) - 1}\0"

    masked = re.sub(_QUOTE, hold, text.strip())
    parts = []
    for line in masked.splitlines():
        for turn in _TURN.split(line):
            parts += [turn] if _SCRIPT_LINE.match(turn) else _STEP.split(turn)
    whole = [re.sub(r"\0(\d+)\0", lambda found: held[int(found[1])], part) for part in parts]
    return [part for part in whole if part.strip()]


def _quoted(line: str) -> tuple[str, list[Speech]]:
    said = []
    for found in _SPEECH.finditer(line):
        name = found["before"] or found["after"] or found["after2"] or ""
        manner = found["manner"] or found["verb"] or found["verb2"] or found["verb3"] or ""
        words = next(group for group in found.groups() if group and _is_quote(group, found[0]))
        said.append(_speech(words, re.sub(r"^the\s+", "", name), manner))
    return _SPEECH.sub(_kept_subject, line), said


def _kept_subject(found: "re.Match[str]") -> str:
    """Keep who speaks as somebody seen: ``Ada says "…"`` shows Ada."""
    return f" {found['before'] or ''} " if found["verb"] else " "


def _without_saying(seen: str) -> str:
    """Drop what only tells who speaks: ``she asks`` after a quotation, ``and says`` before one."""
    seen = re.sub(rf"(?:\s*,)?(?:\s+(?:and|e))?\s+(?:{_SAYS})\s*[.,:]?$", "", seen)
    only_says = re.fullmatch(rf"(?:he|she|it|they|[A-Z][\w'’]*)\s+(?:{_SAYS})\s*\w*[.,:]?", seen)
    return "" if only_says or not re.search(r"\w", seen) else seen


def _is_quote(group: str, whole: str) -> bool:
    at = whole.find(group)
    return at > 0 and whole[at - 1] in '"“„«「『'


def _speech(words: str, name: str, manner: str) -> Speech:
    words = words.strip().strip('"“”')
    manner = manner.lower()
    mood = "plain"
    if manner.startswith(("shout", "yell", "grid", "cri")) or (words.isupper() and len(words) > 3):
        mood = "shout"
    elif manner.startswith(("whisper", "sussurr")):
        mood = "whisper"
    elif manner.startswith(("think", "thought", "pens")):
        mood = "thought"
    return Speech(words, name.strip(), mood)


def _among(name: str, names: "tuple[str, ...] | list[str]") -> bool:
    return any(name.lower() in other.lower() or other.lower() in name.lower() for other in names)


def _joined(first: Beat, more: Beat) -> Beat:
    who = tuple(dict.fromkeys((*first.who, *(name for name in more.who if not _among(name, first.who)))))
    return replace(
        first,
        text=f"{first.text}\n{more.text}",
        who=who,
        looks=tuple(dict((*more.looks, *first.looks)).items()),
        speech=(*first.speech, *more.speech)[:MAX_LINES],
        caption=first.caption or more.caption,
        sound=first.sound or more.sound,
    )


def _continued(last: Beat, beat: Beat) -> Beat:
    """A story stays where it is, at its hour and in its weather, until it says otherwise."""
    times, weathers = ("night", "dusk", "dawn", "day"), ("rain", "storm", "snow", "fog")
    moods = list(beat.moods)
    if not beat.where:
        beat = replace(beat, where=last.where)
    for kind in (times, weathers):
        if beat.where == last.where and not any(mood in kind for mood in moods):
            moods += [mood for mood in last.moods if mood in kind]
    who = tuple(_named_before(name, last) for name in beat.who)
    return replace(
        beat,
        moods=tuple(moods),
        who=tuple(dict.fromkeys(filter(None, who))),
        looks=tuple(dict((*last.looks, *beat.looks)).items()),
    )


def _named_before(name: str, last: Beat) -> str:
    """Return whom a pronoun, or ``the robot``, means: the one named first before, or the robot named so."""
    if name.lower() in ("he", "she", "it", "they", "him", "her"):
        return last.who[0] if last.who else ""
    if " " in name or name in last.who:
        return name
    return next((who for who, look in last.looks if name.lower() in look.lower().split()), name)
