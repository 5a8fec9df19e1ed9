//! `chat-residue`: text of a chat assistant around the content that it was asked for.
//!
//! The phrases are data: `rules/data/chat-residue.toml`, each with lines that it must match and lines that it must not.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use regex::{Regex, RegexSet, RegexSetBuilder};
use serde::Deserialize;

use crate::model::document::{BlockKind, Document, LinkKind, Prose, ProseBlock};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::id::BlockId;
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::english::context::is_function_word;
use crate::text::english::starts::Starts;
use crate::text::words::{Word, words};

pub(crate) static RULE: Rule = Rule {
    id: "chat-residue",
    family: Family::Structure,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Structure,
    summary: "leftovers of pasted chat-assistant output",
    page: include_str!("../../rules/chat-residue.md"),
    check: Check::Document(check),
};

fn check(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    tokens(doc, out);
    chatter(doc, cx, out);
}

/// Citation marks and tracking parameters, as observed in text copied from the assistants' interfaces.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^(?:\[cite_(?:start|end)\]",
        r"|\[cite: ?\d+(?:[-–, ]+\d+)*\]",
        r"|:contentReference\[oaicite:\d+\](?:\{index=\d+\})?",
        r"|\[oaicite:\d+\](?:\{index=\d+\})?",
        r"|\[oai_citation(?:_attribution)?:\d+‡[^\]\n]{1,120}\]",
        r"|【(?:\d+(?::\d+)?†[^】\n]{0,80}|oaicite:\d+)】",
        r"|\x{E200}[^\x{E200}\x{E201}\n]{0,200}\x{E201}",
        r"|(?:file)?citeturn\d+(?:search|view|news|file|image|fetch|academia|reddit)\d+(?:turn\d+[a-z]+\d+)*",
        r"|turn\d+(?:search|view|news|file|image|fetch|academia)\d+",
        r"|\[span_\d+\]\((?:start|end)_span\)",
        r"|utm_source=(?:chatgpt\.com|openai|copilot\.com|perplexity(?:\.ai)?)",
        r"|https://(?:chatgpt\.com|chat\.openai\.com)/c/[0-9a-f-]{30,40}",
        r"|sandbox:/mnt/data/)",
    ))
    .expect("the pattern is tested")
});

/// Beginnings of all tokens.
static TOKEN_STARTS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let starts = [
        "[cite",
        ":contentReference[",
        "[oaicite",
        "[oai_citation",
        "【",
        "\u{E200}",
        "filecite",
        "citeturn",
        "turn0",
        "turn1",
        "turn2",
        "turn3",
        "turn4",
        "turn5",
        "turn6",
        "turn7",
        "turn8",
        "turn9",
        "[span_",
        "utm_source=",
        "https://chat",
        "sandbox:/",
    ];
    AhoCorasickBuilder::new().match_kind(MatchKind::LeftmostFirst).build(starts).expect("a few words")
});

fn tokens(doc: &Document, out: &mut Report) {
    let text = doc.text();
    let (mut done, mut line_done) = (0, 0);
    for start in TOKEN_STARTS.find_iter(text) {
        let Some(found) = TOKEN.find(&text[start.start()..]).filter(|_| start.start() >= done) else { continue };
        let span = Span::from(start.start()..start.start() + found.end());
        done = span.end as usize;
        let before = text[..span.start as usize].chars().next_back();
        let after = text[done..].chars().next();
        let wordy = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let part_of_word = found.as_str().contains("turn") && (wordy(before) || wordy(after));
        let in_code = is_code_of_mark(doc, span);
        // Not after the end of inline code.
        let code = doc.inline_code.partition_point(|code| code.end < span.start);
        let is_after_code = doc.inline_code.get(code).is_some_and(|code| code.end == span.start);
        let quoted = !in_code && !is_after_code && before.is_some_and(|c| matches!(c, '"' | '“' | '\'' | '‘' | '`'));
        // A link often occurs twice on its line, as text and as target.
        let again = found.as_str().starts_with("https") && span.start < line_done;
        // A definition, or a link to one or to a page, leads somewhere.
        let is_named = found.as_str().starts_with("[oai_citation");
        let leads =
            !is_named && found.as_str().ends_with(']') && (matches!(after, Some('(' | ':')) || is_link(doc, span));
        if !(part_of_word || quoted || again || leads || !in_code && doc.is_verbatim(span.start)) {
            token(doc, span, found.as_str(), out);
            line_done = doc.line_span(span.start).end;
        }
    }
}

/// Returns whether a mark of content references is all that is between code marks at the end of a sentence or paragraph. In
/// the middle of a sentence, the text is about the mark.
fn is_code_of_mark(doc: &Document, span: Span) -> bool {
    let code = Span::new(span.start.saturating_sub(1), span.end + 1);
    if span.start == 0
        || !doc.slice(span).starts_with(":contentReference")
        || doc.inline_code.binary_search(&code).is_err()
    {
        return false;
    }
    let line = doc.line_span(span.start);
    let before = doc.slice(Span::new(line.start, code.start)).trim_end();
    let after = doc.slice(Span::new(code.end, line.end)).trim();
    let is_end = after.is_empty() || after.starts_with(char::is_uppercase);
    let ends = is_end && before.ends_with(['.', '!', '?', '"', '”', ')', ']']);
    const ABOUT: [&str; 14] = [
        "called", "contain", "contains", "leaves", "like", "mark", "marks", "named", "remove", "removes", "see",
        "strip", "strips", "write",
    ];
    let last = before.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("").to_lowercase();
    let is_about = last.is_empty() || is_function_word(&last) || ABOUT.contains(&last.as_str());
    ends || matches!(after, "." | "!" | "?") && !is_about
}

/// Returns whether a link with a target is at `span`.
fn is_link(doc: &Document, span: Span) -> bool {
    let at = doc.links.partition_point(|link| link.span.start < span.start);
    doc.links.get(at).is_some_and(|link| link.span.start == span.start && link.kind != LinkKind::BrokenReference)
}

fn token(doc: &Document, span: Span, found: &str, out: &mut Report) {
    if found.starts_with("utm_source") {
        let finding = out.find(doc.id, span, "this link has the tracking parameter of a chat assistant");
        if let Some(parameter) = parameter(doc, span) {
            let fix = Fix::safe("remove the tracking parameter", Edit::delete(doc.id, parameter));
            finding.fix(fix);
        }
    } else if found.starts_with("https") {
        out.find(doc.id, span, "this link leads to a private chat that nobody else can open");
    } else if found.starts_with("sandbox") {
        out.find(doc.id, span, "this link leads to a file that only a chat assistant could see");
    } else if found.starts_with("[oai_citation") {
        let finding = out.find(doc.id, span, "this source has the citation mark of a chat assistant");
        if let Some(mark) = found.find('‡') {
            let mark = Span::new(span.start + 1, span.start + (mark + '‡'.len_utf8()) as u32);
            finding.fix(Fix::likely("keep the name only", Edit::delete(doc.id, mark)));
        }
    } else if is_code_of_mark(doc, span) {
        let finding = out.find(doc.id, span, "a citation mark of a chat assistant that leads nowhere");
        let code = Span::new(span.start - 1, span.end + 1);
        finding.fix(Fix::likely("remove it", Edit::delete(doc.id, with_space(doc, code))));
    } else {
        let finding = out.find(doc.id, span, "a citation mark of a chat assistant that leads nowhere");
        finding.fix(Fix::safe("remove it", Edit::delete(doc.id, with_space(doc, span))));
    }
}

/// Returns the parameter with the character that joins it to the address, so that the address stays valid without it.
fn parameter(doc: &Document, span: Span) -> Option<Span> {
    let bytes = doc.text().as_bytes();
    let before = *bytes.get(span.start.checked_sub(1)? as usize)?;
    match (before, bytes.get(span.end as usize)) {
        (b'?', Some(b'&')) => Some(Span::new(span.start, span.end + 1)),
        (b'?' | b'&', next) if next.is_none_or(|&next| !next.is_ascii_alphanumeric() && next != b'%') => {
            Some(Span::new(span.start - 1, span.end))
        }
        _ => None,
    }
}

/// Returns the token with the space or line break before it, where removing the token alone would leave one over.
fn with_space(doc: &Document, span: Span) -> Span {
    /// Marks before which no space is.
    const ENDS: &str = ".,;:!?)]”’“»\"，。；：！？）」』、،؛؟।";
    let text = doc.text();
    let line = doc.line_span(span.start);
    let before = text.get(line.start as usize..span.start as usize).unwrap_or("");
    let after = text.get(span.end as usize..line.end as usize).unwrap_or("");
    let ends = after.is_empty() || after.starts_with(|c: char| c == ' ' || ENDS.contains(c));
    let has_text = !before.trim().is_empty();
    if ends && !has_text && !after.starts_with(' ') {
        return with_break(doc, span, line);
    }
    if ends && has_text && before.ends_with(' ') && !before.ends_with("  ") {
        return Span::new(span.start - 1, span.end);
    }
    if !has_text && after.starts_with(' ') {
        return Span::new(span.start, span.end + 1);
    }
    span
}

/// Returns the token at the start of a line, with the break before it if the line continues the paragraph above.
/// Otherwise the rest of the line would begin with a full stop, or an empty line would divide the paragraph.
fn with_break(doc: &Document, span: Span, line: Span) -> Span {
    let above = doc.text().get(..line.start as usize).unwrap_or("").trim_end();
    let end = above.len() as u32;
    let same = !above.is_empty() && doc.block_at(end - 1) == doc.block_at(span.start);
    if same { Span::new(end, span.end) } else { span }
}

/// A phrase as in the data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    what: String,
    place: PatternAnchor,
    tier: Level,
    pattern: String,
    /// True if the pattern itself matches the symbols before the words.
    #[serde(default)]
    emoji: bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests"))]
    bad: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests"))]
    good: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PatternAnchor {
    Start,
    End,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Gate,
    Audit,
}

#[derive(Debug, Deserialize)]
struct Phrases {
    phrase: Vec<Phrase>,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let data = include_str!("../../rules/data/chat-residue.toml");
    toml::from_str::<Phrases>(data).expect("the data file is tested").phrase
});

static RESIDUE_PATTERNS: LazyLock<RegexSet> = LazyLock::new(|| {
    // The engine that matches line by line has no Unicode word boundaries. The words of the data are ASCII, for which
    // ASCII word boundaries are equivalent.
    let patterns = PHRASES.iter().map(|phrase| format!("^(?:{})", phrase.pattern.replace(r"\b", r"(?-u:\b)")));
    RegexSetBuilder::new(patterns).case_insensitive(true).build().expect("the data file is tested")
});

/// Words of which every phrase contains at least one, at the start of a word. The prefilter is much less expensive than
/// the phrases.
#[rustfmt::skip]
const HINT_WORDS: [&str; 48] = [
    "here's ", "here’s ", "here is ", "here are ", "below is ", "below are ", "let's ", "let’s ", "let me ", "me to ",
    "tell me", "say the word", "go for ", "hope this", "free to ask", "happy to help", "in the next ", "my next ",
    "if you want", "if you'", "if you’", "if you would", "if you like", "if you prefer", "continue from",
    "language model", "ai model", "context updated", "chatgpt", "you said:", "copy code", "without rep",
    "with no rep", "not rep", "❓", "💬", "constraint", "limits, ", "limitations", "search, i", "results, i ",
    "your workspace", "your codebase", "your repository", "your project", "i've ", "i’ve ", "i have ",
];

static HINTS: LazyLock<Starts> =
    LazyLock::new(|| Starts::new(HINT_WORDS.into_iter().enumerate().map(|(at, hint)| (hint, at))));

/// Calls `visit` with the start of each hint in a text.
fn each_hint(text: &str, mut visit: impl FnMut(usize)) {
    HINTS.for_each(text, |start, at| {
        let found = text.as_bytes().get(start..start + HINT_WORDS[at].len()).unwrap_or_default();
        // A phrase is within one line.
        if !found.contains(&b'\n') {
            visit(start);
        }
    });
}

/// Returns the first phrase that starts the line.
fn phrase_of(line: &str) -> Option<&'static Phrase> {
    let straight;
    let line = if line.contains('’') {
        straight = line.replace('’', "'");
        &straight
    } else {
        line
    };
    let words = line.trim_start_matches(|c: char| !c.is_alphanumeric() && !"\"“'‘«`".contains(c));
    let with_signs = RESIDUE_PATTERNS.matches(line);
    // Most lines start with a word.
    let bare = (words.len() < line.len()).then(|| RESIDUE_PATTERNS.matches(words));
    let bare = bare.as_ref().unwrap_or(&with_signs);
    PHRASES
        .iter()
        .enumerate()
        .find(|(at, phrase)| if phrase.emoji { with_signs.matched(*at) } else { bare.matched(*at) })
        .map(|(_, phrase)| phrase)
}

fn chatter(doc: &Document, cx: &Context<'_>, out: &mut Report) {
    let mut done = 0;
    for prose in doc.prose.blocks.iter().filter(|prose| stands_alone(doc, prose)) {
        let (text, base) = (doc.prose.text_of(prose), prose.range.start as usize);
        let mut looked = 0;
        each_hint(text, |hint| {
            if hint < looked {
                return;
            }
            let start = memchr::memrchr(b'\n', &text.as_bytes()[..hint]).map_or(0, |at| at + 1);
            let end = memchr::memchr(b'\n', &text.as_bytes()[hint..]).map_or(text.len(), |len| hint + len);
            looked = end;
            if let Some(until) = remark(doc, cx, prose, base + start..base + end, done, out) {
                done = until;
            }
        });
    }
}

/// Reports the line if it starts with a phrase, unless the line is before `done`. Returns the end of the text that the
/// fix removes.
fn remark(
    doc: &Document,
    cx: &Context<'_>,
    prose: &ProseBlock,
    range: Range<usize>,
    done: u32,
    out: &mut Report,
) -> Option<u32> {
    let line = doc.prose.text().get(range.clone())?;
    let phrase = phrase_of(line.get(..searched_len(line)).unwrap_or(line))?;
    let first = range.start == prose.range.start as usize;
    let fits = match phrase.place {
        PatternAnchor::Any => true,
        PatternAnchor::Start => first && opens(doc, prose.block),
        PatternAnchor::End => closes(doc, prose.block),
    };
    let span = doc.prose.source_span(range);
    if !fits || span.start < done || (phrase.tier == Level::Audit && !cx.audit) {
        return None;
    }
    let finding = out.find(doc.id, span, format!("{} of a chat assistant, left in the text", phrase.what));
    if phrase.tier == Level::Audit {
        finding.tier(Tier::Audit);
    }
    let whole = passage(doc, prose, line).filter(|_| first)?;
    finding.fix(Fix::likely("remove it", Edit::delete(doc.id, removable(doc, whole))));
    Some(whole.end)
}

/// Maximum length of the searched beginning of a line, in bytes (a guess: longer than any phrase of the data).
const MAX_SEARCHED_BYTES: usize = 300;

/// Returns the length of the searched beginning of a line, in bytes.
fn searched_len(line: &str) -> usize {
    line.floor_char_boundary(MAX_SEARCHED_BYTES)
}

/// Returns true for a paragraph at the top level. Quoted and listed text is not searched, because it is usually an
/// example.
fn stands_alone(doc: &Document, prose: &ProseBlock) -> bool {
    let block = &doc[prose.block];
    matches!(block.kind, BlockKind::Paragraph) && block.parent.is_none()
}

/// Returns the nearest top-level block before this one.
fn before(doc: &Document, block: BlockId) -> Option<&BlockKind> {
    doc.blocks[..block.index()].iter().rev().find(|block| block.parent.is_none()).map(|block| &block.kind)
}

fn after(doc: &Document, block: BlockId) -> impl Iterator<Item = (BlockId, &BlockKind)> {
    let next = block.index() + 1;
    let blocks = doc.blocks.get(next..).unwrap_or(&[]).iter().enumerate();
    blocks.filter(|(_, block)| block.parent.is_none()).map(move |(at, block)| (BlockId::new(next + at), &block.kind))
}

fn is_edge(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Heading(_) | BlockKind::Rule | BlockKind::FrontMatter)
}

/// Returns true if the block is the first of its document or section.
fn opens(doc: &Document, block: BlockId) -> bool {
    before(doc, block).is_none_or(is_edge)
}

/// Returns true if at most a list and a closing phrase follow before the section or the document ends.
fn closes(doc: &Document, block: BlockId) -> bool {
    after(doc, block).take_while(|(_, kind)| !is_edge(kind)).take(3).count() <= 2
}

/// Returns the span of the paragraph with the list that it introduces and the closing phrase after the list. `None` if
/// the paragraph is so long that it may have other content as well.
fn passage(doc: &Document, prose: &ProseBlock, line: &str) -> Option<Span> {
    let block = &doc[prose.block];
    let text = doc.prose.text_of(prose);
    let sentences = text.matches(['.', '!', '?']).count();
    if text.contains('\n') || text.contains([Prose::OPAQUE, Prose::MARK]) || sentences > 2 {
        return None;
    }
    let mut span = block.span;
    if !line.trim_end().ends_with(':') {
        return (!has_own_content(text)).then_some(span);
    }
    let mut following = after(doc, prose.block);
    let (list, kind) = following.next()?;
    if !matches!(kind, BlockKind::List { .. }) {
        return None;
    }
    span = span.cover(doc[list].span);
    if let Some((next, BlockKind::Paragraph)) = following.next() {
        let parting = doc.slice(doc[next].span);
        let words = parting.to_lowercase();
        if !parting.contains('\n') && (words.starts_with("just ") || words.starts_with("let me know")) {
            span = span.cover(doc[next].span);
        }
    }
    Some(span)
}

/// Returns whether one of the sentences of a paragraph speaks of something else than the writer, the reader and what is
/// delivered here.
fn has_own_content(text: &str) -> bool {
    /// Minimum number of words of such a sentence (a guess): "Sure!" and "That makes ten!" are shorter.
    const MIN_WORDS: usize = 4;
    const PERSONS: [&str; 14] =
        ["i", "me", "my", "you", "your", "us", "let", "let's", "we", "here", "here's", "just", "wanna", "next"];
    let mut sentences = text.split_inclusive(['.', '!', '?']).map(|sentence| words(sentence).collect::<Vec<_>>());
    sentences.any(|sentence| {
        let is_person = |word: &Word<'_>| PERSONS.contains(&word.text.to_lowercase().as_str());
        sentence.len() >= MIN_WORDS && !sentence.iter().any(is_person)
    })
}

/// Returns the span of the blocks with the empty lines that removing them would leave over.
fn removable(doc: &Document, span: Span) -> Span {
    let text = doc.text();
    let rest = text.get(span.end as usize..).unwrap_or("");
    let gap = rest.len() - rest.trim_start_matches(['\n', '\r']).len();
    if gap < rest.len() {
        return Span::new(doc.line_span(span.start).start, span.end + gap as u32);
    }
    // At the end of the document, the break before the removed text becomes the final line break.
    let before = text.get(..span.start as usize).unwrap_or("").trim_end();
    let ending = if before.is_empty() { 0 } else { before.len() as u32 };
    Span::new(ending, if ending == 0 { span.end + gap as u32 } else { span.end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_finds_its_bad_lines_and_leaves_its_good_ones_alone() {
        for (at, phrase) in PHRASES.iter().enumerate() {
            let matches = |line: &String| phrase_of(line).is_some_and(|found| std::ptr::eq(found, &PHRASES[at]));
            for line in &phrase.bad {
                assert!(phrase_of(line).is_some(), "{line}");
                let mut has_hint = false;
                each_hint(line, |_| has_hint = true);
                assert!(has_hint, "no hint in {line}");
            }
            assert!(phrase.bad.iter().any(matches), "`{}` is never the first to match", phrase.pattern);
            for line in &phrase.good {
                assert!(phrase_of(line).is_none(), "{line}: {:?}", phrase_of(line));
            }
            assert!(!phrase.bad.is_empty() && !phrase.good.is_empty());
        }
    }
}
