//! `section-gap`: numbered sections omit numbers.

use serde_json::json;

use crate::model::document::{Document, Heading};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::values::ranges::{list, subtract};

pub(crate) static RULE: Rule = Rule {
    id: "section-gap",
    family: Family::Numbering,
    tier: Tier::Audit,
    severity: Severity::Info,
    stage: Stage::Structure,
    summary: "numbered sections omit numbers",
    page: include_str!("../../rules/section-gap.md"),
    check: Check::Document(check),
};

/// Words before the number of a section. After any other word the number may mean anything ("Java 17").
const SECTION_WORDS: &[&str] =
    &["batch", "chapter", "from", "level", "module", "part", "phase", "section", "stage", "unit", "volume", "week"];

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    for chain in chains(doc).iter().filter(|chain| chain.rises()) {
        for pair in chain.parts.windows(2).filter(|pair| pair[1].number > pair[0].last + 1) {
            let missing = without_siblings(doc, cx, chain, (pair[0].last + 1, pair[1].number - 1));
            if missing.is_empty() {
                continue;
            }
            let verb = if missing.len() == 1 && missing[0].0 == missing[0].1 { "is" } else { "are" };
            let before = chain.parent.as_ref().map_or(String::new(), |parent| format!("{parent}."));
            let (from, to) = (pair[0].last, pair[1].number);
            let message =
                format!("the sections go from {before}{from} to {before}{to}: {} {verb} missing", list(&missing));
            out.find(doc.id, pair[1].span, message)
                .related(doc.id, pair[0].span, "the section before")
                .data("missing", json!(missing));
        }
    }
}

/// Returns the numbered sections of a document by level and word.
fn chains(doc: &Document) -> Vec<Chain<'_>> {
    let mut chains: Vec<Chain<'_>> = Vec::new();
    for heading in &doc.headings {
        let text = doc.slice(heading.content);
        let (word, parent, number, last) = match (numbered(text), dotted(text)) {
            (Some((word, number, last)), _) => (word, None, number, last),
            (None, Some((parent, number))) => ("", Some(parent), number, number),
            (None, None) => continue,
        };
        let part = NumberedHeading { number, last, span: heading.span };
        // Sections with dotted numbers follow each other closely, and a later count below the same parent is another one.
        let own = chains.iter_mut().rfind(|chain| chain.belongs(heading, word, parent));
        match own {
            Some(chain) if parent.is_none() || chain.parts.last().is_some_and(|last| last.number < number) => {
                chain.parts.push(part);
            }
            _ => chains.push(Chain { level: heading.level, word, parent, parts: vec![part] }),
        }
    }
    chains
}

/// Maximum share of a file's sections that this file has as well, as one in this many (a guess): a file with more of
/// them is another version.
const SHARED_ONE_IN: usize = 10;

/// Returns the part of `gap` that the other files of the folder do not have, because they often share one sequence.
/// Numbers that the whole set lacks are reported once, at the end of the sequence before them.
fn without_siblings(doc: &Document, cx: &Context<'_>, chain: &Chain<'_>, gap: (u32, u32)) -> Vec<(u32, u32)> {
    let mut missing = vec![gap];
    if chain.parent.is_some() {
        return missing;
    }
    for sibling in cx.collection.siblings(doc) {
        for other in chains(sibling) {
            let is_own = |part: &&NumberedHeading| chain.parts.iter().any(|own| own.number == part.number);
            // A file with the same sections is another version of this one.
            let another = other.parts.iter().filter(is_own).count() * SHARED_ONE_IN <= other.parts.len();
            if another && other.word.eq_ignore_ascii_case(chain.word) {
                missing = subtract(&missing, other.parts.iter().map(|part| part.number));
            }
        }
    }
    if missing != [gap] {
        missing.retain(|&(first, _)| first == gap.0);
    }
    missing
}

/// Headings of one level that start with the same word, or whose dotted numbers differ in the last part only.
struct Chain<'a> {
    level: u8,
    word: &'a str,
    /// The dotted number without its last part.
    parent: Option<&'a str>,
    parts: Vec<NumberedHeading>,
}

/// A section, which may be several in one: "Phase 3-5".
struct NumberedHeading {
    number: u32,
    last: u32,
    span: Span,
}

impl Chain<'_> {
    fn belongs(&self, heading: &Heading, word: &str, parent: Option<&str>) -> bool {
        self.level == heading.level && self.word.eq_ignore_ascii_case(word) && self.parent == parent
    }

    /// Returns true if the numbers of the sections never decrease.
    fn rises(&self) -> bool {
        self.parts.len() >= 3 && self.parts.windows(2).all(|pair| pair[0].number < pair[1].number)
    }
}

/// Returns the word and the numbers at the start of a heading, after emoji and markup: the first and the last of
/// "Phase 3-5", "Week 3 & 4", "Unit 1, 2 and 3".
fn numbered(text: &str) -> Option<(&str, u32, u32)> {
    let start = text.find(|c: char| c.is_ascii_alphanumeric())?;
    let (word, rest) = text[start..].split_once(' ')?;
    let singular = word.strip_suffix(['s', 'S']).unwrap_or(word);
    if !SECTION_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word) || known.eq_ignore_ascii_case(singular)) {
        return None;
    }
    let (number, mut rest) = leading_number(rest)?;
    // "Section 2.1" belongs to another level.
    let deeper = rest.strip_prefix('.').is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    let mut last = number;
    while let Some((next, after)) = joined(rest).filter(|&(next, _)| next > last) {
        (last, rest) = (next, after);
    }
    (!deeper).then_some((singular, number, last))
}

/// Returns a number of up to five digits and what follows it.
fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number = text[..end].parse().ok().filter(|_| end <= 5)?;
    Some((number, &text[end..]))
}

/// Returns the number that a sign or a word joins to the one before, and what follows it.
fn joined(text: &str) -> Option<(u32, &str)> {
    const JOINTS: [&str; 11] = ["-", "–", "—", "&", "+", "/", ",", "and ", "to ", "through ", "thru "];
    let text = text.trim_start();
    let rest = JOINTS.iter().find_map(|joint| text.strip_prefix(joint))?.trim_start();
    let rest = rest.strip_prefix("and ").unwrap_or(rest);
    leading_number(rest).filter(|(_, after)| !after.starts_with(|c: char| c.is_alphanumeric() || c == '%'))
}

/// Returns the parent and the last part of the dotted number that a heading starts with: "2.9" and 2 of "2.9.2 Ropes".
/// A name follows the number, which is hardly a version then.
fn dotted(text: &str) -> Option<(&str, u32)> {
    let text = text.trim_start_matches(['*', '_', '§', ' ']);
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let number = text[..end].trim_end_matches('.');
    let title = text[end..].trim_start_matches([' ', ':', '-', '–', '—', '*', '_', ')']);
    let (parent, last) = number.rsplit_once('.')?;
    let is_short = number.split('.').all(|part| (1..=3).contains(&part.len()));
    let named = text[end..].starts_with([' ', ':', ')', '\t']) && title.starts_with(char::is_alphabetic);
    (is_short && named).then_some((parent, last.parse().ok()?))
}
