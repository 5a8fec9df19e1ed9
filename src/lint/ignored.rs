//! Text that the settings tell the language rules to leave alone: words and regular expressions.

use std::collections::BTreeMap;
use std::ops::Range;

use regex::Regex;

use crate::model::collection::Collection;
use crate::model::finding::{Family, Finding};
use crate::settings::{IgnoredText, Options, Pattern};
use crate::text::words::words as words_of;

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
        let IgnoredText { words, regex } = &options.ignored;
        let own = options.ignored_by(finding.rule);
        let (own_words, own_regex) = own.map_or((None, &[][..]), |(words, regex)| (Some(words), regex));
        let doc = self.collection.document(finding.primary.doc);
        let text = doc.slice(finding.primary.span);
        let is_ignored =
            |word: &str| words.contains(word) || own_words.is_some_and(|own_words| own_words.contains(word));
        let has_words = !words.0.is_empty() || own_words.is_some_and(|own| !own.0.is_empty());
        let all_words = || words_of(text).next().is_some() && words_of(text).all(|word| is_ignored(word.text));
        if has_words && (is_ignored(text) || all_words()) {
            return true;
        }
        let span = finding.primary.span.start as usize..finding.primary.span.end as usize;
        let mut patterns = regex.iter().chain(own_regex);
        patterns.any(|Pattern(pattern)| self.is_inside_match(finding.primary.doc.0, pattern, &span))
    }

    fn is_inside_match(&mut self, doc: u32, pattern: &'a Regex, span: &Range<usize>) -> bool {
        let text = self.collection.documents[doc as usize].text();
        let matches = self.matches.entry((doc, pattern.as_str()));
        let matches = matches.or_insert_with(|| pattern.find_iter(text).map(|found| found.range()).collect());
        let after = matches.partition_point(|found| found.start <= span.start);
        after > 0 && matches[after - 1].end >= span.end
    }
}
