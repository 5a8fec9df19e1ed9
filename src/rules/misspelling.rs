//! `misspelling`: a word that is a known misspelling of another, or is spelled as in another country.

mod capital;
mod foreign;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::{FxBuildHasher, FxHashMap};

use self::capital::{begins_sentence, is_used_as_name, tier_of};
use self::foreign::is_of_named_language;
use crate::facts::code_names::is_named_in_code;
use crate::model::document::{BlockKind, Document, Prose, ProseBlock};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::Misspelling;
use crate::text::english::corrections::corrections_of;
use crate::text::english::dictionary::{is_english, is_term};
use crate::text::english::locale::{Locale, foreign, spelled_in};
use crate::text::english::marked_words::WordMark;
use crate::text::english::spelling::distance;
use crate::text::words::names::{Capitals, is_name_elsewhere, is_quoted, is_shown_as_wrong, may_be_name};
use crate::text::words::{Shape, Word, for_each_word, in_the_case_of, is_followed_by_sic, stands_free, words};

pub(crate) static RULE: Rule = Rule {
    id: "misspelling",
    family: Family::Language,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a known misspelling, or another country's spelling",
    page: include_str!("../../rules/misspelling.md"),
    check: Check::Document(check),
};

/// Minimum length of a misspelling (a guess): shorter words are too often abbreviations. Capitalized words need one
/// letter more.
const MIN_MISSPELLING_CHARS: usize = 4;

static RIGHT: LazyLock<HashSet<&'static str, FxBuildHasher>> = LazyLock::new(|| {
    let lines = include_str!("../../rules/data/misspelling/right-words.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let own = OwnWords::new(&cx.options.misspelling);
    let is_english = cx.is_english(doc);
    if !is_english && own.is_empty() {
        return;
    }
    let locale = cx.options.locale;
    let foreign = locale.filter(|_| is_english).map(|locale| ForeignWords {
        doc,
        locale,
        english: EnglishProse::new(doc),
        kept: FxHashMap::default(),
    });
    // The words of the user, and those of another country, are none of the list.
    let reads_all = foreign.is_some() || !own.is_empty();
    let mut search = MisspellingSearch {
        doc,
        cx,
        own,
        is_english,
        foreign,
        english: EnglishProse::new(doc),
        names: FxHashMap::default(),
    };
    if reads_all {
        for block in &doc.prose.blocks {
            search.check_block(block, words(doc.prose.text_of(block)), out);
        }
        return;
    }
    for marked in doc.marked_words().by_block() {
        let block = &doc.prose.blocks[marked[0].block()];
        let text = doc.prose.text_of(block);
        let suspects = marked.iter().filter(|word| word.has(WordMark::Misspelling));
        search.check_block(block, suspects.filter_map(|word| word.in_text(text)), out);
    }
}

/// The search for misspellings in a document.
struct MisspellingSearch<'a> {
    doc: &'a Document,
    cx: &'a Context<'a>,
    own: OwnWords<'a>,
    is_english: bool,
    foreign: Option<ForeignWords<'a>>,
    english: EnglishProse<'a>,
    /// For each suspect word, whether the document uses it as a name.
    names: FxHashMap<&'a str, bool>,
}

impl<'a> MisspellingSearch<'a> {
    /// Reports the misspellings among words of a block.
    fn check_block(&mut self, block: &ProseBlock, words: impl Iterator<Item = Word<'a>>, out: &mut Report) {
        let (doc, locale) = (self.doc, self.cx.options.locale);
        let text = doc.prose.text_of(block);
        let base = block.range.start as usize;
        // The end of what has been reported.
        let mut done = 0;
        for word in words {
            if word.start < done {
                continue;
            }
            let by_user = self.own.correction_of(word.text);
            if let Some(correction) = by_user {
                if !same_letters(correction, word.text) && stands_free(text, word.start, word.end()) {
                    done = end_of_repeat(text, &word);
                    let place = MisspeltPlace { base, word: &word, end: done };
                    say(doc, &place, vec![correction.to_owned()], Tier::Gate, out);
                }
                continue;
            }
            let known = if self.is_english { known_corrections(text, &word) } else { Vec::new() };
            if !known.is_empty()
                && let Some(place_tier) = tier_of_place(text, &word)
                && !is_spoken_about(text, &word, &known)
                && !is_named_misspelling(text, &word)
                && !is_shown_as_wrong(text, word.start, word.end())
                && !is_row_of_corrections(doc, block, &word, &known)
                && !is_cut_off(text, &word, &known)
                && !is_of_named_language(doc, block, &word)
                && let Some(tier) = tier_of(doc, block, &word, &known)
                && let tier = if place_tier == Tier::Gate { tier } else { Tier::Audit }
                && (tier == Tier::Gate || self.cx.audit)
                && !*self.names.entry(word.text).or_insert_with(|| {
                    is_used_as_name(doc, &word, &known) || is_name_in_code(doc, &word) || is_in_mixed_case(doc, &word)
                })
                && !is_name_of_host(doc, base + word.start..base + word.end())
                && !is_alias(doc, &word)
                && !is_one_of_series(doc, &word)
                && self.english.is_english(base + word.start..base + word.end())
            {
                done = end_of_repeat(text, &word);
                let place = MisspeltPlace { base, word: &word, end: done };
                say(doc, &place, spelled_in(locale, &ranked(word.text, &known)), tier, out);
            } else if let Some(foreign) = &mut self.foreign {
                foreign.check(block, &word, out);
            }
        }
    }
}

/// Returns true if a word is a name in the code of its document, perhaps without the capital that it has here.
fn is_name_in_code(doc: &Document, word: &Word<'_>) -> bool {
    is_named_in_code(doc, word.text)
        || word.shape == Shape::Capitalised && is_named_in_code(doc, &word.text.to_ascii_lowercase())
}

/// Returns true if the prose has the letters of a word with capitals within: "testng" beside "TestNG".
fn is_in_mixed_case(doc: &Document, word: &Word<'_>) -> bool {
    let mut found = false;
    if word.shape == Shape::Lower {
        for_each_word(doc.prose.text(), |other| {
            found |= other.shape == Shape::Mixed && other.text.eq_ignore_ascii_case(word.text);
        });
    }
    found
}

/// Returns true if the word at `range` of the prose is in a link to a host of this name: "[freee](https://freee.example)";
/// or, with a capital, in one to a page of this name: "[Thier](https://example.org/thier)".
fn is_name_of_host(doc: &Document, range: Range<usize>) -> bool {
    let span = doc.prose.source_span(range);
    let written = doc.slice(span);
    let is_capitalized = written.starts_with(char::is_uppercase);
    let word = written.to_ascii_lowercase();
    doc.links.iter().filter(|link| link.span.contains(span)).any(|link| {
        let Some((_, target)) = link.target.split_once("://") else { return false };
        let target = target.to_ascii_lowercase();
        let mut parts = target.split('/');
        let is_host = parts.next().is_some_and(|host| host.split(['.', '-']).any(|label| label == word));
        // A link whose text is nothing but the last part of its address names what is there.
        let is_whole = || doc.slice(link.span).starts_with(&format!("[{written}]"));
        let last = || target.trim_end_matches('/').rsplit('/').next().is_some_and(|last| last == word);
        is_host || is_capitalized && parts.any(|part| part == word) || is_whole() && last()
    })
}

/// Returns true if a capitalized word is the text of a wiki link: "[[messager|Messager]]", "[[Messager]]".
fn is_alias(doc: &Document, word: &Word<'_>) -> bool {
    let end = format!("{}]]", word.text);
    word.shape == Shape::Capitalised
        && memchr::memmem::find_iter(doc.text().as_bytes(), &end).any(|at| doc.text()[..at].ends_with(['|', '[']))
}

/// Returns true if a word ends in one of the first letters, and the document has it with another one: "usera", "userb".
fn is_one_of_series(doc: &Document, word: &Word<'_>) -> bool {
    let letters = b'a'..=b'h';
    let (Some(last), Some(stem)) = (word.text.bytes().last(), word.text.get(..word.text.len() - 1)) else {
        return false;
    };
    if !letters.contains(&last) || stem.len() < MIN_MISSPELLING_CHARS - 1 || !is_english(stem) {
        return false;
    }
    let is_word = |at: usize, len: usize| {
        let text = doc.text();
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !is_letter(text[..at].chars().next_back()) && !is_letter(text[at + len..].chars().next())
    };
    let other = |letter: u8| format!("{stem}{}", char::from(letter));
    letters
        .filter(|letter| *letter != last)
        .map(other)
        .any(|name| memchr::memmem::find_iter(doc.text().as_bytes(), &name).any(|at| is_word(at, name.len())))
}

/// Minimum length of the part of a compound in the gate tier (a guess): shorter parts are often prefixes and abbreviations.
const MIN_PART_CHARS: usize = 6;

/// Compounds of three words that are parts of others.
const COMPOUND_WORDS: [&str; 8] = [
    "by-step",
    "day-to-day",
    "end-to-end",
    "face-to-face",
    "peer-to-peer",
    "point-to-point",
    "step-by",
    "step-by-step",
];

/// First parts of the names of branches, and of paths without an ending.
const FOLDERS: [&str; 32] = [
    "api", "app", "apps", "assets", "bugfix", "build", "chore", "core", "dev", "docs", "feat", "feature", "features",
    "fix", "heads", "hotfix", "images", "lib", "main", "origin", "packages", "pages", "release", "releases", "src",
    "static", "test", "tests", "topic", "upstream", "user", "users",
];

/// Misspellings of three or four letters that are no abbreviation, name or word of another language.
const SHORT_SLIPS: [[u8; 3]; 20] = [
    *b"adn", *b"anf", *b"hsa", *b"hte", *b"hve", *b"jus", *b"kno", *b"lke", *b"mke", *b"nto", *b"ofr", *b"oyu",
    *b"teh", *b"tge", *b"ths", *b"thw", *b"tje", *b"woh", *b"ypu", *b"yuo",
];

/// Slips of three letters that are none of these whatever follows them: a mark, code or a word of no dictionary.
const SURE_SLIPS: [[u8; 3]; 6] = [*b"adn", *b"hte", *b"teh", *b"tje", *b"thw", *b"yuo"];

/// Returns true if an English word in lower case and a space precede a word.
fn is_after_word(text: &str, word: &Word<'_>) -> bool {
    let Some(before) = text.get(..word.start).and_then(|before| before.strip_suffix([' ', '\n'])) else { return false };
    let word = before.rsplit(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or("");
    word.len() > 1 && is_english(word)
}

/// Minimum length of a misspelling in capitals (a guess): shorter words are abbreviations.
const MIN_SHOUTED_CHARS: usize = 7;

/// Returns true if a word in capitals is in a line of such words, of which at least two are English.
fn is_shouted(text: &str, word: &Word<'_>) -> bool {
    /// Minimum length of these words (a guess).
    const MIN_CHARS: usize = 3;
    let start = text[..word.start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[word.end()..].find('\n').map_or(text.len(), |at| word.end() + at);
    let others = words(&text[start..end]).filter(|other| other.text != word.text && other.text.len() >= MIN_CHARS);
    let (mut shouted, mut said) = (0, 0);
    for other in others {
        match other.shape {
            Shape::Upper if is_english(&other.text.to_ascii_lowercase()) => shouted += 1,
            Shape::Lower | Shape::Capitalised => said += 1,
            _ => {}
        }
    }
    shouted >= 2 && said <= shouted
}

/// Returns the corrections in the list of known misspellings; none if the word is too short to tell.
fn known_corrections(text: &str, word: &Word<'_>) -> Vec<&'static str> {
    let long_enough = match word.shape {
        Shape::Lower => word.text.len() >= MIN_MISSPELLING_CHARS || is_short_slip(text, word),
        Shape::Capitalised => word.text.len() > MIN_MISSPELLING_CHARS || is_short_slip(text, word),
        Shape::Upper => word.text.len() >= MIN_SHOUTED_CHARS,
        _ => false,
    };
    if !long_enough {
        return Vec::new();
    }
    let found = corrections_of(word.text);
    if found.is_empty() {
        return found;
    }
    // Asked last, because it reads the whole line.
    if word.shape == Shape::Upper && !is_shouted(text, word) {
        return Vec::new();
    }
    let lower = word.text.to_ascii_lowercase();
    if RIGHT.contains(&*lower) || is_negated(&lower) {
        return Vec::new();
    }
    let other = OTHER_CORRECTIONS.iter().find(|(misspelling, _)| *misspelling == lower);
    other.map_or(found, |(_, corrections)| corrections.to_vec())
}

/// Corrections other than those of the list, which has rarer words or only one of several.
const OTHER_CORRECTIONS: [(&str, &[&str]); 2] = [("arised", &["arisen", "arose"]), ("guage", &["gauge"])];

/// Returns true if a word is a known one with "non" before it: nonsignificant.
fn is_negated(lower: &str) -> bool {
    lower.strip_prefix("non").is_some_and(|rest| rest.len() >= MIN_MISSPELLING_CHARS && is_english(rest))
}

/// Returns true if a word of three letters is a well-known slip in a sentence: a lower-case English word follows it.
fn is_short_slip(text: &str, word: &Word<'_>) -> bool {
    let Ok(letters) = <[u8; 3]>::try_from(word.text.as_bytes()) else { return false };
    if !SHORT_SLIPS.contains(&letters.map(|letter| letter.to_ascii_lowercase())) {
        return false;
    }
    let opens = word.shape == Shape::Lower || text.get(..word.start).is_some_and(begins_sentence);
    let after = text.get(word.end()..).and_then(|after| after.strip_prefix([' ', '\n']));
    let next = after.and_then(|after| words(after).next()).filter(|next| next.start == 0);
    let is_word = |next: &Word<'_>| is_english(next.text) || !corrections_of(next.text).is_empty();
    if SURE_SLIPS.contains(&letters) && is_after_word(text, word) {
        return true;
    }
    opens && next.is_some_and(|next| next.shape == Shape::Lower && is_word(&next))
}

/// Returns the tier of a misspelling by what it touches: the gate if it is a word by itself or a long part of a compound of
/// two. `None` if it is no word of a sentence. A word that lost its g ("lookin’ good") or that `[sic]` follows is written as
/// it was said.
fn tier_of_place(text: &str, word: &Word<'_>) -> Option<Tier> {
    let after = text.get(word.end()..).unwrap_or("");
    let is_clipped = word.text.ends_with("in") && after.starts_with(['\'', '’']);
    if is_clipped || is_followed_by_sic(after) {
        return None;
    }
    if stands_free(text, word.start, word.end()) { Some(Tier::Gate) } else { tier_in_compound(text, word) }
}

/// Returns the tier of a part of a compound with hyphens, or of a pair with a slash ("continous-integration",
/// "recieve/send"), whose other parts are all English. Short parts are often prefixes and abbreviations, so these are for the
/// audit.
fn tier_in_compound(text: &str, word: &Word<'_>) -> Option<Tier> {
    let is_part = |c: char| c.is_ascii_alphabetic() || c == '-';
    let before = text.get(..word.start)?;
    let after = text.get(word.end()..)?;
    let (start, end) = match (before.strip_suffix('/'), after.strip_prefix('/')) {
        (None, None) => (before.trim_end_matches(is_part).len(), text.len() - after.trim_start_matches(is_part).len()),
        (Some(before), None) => {
            let start = before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
            // The name of a branch, or a path.
            if FOLDERS.contains(&&before[start..]) {
                return None;
            }
            (start, word.end())
        }
        (None, Some(after)) => {
            (word.start, text.len() - after.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len())
        }
        (Some(_), Some(_)) => return None,
    };
    let mut others: Vec<&str> = Vec::new();
    let mut are_words = true;
    let mut at = start;
    for part in text[start..end].split(['-', '/']) {
        let is_own = at == word.start;
        at += part.len() + 1;
        let lower = part.to_ascii_lowercase();
        // "Redux-perist": the name of a product before a word.
        let is_product = || at <= word.start + 1 && word.shape == Shape::Lower && part.starts_with(char::is_uppercase);
        let is_known = || is_english(&lower) || is_term(&lower);
        if !is_own && (part.len() < 2 || !is_known() && !is_product()) {
            return None;
        }
        are_words &= is_own || is_known();
        others.extend((!is_own).then_some(part));
    }
    // "pre-empted" is a word, and so is the second part of "DOM-Elemente" in German.
    let joined: String = text[start..end].chars().filter(|c| *c != '-').collect();
    if word.start > start && (word.shape == Shape::Capitalised || is_english(&joined.to_ascii_lowercase())) {
        return None;
    }
    // "end-to-end-encrpytion"; others of three parts are as often names of files and branches.
    if others.len() > 1 && !COMPOUND_WORDS.contains(&others.join("-").to_ascii_lowercase().as_str()) {
        return None;
    }
    let others = others.len();
    if others == 0 || !stands_free(text, start, end) {
        return None;
    }
    Some(if others == 1 && are_words && word.text.len() >= MIN_PART_CHARS { Tier::Gate } else { Tier::Audit })
}

/// Returns true if the text goes on to give the correction itself: "fix typo recieve -> receive", "for recieve read
/// receive", "is it recieve or receive". A correct word further on in the sentence is no such correction.
fn is_spoken_about(text: &str, word: &Word<'_>, corrections: &[&str]) -> bool {
    const BETWEEN: [&str; 19] = [
        "and", "as", "be", "but", "for", "instead", "into", "is", "means", "not", "of", "or", "read", "should", "than",
        "to", "versus", "vs", "with",
    ];
    let is_correction = |lower: &str| corrections.contains(&lower);
    let after = text.get(word.end()..).unwrap_or("");
    for next in words(after).take(3) {
        let lower = next.text.to_ascii_lowercase();
        if is_correction(&lower) {
            // Only a space between: "adn and" is a slip and the word after it.
            return after.get(..next.start).is_some_and(|between| !between.trim().is_empty());
        }
        if !BETWEEN.contains(&lower.as_str()) {
            break;
        }
    }
    is_corrected_before(text, word, is_correction) || is_typed(text, word, corrections)
}

/// Returns true if a word and its correction are both quoted, each by itself, as what somebody types: `"run", "runn",
/// "running"`.
fn is_typed(text: &str, word: &Word<'_>, corrections: &[&str]) -> bool {
    /// Maximum distance of the two, in bytes (a guess): a list of such words.
    const FAR: usize = 80;
    let (Some(before), Some(after)) = (text.get(..word.start), text.get(word.end()..)) else { return false };
    let marks = ['"', '“', '”', '`'];
    if !before.ends_with(marks) || !after.starts_with(marks) {
        return false;
    }
    let start = before.ceil_char_boundary(before.len().saturating_sub(FAR));
    let near = [&before[start..], &after[..after.floor_char_boundary(FAR.min(after.len()))]];
    near.iter().flat_map(|near| near.split(marks)).any(|quoted| corrections.contains(&quoted))
}

/// Returns true if a quoted word comes after its correction: `"receive", not "recieve"`.
fn is_corrected_before(text: &str, word: &Word<'_>, is_correction: impl Fn(&str) -> bool) -> bool {
    /// Maximum distance of the two words, in bytes (a guess): a comma, quotation marks, and "and not as".
    const FAR: usize = 24;
    const QUOTATION: [char; 7] = ['"', '\'', '“', '‘', '«', '„', '*'];
    let Some(before) = text.get(..word.start).filter(|before| before.ends_with(QUOTATION)) else { return false };
    let near = &before[before.floor_char_boundary(before.len().saturating_sub(FAR))..];
    let said: Vec<String> = words(near).map(|word| word.text.to_ascii_lowercase()).collect();
    let at = said.iter().rposition(|word| is_correction(word));
    at.is_some_and(|at| said[at..].iter().any(|word| matches!(word.as_str(), "not" | "never" | "than")))
}

/// Returns true if a word is called a misspelling: `fix misspelling "lauches"`, "a common misspelling is *recieve*".
fn is_named_misspelling(text: &str, word: &Word<'_>) -> bool {
    /// Maximum distance of the word to what it is called, in bytes (a guess).
    const FAR: usize = 24;
    let Some(before) = text.get(..word.start) else { return false };
    let quoted = before.strip_suffix(['"', '\'', '“', '‘', '«', '„']);
    let near = |text: &str| text[text.ceil_char_boundary(text.len().saturating_sub(FAR))..].to_ascii_lowercase();
    let is_call = |word: &str| ["misspel", "mispel", "typo"].iter().any(|call| word.starts_with(call));
    if let Some(quoted) = quoted {
        let near = near(quoted);
        return near.contains("spelling") || words(&near).any(|word| is_call(word.text));
    }
    // Without quotation marks, only a verb that says so is between.
    let near = near(before);
    let mut said = words(&near).collect::<Vec<_>>().into_iter().rev();
    let is_verb = |word: &str| matches!(word, "is" | "are" | "was" | "like" | "as" | "being");
    said.next().is_some_and(|last| is_verb(last.text)) && said.next().is_some_and(|call| is_call(call.text))
}

/// Returns true if a table has the misspelling and its correction in cells of one row: it is about misspellings.
fn is_row_of_corrections(doc: &Document, block: &ProseBlock, word: &Word<'_>, corrections: &[&str]) -> bool {
    let is_alone = doc.prose.text_of(block).trim() == word.text;
    if doc[block.block].kind != BlockKind::TableCell || !is_alone {
        return false;
    }
    let row = doc[block.block].parent;
    let is_of_row = |cell: &&ProseBlock| doc[cell.block].parent == row;
    let at = doc.prose.blocks.partition_point(|other| other.range.start < block.range.start);
    let (before, after) = doc.prose.blocks.split_at(at);
    let mut cells = before.iter().rev().take_while(is_of_row).chain(after.iter().take_while(is_of_row));
    cells.any(|cell| corrections.contains(&doc.prose.text_of(cell).trim().to_ascii_lowercase().as_str()))
}

/// Returns true if a word was cut off before its end, as long titles are in a changelog: "explain accep… (#16299)",
/// "cutting-edge technolog...".
fn is_cut_off(text: &str, word: &Word<'_>, corrections: &[&str]) -> bool {
    let after = text.get(word.end()..).unwrap_or("");
    let lower = word.text.to_ascii_lowercase();
    (after.starts_with('…') || after.starts_with("..."))
        && corrections.iter().any(|correction| correction.starts_with(&lower))
}

fn same_letters(a: &str, b: &str) -> bool {
    a == b || !a.chars().any(char::is_uppercase) && a.eq_ignore_ascii_case(b)
}

/// Returns true if a table cell, or an element of HTML, holds nothing but a capitalized word, perhaps with its number, or
/// several such words between commas, because they may be names in any language.
fn stands_for_itself(doc: &Document, base: usize, word: &Word<'_>) -> bool {
    let after = doc.prose.blocks.partition_point(|block| block.range.start as usize <= base);
    let Some(block) = after.checked_sub(1).and_then(|at| doc.prose.blocks.get(at)) else { return false };
    let mut entries = doc.prose.text_of(block).split([',', '/', ';', '\n']).map(|entry| {
        let is_edge = |c: char| c.is_whitespace() || c.is_numeric() || matches!(c, '.' | ')' | Prose::MARK);
        entry.trim_matches(is_edge)
    });
    let is_capitalized = |entry: &str| entry.starts_with(char::is_uppercase) && entry.chars().all(char::is_alphabetic);
    word.shape == Shape::Capitalised
        && matches!(doc[block.block].kind, BlockKind::TableCell | BlockKind::HtmlText)
        && entries.all(|entry| entry.is_empty() || is_capitalized(entry))
}

/// Returns the corrections of a word, likeliest first.
fn ranked(word: &str, corrections: &[&str]) -> Vec<String> {
    let mut likely: Vec<String> = corrections.iter().map(|&correction| correction.to_owned()).collect();
    likely.sort_by(|a, b| distance(word, a).total_cmp(&distance(word, b)));
    likely
}

/// A misspelling, with its repeat right after it.
struct MisspeltPlace<'a> {
    /// Offset of its block in the prose, in bytes.
    base: usize,
    /// The word; its offsets are those in the block.
    word: &'a Word<'a>,
    /// End of the word, or of its repeat, in the block.
    end: usize,
}

/// Returns the end of a word, or that of the same word if it directly follows: "teh teh" is one slip.
fn end_of_repeat(text: &str, word: &Word<'_>) -> usize {
    let after = text.get(word.end()..).unwrap_or("");
    let next = words(after).next();
    let is_repeat = |next: &Word<'_>| {
        next.text == word.text && next.start > 0 && after[..next.start].chars().all(char::is_whitespace)
    };
    next.filter(is_repeat).map_or(word.end(), |next| word.end() + next.end())
}

fn say(doc: &Document, place: &MisspeltPlace<'_>, likely: Vec<String>, tier: Tier, out: &mut Report) {
    let MisspeltPlace { base, word, end } = *place;
    let range = base + word.start..base + end;
    let span = doc.prose.source_span(range.clone());
    let written: Vec<String> = likely.iter().map(|correction| in_the_case_of(word.text, correction)).collect();
    let twice = if end > word.end() { ", and repeated" } else { "" };
    let finding = out.find(doc.id, span, format!("`{}` is a misspelling{twice}", word.text));
    if tier == Tier::Audit || stands_for_itself(doc, base, word) {
        finding.tier(Tier::Audit);
    }
    match written.as_slice() {
        [only] if doc.prose.is_contiguous(range) => {
            finding.label(format!("means `{only}`"));
            finding.fix(Fix::likely(format!("write `{only}`"), Edit::replace(doc.id, span, only)));
        }
        _ => {
            finding.label(format!("means {}", listed(&written)));
            finding.candidates(written);
        }
    }
}

/// Finds words with the spelling of another country.
struct ForeignWords<'a> {
    doc: &'a Document,
    locale: Locale,
    english: EnglishProse<'a>,
    /// For each word, whether the document itself uses it as a name. Filled on first use.
    kept: FxHashMap<&'a str, bool>,
}

impl<'a> ForeignWords<'a> {
    fn check(&mut self, block: &ProseBlock, word: &Word<'a>, out: &mut Report) {
        let small = match word.shape {
            Shape::Lower => None,
            Shape::Capitalised => Some(word.text.to_ascii_lowercase()),
            _ => return,
        };
        let Some(found) = foreign(small.as_deref().unwrap_or(word.text), self.locale) else { return };
        let text = self.doc.prose.text_of(block);
        let capitals = match self.doc[block.block].kind {
            BlockKind::Heading(_) => Capitals::Free,
            _ => Capitals::Telling,
        };
        let range = block.range.start as usize + word.start..block.range.start as usize + word.end();
        let keeps_its_spelling = !stands_free(text, word.start, word.end())
            || may_be_name(text, word, capitals)
            || is_quoted(text, word.start, word.end())
            || self.is_name(word)
            || !self.english.is_english(range.clone());
        if keeps_its_spelling {
            return;
        }
        let span = self.doc.prose.source_span(range.clone());
        let here = in_the_case_of(word.text, &found.here);
        let message = format!("`{}` is the {} spelling", word.text, found.home.as_str());
        let finding = out.find(self.doc.id, span, message);
        finding.label(format!("in {}: `{here}`", self.locale.as_str()));
        if self.doc.prose.is_contiguous(range) {
            finding.fix(Fix::likely(format!("write `{here}`"), Edit::replace(self.doc.id, span, &here)));
        } else {
            finding.candidates([here]);
        }
    }

    /// Returns true if the document uses a word as a name, in code or by its capital.
    fn is_name(&mut self, word: &Word<'a>) -> bool {
        let doc = self.doc;
        *self.kept.entry(word.text).or_insert_with(|| {
            let is_capital = word.shape == Shape::Capitalised;
            is_named_in_code(doc, word.text) || is_capital && is_name_elsewhere(doc.prose.text(), word.text)
        })
    }
}

fn listed(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ")
}

/// The words of `extend-words`, with a mask that rejects most other words without a look-up in the table.
struct OwnWords<'a> {
    options: &'a Misspelling,
    /// For each first letter (its low five bits), the lengths that occur.
    lengths: [u64; 32],
}

impl<'a> OwnWords<'a> {
    fn new(options: &'a Misspelling) -> Self {
        let mut lengths = [0; 32];
        for word in options.extend_words.keys() {
            lengths[slot(word)] |= 1 << word.len().min(63);
        }
        Self { options, lengths }
    }

    fn is_empty(&self) -> bool {
        self.options.extend_words.is_empty()
    }

    fn correction_of(&self, word: &str) -> Option<&'a str> {
        if self.lengths[slot(word)] & (1 << word.len().min(63)) == 0 {
            return None;
        }
        let table = &self.options.extend_words;
        table.get(word).or_else(|| table.get(word.to_lowercase().as_str())).map(String::as_str)
    }
}

fn slot(word: &str) -> usize {
    word.bytes().next().map_or(0, |byte| (byte & 31) as usize)
}
