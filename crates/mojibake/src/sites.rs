//! The chunks of a line that hold sequences of some page, and the choice of pages among them.

use std::ops::{Deref, Range};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use super::alphabet::is_letter;
use super::codepage::{CodePage, pages};
use super::credit::UNWRITTEN;
use super::examples::{is_example, is_quoted};
use super::line::{chunks, near};
use super::model::{Class, Cost, model};
use super::strict::{self, Finder, Run};

/// What a run must win beyond the runs of another page that it displaces.
const SWITCH: Cost = 40;

/// The runs of a chunk.
#[derive(Debug)]
pub(super) struct Runs {
    all: Vec<Run>,
    /// See [`is_contested`].
    pub(super) is_contested: bool,
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

/// What was already worked out about chunks between two neighbours.
#[derive(Debug, Default)]
pub(super) struct Memo {
    runs: FxHashMap<Box<str>, SmallVec<[Judged; 1]>>,
    finder: Finder,
}

/// Chunks that are remembered at most when a new text begins.
const REMEMBERED: usize = 1 << 14;
/// Bytes of a chunk that may come again.
const MEMORABLE: usize = 64;

impl Memo {
    /// Forgets what takes too much room. Not within a text, as equal chunks of one text are told by being remembered.
    pub(super) fn limit(&mut self) {
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

/// The classes of a chunk's neighbours.
fn neighbours(line: &str, chunk: &Range<usize>) -> (Class, Class) {
    let m = model();
    let bytes = line.as_bytes();
    let class = |b: Option<&u8>| b.filter(|b| b.is_ascii()).map_or(m.edge(), |&b| m.class(char::from(b)));
    (class(chunk.start.checked_sub(1).and_then(|i| bytes.get(i))), class(bytes.get(chunk.end)))
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

pub(super) fn sites(line: &str, memo: &mut Memo, out: &mut Vec<Site>) {
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
    pub(super) fn add(&mut self, page: CodePage, least: Cost, take: bool) -> Cost {
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
pub(super) fn settle_pages(sites: &mut [Site], allowed: u32, least: Cost, bar: impl Fn(CodePage) -> Cost) -> u32 {
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
