//! What users see. The only room that prints.
//!
//! May use `rule`, `fix` and `model`; decides nothing, only shows.

pub mod concise;
pub mod json;

use std::collections::BTreeMap;

use crate::model::collection::Collection;
use crate::model::edit::Applicability;
use crate::model::finding::Finding;

/// The findings of a run, with the documents that they are about.
#[derive(Debug, Clone, Copy)]
pub struct Results<'a> {
    /// The documents.
    pub collection: &'a Collection,
    /// The findings, in their total order.
    pub findings: &'a [Finding],
}

impl Results<'_> {
    /// How many findings each rule has, by id.
    pub fn by_rule(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for finding in self.findings {
            *counts.entry(finding.rule).or_default() += 1;
        }
        counts
    }

    /// How many findings have a fix that may be applied at this level.
    pub fn fixable(&self, level: Applicability) -> usize {
        let fixes = |finding: &&Finding| finding.fix.as_ref().is_some_and(|fix| fix.applicability >= level);
        self.findings.iter().filter(fixes).count()
    }
}
