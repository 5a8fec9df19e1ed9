//! `lost-character`: a character is lost, and no replacement is certain.

use serde_json::Value;

use super::recovered;
use crate::facts::concordance::{self, Loss, Recovery};
use crate::facts::{of_each_document, scan_mojibake};
use crate::model::collection::Collection;
use crate::model::document::{BlockKind, Document};
use crate::model::edit::{Edit, Fix, Stage};
use crate::model::finding::{Family, Finding, Severity, Tier};
use crate::model::source::{Segment, SegmentEncoding};
use crate::model::span::Span;
use crate::rule::{Check, Context, Report, Rule};
use crate::text::characters::lost::Residue;
use crate::text::characters::{invisible, lost};
use crate::text::mojibake::Mojibake;

pub(crate) static RULE: Rule = Rule {
    id: "lost-character",
    family: Family::Encoding,
    tier: Tier::Gate,
    severity: Severity::Error,
    stage: Stage::Characters,
    summary: "a character is lost",
    page: include_str!("../../rules/lost-character.md"),
    check: Check::Collection(check),
};

/// Maximum number of candidates that are shown (a guess); `data.candidates` has their total number.
const MAX_SHOWN_CANDIDATES: usize = 5;

/// Maximum number of findings for U+FFFD in a document of which the other documents have no recovery (a guess): more of
/// them are one finding.
const MAX_REPLACEMENT_FINDINGS: usize = 50;
/// Maximum number of places with U+FFFD in a document that are searched for elsewhere (a guess): more of them are one
/// finding.
const MAX_LOSSES_SEARCHED: usize = 1000;
/// Maximum number of places elsewhere that are shown as evidence.
const MAX_LOSS_EVIDENCE: usize = 3;
const RESTORE: &str = "restore it from an older version or another copy; recto never writes U+FFFD";

/// A passage that lost characters.
struct LostPassage<'a> {
    /// Span of the residue.
    span: Span,
    kind: LossKind<'a>,
}

enum LossKind<'a> {
    /// UTF-16 that was decoded as UTF-8: each of these code units lost one byte, or is intact and next to one that did.
    Halved(Vec<lost::DamagedUnit>),
    /// Mojibake that lacks bytes.
    Garbled(&'a Mojibake),
    /// The first bytes of one of these emoji. Among other mojibake the repair finds the emoji; once that mojibake is
    /// repaired, the emoji's own bytes are the only evidence.
    Truncated(Vec<String>),
    /// U+FFFD.
    Replaced,
}

/// The lost passages of a document.
struct DocumentLosses<'a> {
    doc: &'a Document,
    passages: Vec<LostPassage<'a>>,
    /// True if all places with U+FFFD are one finding, and not searched for elsewhere.
    is_folded: bool,
}

impl<'a> DocumentLosses<'a> {
    fn new(doc: &'a Document) -> Self {
        let passages = if doc.source.is_text() { lost_passages(doc) } else { Vec::new() };
        let mut found = Self { doc, passages, is_folded: false };
        found.is_folded = found.replaced() > MAX_LOSSES_SEARCHED;
        found
    }

    fn replaced(&self) -> usize {
        self.passages.iter().filter(|passage| matches!(passage.kind, LossKind::Replaced)).count()
    }

    fn is_searched(&self, passage: &LostPassage<'_>) -> bool {
        !self.is_folded || !matches!(passage.kind, LossKind::Replaced)
    }

    fn losses(&self) -> impl Iterator<Item = Loss> {
        let searched = self.passages.iter().filter(|passage| self.is_searched(passage));
        searched.map(|passage| Loss { doc: self.doc.id, span: passage.span, residue: residue(self.doc, passage) })
    }

    /// Reports the passages, given the recoveries of those that were searched for.
    fn report(&self, recoveries: &mut impl Iterator<Item = Vec<Recovery>>, out: &mut Report) {
        let found: Vec<Vec<Recovery>> = self
            .passages
            .iter()
            .map(|passage| if self.is_searched(passage) { recoveries.next().unwrap_or_default() } else { Vec::new() })
            .collect();
        let is_bare = |at: usize| matches!(self.passages[at].kind, LossKind::Replaced) && found[at].is_empty();
        let bare: Vec<usize> = (0..found.len()).filter(|&at| is_bare(at)).collect();
        let is_folded = self.is_folded || bare.len() > MAX_REPLACEMENT_FINDINGS;
        let mut is_first = true;
        for (at, passage) in self.passages.iter().enumerate() {
            if is_folded && is_bare(at) {
                // The first finding covers all places.
                if std::mem::take(&mut is_first) {
                    let finding = self.report_first(passage, out);
                    fold(finding, bare.len());
                    for other in &bare[1..] {
                        finding.also(self.doc.id, self.passages[*other].span, "");
                    }
                }
                continue;
            }
            let finding = report(self.doc, passage, out);
            if !found[at].is_empty() {
                with_evidence(finding, self.doc, &found[at]);
            }
        }
    }

    fn report_first<'b>(&self, passage: &LostPassage<'_>, out: &'b mut Report) -> &'b mut Finding {
        if self.is_folded { out.find(self.doc.id, passage.span, "") } else { report(self.doc, passage, out) }
    }
}

fn check(collection: &Collection, _cx: &Context<'_>, out: &mut Report) {
    scan_mojibake(collection);
    let documents = of_each_document(collection, DocumentLosses::new);
    let losses: Vec<Loss> = documents.iter().flat_map(DocumentLosses::losses).collect();
    let mut recoveries = concordance::recoveries(collection, &losses).into_iter();
    for document in &documents {
        document.report(&mut recoveries, out);
    }
}

fn report<'a>(doc: &Document, passage: &LostPassage<'_>, out: &'a mut Report) -> &'a mut Finding {
    match &passage.kind {
        LossKind::Halved(units) => report_halved(doc, passage.span, units, out),
        LossKind::Garbled(garble) => report_garbled(doc, garble, out),
        LossKind::Truncated(candidates) => {
            let finding = out.find(doc.id, passage.span, "bytes of this text are lost: UTF-8 read as Windows-1252");
            finding.data("recipe", "utf-8>windows-1252");
            offer(finding, candidates, candidates.len());
            finding
        }
        LossKind::Replaced => report_replaced(doc, passage.span, out),
    }
}

/// Returns the lost passages of a document, each once.
fn lost_passages(doc: &Document) -> Vec<LostPassage<'_>> {
    let mojibake = doc.mojibake();
    let mut losses = utf16_losses(doc);
    let mut covered: Vec<Span> = mojibake.iter().map(|garble| Span::from(garble.span.clone())).collect();
    covered.extend(losses.iter().map(|half| half.span));
    let ambiguous = mojibake.iter().filter(|garble| garble.repair.is_none());
    let ambiguous =
        ambiguous.map(|garble| LostPassage { span: garble.span.clone().into(), kind: LossKind::Garbled(garble) });
    let halves: Vec<Span> = losses.iter().map(|half| half.span).collect();
    losses.extend(ambiguous.filter(|loss| !overlaps(&halves, loss.span)));
    covered.extend(
        doc.source.foreign().filter(|segment| segment.unit == SegmentEncoding::Invalid).map(|segment| segment.text),
    );
    covered.sort();
    losses.extend(replaced(doc).into_iter().filter(|loss| !overlaps(&covered, loss.span)));
    losses.extend(truncated(doc).into_iter().filter(|loss| !overlaps(&covered, loss.span)));
    losses.sort_by_key(|loss| loss.span);
    losses
}

/// Returns true if `span` overlaps one of `spans`, which are sorted.
fn overlaps(spans: &[Span], span: Span) -> bool {
    let first = spans.partition_point(|other| other.end <= span.start);
    spans.get(first).is_some_and(|other| other.overlaps(span))
}

/// Returns emoji of which only the first bytes are left.
fn truncated(doc: &Document) -> Vec<LostPassage<'_>> {
    let text = doc.text();
    let leads = memchr::memmem::find_iter(text.as_bytes(), lost::EMOJI_LEAD);
    let found = leads.map(|at| {
        let rest = at + lost::EMOJI_LEAD.len();
        let (len, candidates) = lost::emoji(text.get(rest..).unwrap_or(""));
        let candidates = candidates.iter().map(char::to_string).collect();
        LostPassage { span: Span::from(at..rest + len), kind: LossKind::Truncated(candidates) }
    });
    found.filter(|loss| !doc.is_verbatim(loss.span.start)).collect()
}

fn report_garbled<'a>(doc: &Document, garble: &Mojibake, out: &'a mut Report) -> &'a mut Finding {
    let recipe = garble.recipe.to_string();
    let recipe = if recipe.is_empty() { "it was decoded with the wrong encoding".to_owned() } else { recipe };
    let finding = out.find(doc.id, garble.span.clone().into(), format!("bytes of this text are lost: {recipe}"));
    finding.data("recipe", garble.recipe.id());
    offer(finding, &garble.candidates, garble.candidates.len());
    finding
}

fn offer(finding: &mut Finding, candidates: &[String], count: usize) {
    finding.data("candidates", count);
    if candidates.is_empty() {
        return;
    }
    let shown: Vec<&str> = candidates.iter().take(MAX_SHOWN_CANDIDATES).map(String::as_str).collect();
    let more = if count > MAX_SHOWN_CANDIDATES {
        format!(" and {} more", count - MAX_SHOWN_CANDIDATES)
    } else {
        String::new()
    };
    finding.label(format!("could have been {}{more}", shown.join(" ")));
    finding.candidates(candidates.iter().take(MAX_SHOWN_CANDIDATES).cloned());
}

/// Returns each run of U+FFFD, except for those in text about U+FFFD.
fn replaced(doc: &Document) -> Vec<LostPassage<'_>> {
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
            runs.push(LostPassage { span, kind: LossKind::Replaced });
        }
    }
    runs
}

/// Returns the number of U+FFFD in a run.
fn count(run: Span) -> usize {
    run.len() as usize / '\u{FFFD}'.len_utf8()
}

fn report_replaced<'a>(doc: &Document, run: Span, out: &'a mut Report) -> &'a mut Finding {
    let message = match count(run) {
        1 => "a character is lost: U+FFFD is in its place".to_owned(),
        count => format!("characters are lost: {count} U+FFFD are in their place"),
    };
    let finding = out.find(doc.id, run, message);
    finding.help(RESTORE);
    if is_output_of_bytes(doc, run) || is_in_bytes(doc, run) {
        finding.tier(Tier::Audit);
    }
    let guesses = guesses(doc.text(), run.start as usize, run.end as usize);
    offer(finding, &guesses, guesses.len());
    finding
}

/// Turns a finding into one that covers all places with U+FFFD.
fn fold(finding: &mut Finding, places: usize) {
    finding.message = format!("characters are lost in {places} places: U+FFFD is there instead");
    finding.label("the first of them").help(RESTORE).data("places", places).data("candidates", 0);
    finding.candidates.clear();
}

/// Returns the residue of a loss, for the search for its text elsewhere.
fn residue(doc: &Document, loss: &LostPassage<'_>) -> Residue {
    match &loss.kind {
        LossKind::Halved(units) => Residue::Units(units.clone()),
        LossKind::Garbled(garble) => Residue::of(garble, doc.slice(loss.span)),
        LossKind::Truncated(candidates) => Residue::OneOf(candidates.clone()),
        LossKind::Replaced => Residue::Replaced(count(loss.span)),
    }
}

/// Adds the text that other places have.
fn with_evidence(finding: &mut Finding, doc: &Document, recoveries: &[Recovery]) {
    let span = finding.primary.span;
    let others = finding.candidates.iter().filter(|other| recoveries.iter().all(|found| found.text != **other));
    let candidates: Vec<String> = recoveries.iter().map(|found| found.text.clone()).chain(others.cloned()).collect();
    let count = finding.data.get("candidates").and_then(Value::as_u64).unwrap_or(0).max(candidates.len() as u64);
    finding.data("candidates", count).data("elsewhere", recovered::data(recoveries));
    finding.candidates(candidates.into_iter().take(MAX_SHOWN_CANDIDATES));
    for found in recoveries.iter().take(MAX_LOSS_EVIDENCE) {
        finding.related(found.best.0, found.best.1, format!("`{}` in the same words", found.text));
    }
    finding.fix = None;
    match recoveries {
        [only] if only.is_likely && !doc.is_verbatim(span.start) => {
            finding.label(format!("likely `{}`, {}", only.text, recovered::reason(only))).help = None;
            finding.fix(Fix::likely(format!("restore `{}`", only.text), Edit::replace(doc.id, span, &only.text)));
        }
        _ => {
            let texts: Vec<String> =
                recoveries.iter().take(MAX_SHOWN_CANDIDATES).map(recovered::evidence_text).collect();
            finding.label(format!("elsewhere {}", texts.join(", ")));
        }
    }
}

/// Returns the characters that a single U+FFFD within a word or number could have been.
fn guesses(text: &str, start: usize, end: usize) -> Vec<String> {
    /// Number of characters on either side that the candidates are ranked by (a guess: a word or two).
    const CONTEXT_CHARS: usize = 12;
    let stops = |c: &char| matches!(*c, '\n' | '\u{FFFD}');
    let before: Vec<char> = text[..start].chars().rev().take(CONTEXT_CHARS).take_while(|c| !stops(c)).collect();
    let before: String = before.into_iter().rev().collect();
    let after: String = text[end..].chars().take(CONTEXT_CHARS).take_while(|c| !stops(c)).collect();
    let inside = before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric);
    if !inside || end - start > '\u{FFFD}'.len_utf8() {
        return Vec::new();
    }
    lost::replaced(&before, &after)
}

/// Returns true if the text is about the replacement character: it names it on the line, or shows it as code.
fn is_shown(doc: &Document, span: Span) -> bool {
    let line = invisible::line_around(doc.text(), span.start as usize).to_lowercase();
    let named = ["u+fffd", "replacement character", "\\ufffd", "\\u{fffd}", "0xfffd", "&#65533"];
    if named.iter().any(|name| line.contains(name)) {
        return true;
    }
    let after = doc.inline_code.partition_point(|code| code.start <= span.start);
    let code = after.checked_sub(1).and_then(|at| doc.inline_code.get(at)).filter(|code| code.contains(span));
    let alone = |code: &Span| doc.slice(*code).trim_matches(['`', ' ', '\u{FFFD}', '\'', '"']).is_empty();
    let heading = doc.block_at(span.start).is_some_and(|at| matches!(doc[at].kind, BlockKind::Heading(_)));
    !heading && code.is_some_and(alone)
}

/// Returns true if a code block shows bytes that are no text, as programs print the keys of a table: one of its words
/// lacks several characters, and the others are ASCII without two letters in a row.
fn is_output_of_bytes(doc: &Document, span: Span) -> bool {
    let block = doc.block_at(span.start).map(|at| &doc[at]);
    let Some(block) = block.filter(|block| matches!(block.kind, BlockKind::Code { .. })) else { return false };
    let has_letters = |word: &str| word.as_bytes().windows(2).any(|pair| pair.iter().all(u8::is_ascii_alphabetic));
    let is_bytes = |word: &str| {
        let rest: String = word.split('\u{FFFD}').collect();
        let losses = (word.len() - rest.len()) / '\u{FFFD}'.len_utf8();
        losses > 1 && !rest.is_empty() && rest.is_ascii() && !has_letters(word)
    };
    // The word of this loss, with what touches it on its line.
    let start = doc.text_before(span.start).rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let rest = &doc.text()[span.end as usize..];
    let end = span.end as usize + rest.find(char::is_whitespace).unwrap_or(rest.len());
    !doc.text().get(start..end).is_some_and(has_letters) && doc.slice(block.span).split_whitespace().any(is_bytes)
}

/// Returns true if code shows bytes that are no text on the line of a loss: a hash, an address, the answer of a program. Words
/// that lost a letter have others beside the gap, and bytes rarely do.
fn is_in_bytes(doc: &Document, span: Span) -> bool {
    /// Part of the gaps of the line, as one in this many, that is beside a word (a guess).
    const PART: usize = 2;
    if !doc.shows_code(span.start) {
        return false;
    }
    let line = invisible::line_around(doc.text(), span.start as usize);
    let is_letter = |c: &char| c.is_lowercase();
    let (mut gaps, mut in_words, mut rest) = (0, 0, line);
    while let Some((before, after)) = rest.split_once('\u{FFFD}') {
        let after = after.trim_start_matches('\u{FFFD}');
        let letters = |side: &mut dyn Iterator<Item = char>| side.take(2).take_while(is_letter).count();
        let (head, tail) = (letters(&mut before.chars().rev()), letters(&mut after.chars()));
        let is_word = head == 2 || tail == 2 || head > 0 && tail > 0;
        gaps += 1;
        in_words += usize::from(is_word);
        rest = after;
    }
    // One gap without a word: "(\u{FFFD}) 2020" lost its sign, and a line of nothing else none.
    let is_alone = line.chars().all(|c| c == '\u{FFFD}' || !c.is_alphanumeric());
    match gaps {
        1 => is_alone || span.len() as usize > '\u{FFFD}'.len_utf8() && in_words == 0,
        _ => in_words * PART < gaps,
    }
}

/// Characters that were mis-decoded together: lost ones, and intact ones next to them.
struct Half {
    span: Span,
    /// The code units of the characters.
    units: Vec<lost::DamagedUnit>,
}

/// Returns neighbouring code units that lost a byte, with the non-ASCII characters next to them.
fn utf16_losses(doc: &Document) -> Vec<LostPassage<'_>> {
    let mut halves: Vec<Half> = Vec::new();
    for segment in doc.source.foreign().filter(|segment| segment.unit == SegmentEncoding::Invalid) {
        let Some(unit) = unit_of(doc, segment) else { continue };
        match halves.last_mut() {
            Some(last) if is_joined(doc, last.span.end, segment.text.start) => {
                last.units.extend(
                    doc.slice(Span::new(last.span.end, segment.text.start)).chars().map(lost::DamagedUnit::Known),
                );
                last.units.push(unit);
                last.span.end = segment.text.end;
            }
            _ => {
                let head = &doc.text_before(segment.text.start);
                let intact = head.len() - head.trim_end_matches(|c: char| !c.is_ascii() && c != '\u{FFFD}').len();
                let start = segment.text.start - intact as u32;
                let mut units: Vec<lost::DamagedUnit> =
                    doc.slice(Span::new(start, segment.text.start)).chars().map(lost::DamagedUnit::Known).collect();
                units.push(unit);
                halves.push(Half { span: Span::new(start, segment.text.end), units });
            }
        }
    }
    for half in &mut halves {
        let rest = &doc.text()[half.span.end as usize..];
        let intact = rest.len() - rest.trim_start_matches(|c: char| !c.is_ascii() && c != '\u{FFFD}').len();
        half.units.extend(rest[..intact].chars().map(lost::DamagedUnit::Known));
        half.span.end += intact as u32;
    }
    halves.into_iter().map(|half| LostPassage { span: half.span, kind: LossKind::Halved(half.units) }).collect()
}

fn is_joined(doc: &Document, end: u32, start: u32) -> bool {
    doc.slice(Span::new(end, start)).chars().all(|c| !c.is_ascii() && c != '\u{FFFD}')
}

/// Returns the high byte that is left of a code unit whose low byte, from 0x80 up, is lost.
fn unit_of(doc: &Document, segment: &Segment) -> Option<lost::DamagedUnit> {
    match doc.source.bytes_of(segment) {
        [0xEF, 0xBF, 0xBD, high] => Some(lost::DamagedUnit::High(*high)),
        [high, 0xEF, 0xBF, 0xBD] => Some(lost::DamagedUnit::High(*high)),
        _ => None,
    }
}

fn report_halved<'a>(doc: &Document, span: Span, units: &[lost::DamagedUnit], out: &'a mut Report) -> &'a mut Finding {
    let lost = units.iter().filter(|unit| matches!(unit, lost::DamagedUnit::High(_))).count();
    let before = doc.text_before(span.start).chars().next_back();
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
        let fix = Fix::likely(format!("write `{best}`"), Edit::replace(doc.id, span, best.clone()));
        finding.fix(fix);
    }
    finding
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    fn is_bytes(text: &str) -> bool {
        let source = Source::utf8(std::path::Path::new("a.md"), text.to_owned(), Bom::Absent);
        let doc = parse(DocId(0), source, Format::Markdown);
        let first = replaced(&doc).first().expect("a gap").span;
        is_in_bytes(&doc, first)
    }

    #[test]
    fn bytes_of_a_hash_in_code_were_lost_letters() {
        for text in [
            "```\nstring(14) \"\u{FFFD}\u{FFFD}.\u{FFFD}!-\u{FFFD}K\u{FFFD}@\u{FFFD}\"\n```\n",
            "The answer is `'or'6\u{FFFD}]\u{FFFD}\u{FFFD}!r,\u{FFFD}b` here.\n",
            "```\n      \u{FFFD}\n```\n",
        ] {
            assert!(is_bytes(text), "{text}");
        }
        for text in [
            "```\n// caf\u{FFFD} cr\u{FFFD}me\n```\n",
            "```\n// (\u{FFFD}) 2020 Anna\n```\n",
            "Six \u{FFFD} and \u{FFFD} seven.\n",
        ] {
            assert!(!is_bytes(text), "{text}");
        }
    }
}
