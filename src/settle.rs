//! Lints and fixes in memory until nothing changes.
//!
//! May use lint, parse, decode, fix and the model; never the disk.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::fix::plan::plan;
use crate::fix::splice::splice;
use crate::input::decode::decode;
use crate::lint::lint;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::edit::Applicability;
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::pair::pair;
use crate::parse::parse;
use crate::settings::Settings;

/// A text that needs more passes than this is not settling.
const PASSES: usize = 10;

/// What is left when nothing changes any more.
#[derive(Debug)]
pub struct Settled {
    /// The documents as they are now.
    pub collection: Collection,
    /// What is still wrong with them.
    pub findings: Vec<Finding>,
    /// How many fixes each rule made in each document, a fix counting where its finding was.
    pub applied: BTreeMap<DocId, BTreeMap<&'static str, usize>>,
    /// Documents whose fixes chase each other, with the rules that do: they keep the text from before the cycle.
    pub cycles: BTreeMap<DocId, BTreeSet<&'static str>>,
}

/// Applies fixes at `level` to the collection until nothing changes.
pub fn settle(mut collection: Collection, settings: &Settings, level: Applicability) -> Settled {
    let mut applied: BTreeMap<DocId, BTreeMap<&'static str, usize>> = BTreeMap::new();
    let mut histories: BTreeMap<DocId, History> = BTreeMap::new();
    let mut cycles: BTreeMap<DocId, BTreeSet<&'static str>> = BTreeMap::new();
    let mut findings = lint(&collection, settings);
    for _ in 0..PASSES {
        let plan = plan(&findings, &collection, level, |doc| cycles.contains_key(&doc));
        if plan.chosen.is_empty() {
            break;
        }
        let mut rules: BTreeMap<DocId, BTreeSet<&'static str>> = BTreeMap::new();
        for &at in &plan.chosen {
            *applied.entry(findings[at].primary.doc).or_default().entry(findings[at].rule).or_default() += 1;
            for edit in findings[at].fix.iter().flat_map(|fix| &fix.edits) {
                rules.entry(edit.doc).or_default().insert(findings[at].rule);
            }
        }
        let mut changed: Vec<(DocId, Vec<u8>)> = plan
            .edits
            .par_iter()
            .map(|(&doc, edits)| (doc, splice(&collection.document(doc).source.bytes(), edits)))
            .collect();
        for (doc, bytes) in &mut changed {
            let before = collection.document(*doc).source.bytes().into_owned();
            let history = histories.entry(*doc).or_default();
            history.passes.push((before, rules.remove(doc).unwrap_or_default()));
            if let Some((text, rules)) = history.cycle(bytes) {
                *bytes = text;
                cycles.insert(*doc, rules);
            }
        }
        let parsed: Vec<Document> =
            changed.into_par_iter().map(|(doc, bytes)| reparse(&collection, doc, bytes)).collect();
        for doc in parsed {
            let at = doc.id.0 as usize;
            collection.documents[at] = doc;
        }
        collection = pair(collection, settings);
        findings = lint(&collection, settings);
    }
    Settled { collection, findings, applied, cycles }
}

fn reparse(collection: &Collection, id: DocId, bytes: Vec<u8>) -> Document {
    let old = collection.document(id);
    parse(id, decode(old.source.path(), bytes), old.format)
}

/// The texts that a document had, and which rules left each of them.
#[derive(Debug, Default)]
struct History {
    passes: Vec<(Vec<u8>, BTreeSet<&'static str>)>,
}

impl History {
    /// If `bytes` stood here before: that text, and the rules that led away from it and back.
    fn cycle(&self, bytes: &[u8]) -> Option<(Vec<u8>, BTreeSet<&'static str>)> {
        let at = self.passes.iter().position(|(text, _)| text == bytes)?;
        let rules = self.passes[at..].iter().flat_map(|(_, rules)| rules.iter().copied()).collect();
        Some((self.passes[at].0.clone(), rules))
    }
}
