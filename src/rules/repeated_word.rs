//! `repeated-word`: the same word twice in a row.

use rustc_hash::FxHashMap;

use crate::model::document::{Document, ProseBlock};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::AllowedWords;
use crate::text::english::dictionary::is_english;
use crate::text::english::marked_words::WordMark;
use crate::text::english::salad::salad_in;
use crate::text::words::names::is_shown_as_wrong;
use crate::text::words::{Shape, Word, is_followed_by_sic, stands_free, words};

pub(crate) static RULE: Rule = Rule {
    id: "repeated-word",
    family: Family::Language,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "repeated word",
    page: include_str!("../../rules/repeated-word.md"),
    check: Check::Document(check),
};

/// Words that English correctly repeats: "I know that that is so", "she had had enough", "very very old", "is so so",
/// "bye bye", "knock knock", "blah blah".
const REPEATABLE: [&str; 75] = [
    "again", "aye", "beep", "bla", "blah", "boo", "bye", "cha", "chi", "choo", "chop", "chow", "coco", "dik", "ding",
    "dong", "etc", "false", "far", "gogo", "goody", "ha", "had", "hah", "haha", "hear", "hello", "hey", "hi", "hip",
    "ho", "hoo", "hula", "hush", "knock", "long", "lulu", "mama", "many", "much", "never", "next", "night", "no",
    "nom", "now", "null", "ok", "okay", "one", "papa", "pip", "please", "pom", "really", "so", "ta", "that", "there",
    "tick", "tom", "true", "tsk", "tuk", "tut", "very", "wait", "wee", "well", "woof", "yeah", "yes", "yo", "yum",
    "zero",
];

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    if !cx.is_english(doc) {
        return;
    }
    let mut english = EnglishProse::new(doc);
    // Each word is looked for in the whole text, so only once.
    let mut terms: FxHashMap<&str, bool> = FxHashMap::default();
    for marked in doc.marked_words().by_block() {
        let block = &doc.prose.blocks[marked[0].block()];
        let text = doc.prose.text_of(block);
        let base = block.range.start as usize;
        // `word-salad` reports it as a whole.
        let mut is_salad: Option<bool> = None;
        for repeat in marked.iter().filter(|word| word.has(WordMark::Repeat)) {
            if let Some((before, token)) = tokens_around(text, repeat.start())
                && let Some((first, word)) = candidate_words(text, before, token)
                && is_same(&first, &word)
                && !*is_salad.get_or_insert_with(|| salad_in(text).is_some())
                && is_typo(text, &first, &word, &cx.options.repeated_word.words)
                // A word that is not English is a name or a type: "send on a chan chan".
                && is_english(&word.text.to_lowercase())
                && english.is_english(base + first.start..base + word.end())
                && !*terms.entry(word.text).or_insert_with(|| is_term(doc, &word))
            {
                say(doc, block, &first, &word, out);
            }
        }
    }
}

/// Returns the piece between white space that starts at `start`, and the one before it, as starts and ends in bytes.
fn tokens_around(text: &str, start: usize) -> Option<((usize, usize), (usize, usize))> {
    let is_gap = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t');
    let bytes = text.as_bytes();
    let before = bytes.get(..start)?;
    let end = before.iter().rposition(|byte| !is_gap(byte))? + 1;
    let first = before[..end].iter().rposition(is_gap).map_or(0, |gap| gap + 1);
    let length = bytes[start..].iter().position(is_gap).unwrap_or(bytes.len() - start);
    (end < start).then_some(((first, end), (start, start + length)))
}

/// Returns the last word of a token and the first of the next, if the two start with the same letter in any case.
fn candidate_words(text: &str, before: (usize, usize), token: (usize, usize)) -> Option<(Word<'_>, Word<'_>)> {
    let bytes = text.as_bytes();
    let letter = bytes.get(token.0)? | 0x20;
    // The first token may begin with brackets or quotation marks.
    let starts_alike = bytes.get(before.0)? | 0x20 == letter || !bytes[before.0].is_ascii_alphanumeric();
    if !starts_alike || !letter.is_ascii_lowercase() {
        return None;
    }
    let first = words(text.get(before.0..before.1)?).last()?;
    let second = words(text.get(token.0..token.1)?).next()?;
    let whole = before.0 + first.end() == before.1 && second.start == 0;
    let same_length = first.text.len() == second.text.len();
    let first = Word { start: before.0 + first.start, ..first };
    (whole && same_length).then_some((first, Word { start: token.0, ..second }))
}

/// Returns true if the words are equal, or differ only in the upper-case letter that begins a sentence ("The the").
fn is_same(first: &Word<'_>, second: &Word<'_>) -> bool {
    first.text == second.text
        || first.shape == Shape::Capitalised
            && second.shape == Shape::Lower
            && FUNCTION_WORDS.contains(&second.text)
            && first.text.eq_ignore_ascii_case(second.text)
}

/// Words whose repetition is a mistake even where only the first of the two is capitalized.
const FUNCTION_WORDS: [&str; 20] = [
    "an", "and", "are", "but", "for", "from", "if", "in", "is", "it", "of", "or", "she", "the", "they", "this", "to",
    "we", "with", "you",
];

fn is_typo(text: &str, first: &Word<'_>, second: &Word<'_>, own: &AllowedWords) -> bool {
    let between = text.get(first.end()..second.start).unwrap_or("");
    let is_word = match second.shape {
        Shape::Lower | Shape::Capitalised => second.text.len() > 1 || is_article(text, first, second),
        // Acronyms, numbers and identifiers are repeated in lists and formulas.
        Shape::Upper | Shape::Mixed | Shape::Other => false,
    };
    is_word
        && !between.is_empty()
        && between.chars().all(char::is_whitespace)
        && stands_free(text, first.start, first.end())
        && stands_free(text, second.start, second.end())
        && !REPEATABLE.contains(&second.text)
        && !own.contains(second.text)
        && !is_name(first, second)
        && !is_chant(text, first, second)
        && !is_scientific_name(text, first, second)
        && !is_particle_and_preposition(text, first)
        && !is_followed_by_sic(text.get(second.end()..).unwrap_or(""))
        && !is_doubled_verb(text, first, second)
        && !is_verb_after_clause(text, first)
        && !is_operator(text, first)
        && !is_indirect_object(text, first)
        && !is_particle_before_time(text, first, second)
        && !is_quoted(text, first, second)
        && !is_shown_as_wrong(text, first.start, second.end())
        && !is_output(text, first, second)
        && !is_second_pair(text, first, second)
        && !is_dance(text, first)
        && !is_verb_of_relative_clause(text, first, second)
        && !is_title(text, first, second)
        && !is_key(text, second, between)
}

/// Returns true for "the thing that matters matters": the verb of a clause without an object, then that of the sentence.
fn is_verb_of_relative_clause(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    let before = before_word(text, first).trim_end();
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_lowercase();
    second.text.len() > 3 && second.text.ends_with('s') && ["that", "what", "which", "who"].contains(&last.as_str())
}

/// Returns true for "the band The The": a name of two function words with capitals within a sentence.
fn is_title(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    let before = before_word(text, first);
    first.shape == Shape::Capitalised
        && second.shape == Shape::Capitalised
        && before.strip_suffix(' ').is_some_and(|before| before.ends_with(|c: char| c.is_lowercase() || c == ','))
}

/// Returns true for "the can can": after an article, the name of the dance.
fn is_dance(text: &str, first: &Word<'_>) -> bool {
    let before = before_word(text, first).trim_end();
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    first.text == "can" && ["a", "the", "The", "A"].contains(&last)
}

/// Returns true for a pair of terms after another with the same first one: "master slave, master master".
fn is_second_pair(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    let clause = before_word(text, first).rsplit(['.', '!', '?', '\n']).next().unwrap_or("");
    let Some(pair) = clause.trim_end().strip_suffix([',', '/', ';']) else { return false };
    let mut terms = pair.rsplit(' ');
    let (other, same) = (terms.next().unwrap_or(""), terms.next().unwrap_or(""));
    !other.is_empty()
        && other.chars().all(char::is_alphabetic)
        && same.trim_start_matches(['(', '"', '“']).eq_ignore_ascii_case(second.text)
}

/// Returns true if the second word is a key of data at the start of its line: "actions:".
fn is_key(text: &str, second: &Word<'_>, between: &str) -> bool {
    between.contains('\n') && text.get(second.end()..).is_some_and(|after| after.starts_with(':'))
}

/// Returns the text before a word, as far as a clause goes.
fn before_word<'a>(text: &'a str, word: &Word<'_>) -> &'a str {
    /// Maximum length of a clause, in bytes (a guess). Without it, a line of repeats would be read again for each of them.
    const MAX_CLAUSE_BYTES: usize = 1000;
    let start = text.ceil_char_boundary(word.start.saturating_sub(MAX_CLAUSE_BYTES));
    text.get(start..word.start).unwrap_or("")
}

/// Returns true if the two words are all that is between quotation marks: a change log may tell of a mended "the the".
fn is_quoted(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    let before = text.get(..first.start).and_then(|before| before.chars().next_back());
    let after = text.get(second.end()..).and_then(|after| after.chars().next());
    let is_mark = |c: Option<char>| c.is_some_and(|c| "\"'“”„‘’«»`".contains(c));
    is_mark(before) && is_mark(after)
}

/// Returns true if a block, or a line of it, is nothing but the two words and numbers: the output of a program, as in the
/// answers to choose from.
fn is_output(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    let is_edge = |c: char| !c.is_alphabetic();
    let before = before_word(text, first).rsplit('\n').next().unwrap_or("");
    let after = text.get(second.end()..).unwrap_or("").split('\n').next().unwrap_or("");
    before.len() < MAX_OUTPUT_BYTES && before.chars().all(is_edge) && after.chars().all(is_edge)
}

/// Maximum length of what is before a word of output in its line, in bytes (a guess): some numbers.
const MAX_OUTPUT_BYTES: usize = 40;

/// Returns true for "gave her her book", "told you you would": somebody who gets or hears something.
fn is_indirect_object(text: &str, first: &Word<'_>) -> bool {
    const VERBS: [&str; 18] = [
        "brought", "gave", "give", "given", "gives", "handed", "lent", "offered", "owe", "paid", "sent", "show",
        "showed", "shown", "taught", "teach", "tell", "told",
    ];
    if !matches!(first.text, "her" | "you") {
        return false;
    }
    let before = words(before_word(text, first).rsplit('\n').next().unwrap_or("")).last();
    before.is_some_and(|verb| VERBS.contains(&verb.text.to_ascii_lowercase().as_str()))
}

/// Returns true for a particle of a verb before a time: "turn it on on Monday", "rely on on a daily basis", "look at at
/// night".
fn is_particle_before_time(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    const VERBS: [&str; 24] = [
        "turn", "turns", "turned", "switch", "switched", "put", "keep", "kept", "leave", "left", "rely", "relies",
        "relied", "depend", "depends", "work", "works", "worked", "look", "looks", "looked", "looking", "laugh",
        "stare",
    ];
    const TIMES: [&str; 14] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mondays",
        "weekdays",
        "weekends",
        "night",
        "noon",
        "dawn",
        "dusk",
    ];
    const MANNERS: [&str; 5] = ["daily", "weekly", "monthly", "yearly", "regular"];
    if !matches!(second.text, "on" | "at") {
        return false;
    }
    let after = text.get(second.end()..).unwrap_or("");
    let next: Vec<String> = words(after).take(2).map(|word| word.text.to_ascii_lowercase()).collect();
    let is_time = match next.as_slice() {
        [article, manner] if article == "a" => MANNERS.contains(&manner.as_str()),
        [time, ..] => TIMES.contains(&time.as_str()),
        [] => false,
    };
    let clause = before_word(text, first).rsplit(['.', '!', '?', '\n']).next().unwrap_or("");
    let mut before = clause.rsplit(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(4);
    is_time && before.any(|word| VERBS.contains(&word.to_ascii_lowercase().as_str()))
}

/// Returns true for the name of an operator before a conjunction: "bitwise and and store".
fn is_operator(text: &str, first: &Word<'_>) -> bool {
    let before = before_word(text, first).trim_end();
    let kind = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_lowercase();
    ["and", "or", "not"].contains(&first.text) && ["bitwise", "boolean", "logical"].contains(&kind.as_str())
}

/// Returns true for a term of two equal words, which the document has in the plural, too: "variable variables".
fn is_term(doc: &Document, word: &Word<'_>) -> bool {
    let plural = format!("{0} {0}s", word.text.to_lowercase());
    memchr::memmem::find(doc.prose.text().as_bytes(), plural.as_bytes()).is_some()
}

/// Returns true for "a a" between words of a sentence; in a formula or a list of letters it is not a mistake.
fn is_article(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    let before = before_word(text, first).strip_suffix(' ').unwrap_or("");
    let after = text.get(second.end()..).and_then(|after| after.strip_prefix(' ')).unwrap_or("");
    let word_before = before.bytes().rev().take_while(u8::is_ascii_lowercase).count();
    let word_after = after.bytes().take_while(u8::is_ascii_lowercase).count();
    second.text == "a" && word_before > 1 && word_after > 1
}

/// Returns true for "Sing Sing", "Walla Walla", "Duran Duran": two capitalized words other than words like "the".
fn is_name(first: &Word<'_>, second: &Word<'_>) -> bool {
    first.shape == Shape::Capitalised
        && second.shape == Shape::Capitalised
        && !FUNCTION_WORDS.contains(&second.text.to_ascii_lowercase().as_str())
}

/// Returns true for three or more in a row, which are a chant, a placeholder or a table drawn by hand; but three function
/// words are a mistake, which the first two of them show.
fn is_chant(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    let same = |word: &str| word.eq_ignore_ascii_case(second.text);
    let before = before_word(text, first).trim_end();
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next();
    let mut following = words(text.get(second.end()..).unwrap_or("")).map(|next| same(next.text));
    let after = [following.next(), following.next()].map(Option::unwrap_or_default);
    let is_in_a_row = text[second.end()..].trim_start().starts_with(char::is_alphabetic);
    let is_mistake = after == [true, false] && is_in_a_row && FUNCTION_WORDS.contains(&second.text);
    last.is_some_and(same) || after[0] && !is_mistake
}

/// Returns true for "What it is is a harbour": the verb of the clause, then that of the sentence.
fn is_doubled_verb(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    let verbs = ["is", "was", "has", "do", "does", "did"];
    verbs.contains(&second.text) && {
        let before = before_word(text, first);
        let clause = before.rsplit(['.', '!', '?', '\n']).next().unwrap_or("");
        words(clause).any(|word| {
            ["what", "all", "where", "who", "how", "why", "whatever"].contains(&word.text.to_ascii_lowercase().as_str())
        })
    }
}

/// Returns true for "those who are eligible to vote vote by mail": the last verb of a clause, then that of the sentence.
fn is_verb_after_clause(text: &str, first: &Word<'_>) -> bool {
    const ABLE: [&str; 9] =
        ["able", "allowed", "eligible", "entitled", "free", "permitted", "qualified", "ready", "willing"];
    let before = before_word(text, first);
    let clause = before.rsplit(['.', '!', '?', ';', '\n']).next().unwrap_or("");
    let before: Vec<String> = words(clause).map(|word| word.text.to_lowercase()).collect();
    let [.., subject, able, to] = before.as_slice() else { return false };
    // "who are eligible to", "members eligible to"; but in "we are eligible to" no clause ends.
    let is_subject = ["everybody", "everyone", "people", "those"].contains(&subject.as_str())
        || subject.len() > 3 && subject.ends_with('s')
        || before.iter().any(|word| ["who", "that"].contains(&word.as_str()));
    to == "to" && ABLE.contains(&able.as_str()) && is_subject
}

/// Returns true for the particle of a verb and a preposition: "log in in the morning", "it carries on on Monday".
fn is_particle_and_preposition(text: &str, first: &Word<'_>) -> bool {
    const VERBS: [(&str, &[&str]); 3] = [
        (
            "to",
            &[
                "listen", "listened", "refer", "referred", "speak", "spoke", "talk", "talked", "talking", "turn",
                "turned", "write", "wrote",
            ],
        ),
        (
            "in",
            &[
                "break", "bring", "broke", "brought", "built", "call", "called", "came", "check", "checked", "come",
                "comes", "coming", "dial", "drop", "dropped", "fill", "filled", "fit", "gave", "get", "gets", "give",
                "given", "go", "goes", "going", "gone", "got", "kick", "kicked", "kicks", "live", "lived", "log",
                "logged", "logs", "move", "moved", "moves", "moving", "opt", "opted", "plug", "plugged", "send",
                "sent", "set", "sets", "settle", "settled", "sign", "signed", "step", "stepped", "tune", "tuned",
                "type", "typed", "walk", "walked", "went", "write", "wrote", "zoom", "zoomed",
            ],
        ),
        (
            "on",
            &[
                "carried",
                "carries",
                "carry",
                "catch",
                "caught",
                "come",
                "came",
                "early",
                "get",
                "go",
                "goes",
                "going",
                "gone",
                "got",
                "hang",
                "held",
                "hold",
                "keep",
                "kept",
                "later",
                "live",
                "lived",
                "log",
                "logged",
                "move",
                "moved",
                "moves",
                "passed",
                "put",
                "ran",
                "ride",
                "rode",
                "run",
                "sign",
                "signed",
                "switch",
                "switched",
                "travelled",
                "turn",
                "turned",
                "walk",
                "walked",
                "went",
                "work",
                "worked",
            ],
        ),
    ];
    let before = text.get(..first.start).and_then(|before| before.strip_suffix([' ', '\n'])).unwrap_or("");
    let verb = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_lowercase();
    VERBS.iter().any(|(particle, verbs)| *particle == first.text && verbs.contains(&verb.as_str()))
}

/// Returns true for a scientific name of three parts, such as "Homo sapiens sapiens": a capitalized word precedes two
/// Latin ones.
fn is_scientific_name(text: &str, first: &Word<'_>, second: &Word<'_>) -> bool {
    const LATIN_ENDINGS: [&str; 12] = ["a", "ae", "ax", "ens", "ex", "i", "is", "ix", "ops", "um", "us", "yx"];
    let genus = text.get(..first.start).and_then(|before| before.strip_suffix([' ', '\n'])).unwrap_or("");
    let genus = genus.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    let is_capitalized =
        genus.starts_with(char::is_uppercase) && genus.len() > 2 && genus.chars().skip(1).all(char::is_lowercase);
    let is_latin = second.text.len() > 3 && LATIN_ENDINGS.iter().any(|ending| second.text.ends_with(ending));
    is_capitalized && is_latin && !FUNCTION_WORDS.contains(&genus.to_ascii_lowercase().as_str())
}

fn say(doc: &Document, block: &ProseBlock, first: &Word<'_>, second: &Word<'_>, out: &mut Report) {
    let base = block.range.start as usize;
    let both = base + first.start..base + second.end();
    let span = doc.prose.source_span(both.clone());
    let contiguous = doc.prose.is_contiguous(both);
    let between = doc.slice(span).get(first.text.len()..).unwrap_or("").strip_suffix(second.text).unwrap_or("");
    // A link without text shows the title of its target.
    if between.contains("](") {
        return;
    }
    let finding = out.find(doc.id, span, format!("`{}` is repeated", second.text));
    let text = doc.prose.text_of(block);
    if let Some(meant) = lost_verb(text, second) {
        finding.candidates([first.text.to_owned(), meant]);
    } else if contiguous {
        finding.fix(Fix::likely("keep it once", Edit::replace(doc.id, span, first.text)));
    } else if !between.chars().all(|c| c.is_whitespace() || c == '>') {
        // A bold term may be followed by a sentence that begins with it.
        finding.tier(Tier::Audit);
    }
}

/// Returns the words that were meant if the second word may be a slip for a verb: "it it applied" for "it is applied".
fn lost_verb(text: &str, second: &Word<'_>) -> Option<String> {
    let next = words(text.get(second.end()..)?).next()?;
    let is_participle = next.text.len() > 4 && (next.text.ends_with("ed") || next.text.ends_with("ing"));
    (second.text == "it" && is_participle).then(|| "it is".to_owned())
}
