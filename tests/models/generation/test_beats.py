"""Prompts and scripts become beats."""

import pytest

from models.generation.prompts.beats import beat_of, beats_of


def test_a_prompt_says_who_where_and_in_what_mood() -> None:
    beat = beat_of("Hero at the castle gate, rain, night")
    assert (beat.who, beat.where, beat.moods) == (("Hero",), "castle gate", ("night", "rain"))


def test_speech_has_its_speaker_and_its_manner() -> None:
    beat = beat_of("A witch and a cat in a kitchen\nWitch: What did you eat?\nCat (shouts): NOTHING!")
    assert [(line.speaker, line.words, line.mood) for line in beat.speech] == [
        ("Witch", "What did you eat?", "plain"),
        ("Cat", "NOTHING!", "shout"),
    ]
    assert beat.who == ("witch", "cat")


def test_sentences_are_beats_and_a_story_stays_where_it_is() -> None:
    beats = beats_of("Ada waits in the lighthouse, night. A robot knocks. They walk through the forest.")
    assert [beat.where for beat in beats] == ["lighthouse", "lighthouse", "forest"]
    assert "night" in beats[1].moods
    assert "night" not in beats[2].moods


def test_what_is_only_said_belongs_to_the_panel_before() -> None:
    beats = beats_of('Ada opens the door. "Who is there?" A cat runs.')
    assert len(beats) == 2
    assert beats[0].speech[0].words == "Who is there?"


def test_two_of_a_kind_are_two_figures() -> None:
    assert beat_of("Two friends wait at the station").who == ("friend", "friend 2")


@pytest.mark.parametrize(
    "script",
    [
        "A girl walks.\n[Later]\nShe sleeps.",
        "A girl walks.\n\n[Later]\n\nShe sleeps.",
        "A girl walks.\n\n[Later]\nShe sleeps.",
    ],
)
def test_a_caption_of_its_own_goes_with_what_comes_after_it(script: str) -> None:
    assert [beat.caption for beat in beats_of(script)] == ["", "Later"]


def test_captions_are_none_of_them_lost() -> None:
    (beat,) = beats_of("[Later]\n[In the north]\nA girl walks.")
    assert beat.caption == "Later In the north"
    assert [beat.caption for beat in beats_of("A girl walks.\n\n[The end]")] == ["The end"]


def test_captions_and_noises_are_no_speech() -> None:
    beat = beat_of("[Later]\nThe cat runs along the street. *SPLASH*")
    assert (beat.caption, beat.sound, beat.speech) == ("Later", "SPLASH", ())


def test_a_language_that_is_not_known_is_taken_as_a_whole() -> None:
    beat = beat_of("Ведьма ищет кота в лесу")
    assert (beat.seen, beat.sought, beat.who) == ("Ведьма ищет кота в лесу", "Ведьма ищет кота в лесу", ())


def test_japanese_and_korean_scripts_have_panels_and_speakers() -> None:
    beats = beats_of("少女が森を歩く。猫が来る。「誰だ？」\n少女：待って！")
    assert [beat.seen for beat in beats] == ["少女が森を歩く。", "猫が来る。"]
    assert [line.words for line in beats[1].speech] == ["誰だ？", "待って！"]
    assert beats[1].speech[1].speaker == "少女"
    korean = beats_of("소녀가 숲을 걷는다.\n\n고양이가 온다.\n소녀: 기다려!")
    assert len(korean) == 2
    assert korean[1].speech[0].speaker == "소녀"


@pytest.mark.parametrize(
    ("text", "who", "where"),
    [
        ("Bolt, a grey robot in a red striped shirt, points, in a library at night.", ("Bolt",), "library"),
        ("Medium shot: an orange fox in a blue coat jumps, in a village.", ("orange fox",), "village"),
        ("Kuro the station cat waits.", ("Kuro",), ""),
        ("Moss, a girl in green overalls, and Ember, an orange fox, in a cave with crystals.",
         ("Moss", "Ember"), "cave"),
        ("The dragon Old Gloam raises its head in a cave.", ("Old Gloam",), "cave"),
        ("At a train station, a girl in a school uniform runs.", ("girl",), "train station"),
        ("Close-up of a stern old witch in a dark hat", ("stern old witch",), ""),
        ("At night in heavy rain an angry witch sits at the party table, her cat asleep.",
         ("angry witch", "cat"), "party table"),
        ("In a bedroom, Mrs. Velvet, a brown bear in a red dress, sleeps.", ("Mrs. Velvet",), "bedroom"),
        ("A railway station in the snow", (), "railway station"),
        ("Two young witches and a fox stand on the quay of a harbour.",
         ("witch", "witch 2", "fox"), "quay of a harbour"),
        ("A flash: a bird in a storm cloud", ("bird",), "storm cloud"),
    ],
)  # fmt: skip
def test_descriptions_say_who_and_where(text: str, who: tuple[str, ...], where: str) -> None:
    (beat,) = beats_of(text)
    assert (beat.who, beat.where, beat.speech) == (who, where, ())


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("The robot and the girl talk at the harbour", ("robot", "girl")),
        ("A robot, a girl and a dog at the harbour", ("robot", "girl", "dog")),
        ("A girl with a dog in the forest", ("girl", "dog")),
        ("Ada & Bolt wait", ("Ada", "Bolt")),
        ("Ada and Bolt's dog run", ("Ada", "Bolt's dog")),
        ("Bolt's hand on a lamp", ("Bolt",)),
        ("In Ada's house a cat sleeps", ("cat",)),
        ("The king, the queen and their two sons at the castle", ("king", "queen", "son")),
        ("Two girls in a forest", ("girl", "girl 2")),
        ("Twin girls and a fox", ("girl", "girl 2", "fox")),
        ("A pair of foxes in a cave", ("fox", "fox 2")),
        ("Wolves in the snow", ("wolf", "wolf 2")),
        ("A witch with red hair and a witch with black hair talk", ("witch", "witch 2")),
        ("A witch with red hair reads. The witch waits", ("witch",)),
        ("A boy riding a dragon over the mountains", ("boy", "dragon")),
        ("The harbour at night, nobody in sight", ()),
    ],
)
def test_everybody_who_is_named_is_cast(text: str, who: tuple[str, ...]) -> None:
    assert beat_of(text).who == who


def test_whose_somebody_is_says_nothing_of_their_looks() -> None:
    assert beat_of("Ada and Bolt's dog run").look_of("Bolt's dog") == "dog"


def test_how_somebody_looks_is_kept_with_their_name() -> None:
    beat = beat_of("Mina, a black-haired young woman in a purple suit with glasses, is crouching.")
    assert beat.look_of("Mina") == "black-haired young woman in a purple suit with glasses"
    assert beat.look_of("Nobody") == "Nobody"


def test_a_place_without_anybody_has_nobody() -> None:
    beat = beat_of('In a library at night without anybody in sight.\n"Who is there?"')
    assert (beat.who, beat.where, beat.is_deserted) == ((), "library", True)


def test_the_robot_of_later_is_the_one_that_was_named() -> None:
    beats = beats_of("Bolt, a grey robot, stands in a cave. The robot waits.")
    assert beats[1].who == ("Bolt",)


def test_blank_lines_part_panels() -> None:
    assert len(beats_of("Panel 1: A house. Smoke rises.\n\nPanel 2: A door.")) == 2
