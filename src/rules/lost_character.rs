//! `lost-character`: a character is gone, and no single one is sure to have stood there.

use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Applicability, Fix, Stage};
use crate::model::finding::{Family, Finding, Severity, Tier};
use crate::model::source::{Segment, Unit};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::mojibake::Garble;
use crate::text::{invisible, lost};

pub(crate) static RULE: Rule = Rule {
    id: "lost-character",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Characters,
    summary: "a character was lost for good",
    page: include_str!("../../rules/lost-character.md"),
    check: Check::Text(check),
};

/// Candidates that are shown; `data.candidates` says how many there are.
const SHOWN: usize = 5;

/// More places with U+FFFD in a document are one finding.
const SINGLY: usize = 50;
const RESTORE: &str = "restore it from an older version or another copy; recto never writes U+FFFD";

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    let ambiguous: Vec<&Garble> = doc.garbles().iter().filter(|garble| garble.repair.is_none()).collect();
    let mut covered: Vec<Span> = doc.garbles().iter().map(|garble| Span::from(garble.span.clone())).collect();
    let halves = halves(doc);
    for half in &halves {
        halved(doc, half, out);
        covered.push(half.span);
    }
    for garble in ambiguous {
        let span = Span::from(garble.span.clone());
        if !halves.iter().any(|half| half.span.overlaps(span)) {
            garbled(doc, garble, span, out);
        }
    }
    covered.extend(doc.source.foreign().filter(|segment| segment.unit == Unit::Invalid).map(|segment| segment.text));
    covered.sort();
    replaced(doc, &covered, out);
    truncated(doc, &covered, out);
}

/// Emoji of which only the first bytes are left. Among other mojibake the repair finds them; once that is repaired, they
/// are all that tells.
fn truncated(doc: &Document, covered: &[Span], out: &mut Report) {
    let text = doc.text();
    for at in memchr::memmem::find_iter(text.as_bytes(), lost::EMOJI_LEAD) {
        let rest = at + lost::EMOJI_LEAD.len();
        let (len, candidates) = lost::emoji(text.get(rest..).unwrap_or(""));
        let span = Span::from(at..rest + len);
        let first = covered.partition_point(|other| other.end <= span.start);
        if doc.is_verbatim(span.start) || covered.get(first).is_some_and(|other| other.overlaps(span)) {
            continue;
        }
        let candidates: Vec<String> = candidates.iter().map(char::to_string).collect();
        let finding = out.find(doc.id, span, "bytes of this text are lost: UTF-8 read as Windows-1252");
        finding.data("recipe", "utf-8>windows-1252");
        offer(finding, &candidates, candidates.len());
    }
}

/// Mojibake that lacks bytes.
fn garbled(doc: &Document, garble: &Garble, span: Span, out: &mut Report) {
    let recipe = garble.recipe.to_string();
    let recipe = if recipe.is_empty() { "its encoding was misread".to_owned() } else { recipe };
    let finding = out.find(doc.id, span, format!("bytes of this text are lost: {recipe}"));
    finding.data("recipe", garble.recipe.id());
    offer(finding, &garble.candidates, garble.candidates.len());
}

fn offer(finding: &mut Finding, candidates: &[String], count: usize) {
    finding.data("candidates", count);
    if candidates.is_empty() {
        return;
    }
    let shown: Vec<&str> = candidates.iter().take(SHOWN).map(String::as_str).collect();
    let more = if count > SHOWN { format!(" and {} more", count - SHOWN) } else { String::new() };
    finding.label(format!("could have been {}{more}", shown.join(" ")));
    finding.candidates(candidates.iter().take(SHOWN).cloned());
}

/// U+FFFD in the text: each run once, and what is code that names it not at all.
fn replaced(doc: &Document, covered: &[Span], out: &mut Report) {
    let text = doc.text();
    let finder = memchr::memmem::Finder::new("\u{FFFD}");
    let mut end = 0;
    let mut runs: Vec<Span> = Vec::new();
    for at in finder.find_iter(text.as_bytes()) {
        if at < end {
            continue;
        }
        end = at + text[at..].len() - text[at..].trim_start_matches('\u{FFFD}').len();
        let span = Span::from(at..end);
        let first = covered.partition_point(|other| other.end <= span.start);
        let known = covered.get(first).is_some_and(|other| other.overlaps(span));
        if known || is_shown(doc, span) {
            continue;
        }
        runs.push(span);
    }
    if let (Some(first), true) = (runs.first(), runs.len() > SINGLY) {
        let message = format!("characters are lost in {} places: U+FFFD stands there", runs.len());
        let finding = out.find(doc.id, *first, message);
        finding.label("the first of them").help(RESTORE).data("places", runs.len()).data("candidates", 0);
        return;
    }
    for run in runs {
        let count = run.len() as usize / '\u{FFFD}'.len_utf8();
        let message = match count {
            1 => "a character is lost: U+FFFD stands in its place".to_owned(),
            _ => format!("characters are lost: {count} U+FFFD stand in their place"),
        };
        let finding = out.find(doc.id, run, message);
        finding.help(RESTORE);
        let guesses = guesses(text, run.start as usize, run.end as usize);
        offer(finding, &guesses, guesses.len());
    }
}

/// What a single U+FFFD within a word or number could have been.
fn guesses(text: &str, start: usize, end: usize) -> Vec<String> {
    let stops = |c: &char| matches!(*c, '\n' | '\u{FFFD}');
    let before: Vec<char> = text[..start].chars().rev().take(12).take_while(|c| !stops(c)).collect();
    let before: String = before.into_iter().rev().collect();
    let after: String = text[end..].chars().take(12).take_while(|c| !stops(c)).collect();
    let inside = before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric);
    if !inside || end - start > '\u{FFFD}'.len_utf8() {
        return Vec::new();
    }
    lost::replaced(&before, &after)
}

/// Whether the text is about the replacement character: names it on the line, or shows it as code.
fn is_shown(doc: &Document, span: Span) -> bool {
    let line = invisible::line_around(doc.text(), span.start as usize).to_lowercase();
    let named = ["u+fffd", "replacement character", "\\ufffd", "\\u{fffd}", "0xfffd", "&#65533"];
    if named.iter().any(|name| line.contains(name)) {
        return true;
    }
    let after = doc.inline_code.partition_point(|code| code.start <= span.start);
    let code = after.checked_sub(1).and_then(|at| doc.inline_code.get(at)).filter(|code| code.contains(span));
    let alone = |code: &Span| doc.slice(*code).trim_matches(['`', ' ', '\u{FFFD}', '\'', '"']).is_empty();
    let heading = doc.block_at(span.start).is_some_and(|at| matches!(doc.blocks[at].kind, BlockKind::Heading(_)));
    !heading && code.is_some_and(alone)
}

/// UTF-16 that was read as UTF-8: one half of each of these code units is gone.
struct Half {
    /// The characters that were one, before they were garbled: those lost, and intact ones beside them.
    span: Span,
    /// Their code units.
    units: Vec<lost::Unit>,
}

/// Neighbouring code units that lost a half, with the characters beyond ASCII that stand with them.
fn halves(doc: &Document) -> Vec<Half> {
    let mut halves: Vec<Half> = Vec::new();
    for segment in doc.source.foreign().filter(|segment| segment.unit == Unit::Invalid) {
        let Some(unit) = unit_of(doc, segment) else { continue };
        match halves.last_mut() {
            Some(last) if is_joined(doc, last.span.end, segment.text.start) => {
                last.units
                    .extend(doc.slice(Span::new(last.span.end, segment.text.start)).chars().map(lost::Unit::Known));
                last.units.push(unit);
                last.span.end = segment.text.end;
            }
            _ => {
                let head = &doc.text()[..segment.text.start as usize];
                let intact = head.len() - head.trim_end_matches(|c: char| !c.is_ascii() && c != '\u{FFFD}').len();
                let start = segment.text.start - intact as u32;
                let mut units: Vec<lost::Unit> =
                    doc.slice(Span::new(start, segment.text.start)).chars().map(lost::Unit::Known).collect();
                units.push(unit);
                halves.push(Half { span: Span::new(start, segment.text.end), units });
            }
        }
    }
    for half in &mut halves {
        let rest = &doc.text()[half.span.end as usize..];
        let intact = rest.len() - rest.trim_start_matches(|c: char| !c.is_ascii() && c != '\u{FFFD}').len();
        half.units.extend(rest[..intact].chars().map(lost::Unit::Known));
        half.span.end += intact as u32;
    }
    halves
}

fn is_joined(doc: &Document, end: u32, start: u32) -> bool {
    doc.slice(Span::new(end, start)).chars().all(|c| !c.is_ascii() && c != '\u{FFFD}')
}

/// The high byte that is left of a code unit whose low byte, from 80 up, is gone.
fn unit_of(doc: &Document, segment: &Segment) -> Option<lost::Unit> {
    match doc.source.bytes_of(segment) {
        [0xEF, 0xBF, 0xBD, high] => Some(lost::Unit::High(*high)),
        [high, 0xEF, 0xBF, 0xBD] => Some(lost::Unit::High(*high)),
        _ => None,
    }
}

fn halved(doc: &Document, half: &Half, out: &mut Report) {
    let lost = half.units.iter().filter(|unit| matches!(unit, lost::Unit::High(_))).count();
    let before = doc.text()[..half.span.start as usize].chars().next_back();
    let after = doc.text()[half.span.end as usize..].chars().next();
    let restored = lost::candidates(&half.units, before, after);
    let message = match lost {
        1 => "half of a character is lost: UTF-16 was read as UTF-8".to_owned(),
        _ => format!("halves of {lost} characters are lost: UTF-16 was read as UTF-8"),
    };
    let finding = out.find(doc.id, half.span, message);
    finding.data("recipe", restored.recipe);
    offer(finding, &restored.candidates, restored.count);
    if let (Some(best), true) = (restored.candidates.first(), restored.is_clear) {
        let fix = Fix::replace(doc.id, half.span, best.clone(), format!("write `{best}`"));
        finding.fix(fix.applicability(Applicability::Unsafe));
    }
}
