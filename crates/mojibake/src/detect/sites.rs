//! Candidate regions of a line, and the choice of encodings among them.

use std::ops::{Deref, Range};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use crate::detect::examples::{is_example, is_quoted};
use crate::encoding::codepage::{CodePage, pages};
use crate::exact::strict::{self, Finder, Run};
use crate::language::bigrams::{Class, model};
use crate::language::languages::is_letter;
use crate::text::line::{chunks, near};
use crate::weights::{Cost, UNWRITTEN};

/// Minimum improvement of a span over the spans of another encoding that it replaces, in decinats.
const SWITCH: Cost = 40;

/// The decodable spans of a non-ASCII run.
#[derive(Debug)]
pub(crate) struct Runs {
    all: Vec<Run>,
    /// True if two spans compete; see [`is_contested`].
    pub(crate) is_contested: bool,
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

/// Returns whether two spans decode the same characters to different letters with about the same improvement.
fn is_contested(runs: &[Run]) -> bool {
    let is_letter = |run: &Run| run.after.chars().any(is_letter);
    let is_rival = |a: &Run, b: &Run| {
        a.gain.abs_diff(b.gain) <= UNWRITTEN.unsigned_abs()
            && a.start < b.end
            && b.start < a.end
            && a.after != b.after
            && is_letter(a)
            && is_letter(b)
    };
    let mut better: SmallVec<[&Run; 8]> = runs.iter().filter(|run| run.gain > 0).collect();
    better.sort_by_key(|run| run.start);
    let mut all = better.iter().enumerate();
    all.any(|(i, a)| better[i + 1..].iter().take_while(|b| b.start < a.end).any(|b| is_rival(a, b)))
}

/// Classes of a run's neighbours, and the spans between them, if any span is an improvement.
type Judged = (Class, Class, Option<Arc<Runs>>);

/// Cache of the spans of non-ASCII runs between two neighbours.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    runs: FxHashMap<Box<str>, SmallVec<[Judged; 1]>>,
    finder: Finder,
}

/// Maximum number of cached runs when a new text begins.
const REMEMBERED: usize = 1 << 14;
/// Maximum length of a cached run, in bytes: longer ones hardly recur.
const MEMORABLE: usize = 64;

impl Memo {
    /// Empties a cache that is too large. Not within a text, because equal runs of one text are recognised by their
    /// cached spans.
    pub(crate) fn limit(&mut self) {
        if self.runs.len() > REMEMBERED {
            self.runs.clear();
        }
    }

    /// Returns the spans of a non-ASCII run, if any of them is an improvement.
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

/// Returns the classes of a run's neighbours.
fn neighbours(line: &str, chunk: &Range<usize>) -> (Class, Class) {
    let m = model();
    let bytes = line.as_bytes();
    let class = |b: Option<&u8>| b.filter(|b| b.is_ascii()).map_or(m.edge(), |&b| m.class(char::from(b)));
    (class(chunk.start.checked_sub(1).and_then(|i| bytes.get(i))), class(bytes.get(chunk.end)))
}

/// Returns the byte ranges in the line of the spans of a run.
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

/// A candidate region: a non-ASCII run of a line with its decodable spans, and those chosen so far.
pub(crate) struct Site {
    /// The spans as cached, which are identical for equal runs. Held here, because otherwise those of another run could
    /// get the same address.
    pub(crate) known: Arc<Runs>,
    pub(crate) runs: Arc<Runs>,
    pub(crate) spans: SmallVec<[Range<usize>; 2]>,
    /// Indices of the spans that are examples of mojibake.
    pub(crate) quoted: Vec<usize>,
    pub(crate) chosen: SmallVec<[usize; 2]>,
}

pub(crate) fn sites(line: &str, memo: &mut Memo, out: &mut Vec<Site>) {
    let mut code = None;
    for chunk in chunks(line) {
        // A run of two bytes is one character, which is no sequence by itself; most runs of Latin text are such.
        let text = &line[chunk.clone()];
        if text.len() <= 2 || !strict::has_lead(text) {
            continue;
        }
        let (left, right) = neighbours(line, &chunk);
        let Some(runs) = memo.runs(text, left, right) else { continue };
        let code = *code.get_or_insert_with(|| CodeSpans::of(line));
        let spans = spans(line, &chunk, &runs);
        let quoted = quotations(line, &spans, &runs, code);
        let known = Arc::clone(&runs);
        out.push(Site { known, runs, spans, quoted, chosen: SmallVec::new() });
    }
}

/// Occurrence of code spans in a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CodeSpans {
    None,
    Possible,
}

impl CodeSpans {
    fn of(line: &str) -> CodeSpans {
        match memchr::memchr(b'`', line.as_bytes()) {
            Some(_) => CodeSpans::Possible,
            None => CodeSpans::None,
        }
    }
}

/// Returns the indices of the quoted spans and of the spans that overlap them.
fn quotations(line: &str, spans: &[Range<usize>], runs: &[Run], code: CodeSpans) -> Vec<usize> {
    // A quotation mark next to it may be a byte of the mojibake itself.
    let is_part = |(span, run): (&Range<usize>, &Run)| {
        let mut all = spans.iter().zip(runs);
        all.any(|(s, r)| r.gain > run.gain && s.start <= span.start && span.end <= s.end && s != span)
    };
    let is_quotation = |(whole, run): (&Range<usize>, &Run)| {
        let (near, span) = near(line, whole);
        run.gain > 0
            && (is_quoted(near, &span) || code == CodeSpans::Possible && is_example(near, &span, &run.after))
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

/// Effect of [`Site::add`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addition {
    /// The spans are only weighed.
    Weigh,
    /// The spans are chosen.
    Choose,
}

impl Site {
    /// Returns the improvement by choosing the spans of `page` in addition to those chosen, counting only improvements
    /// above `least`, and chooses them if `addition` says so.
    pub(crate) fn add(&mut self, page: CodePage, least: Cost, addition: Addition) -> Cost {
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
                if addition == Addition::Choose {
                    let runs = &self.runs;
                    self.chosen.retain(|&mut c| runs[c].end <= run.start || run.end <= runs[c].start);
                    self.chosen.push(i);
                }
            }
        }
        sum
    }
}

/// Chooses encodings one after another, always the one with the greatest improvement, as long as it reaches `bar`.
pub(crate) fn settle_pages(sites: &mut [Site], allowed: u32, least: Cost, bar: impl Fn(CodePage) -> Cost) -> u32 {
    // Before anything is chosen, the improvement of an encoding is the sum over its spans.
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
        // The first of equals: encodings are in the order in which they are preferred.
        let Some((_, page)) = open.min_by_key(|&(sum, page)| (std::cmp::Reverse(sum), page)) else { return used };
        used |= page.bit();
        for site in &mut left {
            site.add(page, least, Addition::Choose);
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
                left.iter_mut().fold(0, |sum: Cost, site| sum.saturating_add(site.add(page, least, Addition::Weigh)));
        }
    }
}
