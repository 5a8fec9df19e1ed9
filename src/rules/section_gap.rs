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
        for pair in chain.parts.windows(2).filter(|pair| pair[1].number > pair[0].number + 1) {
            let missing = without_siblings(doc, cx, chain, (pair[0].number + 1, pair[1].number - 1));
            if missing.is_empty() {
                continue;
            }
            let verb = if missing.len() == 1 && missing[0].0 == missing[0].1 { "is" } else { "are" };
            let message = format!(
                "the sections go from {} to {}: {} {verb} missing",
                pair[0].number,
                pair[1].number,
                list(&missing)
            );
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
        let Some((word, number)) = numbered(doc.slice(heading.content)) else { continue };
        let part = NumberedHeading { number, span: heading.span };
        match chains.iter_mut().find(|chain| chain.belongs(heading, word)) {
            Some(chain) => chain.parts.push(part),
            None => chains.push(Chain { level: heading.level, word, parts: vec![part] }),
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

/// Headings of one level that start with the same word.
struct Chain<'a> {
    level: u8,
    word: &'a str,
    parts: Vec<NumberedHeading>,
}

struct NumberedHeading {
    number: u32,
    span: Span,
}

impl Chain<'_> {
    fn belongs(&self, heading: &Heading, word: &str) -> bool {
        self.level == heading.level && self.word.eq_ignore_ascii_case(word)
    }

    /// Returns true if the numbers of the sections never decrease.
    fn rises(&self) -> bool {
        self.parts.len() >= 3 && self.parts.windows(2).all(|pair| pair[0].number < pair[1].number)
    }
}

/// Returns the word and number at the start of a heading, after emoji and markup.
fn numbered(text: &str) -> Option<(&str, u32)> {
    let start = text.find(|c: char| c.is_ascii_alphanumeric())?;
    let (word, rest) = text[start..].split_once(' ')?;
    if !SECTION_WORDS.iter().any(|known| known.eq_ignore_ascii_case(word)) {
        return None;
    }
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let number = rest[..end].parse().ok().filter(|_| end <= 5)?;
    // "Section 2.1" belongs to another level.
    let deeper = rest[end..].strip_prefix('.').is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()));
    (!deeper).then_some((word, number))
}
