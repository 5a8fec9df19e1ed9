//! Suppressions: which findings they hide, and which of them hide nothing.
//!
//! Knows findings and the comments of documents; runs no rule.

use rustc_hash::FxHashMap;

use super::{RuleTables, UNUSED_ALLOW, engine, index_of};
use crate::model::collection::Collection;
use crate::model::document::{Document, Suppression};
use crate::model::edit::{Edit, Fix};
use crate::model::finding::{Family, Finding, Tier};
use crate::model::id::DocId;
use crate::model::span::Span;
use crate::rule::Rule;
use crate::rules;
use crate::settings::{RuleTable, suggestion};

/// Drops the findings that a suppression covers, and reports suppressions that cover nothing.
pub(super) fn suppress(findings: Vec<Finding>, collection: &Collection, tables: &RuleTables) -> Vec<Finding> {
    let mut used: Vec<Vec<bool>> = collection.documents.iter().map(|doc| vec![false; doc.suppressions.len()]).collect();
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut scopes: FxHashMap<DocId, Scopes<'_>> = FxHashMap::default();
    for finding in findings {
        if finding.family == Family::Engine {
            kept.push(finding);
            continue;
        }
        let names = [Some(finding.rule), Some(finding.family.as_str()), (!finding.grave).then_some("")];
        let finding = finding.retain_places(|place| {
            let doc = collection.document(place.doc);
            if doc.suppressions.is_empty() {
                return true;
            }
            let allow = scopes.entry(doc.id).or_insert_with(|| Scopes::new(doc)).covering(place.span, &names);
            allow.inspect(|&allow| used[doc.id.index()][allow] = true).is_none()
        });
        kept.extend(finding.map(|mut finding| {
            let doc = collection.document(finding.primary.doc);
            // Nothing is changed that a comment with a misspelled name was to protect.
            let is_meant = |scopes: &Scopes<'_>| scopes.covering(finding.primary.span, &[Some(UNKNOWN)]).is_some();
            if finding.fix.is_some() && scopes.get(&doc.id).is_some_and(is_meant) {
                finding.fix = None;
            }
            finding
        }));
    }
    let unused = index_of(UNUSED_ALLOW).expect("the engine's rules are in the list");
    let read = |(doc, _): &(&Document, _)| doc.source.declined().is_none() && !collection.context.contains(&doc.id);
    for (doc, used) in collection.documents.iter().zip(&used).filter(read) {
        let table = tables.of(doc);
        let state = table.state(unused);
        let usage_errors = doc.suppressions.iter().zip(used).filter_map(|(allow, &used)| {
            let usage_error = malformed(allow).or_else(|| if used { None } else { idle(allow, table) })?;
            Some(unused_allow(doc, allow, usage_error))
        });
        kept.extend(usage_errors.filter_map(|finding| state.judge(finding)));
    }
    kept
}

/// Name in place of those in suppressions that no rule or family has.
const UNKNOWN: &str = "\0unknown";

/// The scopes of a document's suppressions by the names that these give.
struct Scopes<'a> {
    /// For each rule or family, and for the empty name of `recto-off`: layers of disjoint scopes, each sorted, with the
    /// index of the suppression. Scopes hardly ever overlap, so there are few layers.
    by_name: FxHashMap<&'a str, Vec<Vec<(Span, usize)>>>,
}

impl<'a> Scopes<'a> {
    fn new(doc: &'a Document) -> Self {
        let mut all: FxHashMap<&str, Vec<(Span, usize)>> = FxHashMap::default();
        for (at, allow) in doc.suppressions.iter().enumerate().filter(|(_, allow)| allow.problem.is_none()) {
            let is_switch = allow.rules.is_empty();
            let unknown = unknown_name(allow).map(|_| UNKNOWN);
            let named = allow.rules.iter().map(|name| rules::current(name));
            for name in named.chain(is_switch.then_some("")).chain(unknown) {
                all.entry(name).or_default().push((allow.scope, at));
            }
        }
        let layered = |mut scopes: Vec<(Span, usize)>| {
            scopes.sort_by_key(|(scope, at)| (scope.start, scope.end, *at));
            scopes.dedup_by_key(|(scope, _)| *scope);
            let mut layers: Vec<Vec<(Span, usize)>> = Vec::new();
            for (scope, at) in scopes {
                let is_beside =
                    |layer: &&mut Vec<(Span, usize)>| layer.last().is_none_or(|(last, _)| last.end < scope.start);
                match layers.iter_mut().find(is_beside) {
                    Some(layer) => layer.push((scope, at)),
                    None => layers.push(vec![(scope, at)]),
                }
            }
            layers
        };
        Self { by_name: all.into_iter().map(|(name, scopes)| (name, layered(scopes))).collect() }
    }

    /// Returns the index of the first suppression at `span` that gives one of `names`.
    fn covering(&self, span: Span, names: &[Option<&str>]) -> Option<usize> {
        let layers = names.iter().flatten().filter_map(|name| self.by_name.get(name)).flatten();
        let first = layers.filter_map(|layer| {
            let at = layer.partition_point(|(scope, _)| scope.end < span.start);
            let near = layer[at..].iter().take(2);
            let mut inside = near.filter(|(scope, _)| scope.overlaps(span) || scope.contains_offset(span.start));
            inside.next().map(|(_, allow)| *allow)
        });
        first.min()
    }
}

/// Returns the defect in what a suppression says, if there is one, and what to do.
fn malformed(allow: &Suppression) -> Option<(String, Option<String>)> {
    if let Some(problem) = &allow.problem {
        return Some((problem.clone(), None));
    }
    let name = unknown_name(allow)?;
    let names = rules::ALL.iter().map(|rule| rule.id).chain(Family::ALL.map(Family::as_str));
    Some((format!("there is no rule or family `{name}`"), suggestion(name, names)))
}

/// Returns the first name in a suppression that no rule or family has.
fn unknown_name(allow: &Suppression) -> Option<&String> {
    let families = Family::ALL.map(Family::as_str);
    let exists = |name: &&String| index_of(rules::current(name)).is_some() || families.contains(&name.as_str());
    allow.rules.iter().find(|name| !exists(name))
}

/// Returns the defect of a suppression that suppresses nothing, and what to do. A suppression of a rule that is off may
/// be of use when the rule is on, so that it has none.
fn idle(allow: &Suppression, table: &RuleTable) -> Option<(String, Option<String>)> {
    let named = |name: &String, rule: &Rule| rules::current(name) == rule.id || name == rule.family.as_str();
    let covered = |rule: &Rule| allow.rules.iter().any(|name| named(name, rule));
    let all_run = rules::ALL.iter().enumerate().all(|(at, rule)| {
        let state = table.state(at);
        !covered(rule) || (state.enabled && (state.audit || rule.tier == Tier::Gate))
    });
    let switch = allow.rules.is_empty();
    (all_run && !switch).then(|| {
        (format!("this comment suppresses nothing of {}", allow.rules.join(", ")), Some("remove it".to_owned()))
    })
}

fn unused_allow(doc: &Document, allow: &Suppression, (message, help): (String, Option<String>)) -> Finding {
    let mut report = engine(UNUSED_ALLOW);
    let finding = report.find(doc.id, allow.comment, message);
    if let Some(help) = help {
        finding.help(help);
    }
    if allow.problem.is_none() && allow.reason.is_some() && unknown_name(allow).is_none() {
        finding.fix(Fix::likely("remove the comment", Edit::delete(doc.id, with_its_line(doc, allow.comment))));
    }
    report.into_findings().pop().expect("one was just said")
}

/// Returns the span of the comment, with its line and the empty one after it if nothing else is on the line.
fn with_its_line(doc: &Document, comment: Span) -> Span {
    let text = doc.text();
    let line = doc.line_span(comment.start);
    if line != comment {
        let before = text[..comment.start as usize].trim_end_matches([' ', '\t']).len() as u32;
        return Span::new(before.max(line.start), comment.end);
    }
    let at = doc.lines.line_of(comment.start);
    let mut end = doc.lines.span_of(at, text).end;
    let next = doc.lines.span_of(at + 1, text);
    if next.start == end && doc.slice(next).trim().is_empty() {
        end = next.end;
    }
    Span::new(comment.start, end)
}

#[cfg(test)]
mod tests {
    use crate::lint::lint;
    use crate::settings::Settings;

    #[test]
    fn an_allow_comment_can_call_a_renamed_rule_by_its_earlier_name() {
        let settings = Settings::new("/project".into(), "/project".into());
        let rules = |name: &str| -> Vec<&str> {
            let text = format!("<!-- recto-allow {name}: quoted -->\n\nThe ferry doesnâ€™t leave before noon.\n");
            let files = vec![("a.md".into(), text.into_bytes())];
            lint(&crate::api::collection(files, &settings), &settings).into_iter().map(|finding| finding.rule).collect()
        };
        assert!(rules("mojibake").is_empty() && rules("garbled-text").is_empty());
        assert_eq!(rules("garbled"), ["unused-allow", "mojibake"]);
    }

    fn found(text: &str) -> Vec<(&'static str, u32)> {
        let settings = Settings::new("/project".into(), "/project".into());
        let collection = crate::api::collection(vec![("a.md".into(), text.as_bytes().to_vec())], &settings);
        let doc = &collection.documents[0];
        let findings = lint(&collection, &settings).into_iter();
        findings.map(|finding| (finding.rule, doc.position(finding.primary.span.start).line)).collect()
    }

    #[test]
    fn a_comment_with_a_misspelled_name_was_removed_with_what_it_protected() {
        let settings = Settings::new("/project".into(), "/project".into());
        let text = "<!-- recto-allow repeated-words: a song -->\n\nRow the the boat home again.\n\nRow the the boat.\n";
        let collection = crate::api::collection(vec![("a.md".into(), text.into())], &settings);
        let fixes: Vec<_> =
            lint(&collection, &settings).into_iter().map(|finding| (finding.rule, finding.fix.is_some())).collect();
        assert_eq!(fixes, [("unused-allow", false), ("repeated-word", false), ("repeated-word", true)]);
    }

    #[test]
    fn a_switch_hides_no_character_that_deceives() {
        let off = "# A\n\n<!-- recto-off -->\n\nthe the abc\u{202E}def and \u{2066}more.\n\n<!-- recto-on -->\n";
        assert_eq!(found(off), [("invisible-character", 5), ("invisible-character", 5)]);
        let named =
            "# A\n\n<!-- recto-allow-file invisible-character: shown -->\n\n<!-- recto-off -->\n\nabc\u{202E}def\n";
        assert_eq!(found(named), []);
    }

    #[test]
    fn each_of_many_suppressions_hides_what_is_in_its_own_scope() {
        let block = "<!-- recto-allow repeated-word: a song -->\n\nRow row the the boat\n\n";
        let mut text = format!("# A\n\n{}", block.repeat(300));
        assert_eq!(found(&text), []);
        text.push_str("Row the the boat home again now.\n\n- one of the the boats <!-- recto-allow repeated-word: a song -->\n- two of the the boats\n");
        let lines = text.lines().count() as u32;
        assert_eq!(found(&text), [("repeated-word", lines - 3), ("repeated-word", lines)]);
    }
}
