//! `placeholder`: text put where content is yet to come.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::document::{BlockKind, Document, ProseBlock};
use crate::model::edit::Stage;
use crate::model::finding::{Family, Severity, Tier};
use crate::rule::{Check, Context, Report, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "placeholder",
    family: Family::Structure,
    tier: Tier::Audit,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "a placeholder in place of content",
    page: include_str!("../../rules/placeholder.md"),
    check: Check::Document(check),
};

/// Paragraphs that consist of a placeholder.
static WHOLE_PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\W*(?:(?:TODO|TBD|TBA|FIXME|XXX)(?:\W*$|[:\s]+\S.*)",
        r"|(?i:(?:this (?:section|page|chapter|answer|part) is )?(?:coming soon|under construction|work in progress",
        r"|to be (?:written|added|done|completed|determined|announced|continued)|content goes here|placeholder(?: text)?)\W*$))",
    ))
    .expect("the pattern is tested")
});

/// Placeholders within other text.
static INLINE_PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\blorem ipsum\b",
        r"|\[(?:your|insert|enter|add) [a-z][a-z ]{1,38}\]|\[(?:todo|tbd|tba|placeholder)\b[^\]\n]{0,60}\]",
    ))
    .expect("the pattern is tested")
});

/// Words before a placeholder in a text about it: "the tag [TODO] is used in titles".
const NAMED_AS: [&str; 12] =
    ["called", "keyword", "label", "like", "mark", "marker", "named", "placeholder", "prefix", "string", "tag", "word"];

/// Maximum length of a paragraph that consists of a placeholder, in bytes (a guess: one line).
const MAX_PLACEHOLDER_BYTES: usize = 120;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    // The texts of a program may be about what is to be done.
    if doc.has_keys() {
        return;
    }
    for prose in &doc.prose.blocks {
        let block = &doc[prose.block];
        let text = doc.prose.text_of(prose);
        let base = prose.range.start as usize;
        let short = text.len() <= MAX_PLACEHOLDER_BYTES && !text.contains('\n');
        if short
            && !matches!(block.kind, BlockKind::Heading(_) | BlockKind::TableCell)
            && WHOLE_PLACEHOLDER.is_match(text)
        {
            let span = doc.prose.source_span(base..base + text.len());
            out.find(doc.id, span, "this is a placeholder, not content");
            continue;
        }
        for found in INLINE_PLACEHOLDER.find_iter(text) {
            // `[Your name](…)` is a link.
            let after = &text[found.end()..];
            let names = found.as_str().eq_ignore_ascii_case("lorem ipsum");
            let place = base + found.start();
            let is_talk = || {
                let before = text[..found.start()].trim_end();
                let last = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
                NAMED_AS.contains(&last.as_str())
            };
            let talks =
                is_talk() || names && (!is_filler(text, after) || is_quoted(doc, prose, place) || is_cited(doc, prose));
            if !after.starts_with(['(', '[', ':']) && !talks {
                let span = doc.prose.source_span(base + found.start()..base + found.end());
                out.find(doc.id, span, format!("`{}` is a placeholder", found.as_str()));
            }
        }
    }
}

/// Returns true if a quotation mark precedes a place of the prose, or if emphasis begins there within a sentence.
fn is_quoted(doc: &Document, prose: &ProseBlock, place: usize) -> bool {
    let before = doc.prose.text()[prose.range.start as usize..place].chars().next_back();
    let at = doc.prose.source_span(place..place + 1).start as usize;
    let is_emphasis = before.is_some() && doc.text()[..at].ends_with(['*', '_']);
    before.is_some_and(|c| "\"'“«‘„‚「『".contains(c)) || is_emphasis
}

/// Returns true for a block of a quotation in a document that names "lorem ipsum" as well.
fn is_cited(doc: &Document, prose: &ProseBlock) -> bool {
    let mut next = Some(prose.block);
    while let Some(at) = next {
        if doc[at].kind == BlockKind::Quote {
            let text = doc.prose.text().to_lowercase();
            return text.match_indices("lorem ipsum").any(|(at, name)| !text[at + name.len()..].starts_with(" dolor"));
        }
        next = doc[at].parent;
    }
    false
}

/// Returns true if "lorem ipsum" is filling text and not named: its next word follows, or it is all of the block.
fn is_filler(text: &str, after: &str) -> bool {
    /// Length of "lorem ipsum", in bytes.
    const LENGTH: usize = 11;
    let rest = after.trim_start_matches([' ', '\n', ',']).to_lowercase();
    rest.starts_with("dolor") || text.trim_matches(|c: char| !c.is_alphanumeric()).len() <= LENGTH
}
