//! The content of a comparison of versions, which every output format shares.
//!
//! May use the model. The formats are in `compare_human`, `compare_json` and `page`.

use std::collections::BTreeSet;

use similar::{ChangeTag, TextDiff};

use crate::model::alignment::{AlignedPair, Alignment, ItemRef, SectionRef, Verdict};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::item::{Item, Number};
use crate::model::span::Span;
use crate::model::work::{Role, Version, Work};

/// Versions, their alignments, and the findings about them.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// The documents of all versions.
    pub collection: &'a Collection,
    /// The versions with their alignments.
    pub work: &'a Work,
    /// The name of each version, as typed.
    pub names: &'a [String],
    /// The findings about the versions.
    pub findings: &'a [Finding],
}

impl Comparison<'_> {
    /// Returns the number of items of the version with this index in the work.
    pub fn items(&self, version: usize) -> usize {
        let documents = self.work.versions[version].documents.iter();
        documents.map(|id| self.collection.document(*id).units(self.work.basis).len()).sum()
    }

    /// Returns the documents of the base version with items that a translation has no page for, each with the number of
    /// its items. Pages are aligned one by one, so that no row is about them.
    pub fn untranslated_pages(&self, other: usize) -> Vec<(&Document, usize)> {
        let Some(alignment) = other.checked_sub(1).and_then(|at| self.work.alignments.get(at)) else {
            return Vec::new();
        };
        let (first, translation) = (&self.work.versions[0], &self.work.versions[other]);
        if !first.is_translated(translation) {
            return Vec::new();
        }
        let known: BTreeSet<DocId> = alignment.pairs.iter().filter_map(|pair| Some(pair.base?.doc)).collect();
        let left_out = first.documents.iter().filter(|id| !known.contains(id));
        let counted =
            left_out.map(|id| self.collection.document(*id)).map(|doc| (doc, doc.units(self.work.basis).len()));
        counted.filter(|(_, items)| *items > 0).collect()
    }
}

/// Number of pairs with each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VerdictCounts {
    /// In the order of the variants of `Verdict`.
    counts: [usize; 6],
}

/// The verdicts, in the order in which reports list them.
pub const VERDICTS: [Verdict; 6] =
    [Verdict::Same, Verdict::Reworded, Verdict::Different, Verdict::Moved, Verdict::BaseOnly, Verdict::DerivedOnly];

impl VerdictCounts {
    /// Counts these verdicts.
    pub fn new(verdicts: impl Iterator<Item = Verdict>) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            counts.counts[verdict as usize] += 1;
        }
        counts
    }

    /// Returns the number of pairs with this verdict.
    pub fn of(self, verdict: Verdict) -> usize {
        self.counts[verdict as usize]
    }
}

impl<'a> Comparison<'a> {
    /// Returns each derived version with its index and its alignment with the base version.
    pub fn others(&self) -> impl Iterator<Item = (usize, &'a Version, &'a Alignment)> {
        let work = self.work;
        let others = work.versions.iter().enumerate().skip(1);
        others.zip(&work.alignments).map(|((at, version), alignment)| (at, version, alignment))
    }

    /// Returns an item with its document.
    pub fn item(&self, item: ItemRef) -> Option<(&'a Document, &'a Item)> {
        let doc = self.collection.document(item.doc);
        Some((doc, doc.unit(item.item)?))
    }

    /// Returns the number of an item.
    pub fn number(&self, item: ItemRef) -> Option<Number> {
        self.item(item)?.1.number
    }

    /// Returns the title of an item on one line or, for an item without a title, its first line.
    pub fn title(&self, item: ItemRef, spelling: Spelling) -> String {
        let Some((doc, item)) = self.item(item) else { return String::new() };
        let title = spelling.title(doc, item.title);
        let line = |text: &str| text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("").to_owned();
        if title.trim().is_empty() {
            line(&spelling.of(doc, item.body))
        } else if spelling == Spelling::Mended && title.trim_matches(['`', '*', '_', ' ']).is_empty() {
            doc.slice(item.title).trim().to_owned()
        } else {
            title.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }

    /// Returns the titles of a pair for people, with the differences marked. Titles in two languages are left unmarked,
    /// because everything in them differs.
    pub fn marked_titles(&self, pair: &AlignedPair, other: usize) -> (Marked, Marked) {
        let [left, right] = [pair.base, pair.derived].map(|item| item.map(|item| self.title(item, Spelling::Mended)));
        let comparable = pair.verdict != Verdict::Same && !self.is_translated(other);
        match (left, right) {
            (Some(left), Some(right)) if comparable => differences(&left, &right),
            (left, right) => (whole(left), whole(right)),
        }
    }

    /// Returns true if the version with this index in the work is in another language than the base version.
    fn is_translated(&self, other: usize) -> bool {
        [0, other].iter().any(|at| self.work.versions[*at].role == Role::Translation)
    }

    /// Returns the 1-based line of an item.
    pub fn line(&self, item: ItemRef) -> u32 {
        self.item(item).map_or(0, |(doc, item)| doc.position(item.span.start).line)
    }

    /// Returns the heading of a section on one line, with its document and its 1-based line.
    pub fn section(&self, section: SectionRef, spelling: Spelling) -> Option<(&'a Document, String, u32)> {
        let doc = self.collection.document(section.doc);
        let found = doc.sections.get(section.section.index())?;
        let heading = doc.headings.get(found.heading.index())?;
        let title = spelling.title(doc, heading.content).replace("**", "").trim().to_owned();
        Some((doc, title, doc.position(heading.span.start).line))
    }
}

/// Treatment of mojibake in titles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Kept as in the file: for programs.
    Written,
    /// Repaired: for people.
    Mended,
}

impl Spelling {
    /// Returns a title: for people without its markup.
    fn title(self, doc: &Document, span: Span) -> String {
        let title = self.of(doc, span);
        if self == Self::Mended { as_read(&title) } else { title }
    }

    fn of(self, doc: &Document, span: Span) -> String {
        match self {
            Self::Written => doc.slice(span).to_owned(),
            Self::Mended => doc.repaired(span),
        }
    }
}

/// Names of HTML elements that occur in titles and are not shown.
const HIDDEN_TAGS: [&str; 13] =
    ["a", "b", "br", "code", "em", "i", "img", "kbd", "small", "span", "strong", "sub", "sup"];

/// Returns a title as a reader of the page sees it: without the marks of code, strong emphasis, links and images, without
/// the backslashes of escapes, and without HTML tags.
fn as_read(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    let mut rest = title;
    while let Some(c) = rest.chars().next() {
        let (shown, len) = match c {
            '\\' if rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) => (rest[1..2].to_owned(), 2),
            '`' => code(rest),
            '[' => link(rest, 0),
            '!' if rest[1..].starts_with('[') => link(rest, 1),
            '<' => tag(rest),
            '*' if rest.starts_with("**") => (String::new(), 2),
            '_' if rest.starts_with("__") && !out.ends_with(char::is_alphanumeric) => strong(rest),
            c => (c.to_string(), c.len_utf8()),
        };
        out.push_str(&shown);
        rest = &rest[len..];
    }
    out
}

/// Returns the text of the inline code that `rest` starts with, and the length of the code.
fn code(rest: &str) -> (String, usize) {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let closing = |at: &usize| {
        let after = &rest[*at..];
        after.len() - after.trim_start_matches('`').len() == ticks && !rest[..*at].ends_with('`')
    };
    match rest.match_indices('`').map(|(at, _)| at).skip(ticks).find(closing) {
        Some(end) => (rest[ticks..end].trim().to_owned(), end + ticks),
        None => (rest[..ticks].to_owned(), ticks),
    }
}

/// Returns the text of the link or image whose bracket is at `at`, and the length of all of it.
fn link(rest: &str, at: usize) -> (String, usize) {
    let mark = || (rest[..=at].to_owned(), at + 1);
    let Some(end) = rest.find("](") else { return mark() };
    let Some(close) = rest[end..].find(')').filter(|_| !rest[at + 1..end].contains('[')) else { return mark() };
    (as_read(&rest[at + 1..end]), end + close + 1)
}

/// Returns nothing for the HTML tag that `rest` starts with, and its length; the sign alone if it starts with none.
fn tag(rest: &str) -> (String, usize) {
    let name = rest[1..].trim_start_matches('/');
    let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
    match rest.find('>').filter(|_| HIDDEN_TAGS.contains(&name)) {
        Some(end) => (String::new(), end + 1),
        None => ("<".to_owned(), 1),
    }
}

/// Returns the text between two marks of strong emphasis that `rest` starts with, and the length of all of it.
fn strong(rest: &str) -> (String, usize) {
    match rest[2..].find("__").filter(|len| *len > 0) {
        Some(len) => (as_read(&rest[2..2 + len]), len + 4),
        None => ("__".to_owned(), 2),
    }
}

fn whole(text: Option<String>) -> Marked {
    text.map(|text| (TitlePart::Common, text)).into_iter().collect()
}

/// Kind of a part of a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitlePart {
    /// The other title has the part as well.
    Common,
    /// The other title does not have the part.
    Own,
}

/// A title, divided into parts.
pub type Marked = Vec<(TitlePart, String)>;

/// Returns two titles divided into the parts that both have, and those that only one has. Words are compared as wholes.
fn differences(left: &str, right: &str) -> (Marked, Marked) {
    let diff = TextDiff::from_words(left, right);
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                push(&mut a, TitlePart::Common, text);
                push(&mut b, TitlePart::Common, text);
            }
            ChangeTag::Delete => push(&mut a, TitlePart::Own, text),
            ChangeTag::Insert => push(&mut b, TitlePart::Own, text),
        }
    }
    (a, b)
}

fn push(parts: &mut Vec<(TitlePart, String)>, mark: TitlePart, text: &str) {
    match parts.last_mut() {
        Some((last, so_far)) if *last == mark => so_far.push_str(text),
        _ => parts.push((mark, text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_of_code_and_links_were_shown_in_titles() {
        for (title, shown) in [
            ("What does `git stash` do?", "What does git stash do?"),
            ("`` a`b `` and `c`", "a`b and c"),
            ("See [the `gate`](gate.md) and ![the lock](lock.png)", "See the gate and the lock"),
            ("**Bold** and __strong__ text", "Bold and strong text"),
            ("Why is 2 \\* 3 < 7, and `Vec<u8>` a <b>type</b>?", "Why is 2 * 3 < 7, and Vec<u8> a type?"),
            ("An open ` tick, [a] bracket, and Vec<T>", "An open ` tick, [a] bracket, and Vec<T>"),
        ] {
            assert_eq!(as_read(title), shown, "{title}");
        }
    }
}
