"""Prompts and scripts become beats."""

from models.generation.beats import beat_of, beats_of


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


def test_captions_and_noises_are_no_speech() -> None:
    beat = beat_of("[Later]\nThe cat runs along the street. *SPLASH*")
    assert (beat.caption, beat.sound, beat.speech) == ("Later", "SPLASH", ())


def test_another_language_is_taken_as_a_whole() -> None:
    beat = beat_of("마녀가 숲에서 고양이를 찾는다, 밤")
    assert beat.seen.startswith("마녀가")
    assert "night" in beat.moods


def test_blank_lines_part_panels() -> None:
    assert len(beats_of("Panel 1: A house. Smoke rises.\n\nPanel 2: A door.")) == 2
