//! The document's vote: which recipes its sure spans prove, and what each line becomes by them.
//!
//! Lines are judged by runs of characters beyond ASCII (chunks). The sure ones convict a code page;
//! a convicted page needs less evidence elsewhere. Every line is then repaired until nothing changes.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::{Deref, Range};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};

use super::alphabet::{Languages, is_letter};
use super::codepage::{ALL_PAGES, CodePage};
use super::edits::{Edit, compose, gaps, is_covered, render};
use super::entities;
use super::leads::{Suspect, ascii_end, suspects};
use super::legacy;
use super::lossy::{Readings, Seen};
use super::model::{Class, Cost, model};
use super::recipe::{Layer, Recipe};
use super::restore::{CERTAIN, Suspects, replaced, restore};
use super::signs::{WESTERN, has_torn, shows_loss};
use super::strict::{self, Finder, Run};
use super::{Cause, Certainty, Garble, Options, apply};

/// Passes over one line; each undoes what the one before laid bare.
const PASSES: usize = 6;
/// What a single run must win beyond coincidence to count as evidence.
const COINCIDENCE: Cost = 60;
/// What a run must win when its page is convicted.
const CONVICTED: Cost = 40;

/// What a run must win beyond the runs of another page that it displaces.
const SWITCH: Cost = 40;

/// The evidence (sum of what distinct runs win beyond coincidence) that convicts a page. Of single
/// runs in clean text of 600 languages none wins more than 150 in all; of real ones few less than 190.
fn bar(page: CodePage) -> Cost {
    use CodePage::*;
    match page {
        Windows1250 | Windows1251 | Windows1253 | Windows1254 | Windows1257 => 65,
        MacRoman => 95,
        Ibm866 | Koi8R | Koi8U | Iso8859_5 | Windows1256 => 110,
        _ => 95,
    }
}

/// Pages convicted by the document, and what is known from elsewhere.
#[derive(Default)]
pub(super) struct Verdict {
    /// Pages as bits of `CodePage::bit`.
    pub(super) convicted: u32,
    /// The same with those that explain all that one of these explains.
    pub(super) kin: u32,
    /// What the sure spans hold beyond ASCII, if that is enough to tell what the document holds.
    pub(super) seen: Seen,
}

/// The runs of a chunk.
#[derive(Debug)]
pub(super) struct Runs {
    all: Vec<Run>,
    is_contested: bool,
}

impl Deref for Runs {
    type Target = [Run];

    fn deref(&self) -> &[Run] {
        &self.all
    }
}

impl FromIterator<Run> for Runs {
    fn from_iter<I: IntoIterator<Item = Run>>(runs: I) -> Runs {
        let all: Vec<Run> = runs.into_iter().collect();
        let is_contested = is_contested(&all);
        Runs { all, is_contested }
    }
}

/// Whether two runs make different letters of the same characters and win about as much.
fn is_contested(runs: &[Run]) -> bool {
    let is_letter = |run: &Run| run.after.chars().any(is_letter);
    let is_rival = |a: &Run, b: &Run| {
        a.gain.min(b.gain) > 0
            && a.gain.abs_diff(b.gain) <= UNWRITTEN.unsigned_abs()
            && a.start < b.end
            && b.start < a.end
            && a.after != b.after
            && is_letter(a)
            && is_letter(b)
    };
    runs.iter().enumerate().any(|(i, a)| runs[i + 1..].iter().any(|b| is_rival(a, b)))
}

/// The classes of a chunk's neighbours, and its runs between them, if any of them wins something.
type Judged = (Class, Class, Option<Arc<Runs>>);

/// What was already worked out about a chunk between two neighbours.
#[derive(Debug, Default)]
pub(super) struct Memo {
    runs: FxHashMap<Box<str>, SmallVec<[Judged; 1]>>,
    finder: Finder,
    readings: Readings,
}

/// Chunks that are remembered at most when a new text begins.
const REMEMBERED: usize = 1 << 14;
/// Bytes of a chunk that may come again.
const MEMORABLE: usize = 64;

impl Memo {
    /// Forgets what takes too much room. Not within a text, as equal chunks of one text are told by being remembered.
    fn limit(&mut self) {
        if self.runs.len() > REMEMBERED {
            self.runs.clear();
        }
    }

    /// The runs of the chunk, if any of them wins something.
    fn runs(&mut self, chunk: &str, left: Class, right: Class) -> Option<Arc<Runs>> {
        let known = self.runs.get_mut(chunk);
        if let Some((_, _, runs)) = known.as_ref().and_then(|k| k.iter().find(|(l, r, _)| *l == left && *r == right)) {
            return runs.clone();
        }
        let runs = self.finder.runs(chunk, left, right);
        let runs = runs.iter().any(|run| run.gain > 0).then(|| Arc::new(runs.into_iter().collect::<Runs>()));
        match known {
            Some(known) => known.push((left, right, runs.clone())),
            None if chunk.len() <= MEMORABLE => {
                self.runs.insert(chunk.into(), smallvec![(left, right, runs.clone())]);
            }
            None => {}
        }
        runs
    }
}

pub(super) fn scan(text: &str, options: &Options, memo: &mut Memo) -> Vec<Garble> {
    memo.limit();
    let mut lines = lines(text, memo);
    judge(text, &mut lines, options, memo)
}

/// What is garbled in the text, and what the text is when it was repaired so many times, or nothing changes any more.
pub(super) fn repair<'a>(
    text: &'a str,
    options: &Options,
    memo: &mut Memo,
    rounds: usize,
) -> (Vec<Garble>, Cow<'a, str>) {
    memo.limit();
    let mut lines = lines(text, memo);
    let found = judge(text, &mut lines, options, memo);
    let Some(mut current) = changed(text, &found) else { return (found, Cow::Borrowed(text)) };
    lines = carried(lines, &found, &current, memo);
    for _ in 1..rounds {
        let garbles = judge(&current, &mut lines, options, memo);
        let Some(next) = changed(&current, &garbles) else { break };
        lines = carried(lines, &garbles, &next, memo);
        current = next;
    }
    (found, Cow::Owned(current))
}

/// The text with the repairs of `garbles`, if there are any.
fn changed(text: &str, garbles: &[Garble]) -> Option<String> {
    let any = garbles.iter().any(|garble| garble.replacement().is_some());
    any.then(|| apply(text, garbles))
}

/// The lines of `text`, which the repairs of `garbles` have made of the text that `lines` are of. Only the repaired
/// ones are looked at again.
fn carried(lines: Vec<Line>, garbles: &[Garble], text: &str, memo: &mut Memo) -> Vec<Line> {
    let mut out = Vec::with_capacity(lines.len());
    let mut repairs = garbles.iter().filter_map(|garble| Some((&garble.span, garble.replacement()?.len()))).peekable();
    let mut shift = 0usize;
    for line in lines {
        let start = line.span.start.wrapping_add(shift);
        let mut is_repaired = false;
        while let Some((span, len)) = repairs.next_if(|(span, _)| span.end <= line.span.end) {
            shift = shift.wrapping_add(len).wrapping_sub(span.len());
            is_repaired = true;
        }
        let span = start..line.span.end.wrapping_add(shift);
        if is_repaired || line.sites.is_none() {
            let new = suspects(&text[span.clone()]);
            out.extend(new.into_iter().map(|suspect| Line::new(text, suspect.after(start), memo)));
        } else {
            out.push(Line { span, ..line });
        }
    }
    out
}

/// What is garbled in the lines of a text.
fn judge(text: &str, lines: &mut [Line], options: &Options, memo: &mut Memo) -> Vec<Garble> {
    if lines.is_empty() {
        return Vec::new();
    }
    let verdict = vote(text, lines, options);
    let mut out = Vec::new();
    for line in lines {
        if verdict.convicted == 0 && line.is_harmless(text) {
            continue;
        }
        let (start, found) = (line.span.start, line.found(text));
        let mut edits = settle(text, line, &verdict, memo);
        if edits.is_empty() {
            continue;
        }
        edits.iter_mut().for_each(|edit| keep_losses(found, edit));
        let held = edits.iter().any(|e| e.certainty == Certainty::Ambiguous) || is_unfinished(found, &edits);
        for edit in edits {
            out.push(Garble {
                span: start + edit.span.start..start + edit.span.end,
                recipe: Recipe { layers: edit.layers },
                repair: (edit.certainty != Certainty::Ambiguous).then_some(edit.after),
                certainty: edit.certainty,
                candidates: edit.candidates,
                cause: edit.cause,
                held,
            });
        }
    }
    release(text, &mut out);
    out
}

/// Leaves what would become U+FFFD, which stands for bytes that were lost before the text was garbled.
fn keep_losses(line: &str, edit: &mut Edit) {
    let losses = |text: &str| text.matches('\u{fffd}').count();
    if losses(&edit.after) > losses(&line[edit.span.clone()]) {
        line[edit.span.clone()].clone_into(&mut edit.after);
        edit.certainty = Certainty::Ambiguous;
        edit.candidates = Vec::new();
        edit.cause = Cause::LostBytes;
    }
}

/// What a pair that looks like part of a sequence must cost to be taken for a rest of mojibake.
const ODD_PAIR: Cost = 90;

/// Whether, beside the edits, the line still holds a broken sequence of a page that was undone in it.
fn is_unfinished(line: &str, edits: &[Edit]) -> bool {
    let m = model();
    let mask = edits.iter().flat_map(|e| &e.layers).fold(0, |mask, layer| mask | layer.read.bit());
    if mask == 0 {
        return false;
    }
    // An edit is named after one of several pages that explain it alike; the rest may tell them apart.
    let mask = if mask & WESTERN != 0 { mask | WESTERN } else { mask };
    if edits.iter().any(|e| e.layers.len() > 1 && has_residue(&e.after, mask)) {
        return true;
    }
    if is_covered(line, edits) {
        return false;
    }
    let is_latin = |c: char| c < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(&c);
    let is_intact =
        |c: &char| !c.is_ascii() && is_latin(*c) && !pages(mask).any(|page| page.opens(*c) || page.continues(*c));
    let intact = gaps(line, edits).flat_map(|gap| line[gap].chars().filter(is_intact));
    let languages = Languages::of(edits.iter().flat_map(|e| e.after.chars()).chain(intact));
    let wide = super::codepage::DOUBLE.iter().fold(0, |all, page| all | page.bit()) & mask;
    if has_stray_capital(line, edits, mask) {
        return true;
    }
    gaps(line, edits).any(|gap| {
        if wide != 0 && has_torn(&line[gap.clone()]) {
            return true;
        }
        let mut chars = line[gap].chars().peekable();
        while let Some(c) = chars.next() {
            if c.is_ascii() {
                continue;
            }
            if matches!(c, '\u{80}'..='\u{9f}' | '\u{fffd}') {
                return true;
            }
            if is_letter(c) && !languages.write(c) && pages(mask).any(|page| page.opens(c)) {
                return true;
            }
            let Some(&next) = chars.peek() else { return false };
            if is_of_kindred_page(c, next) && pages(mask).any(|page| page.opens(c)) {
                return true;
            }
            let odd = m.step(m.class(c), m.class(next)) >= ODD_PAIR;
            if odd && pages(mask).any(|page| page.opens(c) && (page.continues(next) || next == ' ' || next == '?')) {
                return true;
            }
        }
        false
    })
}

/// Whether a capital that begins a sequence in a page that was undone is left between repairs, after a small letter of
/// its script.
fn has_stray_capital(line: &str, edits: &[Edit], mask: u32) -> bool {
    edits.iter().any(|edit| {
        let next = line[edit.span.end..].chars().next();
        let is_capital = |c: char| c.is_uppercase() && !c.is_ascii() && pages(mask).any(|page| page.opens(c));
        next.is_some_and(is_capital) && edit.after.chars().next_back().is_some_and(char::is_lowercase)
    })
}

/// Whether a sign that opens a sequence and what follows it tell of a page that is nearly the one that was undone: signs
/// of its own are at home beside other signs, letters of another script hardly ever.
fn is_of_kindred_page(sign: char, next: char) -> bool {
    let is_line = |c: char| ('\u{2500}'..'\u{2600}').contains(&c);
    let is_latin = next < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(&next);
    match () {
        () if sign.is_alphabetic() || next.is_ascii() || next == '\u{a0}' => false,
        () if next.is_alphabetic() => !is_latin || is_line(sign) || sign == '√',
        () => is_line(sign) && !is_line(next),
    }
}

/// Whether a repair in another script still holds Latin letters that begin a sequence in a page that was undone.
fn has_residue(after: &str, mask: u32) -> bool {
    let is_latin = |c: char| c.is_alphabetic() && c < '\u{250}';
    let is_foreign = |c: char| c.is_alphabetic() && c >= '\u{370}' && !('\u{1e00}'..'\u{1f00}').contains(&c);
    let mut chars = after.chars().peekable();
    let mut begun = false;
    while let Some(c) = chars.next() {
        let is_open = !c.is_ascii() && is_latin(c) && pages(mask).any(|page| page.opens(c));
        begun |= is_open && chars.peek().is_none_or(|&next| !next.is_ascii() && !is_foreign(next));
    }
    begun && after.contains(is_foreign)
}

/// Lines whose repairable spans all stand in lines too that are repaired wholly need not be held back.
fn release(text: &str, garbles: &mut [Garble]) {
    if garbles.iter().all(|g| !g.held) {
        return;
    }
    let free = garbles.iter().filter(|g| !g.held).filter_map(|g| text.get(g.span.clone()));
    let free: FxHashSet<&str> = free.collect();
    let is_wide = |g: &Garble| g.recipe.layers.iter().any(|layer| super::codepage::DOUBLE.contains(&layer.read));
    let is_free = |g: &Garble| {
        !is_wide(g) && (g.repair.is_none() || text.get(g.span.clone()).is_some_and(|found| free.contains(found)))
    };
    let is_same_line = |a: &Garble, b: &Garble| {
        text.get(a.span.end..b.span.start).is_some_and(|gap| memchr::memchr(b'\n', gap.as_bytes()).is_none())
    };
    // All that can be repaired in a line, or nothing: a word restored in the middle of garble helps nobody.
    let mut releases = vec![false; garbles.len()];
    let mut at = 0;
    for line in garbles.chunk_by(is_same_line) {
        releases[at..at + line.len()].fill(line.iter().all(is_free));
        at += line.len();
    }
    for (garble, release) in garbles.iter_mut().zip(releases) {
        garble.held &= !release;
    }
}

/// Bytes of a chunk. What is longer without a single ASCII character is cut, as the work grows with the
/// square of a chunk's length.
const LONGEST: usize = 32 << 10;

/// The runs of characters beyond ASCII, as bytes of the line.
pub(super) fn chunks(line: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = line.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = ascii_end(bytes, at);
        if start >= bytes.len() {
            return None;
        }
        let len = bytes[start..].iter().position(u8::is_ascii).unwrap_or(bytes.len() - start);
        at = if len > LONGEST { line.floor_char_boundary(start + LONGEST) } else { start + len };
        Some(start..at)
    })
}

/// The classes of a chunk's neighbours.
fn neighbours(line: &str, chunk: &Range<usize>) -> (Class, Class) {
    let m = model();
    let bytes = line.as_bytes();
    let class = |b: Option<&u8>| b.filter(|b| b.is_ascii()).map_or(m.edge(), |&b| m.class(char::from(b)));
    (class(chunk.start.checked_sub(1).and_then(|i| bytes.get(i))), class(bytes.get(chunk.end)))
}

/// How many bytes before and after a span count as near, so that long lines take linear time.
pub(super) const NEAR: usize = 512;

/// What stands near a span of a line, and the span in it.
pub(super) fn near<'a>(line: &'a str, span: &Range<usize>) -> (&'a str, Range<usize>) {
    let start = line.floor_char_boundary(span.start.saturating_sub(NEAR));
    let end = line.ceil_char_boundary(span.end.saturating_add(NEAR).min(line.len()));
    (&line[start..end], span.start - start..span.end - start)
}

/// The longest mojibake, in characters, that is taken for a quotation.
const QUOTABLE: usize = 8;

/// Whether the span lies in an inline code span that is an example of mojibake: what it becomes stands in the prose of
/// the line, or all that the code becomes does elsewhere in it, or the code itself has the intact letter.
fn is_example(line: &str, span: &Range<usize>, repair: &str) -> bool {
    let (before, after) = (&line[..span.start], &line[span.end..]);
    let (Some(opening), Some(closing)) = (before.rfind('`'), after.find('`')) else { return false };
    if before[..=opening].matches('`').count().is_multiple_of(2) {
        return false;
    }
    let (head, tail) = (&before[opening + 1..], &after[..closing]);
    let is_letter = repair.chars().any(char::is_alphanumeric);
    if is_letter && (head.contains(repair) || tail.contains(repair))
        || line.split('`').step_by(2).any(|prose| prose.contains(repair))
    {
        return true;
    }
    let whole = [head, repair, tail].concat();
    before[..opening].contains(&whole) || after[closing..].contains(&whole)
}

/// Whether the span stands alone between quotation marks.
pub(super) fn is_quoted(line: &str, span: &Range<usize>) -> bool {
    if span.len() > 4 * QUOTABLE || line[span.clone()].chars().count() > QUOTABLE {
        return false;
    }
    let before = line[..span.start].trim_end_matches(' ');
    let after = line[span.end..].trim_start_matches(' ').chars().next();
    let opens = |mark: char| before.matches(mark).count() % 2 == 1;
    match (before.chars().next_back(), after) {
        (Some('`'), Some('`')) => opens('`'),
        (Some('"'), Some('"')) => opens('"'),
        (Some('\''), Some('\'')) => opens('\''),
        (a, b) => {
            matches!((a, b), (Some('“' | '„' | '”'), Some('”' | '“')) | (Some('‘'), Some('’')) | (Some('«'), Some('»')))
        }
    }
}

/// The byte spans in the line of the runs of a chunk.
fn spans(line: &str, chunk: &Range<usize>, runs: &[Run]) -> SmallVec<[Range<usize>; 2]> {
    let text = &line[chunk.clone()];
    let all = |run: &Run| run.start == 0 && run.end * 4 >= text.len() && text.chars().count() == run.end;
    if runs.iter().all(all) {
        return runs.iter().map(|_| chunk.clone()).collect();
    }
    let offsets: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
    let at = |i: usize| chunk.start + offsets.get(i).copied().unwrap_or(text.len());
    runs.iter().map(|run| at(run.start)..at(run.end)).collect()
}

/// A chunk of a line with its runs, and which of them are chosen so far.
pub(super) struct Site {
    /// The runs as they are remembered, which are the same for equal chunks. Held, as another chunk's could else come
    /// to stand where these stood.
    pub(super) known: Arc<Runs>,
    pub(super) runs: Arc<Runs>,
    pub(super) spans: SmallVec<[Range<usize>; 2]>,
    /// The runs that are an example of mojibake.
    pub(super) quoted: Vec<usize>,
    pub(super) chosen: SmallVec<[usize; 2]>,
}

fn sites(line: &str, memo: &mut Memo, out: &mut Vec<Site>) {
    let mut has_code = None;
    for chunk in chunks(line) {
        // Of two bytes is one character, which alone is no sequence; most chunks of Latin text are.
        let text = &line[chunk.clone()];
        if text.len() <= 2 || !strict::has_lead(text) {
            continue;
        }
        let (left, right) = neighbours(line, &chunk);
        let Some(runs) = memo.runs(text, left, right) else { continue };
        let has_code = *has_code.get_or_insert_with(|| memchr::memchr(b'`', line.as_bytes()).is_some());
        let spans = spans(line, &chunk, &runs);
        let quoted = quotations(line, &spans, &runs, has_code);
        let known = Arc::clone(&runs);
        out.push(Site { known, runs, spans, quoted, chosen: SmallVec::new() });
    }
}

/// The runs that are quoted, and whatever else their characters could become.
fn quotations(line: &str, spans: &[Range<usize>], runs: &[Run], has_code: bool) -> Vec<usize> {
    // A quotation mark beside it may be a byte of the garble itself.
    let is_part = |(span, run): (&Range<usize>, &Run)| {
        let mut all = spans.iter().zip(runs);
        all.any(|(s, r)| r.gain > run.gain && s.start <= span.start && span.end <= s.end && s != span)
    };
    let is_quotation = |(whole, run): (&Range<usize>, &Run)| {
        let (near, span) = near(line, whole);
        run.gain > 0
            && (is_quoted(near, &span) || has_code && is_example(near, &span, &run.after))
            && !is_part((whole, run))
    };
    let sure: Vec<&Range<usize>> =
        spans.iter().zip(runs).filter(|&it| is_quotation(it)).map(|(span, _)| span).collect();
    if sure.is_empty() {
        return Vec::new();
    }
    let overlaps = |span: &Range<usize>| sure.iter().any(|other| other.start < span.end && span.start < other.end);
    spans.iter().enumerate().filter(|(_, span)| overlaps(span)).map(|(i, _)| i).collect()
}

impl Site {
    /// What choosing the runs of `page` adds to those chosen, counting only what wins more than
    /// `least`; with `take`, chooses them.
    fn add(&mut self, page: CodePage, least: Cost, take: bool) -> Cost {
        let mut sum: Cost = 0;
        for (i, run) in self.runs.iter().enumerate() {
            if run.mask & page.bit() == 0 || run.gain <= least || self.chosen.contains(&i) {
                continue;
            }
            let rivals = self.chosen.iter().map(|&c| &self.runs[c]).filter(|c| c.start < run.end && run.start < c.end);
            let (count, gain) = rivals.fold((0, 0), |(n, sum), rival| (n + 1, sum + rival.gain));
            let win = run.gain - gain - if count > 0 { SWITCH } else { least };
            if win > 0 {
                sum = sum.saturating_add(win);
                if take {
                    let runs = &self.runs;
                    self.chosen.retain(|&mut c| runs[c].end <= run.start || run.end <= runs[c].start);
                    self.chosen.push(i);
                }
            }
        }
        sum
    }
}

/// Chooses pages one after another, each time the one that wins most, as long as it reaches `bar`.
fn settle_pages(sites: &mut [Site], allowed: u32, least: Cost, bar: impl Fn(CodePage) -> Cost) -> u32 {
    // Without choices made, what a page wins is the sum over its runs.
    let mut sums: [Cost; 32] = [0; 32];
    for run in sites.iter().flat_map(|s| s.runs.iter()).filter(|r| r.gain > least) {
        let mut mask = run.mask & allowed;
        while mask != 0 {
            let sum = &mut sums[mask.trailing_zeros() as usize];
            *sum = sum.saturating_add(run.gain - least);
            mask &= mask - 1;
        }
    }
    let mut used = 0u32;
    let mut left: Vec<&mut Site> = sites.iter_mut().collect();
    loop {
        let open = pages(allowed & !used)
            .map(|page| (sums[page as usize], page))
            .filter(|&(sum, page)| sum > 0 && sum >= bar(page));
        // The first of equals: pages stand in the order in which they are named.
        let Some((_, page)) = open.min_by_key(|&(sum, page)| (std::cmp::Reverse(sum), page)) else { return used };
        used |= page.bit();
        for site in &mut left {
            site.add(page, least, true);
        }
        left.retain(|site| {
            site.runs.iter().any(|run| run.gain > least && run.mask & used == 0 && run.mask & allowed != 0)
        });
        let rest = left
            .iter()
            .flat_map(|s| s.runs.iter())
            .filter(|r| r.gain > least && r.mask & used == 0)
            .fold(0, |m, r| m | r.mask);
        sums = [0; 32];
        for page in pages(rest & allowed & !used) {
            sums[page as usize] =
                left.iter_mut().fold(0, |sum: Cost, site| sum.saturating_add(site.add(page, least, false)));
        }
    }
}

/// A line of a text that holds a lead.
struct Line {
    /// Bytes of the text.
    span: Range<usize>,
    /// Whether it could be legacy text read as legacy, or holds controls.
    odd: bool,
    /// Its HTML references read as characters.
    references: Vec<Edit>,
    /// What it is with these, if there are any.
    read: Option<String>,
    /// Of the line as it is read; gone when it was found garbled, which mostly makes it another line.
    sites: Option<Vec<Site>>,
    /// What the line is as legacy text, if that was asked.
    legacy: OnceCell<Option<legacy::Reading>>,
}

impl Line {
    fn new(text: &str, Suspect { span, odd }: Suspect, memo: &mut Memo) -> Line {
        let found = &text[span.clone()];
        let references = references(found);
        let read = (!references.is_empty()).then(|| render(found, &references));
        let current = read.as_deref().unwrap_or(found);
        let mut here = Vec::new();
        sites(current, memo, &mut here);
        credit_strangers(current, &mut here);
        credit_language(current, &mut here);
        prefer_language(current, &mut here);
        Line { span, odd, references, read, sites: Some(here), legacy: OnceCell::new() }
    }

    /// The line as it stands in its text.
    fn found<'a>(&self, text: &'a str) -> &'a str {
        &text[self.span.clone()]
    }

    /// The line with its HTML references read as characters.
    fn read<'a>(&'a self, text: &'a str) -> &'a str {
        self.read.as_deref().unwrap_or(self.found(text))
    }

    fn sites(&self) -> impl Iterator<Item = &Site> {
        self.sites.iter().flatten()
    }

    /// Whether nothing in the line wins anything, so that without a convicted page it stays as it is.
    fn is_harmless(&self, text: &str) -> bool {
        let wins = |site: &Site| site.runs.iter().any(|run| run.gain > 0);
        !self.odd && self.references.is_empty() && !self.sites().any(wins) && !shows_loss(self.found(text))
    }
}

fn lines(text: &str, memo: &mut Memo) -> Vec<Line> {
    suspects(text).into_iter().map(|suspect| Line::new(text, suspect, memo)).collect()
}

/// What it says for a run that its letters are the only ones of their script in a line of another.
const STRANGER: Cost = 40;
/// Letters of ASCII that make a line one of the Latin script.
const LATIN_LINE: usize = 8;

/// Whether a line has letters enough to be one of the Latin script.
pub(super) fn is_latin_line(line: &str) -> bool {
    line.bytes().filter(u8::is_ascii_alphabetic).take(LATIN_LINE).count() == LATIN_LINE
}

/// Adds to the runs that turn letters of another script into Latin ones or signs, in a line that has no other letters
/// of that script.
fn credit_strangers(line: &str, sites: &mut [Site]) {
    let script = |c: char| match c {
        'Ͱ'..='Ͽ' => 1u8,
        'Ѐ'..='ԯ' => 2,
        _ => 0,
    };
    let has_stranger = |span: &Range<usize>| line[span.clone()].chars().any(|c| script(c) != 0);
    if !sites.iter().any(|site| site.spans.iter().any(has_stranger)) {
        return;
    }
    // Long lines are of many texts.
    let is_short = line.len() <= 2 * NEAR;
    if !is_short || !is_latin_line(line) {
        return;
    }
    let mut at = 0;
    let mut rest = 0;
    for site in sites.iter() {
        for span in &site.spans {
            if span.start >= at {
                rest |= line[at..span.start].chars().fold(0, |scripts, c| scripts | script(c));
            }
            at = at.max(span.end);
        }
    }
    rest |= line[at..].chars().fold(0, |scripts, c| scripts | script(c));
    for site in sites {
        let is_credited = |(span, run): (&Range<usize>, &Run)| {
            let found = line[span.clone()].chars().fold(0, |scripts, c| scripts | script(c));
            found != 0 && found & rest == 0 && run.gain > 0 && run.after.chars().all(|c| script(c) == 0)
        };
        if site.spans.iter().zip(site.runs.iter()).any(is_credited) {
            let credit = |(span, run): (&Range<usize>, &Run)| Run {
                gain: run.gain + if is_credited((span, run)) { STRANGER } else { 0 },
                ..run.clone()
            };
            site.runs = Arc::new(site.spans.iter().zip(site.runs.iter()).map(credit).collect());
        }
    }
}

/// What it says for a run that the language of its line has the letters that it makes, and not those that it takes.
const NATIVE: Cost = 50;
/// Runs that win more need no such credit.
const ENOUGH: Cost = 200;

/// Adds to the runs that turn letters foreign to the language of their line into such as it has.
fn credit_language(line: &str, sites: &mut [Site]) {
    let is_open = |run: &Run| (1..=ENOUGH).contains(&run.gain);
    let is_sure = sites.iter().any(|site| site.runs.iter().any(|run| run.gain > ENOUGH));
    if is_sure || line.len() > 2 * NEAR || !sites.iter().any(|site| site.runs.iter().any(is_open)) {
        return;
    }
    let languages = languages_around(line, sites);
    if languages == Languages::ANY {
        return;
    }
    for site in sites {
        let is_credited = |(span, run): (&Range<usize>, &Run)| {
            is_open(run) && is_foreign(&line[span.clone()], languages) && is_native(line, span, &run.after, languages)
        };
        if site.spans.iter().zip(site.runs.iter()).any(is_credited) {
            let credit = |(span, run): (&Range<usize>, &Run)| Run {
                gain: run.gain + if is_credited((span, run)) { NATIVE } else { 0 },
                ..run.clone()
            };
            site.runs = Arc::new(site.spans.iter().zip(site.runs.iter()).map(credit).collect());
        }
    }
}

/// Whether a text begins with a Latin letter that the languages do not have.
fn is_foreign(text: &str, languages: Languages) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() && c < '\u{250}' && !languages.write(c))
}

/// Whether a text in place of a span has nothing but letters of the languages, which go on with a word and its case.
fn is_native(line: &str, span: &Range<usize>, after: &str, languages: Languages) -> bool {
    let neighbours = [line[..span.start].chars().next_back(), line[span.end..].chars().next()];
    let mut neighbours = neighbours.into_iter().flatten().filter(char::is_ascii_alphabetic).peekable();
    let is_letter = |c: char| c.is_alphabetic() && languages.write(c);
    neighbours.peek().is_some()
        && after.chars().all(is_letter)
        && (neighbours.all(|c| c.is_lowercase()) || after.chars().all(char::is_uppercase))
}

/// The languages of the words between all that could be garbled.
fn languages_around(line: &str, sites: &[Site]) -> Languages {
    let garbled: Vec<Range<usize>> = sites.iter().flat_map(|site| &site.spans).cloned().collect();
    let is_garbled = |at: usize| garbled.iter().any(|span| span.contains(&at));
    Languages::guess(line.char_indices().map(|(at, c)| if is_garbled(at) { ' ' } else { c }))
}

/// What a reading costs with letters that the language of its line does not have, where there is another one.
const UNWRITTEN: Cost = 60;

/// Of several readings of the same characters, prefers those in letters of the line's language.
fn prefer_language(line: &str, sites: &mut [Site]) {
    if line.len() > 2 * NEAR || !sites.iter().any(|site| site.runs.is_contested) {
        return;
    }
    let languages = languages_around(line, sites);
    if languages == Languages::ANY {
        return;
    }
    for site in sites.iter_mut().filter(|site| site.runs.is_contested) {
        let judge = |run: &Run| {
            let is_written = run.after.chars().all(|c| languages.write(c));
            Run { gain: run.gain - if is_written { 0 } else { UNWRITTEN }, ..run.clone() }
        };
        site.runs = Arc::new(site.runs.iter().map(judge).collect());
    }
}

/// Whether all that is garbled is one letter in a line whose dash came through, which the same mistake would have
/// garbled too: a name that was garbled elsewhere, in a list that is right as it is.
fn is_stray(text: &str, lines: &[Line]) -> bool {
    let mut all = lines.iter().flat_map(|line| line.sites().map(move |site| (line, site)));
    let (Some((line, site)), None) = (all.next(), all.next()) else { return false };
    let best = site.runs.iter().zip(&site.spans).max_by_key(|(run, _)| run.gain);
    let Some((run, span)) = best else { return false };
    let is_western = run.mask & CodePage::Windows1252.bit() != 0;
    let is_letter = is_western && run.end - run.start == 2 && run.after.chars().all(char::is_alphabetic);
    let current = line.read(text);
    let mut rest = current[..span.start].chars().chain(current[span.end..].chars());
    let mut rest = rest.by_ref().filter(|c| !c.is_ascii()).peekable();
    is_letter && rest.peek().is_some() && rest.all(|c| matches!(c, '–' | '—'))
}

/// How many different characters tell what a document holds.
const SEEN: usize = 8;

/// The most that a letter of another script on its own says for its page.
const LONE: Cost = 100;

fn vote(text: &str, lines: &[Line], options: &Options) -> Verdict {
    // The same chunk over and over is one coincidence, and so are all letters that stand alone: a text of any length has
    // some, but garbled text has words.
    let mut seen = FxHashSet::default();
    let mut lone = 0;
    let mut all = Vec::new();
    for site in lines.iter().flat_map(Line::sites) {
        if !seen.insert(Arc::as_ptr(&site.known)) {
            continue;
        }
        let runs = if !site.quoted.is_empty() || site.runs.iter().any(|run| run.is_lone) {
            let runs = site.runs.iter().enumerate().filter(|(i, _)| !site.quoted.contains(i));
            let mut gain = |run: &Run| {
                let is_first = run.mask & !lone != 0;
                match () {
                    () if !run.is_lone => run.gain,
                    () if !is_first => 0,
                    () => {
                        lone |= if run.gain > COINCIDENCE { run.mask } else { 0 };
                        run.gain.min(LONE)
                    }
                }
            };
            Arc::new(runs.map(|(_, run)| Run { gain: gain(run), ..run.clone() }).collect())
        } else {
            Arc::clone(&site.runs)
        };
        all.push(Site {
            known: Arc::clone(&site.known),
            runs,
            spans: SmallVec::new(),
            quoted: Vec::new(),
            chosen: SmallVec::new(),
        });
    }
    let known = options.evidence.iter().fold(0, |mask, page| mask | page.bit());
    if known == 0 && is_stray(text, lines) {
        return Verdict::default();
    }
    let convicted = known | settle_pages(&mut all, ALL_PAGES, COINCIDENCE, bar);
    let sure = all.iter().flat_map(|site| site.chosen.iter().flat_map(|&i| site.runs[i].after.chars()));
    let seen: Seen = sure.filter(|c| !c.is_ascii()).collect();
    let kin = alike(&all, convicted);
    Verdict { convicted, kin, seen: if seen.len() < SEEN { Seen::default() } else { seen } }
}

/// The pages of a mask, in the order in which one is named when several explain a span alike.
pub(super) fn pages(mut mask: u32) -> impl Iterator<Item = CodePage> {
    mask &= ALL_PAGES;
    std::iter::from_fn(move || {
        let page = (mask != 0).then(|| CodePage::first(mask));
        mask &= mask.wrapping_sub(1);
        page
    })
}

/// Repairs one line until nothing changes; its edits in the order of the line.
fn settle(text: &str, line: &mut Line, verdict: &Verdict, memo: &mut Memo) -> Vec<Edit> {
    let (found, odd) = (line.found(text), line.odd);
    let mut edits = line.references.clone();
    let mut current = Cow::Borrowed(line.read.as_deref().unwrap_or(found));
    let mut here = line.sites.take().unwrap_or_default();
    // As it is found the line is the same in every round.
    let as_legacy = || line.legacy.get_or_init(|| legacy::read(found, legacy::Scope::Any)).as_ref();
    // A line that is text of another page as a whole has lost nothing, though every word of it looks torn.
    let is_wholly = |reading: &legacy::Reading| {
        legacy::cost(found) - legacy::cost(&reading.after) >= WHOLLY && legacy::is_text(found, reading)
    };
    let best = |site: &Site| site.runs.iter().map(|run| run.gain).max().unwrap_or(0).max(0);
    let utf8: Cost = here.iter().map(best).sum();
    let is_legacy =
        odd && as_legacy().is_some_and(|r| is_wholly(r) && legacy::cost(found) - legacy::cost(&r.after) >= 2 * utf8);
    let mut past = Past::default();
    for i in 0..PASSES {
        if i > 0 {
            here.clear();
            sites(&current, memo, &mut here);
        }
        let mut new = pass(&current, &mut here, verdict, &mut past, (!is_legacy).then_some(&mut memo.readings));
        if new.is_empty() {
            if i == 0 {
                here.iter_mut().for_each(|site| site.chosen.clear());
                line.sites = Some(std::mem::take(&mut here));
            }
            break;
        }
        let done = new.iter().all(|e| e.certainty == Certainty::Ambiguous);
        if !done {
            new.retain(|e| e.certainty != Certainty::Ambiguous);
        }
        edits = if edits.is_empty() { new } else { compose(edits, new, &current) };
        if done {
            break;
        }
        current = Cow::Owned(render(found, &edits));
    }
    let rival = if !odd || is_covered(found, &edits) { None } else { as_legacy() };
    let line = found;
    if let Some(reading) = rival.filter(|r| legacy::cost(current.as_ref()) - legacy::cost(&r.after) >= RIVAL) {
        edits = vec![legacy_edit(line, reading)];
    } else if edits.iter().all(|e| e.certainty != Certainty::Ambiguous) {
        let is_open = verdict.convicted == 0 && current != line;
        let scope = if is_open { legacy::Scope::Any } else { legacy::Scope::Controls };
        edits = reread(edits, &current, scope);
    }
    // References that no repair took in stay as they are, and so do those to controls, which HTML reads as Windows-1252;
    // who writes references for some writes them for all.
    let is_utf8 = |edit: &Edit| edit.layers.iter().any(|layer| layer.written == CodePage::Utf8);
    edits.retain(|edit| {
        !edit.layers.is_empty()
            && (edit.cause != Cause::Entities || is_utf8(edit) && entities::is_consistent(&line[edit.span.clone()]))
    });
    edits
}

/// Adds what a legacy reading of the rest of the line changes.
fn reread(edits: Vec<Edit>, current: &str, scope: legacy::Scope) -> Vec<Edit> {
    let Some(reading) = legacy::read(current, scope) else { return edits };
    compose(edits, vec![legacy_edit(current, &reading)], current)
}

fn legacy_edit(before: &str, reading: &legacy::Reading) -> Edit {
    let after = reading.after.as_str();
    // Up to the first and from the last difference on, both are alike.
    let start = before.char_indices().zip(after.chars()).find(|((_, a), b)| a != b).map_or(0, |((i, _), _)| i);
    let pairs = before[start..].chars().rev().zip(after[start..].chars().rev());
    let tail: usize = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    Edit {
        span: start..before.len() - tail,
        after: after[start..after.len() - tail].to_owned(),
        candidates: Vec::new(),
        layers: vec![reading.layer],
        certainty: Certainty::Likely,
        cause: Cause::LegacyAsLegacy,
    }
}

/// Edits, without layers, that turn the HTML references of a line into their characters.
fn references(line: &str) -> Vec<Edit> {
    let mut out = Vec::new();
    let mut from = 0;
    for at in memchr::memchr_iter(b'&', line.as_bytes()) {
        if at < from {
            continue;
        }
        if let Some((len, c)) = entities::reference(&line[at..]) {
            from = at + len;
            out.push(Edit {
                span: at..from,
                after: c.to_string(),
                candidates: Vec::new(),
                layers: Vec::new(),
                certainty: Certainty::Proved,
                cause: Cause::Entities,
            });
        }
    }
    out
}

pub(super) fn layers(first: CodePage, inner: &[CodePage]) -> Vec<Layer> {
    let pages = inner.iter().rev().chain([&first]);
    pages.map(|&read| Layer { written: CodePage::Utf8, read }).collect()
}

/// What the passes over a line so far have found.
#[derive(Default)]
struct Past {
    /// Pages at work in it.
    used: u32,
    /// What is surely right in it beyond ASCII.
    sure: Vec<char>,
}

fn pass(
    line: &str,
    here: &mut [Site],
    verdict: &Verdict,
    past: &mut Past,
    readings: Option<&mut Readings>,
) -> Vec<Edit> {
    if here.is_empty() && verdict.convicted | past.used == 0 && !shows_loss(line) {
        return Vec::new();
    }
    let used = settle_pages(here, verdict.convicted, CONVICTED, |_| 0);
    if used != 0 {
        for page in pages(used) {
            for site in here.iter_mut() {
                site.add(page, CERTAIN, true);
            }
        }
    }
    past.used |= alike(here, used);
    let suspects = Suspects::new(line, here, past.used, verdict);
    let mut out = Vec::new();
    for site in here {
        site.chosen.sort_unstable_by_key(|&i| site.runs[i].start);
        for &i in &site.chosen {
            let run = &site.runs[i];
            if site.quoted.contains(&i) && near(line, &site.spans[i]).0.contains(&run.after) {
                continue;
            }
            let first = CodePage::first(run.mask & verdict.convicted);
            out.push(Edit {
                span: site.spans[i].clone(),
                after: run.after.clone(),
                candidates: Vec::new(),
                layers: layers(first, &run.inner),
                certainty: Certainty::Proved,
                cause: Cause::Mojibake,
            });
        }
    }
    past.sure.extend(out.iter().flat_map(|e| e.after.chars()).filter(|c| !c.is_ascii()));
    let Some(readings) = readings else { return out };
    let restored = restore(line, &suspects, &past.sure, out, readings);
    // What was restored in a page that nothing else proved is no longer there to tell of it.
    past.used |= suspects.found(&restored);
    replaced(line, restored)
}

/// The pages that explain everything that is explained by one of `used`, and these themselves.
fn alike(sites: &[Site], used: u32) -> u32 {
    pages(used).fold(used, |all, page| {
        let chosen = sites.iter().flat_map(|s| s.chosen.iter().map(|&i| s.runs[i].mask));
        all | chosen.filter(|mask| mask & page.bit() != 0).reduce(|a, b| a & b).unwrap_or(0)
    })
}

/// What a legacy reading of a line must win to be beyond doubt, and as much again as all that is UTF-8 in the line.
const WHOLLY: Cost = 400;

/// What a legacy reading of a whole line must win over repairs that leave something of it.
const RIVAL: Cost = 120;
