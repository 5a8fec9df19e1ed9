//! The content of a comparison of versions, which every output format shares.
//!
//! May use the model. The formats are in `compare_human`, `compare_json` and `page`.

use similar::{ChangeTag, TextDiff};

use crate::model::alignment::{AlignedPair, Alignment, ItemRef, SectionRef, Verdict};
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::finding::Finding;
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
        let title = spelling.of(doc, item.title);
        let line = |text: &str| text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("").to_owned();
        if title.trim().is_empty() {
            line(&spelling.of(doc, item.body))
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
        let title = spelling.of(doc, heading.content).replace("**", "").trim().to_owned();
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
    fn of(self, doc: &Document, span: Span) -> String {
        match self {
            Self::Written => doc.slice(span).to_owned(),
            Self::Mended => doc.repaired(span),
        }
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
