"""Words that give away what a page is for, in the languages that comics are mostly lettered in."""

import re
from collections.abc import Mapping
from types import MappingProxyType

_GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "price": r"[$£€¥]\s?\d|\d\s?[$£€¥¢]|\d\s?(?:cents|cts|euros?|dollars|francs?|lire|pesos|円|元|원)\b|"
        r"\b(?:rs|dm|usd|eur)\.? ?\d|定価|\bprice\b",
        "order": r"\b(?:order (?:now|yours|today|form)|send (?:for|only|no money|in)|mail (?:this|to|"
        r"coupon)|coupon|rush me|"
        r"subscri\w+|buy\b|on sale|for sale|available (?:now|in|at|from)|coming soon|next month|call toll|"
        r"abonne\w*|en vente|commande\w*|à paraître|déjà paru\w*|en kiosque|suscr[íi]\w+|a la venta|"
        r"pr[óo]xim\w+|"
        r"compra\b|compre\b|pide ya|in edicola|abbona\w*|ordina\b|prossimamente|jetzt bestellen|im "
        r"handel|gutschein|"
        r"abonnier\w*|assine|nas bancas|em breve|promo[çc][ãa]o|oferta|offerta|offre spéciale|peça já)\b|"
        r"発売中|好評|予約",
        "claim": r"\b(?:free|amazing|guarantee\w*|save \d+|sensational|win a|prizes?|bargain|catalog\w*|"
        r"brand new|"
        r"money back|dealer|as seen|learn at home|you too|also available|improved|big value|from the makers|"
        r"gratis|gratuit\w*|incroyable|incre[íi]b\w+|unglaublich|nouveau|nuevo|novità|novo|garanti\w*|"
        r"garantiert|"
        r"même collection|misma colección|stessa collana|derselben reihe|du même auteur|del mismo "
        r"autor)\b|新刊|無料",
        "role": r"\b(?:(?:written|drawn|story|script|art|artwork|colou?r(?:s|ed|ing)?|letter(?:s|ed|ing)|"
        r"translat(?:ed|ion)|"
        r"edited|illustrat(?:ed|ions?)|created|inked|pencil(?:s|led)|cover|adapted|proofread\w*|scenario|"
        r"layout)\s?(?:by|:|&|and)|"
        r"pencils|inks|inker|letterer|colorist|editor(?:-in-chief| in chief)?|publisher|proofreading|art "
        r"director|"
        r"assistant editor|production|editorial|staff|"
        r"sc[ée]nario|dessins?|couleurs|traduction|lettrage|maquette|guion|guión|dibujo|rotulaci[óo]n|"
        r"traducci[óo]n|"
        r"agradecimientos|zeichnungen|farben|[üu]bersetzung|redaktion|herausgeber|lektorat|titelbild|"
        r"gestaltung|"
        r"testi|disegni|soggetto|sceneggiatura|copertina|traduzione|redazione|roteiro|desenho|tradução|"
        r"argumento|"
        r"remerciements|ringraziamenti|agradecimentos|acknowledge?ments|special thanks|thanks to|thank "
        r"you)\b|"
        r"編集|発行|著者|原作|作画|翻訳|漫画|スタッフ",
        "legal": r"©|\(c\)|\b(?:copyright|all rights reserved|isbn|issn|trademark|reproduc\w+|published "
        r"(?:by|monthly|in)|"
        r"first published|first printing|first edition|printed in|creative commons|licen[cs]e[ds]?|cc[ -]by|"
        r"coincidental|fictional|work of fiction|library of congress|second[- ]class|distributed by|"
        r"open[- ]source|"
        r"droits réservés|dépôt légal|imprimé|achevé d.imprimer|derechos reservados|depósito legal|impreso|"
        r"rechte vorbehalten|gedruckt|auflage|impressum|diritti riservati|stampato|direitos reservados|"
        r"impresso|"
        r"première édition|primera edición|prima edizione|primeira edição)\b|印刷|無断|著作権|저작권",
        "patron": r"\b(?:patrons?|patreon|supporters?|backers?|donat\w+|sponsor\w*|tipeee|kickstarter|"
        r"funded|contribut\w+|mécènes)\b",
        "letters": r"\b(?:dear (?:editor|readers?|sirs?|friends?)|letters? (?:to|page)|sincerely|yours "
        r"truly|mailbag|fan mail|"
        r"write to us|editor.s note|our last issue|letter|chers? lecteurs?|courrier|la rédaction|"
        r"queridos lectores|"
        r"correo|atentamente|liebe leser|leserbriefe|cari lettori|la posta|caros leitores|correio)\b",
        "chapter": r"\b(?:chapter|chapitre|cap[íi]tulo|capitolo|kapitel|episode|épisode|episodio|"
        r"episódio|folge|part|partie|parte|teil|"
        r"prologue?|prólogo|prolog|act|vol(?:ume)?|tome|tomo|band|starring|introducing|presents|"
        r"adventures? of|"
        r"aventures? de|aventura de|avventura di|abenteuer von)\b|第.{1,3}話|第.{1,3}章",
        "ending": r"\b(?:the end|to be continued|continued (?:on|in|next)|next (?:issue|week|month|time|"
        r":)|fin|ende|fine|fim|"
        r"à suivre|continuará|continua|fortsetzung folgt|end of (?:part|episode|chapter))\b|つづく|おわり|完",
        "head": r"\b(?:introduction|introducci[óo]n|introduzione|introdução|einleitung|foreword|preface|"
        r"préface|prefazione|prefácio|"
        r"vorwort|afterword|postface|nachwort|epílogo|posfácio|contents|sommaire|índice|indice|inhalt|"
        r"glossary|notes|"
        r"about the author|biograph\w+|biogra[fp]\w+|interview|editorial|dedicat\w+|making of|story so "
        r"far|bibliography)\b|目次|あとがき",
        "issue": r"(?:\bno\.?|#|n°|nº|\bvol\.?|\bissue) ?\d+",
        "web": r"\bwww\.|https?:|\.com\b|\.org\b|\.net\b|@\w+\.",
        "place": r"\b(?:box \d+|dept\.?|\d{5}|p\.? ?o\.? box|street|st\.,|avenue|ave\.?|broadway|rue |"
        r"calle |via )",
        "code": r"[{}]|\(\)|==|\+=|->|//|&&|\[\d|\w+\.\w+\(|;$|\b(?:return|void|int|const|def|import|"
        r"printf?|null)\b",
        "rules": r"\b\d*d(?:4|6|8|10|12|20|100)\b|\+\d\b|\b\d+ ?%|\b(?:dice|roll|hit points|armou?r "
        r"class|table \d|figure \d|player|"
        r"spell|level \d|example|exercise|chapter \d)",
    }
)
"""Names of groups, and the patterns whose matches are counted."""

GROUPS = tuple(_GROUPS)
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in _GROUPS.values())
MAX_CHARS = 8_000
"""As much text as any page has; what is longer is cut, so that no page takes long."""


def count_words(text: str) -> tuple[int, ...]:
    """Return how often each group is met in a text."""
    read = text[:MAX_CHARS]
    return tuple(sum(1 for _ in pattern.finditer(read)) for pattern in _PATTERNS)
