//! `duplicate-block`: repeated text, reported as files first, then pairs of files, then blocks.

mod fitness;
mod purpose;
mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::facts::copies::{CopiedLines, Copies, Copy, Sets, copies, covered, groups, regions};
use crate::facts::kin::Kin;
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::DocId;
use crate::model::line_fingerprint::{FingerprintPosition, LineFingerprint};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};

use self::fitness::{ACROSS, BETWEEN_MEMBERS, WITHIN, are_strange_to, starts_in_list};
use self::purpose::{
    HeadingPatterns, belongs_to_folder, is_chronicle, is_filler, is_kept, is_output, is_template, is_test, sentences,
};
use self::shape::{
    are_of_one_shape, has_like_neighbours, is_at_one_place, is_note, is_part_of_like_sections, is_under_code, leads_on,
};

pub(crate) static RULE: Rule = Rule {
    id: "duplicate-block",
    family: Family::Duplication,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a block, or most of a file, is repeated",
    page: include_str!("../../rules/duplicate-block.md"),
    check: Check::Collection(check),
};

/// Minimum length of a copy, in bytes after normalization (a guess): shorter copies are not searched for.
const MIN_COPIED_BYTES: u32 = 60;
/// Minimum length of copied prose within one file, in bytes (a guess): this much is not repeated by chance or as a set
/// phrase.
const MIN_PROSE_BYTES: u32 = 150;
/// Maximum distance of two copies within a file, in lines, for the gate tier (measured on 21 repositories in November
/// 2026: of 13 copies of a paragraph that are farther apart one is a mistake, of 4 nearer ones three are).
const MAX_NEAR_LINES: u32 = 12;
/// Minimum length of the sentences of copies that are farther apart, in bytes, for the gate tier (a guess): whole sections
/// are pasted by mistake, and single paragraphs are repeated on purpose.
const MIN_PASSAGE_BYTES: u32 = 900;
/// Part of a file, as one in this many, that is no small copy (a guess).
const MIN_FILE_PART: u32 = 8;
/// Minimum length of prose copied across files, in bytes (a guess): larger, because a paragraph is more often repeated
/// in another file on purpose.
const MIN_PROSE_ACROSS_BYTES: u32 = 250;
/// Minimum length of the sentences that two files share, in bytes, for the gate tier (a guess): a note or a warning that
/// two pages need is shorter.
const MIN_SENTENCES_ACROSS_BYTES: u32 = 400;
/// Minimum length of the sentences of a pair, in bytes, for the gate tier (a guess): they are [`MIN_SHARED_SHARE`] of one of
/// the two files as well.
const MIN_SENTENCES_OF_PAIR_BYTES: u32 = 400;
/// Length of a line, in bytes, below which the line counts for a third (both guesses): short lines (list entries, table
/// rows) recur for good reasons, as in a table of contents.
const SHORT_LINE_BYTES: u32 = 60;
/// Minimum length of copied code, in bytes (a guess): larger than for prose, because examples build on each other.
const MIN_CODE_BYTES: u32 = 300;
/// Minimum number of lines of copied code (a guess).
const MIN_CODE_LINES: u32 = 8;
/// Minimum length of a copy for the audit tier, in bytes (a guess).
const MIN_LIKELY_PROSE_BYTES: u32 = 90;
const MIN_LIKELY_CODE_BYTES: u32 = 150;
/// Maximum number of places of a block (a guess): text in more places is repeated on purpose.
const MAX_PLACES: usize = 4;
/// Maximum number of related labels of a finding (a guess: enough for any reader, and a bound for the output).
const MAX_RELATED_LABELS: usize = 100;
/// Minimum share of a file found in another file for which the whole file is reported (a guess).
const MIN_FILE_SHARE: f64 = 0.8;
/// Minimum length of a compared file, in bytes (a guess): shorter files are stubs, and stubs resemble each other.
const MIN_FILE_BYTES: u64 = 200;
/// Minimum number of shared blocks, and minimum share of one of the files, for which two files are reported as a pair
/// (both guesses).
const MIN_SHARED_BLOCKS: usize = 3;
const MIN_SHARED_SHARE: f64 = 0.25;
/// Maximum number of lines between two copies, in both files, that belong to one region (a guess).
const MAX_GAP_LINES: u32 = 8;

fn check(collection: &Collection, cx: &Context<'_>, out: &mut Report) {
    let kin = Kin::new(collection);
    let Copies { anywhere, within } = copies(collection, &kin, MIN_COPIED_BYTES);
    let patterns = HeadingPatterns::new(collection, &kin);
    let reported = FileOverlaps::new(collection, &kin, &patterns, &anywhere).report(out);
    let across = anywhere.iter().filter(|copy| copy.at.doc != copy.source.doc);
    let open = across.filter(|copy| !reported.contains(&(copy.source.doc, copy.at.doc)));
    let rest = within.iter().chain(open).filter_map(|copy| copy.trimmed(MIN_CODE_LINES, collection));
    let rest: Vec<Copy> = rest
        .filter(|copy| match tier(copy, &patterns, collection) {
            Some(tier) => cx.audit || tier == Tier::Gate || is_adjacent(copy),
            None => is_adjacent(copy),
        })
        .collect();
    for places in groups(&rest) {
        block(collection, &patterns, &places, out);
    }
}

/// Returns the tier of a copy. `None` if the repetition may well be intended.
fn tier(copy: &Copy, patterns: &HeadingPatterns, collection: &Collection) -> Option<Tier> {
    let (mut prose, mut code, mut lines) = (0, 0, 0);
    for print in copy.at.prints(collection) {
        let size = u32::from(print.size);
        match print.place {
            FingerprintPosition::Prose if is_html(collection, copy.at.doc, print) => {}
            FingerprintPosition::Prose if size < SHORT_LINE_BYTES => prose += size / 3,
            FingerprintPosition::Prose => prose += size,
            FingerprintPosition::Code => (code, lines) = (code + size, lines + 1),
            FingerprintPosition::Heading => {}
        }
    }
    let is_code = |least: u32| code >= least && lines >= MIN_CODE_LINES;
    let whole = copy.has_whole_blocks(collection);
    let enough = match copy {
        _ if is_adjacent(copy) => MIN_LIKELY_PROSE_BYTES,
        _ if copy.at.doc == copy.source.doc => MIN_PROSE_BYTES,
        _ => MIN_SENTENCES_ACROSS_BYTES,
    };
    // Code, tables and lists of links are repeated on purpose more often than not.
    let certain = match copy {
        // Items of a list may differ in nothing but signs: `a.b` and `a[b]`.
        _ if is_adjacent(copy) => {
            (prose >= enough || (is_code(MIN_CODE_BYTES) && whole)) && reads_the_same(collection, copy.source, copy.at)
        }
        // A paragraph that only begins or ends like another one was not pasted.
        _ => {
            let size = sentences(collection, copy.at);
            whole
                && size >= enough
                && !is_meant(copy, patterns, collection)
                && is_likely_mistake(copy, size, collection)
        }
    };
    if is_repeated_by_nature(copy, collection) {
        None
    } else if certain {
        Some(Tier::Gate)
    } else if prose.max(sentences(collection, copy.at)) >= MIN_LIKELY_PROSE_BYTES
        || is_code(MIN_CODE_BYTES)
        || (is_code(MIN_LIKELY_CODE_BYTES) && whole)
    {
        Some(Tier::Audit)
    } else {
        None
    }
}

/// Returns true if a copy within a document has to be there whatever surrounds it: a reader sees one of its places, or the
/// document is made to be filled in or tested.
fn is_repeated_by_nature(copy: &Copy, collection: &Collection) -> bool {
    let doc = collection.document(copy.at.doc);
    let is_within = copy.at.doc == copy.source.doc;
    let [at, source] = [copy.at, copy.source].map(|lines| lines.span(collection).start);
    is_filler(copy.at, collection)
        // Programs write "Updated dependencies" once for each of them.
        || is_within && is_chronicle(doc) && sentences(collection, copy.at) == 0
        || is_within
            && (is_template(doc)
                || is_test(&doc.source.display().to_lowercase())
                || doc.branches().are_alternatives(source, at))
}

/// Returns true if a copy of sentences of `size` bytes was hardly meant: it is near its source, or it does not fit where it
/// is. Sections and pages that are read alone repeat a paragraph of another one.
fn is_likely_mistake(copy: &Copy, size: u32, collection: &Collection) -> bool {
    let doc = collection.document(copy.at.doc);
    let is_within = copy.at.doc == copy.source.doc;
    let line = |at: u32| doc.line_fingerprints.get(at as usize).map_or(0, |print| print.line);
    let is_near = is_within
        && line(copy.at.first).saturating_sub(line(copy.source.end.saturating_sub(1))) <= MAX_NEAR_LINES
        && !starts_in_list(copy.at, collection);
    // Answers to several questions are made by one pattern, unless they are long.
    let are_answers = is_within && HeadingPatterns::are_answers_to_several(copy, collection);
    if are_answers && (is_near || size >= MIN_PASSAGE_BYTES || size * MIN_FILE_PART >= doc.text().len() as u32) {
        return true;
    }
    let are_members =
        are_answers || is_within && [copy.at, copy.source].iter().all(|lines| is_under_code(*lines, collection));
    let limits = match is_within {
        true if are_members => BETWEEN_MEMBERS,
        true => WITHIN,
        false => ACROSS,
    };
    is_near && !are_members && !has_like_neighbours(copy, collection) || are_strange_to(copy, limits, collection)
}

/// Returns true if a line begins with a tag of HTML.
fn is_html(collection: &Collection, doc: DocId, print: &LineFingerprint) -> bool {
    let doc = collection.document(doc);
    let line = doc.line_span(doc.lines.start_of(print.line as usize).unwrap_or(0));
    doc.slice(line).trim_start().starts_with('<')
}

/// Returns true if there are signs that a copy is intended.
fn is_meant(copy: &Copy, patterns: &HeadingPatterns, collection: &Collection) -> bool {
    let is_across = copy.at.doc != copy.source.doc;
    let places = [copy.at, copy.source];
    is_across && places.iter().any(|lines| is_kept(collection.document(lines.doc)))
        || is_chronicle(collection.document(copy.at.doc))
        || places.iter().all(|lines| is_note(*lines, collection))
        || patterns.hold(copy, collection)
        || is_across && is_beside_page(copy, collection)
        || is_part_of_like_sections(copy, collection)
        || leads_on(copy, collection)
        || is_across
            && is_at_one_place(copy, collection)
            && are_of_one_shape(copy.at.doc, copy.source.doc, &[*copy], collection)
}

/// Returns true if one of two files in different folders says what its folder is for, or under which terms: an overview says
/// of each folder what the folder says of itself.
fn is_beside_page(copy: &Copy, collection: &Collection) -> bool {
    let [one, other] = [copy.at, copy.source].map(|lines| collection.document(lines.doc));
    (belongs_to_folder(one) || belongs_to_folder(other)) && one.source.path().parent() != other.source.path().parent()
}

/// Returns true if a copy between two files is large, whatever it is of.
fn is_large(copy: &Copy, collection: &Collection) -> bool {
    let size = |place: FingerprintPosition| -> u32 {
        let lines = copy.at.prints(collection).iter().filter(|print| print.place == place);
        lines.map(|print| u32::from(print.size)).sum()
    };
    let code = copy.at.prints(collection).iter().filter(|print| print.place == FingerprintPosition::Code).count();
    let is_code = size(FingerprintPosition::Code) >= MIN_CODE_BYTES && code >= MIN_CODE_LINES as usize;
    size(FingerprintPosition::Prose) >= MIN_PROSE_ACROSS_BYTES || is_code && copy.has_whole_blocks(collection)
}

/// Returns true if one place directly follows the other.
fn is_adjacent(copy: &Copy) -> bool {
    copy.at.doc == copy.source.doc && copy.at.first == copy.source.end
}

/// The copies between documents, by pair of documents.
struct FileOverlaps<'a> {
    collection: &'a Collection,
    kin: &'a Kin<'a>,
    patterns: &'a HeadingPatterns,
    pairs: BTreeMap<(DocId, DocId), Vec<Copy>>,
    /// Lines found in so many documents that they are repeated on purpose: notices, footers, text of a template.
    boilerplate: FxHashSet<u64>,
    /// Bytes of each document, without boilerplate.
    weights: Vec<u64>,
}

/// Files that were not translated, each with its original, by the language and the place of that language.
type Untranslated = BTreeMap<[String; 2], Vec<(DocId, DocId)>>;

/// Share of a document that another document has too.
#[derive(Clone, Copy)]
struct Share {
    doc: DocId,
    within: DocId,
    share: f64,
    /// Share of the other document that this document has too.
    of_other: f64,
}

impl<'a> FileOverlaps<'a> {
    fn new(collection: &'a Collection, kin: &'a Kin<'a>, patterns: &'a HeadingPatterns, all: &[Copy]) -> Self {
        let mut pairs: BTreeMap<(DocId, DocId), Vec<Copy>> = BTreeMap::new();
        for &copy in all.iter().filter(|copy| copy.at.doc != copy.source.doc) {
            pairs.entry((copy.source.doc, copy.at.doc)).or_default().push(copy);
        }
        let boilerplate = boilerplate(collection, all);
        let own = |print: &&LineFingerprint| !boilerplate.contains(&print.hash);
        let weight = |doc: &Document| doc.line_fingerprints.iter().filter(own).map(|print| u64::from(print.size)).sum();
        let weights = collection.documents.iter().map(weight).collect();
        Self { collection, kin, patterns, pairs, boilerplate, weights }
    }

    /// Reports files and pairs of files. Returns the pairs that are thereby reported completely.
    fn report(&self, out: &mut Report) -> BTreeSet<(DocId, DocId)> {
        let mut reported = BTreeSet::new();
        let mut most: Vec<Share> = Vec::new();
        let mut equal: BTreeMap<u64, BTreeSet<DocId>> = BTreeMap::new();
        for (&pair, copies) in &self.pairs {
            if self.kin.are_identical(pair.0, pair.1) && self.size(pair.0) >= MIN_FILE_BYTES {
                equal.entry(self.kin.print(pair.0)).or_default().extend([pair.0, pair.1]);
                reported.insert(pair);
                continue;
            }
            let share = self.share(pair, copies);
            if share.share >= MIN_FILE_SHARE {
                most.push(share);
            } else if self.is_pair(share, copies) && (share.share >= MIN_SHARED_SHARE || !self.has_paste(copies)) {
                self.pair(share, out);
            } else {
                continue;
            }
            reported.insert(pair);
        }
        let mut untranslated = Untranslated::default();
        for docs in equal.values() {
            self.same(docs, &mut untranslated, out);
        }
        for files in untranslated.into_values() {
            self.not_translated(&files, out);
        }
        // A copy of one of several identical files is reported once.
        most.retain(|share| {
            let first =
                |doc: DocId| equal.get(&self.kin.print(doc)).and_then(|docs| docs.first().copied()).unwrap_or(doc);
            first(share.doc) == share.doc && first(share.within) == share.within
        });
        self.whole_files(most, out);
        reported
    }

    /// Returns the size of a document, shared text included.
    fn size(&self, doc: DocId) -> u64 {
        self.collection.document(doc).line_fingerprints.iter().map(|print| u64::from(print.size)).sum()
    }

    /// Returns the size of a copy without boilerplate.
    fn own_part(&self, copy: &Copy) -> u64 {
        let own = copy.at.prints(self.collection).iter().filter(|print| !self.boilerplate.contains(&print.hash));
        own.map(|print| u64::from(print.size)).sum()
    }

    /// Returns the share of the document of which more is found in the other one.
    fn share(&self, (early, late): (DocId, DocId), copies: &[Copy]) -> Share {
        let share = |doc: DocId| match self.weights[doc.index()] {
            stub if stub < MIN_FILE_BYTES => 0.0,
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
        let trimmed = copies.iter().filter_map(|copy| copy.trimmed(MIN_CODE_LINES, self.collection));
        let trimmed = trimmed.filter(|copy| self.own_part(copy) * 2 >= copy.at.weight(self.collection));
        let likely = trimmed.filter(|copy| is_large(copy, self.collection)).count();
        likely >= MIN_SHARED_BLOCKS || (likely > 0 && share.share >= MIN_SHARED_SHARE)
    }

    fn copies(&self, share: Share) -> &[Copy] {
        let key = (share.doc.min(share.within), share.doc.max(share.within));
        // The earlier place can be in the later document only if both are the same document.
        self.pairs.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Reports files that are identical, that are contained in another, or that were compiled from others.
    fn whole_files(&self, most: Vec<Share>, out: &mut Report) {
        let mut sets = Sets::new(self.weights.len());
        for share in most.iter().filter(|share| share.of_other >= MIN_FILE_SHARE) {
            sets.join(share.doc.index(), share.within.index());
        }
        let mut same: BTreeMap<usize, BTreeSet<DocId>> = BTreeMap::new();
        for share in &most {
            let set = sets.first_of(share.doc.index());
            if set == sets.first_of(share.within.index()) {
                same.entry(set).or_default().extend([share.doc, share.within]);
            }
        }
        same.retain(|_, docs| docs.len() > 2);
        let mut best: BTreeMap<DocId, Share> = BTreeMap::new();
        for share in most {
            let reported = same.values().any(|docs| docs.contains(&share.doc) && docs.contains(&share.within));
            if !reported && best.get(&share.doc).is_none_or(|have| have.share < share.share) {
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

    /// Reports files with identical text, and adds those that were not translated to `untranslated`.
    fn same(&self, docs: &BTreeSet<DocId>, untranslated: &mut Untranslated, out: &mut Report) {
        let (copies, originals): (Vec<DocId>, Vec<DocId>) =
            docs.iter().partition(|doc| self.kin.is_untranslated(**doc));
        // Without an original, all of them have the text of an older one.
        let original = originals.iter().min_by_key(|doc| (self.name(**doc).matches('/').count(), **doc));
        let Some(&original) = original else { return };
        for copy in copies {
            let place = self
                .kin
                .place_of_language(copy)
                .map(|(language, before)| [language, folder_of_language(self.name(copy), before)].map(str::to_owned));
            untranslated.entry(place.unwrap_or_default()).or_default().push((copy, original));
        }
        if originals.len() > 1 {
            self.copies_of_files(&originals.into_iter().collect(), out);
        }
    }

    /// Reports the files in the place of one language that have the text of their originals.
    fn not_translated(&self, files: &[(DocId, DocId)], out: &mut Report) {
        let [(copy, original), others @ ..] = files else { return };
        let message = match others.len() {
            0 => format!("this is the text of `{}`, which was not translated", self.name(*original)),
            _ => format!("{} files have the text of their originals, which was not translated", files.len()),
        };
        let finding = out.find(*copy, self.collection.document(*copy).line_span(0), message);
        finding.related(*original, self.collection.document(*original).span(), "the same here");
        for (copy, original) in others.iter().take(MAX_RELATED_LABELS) {
            let label = format!("the text of `{}`", self.name(*original));
            finding.related(*copy, self.collection.document(*copy).line_span(0), label);
        }
        finding.help("translate it, or remove it until somebody does");
    }

    fn copies_of_files(&self, docs: &BTreeSet<DocId>, out: &mut Report) {
        let message = |first: DocId, others: &[DocId]| match others {
            [other] => (*other, format!("all of this file is also in `{}`", self.name(first))),
            others => (first, format!("{} other files are identical to this one", others.len())),
        };
        self.report_similar(docs, message, "identical", out);
    }

    /// Reports more than two files that have most of their text in common.
    fn nearly_same(&self, docs: &BTreeSet<DocId>, out: &mut Report) {
        let message =
            |first: DocId, others: &[DocId]| (first, format!("{} other files contain most of this one", others.len()));
        self.report_similar(docs, message, "contains most of it", out);
    }

    fn report_similar(
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
        let is_open = |doc: &&DocId| {
            let doc = self.collection.document(**doc);
            !is_kept(doc) && !belongs_to_folder(doc)
        };
        let lines = self.collection.document(first).line_fingerprints.len() as u32;
        let whole = CopiedLines { doc: first, first: 0, end: lines };
        let mut open = all.iter().filter(is_open);
        let of_two_kinds = open.next().is_some_and(|one| open.any(|other| !self.kin.are(*one, *other)));
        // Stubs that lead elsewhere are identical on purpose.
        if !of_two_kinds || docs.len() > MAX_PLACES || sentences(self.collection, whole) < MIN_PROSE_BYTES {
            finding.tier(Tier::Audit);
        }
        for &doc in all.iter().filter(|&&doc| doc != place) {
            finding.related(doc, self.collection.document(doc).span(), label);
        }
        finding.help(match others.len() {
            1 => "keep one of the two, or let one link to the other",
            _ => "keep one of them, and let the others link to it",
        });
    }

    /// Reports all that a file shares with another.
    fn pair(&self, share: Share, out: &mut Report) {
        let Share { doc, within, .. } = share;
        let regions = regions(doc, self.copies(share), MAX_GAP_LINES);
        let [(first, _), others @ ..] = regions.as_slice() else { return };
        let (part, other) = (percent(share.share), self.name(within));
        let message = if share.share >= MIN_FILE_SHARE {
            format!("{part} of this file is also in `{other}`")
        } else if others.is_empty() {
            let lines = self.lines(*first);
            let is = if lines.starts_with("line ") { "is" } else { "are" };
            format!("{lines} of this file ({part}) {is} also in `{other}`")
        } else {
            format!("{} blocks of this file ({part}) are also in `{other}`", regions.len())
        };
        let own = regions.iter().filter(|(here, there)| {
            share.share >= MIN_FILE_SHARE || !self.patterns.hold(&Copy { at: *here, source: *there }, self.collection)
        });
        let said: u32 = own.map(|(here, _)| sentences(self.collection, *here)).sum();
        let kept = [doc, within].iter().any(|doc| is_kept(self.collection.document(*doc)));
        let is_most = share.share >= MIN_FILE_SHARE;
        let finding = out.find(doc, first.span(self.collection), message);
        let enough = if is_most { MIN_PROSE_BYTES } else { MIN_SENTENCES_OF_PAIR_BYTES };
        let is_meant = match is_most {
            true => self.are_apart_on_purpose(share, said),
            false => share.share < MIN_SHARED_SHARE || !self.has_paste(self.copies(share)),
        };
        if kept || said < enough || is_meant {
            finding.tier(Tier::Audit);
        }
        for &(here, there) in &regions {
            finding.related(within, there.span(self.collection), format!("{} there", self.lines(here)));
        }
        for &(here, there) in others {
            finding.related(doc, here.span(self.collection), format!("{} of the other", self.lines(there)));
        }
        finding.help("keep one of the two, or let one link to the other");
    }

    /// Returns true if the two files of a share may well have the same text on purpose, although one has most of the other:
    /// each says what its folder is for, or it is not the sentences that they have in common, which are `said` bytes.
    fn are_apart_on_purpose(&self, share: Share, said: u32) -> bool {
        let [one, other] = [share.doc, share.within].map(|doc| self.collection.document(doc));
        let is_beside = one.source.path().parent() != other.source.path().parent();
        let lines = one.line_fingerprints.len() as u32;
        let own = sentences(self.collection, CopiedLines { doc: share.doc, first: 0, end: lines });
        is_beside && (belongs_to_folder(one) || belongs_to_folder(other))
            || f64::from(said) < f64::from(own) * MIN_FILE_SHARE
    }

    /// Returns true if one of the copies between two files does not fit where it is.
    fn has_paste(&self, copies: &[Copy]) -> bool {
        let is_paste = |copy: Copy| {
            let at_one_place = is_at_one_place(&copy, self.collection);
            sentences(self.collection, copy.at) >= MIN_SENTENCES_OF_PAIR_BYTES
                && copy.has_whole_blocks(self.collection)
                && !is_meant(&copy, self.patterns, self.collection)
                && are_strange_to(&copy, ACROSS, self.collection)
                && !(at_one_place && are_of_one_shape(copy.at.doc, copy.source.doc, copies, self.collection))
        };
        let trimmed = copies.iter().filter_map(|copy| copy.trimmed(MIN_CODE_LINES, self.collection));
        trimmed.into_iter().any(is_paste)
    }

    /// Reports a file that contains several others: either it was compiled from them, or they were split from it.
    fn collected(&self, doc: DocId, parts: &[Share], out: &mut Report) {
        let regions = parts.iter().flat_map(|part| regions(doc, self.copies(*part), MAX_GAP_LINES));
        let mut regions: Vec<(CopiedLines, CopiedLines)> = regions.collect();
        regions.sort();
        let Some(&(first, _)) = regions.first() else { return };
        let message = format!("this file contains {} other files", parts.len());
        let said: u32 = regions.iter().map(|(here, _)| sentences(self.collection, *here)).sum();
        let size =
            |lines: CopiedLines| lines.prints(self.collection).iter().map(|print| u32::from(print.size)).sum::<u32>();
        // An overview has the lists of links of its parts.
        let is_list = said * 2 < regions.iter().map(|(here, _)| size(*here)).sum();
        let finding = out.find(doc, first.span(self.collection), message);
        if is_kept(self.collection.document(doc)) || is_list || said < MIN_PROSE_BYTES {
            finding.tier(Tier::Audit);
        }
        for &(here, there) in &regions {
            finding.related(there.doc, there.span(self.collection), format!("{} there", self.lines(here)));
        }
        for &(here, there) in &regions[1..] {
            finding.related(doc, here.span(self.collection), format!("from `{}`", self.name(there.doc)));
        }
        finding.help("keep either this file or the others, or generate this file from the others");
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

/// Returns the lines, as hashes, that occur in more than [`MAX_PLACES`] documents.
fn boilerplate(collection: &Collection, all: &[Copy]) -> FxHashSet<u64> {
    let lines = |stretch: CopiedLines| stretch.prints(collection).iter().map(move |print| (print.hash, stretch.doc));
    let mut places: Vec<(u64, DocId)> = all.iter().flat_map(|copy| [copy.at, copy.source]).flat_map(lines).collect();
    places.sort_unstable();
    places.dedup();
    places.chunk_by(|a, b| a.0 == b.0).filter(|docs| docs.len() > MAX_PLACES).map(|docs| docs[0].0).collect()
}

/// Reports all places of a block at its second place, or at the first that is directly repeated.
fn block(collection: &Collection, patterns: &HeadingPatterns, places: &[CopiedLines], out: &mut Report) {
    let [first, second, ..] = places else { return };
    let tier = tier(&Copy { at: *second, source: *first }, patterns, collection);
    let repeats = repeats(collection, places);
    if repeats.is_empty() && tier.is_none() {
        return;
    }
    let certain = tier == Some(Tier::Gate) && places.len() <= MAX_PLACES;
    let message = match places.len() {
        2 => "this block is repeated here".to_owned(),
        count => format!("this block occurs in {count} places"),
    };
    let here = if repeats.is_empty() { 1 } else { repeats.start };
    let finding = out.find(places[here].doc, places[here].span(collection), message);
    let is_mistake = certain || !repeats.is_empty();
    let pair = Copy { at: places[here], source: places[here - 1] };
    let is_meant = is_output(places[here], collection) || is_repeated_by_nature(&pair, collection);
    finding.tier(if is_mistake && !is_meant { Tier::Gate } else { Tier::Audit });
    if !reads_the_same(collection, *first, places[here]) {
        finding.label("equal apart from labels, case, markup or punctuation");
    }
    finding.related(first.doc, first.span(collection), "first here");
    let others = places.iter().enumerate().skip(1).filter(|(at, _)| *at != here).take(MAX_RELATED_LABELS);
    for (_, place) in others {
        finding.related(place.doc, place.span(collection), "and here");
    }
    if !repeats.is_empty() {
        finding.fix(repeat_fix(collection, places[here - 1], &places[repeats]));
    }
}

/// Returns the first consecutive places of which each directly follows the one before, letter for letter, and all of
/// which are whole blocks.
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

/// Returns true if the two agree letter for letter, except for white space at the ends of lines.
fn reads_the_same(collection: &Collection, one: CopiedLines, other: CopiedLines) -> bool {
    let lines = |stretch: CopiedLines| {
        let text = collection.document(stretch.doc).slice(stretch.span(collection));
        text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty())
    };
    lines(one).eq(lines(other))
}

/// Returns the fix that removes repeats directly after a block. It is never safe, because identical text may be
/// intended: a refrain, a prayer, an entry of a log.
fn repeat_fix(collection: &Collection, kept: CopiedLines, repeats: &[CopiedLines]) -> Fix {
    let end = repeats.last().map_or(kept, |last| *last).span(collection).end;
    let cut = Span::new(kept.span(collection).end, end);
    Fix::likely("remove the repeated block", Edit::delete(kept.doc, cut))
}

/// Returns the part before the folder of a language in `path`, of which `before` precedes the name of the language. Empty if
/// the name of the file has the language: all such files are in one place.
fn folder_of_language<'a>(path: &str, before: &'a str) -> &'a str {
    let rest = path.get(before.len()..).unwrap_or("");
    if rest.trim_start_matches('/').contains('/') { before } else { "" }
}

/// Returns true if `span` covers whole blocks at the top level, or whole entries of one bulleted list.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_named_for_a_language_was_a_place_of_its_own() {
        assert_eq!(folder_of_language("docs/fr/a.md", "docs/"), "docs/");
        assert_eq!(["docs/a.fr.md", "docs/b.fr.md"].map(|path| folder_of_language(path, &path[..6])), ["", ""]);
    }
}
