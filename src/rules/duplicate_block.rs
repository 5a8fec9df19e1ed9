//! `duplicate-block`: the same text stands twice, told as an editor thinks: files first, then pairs, then blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::facts::copies::{CopiedLines, Copies, Copy, Sets, copies, covered, groups, regions};
use crate::facts::kin::Kin;
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::line_fingerprint::{FingerprintPosition, LineFingerprint};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "duplicate-block",
    family: Family::Duplication,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "the same block, or most of a file, stands twice",
    page: include_str!("../../rules/duplicate-block.md"),
    check: Check::Collection(check),
};

/// Shorter stretches (in bytes after normalisation) are not looked at.
const LEAST: u32 = 60;
/// Prose of this many bytes is not repeated by chance or as a set phrase: within one file, ...
const PROSE: u32 = 150;
/// ... and across files, where a paragraph is more often repeated with a purpose.
const PROSE_ACROSS: u32 = 250;
/// Shorter lines (list entries, table rows) recur for good reasons, as in a table of contents: they count for a third.
const SHORT_LINE: u32 = 60;
/// Code repeats itself more, as examples build on each other: it takes this many bytes, ...
const CODE: u32 = 300;
/// ... and this many lines.
const CODE_LINES: u32 = 8;
/// From so many bytes on a block is worth an editor's look.
const LIKELY_PROSE: u32 = 90;
const LIKELY_CODE: u32 = 150;
/// A block that stands in more places is there on purpose.
const MOST_PLACES: usize = 4;
/// So many further places are named, however many there are.
const MOST_LABELS: usize = 100;
/// A file of which this share stands in another is told of as a file.
const MOST_OF_A_FILE: f64 = 0.8;
/// A file with fewer bytes is a stub: stubs are alike.
const STUB: u64 = 200;
/// Two files that share this many blocks, or this share of one of them, are told of as a pair.
const BLOCKS_OF_A_PAIR: usize = 3;
const SHARE_OF_A_PAIR: f64 = 0.25;
/// Blocks with so few lines between them, in both files, are one region.
const GAP: u32 = 8;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    let kin = Kin::new(collection);
    let Copies { anywhere, within } = copies(collection, &kin, LEAST);
    let told = Files::new(collection, &kin, &anywhere).tell(out);
    let across = anywhere.iter().filter(|copy| copy.at.doc != copy.source.doc);
    let open = across.filter(|copy| !told.contains(&(copy.source.doc, copy.at.doc)));
    let rest = within.iter().chain(open).filter_map(|copy| copy.trimmed(CODE_LINES, collection));
    let rest: Vec<Copy> = rest
        .filter(|copy| match tier(copy, collection) {
            Some(tier) => cx.audit || tier == Tier::Gate || is_adjacent(copy),
            None => is_adjacent(copy),
        })
        .collect();
    for places in groups(&rest) {
        block(collection, &places, out);
    }
}

/// How sure it is that what stands twice should stand only once; `None` if it well may.
fn tier(copy: &Copy, collection: &Collection) -> Option<Tier> {
    let (mut prose, mut code, mut lines) = (0, 0, 0);
    for print in copy.at.prints(collection) {
        let size = u32::from(print.size);
        match print.place {
            FingerprintPosition::Prose if size < SHORT_LINE => prose += size / 3,
            FingerprintPosition::Prose => prose += size,
            FingerprintPosition::Code => (code, lines) = (code + size, lines + 1),
            FingerprintPosition::Heading => {}
        }
    }
    let is_code = |least: u32| code >= least && lines >= CODE_LINES;
    let whole = copy.has_whole_blocks(collection);
    let enough = match copy {
        _ if is_adjacent(copy) => LIKELY_PROSE,
        _ if copy.at.doc == copy.source.doc => PROSE,
        _ => PROSE_ACROSS,
    };
    if prose >= enough || (is_code(CODE) && whole) {
        Some(Tier::Gate)
    } else if prose >= LIKELY_PROSE || is_code(CODE) || (is_code(LIKELY_CODE) && whole) {
        Some(Tier::Audit)
    } else {
        None
    }
}

/// Whether the two places follow each other.
fn is_adjacent(copy: &Copy) -> bool {
    copy.at.doc == copy.source.doc && copy.at.first == copy.source.end
}

/// The copies between documents, by the two that they are of.
struct Files<'a> {
    collection: &'a Collection,
    kin: &'a Kin<'a>,
    pairs: BTreeMap<(DocId, DocId), Vec<Copy>>,
    /// Lines of so many documents that they are there on purpose: notices, footers, what a template brings along.
    boilerplate: FxHashSet<u64>,
    /// How much each document has of its own.
    weights: Vec<u64>,
}

/// How much of a document stands in another.
#[derive(Clone, Copy)]
struct Share {
    doc: DocId,
    within: DocId,
    share: f64,
    /// The share of the other one that stands in this one.
    of_other: f64,
}

impl<'a> Files<'a> {
    fn new(collection: &'a Collection, kin: &'a Kin<'a>, all: &[Copy]) -> Self {
        let mut pairs: BTreeMap<(DocId, DocId), Vec<Copy>> = BTreeMap::new();
        for &copy in all.iter().filter(|copy| copy.at.doc != copy.source.doc) {
            pairs.entry((copy.source.doc, copy.at.doc)).or_default().push(copy);
        }
        let boilerplate = boilerplate(collection, all);
        let own = |print: &&LineFingerprint| !boilerplate.contains(&print.hash);
        let weight = |doc: &Document| doc.line_fingerprints.iter().filter(own).map(|print| u64::from(print.size)).sum();
        let weights = collection.documents.iter().map(weight).collect();
        Self { collection, kin, pairs, boilerplate, weights }
    }

    /// Tells of files and of pairs of files; returns the pairs that need no further word.
    fn tell(&self, out: &mut Report) -> BTreeSet<(DocId, DocId)> {
        let mut told = BTreeSet::new();
        let mut most: Vec<Share> = Vec::new();
        let mut equal: BTreeMap<u64, BTreeSet<DocId>> = BTreeMap::new();
        for (&pair, copies) in &self.pairs {
            if self.kin.are_identical(pair.0, pair.1) && self.size(pair.0) >= STUB {
                equal.entry(self.kin.print(pair.0)).or_default().extend([pair.0, pair.1]);
                told.insert(pair);
                continue;
            }
            let share = self.share(pair, copies);
            if share.share >= MOST_OF_A_FILE {
                most.push(share);
            } else if self.is_pair(share, copies) {
                self.pair(share, out);
            } else {
                continue;
            }
            told.insert(pair);
        }
        for docs in equal.values() {
            self.same(docs, out);
        }
        // What is a copy of one of some equal files is told of once.
        most.retain(|share| {
            let first =
                |doc: DocId| equal.get(&self.kin.print(doc)).and_then(|docs| docs.first().copied()).unwrap_or(doc);
            first(share.doc) == share.doc && first(share.within) == share.within
        });
        self.whole_files(most, out);
        told
    }

    /// How much a document says, whatever others say.
    fn size(&self, doc: DocId) -> u64 {
        self.collection.document(doc).line_fingerprints.iter().map(|print| u64::from(print.size)).sum()
    }

    /// A copy without what is there on purpose.
    fn own_part(&self, copy: &Copy) -> u64 {
        let own = copy.at.prints(self.collection).iter().filter(|print| !self.boilerplate.contains(&print.hash));
        own.map(|print| u64::from(print.size)).sum()
    }

    /// The share of the one of which more stands in the other.
    fn share(&self, (early, late): (DocId, DocId), copies: &[Copy]) -> Share {
        let share = |doc: DocId| match self.weights[doc.0 as usize] {
            stub if stub < STUB => 0.0,
            weight => {
                covered(doc, copies, self.collection, |print| !self.boilerplate.contains(&print.hash)) as f64
                    / weight as f64
            }
        };
        let (of_early, of_late) = (share(early), share(late));
        if of_early > of_late {
            Share { doc: early, within: late, share: of_early, of_other: of_late }
        } else {
            Share { doc: late, within: early, share: of_late, of_other: of_early }
        }
    }

    fn is_pair(&self, share: Share, copies: &[Copy]) -> bool {
        let trimmed = copies.iter().filter_map(|copy| copy.trimmed(CODE_LINES, self.collection));
        let trimmed = trimmed.filter(|copy| self.own_part(copy) * 2 >= copy.at.weight(self.collection));
        let certain = trimmed.filter(|copy| tier(copy, self.collection) == Some(Tier::Gate)).count();
        certain >= BLOCKS_OF_A_PAIR || (certain > 0 && share.share >= SHARE_OF_A_PAIR)
    }

    fn copies(&self, share: Share) -> &[Copy] {
        let key = (share.doc.min(share.within), share.doc.max(share.within));
        // The earlier place may be in the later document only if both are one.
        self.pairs.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Tells of files that are the same, that stand in another, or of which another was put together.
    fn whole_files(&self, most: Vec<Share>, out: &mut Report) {
        let mut sets = Sets::new(self.weights.len());
        for share in most.iter().filter(|share| share.of_other >= MOST_OF_A_FILE) {
            sets.join(share.doc.0 as usize, share.within.0 as usize);
        }
        let mut same: BTreeMap<usize, BTreeSet<DocId>> = BTreeMap::new();
        for share in &most {
            let set = sets.first_of(share.doc.0 as usize);
            if set == sets.first_of(share.within.0 as usize) {
                same.entry(set).or_default().extend([share.doc, share.within]);
            }
        }
        same.retain(|_, docs| docs.len() > 2);
        let mut best: BTreeMap<DocId, Share> = BTreeMap::new();
        for share in most {
            let told = same.values().any(|docs| docs.contains(&share.doc) && docs.contains(&share.within));
            if !told && best.get(&share.doc).is_none_or(|have| have.share < share.share) {
                best.insert(share.doc, share);
            }
        }
        let mut within: BTreeMap<DocId, Vec<Share>> = BTreeMap::new();
        for share in best.into_values() {
            within.entry(share.within).or_default().push(share);
        }
        for docs in same.values() {
            self.nearly_same(docs, out);
        }
        for (doc, parts) in within {
            match parts.as_slice() {
                [part] => self.pair(*part, out),
                parts => self.collected(doc, parts, out),
            }
        }
    }

    fn name(&self, doc: DocId) -> &str {
        self.collection.document(doc).source.display()
    }

    /// One finding for files of the same text.
    fn same(&self, docs: &BTreeSet<DocId>, out: &mut Report) {
        let message = |first: DocId, others: &[DocId]| match others {
            [other] => (*other, format!("all of this file stands in `{}` too", self.name(first))),
            others => (first, format!("{} other files say the same as this one", others.len())),
        };
        self.alike(docs, message, "the same here", out);
    }

    /// One finding for more than two files most of which is the same.
    fn nearly_same(&self, docs: &BTreeSet<DocId>, out: &mut Report) {
        let message =
            |first: DocId, others: &[DocId]| (first, format!("{} other files hold most of this one", others.len()));
        self.alike(docs, message, "most of it here", out);
    }

    fn alike(
        &self,
        docs: &BTreeSet<DocId>,
        message: impl Fn(DocId, &[DocId]) -> (DocId, String),
        label: &str,
        out: &mut Report,
    ) {
        let all: Vec<DocId> = docs.iter().copied().collect();
        let Some((&first, others)) = all.split_first() else { return };
        let (place, message) = message(first, others);
        let finding = out.find(place, self.collection.document(place).line_span(0), message);
        for &doc in all.iter().filter(|&&doc| doc != place) {
            finding.related(doc, self.collection.document(doc).span(), label);
        }
        finding.help(match others.len() {
            1 => "keep one of the two, or let one link to the other",
            _ => "keep one of them, and let the others link to it",
        });
    }

    /// One finding for all that a file shares with another.
    fn pair(&self, share: Share, out: &mut Report) {
        let Share { doc, within, .. } = share;
        let regions = regions(doc, self.copies(share), GAP);
        let [(first, _), others @ ..] = regions.as_slice() else { return };
        let (part, other) = (percent(share.share), self.name(within));
        let message = if share.share >= MOST_OF_A_FILE {
            format!("{part} of this file stands in `{other}` too")
        } else if others.is_empty() {
            format!("{} of this file, {part} of it, stand in `{other}` too", self.lines(*first))
        } else {
            format!("{} blocks of this file, {part} of it, stand in `{other}` too", regions.len())
        };
        let finding = out.find(doc, first.span(self.collection), message);
        for &(here, there) in &regions {
            finding.related(within, there.span(self.collection), format!("{} there", self.lines(here)));
        }
        for &(here, there) in others {
            finding.related(doc, here.span(self.collection), format!("{} of the other", self.lines(there)));
        }
        finding.help("keep one of the two, or let one link to the other");
    }

    /// One finding for a file in which others were collected, or from which they were split.
    fn collected(&self, doc: DocId, parts: &[Share], out: &mut Report) {
        let regions = parts.iter().flat_map(|part| regions(doc, self.copies(*part), GAP));
        let mut regions: Vec<(CopiedLines, CopiedLines)> = regions.collect();
        regions.sort();
        let Some(&(first, _)) = regions.first() else { return };
        let message = format!("{} other files stand in this one too", parts.len());
        let finding = out.find(doc, first.span(self.collection), message);
        for &(here, there) in &regions {
            finding.related(there.doc, there.span(self.collection), format!("{} there", self.lines(here)));
        }
        for &(here, there) in &regions[1..] {
            finding.related(doc, here.span(self.collection), format!("from `{}`", self.name(there.doc)));
        }
        finding.help("keep either this file or the others, or generate the one from the others");
    }

    fn lines(&self, stretch: CopiedLines) -> String {
        let doc = self.collection.document(stretch.doc);
        let span = stretch.span(self.collection);
        let (first, last) = (doc.position(span.start).line, doc.position(span.end).line);
        if first == last { format!("line {first}") } else { format!("lines {first} to {last}") }
    }
}

fn percent(share: f64) -> String {
    if share >= 1.0 { "all".to_owned() } else { format!("{} %", (share * 100.0).floor() as u32) }
}

/// The lines, as hashes, that copies show to be in more documents than [`MOST_PLACES`].
fn boilerplate(collection: &Collection, all: &[Copy]) -> FxHashSet<u64> {
    let lines = |stretch: CopiedLines| stretch.prints(collection).iter().map(move |print| (print.hash, stretch.doc));
    let mut places: Vec<(u64, DocId)> = all.iter().flat_map(|copy| [copy.at, copy.source]).flat_map(lines).collect();
    places.sort_unstable();
    places.dedup();
    places.chunk_by(|a, b| a.0 == b.0).filter(|docs| docs.len() > MOST_PLACES).map(|docs| docs[0].0).collect()
}

/// One finding for all places of a block: at its second place, or at the first that is a repeat right after another.
fn block(collection: &Collection, places: &[CopiedLines], out: &mut Report) {
    let [first, second, ..] = places else { return };
    let tier = tier(&Copy { at: *second, source: *first }, collection);
    let repeats = repeats(collection, places);
    if repeats.is_empty() && tier.is_none() {
        return;
    }
    let certain = tier == Some(Tier::Gate) && places.len() <= MOST_PLACES;
    let message = match places.len() {
        2 => "this block stands here for the second time".to_owned(),
        count => format!("this block stands in {count} places"),
    };
    let here = if repeats.is_empty() { 1 } else { repeats.start };
    let finding = out.find(places[here].doc, places[here].span(collection), message);
    finding.tier(if certain || !repeats.is_empty() { Tier::Gate } else { Tier::Audit });
    if !reads_the_same(collection, *first, places[here]) {
        finding.label("the same but for labels, case, markup or punctuation");
    }
    finding.related(first.doc, first.span(collection), "first here");
    let others = places.iter().enumerate().skip(1).filter(|(at, _)| *at != here).take(MOST_LABELS);
    for (_, place) in others {
        finding.related(place.doc, place.span(collection), "and here");
    }
    if !repeats.is_empty() {
        finding.fix(repeat_fix(collection, places[here - 1], &places[repeats]));
    }
}

/// The first places in a row that each stand right after the one before, letter for letter, all whole blocks.
fn repeats(collection: &Collection, places: &[CopiedLines]) -> Range<usize> {
    let is_repeat = |at: usize| is_repeat(collection, places[at - 1], places[at]);
    match (1..places.len()).find(|&at| is_repeat(at)) {
        Some(start) => start..(start + 1..places.len()).find(|&at| !is_repeat(at)).unwrap_or(places.len()),
        None => 0..0,
    }
}

fn is_repeat(collection: &Collection, first: CopiedLines, repeat: CopiedLines) -> bool {
    let doc = collection.document(repeat.doc);
    let (kept, removed) = (first.span(collection), repeat.span(collection));
    let between = Span::new(kept.end, removed.start);
    let adjacent = first.doc == repeat.doc && kept.end < removed.start && doc.slice(between).trim().is_empty();
    adjacent && doc.slice(kept) == doc.slice(removed) && is_whole(doc, kept) && is_whole(doc, removed)
}

/// Whether the two agree letter for letter, white space at the ends of lines aside.
fn reads_the_same(collection: &Collection, one: CopiedLines, other: CopiedLines) -> bool {
    let lines = |stretch: CopiedLines| {
        let text = collection.document(stretch.doc).slice(stretch.span(collection));
        text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty())
    };
    lines(one).eq(lines(other))
}

/// Removes repeats of the block before them. Never safe, because text that is identical may be meant: a refrain, a
/// prayer, an entry of a log.
fn repeat_fix(collection: &Collection, kept: CopiedLines, repeats: &[CopiedLines]) -> Fix {
    let end = repeats.last().map_or(kept, |last| *last).span(collection).end;
    let cut = Span::new(kept.span(collection).end, end);
    Fix::replace(kept.doc, cut, "", "remove what repeats the block before")
}

/// Whether `span` holds whole blocks at the top level, or whole entries of one bulleted list.
fn is_whole(doc: &Document, span: Span) -> bool {
    let text = doc.slice(span);
    let start = span.start + (text.len() - text.trim_start().len()) as u32;
    let end = span.start + text.trim_end().len() as u32;
    let at = doc.blocks.partition_point(|block| block.span.start < start);
    let starting = doc.blocks[at..].iter().take_while(|block| block.span.start == start);
    let parents = starting.filter(|block| match block.parent {
        None => true,
        Some(parent) => block.kind == BlockKind::ListItem && doc[parent].kind == (BlockKind::List { start: None }),
    });
    let mut parents = parents.map(|block| block.parent);
    let inside = &doc.blocks[at..doc.blocks.partition_point(|block| block.span.start < end)];
    parents.any(|parent| inside.iter().any(|block| block.parent == parent && block.span.end == end))
}
