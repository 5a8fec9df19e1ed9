//! `invisible-character`: an invisible character in an unexpected place.

use std::collections::BTreeMap;

use crate::model::document::{BlockKind, Document, Format};
use crate::model::edit::{Applicability, Edit, Fix, Stage};
use crate::model::finding::{Family, Severity, Tier};
use crate::model::source::SegmentEncoding;
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::characters::invisible::{self, InvisibleKind, Mark};

pub(crate) static RULE: Rule = Rule {
    id: "invisible-character",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Warning,
    stage: Stage::Characters,
    summary: "an invisible character in an unexpected place",
    page: include_str!("../../rules/invisible-character.md"),
    check: Check::Document(check),
};

/// Maximum number of characters of one kind in a document that are reported one by one (a guess): more of them are one
/// finding.
const MAX_INVISIBLE_FINDINGS: usize = 12;

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    if !invisible::may_hold(doc.text()) {
        return;
    }
    let marks = invisible::marks(doc.text());
    if marks.is_empty() {
        return;
    }
    let garbled: Vec<Span> = doc.mojibake().iter().map(|garble| Span::from(garble.span.clone())).collect();
    let foreign: Vec<Span> = doc
        .source
        .foreign()
        .filter(|segment| segment.unit == SegmentEncoding::Invalid)
        .map(|segment| segment.text)
        .collect();
    let icons = marks.iter().filter(|mark| is_icon(doc, mark)).count();
    let inside = |spans: &[Span], span: Span| {
        let at = spans.partition_point(|other| other.end <= span.start);
        spans.get(at).is_some_and(|other| other.overlaps(span))
    };
    let mut kinds: BTreeMap<(&'static str, char), Vec<Mark>> = BTreeMap::new();
    for mark in marks {
        let span = Span::from(mark.span.clone());
        let alike = kinds.entry((mark.kind.id(), mark.first)).or_default();
        // A document that shows the character as an example does not contain this many.
        let shown = alike.len() <= MAX_INVISIBLE_FINDINGS && is_shown(doc, span, &mark);
        let meant = mark.kind == InvisibleKind::PrivateUse && (icons >= MIN_ICONS || is_icon_of_code(doc, &mark));
        if !inside(&garbled, span) && !inside(&foreign, span) && !shown && !meant {
            alike.push(mark);
        }
    }
    for marks in kinds.values() {
        let intent = if is_hyphenated(doc.text(), marks) { Intent::Meant } else { Intent::LeftOver };
        if marks.len() > MAX_INVISIBLE_FINDINGS {
            together(doc, marks, intent, out);
        } else {
            for mark in marks {
                report(doc, mark, intent, out);
            }
        }
    }
}

/// Likely origin of the characters of one kind in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Intent {
    /// An author may have put them there on purpose.
    Meant,
    /// They came along with pasted text.
    LeftOver,
}

/// Minimum number of icons in a document whose author has a font that shows them (a guess).
const MIN_ICONS: usize = 3;

/// Returns true if a private-use character is by itself, as the icons of a patched font are.
fn is_icon(doc: &Document, mark: &Mark) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let (before, after) = (&doc.text()[..mark.span.start], &doc.text()[mark.span.end..]);
    mark.kind == InvisibleKind::PrivateUse && !letter(before.chars().next_back()) && !letter(after.chars().next())
}

/// Returns true if a private-use character is an icon in code, where it is a prompt or a string.
fn is_icon_of_code(doc: &Document, mark: &Mark) -> bool {
    let at = mark.span.start as u32;
    is_icon(doc, mark) && doc.block_at(at).is_some_and(|block| matches!(doc[block].kind, BlockKind::Code { .. }))
}

/// Returns true if soft hyphens divide some word at more than one place. An author inserts one wherever the word may
/// break, while a soft hyphen left over from hyphenation is the only one in its word.
fn is_hyphenated(text: &str, marks: &[Mark]) -> bool {
    marks.windows(2).any(|pair| {
        let [first, second] = pair else { return false };
        let between = text.get(first.span.end..second.span.start).unwrap_or_default();
        first.kind == InvisibleKind::SoftHyphen && !between.is_empty() && between.chars().all(char::is_alphabetic)
    })
}

/// Reports many characters of one kind as one finding with the fixes of all.
fn together(doc: &Document, marks: &[Mark], intent: Intent, out: &mut Report) {
    let Some(first) = marks.first() else { return };
    // Of each finding only its fix is kept, because a text may hold millions of such characters.
    let fix_of = |mark: &Mark| {
        let mut one = Report::new(&RULE);
        report(doc, mark, intent, &mut one);
        one.into_findings().pop()?.fix
    };
    let all = marks.iter().filter_map(fix_of).reduce(|mut all, fix| {
        all.applicability = all.applicability.min(fix.applicability);
        all.edits.extend(fix.edits);
        all
    });
    let message = format!("{}, in {} places: {}", first.name(), marks.len(), first.kind.why());
    let finding = out.find(doc.id, Span::from(first.span.clone()), message);
    finding.label("the first of them").data("places", marks.len());
    finding.data("code_point", format!("U+{:04X}", first.first as u32)).data("kind", first.kind.id());
    for mark in &marks[1..] {
        finding.also(doc.id, Span::from(mark.span.clone()), "");
    }
    if first.kind.is_grave() {
        finding.severity(Severity::Error).grave();
    }
    if let Some(fix) = all {
        finding.fix(Fix::new(fix.applicability, format!("{} each", fix.title.trim_end_matches(" it")), fix.edits));
    }
}

/// Returns true if the text is about the character: its line has its code point, or it is inline code by itself, or it
/// is alone, as in a table, in a line that has its name or number.
fn is_shown(doc: &Document, span: Span, mark: &Mark) -> bool {
    let line = invisible::line_around(doc.text(), span.start as usize);
    let code = mark.first as u32;
    let names = [format!("U+{code:04X}"), format!("U+{code:04x}"), format!("\\u{code:04x}"), format!("\\x{code:02x}")];
    if names.iter().any(|name| line.contains(name.as_str())) {
        return true;
    }
    if is_tabulated(line, doc, span, mark) || is_counted_through(doc, span) {
        return true;
    }
    let after = doc.inline_code.partition_point(|code| code.start <= span.start);
    let Some(code) = after.checked_sub(1).and_then(|at| doc.inline_code.get(at)).filter(|code| code.contains(span))
    else {
        return false;
    };
    let around = [Span::new(code.start, span.start), Span::new(span.end, code.end)];
    around.iter().all(|part| doc.slice(*part).trim_matches(['`', ' ']).is_empty())
}

/// Returns true if a text lists the characters in the order of their numbers, so that this one follows the one before, or
/// precedes the next: `|}~` and what comes then.
fn is_counted_through(doc: &Document, span: Span) -> bool {
    let shown = doc.slice(span);
    let (Some(first), Some(last)) = (shown.chars().next(), shown.chars().next_back()) else { return false };
    let mut before = doc.text_before(span.start).chars().rev();
    let mut after = doc.text()[span.end as usize..].chars();
    let follows = |a: Option<char>, b: Option<char>| matches!((a, b), (Some(a), Some(b)) if a as u32 + 1 == b as u32);
    let (one, two) = (before.next(), before.next());
    let (next, further) = (after.next(), after.next());
    // Two neighbours on one side, or one on each, are no coincidence.
    follows(one, Some(first)) && (follows(two, one) || follows(Some(last), next))
        || follows(Some(last), next) && follows(next, further)
}

/// Returns true if the character is alone between spaces or the pipes of a table, in a line that has its name or
/// number.
fn is_tabulated(line: &str, doc: &Document, span: Span, mark: &Mark) -> bool {
    let before = doc.text_before(span.start).chars().next_back();
    let after = doc.text()[span.end as usize..].chars().next();
    let is_edge = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || matches!(c, '|' | '`' | '"' | '\''));
    if !(is_edge(before) && is_edge(after)) {
        return false;
    }
    let name = mark.name();
    let name = name.split(" (").next().unwrap_or_default().to_lowercase();
    let code = mark.first as u32;
    let numbers =
        [format!("{code:X}"), format!("{code:x}"), format!("0x{code:X}"), format!("0x{code:x}"), code.to_string()];
    line.to_lowercase().contains(&name)
        || line.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| numbers.iter().any(|number| number == word))
}

/// Reports one character. Its removal is safe unless an author may intend it.
fn report(doc: &Document, mark: &Mark, intent: Intent, out: &mut Report) {
    let span = Span::from(mark.span.clone());
    let name = mark.name();
    let is_first = mark.kind == InvisibleKind::ByteOrderMark && doc.source.disk_offset(span.start) == 0;
    let why = if is_first { "programs that read such files refuse it, or take it for text" } else { mark.kind.why() };
    let finding = out.find(doc.id, span, format!("{name}: {why}"));
    finding.data("code_point", format!("U+{:04X}", mark.first as u32)).data("kind", mark.kind.id());
    if mark.kind.is_grave() {
        finding.severity(Severity::Error).grave();
    }
    if matches!(mark.kind, InvisibleKind::C1Control | InvisibleKind::StrayControl) && is_in_bytes(doc, span) {
        finding.tier(Tier::Audit);
    }
    let replace = |text: String, title: String| Fix::likely(title, Edit::replace(doc.id, span, text));
    match mark.kind {
        InvisibleKind::EatenBacktick(letter) => eaten(doc, span, letter, finding),
        InvisibleKind::HiddenTags => {
            finding.label(format!("spells {:?}", invisible::tag_text(doc.slice(span))));
            finding.fix(replace(String::new(), "remove it".to_owned()));
        }
        InvisibleKind::C1Control => {
            if let Some(c) = invisible::as_windows_1252(mark.first) {
                finding.label(format!("as a byte of Windows-1252 it is `{c}`"));
                finding.fix(replace(c.to_string(), format!("write `{c}`")));
            }
        }
        // A string of a program, in a file that is not read as text, may not have a line break.
        InvisibleKind::LineSeparator if doc.format != Format::Text || doc.source.extraction().is_some() => {
            let line_break = doc.line_break_at(span.start);
            finding.fix(replace(line_break.to_owned(), "break the line".to_owned()));
        }
        InvisibleKind::LineSeparator => {}
        InvisibleKind::PrivateUse | InvisibleKind::Noncharacter => {}
        InvisibleKind::StrayControl if mark.first == '\0' => {
            finding.fix(replace(String::new(), "remove it".to_owned()));
        }
        InvisibleKind::SoftHyphen if is_in_version(doc, span) => {
            finding.label("in the place of a hyphen").candidates(["-".to_owned()]);
        }
        _ => {
            // Of text in the wrong encoding, the character is a byte of a letter.
            let is_byte = invisible::looks_garbled(invisible::line_around(doc.text(), mark.span.start));
            let may_be_meant = mark.kind == InvisibleKind::SoftHyphen && is_in_long_word(doc, span);
            let is_left_over = mark.kind.is_droppable() && intent == Intent::LeftOver && !is_byte && !may_be_meant;
            let safe = is_first || is_left_over && has_no_markup_beside(doc, span);
            let level = if safe { Applicability::Safe } else { Applicability::Unsafe };
            finding.fix(Fix::new(level, "remove it", Edit::delete(doc.id, span)));
        }
    }
}

/// Returns true if code shows bytes that are no text on the line of a character: a hash, the answer of a program.
fn is_in_bytes(doc: &Document, span: Span) -> bool {
    /// Minimum number of other control characters and gaps on the line (a guess).
    const MIN_OTHERS: usize = 2;
    let line = invisible::line_around(doc.text(), span.start as usize);
    let is_other = |c: &char| *c == '\u{FFFD}' || c.is_control() && !matches!(c, '\t' | '\r' | '\u{1B}');
    doc.shows_code(span.start) && line.chars().filter(is_other).count() > MIN_OTHERS
}

/// Returns true if the letters around a character make a word so long that its author may have said where it breaks, as in
/// the compounds of German.
fn is_in_long_word(doc: &Document, span: Span) -> bool {
    /// Length of such a word, in letters (a guess): the longest usual words of English have fifteen.
    const LONG: usize = 16;
    let text = doc.text();
    let is_part = |c: &char| c.is_alphabetic() || *c == '\u{AD}';
    let before = text[..span.start as usize].chars().rev().take_while(is_part).take(LONG).count();
    let after = text[span.end as usize..].chars().take_while(is_part).take(LONG).count();
    before + after >= LONG
}

/// Returns true if the text around a character, up to the next spaces, has a digit: "coreos-etcd-0.2.0" lost its hyphens to
/// a word processor.
fn is_in_version(doc: &Document, span: Span) -> bool {
    let text = doc.text();
    let before = text[..span.start as usize].chars().rev().take_while(|c| !c.is_whitespace());
    let after = text[span.end as usize..].chars().take_while(|c| !c.is_whitespace());
    before.take(MAX_TOKEN_CHARS).chain(after.take(MAX_TOKEN_CHARS)).any(|c| c.is_ascii_digit())
}

/// Maximum length of the text before and after a soft hyphen that is searched for digits, in characters (a guess).
const MAX_TOKEN_CHARS: usize = 40;

/// Returns true if both neighbours are letters, digits, spaces or line ends, because then removing the characters
/// between them can neither create markup nor open a code fence.
fn has_no_markup_beside(doc: &Document, span: Span) -> bool {
    let plain = |c: Option<char>| c.is_none_or(|c| c.is_alphanumeric() || c == ' ' || c == '\n' || c == '\r');
    let before = doc.text_before(span.start).chars().next_back();
    let after = doc.text()[span.end as usize..].chars().next();
    // Removing it must not join a line's first character to an indentation, or two spaces to the break at a line's end.
    let edge = |c: Option<char>| c.is_none_or(|c| c.is_whitespace());
    plain(before) && plain(after) && (doc.format == Format::Text || !(edge(before) && edge(after)))
}

/// Adds the message and fix for a control character that was a backtick and a letter until PowerShell interpreted them
/// as an escape sequence.
fn eaten(doc: &Document, span: Span, letter: char, finding: &mut crate::model::finding::Finding) {
    let line = doc.line_span(span.start);
    let rest = doc.slice(Span::new(span.end, line.end));
    let word = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_').len();
    finding.label(format!("was a backtick and `{letter}`"));
    // PowerShell drops the closing backtick as well, so the end of the code is a guess.
    if word > 0 && !rest.starts_with(|c: char| c.is_ascii_uppercase()) {
        let whole = Span::new(span.start, span.end + word as u32);
        let text = format!("`{letter}{}`", &rest[..word]);
        let title = format!("write {text}");
        finding.fix(Fix::likely(title, Edit::replace(doc.id, whole, text)));
    } else {
        let is_end = |at: usize| !rest[at..].starts_with(":=");
        let phrase = rest.match_indices(['(', '.', ',', ':']).map(|(at, _)| at).find(|&at| is_end(at));
        let phrase = phrase.map_or(rest, |at| &rest[..at]).trim_end();
        let wide = rest.find([' ', '(']).map_or(rest, |at| &rest[..at]);
        let mut candidates = vec![format!("`{letter}{wide}`"), format!("`{letter}{phrase}`")];
        candidates.dedup();
        finding.candidates(candidates);
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::lint;
    use crate::model::edit::Applicability;
    use crate::settings::Settings;

    fn is_safe(text: &str) -> Option<bool> {
        let settings = Settings::new("/project".into(), "/project".into());
        let collection = crate::api::collection(vec![("a.md".into(), text.as_bytes().to_vec())], &settings);
        let found = lint(&collection, &settings).into_iter().find(|finding| finding.rule == "invisible-character")?;
        Some(found.fix?.applicability == Applicability::Safe)
    }

    #[test]
    fn a_soft_hyphen_of_a_long_compound_or_of_garbled_text_was_removed_by_a_safe_fix() {
        assert_eq!(is_safe("Die Donaudampfschiff\u{AD}fahrt ruht im Winter.\n"), Some(false));
        assert_eq!(is_safe("Kad je snijeg dubok, svi do\u{AD}u pjeÜice.\n"), Some(false));
        assert_eq!(is_safe("The ferry\u{AD}man sells the tickets.\n"), Some(true));
    }
}
