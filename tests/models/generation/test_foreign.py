"""Descriptions in other languages name the same people, places and hours as in English."""

import pytest

from models.generation.prompts.beats import beat_of
from models.generation.prompts.foreign import in_english


@pytest.mark.parametrize(
    ("text", "who", "where"),
    [
        ("La ragazza e il robot parlano al porto", ("ragazza", "robot"), "harbour"),
        ("Due ragazze con un cane nel bosco", ("ragazze", "ragazze 2", "cane"), "forest"),
        ("Un robot, una ragazza e un cane nel bosco di notte", ("robot", "ragazza", "cane"), "forest"),
        ("L'uomo e la volpe nella biblioteca", ("uomo", "volpe"), "library"),
        ("Nessuno in vista al porto", (), "harbour"),
        ("La fille et le robot parlent au port", ("fille", "robot"), "harbour"),
        ("Un chat noir et deux filles dans la forêt", ("chat", "filles", "filles 2"), "forest"),
        ("Ada et le chat dans la cuisine", ("Ada", "chat"), "kitchen"),
        ("Personne au port", (), "harbour"),
        ("Das Mädchen und der Roboter reden am Hafen", ("Mädchen", "Roboter"), "harbour"),
        ("Zwei Mädchen mit einem Hund im Wald", ("Mädchen", "Mädchen 2", "Hund"), "forest"),
        ("Ada und Bolt reden am Hafen", ("Ada", "Bolt"), "harbour"),
        ("Niemand am Hafen", (), "harbour"),
        ("La chica y el robot hablan en el puerto", ("chica", "robot"), "harbour"),
        ("Dos niñas y un perro en el bosque", ("niñas", "niñas 2", "perro"), "forest"),
        ("Nadie en el puerto", (), "harbour"),
        ("少女とロボットが港で話す", ("少女", "ロボット"), "harbour"),
        ("二人の少女が森を歩く", ("少女", "少女 2"), "forest"),
        ("少女が二人、学校にいる", ("少女", "少女 2"), "school"),
        ("アダとボルトが灯台で待つ", ("アダ", "ボルト"), "lighthouse"),
        ("少女の犬が走る", ("犬",), ""),
        ("誰もいない港", (), "harbour"),
        ("소녀와 로봇이 항구에서 이야기한다", ("소녀", "로봇"), "harbour"),
        ("두 소녀가 숲에 있다", ("소녀", "소녀 2"), "forest"),
        ("소녀 두 명이 숲에 있다", ("소녀", "소녀 2"), "forest"),
        ("소녀와 개가 거리를 걷는다", ("소녀", "개"), "street"),
        ("소녀의 개가 달린다", ("개",), ""),
        ("아무도 없는 항구", (), "harbour"),
    ],
)
def test_who_and_where_are_read(text: str, who: tuple[str, ...], where: str) -> None:
    beat = beat_of(text)
    assert (beat.who, beat.where) == (who, where)
    assert beat.is_deserted == (not who)


@pytest.mark.parametrize(
    "text", ["小さな少女と黒い猫が夜の森にいる", "작은 소녀와 검은 고양이가 밤에 숲에 있다"]
)
def test_looks_and_hours_are_in_english_so_that_panels_are_found_by_them(text: str) -> None:
    beat = beat_of(text)
    assert [look for _, look in beat.looks] == ["small girl", "black cat"]
    assert beat.moods == ("night",)
    assert beat.sought.startswith("a small girl and a black cat")
    assert beat.seen == text


def test_colours_behind_a_noun_go_before_it() -> None:
    assert beat_of("Un gatto nero con una ragazza al porto").look_of("gatto") == "black cat"


@pytest.mark.parametrize("text", ["Hero at the castle gate, rain, night", "A chat in the port", "La", ""])
def test_english_stays_as_it_is(text: str) -> None:
    assert in_english(text).text == text


def test_a_long_text_of_anything_takes_no_time() -> None:
    assert in_english("猫" * 3_000).text.startswith("a cat and a cat")
    assert in_english("l'" * 10_000).called == ()
