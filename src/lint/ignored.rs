//! Text that the settings tell the language rules to leave alone: words and regular expressions.

use std::collections::BTreeMap;
use std::ops::Range;

use regex::Regex;

use crate::model::collection::Collection;
use crate::model::finding::{Family, Finding};
use crate::settings::{Options, UserPattern};

/// The matches of patterns in documents, found when the first finding asks for them.
pub(super) struct IgnoredPlaces<'a> {
    collection: &'a Collection,
    matches: BTreeMap<(u32, &'a str), Vec<Range<usize>>>,
}

impl<'a> IgnoredPlaces<'a> {
    pub(super) fn new(collection: &'a Collection) -> Self {
        Self { collection, matches: BTreeMap::new() }
    }

    /// Returns true if the settings tell the rule of `finding` to leave its text alone: each of its words is an ignored
    /// one, or it is inside a match of an ignored pattern.
    pub(super) fn covers(&mut self, finding: &Finding, options: &'a Options) -> bool {
        if finding.family != Family::Language {
            return false;
        }
        let own = options.ignored_by(finding.rule);
        let doc = self.collection.document(finding.primary.doc);
        if options.ignored.words.cover(doc.slice(finding.primary.span), own.map(|(words, _)| words)) {
            return true;
        }
        let span = finding.primary.span.start as usize..finding.primary.span.end as usize;
        let own_regex = own.map_or(&[][..], |(_, regex)| regex);
        let mut patterns = options.ignored.regex.iter().chain(own_regex);
        patterns.any(|UserPattern(pattern)| self.is_inside_match(finding.primary.doc.0, pattern, &span))
    }

    fn is_inside_match(&mut self, doc: u32, pattern: &'a Regex, span: &Range<usize>) -> bool {
        let text = self.collection.documents[doc as usize].text();
        let matches = self.matches.entry((doc, pattern.as_str()));
        let matches = matches.or_insert_with(|| pattern.find_iter(text).map(|found| found.range()).collect());
        let after = matches.partition_point(|found| found.start <= span.start);
        after > 0 && matches[after - 1].end >= span.end
    }
}
