//! Encodings that explain all spans of a document as well as the accepted one does, but make other letters of some.
//!
//! UTF-8 decoded as ISO 8859-2 and as Windows-1250 has many characters in common: `gĂĽr` is `går` or `gür`. The words
//! decide, and where they hardly differ, nothing is proved.

use std::ops::Range;

use rustc_hash::FxHashSet;

use crate::detect::sites::Site;
use crate::encoding::codepage::{CodePage, pages};
use crate::exact::strict::{Run, rarity};
use crate::language::words::word_cost;
use crate::weights::Cost;

/// Maximum number of distinct words that are compared (a guess).
const WORDS: usize = 32;
/// Minimum margin of the words of one encoding over those of another one, in decinats (a guess: odds of 400 to one by the
/// model). Measured: of 15,300 words in 20 alphabets that were decoded in another encoding, 140 came out wrong as proved
/// without the comparison, 59 with it.
const AHEAD: Cost = 60;
/// Weight of the rarity of an encoding.
const RARITY: Cost = 2;

/// The relation of an accepted encoding to one that explains all spans, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contest {
    /// The words of the accepted encoding are clearly better.
    Won,
    /// Neither is clearly better.
    Open,
    /// Those of the other one are clearly better.
    Lost,
}

/// A line with its spans.
pub(crate) struct SpannedLine<'a> {
    pub(crate) line: &'a str,
    pub(crate) sites: &'a [Site],
}

/// Returns the encodings that explain each span that `page` explains, but make another text of one of them. A run counts
/// if it improves by more than `least`.
pub(crate) fn rivals(lines: &[SpannedLine<'_>], page: CodePage, least: Cost) -> u32 {
    let (mut all, mut differ) = (u32::MAX, 0);
    for site in lines.iter().flat_map(|line| line.sites) {
        for run in site.runs.iter().filter(|run| run.mask & page.bit() != 0 && run.gain > least) {
            let same = site.runs.iter().filter(|other| other.start == run.start && other.end == run.end);
            let (mut here, mut other_text) = (0, 0);
            for other in same.filter(|other| other.gain > least) {
                here |= other.mask;
                other_text |= if other.after == run.after { 0 } else { other.mask };
            }
            all &= here;
            differ |= other_text;
            if all & !page.bit() == 0 {
                return 0;
            }
        }
    }
    if all == u32::MAX { 0 } else { all & differ }
}

/// Compares the words that `page` and `rival` make of the spans.
pub(crate) fn compare(lines: &[SpannedLine<'_>], page: CodePage, rival: CodePage, least: Cost) -> Contest {
    let (mut seen, mut gain) = (FxHashSet::default(), RARITY * (rarity(rival) - rarity(page)));
    for SpannedLine { line, sites } in lines {
        for (span, run) in sites.iter().flat_map(|site| site.spans.iter().zip(site.runs.iter())) {
            if run.mask & page.bit() == 0 || run.gain <= least || seen.len() >= WORDS {
                continue;
            }
            let start = line[..span.start].trim_end_matches(|c: char| !c.is_whitespace()).len();
            let end = line.len() - line[span.end..].trim_start_matches(|c: char| !c.is_whitespace()).len();
            if !seen.insert(&line[start..end]) {
                continue;
            }
            let word = |page: CodePage| decoded(line, sites, start..end, page, least);
            let (own, other) = (word(page), word(rival));
            if own != other {
                gain += word_cost(&other) - word_cost(&own);
            }
        }
    }
    match () {
        () if gain >= AHEAD => Contest::Won,
        () if gain <= -AHEAD => Contest::Lost,
        () => Contest::Open,
    }
}

/// Returns whether a span of a site has another text in one of the encodings of `rivals`.
pub(crate) fn is_contested(site: &Site, run: &Run, rivals: u32) -> bool {
    let same = site.runs.iter().filter(|other| other.start == run.start && other.end == run.end);
    rivals != 0 && same.into_iter().any(|other| other.mask & rivals != 0 && other.gain > 0 && other.after != run.after)
}

/// Returns a part of a line with its spans in an encoding decoded.
fn decoded(line: &str, sites: &[Site], part: Range<usize>, page: CodePage, least: Cost) -> String {
    let (mut out, mut at) = (String::new(), part.start);
    for site in sites {
        for (span, run) in site.spans.iter().zip(site.runs.iter()) {
            let counts = run.mask & page.bit() != 0 && run.gain > least;
            if counts && at <= span.start && span.end <= part.end {
                out.push_str(&line[at..span.start]);
                out.push_str(&run.after);
                at = span.end;
            }
        }
    }
    out + &line[at..part.end]
}

/// The encodings in a contest, as masks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outcome {
    /// Accepted encodings that lose.
    pub(crate) lost: u32,
    /// The encodings that win against them.
    pub(crate) better: u32,
    /// Other encodings that are about as good as an accepted one.
    pub(crate) open: u32,
}

/// Compares the accepted encodings with all others that explain as much.
pub(crate) fn settle(lines: &[SpannedLine<'_>], accepted: u32, least: Cost) -> Outcome {
    let mut outcome = Outcome::default();
    for page in pages(accepted) {
        for rival in pages(rivals(lines, page, least) & !accepted) {
            match compare(lines, page, rival, least) {
                Contest::Won => {}
                Contest::Open => outcome.open |= rival.bit(),
                Contest::Lost => {
                    outcome.lost |= page.bit();
                    outcome.better |= rival.bit();
                }
            }
        }
    }
    outcome
}
