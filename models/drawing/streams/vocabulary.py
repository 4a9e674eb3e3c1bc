"""Words of six languages: enough to look like them, by the words that matter for what a page is."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of one language; each text is split at its bars or spaces.

    ``common`` fills sentences. ``roles`` go before names. ``calls``, ``claims`` and ``offers`` are of
    advertisements, ``legal`` of an imprint, ``letters`` of a letters page, ``blurbs`` of covers,
    ``openings`` stand over stories, ``endings`` below them, ``heads`` over other pages.
    """

    common: str
    roles: str
    calls: str
    claims: str
    legal: str
    letters: str
    blurbs: str
    openings: str
    endings: str
    heads: str


_EN = Vocabulary(
    common="the a and to of in it is was that he she you I we they not for on with his her at but what all "
    "have this from one had said when there will could if out up so no do them then go see know man time "
    "door night away house find back down never hand must right long light king water day came look town "
    "ship dog old friend help stop here who why where come road money fire sleep wait dark train secret",
    roles="Written by|Art by|Story|Script|Pencils|Inks|Colors|Colours by|Letters|Lettering|Editor|Publisher|"
    "Cover by|Illustrated by|Translation|Translated by|Design|Production|Created by|Editor in chief|"
    "Assistant editor|Proofreading|Story and art by|Drawn by|Special thanks to|Adaptation|Layout",
    calls="Order now!|Send for your free catalog|Mail this coupon today|On sale now!|Buy two, get one free|"
    "Subscribe today|Available in all good shops|Coming soon|Join the club|Call toll free|Money back "
    "guarantee|"
    "Free gift inside|Save 50%|Only while stocks last|Visit our shop at|Order yours now|Rush me|Win a prize!|"
    "No money down|Try it free for 10 days|Ask your dealer|Get yours today|Next month in|Don't miss it",
    claims="Amazing!|New!|Be strong!|You too can|The best ever|Learn at home|As seen on TV|Big value|"
    "Guaranteed|"
    "Loved by boys and girls|Delicious|It really works|Improved|For the whole family|Own your own|"
    "From the makers of|The hit of the year|Also available|More from this publisher|Enlarged edition",
    legal="All rights reserved|No part of this publication may be reproduced without permission|Copyright|"
    "Printed in|First published|First printing|ISBN|Any similarity to persons living or dead is coincidental|"
    "Published monthly by|Registered trademark|Creative Commons Attribution|License|is a work of fiction|"
    "Entered as second class matter|This comic is open source|Library of Congress|Distributed by|www.",
    letters="Dear Editor|Letters to the editor|Sincerely|Yours truly|write to us|Editor's note|We love "
    "to hear from"
    " you|Dear readers|Thanks for your letter|Mailbag|Letter page|in our last issue|Fan mail|Keep writing",
    blurbs="All new!|In this issue|First issue!|Collector's item|Featuring|Bonus story inside|The final "
    "chapter|"
    "52 pages|Special edition|Guest starring|Giant size|Still only 10¢|The origin of|Winner of|A graphic "
    "novel",
    openings="Chapter|Part|Episode|Starring|Introducing|The adventures of|Book|Story|Act|Vol.|Prologue|"
    "Presents",
    endings="The end|To be continued|Continued on next page|Next: |End of part one|Fin|End|More next issue",
    heads="Introduction|Foreword|Afterword|Letters|Contents|About the author|Preface|Biography|Notes|"
    "Glossary|"
    "Making of|Interview|Dedication|Editorial|In the next issue|Sketchbook|The story so far|Acknowledgements",
)
_FR = Vocabulary(
    common="le la les un une et de des du en il elle est que qui ne pas je tu nous vous ils pour dans "
    "sur avec son "
    "sa mais ce cette tout être avoir fait bien plus comme où quand si on au aux jour nuit homme maison "
    "porte "
    "mer roi ville jamais encore ici rien voir dire temps chien ami vite main eau vieux secret toujours peur",
    roles="Scénario|Dessin|Couleurs|Texte|Illustrations|Traduction|Lettrage|Couverture|Directeur|Dessins de|"
    "Histoire|Scénario et dessin|Remerciements|Maquette|Adaptation|Éditeur|Conception graphique|Auteur",
    calls="Commandez maintenant|Déjà paru|À paraître|Abonnez-vous|En vente partout|Offre spéciale|"
    "Renvoyez ce bon|"
    "Gratuit|Découvrez aussi|Profitez-en|Chez votre libraire|Nouveau|Seulement|En kiosque",
    claims="Nouveau !|Incroyable|Pour toute la famille|Le meilleur|Du même auteur|Dans la même collection|"
    "Garanti|Délicieux|Enfin en France|Chez le même éditeur",
    legal="Tous droits réservés|Dépôt légal|Imprimé en|Copyright|ISBN|Reproduction interdite|Licence|Achevé "
    "d'imprimer|Première édition|loi du 16 juillet 1949 sur les publications destinées à la jeunesse|"
    "Editions",
    letters="Chers lecteurs|Courrier des lecteurs|Écrivez-nous|Bien à vous|Merci pour votre lettre|La "
    "rédaction",
    blurbs="Tome|Album|Inédit|Intégrale|Nouvelle édition|Une aventure de|Prix du jury|Numéro spécial",
    openings="Chapitre|Épisode|Partie|Une aventure de|Prologue|Tome",
    endings="Fin|À suivre|Fin de l'épisode|La suite au prochain numéro",
    heads="Préface|Introduction|Postface|Sommaire|Biographie|Remerciements|Carnet|Dans le même recueil|"
    "Avant-propos",
)
_ES = Vocabulary(
    common="el la los las un una y de del en que es no se por con para su lo al como más pero sus le ya "
    "o este sí "
    "porque esta entre cuando muy sin sobre también me hasta hay donde yo todo nos noche casa hombre nunca "
    "puerta agua rey ciudad mano tiempo aquí ver decir viejo perro amigo luz mar bien miedo vamos secreto",
    roles="Guion|Dibujo|Color|Rotulación|Traducción|Editor|Portada|Textos|Ilustraciones|Escrito por|"
    "Dibujado por|"
    "Agradecimientos|Diseño|Guion y dibujo|Director|Coordinación",
    calls="Compra ahora|Pide ya|Oferta|Gratis|Suscríbete|A la venta|Próximamente|Envía este cupón|Solo|"
    "Llama ya",
    claims="¡Nuevo!|¡Increíble!|El mejor|Para toda la familia|Del mismo autor|En la misma colección|"
    "Garantizado",
    legal="Todos los derechos reservados|Depósito legal|Impreso en|Copyright|ISBN|Licencia|Primera edición|"
    "Prohibida la reproducción|Editorial",
    letters="Queridos lectores|Correo de los lectores|Atentamente|Escríbenos|Gracias por tu carta",
    blurbs="Número especial|Edición|Una aventura de|Nuevo|Inédito|Tomo|Premio",
    openings="Capítulo|Episodio|Parte|Prólogo|Una aventura de",
    endings="Fin|Continuará|Fin del episodio",
    heads="Prólogo|Introducción|Índice|Epílogo|Biografía|Notas|Cartas|Agradecimientos",
)
_DE = Vocabulary(
    common="der die das und zu in den ist nicht ein eine es mit sich auf er sie wir ihr ich von dem für "
    "im war hat "
    "aber auch nach wie noch nur so wenn was wird bei aus über haben nie hier Nacht Haus Mann Tür Wasser "
    "König "
    "Stadt Hand Zeit sehen sagen alt Hund Freund Licht Meer gut schnell Angst komm weg Geheimnis immer",
    roles="Text|Zeichnungen|Farben|Übersetzung|Lettering|Redaktion|Herausgeber|Szenario|Titelbild|Gestaltung|"
    "Geschichte|Druck|Verlag|Lektorat|Dank an",
    calls="Jetzt bestellen|Neu im Handel|Gratis|Abonnieren|Erscheint in Kürze|Nur|Sofort zugreifen|Gutschein",
    claims="Neu!|Unglaublich|Für die ganze Familie|Das Beste|In derselben Reihe|Garantiert|Ausserdem "
    "erschienen",
    legal="Alle Rechte vorbehalten|Gedruckt in|Copyright|ISBN|Lizenz|Erste Auflage|Nachdruck verboten|"
    "Verlag|Impressum",
    letters="Liebe Leser|Leserbriefe|Mit freundlichen Grüssen|Schreibt uns|Die Redaktion",
    blurbs="Sonderheft|Band|Neue Ausgabe|Ein Abenteuer von|Sammelband",
    openings="Kapitel|Folge|Teil|Prolog|Ein Abenteuer von",
    endings="Ende|Fortsetzung folgt|Ende des ersten Teils",
    heads="Vorwort|Einleitung|Inhalt|Nachwort|Biografie|Leserpost|Dank|Über den Autor",
)
_IT = Vocabulary(
    common="il lo la i gli le un una e di del della in che è non si per con su al come più ma anche se "
    "mi ci questo "
    "quando dove tutto sempre mai qui casa notte uomo porta acqua re città mano tempo vedere dire "
    "vecchio cane "
    "amico luce mare bene paura presto segreto ancora niente perché cosa fatto essere avere sono",
    roles="Testi|Disegni|Soggetto|Sceneggiatura|Colori|Lettering|Copertina|Traduzione|Direttore|Redazione|"
    "Soggetto e sceneggiatura|Grafica|Ringraziamenti",
    calls="In edicola|Ordina ora|Gratis|Abbonati|Prossimamente|Solo|Offerta|Spedisci il tagliando",
    claims="Novità!|Incredibile|Il migliore|Per tutta la famiglia|Della stessa collana|Garantito",
    legal="Tutti i diritti riservati|Stampato in|Copyright|ISBN|Licenza|Prima edizione|Registrazione del "
    "tribunale|"
    "Editore",
    letters="Cari lettori|La posta dei lettori|Scriveteci|Cordiali saluti|Grazie della lettera",
    blurbs="Numero speciale|Volume|Albo gigante|Nuova edizione|Un'avventura di|Inedito",
    openings="Capitolo|Episodio|Parte|Prologo|Un'avventura di",
    endings="Fine|Continua|Fine dell'episodio",
    heads="Prefazione|Introduzione|Indice|Postfazione|Biografia|Note|Posta|Ringraziamenti",
)
_PT = Vocabulary(
    common="o a os as um uma e de do da em que é não se por com para seu ao como mais mas este sim "
    "porque entre "
    "quando muito sem sobre também até há onde eu tudo nós noite casa homem nunca porta água rei cidade mão "
    "tempo aqui ver dizer velho cão amigo luz mar bem medo vamos segredo ainda nada você foi",
    roles="Roteiro|Desenho|Cores|Letras|Tradução|Editor|Capa|Texto|Ilustrações|Argumento|Arte|Agradecimentos",
    calls="Compre agora|Peça já|Grátis|Assine|Nas bancas|Em breve|Só|Promoção",
    claims="Novo!|Incrível|O melhor|Para toda a família|Do mesmo autor|Garantido",
    legal="Todos os direitos reservados|Impresso em|Copyright|ISBN|Licença|Primeira edição|Editora|"
    "Proibida a reprodução",
    letters="Caros leitores|Correio dos leitores|Escreva-nos|Atenciosamente",
    blurbs="Número especial|Edição|Uma aventura de|Volume|Inédito",
    openings="Capítulo|Episódio|Parte|Prólogo",
    endings="Fim|Continua|Fim do episódio",
    heads="Prefácio|Introdução|Índice|Posfácio|Biografia|Notas|Cartas",
)

VOCABULARIES: Mapping[str, Vocabulary] = MappingProxyType(
    {"en": _EN, "fr": _FR, "es": _ES, "de": _DE, "it": _IT, "pt": _PT}
)
