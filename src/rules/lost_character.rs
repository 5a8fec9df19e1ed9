//! `lost-character`: a character is gone, and no single one is sure to have stood there.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Applicability, Fix, Stage};
use crate::model::finding::{Family, Finding, Label, Severity, Tier};
use crate::model::id::DocId;
use crate::model::intact::{self, Reading};
use crate::model::source::{Segment, Unit};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::lost::Remnant;
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
    check: Check::Weighed(check, weigh),
};

/// Candidates that are shown; `data.candidates` says how many there are.
const SHOWN: usize = 5;

/// More places with U+FFFD in a document about which the other documents tell nothing are one finding.
const SINGLY: usize = 50;
/// If there are more, the other documents are not asked.
const MANY: usize = 1000;
/// Places that are shown as evidence.
const EVIDENCE: usize = 3;
const RESTORE: &str = "restore it from an older version or another copy; recto never writes U+FFFD";

/// Something that is lost.
struct Loss<'a> {
    /// What is left of it.
    span: Span,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// UTF-16 that was read as UTF-8: one half of each of these code units is gone, or they are intact and stand beside
    /// such.
    Halved(Vec<lost::Unit>),
    /// Mojibake that lacks bytes.
    Garbled(&'a Garble),
    /// The first bytes of one of these emoji. Among other mojibake the repair finds them; once that is repaired, they
    /// are all that tells.
    Truncated(Vec<String>),
    /// U+FFFD.
    Replaced,
}

fn check(doc: &Document, _cx: &Context<'_>, out: &mut Report) {
    let losses = losses(doc);
    let is_replaced = |loss: &&Loss<'_>| matches!(loss.kind, Kind::Replaced);
    let replaced = losses.iter().filter(is_replaced).count();
    let mut is_first = true;
    for loss in &losses {
        match &loss.kind {
            Kind::Halved(units) => halved(doc, loss.span, units, out),
            Kind::Garbled(garble) => garbled(doc, garble, out),
            Kind::Truncated(candidates) => {
                let finding = out.find(doc.id, loss.span, "bytes of this text are lost: UTF-8 read as Windows-1252");
                finding.data("recipe", "utf-8>windows-1252");
                offer(finding, candidates, candidates.len());
            }
            Kind::Replaced if replaced <= MANY => say_replaced(doc, loss.span, out),
            Kind::Replaced if is_first => {
                is_first = false;
                fold(out.find(doc.id, loss.span, ""), replaced);
            }
            Kind::Replaced => {}
        }
    }
}

/// What is lost in a document, each place once.
fn losses(doc: &Document) -> Vec<Loss<'_>> {
    let garbles = doc.garbles();
    let mut losses = halves(doc);
    let mut covered: Vec<Span> = garbles.iter().map(|garble| Span::from(garble.span.clone())).collect();
    covered.extend(losses.iter().map(|half| half.span));
    let ambiguous = garbles.iter().filter(|garble| garble.repair.is_none());
    let ambiguous = ambiguous.map(|garble| Loss { span: garble.span.clone().into(), kind: Kind::Garbled(garble) });
    let halves: Vec<Span> = losses.iter().map(|half| half.span).collect();
    losses.extend(ambiguous.filter(|loss| !overlaps(&halves, loss.span)));
    covered.extend(doc.source.foreign().filter(|segment| segment.unit == Unit::Invalid).map(|segment| segment.text));
    covered.sort();
    losses.extend(replaced(doc).into_iter().filter(|loss| !overlaps(&covered, loss.span)));
    losses.extend(truncated(doc).into_iter().filter(|loss| !overlaps(&covered, loss.span)));
    losses.sort_by_key(|loss| loss.span);
    losses
}

/// Whether `span` shares something with one of `spans`, which are sorted.
fn overlaps(spans: &[Span], span: Span) -> bool {
    let first = spans.partition_point(|other| other.end <= span.start);
    spans.get(first).is_some_and(|other| other.overlaps(span))
}

/// Emoji of which only the first bytes are left.
fn truncated(doc: &Document) -> Vec<Loss<'_>> {
    let text = doc.text();
    let leads = memchr::memmem::find_iter(text.as_bytes(), lost::EMOJI_LEAD);
    let found = leads.map(|at| {
        let rest = at + lost::EMOJI_LEAD.len();
        let (len, candidates) = lost::emoji(text.get(rest..).unwrap_or(""));
        let candidates = candidates.iter().map(char::to_string).collect();
        Loss { span: Span::from(at..rest + len), kind: Kind::Truncated(candidates) }
    });
    found.filter(|loss| !doc.is_verbatim(loss.span.start)).collect()
}

fn garbled(doc: &Document, garble: &Garble, out: &mut Report) {
    let recipe = garble.recipe.to_string();
    let recipe = if recipe.is_empty() { "its encoding was misread".to_owned() } else { recipe };
    let finding = out.find(doc.id, garble.span.clone().into(), format!("bytes of this text are lost: {recipe}"));
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

/// Each run of U+FFFD, but for those in text that is about U+FFFD.
fn replaced(doc: &Document) -> Vec<Loss<'_>> {
    let text = doc.text();
    let finder = memchr::memmem::Finder::new("\u{FFFD}");
    let mut end = 0;
    let mut runs = Vec::new();
    for at in finder.find_iter(text.as_bytes()) {
        if at < end {
            continue;
        }
        end = at + text[at..].len() - text[at..].trim_start_matches('\u{FFFD}').len();
        let span = Span::from(at..end);
        if !is_shown(doc, span) {
            runs.push(Loss { span, kind: Kind::Replaced });
        }
    }
    runs
}

/// How many U+FFFD a run of them has.
fn count(run: Span) -> usize {
    run.len() as usize / '\u{FFFD}'.len_utf8()
}

fn say_replaced(doc: &Document, run: Span, out: &mut Report) {
    let message = match count(run) {
        1 => "a character is lost: U+FFFD stands in its place".to_owned(),
        count => format!("characters are lost: {count} U+FFFD stand in their place"),
    };
    let finding = out.find(doc.id, run, message);
    finding.help(RESTORE);
    let guesses = guesses(doc.text(), run.start as usize, run.end as usize);
    offer(finding, &guesses, guesses.len());
}

/// Makes a finding stand for all places with U+FFFD.
fn fold(finding: &mut Finding, places: usize) {
    finding.message = format!("characters are lost in {places} places: U+FFFD stands there");
    finding.label("the first of them").help(RESTORE).data("places", places).data("candidates", 0);
    finding.candidates.clear();
}

/// Ranks what could have stood there by what stands elsewhere in the same words, and offers what alone does.
fn weigh(findings: &mut Vec<Finding>, cx: &Context<'_>) {
    let mut asked: Vec<usize> = Vec::new();
    let mut losses: Vec<intact::Loss> = Vec::new();
    let mut known: Option<(DocId, Vec<Loss<'_>>)> = None;
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| !finding.data.contains_key("places")) {
        let Label { doc, span, .. } = finding.primary;
        if known.as_ref().is_none_or(|(known, _)| *known != doc) {
            known = Some((doc, self::losses(cx.document(doc))));
        }
        let here = known.as_ref().map_or(&[][..], |(_, losses)| losses);
        if let Ok(loss) = here.binary_search_by_key(&span, |loss| loss.span) {
            asked.push(at);
            losses.push(intact::Loss { doc, span, remnant: remnant(cx.document(doc), &here[loss]) });
        }
    }
    let readings = intact::readings(cx.collection, &losses);
    for (at, readings) in asked.into_iter().zip(readings) {
        if !readings.is_empty() {
            witnessed(&mut findings[at], &readings, cx);
        }
    }
    fold_each(findings, cx);
}

/// Folds what is said of U+FFFD in a document where that is much and the other documents tell nothing of it.
fn fold_each(findings: &mut Vec<Finding>, cx: &Context<'_>) {
    let is_bare = |finding: &Finding| {
        let Label { doc, span, .. } = finding.primary;
        let silent = ["elsewhere", "places", "recipe"].iter().all(|key| !finding.data.contains_key(*key));
        silent && cx.document(doc).slice(span).starts_with('\u{FFFD}')
    };
    let mut bare: BTreeMap<DocId, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| is_bare(finding)) {
        *bare.entry(finding.primary.doc).or_default() += 1;
    }
    bare.retain(|_, count| *count > SINGLY);
    if bare.is_empty() {
        return;
    }
    findings.retain_mut(|finding| {
        let doc = finding.primary.doc;
        if !is_bare(finding) {
            return true;
        }
        match bare.get_mut(&doc) {
            // The first one speaks for the others.
            Some(0) => false,
            Some(count) => {
                fold(finding, std::mem::take(count));
                true
            }
            None => true,
        }
    });
}

/// What is left of a loss, as the search for it elsewhere wants it.
fn remnant(doc: &Document, loss: &Loss<'_>) -> Remnant {
    match &loss.kind {
        Kind::Halved(units) => Remnant::Units(units.clone()),
        Kind::Garbled(garble) => Remnant::of(garble, doc.slice(loss.span)),
        Kind::Truncated(candidates) => Remnant::OneOf(candidates.clone()),
        Kind::Replaced => Remnant::Replaced(count(loss.span)),
    }
}

/// Says what stands elsewhere.
fn witnessed(finding: &mut Finding, readings: &[Reading], cx: &Context<'_>) {
    let Label { doc, span, .. } = finding.primary;
    let others = finding.candidates.iter().filter(|other| readings.iter().all(|reading| reading.text != **other));
    let candidates: Vec<String> = readings.iter().map(|reading| reading.text.clone()).chain(others.cloned()).collect();
    let count = finding.data.get("candidates").and_then(Value::as_u64).unwrap_or(0).max(candidates.len() as u64);
    finding.data("candidates", count).data("elsewhere", Reading::data(readings));
    finding.candidates(candidates.into_iter().take(SHOWN));
    for reading in readings.iter().take(EVIDENCE) {
        finding.related(reading.best.0, reading.best.1, format!("`{}` in the same words", reading.text));
    }
    finding.fix = None;
    match readings {
        [only] if only.is_likely && !cx.document(doc).is_verbatim(span.start) => {
            finding.label(format!("likely `{}`, {}", only.text, only.grounds())).help = None;
            finding.fix(Fix::replace(doc, span, &only.text, format!("restore `{}`", only.text)));
        }
        _ => {
            let told: Vec<String> = readings.iter().take(SHOWN).map(Reading::told).collect();
            finding.label(format!("elsewhere {}", told.join(", ")));
        }
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

/// The characters that were one, before they were garbled: those lost, and intact ones beside them.
struct Half {
    span: Span,
    /// Their code units.
    units: Vec<lost::Unit>,
}

/// Neighbouring code units that lost a half, with the characters beyond ASCII that stand with them.
fn halves(doc: &Document) -> Vec<Loss<'_>> {
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
    halves.into_iter().map(|half| Loss { span: half.span, kind: Kind::Halved(half.units) }).collect()
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

fn halved(doc: &Document, span: Span, units: &[lost::Unit], out: &mut Report) {
    let lost = units.iter().filter(|unit| matches!(unit, lost::Unit::High(_))).count();
    let before = doc.text()[..span.start as usize].chars().next_back();
    let after = doc.text()[span.end as usize..].chars().next();
    let restored = lost::candidates(units, before, after);
    let message = match lost {
        1 => "half of a character is lost: UTF-16 was read as UTF-8".to_owned(),
        _ => format!("halves of {lost} characters are lost: UTF-16 was read as UTF-8"),
    };
    let finding = out.find(doc.id, span, message);
    finding.data("recipe", restored.recipe);
    offer(finding, &restored.candidates, restored.count);
    if let (Some(best), true) = (restored.candidates.first(), restored.is_clear) {
        let fix = Fix::replace(doc.id, span, best.clone(), format!("write `{best}`"));
        finding.fix(fix.applicability(Applicability::Unsafe));
    }
}
