//! `grammar`: a phrase that is wrong in any context.
//!
//! The phrases are data: `rules/data/grammar/`.

use std::sync::LazyLock;

use crate::model::document::{Document, ProseBlock};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::english::EnglishProse;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};
use crate::settings::OwnPattern;
use crate::text::english::corrections::corrections_of;
use crate::text::english::patterns::{PatternMatch, Patterns};
use crate::text::words::names::is_shown_as_wrong;
use crate::text::words::{is_followed_by_sic, stands_free, touches_brackets};

pub(crate) static RULE: Rule = Rule {
    id: "grammar",
    family: Family::Language,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Words,
    summary: "a phrase is wrong in any context",
    page: include_str!("../../rules/grammar.md"),
    check: Check::Document(check),
};

const FILES: [&str; 7] = [
    include_str!("../../rules/data/grammar/agreement.toml"),
    include_str!("../../rules/data/grammar/articles.toml"),
    include_str!("../../rules/data/grammar/confusions.toml"),
    include_str!("../../rules/data/grammar/joined.toml"),
    include_str!("../../rules/data/grammar/prepositions.toml"),
    include_str!("../../rules/data/grammar/punctuation.toml"),
    include_str!("../../rules/data/grammar/verbs.toml"),
];

static GRAMMAR_PATTERNS: LazyLock<Patterns> =
    LazyLock::new(|| Patterns::new(&FILES).expect("a test reads the files, which are part of the program"));

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let options = &cx.options.grammar;
    for own in &options.patterns {
        check_own(doc, own, out);
    }
    if !cx.is_english(doc) {
        return;
    }
    let mut english = EnglishProse::new(doc);
    let mut last: Option<usize> = None;
    for found in GRAMMAR_PATTERNS.find(doc.prose.text(), |pattern| cx.audit || pattern.tier == "gate") {
        let Some(block) = block_of(doc, found.range.start) else { continue };
        let overlaps = last.is_some_and(|end| found.range.start < end);
        let inside = found.range.end <= block.range.end as usize;
        if inside
            && !overlaps
            && !options.ignore.iter().any(|id| id == found.id)
            && !touches_brackets(doc.prose.text(), found.range.start, found.range.end)
            // Names of files and hosts: "dont.txt". The last of several words may be one.
            && (doc.prose.text()[found.range.clone()].contains(' ')
                || stands_free(doc.prose.text(), found.range.start, found.range.end))
            && !is_followed_by_sic(&doc.prose.text()[found.range.end..])
            && !is_replaced(&doc.prose.text()[found.range.end..])
            // One slip is one finding: `misspelling` reports it.
            && corrections_of(&doc.prose.text()[found.range.clone()]).is_empty()
            && english.is_english(found.range.clone())
            && !is_shown_as_wrong(doc.prose.text(), found.range.start, found.range.end)
            && !is_before_label(doc, &found)
        {
            last = Some(found.range.end);
            say(doc, found, out);
        }
    }
}

/// Returns true if an arrow to what is right follows, as in the title of a change: "typo dont' -> don't".
fn is_replaced(after: &str) -> bool {
    let after = after.trim_start_matches(['\'', '"', '’', '”', '`', ' ', '*']);
    ["->", "=>", "→", "⇒", "➜"].iter().any(|arrow| after.starts_with(arrow))
}

/// Returns true for an article before the name of a button or a page in emphasis: "the **My profile** page".
fn is_before_label(doc: &Document, found: &PatternMatch<'_>) -> bool {
    let written = doc.slice(doc.prose.source_span(found.range.clone()));
    found.id == "two-articles" && ["*", "_", "["].iter().any(|mark| written.contains(&format!(" {mark}")))
}

fn block_of(doc: &Document, offset: usize) -> Option<&ProseBlock> {
    let after = doc.prose.blocks.partition_point(|block| block.range.start as usize <= offset);
    doc.prose.blocks.get(after.checked_sub(1)?)
}

fn say(doc: &Document, found: PatternMatch<'_>, out: &mut Report) {
    let span = doc.prose.source_span(found.range.clone());
    let finding = out.find(doc.id, span, found.message);
    finding.data("pattern", found.id);
    if !found.gate {
        finding.tier(Tier::Audit);
    }
    match found.replacement {
        Some(new) if doc.prose.is_contiguous(found.range) => {
            finding.fix(Fix::likely(format!("write `{new}`"), Edit::replace(doc.id, span, &new)));
        }
        new => {
            finding.candidates(found.candidates.into_iter().chain(new));
        }
    }
}

fn check_own(doc: &Document, own: &OwnPattern, out: &mut Report) {
    for block in &doc.prose.blocks {
        let text = doc.prose.text_of(block);
        for groups in own.pattern.captures_iter(text) {
            let Some(whole) = groups.get(0).filter(|whole| !whole.is_empty()) else { continue };
            let new = own.replacement.as_ref().map(|template| {
                let mut new = String::new();
                groups.expand(template, &mut new);
                new
            });
            // Text that equals its own replacement is right.
            if new.as_deref() == Some(whole.as_str()) {
                continue;
            }
            let base = block.range.start as usize;
            let range = base + whole.start()..base + whole.end();
            let span = doc.prose.source_span(range.clone());
            let finding = out.find(doc.id, span, own.message.clone());
            finding.data("pattern", own.pattern.as_str());
            if let Some(new) = new {
                if doc.prose.is_contiguous(range) {
                    finding.fix(Fix::likely(format!("write `{new}`"), Edit::replace(doc.id, span, &new)));
                } else {
                    finding.candidates([new]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_file_is_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules/data/grammar");
        assert_eq!(std::fs::read_dir(folder).expect("a folder").count(), FILES.len());
    }

    #[test]
    fn every_pattern_does_what_its_lines_say() {
        let patterns = Patterns::new(&FILES).expect("valid");
        let mut wrong = Vec::new();
        for pattern in patterns.all() {
            assert!(["gate", "audit"].contains(&pattern.tier.as_str()), "{}: tier", pattern.id);
            assert!(pattern.starts.iter().all(|start| *start == start.to_lowercase()), "{}: starts", pattern.id);
            assert!(!pattern.bad.is_empty(), "{}: no bad line", pattern.id);
            for (at, line) in pattern.bad.iter().enumerate() {
                let found = patterns.find(line, |_| true);
                match found.as_slice() {
                    [only] if only.id == pattern.id => {
                        if let Some(new) = &only.replacement {
                            let mut fixed = line.clone();
                            fixed.replace_range(only.range.clone(), new);
                            if pattern.fixed.get(at) != Some(&fixed) {
                                wrong.push(format!("{}: fixing gives {fixed:?}", pattern.id));
                            }
                            let left = patterns.find(&fixed, |_| true);
                            if !left.is_empty() {
                                wrong.push(format!("{}: {fixed:?} still has {left:?}", pattern.id));
                            }
                        }
                    }
                    other => wrong.push(format!("{}: {line:?} gives {other:?}", pattern.id)),
                }
            }
            for line in &pattern.good {
                let found = patterns.find(line, |_| true);
                if !found.is_empty() {
                    wrong.push(format!("{}: {line:?} gives {found:?}", pattern.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
