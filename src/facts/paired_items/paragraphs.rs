//! The paragraphs of two items, and which of them correspond: title, paragraphs, list entries, cells and code blocks.
//!
//! Aligned in their order by features that no language translates, kind and length (the idea of W. A. Gale and K. W.
//! Church, 1993, with the features added), because a translation may divide a paragraph or leave one out.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::ComparedItem;
use super::links;
use crate::model::document::{Block, BlockKind};
use crate::model::span::Span;
use crate::text::values::literals;
use crate::text::values::order::in_order;
use crate::text::words::hash;

/// Maximum number of pairs of paragraphs that are compared for one pair of items (16 MB of sums): items with more are not
/// compared by paragraph.
const MAX_PARAGRAPH_PAIRS: usize = 4_000_000;
/// Weight of the order of two paragraphs of one kind, in units of all features being equal, as the weights below (guesses).
const ORDER_WEIGHT: f32 = 0.3;
/// Weight against two paragraphs that have features, none of them in common.
const NOTHING_SHARED_WEIGHT: f32 = -0.2;
/// Weight of equal lengths; of lengths whose ratio is 0, the negative.
const LENGTH_WEIGHT: f32 = 0.25;
/// Length that is added to both lengths before they are compared, in characters, because the ratio of short ones is chance.
const LENGTH_OFFSET_CHARS: f32 = 12.0;

/// Maximum number of paragraphs of an item that have a feature by which they are known (a guess): one that more of them
/// have says nothing.
const MAX_PARAGRAPHS_OF_FEATURE: usize = 3;

/// Kind of a paragraph: those of two kinds never correspond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParagraphKind {
    /// The title of the item.
    Title,
    /// A paragraph, also one in a quotation.
    Text,
    /// The text of a list entry.
    Entry,
    /// A heading within the item.
    Heading,
    /// A cell of a table.
    Cell,
    /// A code block.
    Code,
}

impl ParagraphKind {
    /// All kinds, in their order.
    const ALL: [Self; 6] = [Self::Title, Self::Text, Self::Entry, Self::Heading, Self::Cell, Self::Code];
}

/// A paragraph of an item.
#[derive(Debug, Clone)]
pub struct Paragraph {
    pub kind: ParagraphKind,
    /// Its bytes in the source.
    pub span: Span,
    /// Its bytes in the prose of the document; empty for code.
    pub prose: Range<usize>,
    /// Hashes of its features, sorted, each once.
    features: Vec<u64>,
    characters: usize,
}

impl Paragraph {
    fn new(item: &ComparedItem<'_>, kind: ParagraphKind, span: Span, prose: Range<usize>) -> Self {
        let mut found = Self { kind, span, prose, features: Vec::new(), characters: 0 };
        if kind == ParagraphKind::Code {
            let lines = item.doc.slice(span).lines().filter(|line| line.trim().len() > 2);
            found.features.extend(lines.map(|line| hash(line.trim())));
        } else {
            let text = found.text(item);
            found.characters = text.chars().filter(|c| !c.is_whitespace()).count();
            let told = literals::tokens(text).into_iter().map(|token| match token.kind {
                literals::LiteralKind::Date => hash(&literals::date_key(token.text)),
                _ => hash(token.text),
            });
            let numbers = text.split(|c: char| !c.is_numeric()).filter(|number| number.chars().count() > 1);
            found.features.extend(told.chain(numbers.map(hash)));
            found
                .features
                .extend(links::targets_in(item.doc, span).into_iter().map(|link| hash(&links::key(link.target))));
            found.features.extend(item.codes_in(span).map(|code| hash(item.doc.slice(code))));
        }
        found.features.sort_unstable();
        found.features.dedup();
        found
    }

    /// Returns its prose; empty for code.
    pub fn text<'a>(&self, item: &'a ComparedItem<'_>) -> &'a str {
        item.doc.prose.text().get(self.prose.clone()).unwrap_or("")
    }

    fn shared(&self, other: &Self) -> usize {
        self.features.iter().filter(|feature| other.features.binary_search(feature).is_ok()).count()
    }
}

/// Returns the paragraphs of an item in their order, the title first.
pub fn paragraphs(item: &ComparedItem<'_>) -> Vec<Paragraph> {
    let doc = item.doc;
    let title = doc.prose.range_of(item.title);
    let mut found = vec![Paragraph::new(item, ParagraphKind::Title, item.title, title)];
    let body = item.body;
    let start = doc.prose.blocks.partition_point(|block| doc[block.block].span.start < body.start);
    let inside = doc.prose.blocks[start..].iter().take_while(|block| doc[block.block].span.end <= body.end);
    found.extend(inside.map(|block| {
        let own = &doc[block.block];
        let parent = own.parent.map(|parent| &doc[parent]);
        let kind = kind_of(own, parent);
        let prose = block.range.start as usize..block.range.end as usize;
        // The text of a tight entry is without the markup at its ends.
        let span = match parent.filter(|_| kind == ParagraphKind::Entry) {
            Some(entry) => {
                let before =
                    doc.blocks[..block.block.index()].last().filter(|before| before.span.end <= own.span.start);
                let after = doc.blocks.get(block.block.index() + 1).map_or(entry.span.end, |after| after.span.start);
                let start = before.map_or(entry.span.start, |before| before.span.end.max(entry.span.start));
                Span::new(start, after.clamp(own.span.end, entry.span.end.max(own.span.end)))
            }
            None => own.span,
        };
        Paragraph::new(item, kind, span, prose)
    }));
    let start = doc.blocks.partition_point(|block| block.span.start < body.start);
    let blocks = doc.blocks[start..].iter().take_while(|block| block.span.start < body.end);
    let code = blocks.filter(|block| matches!(block.kind, BlockKind::Code { .. }));
    found.extend(code.map(|block| Paragraph::new(item, ParagraphKind::Code, block.span, 0..0)));
    found[1..].sort_by_key(|paragraph| paragraph.span.start);
    let mut counts: FxHashMap<u64, usize> = FxHashMap::default();
    found
        .iter()
        .flat_map(|paragraph| &paragraph.features)
        .for_each(|feature| *counts.entry(*feature).or_default() += 1);
    for paragraph in &mut found {
        paragraph
            .features
            .retain(|feature| counts.get(feature).is_none_or(|count| *count <= MAX_PARAGRAPHS_OF_FEATURE));
    }
    found
}

fn kind_of(block: &Block, parent: Option<&Block>) -> ParagraphKind {
    match (&block.kind, parent.map(|parent| &parent.kind)) {
        (BlockKind::Heading(_), _) => ParagraphKind::Heading,
        (BlockKind::TableCell, _) => ParagraphKind::Cell,
        (_, Some(BlockKind::ListItem)) => ParagraphKind::Entry,
        _ => ParagraphKind::Text,
    }
}

/// Returns the indices of the paragraphs that correspond beyond doubt: all of them, where both items have the same kinds of
/// paragraphs in one order; else those that share a feature or are the only ones of their kind, and those between two such pairs.
/// `None` if there are too many to compare.
pub fn aligned(left: &[Paragraph], right: &[Paragraph]) -> Option<Vec<(usize, usize)>> {
    let is_parallel = left.len() == right.len() && left.iter().zip(right).all(|(a, b)| a.kind == b.kind);
    let is_disjoint =
        |(a, b): (&Paragraph, &Paragraph)| !a.features.is_empty() && !b.features.is_empty() && a.shared(b) == 0;
    // The texts before the first items may be about different things, such as the news of a translation.
    let are_items = [left, right].iter().all(|side| side.first().is_some_and(|title| !title.prose.is_empty()));
    if are_items && is_parallel && !left.iter().zip(right).any(is_disjoint) {
        return Some((0..left.len()).map(|at| (at, at)).collect());
    }
    if left.len().saturating_mul(right.len()) > MAX_PARAGRAPH_PAIRS {
        return None;
    }
    let path = best_path(left, right);
    let count =
        |side: &[Paragraph], kind: ParagraphKind| side.iter().filter(|paragraph| paragraph.kind == kind).count();
    let is_only = ParagraphKind::ALL.map(|kind| count(left, kind) == 1 && count(right, kind) == 1);
    let is_sure = |&(a, b): &(usize, usize)| left[a].shared(&right[b]) > 0 || is_only[left[a].kind as usize];
    if !are_items {
        return Some(path.into_iter().filter(|(a, b)| left[*a].shared(&right[*b]) > 0).collect());
    }
    if is_parallel && path.iter().all(|pair| pair.0 == pair.1 || !is_sure(pair)) {
        return Some((0..left.len()).map(|at| (at, at)).collect());
    }
    // A pair is between two sure ones if these are next to it on both sides; the ends of the items are sure.
    let mut sure: Vec<bool> = path.iter().map(is_sure).collect();
    let next_to = |at: usize, other: usize| {
        let ((a, b), (c, d)) = (path[at], path[other]);
        a.abs_diff(c) == 1 && b.abs_diff(d) == 1
    };
    for at in 0..path.len() {
        let before = match at.checked_sub(1) {
            Some(before) => sure[before] && next_to(at, before),
            None => path[at] == (0, 0),
        };
        let after = match path.get(at + 1) {
            Some(after) => is_sure(after) && next_to(at, at + 1),
            None => path[at] == (left.len() - 1, right.len() - 1),
        };
        sure[at] |= before && after;
    }
    Some(path.into_iter().zip(sure).filter_map(|(pair, sure)| sure.then_some(pair)).collect())
}

/// Returns the pairs of the best alignment of paragraphs in order.
fn best_path(left: &[Paragraph], right: &[Paragraph]) -> Vec<(usize, usize)> {
    let characters = |side: &[Paragraph]| side.iter().map(|paragraph| paragraph.characters).sum::<usize>().max(1);
    let growth = characters(right) as f32 / characters(left) as f32;
    in_order((left.len(), right.len()), |a, b| score(&left[a], &right[b], growth))
}

/// Returns the evidence for two paragraphs to correspond; they do not at 0 or less.
fn score(left: &Paragraph, right: &Paragraph, growth: f32) -> f32 {
    if left.kind != right.kind {
        return 0.0;
    }
    let (fewer, more) = (left.features.len().min(right.features.len()), left.features.len().max(right.features.len()));
    let features = match left.shared(right) {
        0 if fewer == 0 => 0.0,
        0 => NOTHING_SHARED_WEIGHT,
        shared => shared as f32 / more as f32,
    };
    let (a, b) = (left.characters as f32 * growth + LENGTH_OFFSET_CHARS, right.characters as f32 + LENGTH_OFFSET_CHARS);
    ORDER_WEIGHT + features + LENGTH_WEIGHT * (2.0 * a.min(b) / a.max(b) - 1.0)
}

/// Returns inline code without its backticks.
pub fn inner(code: &str) -> &str {
    code.trim_matches('`').trim()
}
