"""What books say of themselves, from whichever format says it best."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.metadata import read_metadata
from schemas.labels import PageType, ReadingDirection
from schemas.records import BookMetadata, Credit, StageFailure

Result = tuple[BookMetadata, tuple[StageFailure, ...]]


def read(source_name: str = "x.cbz", zip_comment: bytes | None = None, **files: str | bytes) -> Result:
    named = {
        name.replace("__", "."): text if isinstance(text, bytes) else text.encode()
        for name, text in files.items()
    }
    return read_metadata(named, zip_comment=zip_comment, source_name=source_name)


def comicinfo(body: str) -> BookMetadata:
    told, failures = read(ComicInfo__xml=f"<ComicInfo>{body}</ComicInfo>")
    assert not any(failure.is_loss for failure in failures)
    return told


FULL = """<?xml version="1.0" encoding="utf-8"?>
<ComicInfo xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Title>The Beginning</Title><Series>Captain Science</Series><Number>001</Number><Volume>1950</Volume>
<Summary>He flies.

He lands.</Summary><Year>1950</Year><Month>11</Month><Day>-1</Day>
<Writer>Joe Orlando, Ann Other</Writer><Penciller>Wally Wood</Penciller><CoverArtist>Wally Wood</CoverArtist>
<Publisher>Youthful</Publisher><Genre>Science Fiction, Fantasy</Genre><Tags>rocket,moon,rocket</Tags>
<Characters>Captain Science,Gordon Dane</Characters><Teams>A</Teams><Locations>Moon</Locations>
<StoryArc>Arc</StoryArc><LanguageISO>en-US</LanguageISO><Manga>YesAndRightToLeft</Manga>
<AgeRating>Teen</AgeRating><Format>Annual</Format><PageCount>4</PageCount>
<Pages><Page Image="0" Type="FrontCover"/><Page Image="1" Type="InnerCover"/><Page Image="2" Type="Story"
DoublePage="true"/><Page Image="3" Type="Advertisement"/><Page Image="4" Type="Letters"/>
<Page Image="5" Type="BackCover"/><Page Image="6" Type="Other"/><Page Image="x" Type="Story"/>
<Page Image="2" Type="Editorial"/></Pages></ComicInfo>"""


def test_comicinfo_fills_every_field() -> None:
    told, [odd] = read(ComicInfo__xml=FULL)
    assert odd.message.startswith("x.cbz: ComicInfo.xml says Page Image='x': ")
    assert told == BookMetadata(
        title="The Beginning",
        series="Captain Science",
        number="1",
        volume=1950,
        year=1950,
        month=11,
        publisher="Youthful",
        summary="He flies.\n\nHe lands.",
        language="en",
        direction=ReadingDirection.RTL,
        direction_evidence="ComicInfo Manga=YesAndRightToLeft",
        story_arc="Arc",
        age_rating="Teen",
        format="Annual",
        page_count=4,
        genres=("Science Fiction", "Fantasy"),
        tags=("rocket", "moon"),
        characters=("Captain Science", "Gordon Dane"),
        teams=("A",),
        locations=("Moon",),
        credits=(
            Credit("writer", "Joe Orlando"),
            Credit("writer", "Ann Other"),
            Credit("penciller", "Wally Wood"),
            Credit("cover", "Wally Wood"),
        ),
        page_types=(
            (0, PageType.COVER),
            (1, PageType.COVER),
            (2, PageType.STORY),
            (3, PageType.ADVERTISEMENT),
            (4, PageType.TEXT),
            (5, PageType.BACK_COVER),
        ),
        double_pages=(2,),
        formats=("ComicInfo",),
    )


METRON = """<MetronInfo><Series lang="ja"><Name>Metron Series</Name><Volume>2</Volume><Format>Omnibus</Format>
</Series><Number>7</Number><CoverDate>2011-10-05</CoverDate><Publisher><Name>DC</Name></Publisher>
<Stories><Story>One</Story><Story>Two</Story></Stories><Arcs><Arc><Name>Origin</Name></Arc></Arcs>
<Teams><Team>League</Team></Teams><Credits><Credit><Creator>Jim Lee</Creator><Roles><Role>Cover</Role>
<Role>Penciller</Role></Roles></Credit></Credits></MetronInfo>"""
ACBF = """<ACBF xmlns="http://www.acbf.info/xml/acbf/1.1"><meta-data><book-info>
<author activity="Writer"><first-name>Ann</first-name><last-name>Other</last-name></author>
<author activity="CoverArtist"><nickname>nn</nickname></author><book-title lang="en">ACBF Title</book-title>
<genre>satire</genre><characters><name>Frog</name></characters><annotation><p>One.</p><p>Two.</p></annotation>
<keywords>a, b</keywords><languages><text-layer lang="fr" show="false"/></languages>
<sequence title="Frogs" volume="3">12</sequence></book-info><publish-info><publisher>P</publisher>
<publish-date value="2012-03-04">March</publish-date><license>CC BY 4.0</license></publish-info></meta-data>
</ACBF>"""
COMET = """<comet xmlns="http://www.denvog.com/comet/"><title>CoMet Title</title><series>S</series>
<issue>3</issue>
<date>1950-12</date><readingDirection>rtl</readingDirection><rights>(c) X</rights><writer>W</writer>
<character>C</character><pages>5</pages></comet>"""
CBI = json.dumps(
    {
        "ComicBookInfo/1.0": {
            "title": "At Midnight",
            "series": "Watchmen",
            "issue": 1,
            "publicationYear": 1986,
            "publicationMonth": 9,
            "language": "English",
            "tags": ["Rorschach", 7, None],
            "credits": [{"person": "Moore, Alan", "role": "Writer"}, {"person": None}, "x"],
        }
    }
)
OPF = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"
xmlns:opf="http://www.idpf.org/2007/opf"><metadata><dc:title>EPUB Title</dc:title>
<dc:language>ja</dc:language><dc:creator opf:role="ill">Ill</dc:creator><dc:creator>Aut</dc:creator>
<dc:contributor>Calibre</dc:contributor>
<dc:date>2020-01-02T00:00:00Z</dc:date><dc:rights>CC0</dc:rights><dc:subject>frogs</dc:subject>
<meta property="belongs-to-collection" id="c">Frogs</meta>
<meta refines="#c" property="group-position">2</meta>
</metadata><spine page-progression-direction="rtl"/></package>"""


def test_metroninfo_is_read() -> None:
    told, _ = read(MetronInfo__xml=METRON)
    assert (told.series, told.number, told.volume, told.format) == ("Metron Series", "7", 2, "Omnibus")
    assert (told.year, told.month, told.day, told.language) == (2011, 10, 5, "ja")
    assert (told.title, told.story_arc, told.publisher, told.teams) == (
        "One; Two",
        "Origin",
        "DC",
        ("League",),
    )
    assert told.credits == (Credit("cover", "Jim Lee"), Credit("penciller", "Jim Lee"))


def test_acbf_is_read() -> None:
    told, _ = read(book__acbf=ACBF)
    assert (told.title, told.series, told.number, told.volume) == ("ACBF Title", "Frogs", "12", 3)
    assert (told.year, told.month, told.day, told.publisher) == (2012, 3, 4, "P")
    assert (told.summary, told.language, told.licence) == ("One.\nTwo.", "fr", "CC BY 4.0")
    assert told.credits == (Credit("writer", "Ann Other"), Credit("cover", "nn"))
    assert (told.tags, told.characters, told.genres) == (("a", "b"), ("Frog",), ("satire",))


def test_comet_is_read() -> None:
    told, _ = read(CoMet__xml=COMET)
    assert (told.title, told.number, told.year, told.month, told.day) == ("CoMet Title", "3", 1950, 12, None)
    assert (told.direction, told.direction_evidence) == (ReadingDirection.RTL, "CoMet readingDirection=rtl")
    assert (told.licence, told.page_count, told.characters) == ("(c) X", 5, ("C",))


@pytest.mark.parametrize("way", ["comment", "file", "file with BOM"])
def test_comicbookinfo_is_read_from_comment_and_file(way: str) -> None:
    if way == "comment":
        told, failures = read(zip_comment=CBI.encode())
    else:
        bom = b"\xef\xbb\xbf" if "BOM" in way else b""
        told, failures = read(**{"comic-book-info__json": bom + CBI.encode()})
    assert failures == ()
    assert (told.title, told.series, told.number, told.year, told.month) == (
        "At Midnight",
        "Watchmen",
        "1",
        1986,
        9,
    )
    assert (told.language, told.tags) == ("en", ("Rorschach", "7"))
    assert told.credits == (Credit("writer", "Alan Moore"),)
    assert told.formats == ("ComicBookInfo",)


def test_other_zip_comments_are_no_metadata() -> None:
    assert read(zip_comment=b"Scanned by me") == (BookMetadata(title="x"), ())
    assert read(zip_comment=b'{"other": 1}') == (BookMetadata(title="x"), ())


def test_opf_is_read() -> None:
    told, _ = read(content__opf=OPF)
    assert (told.title, told.series, told.number, told.language) == ("EPUB Title", "Frogs", "2", "ja")
    assert (told.year, told.month, told.day, told.licence, told.tags) == (2020, 1, 2, "CC0", ("frogs",))
    assert told.credits == (Credit("artist", "Ill"), Credit("writer", "Aut"))
    assert told.direction is ReadingDirection.RTL
    assert told.direction_evidence == "EPUB page-progression-direction=rtl"


def test_calibres_unknown_values_are_not_said() -> None:
    body = "<dc:creator>Unknown</dc:creator><dc:date>0101-01-01T00:00:00+00:00</dc:date>"
    told, _ = read(content__opf=f'<package xmlns:dc="d"><metadata>{body}</metadata></package>')
    assert (told.credits, told.year, told.month) == ((), None, None)


def test_pdf_info_is_read_and_junk_titles_are_not() -> None:
    info = {"Title": "Frogs", "Author": "A, B", "Keywords": "x, y", "Subject": "S", "Direction": "R2L"}
    told, _ = read(**{"pdf-info__json": json.dumps(info)})
    assert (told.title, told.tags, told.summary) == ("Frogs", ("x", "y"), "S")
    assert told.credits == (Credit("writer", "A"), Credit("writer", "B"))
    assert told.direction is ReadingDirection.RTL
    for junk in ("untitled", "Microsoft Word - x.doc", "scan001.tif"):
        assert read("b.pdf", **{"pdf-info__json": json.dumps({"Title": junk})})[0].title == "b"


def test_metadata_that_a_tagger_put_into_pdf_keywords_are_found() -> None:
    info = {"Title": "t", "Keywords": "<ComicInfo><Series>Deep</Series></ComicInfo>"}
    told, failures = read(**{"pdf-info__json": json.dumps(info)})
    assert (told.series, told.tags, told.formats, failures) == ("Deep", (), ("ComicInfo", "PDF"), ())


def test_xmp_is_read() -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/" xmlns:rdf="r" xmlns:dc="d"><rdf:RDF><rdf:Description>'
        '<dc:title><rdf:Alt><rdf:li xml:lang="x">XMP</rdf:li></rdf:Alt></dc:title>'
        "<dc:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq></dc:creator>"
        "<dc:subject><rdf:Bag><rdf:li>s</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    told, _ = read(**{"pdf-xmp__xml": packet})
    assert (told.title, told.tags) == ("XMP", ("s",))
    assert told.credits == (Credit("writer", "A"), Credit("writer", "B"))


def test_each_field_comes_from_the_best_format_that_says_it() -> None:
    files = {
        "content__opf": OPF,
        "CoMet__xml": COMET,
        "book__acbf": ACBF,
        "MetronInfo__xml": METRON,
        "ComicInfo__xml": "<ComicInfo><Series>Best</Series></ComicInfo>",
    }
    told, _ = read(zip_comment=CBI.encode(), **files)
    assert told.formats == ("ComicInfo", "MetronInfo", "ACBF", "CoMet", "ComicBookInfo", "OPF")
    assert (told.series, told.number, told.title) == ("Best", "7", "One; Two")
    assert (told.licence, told.summary) == ("CC BY 4.0", "One.\nTwo.")
    assert told.direction_evidence == "CoMet readingDirection=rtl"


def test_the_file_nearest_to_the_root_wins() -> None:
    near, far = (f"<ComicInfo><Series>{name}</Series></ComicInfo>".encode() for name in ("near", "far"))
    files = {"a/b/ComicInfo.xml": far, "z/ComicInfo.xml": near}
    assert read_metadata(files, zip_comment=None, source_name="x")[0].series == "near"


def test_documents_are_known_by_their_root_and_not_by_their_name() -> None:
    assert read(ComicInfo__xml=COMET)[0].formats == ("CoMet",)


@pytest.mark.parametrize(
    ("body", "direction"),
    [
        ("<Manga>YesAndRightToLeft</Manga>", ReadingDirection.RTL),
        ("<Manga>Yes</Manga>", None),
        ("<Manga>No</Manga>", None),
        ("<Tags>fun, Long Strip</Tags>", ReadingDirection.TTB),
        ("<Format>Webtoon</Format>", ReadingDirection.TTB),
        ("<Genre>Webtoons</Genre><Manga>YesAndRightToLeft</Manga>", ReadingDirection.RTL),
        ("<Format>Web Comic</Format>", None),
    ],
)
def test_comicinfo_direction(body: str, direction: ReadingDirection | None) -> None:
    told = comicinfo(body)
    assert told.direction is direction
    assert (told.direction_evidence is None) == (direction is None)


def test_a_said_direction_beats_a_programs_default_of_another_format() -> None:
    ltr = COMET.replace("rtl", "ltr")
    strip = "<ComicInfo><Tags>Webtoon</Tags></ComicInfo>"
    assert read(CoMet__xml=ltr)[0].direction is ReadingDirection.LTR
    assert read(CoMet__xml=ltr, ComicInfo__xml=strip)[0].direction is ReadingDirection.TTB
    assert read(CoMet__xml=ltr, content__opf=OPF)[0].direction is ReadingDirection.RTL


@pytest.mark.parametrize(
    "body",
    [
        "<Year>abc</Year><Month>13</Month><Day>0</Day><Volume>-1</Volume><PageCount>0</PageCount>",
        "<Year>99999999999999999999</Year><Month/><Volume>1e9</Volume><PageCount>many</PageCount>",
        "<Year>²⁰¹⁰</Year><Month>-5</Month><Day>x</Day><Volume>nan</Volume>",
        "<LanguageISO>klingon!</LanguageISO><AgeRating>Unknown</AgeRating><Title>  </Title>",
        "<Year><b>1950</b></Year><Writer>,,;</Writer>",
    ],
)
def test_wrong_types_are_left_out(body: str) -> None:
    assert comicinfo(body) == BookMetadata(title="x", formats=("ComicInfo",))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<Year>nineteen</Year><Month>99</Month>", "Year='nineteen', Month='99'"),
        ("<Volume>1e9</Volume><PageCount>many</PageCount>", "Volume='1e9', PageCount='many'"),
        ("<LanguageISO>klingon!</LanguageISO>", "LanguageISO='klingon!'"),
        (
            "".join(f'<Page Image="p{n}"/>' for n in range(9)).join(("<Pages>", "</Pages>")),
            ", ".join(f"Page Image='p{n}'" for n in range(5)) + " and 4 more",
        ),
    ],
)
def test_wrong_types_are_told_by_field_in_one_line(body: str, told: str) -> None:
    _, [odd] = read(ComicInfo__xml=f"<ComicInfo>{body}</ComicInfo>")
    assert (odd.stage, odd.reason, odd.is_loss) == ("metadata", "odd-value", False)
    assert odd.message == f"x.cbz: ComicInfo.xml says {told}: not a value that the field may have, ignored"


def test_what_is_merely_unknown_is_nothing_odd() -> None:
    body = "<Year>-1</Year><Month></Month><Day>0</Day><LanguageISO>und</LanguageISO><Volume> </Volume>"
    assert read(ComicInfo__xml=f"<ComicInfo>{body}</ComicInfo>")[1] == ()
    assert read(content__opf="<package><metadata><date>0101-01-01T00:00</date></metadata></package>")[1] == ()


def test_wrong_types_of_other_formats_are_told_too() -> None:
    comment = json.dumps({"ComicBookInfo/1.0": {"title": {"a": 1}, "publicationYear": "soon"}}).encode()
    [odd] = read(zip_comment=comment)[1]
    assert "title=\"{'a': 1}\"" in odd.message
    assert "publicationYear='soon'" in odd.message
    for name, text in (
        (
            "x__acbf",
            "<ACBF><meta-data><publish-info><publish-date value='x'/></publish-info></meta-data></ACBF>",
        ),
        ("CoMet__xml", "<comet><date>x</date></comet>"),
        ("MetronInfo__xml", "<MetronInfo><CoverDate>x</CoverDate></MetronInfo>"),
        ("content__opf", "<package><metadata><date>x</date></metadata></package>"),
    ):
        [odd] = read(**{name: text})[1]
        assert odd.reason == "odd-value", name
        assert "='x'" in odd.message, name


def test_huge_values_are_cut() -> None:
    many = ",".join(f"name {n}" for n in range(5000))
    told = comicinfo(
        f"<Title>{'t' * 9999}</Title><Summary>{'s' * 99999}</Summary><Characters>{many}</Characters>"
    )
    assert len(told.title or "") == 300
    assert len(told.summary or "") == 10_000
    assert len(told.characters) == 500


@pytest.mark.parametrize("language", ["en", "EN", "en-GB", "en_US", "eng", "English", "ENGLISH"])
def test_languages_become_codes(language: str) -> None:
    assert comicinfo(f"<LanguageISO>{language}</LanguageISO>").language == "en"


BODY = "<ComicInfo><Series>Été</Series></ComicInfo>"
UTF16 = '<?xml version="1.0" encoding="utf-16"?>' + BODY


@pytest.mark.parametrize(
    "data",
    [
        BODY.encode(),
        b"\xef\xbb\xbf" + BODY.encode(),
        UTF16.encode("utf-16"),
        UTF16.encode(),  # says UTF-16, is UTF-8
        ('<?xml version="1.0" encoding="nonsense-8"?>' + BODY).encode(),
        ('<?xml version="1.0" encoding="latin-1"?>' + BODY).encode("latin-1"),
        ("\n\n  <?xml version='1.0'?>" + BODY).encode(),
        BODY.replace("Été", "\x00É\x01té\x0b").encode(),
    ],
)
def test_encodings_and_stray_bytes_are_mended(data: bytes) -> None:
    told, failures = read(ComicInfo__xml=data)
    assert (told.series, failures) == ("Été", ())


def test_invalid_utf8_keeps_the_rest() -> None:
    told, failures = read(
        ComicInfo__xml=b"<ComicInfo><Series>A\xff\xfeB</Series><Number>2</Number></ComicInfo>"
    )
    assert (told.number, failures) == ("2", ())
    assert told.series is not None
    assert told.series.isprintable()


LAUGHS = (
    '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><ComicInfo><Title>&c;</Title></ComicInfo>'
)
EXTERNAL = '<!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/passwd">]><ComicInfo><Title>&a;</Title></ComicInfo>'


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (LAUGHS, "corrupt"),
        (EXTERNAL, "corrupt"),
        ("<ComicInfo", "corrupt"),
        ("", "corrupt"),
        ("{", "corrupt"),
    ],
)
def test_hostile_documents_are_ignored_and_reported(document: str, reason: str) -> None:
    told, failures = read("Book 2.cbz", ComicInfo__xml=document, CoMet__xml=COMET)
    assert told.formats == ("CoMet",)
    assert [(failure.stage, failure.reason) for failure in failures] == [("metadata", reason)]
    assert "Book 2.cbz" in failures[0].message
    assert "ComicInfo.xml" in failures[0].message
    assert "passwd" not in repr(told)


def test_json_of_absurd_depth_or_numbers_is_ignored() -> None:
    for document in (
        "[" * 100_000,
        '{"ComicBookInfo/1.0": {"issue": ' + "9" * 10_000 + "}}",
        '{"a":' * 50_000,
    ):
        told, failures = read(**{"comic-book-info__json": document})
        assert told == BookMetadata(title="x")
        assert [failure.reason for failure in failures] == ["corrupt"]


@pytest.mark.parametrize(
    ("name", "series", "number", "volume", "year", "title"),
    [
        (
            "Captain Science #001 (1950) The Beginning.cbz",
            "Captain Science",
            "1",
            None,
            1950,
            "The Beginning",
        ),
        ("Akira v03.cbz", "Akira", None, 3, None, None),
        ("Blade Runner 2049.cbz", None, None, None, None, "Blade Runner 2049"),
        ("100 Bullets 015 (2001) (Digital) (Z).cbr", "100 Bullets", "15", None, 2001, None),
        ("One_Piece_-_c1034.cbz", "One Piece", "1034", None, None, None),
        ("300.cbz", None, None, None, None, "300"),
        ("Saga 001 (of 007) (2012).cbz", "Saga", "1", None, 2012, None),
        ("Tintin - Tome 5 - Le Lotus Bleu.pdf", "Tintin", None, 5, None, "Le Lotus Bleu"),
        ("[Group] Yotsuba& Vol.1 Ch.7.zip", "Yotsuba&", "7", 1, None, None),
        ("X-Men #½.cbz", "X-Men", "½", None, None, None),
        ("Batman - The Long Halloween 03.5.cbz", "Batman - The Long Halloween", "3.5", None, None, None),
        ("Amazing.Spider-Man.039.(1966).cbz", "Amazing Spider-Man", "39", None, 1966, None),
        ("ep01", None, "1", None, None, "ep01"),
        ("My Book", None, None, None, None, "My Book"),
        ("", None, None, None, None, None),
    ],
)
def test_file_names_are_parsed_for_what_nothing_says(
    name: str, series: str | None, number: str | None, volume: int | None, year: int | None, title: str | None
) -> None:
    told, _ = read(name)
    assert (told.series, told.number, told.volume, told.year, told.title) == (
        series,
        number,
        volume,
        year,
        title,
    )
    assert told.formats == ()


def test_a_file_name_never_overrides_what_is_said() -> None:
    told, _ = read("Other #9 (2001) Else.cbz", ComicInfo__xml=FULL)
    assert (told.series, told.number, told.year, told.title) == (
        "Captain Science",
        "1",
        1950,
        "The Beginning",
    )


@settings(max_examples=150, deadline=1000)
@given(st.text(max_size=200))
def test_any_file_name_parses(name: str) -> None:
    told, failures = read(name)
    assert failures == ()
    assert all(value is None or value.isprintable() for value in (told.title, told.series, told.number))


SEEDS = [FULL, METRON, ACBF, COMET, CBI, OPF]


@settings(max_examples=200, deadline=1000)
@given(
    document=st.sampled_from(SEEDS),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=10)), max_size=6),
)
def test_mutated_documents_never_raise(document: str, cuts: list[tuple[float, int, bytes]]) -> None:
    data = bytearray(document.encode())
    for place, length, patch in cuts:
        at = int(place * len(data))
        data[at : at + length] = patch
    told, failures = read(ComicInfo__xml=bytes(data), zip_comment=bytes(data))
    assert isinstance(told, BookMetadata)
    assert all(failure.stage == "metadata" and failure.message.isprintable() for failure in failures)


@settings(max_examples=100, deadline=1000)
@given(
    st.dictionaries(
        st.sampled_from(
            ["title", "series", "issue", "volume", "credits", "tags", "publicationYear", "pages"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
            ),
            max_leaves=8,
        ),
    )
)
def test_json_of_any_shape_never_raises(info: dict[str, object]) -> None:
    told, _ = read(zip_comment=json.dumps({"ComicBookInfo/1.0": info}).encode())
    assert told.year is None or 1000 <= told.year <= 2200
    assert told.volume is None or 0 <= told.volume <= 1_000_000


@pytest.mark.corpus
def test_real_documents_are_read(corpus: Path) -> None:
    folder = corpus / "containers" / "comicbox"
    documents = [
        p for p in folder.rglob("*.xml") if p.name.lower().startswith(("comicinfo", "metron", "comet"))
    ]
    assert len(documents) > 15
    for path in documents:
        if path.stat().st_size < 100:  # a link of its repository, written as text
            continue
        told, failures = read_metadata({path.name: path.read_bytes()}, zip_comment=None, source_name="x")
        assert not any(failure.is_loss for failure in failures), path
        assert len(told.formats) == 1, path
