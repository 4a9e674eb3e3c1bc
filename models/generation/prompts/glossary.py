"""Words of scenes in other languages, each by what it is in English: who, where, how many, when.

One row a meaning, one column a language: Italian, French, German, Spanish, Japanese, Korean. Closed lists: a
word that is missing costs what it stands for, and nothing else.
"""

LANGUAGES = ("it", "fr", "de", "es", "ja", "ko")

_BEINGS = """
girl | ragazza ragazze ragazzina bambina bambine | fille filles fillette | mädchen \
    | chica chicas niña niñas muchacha | 少女 女の子 娘 | 소녀 여자아이
boy | ragazzo ragazzi ragazzino bambino | garçon garçons | junge jungen \
    | chico chicos niño niños muchacho | 少年 男の子 | 소년 남자아이
child | bimbo bimba bambini | enfant enfants | kind kinder | hijo hija | 子供 子ども こども | 아이 어린이
man | uomo uomini signore | homme hommes monsieur | mann männer herr \
    | hombre hombres señor | 男 男性 おじさん | 남자 아저씨
woman | donna donne signora | femme femmes dame | frau frauen dame \
    | mujer mujeres señora | 女 女性 おばさん | 여자 아주머니
grandmother | nonna | grand-mère mamie | großmutter oma | abuela | おばあさん 祖母 老婆 | 할머니
grandfather | nonno | grand-père papi | großvater opa | abuelo | おじいさん 祖父 老人 | 할아버지 노인
mother | madre mamma | mère maman | mutter mama | madre mamá | 母 お母さん | 어머니 엄마
father | padre papà | père papa | vater papa | padre papá | 父 お父さん | 아버지 아빠
friend | amico amica amici amiche | ami amie amis amies | freund freundin freunde \
    | amigo amiga amigos amigas | 友達 友人 | 친구
robot | robot automa | robot robots automate | roboter | robot robots | ロボット | 로봇
witch | strega streghe | sorcière sorcières | hexe hexen | bruja brujas | 魔女 | 마녀
wizard | mago maghi | sorcier magicien | zauberer | mago brujo | 魔法使い | 마법사
knight | cavaliere cavalieri | chevalier chevaliers | ritter | caballero caballeros | 騎士 | 기사
princess | principessa | princesse | prinzessin | princesa | 姫 お姫様 王女 | 공주
prince | principe | prince | prinz | príncipe | 王子 | 왕자
king | re | roi | könig | rey | 王 王様 | 왕
queen | regina | reine | königin | reina | 女王 | 여왕
captain | capitano | capitaine | kapitän | capitán | 船長 | 선장
pirate | pirata pirati | pirate pirates | pirat piraten | pirata piratas | 海賊 | 해적
detective | detective investigatore | détective | detektiv | detective | 探偵 | 탐정
police officer | poliziotto | policier | polizist | policía | 警官 警察官 | 경찰관 경찰
soldier | soldato soldati | soldat soldats | soldat soldaten | soldado soldados | 兵士 | 군인 병사
student | studente studentessa | élève étudiant étudiante | schüler schülerin student \
    | estudiante alumno alumna | 学生 生徒 | 학생
teacher | maestro maestra insegnante | professeur maîtresse | lehrer lehrerin \
    | maestro maestra profesor | 先生 教師 | 선생님 교사
ghost | fantasma fantasmi | fantôme fantômes | gespenst geist | fantasma fantasmas | 幽霊 お化け | 유령
monster | mostro mostri | monstre monstres | monster ungeheuer | monstruo monstruos | 怪物 モンスター | 괴물
dragon | drago draghi | dragon dragons | drache drachen | dragón dragones | 竜 龍 ドラゴン | 용
cat | gatto gatta gatti gattino | chat chats chatte | katze katzen kater \
    | gato gata gatos | 猫 ねこ ネコ | 고양이
dog | cane cani cagnolino | chien chiens | hund hunde | perro perra perros | 犬 いぬ イヌ | 개 강아지
fox | volpe volpi | renard renards | fuchs füchse | zorro zorros | 狐 きつね キツネ | 여우
wolf | lupo lupi | loup loups | wolf wölfe | lobo lobos | 狼 オオカミ | 늑대
bear | orso orsi | ours | bär bären | oso osos | 熊 くま クマ | 곰
rabbit | coniglio conigli | lapin lapins | hase hasen kaninchen | conejo conejos | 兎 うさぎ ウサギ | 토끼
mouse | topo topi topolino | souris | maus mäuse | ratón ratones | 鼠 ねずみ ネズミ | 쥐
bird | uccello uccelli | oiseau oiseaux | vogel vögel | pájaro pájaros | 鳥 小鳥 | 새
owl | gufo gufi civetta | hibou hiboux chouette | eule eulen \
    | búho búhos lechuza | 梟 フクロウ | 부엉이 올빼미
horse | cavallo cavalli | cheval chevaux | pferd pferde | caballo caballos | 馬 | 말
"""

_PLACES = """
harbour | porto molo | port quai | hafen | puerto muelle | 港 波止場 埠頭 | 항구 부두
forest | bosco foresta | forêt bois | wald | bosque selva | 森 林 | 숲
castle | castello | château | schloss burg | castillo | 城 お城 | 성
library | biblioteca | bibliothèque | bibliothek bücherei | biblioteca | 図書館 | 도서관
kitchen | cucina | cuisine | küche | cocina | 台所 キッチン | 부엌 주방
bedroom | camera stanza | chambre | schlafzimmer | dormitorio habitación | 寝室 部屋 | 침실 방
street | strada via | rue | straße | calle | 通り 道 街 | 거리 길
city | città | ville | stadt | ciudad | 町 都市 | 도시
village | villaggio paese | village | dorf | pueblo aldea | 村 | 마을
market | mercato | marché | markt | mercado | 市場 | 시장
station | stazione | gare | bahnhof | estación | 駅 | 역 기차역
train | treno | train | zug | tren | 電車 列車 汽車 | 기차 열차
school | scuola | école | schule | escuela | 学校 | 학교
classroom | aula | classe | klassenzimmer | aula | 教室 | 교실
beach | spiaggia | plage | strand | playa | 浜辺 海岸 砂浜 | 해변 바닷가
sea | mare | mer | meer see | mar | 海 | 바다
ship | nave | navire bateau | schiff | barco | 船 | 배
lighthouse | faro | phare | leuchtturm | faro | 灯台 | 등대
river | fiume | rivière fleuve | fluss | río | 川 | 강
mountain | montagna monte | montagne | berg | montaña | 山 | 산
cave | grotta caverna | grotte caverne | höhle | cueva | 洞窟 洞穴 | 동굴
house | casa | maison | haus | casa | 家 | 집
garden | giardino | jardin | garten | jardín | 庭 庭園 | 정원
park | parco | parc | park | parque | 公園 | 공원
rooftop | tetto | toit | dach | tejado azotea | 屋上 屋根 | 옥상 지붕
bridge | ponte | pont | brücke | puente | 橋 | 다리
tower | torre | tour | turm | torre | 塔 | 탑
desert | deserto | désert | wüste | desierto | 砂漠 | 사막
space | spazio | espace | weltraum | espacio | 宇宙 | 우주
"""

_HOURS = """
night | notte | nuit | nacht | noche | 夜 真夜中 | 밤
dusk | sera tramonto | soir crépuscule | abend abenddämmerung | atardecer | 夕方 夕暮れ | 저녁 해질녘
dawn | alba | aube | morgendämmerung | amanecer | 夜明け | 새벽
morning | mattina | matin | morgen | mañana | 朝 | 아침
day | giorno | jour | tag | día | 昼 | 낮
rain | pioggia | pluie | regen | lluvia | 雨 | 비
snow | neve | neige | schnee | nieve | 雪 | 눈
fog | nebbia | brouillard brume | nebel | niebla | 霧 | 안개
storm | tempesta temporale | tempête orage | sturm gewitter | tormenta | 嵐 | 폭풍
"""

_NUMBERS = """
two | due | deux | zwei beide | dos | 二人 ふたり 2人 ２人 二匹 2匹 二体 2体 二台 | 두 둘
three | tre | trois | drei | tres | 三人 3人 ３人 三匹 3匹 三体 3体 三台 | 세 셋
"""

_COLOURS = """
red | rosso rossa | rouge | rote roter rotes | rojo roja | 赤い | 빨간
blue | blu azzurro azzurra | bleu bleue | blaue blauer blaues | azul | 青い | 파란
green | verde | vert verte | grüne grüner grünes | verde | 緑の | 초록
yellow | giallo gialla | jaune | gelbe gelber gelbes | amarillo amarilla | 黄色い | 노란
orange | arancione | orange | orange orangefarbene orangefarbener | naranja | オレンジの | 주황색
white | bianco bianca | blanc blanche | weiße weißer weißes | blanco blanca | 白い | 하얀 흰
black | nero nera | noir noire | schwarze schwarzer schwarzes | negro negra | 黒い | 검은
grey | grigio grigia | gris grise | graue grauer graues | gris | 灰色の | 회색
old | vecchio vecchia anziano anziana | vieux vieille | alte alter altes \
    | viejo vieja | 年老いた 老いた | 늙은
small | piccolo piccola | petit petite | kleine kleiner kleines | pequeño pequeña | 小さな 小さい | 작은
"""

_JOINTS = """
and | e ed | et | und | y e | |
with | con | avec | mit | con | |
at | al allo alla ai alle | au aux | am beim | al | |
in | in nel nello nella nei nelle nell dentro | dans en | im in | en dentro | |
on | su sul sullo sulla sui sulle sull | sur | auf | sobre | |
under | sotto | sous | unter | bajo | |
near | vicino presso | près | bei neben | cerca junto | |
before | davanti | devant | vor | ante delante | |
the | il lo la i gli le l | le la les l | der die das den dem des | el la los las | |
a | un uno una | un une | ein eine einen einem einer | un una unos unas | |
his | suo sua suoi | son sa ses | sein seine seinen seinem seiner | su sus | |
her | loro | leur leurs | ihr ihre ihren ihrem ihrer | | |
of | di del dello della dei degli delle dell d | de du des d | von vom | de del | |
while | mentre | tandis pendant | während | mientras | |
nobody | nessuno | personne | niemand niemanden | nadie | |
deserted | desolato | désert déserte désertes | menschenleer menschenleerer verlassener verlassene \
    | desierta vacío vacía | |
"""

NOBODY_CJK = {
    "ja": ("誰もいない", "だれもいない", "誰も居ない", "無人の", "人のいない", "人気のない"),
    "ko": ("아무도 없", "아무도없", "인적 없", "인적이 없", "텅 빈"),
}
"""What says that nobody is to be seen."""


def _rows(table: str, number: int) -> dict[str, str]:
    column = {}
    for line in table.strip().splitlines():
        meaning, *words = (cell.strip() for cell in line.split("|"))
        column.update(dict.fromkeys(words[number].split(), meaning))
    return column


def _tables(*tables: str) -> dict[str, dict[str, str]]:
    return {
        language: {word: meaning for table in tables for word, meaning in _rows(table, number).items()}
        for number, language in enumerate(LANGUAGES)
    }


BEINGS = _tables(_BEINGS)
"""By language: what a word for somebody is in English."""
PLACES = _tables(_PLACES)
HOURS = _tables(_HOURS)
NUMBERS = _tables(_NUMBERS)
COLOURS = _tables(_COLOURS)
JOINTS = _tables(_JOINTS)
"""Articles, prepositions and what joins: what shows which language a text is in."""
