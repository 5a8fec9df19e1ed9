//! The document's vote: which recipes its sure spans prove, and what each line becomes by them.
//!
//! Lines are judged by runs of characters beyond ASCII (chunks). The sure ones convict a code page;
//! a convicted page needs less evidence elsewhere. Every line is then repaired until nothing changes.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::codepage::CodePage;
use super::model::{Class, Cost, model};
use super::recipe::{Layer, Recipe};
use super::strict::{self, Automaton, Run};
use super::{Cause, Certainty, Garble, Options};

/// Passes over one line; each undoes what the one before laid bare.
const PASSES: usize = 6;
/// What a single run must win beyond coincidence to count as evidence.
const COINCIDENCE: Cost = 40;
/// What a run must win when its page is convicted.
const CONVICTED: Cost = 30;

/// The evidence (sum of what the runs win beyond coincidence) that convicts a page.
fn bar(page: CodePage) -> Cost {
    match page {
        CodePage::Windows1252 | CodePage::Latin1 => 50,
        CodePage::Ibm866 | CodePage::Koi8R | CodePage::Koi8U | CodePage::Iso8859_5 => 90,
        CodePage::Windows1251 | CodePage::Ibm850 | CodePage::Ibm852 | CodePage::MacRoman => 70,
        _ => 60,
    }
}

/// A change of a line, in bytes of the line as it was found.
#[derive(Clone, Debug)]
struct Edit {
    span: Range<usize>,
    after: String,
    layers: Vec<Layer>,
    certainty: Certainty,
    cause: Cause,
}

/// Pages convicted by the document, and what is known from elsewhere.
#[derive(Default)]
struct Verdict {
    /// Pages as bits of `CodePage::bit`.
    convicted: u32,
}

/// The classes of a chunk's neighbours, and its runs between them.
type Judged = (Class, Class, Rc<Vec<Run>>);

/// What was already worked out about a chunk between two neighbours.
#[derive(Default)]
struct Memo {
    runs: FxHashMap<Box<str>, Vec<Judged>>,
}

impl Memo {
    fn runs(&mut self, chunk: &str, left: Class, right: Class) -> Rc<Vec<Run>> {
        if let Some(known) = self.runs.get(chunk)
            && let Some((_, _, runs)) = known.iter().find(|(l, r, _)| *l == left && *r == right)
        {
            return Rc::clone(runs);
        }
        let chars: Vec<char> = chunk.chars().collect();
        let runs = Rc::new(strict::runs(&chars, left, right));
        if chunk.len() <= 64 {
            self.runs.entry(chunk.into()).or_default().push((left, right, Rc::clone(&runs)));
        }
        runs
    }
}

pub(super) fn has_leads(text: &str) -> bool {
    let mut found = false;
    each_lead(text, &mut |_| {
        found = true;
        false
    });
    found
}

/// Calls `found` with the byte offset of each place where some page completes a UTF-8 sequence, until it answers no.
fn each_lead(text: &str, found: &mut dyn FnMut(usize) -> bool) {
    let bytes = text.as_bytes();
    let doubles = super::codepage::double_tables();
    let mut at = 0;
    while at < bytes.len() {
        at += encoding_rs::Encoding::ascii_valid_up_to(&bytes[at..]);
        let mut automaton = Automaton::default();
        for c in text[at..].chars() {
            if c.is_ascii() {
                break;
            }
            if (automaton.push(c) != 0 || doubles.opens(c) != 0) && !found(at) {
                return;
            }
            at += c.len_utf8();
        }
    }
}

pub(super) fn scan(text: &str, options: &Options) -> Vec<Garble> {
    let lines = suspicious_lines(text);
    if lines.is_empty() {
        return Vec::new();
    }
    let mut memo = Memo::default();
    let verdict = vote(text, &lines, options, &mut memo);
    let mut out = Vec::new();
    for line in lines {
        let found = &text[line.clone()];
        for edit in settle(found, &verdict, &mut memo) {
            out.push(Garble {
                span: line.start + edit.span.start..line.start + edit.span.end,
                recipe: Recipe { layers: edit.layers },
                repair: Some(edit.after),
                certainty: edit.certainty,
                candidates: Vec::new(),
                cause: edit.cause,
            });
        }
    }
    out
}

/// Byte ranges of the lines (without their line feed) that hold a lead.
fn suspicious_lines(text: &str) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    each_lead(text, &mut |at| {
        if lines.last().is_none_or(|l| l.end <= at) {
            let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |i| i + 1);
            let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |i| at + i);
            lines.push(start..end);
        }
        true
    });
    lines
}

/// A run of characters beyond ASCII, with its neighbours' classes.
struct Chunk {
    span: Range<usize>,
    left: Class,
    right: Class,
}

fn chunks(line: &str) -> Vec<Chunk> {
    let m = model();
    let bytes = line.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        at += encoding_rs::Encoding::ascii_valid_up_to(&bytes[at..]);
        if at >= bytes.len() {
            return out;
        }
        let len = bytes[at..].iter().position(u8::is_ascii).unwrap_or(bytes.len() - at);
        let class = |b: Option<&u8>| b.map_or(m.edge(), |&b| m.class(char::from(b)));
        let left = class(at.checked_sub(1).and_then(|i| bytes.get(i)));
        let right = class(bytes.get(at + len));
        out.push(Chunk { span: at..at + len, left, right });
        at += len;
    }
}

/// Whether the span stands alone between quotation marks or backticks.
fn is_quoted(line: &str, span: &Range<usize>) -> bool {
    let before = line[..span.start].trim_end_matches(' ').chars().next_back();
    let after = line[span.end..].trim_start_matches(' ').chars().next();
    matches!(
        (before, after),
        (Some('`'), Some('`'))
            | (Some('"'), Some('"'))
            | (Some('\''), Some('\''))
            | (Some('“' | '„' | '”'), Some('”' | '“'))
            | (Some('‘'), Some('’'))
            | (Some('«'), Some('»'))
    )
}

/// Byte spans in the line of the runs of a chunk, best first and disjoint.
fn spans(line: &str, chunk: &Chunk, runs: Vec<Run>) -> Vec<(Range<usize>, Run)> {
    let text = &line[chunk.span.clone()];
    let mut offsets = text.char_indices().map(|(i, _)| i).chain([text.len()]);
    let mut next = 0;
    let mut at = |want: usize| {
        let offset = offsets.nth(want - next).unwrap_or(text.len());
        next = want + 1;
        chunk.span.start + offset
    };
    let mut out: Vec<(Range<usize>, Run)> = Vec::new();
    let mut last = (0, chunk.span.start);
    for run in runs {
        let start = if run.start == last.0 && run.start > 0 { last.1 } else { at(run.start) };
        let end = at(run.end);
        last = (run.end, end);
        out.push((start..end, run));
    }
    out
}

fn vote(text: &str, lines: &[Range<usize>], options: &Options, memo: &mut Memo) -> Verdict {
    let mut votes: HashMap<CodePage, Cost, rustc_hash::FxBuildHasher> = HashMap::default();
    for line in lines {
        let line = &text[line.clone()];
        for chunk in chunks(line) {
            let runs = memo.runs(&line[chunk.span.clone()], chunk.left, chunk.right);
            let best = strict::choose(runs.to_vec(), |run| run.gain > COINCIDENCE);
            for (span, run) in spans(line, &chunk, best) {
                if !is_quoted(line, &span) {
                    for page in pages(run.mask) {
                        let sum = votes.entry(page).or_default();
                        *sum = sum.saturating_add(run.gain - COINCIDENCE);
                    }
                }
            }
        }
    }
    let mut verdict = Verdict::default();
    for page in &options.evidence {
        verdict.convicted |= page.bit();
    }
    for page in pages(u32::MAX) {
        if votes.get(&page).is_some_and(|&sum| sum >= bar(page)) {
            verdict.convicted |= page.bit();
        }
    }
    verdict
}

fn pages(mask: u32) -> impl Iterator<Item = CodePage> {
    super::codepage::SINGLE.into_iter().chain(super::codepage::DOUBLE).filter(move |p| mask & p.bit() != 0)
}

/// Repairs one line until nothing changes; its edits in the order of the line.
fn settle(line: &str, verdict: &Verdict, memo: &mut Memo) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut current = line.to_owned();
    for _ in 0..PASSES {
        let new = pass(&current, verdict, memo);
        if new.is_empty() {
            break;
        }
        edits = compose(edits, new, &current);
        current = render(line, &edits);
    }
    edits
}

fn pass(line: &str, verdict: &Verdict, memo: &mut Memo) -> Vec<Edit> {
    let mut out = Vec::new();
    for chunk in chunks(line) {
        let runs = memo.runs(&line[chunk.span.clone()], chunk.left, chunk.right);
        if runs.is_empty() {
            continue;
        }
        let chosen = strict::choose(runs.to_vec(), |run| run.mask & verdict.convicted != 0 && run.gain >= CONVICTED);
        for (span, run) in spans(line, &chunk, chosen) {
            if is_quoted(line, &span) && line.contains(&run.after) {
                continue;
            }
            let first = CodePage::first(run.mask & verdict.convicted);
            let mut layers = vec![Layer { written: CodePage::Utf8, read: first }];
            layers.extend(run.inner.iter().map(|&read| Layer { written: CodePage::Utf8, read }));
            layers.reverse();
            out.push(Edit { span, after: run.after, layers, certainty: Certainty::Proved, cause: Cause::Mojibake });
        }
    }
    out
}

fn render(line: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(&line[at..edit.span.start]);
        out.push_str(&edit.after);
        at = edit.span.end;
    }
    out.push_str(&line[at..]);
    out
}

/// `new` are edits of `current`, which `old` made of `line`; the edits of `line` that do both.
fn compose(old: Vec<Edit>, new: Vec<Edit>, current: &str) -> Vec<Edit> {
    // Both as spans of `current`; what overlaps becomes one edit.
    let mut all: Vec<(Range<usize>, Option<Range<usize>>, Edit)> = Vec::new();
    let mut shift = 0isize;
    for edit in old {
        let start = edit.span.start.wrapping_add_signed(shift);
        let end = start + edit.after.len();
        shift = end as isize - edit.span.end as isize;
        all.push((start..end, Some(edit.span.clone()), edit));
    }
    all.extend(new.into_iter().map(|edit| (edit.span.clone(), None, edit)));
    all.sort_by_key(|(place, origin, _)| (place.start, origin.is_none()));
    let mut out: Vec<Edit> = Vec::new();
    let mut shift = 0isize;
    let mut all = all.into_iter().peekable();
    while let Some((place, origin, edit)) = all.next() {
        let mut group = vec![(place.clone(), origin, edit)];
        let mut to = place.end;
        while let Some(next) = all.next_if(|(next, ..)| next.start < to) {
            to = to.max(next.0.end);
            group.push(next);
        }
        let start = place.start.wrapping_add_signed(-shift);
        for (place, origin, _) in &group {
            if let Some(origin) = origin {
                shift = place.end as isize - origin.end as isize;
            }
        }
        let span = start..to.wrapping_add_signed(-shift);
        out.push(merge(group, span, place.start..to, current));
    }
    out
}

/// One edit of `span` out of a group of old and new ones that overlap within `place` of `current`.
fn merge(
    group: Vec<(Range<usize>, Option<Range<usize>>, Edit)>,
    span: Range<usize>,
    place: Range<usize>,
    current: &str,
) -> Edit {
    let mut after = String::new();
    let mut at = place.start;
    let mut merged: Option<Edit> = None;
    let mut below: Vec<Layer> = Vec::new();
    for (part, origin, edit) in group {
        if origin.is_none() {
            after.push_str(&current[at..part.start]);
            after.push_str(&edit.after);
            at = part.end;
        } else if below.len() < edit.layers.len() {
            below.clone_from(&edit.layers);
        }
        merged = Some(match merged {
            None => edit,
            Some(mut m) => {
                m.certainty = m.certainty.min(edit.certainty);
                m.cause = m.cause.max(edit.cause);
                if origin.is_none() && edit.layers.len() > m.layers.len() || m.layers == below {
                    m.layers = edit.layers;
                }
                m
            }
        });
    }
    after.push_str(&current[at..place.end]);
    let mut edit = merged.expect("a group is never empty");
    if edit.layers != below {
        edit.layers.extend(below);
    }
    Edit { span, after, ..edit }
}
