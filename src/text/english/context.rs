//! Identification of English around a position, for rules about English.
//!
//! An English page holds lines in other languages: phrases of a language course, titles of a reading list, names of
//! things in the writer's own language. The words themselves are the evidence, weighed by the dictionary and by the
//! function words among them. Knows plain text only.

use std::ops::{Add, Range};
use std::sync::LazyLock;

use super::corrections::corrections_of;
use super::dictionary::{is_derived, is_english, is_known};
use crate::text::words::word_table::WordTable;
use crate::text::words::{Shape, Word, stands_free, words};

/// Function words, without which hardly an English sentence is written. Those that are common in other languages, too
/// ("a", "on", "so", "me", "do"), are weak evidence and left out.
const FUNCTION: &str = "the of and to in is that for it with as are be this by or you not can how what when from your we \
    if have which use has will an at but does they its into only between one more all than should there then them their \
    was were been being would could may might must about after before over under out any each our my he she his her us \
    these those who where why while because through without within also just like very much many most some other such \
    both few here now make made get";

static FUNCTION_WORDS: LazyLock<WordTable<()>> = LazyLock::new(|| WordTable::of(FUNCTION));

/// Function words of other languages, some of which are in English dictionaries.
const FOREIGN_WORDS: [&str; 56] = [
    "att", "avec", "av", "auf", "che", "como", "da", "das", "dat", "de", "del", "della", "den", "der", "des", "det",
    "di", "dla", "ein", "eine", "einen", "el", "em", "er", "et", "gli", "het", "ikke", "il", "inte", "ist", "la",
    "las", "le", "les", "los", "mais", "mit", "nel", "nicht", "nie", "och", "oder", "og", "para", "por", "pour", "que",
    "qui", "som", "sono", "sont", "um", "uma", "und", "une",
];

/// Frequent words of the creoles and pidgins of English, whose other words look like misspelt English: those of Nigeria,
/// Jamaica, Papua New Guinea, Vanuatu and Hawaii.
const CREOLE_WORDS: [&str; 38] = [
    "abeg", "bilong", "blong", "comot", "deh", "dem", "dey", "dis", "duh", "fi", "gwine", "haffi", "inna", "laik",
    "mek", "mwen", "na", "nau", "nogat", "nuh", "oga", "olsem", "orait", "pikinini", "pipo", "sabi", "sef", "seh",
    "stap", "tumas", "una", "unu", "wahala", "wanem", "weh", "wetin", "wey", "yumi",
];

/// Words of other languages that are known misspellings of English ones. Without a function word near, a text with one of
/// them is as likely not English.
#[rustfmt::skip]
const HOMOGRAPHS: &[&str] = &[
    "adres", "adresse", "adressen", "aktive", "algorithme", "algorithmes", "algorithmus", "algoritm", "algoritmos", "alle",
    "archiv", "argumentos", "assistent", "attributo", "attributs", "autorisation", "avantages", "beginn", "blok", "bund",
    "caracter", "caractere", "caracteres", "certificat", "certificats", "clase", "clases", "classe", "cliente", "clientes",
    "comando", "comandos", "commandes", "commentaires", "complet", "componente", "componentes", "composant", "composants",
    "conceptos", "configuracion", "controle", "controles", "declaracion", "definicion", "definitie", "dependencias",
    "descripcion", "developper", "diagramm", "differents", "direccion", "documentacion", "dokument", "effet", "elemente",
    "espace", "exempel", "exemple", "exemples", "exercice", "exercices", "fonction", "fonctions", "funcion", "funktion",
    "garantie", "groupe", "groupes", "implementacion", "informacion", "informatie", "instruccion", "integracion",
    "introduccion", "komma", "konfiguration", "konstant", "langage", "langages", "lokal", "lokale", "methode", "methoden",
    "methodes", "metod", "modell", "moment", "moteur", "nomes", "normale", "objekt", "operatie", "organizacion", "paket",
    "parametre", "parametres", "parametros", "plattform", "positiv", "principales", "probleem", "problemas", "probleme",
    "problemes", "producto", "productos", "produkt", "programa", "programas", "programm", "projet", "projets", "prozess",
    "reponse", "reponses", "responsable", "ressource", "ressources", "reviere", "serwer", "signatur", "suche", "symbole",
    "symboles", "syntaxe", "systemes", "tabel", "technik", "tekst", "tema", "termine", "transaccion", "tutoriales",
    "tutoriel", "universite", "variabel", "variabele", "variablen", "variante", "verificacion", "versiones",
];

/// Returns true if a word, in any case, is a known misspelling that is a word of another language.
#[must_use]
pub fn is_homograph(word: &str) -> bool {
    HOMOGRAPHS.binary_search(&word.to_lowercase().as_str()).is_ok()
}

/// Returns true if a lower-case word is one of those that hardly an English sentence is written without.
#[must_use]
pub fn is_function_word(word: &str) -> bool {
    FUNCTION_WORDS.contains(word) || matches!(word, "a" | "i" | "on" | "so" | "me" | "do")
}

/// Number of words on either side of a position that are evidence of its language (a guess): about a sentence.
const AROUND: usize = 30;
/// Number of words on either side that are nearest (a guess): a phrase of another language within an English sentence.
const NEAR: usize = 5;
/// Number of known words that make a line English without a function word (a guess).
const TERMS: usize = 3;

/// Kind of a word as evidence of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WordKind {
    /// A function word of English.
    Function,
    /// Another English word, or a term.
    Known,
    /// A word in no dictionary.
    Strange,
    /// A word of a creole.
    Creole,
    /// A known misspelling, a name, an identifier or a number, which is no evidence.
    Mute,
}

/// Numbers of words of each kind that is evidence of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence {
    function: usize,
    known: usize,
    strange: usize,
    creole: usize,
}

impl Evidence {
    fn count(&mut self, kind: WordKind) {
        match kind {
            WordKind::Function => self.function += 1,
            WordKind::Known => self.known += 1,
            WordKind::Strange => self.strange += 1,
            WordKind::Creole => {
                self.strange += 1;
                self.creole += 1;
            }
            WordKind::Mute => {}
        }
    }

    fn english(self) -> usize {
        self.function + self.known
    }

    /// Returns whether there is a function word of English.
    #[must_use]
    pub fn has_function_word(self) -> bool {
        self.function > 0
    }

    /// Returns whether most words are foreign; false without evidence.
    #[must_use]
    pub fn is_foreign(self) -> bool {
        self.strange > 1 && self.strange >= self.english() || self.strange > self.english() || self.is_creole()
    }

    /// Returns whether the words are those of a creole. One of its words in a long text is a quotation.
    fn is_creole(self) -> bool {
        /// Maximum number of words of a text that one word tells of (a guess).
        const MAX_WORDS: usize = 12;
        self.creole > 1 || self.creole == 1 && self.english() + self.strange <= MAX_WORDS
    }

    /// Returns whether the text is English, if the words are enough to decide. Few words without a function word may be
    /// a title in any language.
    #[must_use]
    pub fn verdict(self) -> Option<bool> {
        if self.english() < 2 * self.strange || self.is_creole() {
            return Some(false);
        }
        (self.function > 0 || self.known >= TERMS && self.strange == 0).then_some(true)
    }
}

impl Add for Evidence {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            function: self.function + other.function,
            known: self.known + other.known,
            strange: self.strange + other.strange,
            creole: self.creole + other.creole,
        }
    }
}

/// The words of a text, each with its kind.
#[derive(Debug, Default)]
pub struct ClassifiedWords {
    /// Start and end of each word, in bytes.
    places: Vec<Range<usize>>,
    kinds: Vec<WordKind>,
}

impl ClassifiedWords {
    /// Classifies the words of a text, at most `most` of them.
    #[must_use]
    pub fn of(text: &str, most: usize) -> Self {
        let mut reading = Self::default();
        for word in words(text).take(most) {
            reading.places.push(word.start..word.end());
            reading.kinds.push(kind(text, &word));
        }
        reading
    }

    /// Returns the evidence of all words.
    #[must_use]
    pub fn whole(&self) -> Evidence {
        self.weigh(0..self.kinds.len(), &(0..0))
    }

    /// Returns the evidence of the words around `place`, without those in it: of about a sentence, and of the nearest
    /// words.
    #[must_use]
    pub fn around(&self, place: &Range<usize>) -> (Evidence, Evidence) {
        let first = self.places.partition_point(|word| word.end <= place.start);
        let last = self.places.partition_point(|word| word.start < place.end);
        let window = |reach: usize| first.saturating_sub(reach)..(last + reach).min(self.kinds.len());
        (self.weigh(window(AROUND), &(first..last)), self.weigh(window(NEAR), &(first..last)))
    }

    fn weigh(&self, window: Range<usize>, without: &Range<usize>) -> Evidence {
        let mut evidence = Evidence::default();
        for at in window.filter(|at| !without.contains(at)) {
            evidence.count(self.kinds[at]);
        }
        evidence
    }
}

fn kind(text: &str, word: &Word<'_>) -> WordKind {
    let opens = {
        let before = text.get(..word.start).unwrap_or("").trim_end_matches([' ', '“', '"', '*', '(']);
        before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n'])
    };
    let small = word.text.to_lowercase();
    let is_letters = word.text.chars().all(char::is_alphabetic);
    match word.shape {
        _ if !is_letters || word.text.len() < 2 || !stands_free(text, word.start, word.end()) => WordKind::Mute,
        Shape::Upper | Shape::Mixed => WordKind::Mute,
        // "Oh My Zsh": within a sentence a function word with a capital is part of a name or title.
        Shape::Capitalised if !opens && FUNCTION_WORDS.contains(&small) => WordKind::Mute,
        _ if FUNCTION_WORDS.contains(&small) => WordKind::Function,
        Shape::Lower if FOREIGN_WORDS.contains(&word.text) => WordKind::Strange,
        Shape::Lower | Shape::Capitalised if CREOLE_WORDS.contains(&&*small) => WordKind::Creole,
        _ if is_known(&small) || is_english(word.text) => WordKind::Known,
        Shape::Lower | Shape::Capitalised if !corrections_of(&small).is_empty() => WordKind::Mute,
        Shape::Capitalised if !opens || is_before_capital(text, word) => WordKind::Mute,
        Shape::Lower | Shape::Capitalised if small.len() > 5 && is_derived(&small) => WordKind::Known,
        Shape::Other if word.text.starts_with(char::is_uppercase) && !opens => WordKind::Mute,
        _ => WordKind::Strange,
    }
}

/// Returns true if an English word with a capital follows, as in a title: "Wechaty Puppet Services".
fn is_before_capital(text: &str, word: &Word<'_>) -> bool {
    let after = text.get(word.end()..).and_then(|after| after.strip_prefix(' ')).unwrap_or("");
    let next = words(after).next().filter(|next| next.start == 0 && next.shape == Shape::Capitalised);
    next.is_some_and(|next| next.text.len() > 3 && is_english(&next.text.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str, word: &str) -> Option<bool> {
        let start = text.find(word).expect("there");
        let (around, near) = ClassifiedWords::of(text, 200).around(&(start..start + word.len()));
        if near.is_foreign() { Some(false) } else { around.verdict() }
    }

    #[test]
    fn english_lines_are_told_by_their_words() {
        for (text, word) in [
            ("The keeper will recieve the lamps in the evening", "recieve"),
            ("Introdution to lamps", "Introdution"),
            ("Lamps, oil, wicks and seperate boxes", "seperate"),
            ("Use kubectl and skaffold to recieve the manifests", "recieve"),
            ("Recieve letters, parcels, telegrams", "Recieve"),
            ("Mr Schwarzkopf and Mrs Lerdorf definately came with Anna Pisac", "definately"),
        ] {
            assert_eq!(verdict(text, word), Some(true), "{text}");
        }
        assert_eq!(verdict("Wechaty Harbour Servcies", "Servcies"), None);
        assert_eq!(verdict("Introdution", "Introdution"), None);
        assert_eq!(verdict("Archiv lamps", "Archiv"), None);
    }

    #[test]
    fn homographs_are_sorted() {
        assert!(HOMOGRAPHS.is_sorted());
        assert!(is_homograph("Clases") && !is_homograph("recieve"));
    }

    #[test]
    fn lines_in_other_languages_within_an_english_page_were_read_as_english() {
        for (text, word) in [
            // Telugu and Hindi in Latin script, Bosnian, Norwegian, Polish, German, Spanish.
            ("nuvvu ekkada unnavu, idi chala manchi pustakam, lene ledu", "lene"),
            ("yeh kitab bahut achhi hai, main isko roz padhta hoon", "main"),
            ("Vodic za pocetnike i tutorijal za rad sa bazama", "tutorijal"),
            ("Lokal innforing i bruk av databaser", "Lokal"),
            ("Krotki opis metod pracy z danymi", "metod"),
            ("Drei Jahre Garantie auf alle Teile", "Garantie"),
            // Creoles of Nigeria, Jamaica and Vanuatu, which share most of their words with English.
            ("Dis app dey help you make you fit recieve money from your pipo for the shop", "recieve"),
            ("Mi deh yah a wait pan di boat, so mi haffi recieve the man dem", "recieve"),
            ("Hem i save recieve mane blong yumi long olgeta ples", "recieve"),
            ("Guía práctica para aprender métodos ágiles", "para"),
            ("When somebody asks for it you say chala dooram ledu lene ikkada undi and go on", "lene"),
        ] {
            assert_eq!(verdict(text, word), Some(false), "{text}");
        }
    }
}
