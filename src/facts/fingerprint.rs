//! Fingerprints of findings: each place of a finding is told from all others by what it is about, not by where it is.
//!
//! A fingerprint is a hash of the rule, the text found (NFC, white space folded), the block around it, and the nearest
//! item label or heading. No line, column, path or message enters, so that text may move and a message may get better
//! words. For a repetition and for versions that disagree, the text of the other place is part of it; its path is not.
//!
//! The hash is XXH3 (Yann Collet's xxHash, 64 bits), because its specification is fixed: a baseline outlives a release.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::Xxh3Default;

use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document};
use crate::model::finding::{Family, Finding, Label};
use crate::model::fingerprint::Fingerprint;
use crate::model::id::DocId;
use crate::model::span::Span;

/// The facts of a finding that say what it claims, where it has no text of its own.
const CLAIMS: [&str; 13] = [
    "announced",
    "code_point",
    "encoding",
    "expected",
    "found",
    "kind",
    "missing",
    "number",
    "numbers",
    "other_number",
    "rule",
    "titles",
    "values",
];

/// Sets the fingerprints of all places of the findings.
pub fn identify(findings: &mut [Finding], collection: &Collection) {
    let mut hashes = Hashes { collection, spans: FxHashMap::default() };
    for finding in findings {
        let about = hashes.about(finding);
        finding.primary.fingerprint = Some(hashes.print(&finding.primary, &about));
        for label in finding.related.iter_mut().filter(|label| label.fingerprint.is_some()) {
            label.fingerprint = Some(hashes.print(label, &about));
        }
    }
}

/// The parts of a fingerprint that all places of a finding share.
struct About {
    rule: &'static str,
    /// Hash of the claim of a finding without text.
    claim: u64,
    /// Hash of the text of the other place, for a repetition and for versions that disagree.
    other: u64,
}

/// Hashes of texts, each computed once, because a long block may hold many findings.
struct Hashes<'a> {
    collection: &'a Collection,
    spans: FxHashMap<(DocId, Span), u64>,
}

impl Hashes<'_> {
    fn about(&mut self, finding: &Finding) -> About {
        let compares = matches!(finding.family, Family::Duplication | Family::Versions);
        let evidence = finding.related.iter().find(|label| label.fingerprint.is_none());
        let other = evidence.filter(|_| compares).map_or(0, |label| self.span(label.doc, label.span));
        About { rule: finding.rule, claim: claim(&finding.data), other }
    }

    fn print(&mut self, label: &Label, about: &About) -> Fingerprint {
        let doc = self.collection.document(label.doc);
        let text = match label.span.is_empty() {
            true => about.claim,
            false => self.span(label.doc, label.span),
        };
        let block = self.span(label.doc, block_around(doc, label.span.start));
        let context = self.span(label.doc, context(doc, label.span.start));
        Fingerprint::new(
            hash([about.rule.as_bytes(), &text.to_le_bytes()]),
            hash([about.rule.as_bytes(), &block.to_le_bytes(), &about.other.to_le_bytes()]),
            context,
        )
    }

    fn span(&mut self, doc: DocId, span: Span) -> u64 {
        let text = self.collection.document(doc).slice(span);
        *self.spans.entry((doc, span)).or_insert_with(|| hash([fold(text).as_bytes()]))
    }
}

/// Hashes the parts, each with its length, so that no two lists of parts are one sequence of bytes.
fn hash<const N: usize>(parts: [&[u8]; N]) -> u64 {
    let mut hasher = Xxh3Default::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.digest()
}

/// Returns the text in NFC, each run of white space as one space, none at the ends.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        if word.is_ascii() { out.push_str(word) } else { out.extend(word.nfc()) }
    }
    out
}

/// Hashes what a finding claims.
fn claim(data: &Map<String, Value>) -> u64 {
    let claims = CLAIMS.iter().filter_map(|key| Some(format!("{key}={}", data.get(*key)?)));
    hash([claims.collect::<Vec<_>>().join("\n").as_bytes()])
}

/// Returns the span of the paragraph, heading, table row or verbatim block at `offset`; where there is none, of the line.
fn block_around(doc: &Document, offset: u32) -> Span {
    let mut next = doc.block_at(offset);
    while let Some(at) = next {
        let block = &doc[at];
        match block.kind {
            BlockKind::TableCell => next = block.parent,
            BlockKind::List { .. }
            | BlockKind::ListItem
            | BlockKind::Quote
            | BlockKind::Table
            | BlockKind::Footnote => {
                break;
            }
            _ => return block.span,
        }
    }
    doc.line_span(offset)
}

/// Returns the label of the innermost numbered item around `offset`, or else the text of the heading before it; an empty
/// span if there is neither.
fn context(doc: &Document, offset: u32) -> Span {
    let items = doc.items_around(offset);
    if let Some(item) = items.iter().map(|item| &doc[*item]).find(|item| item.number.is_some()) {
        return Span::new(item.span.start, item.title.start.max(item.span.start));
    }
    let after = doc.headings.partition_point(|heading| heading.span.start <= offset);
    after.checked_sub(1).map_or(Span::default(), |at| doc.headings[at].content)
}
