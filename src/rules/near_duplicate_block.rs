//! `near-duplicate-block`: blocks that are nearly identical.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::copies::{Sets, copies};
use crate::facts::kin::Kin;
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::{DocId, ItemId};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::similarity::shingle::{Overlap, WordHashes, overlap, shingles, winnow, words};

pub(crate) static RULE: Rule = Rule {
    id: "near-duplicate-block",
    family: Family::Duplication,
    tier: Tier::Audit,
    severity: Severity::Info,
    stage: Stage::Structure,
    summary: "blocks are nearly identical",
    page: include_str!("../../rules/near-duplicate-block.md"),
    check: Check::Collection(check),
};

/// Minimum number of words of a compared block (a guess): shorter blocks resemble each other by chance. Code needs
/// twice as many.
const MIN_BLOCK_WORDS: usize = 20;
/// Length of a fingerprinted shingle, and number of consecutive shingles of which one fingerprint is kept (winnowing;
/// both guesses).
const FINGERPRINT_WORDS: usize = 12;
const WINDOW_WORDS: usize = 8;
/// Maximum number of places of a fingerprint (a guess): text in more places is boilerplate.
const MAX_FINGERPRINT_PLACES: usize = 8;
/// Length of a shingle in the similarity of two blocks (a guess).
const SHINGLE_WORDS: usize = 3;
/// Minimum share of the shingles of two blocks that both have, for prose and for code (both guesses).
const MIN_PROSE_SHARE: f64 = 0.8;
const MIN_CODE_SHARE: f64 = 0.9;
/// Minimum share of the smaller block that the larger one contains, for two blocks of one item (a guess).
const MIN_CONTAINED_SHARE: f64 = 0.8;
/// Minimum length of equal lines, in bytes: `duplicate-block` reports those (its `MIN_LIKELY_PROSE_BYTES`).
const MIN_EQUAL_BYTES: u32 = 90;
/// Minimum share of both blocks that equal lines cover, for which the pair is left to `duplicate-block` (a guess).
const MIN_EQUAL_SHARE: f64 = 0.5;
/// Length of a word with its space, in bytes (a guess), by which the words of two blocks are counted before they are read.
const WORD_BYTES: u32 = 6;
/// Minimum number of similar blocks for which two files are reported as a pair (a guess).
const MIN_SIMILAR_BLOCKS: usize = 3;
/// Minimum number of items with a repeated answer for which a file is reported as a whole (a guess): that many are the
/// habit of its authors.
const MIN_ITEMS_OF_FILE: usize = 5;

fn check(collection: &Collection, _cx: &Context<'_>, out: &mut Report) {
    // Two messages or cues may have nearly one text.
    let blocks: Vec<ComparableBlock> =
        collection.documents.iter().filter(|doc| !doc.has_entries()).flat_map(blocks).collect();
    let kin = Kin::new(collection);
    let mut pairs = are_similar_blocks(collection, &kin, &blocks, out);
    leave_equal_ones(collection, &kin, &blocks, &mut pairs);
    let (inside, apart): (Vec<BlockPair>, Vec<BlockPair>) =
        pairs.into_iter().partition(|pair| blocks[pair.first].is_beside(&blocks[pair.second]));
    answers(&blocks, &inside, out);
    let reported = file_pairs(collection, &blocks, &apart, out);
    let open = |pair: &&BlockPair| !reported.contains(&(blocks[pair.first].doc, blocks[pair.second].doc));
    groups(&blocks, &apart.iter().filter(open).collect::<Vec<_>>(), out);
}

/// A block that is long enough to be compared.
struct ComparableBlock {
    doc: DocId,
    span: Span,
    /// The outermost item that contains the block.
    item: Option<ItemId>,
    is_code: bool,
}

impl ComparableBlock {
    /// Returns true if both blocks belong to one item.
    fn is_beside(&self, other: &Self) -> bool {
        self.doc == other.doc && self.item.is_some() && self.item == other.item
    }

    fn words(&self, collection: &Collection) -> Vec<u64> {
        words(collection.document(self.doc).slice(self.span)).collect()
    }
}

/// Returns the paragraphs and code blocks of a document.
fn blocks(doc: &Document) -> Vec<ComparableBlock> {
    let mut blocks = Vec::new();
    let mut outermost: Option<ItemId> = None;
    let mut items = doc.items.iter().enumerate().filter(|(_, item)| item.parent.is_none()).peekable();
    for block in &doc.blocks {
        let is_code = matches!(block.kind, BlockKind::Code { .. });
        if block.kind != BlockKind::Paragraph && !is_code {
            continue;
        }
        while let Some((at, _)) = items.next_if(|(_, item)| item.span.start <= block.span.start) {
            outermost = Some(ItemId::new(at));
        }
        let inside = |item: &ItemId| doc[*item].body.contains_offset(block.span.start);
        blocks.push(ComparableBlock { doc: doc.id, span: block.span, item: outermost.filter(inside), is_code });
    }
    blocks
}

/// Two similar blocks, by their indices, in order.
struct BlockPair {
    first: usize,
    second: usize,
    overlap: Overlap,
}

/// Returns all pairs of blocks that are similar but not equal.
fn are_similar_blocks(
    collection: &Collection,
    kin: &Kin<'_>,
    blocks: &[ComparableBlock],
    out: &mut Report,
) -> Vec<BlockPair> {
    let mut pairs = Vec::new();
    let mut of_first: Option<(usize, Vec<u64>, Vec<u64>)> = None;
    for (first, second) in candidates(collection, blocks) {
        let (a, b) = (&blocks[first], &blocks[second]);
        let is_compared = a.is_code == b.is_code && !kin.are(a.doc, b.doc);
        let steps = (a.span.len() + b.span.len()) / WORD_BYTES;
        if !is_compared || !out.take_steps(collection.document(b.doc), steps as usize) {
            continue;
        }
        if of_first.as_ref().is_none_or(|(at, ..)| *at != first) {
            let words = a.words(collection);
            let set = set(&words);
            of_first = Some((first, words, set));
        }
        let Some((_, words, shingles)) = &of_first else { continue };
        let others = b.words(collection);
        if *words == others {
            continue;
        }
        let overlap = overlap(shingles, &set(&others));
        let enough = if a.is_code { MIN_CODE_SHARE } else { MIN_PROSE_SHARE };
        if overlap.jaccard >= enough || (!a.is_code && a.is_beside(b) && overlap.containment >= MIN_CONTAINED_SHARE) {
            pairs.push(BlockPair { first, second, overlap });
        }
    }
    pairs
}

/// Removes the pairs that have most of their lines in common, because those are copies.
fn leave_equal_ones(collection: &Collection, kin: &Kin<'_>, blocks: &[ComparableBlock], pairs: &mut Vec<BlockPair>) {
    let found = copies(collection, kin, MIN_EQUAL_BYTES);
    let mut equal: BTreeMap<(DocId, DocId), Vec<(Span, Span)>> = BTreeMap::new();
    for copy in found.anywhere.iter().chain(&found.within) {
        let spans = (copy.source.span(collection), copy.at.span(collection));
        equal.entry((copy.source.doc, copy.at.doc)).or_default().push(spans);
    }
    pairs.retain(|pair| {
        let (a, b) = (&blocks[pair.first], &blocks[pair.second]);
        let Some(equal) = equal.get(&(a.doc, b.doc)) else { return true };
        let shared = |(source, at): &(Span, Span)| (common(a.span, *source), common(b.span, *at));
        let most = |one: u32, span: Span| f64::from(one) >= MIN_EQUAL_SHARE * f64::from(span.len());
        !equal.iter().map(shared).any(|(of_a, of_b)| most(of_a, a.span) && most(of_b, b.span))
    });
}

/// Returns the length of the overlap of two spans, in bytes.
fn common(a: Span, b: Span) -> u32 {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

/// Returns the distinct shingles, sorted.
fn set(words: &[u64]) -> Vec<u64> {
    let mut set: Vec<u64> = shingles(words, SHINGLE_WORDS).collect();
    set.sort_unstable();
    set.dedup();
    set
}

/// Returns the pairs of blocks that share a fingerprint other than boilerplate, sorted.
fn candidates(collection: &Collection, blocks: &[ComparableBlock]) -> Vec<(usize, usize)> {
    let mut prints: Vec<(u64, u32)> = Vec::new();
    let (mut reader, mut words) = (WordHashes::default(), Vec::new());
    for (at, block) in blocks.iter().enumerate() {
        let least = if block.is_code { 2 * MIN_BLOCK_WORDS } else { MIN_BLOCK_WORDS };
        // Any word but the last has a letter and a character that divides it from the next.
        if (block.span.len() as usize) < 2 * least - 1 {
            continue;
        }
        reader.read(collection.document(block.doc).slice(block.span), &mut words);
        if words.len() >= least {
            let mut chosen = winnow(shingles(&words, FINGERPRINT_WORDS), WINDOW_WORDS);
            chosen.sort_unstable();
            chosen.dedup();
            prints.extend(chosen.into_iter().map(|print| (print, at as u32)));
        }
    }
    prints.sort_unstable();
    let mut pairs = Vec::new();
    for places in prints.chunk_by(|a, b| a.0 == b.0).filter(|places| places.len() <= MAX_FINGERPRINT_PLACES) {
        for (at, first) in places.iter().enumerate() {
            pairs.extend(places[at + 1..].iter().map(|second| (first.1 as usize, second.1 as usize)));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Reports each item that repeats itself, or the whole file if many do.
fn answers(blocks: &[ComparableBlock], pairs: &[BlockPair], out: &mut Report) {
    let mut items: BTreeMap<(DocId, Option<ItemId>), BTreeSet<usize>> = BTreeMap::new();
    for pair in pairs {
        let block = &blocks[pair.first];
        items.entry((block.doc, block.item)).or_default().extend([pair.first, pair.second]);
    }
    let items: Vec<BTreeSet<usize>> = items.into_values().collect();
    let doc = |item: &BTreeSet<usize>| item.first().map(|&block| blocks[block].doc);
    for of_doc in items.chunk_by(|a, b| doc(a) == doc(b)) {
        if of_doc.len() >= MIN_ITEMS_OF_FILE {
            answers_of_a_file(blocks, of_doc, out);
        } else {
            of_doc.iter().for_each(|item| answer(blocks, item, out));
        }
    }
}

fn answer(blocks: &[ComparableBlock], item: &BTreeSet<usize>, out: &mut Report) {
    let Some(&last) = item.last() else { return };
    let finding = out.find(blocks[last].doc, blocks[last].span, "this item gives the same answer twice");
    finding.label("nearly identical");
    for &other in item.iter().filter(|&&other| other != last) {
        finding.related(blocks[other].doc, blocks[other].span, "first here");
    }
}

fn answers_of_a_file(blocks: &[ComparableBlock], items: &[BTreeSet<usize>], out: &mut Report) {
    let places = |item: &BTreeSet<usize>| item.first().zip(item.last()).map(|(&first, &last)| (first, last));
    let mut places = items.iter().filter_map(places);
    let Some((first, last)) = places.next() else { return };
    let doc = blocks[last].doc;
    let message = format!("{} items of this file give the same answer twice", items.len());
    let finding = out.find(doc, blocks[last].span, message);
    finding.label("nearly identical").related(doc, blocks[first].span, "first here");
    for (first, last) in places {
        finding.related(doc, blocks[first].span, "first here").related(doc, blocks[last].span, "and here again");
    }
}

/// Reports pairs of files with several nearly identical blocks. Returns the reported pairs.
fn file_pairs(
    collection: &Collection,
    blocks: &[ComparableBlock],
    pairs: &[BlockPair],
    out: &mut Report,
) -> BTreeSet<(DocId, DocId)> {
    let mut files: BTreeMap<(DocId, DocId), Vec<&BlockPair>> = BTreeMap::new();
    for pair in pairs {
        let docs = (blocks[pair.first].doc, blocks[pair.second].doc);
        if docs.0 != docs.1 {
            files.entry(docs).or_default().push(pair);
        }
    }
    files.retain(|_, pairs| pairs.len() >= MIN_SIMILAR_BLOCKS);
    for (&(early, late), pairs) in &mut files {
        pairs.sort_by_key(|pair| (pair.second, pair.first));
        let other = collection.document(early).source.display();
        let count = pairs.chunk_by(|a, b| a.second == b.second).count();
        let message = format!("{count} blocks of this file are nearly identical to blocks of `{other}`");
        let finding = out.find(late, blocks[pairs[0].second].span, message);
        for pair in pairs.iter() {
            let line = collection.document(late).position(blocks[pair.second].span.start).line;
            let share = percent(pair.overlap);
            finding.related(early, blocks[pair.first].span, format!("{share} of line {line}"));
        }
        for pair in &pairs[1..] {
            finding.related(late, blocks[pair.second].span, "");
        }
    }
    files.into_keys().collect()
}

fn percent(overlap: Overlap) -> String {
    format!("{} %", (overlap.jaccard * 100.0).floor() as u32)
}

/// Reports groups of nearly identical blocks.
fn groups(blocks: &[ComparableBlock], pairs: &[&BlockPair], out: &mut Report) {
    let mut sets = Sets::new(blocks.len());
    for pair in pairs {
        sets.join(pair.first, pair.second);
    }
    let mut groups: BTreeMap<usize, (BTreeSet<usize>, Overlap)> = BTreeMap::new();
    for pair in pairs {
        let entry = groups.entry(sets.first_of(pair.first)).or_insert((BTreeSet::new(), pair.overlap));
        entry.0.extend([pair.first, pair.second]);
    }
    for (first, (places, overlap)) in groups {
        let mut others = places.into_iter().filter(|&place| place != first);
        let Some(second) = others.next() else { continue };
        let (a, b) = (&blocks[first], &blocks[second]);
        let finding = out.find(b.doc, b.span, "this block is nearly identical to another");
        finding.label(format!("{} of it agrees", percent(overlap)));
        finding.related(a.doc, a.span, "the other");
        for other in others {
            finding.related(blocks[other].doc, blocks[other].span, "and here");
        }
    }
}
