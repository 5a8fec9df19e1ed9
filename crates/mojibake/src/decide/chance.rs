//! Lines of legacy text in which some bytes are UTF-8 by chance.
//!
//! A span proves an encoding only if the text around it fits. Of UTF-8 that was decoded wrongly hardly a character is
//! left beside the spans; of legacy text that was, most are, and what comes out of it is in many scripts. A word that
//! makes more sense in a legacy encoding than as UTF-8 is in that encoding. Knows no documents.

use std::ops::Range;

use crate::detect::cues::WIDE;
use crate::detect::sites::Site;
use crate::encoding::codepage::{CodePage, DOUBLE, double_tables, pages, tables};
use crate::encoding::reencode::{READ_PAGES, WRITTEN, WRITTEN_WIDE, decode, encode};
use crate::exact::strict::{CHANCE, Run, kin};
use crate::language::bigrams::model;
use crate::language::languages::{Languages, is_letter};
use crate::language::words::word_cost;
use crate::text::script::{is_in_latin_block, is_typography};
use crate::weights::Cost;

/// Minimum cost of the two steps to and from a character that is out of place, in decinats: 2.5 times what a usual step
/// costs at most (a guess).
const OUT_OF_PLACE: Cost = 150;
/// Minimum mean cost of a step to or from the characters beside the spans, in decinats. Measured: at this mean, 104 of 181
/// lines of legacy text with such spans, and 4 of 6,400 lines of UTF-8 with bytes lost, have as many characters out of
/// place as in spans.
const SENSELESS: Cost = 90;
/// Maximum length of a word that is judged, in bytes (a guess).
const LONGEST: usize = 64;
/// Minimum margin of a legacy word over that of UTF-8, in decinats. Measured: without one, one word in 500 of UTF-8 is
/// taken for another one; with it, one in 3,000.
const AHEAD: Cost = 20;

/// The spans of a line in accepted encodings.
pub(crate) struct Accepted<'a> {
    pub(crate) line: &'a str,
    pub(crate) sites: &'a [Site],
    pub(crate) encodings: u32,
    /// Improvement above which a span counts, in decinats.
    pub(crate) least: Cost,
}

impl Accepted<'_> {
    /// Returns the spans in some of the encodings `mask`.
    fn spans(&self, mask: u32) -> impl Iterator<Item = (&Range<usize>, &Run)> + Clone {
        let all = self.sites.iter().flat_map(|site| site.spans.iter().zip(site.runs.iter()));
        let mask = mask & self.encodings;
        all.filter(move |(_, run)| run.mask & mask != 0 && run.gain > self.least)
    }

    /// Returns the parts of the line that these spans cover, in order.
    fn covered(&self, mask: u32) -> Vec<Range<usize>> {
        let mut spans: Vec<Range<usize>> = self.spans(mask).map(|(span, _)| span.clone()).collect();
        spans.sort_unstable_by_key(|span| (span.start, span.end));
        spans.dedup_by(|next, last| {
            let joins = next.start < last.end;
            if joins {
                last.end = last.end.max(next.end);
            }
            joins
        });
        spans
    }

    /// Returns whether the characters beside the spans are those of legacy text: they are out of place, no rest of
    /// UTF-8, and many beside those in spans.
    pub(crate) fn is_incoherent(&self) -> bool {
        let covered = self.covered(u32::MAX);
        let in_spans = count(self.line, &covered);
        let beside = self.line.chars().filter(|c| !c.is_ascii()).count() - in_spans;
        // Nearly all lines of UTF-8 end here.
        if in_spans == 0 || beside * 2 < in_spans || !is_in_some_page(self.line, &covered) {
            return false;
        }
        if senselessness(self.line, &covered) < SENSELESS {
            return false;
        }
        // Of a multi-byte encoding any character may be left.
        let all: Vec<(usize, CodePage)> =
            pages(self.encodings & !WIDE).map(|page| (count(self.line, &self.covered(page.bit())), page)).collect();
        let Some(own) = all.iter().map(|(own, _)| *own).max().filter(|own| *own > 0) else { return false };
        all.into_iter().filter(|(count, _)| *count == own).all(|(own, page)| self.leaves_much(&covered, own, page))
    }

    /// Returns whether the rest beside the spans is much in an encoding in which `own` characters are in spans.
    fn leaves_much(&self, covered: &[Range<usize>], own: usize, page: CodePage) -> bool {
        let Rest { out_of_place, torn } = Rest::of(self.line, covered, page);
        let letters = || self.spans(page.bit()).flat_map(|(_, run)| run.after.chars());
        // Latin-1 without its controls loses half of all bytes.
        let torn = if page == CodePage::Latin1 { 0 } else { torn.saturating_sub(letters().count()) };
        let rest = out_of_place + torn;
        rest >= own || rest * scripts(letters()) >= 2 * own
    }

    /// Returns whether the word around one of the spans, which improves by more than `least`, makes more sense in a
    /// legacy encoding than with its spans decoded as UTF-8.
    pub(crate) fn has_rival(&self, least: Cost) -> bool {
        self.spans(u32::MAX).any(|(span, run)| run.gain > least && self.is_rivalled(span, run))
    }

    fn is_rivalled(&self, span: &Range<usize>, run: &Run) -> bool {
        let line = self.line;
        let is_sign = |c: char| {
            is_typography(c)
                || matches!(c, '\u{a0}'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f000}'..)
        };
        let mut after = run.after.chars();
        if after.clone().count() > CHANCE || after.clone().any(is_sign) {
            return false;
        }
        // By far the most mojibake: `Ã©`.
        let is_latin = run.mask & (CodePage::Windows1252.bit() | CodePage::Latin1.bit()) != 0;
        if is_latin && line[span.clone()].starts_with('Ã') && after.all(char::is_lowercase) {
            return false;
        }
        let start = line[..span.start].trim_end_matches(|c: char| !c.is_whitespace()).len();
        let end = line.len() - line[span.end..].trim_start_matches(|c: char| !c.is_whitespace()).len();
        let word = &line[start..end];
        // A letter by itself is no word, and names with digits are none.
        let is_letter_alone = *span == (start..end) && run.after.chars().count() == 1;
        if word.len() > LONGEST || is_letter_alone || word.contains(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let utf8 = self.decoded(start..end);
        // A word that lost further bytes makes no sense yet.
        let page = CodePage::first(run.mask & self.encodings);
        if utf8.chars().any(|c| !c.is_ascii() && !is_typography(c) && page.opens(c) && word.contains(c)) {
            return false;
        }
        let most = word_cost(&utf8) - AHEAD;
        let is_word = |text: &str| text != word && text != utf8 && text.chars().any(|c| !c.is_ascii() && is_letter(c));
        let is_better = |bytes: &[u8]| {
            let texts = WRITTEN.into_iter().chain(WRITTEN_WIDE).filter_map(|written| decode(bytes, written));
            texts.into_iter().any(|text| is_word(&text) && word_cost(&text) <= most)
        };
        READ_PAGES.iter().any(|read| encode(word, read).is_some_and(|bytes| is_better(&bytes)))
            || (0..DOUBLE.len()).any(|i| wide_bytes(word, i).is_some_and(|bytes| is_better(&bytes)))
    }

    /// Returns a part of the line with the best of its spans decoded.
    fn decoded(&self, part: Range<usize>) -> String {
        let (mut out, mut at) = (String::new(), part.start);
        for site in self.sites {
            let all = site.spans.iter().zip(site.runs.iter());
            let counts = |run: &Run| run.mask & self.encodings != 0 && run.gain > self.least;
            let best = all.filter(|(span, run)| counts(run) && at <= span.start && span.end <= part.end);
            if let Some((span, run)) = best.max_by_key(|(_, run)| run.gain) {
                out.push_str(&self.line[at..span.start]);
                out.push_str(&run.after);
                at = span.end;
            }
        }
        out + &self.line[at..part.end]
    }
}

/// Returns the number of non-ASCII characters in parts of a line.
fn count(line: &str, parts: &[Range<usize>]) -> usize {
    parts.iter().map(|part| line[part.clone()].chars().filter(|c| !c.is_ascii()).count()).sum()
}

/// Returns the characters of a line, each with whether it is in one of the parts. A carriage return, of which the models
/// know nothing, counts as a space.
fn marked<'a>(line: &'a str, parts: &'a [Range<usize>]) -> impl Iterator<Item = (char, bool)> + 'a {
    let mut parts = parts.iter().peekable();
    line.char_indices().map(move |(at, c)| {
        while parts.next_if(|part| part.end <= at).is_some() {}
        (if c == '\r' { ' ' } else { c }, parts.peek().is_some_and(|part| part.contains(&at)))
    })
}

/// Returns whether each character beside the spans is one of some single-byte encoding: others are in no legacy text.
fn is_in_some_page(line: &str, spans: &[Range<usize>]) -> bool {
    let is_control = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    marked(line, spans).all(|(c, is_in)| is_in || c.is_ascii() || is_control(c) || tables().row(c).known != 0)
}

/// Counts of the characters beside the spans of a line.
struct Rest {
    /// Characters that are surprising, and in the encoding neither lead bytes nor continuations after one.
    out_of_place: usize,
    /// Lead bytes whose continuation is neither there nor replaced.
    torn: usize,
}

impl Rest {
    fn of(line: &str, spans: &[Range<usize>], page: CodePage) -> Rest {
        let (m, bit) = (model(), page.bit());
        let mut rest = Rest { out_of_place: 0, torn: 0 };
        let mut chars = marked(line, spans).peekable();
        let (mut prev, mut open) = (' ', 0);
        while let Some((c, is_in)) = chars.next() {
            let next = chars.peek().map_or(' ', |&(next, _)| next);
            let row = tables().row(c);
            let needs = match () {
                () if row.lead2 & bit != 0 => 1,
                () if row.lead3 & bit != 0 => 2,
                () if row.lead4 & bit != 0 => 3,
                () => 0,
            };
            match () {
                // They may replace a byte of the sequence.
                () if matches!(c, ' ' | '?') => {}
                () if is_in || c.is_ascii() => open = 0,
                () if needs > 0 => {
                    open = needs;
                    rest.torn += usize::from(!matches!(next, ' ' | '?' | '\u{fffd}'));
                }
                () if c == '\u{fffd}' => open = 3,
                () if row.cont & bit != 0 && open > 0 => open -= 1,
                () => {
                    let steps = m.step(m.class(prev), m.class(c)) + m.step(m.class(c), m.class(next));
                    rest.out_of_place += usize::from(steps > OUT_OF_PLACE);
                }
            }
            prev = c;
        }
        rest
    }
}

/// Returns the mean cost of the steps to and from the characters beside the spans, in decinats.
fn senselessness(line: &str, spans: &[Range<usize>]) -> Cost {
    let m = model();
    let (mut sum, mut steps) = (0, 0);
    let mut prev: Option<(char, bool)> = None;
    for (c, is_in) in marked(line, spans).chain([('\n', false)]) {
        if let Some((before, was_in)) = prev
            && !(was_in || is_in || before == c || before.is_ascii() && c.is_ascii())
        {
            sum += m.step(m.class(before), m.class(c));
            steps += 1;
        }
        prev = Some((c, is_in));
    }
    sum / steps.max(1)
}

/// Returns the number of scripts of letters. Latin letters that no language has together are as good as one more.
fn scripts(chars: impl Iterator<Item = char>) -> usize {
    let letters: Vec<char> = chars.filter(|&c| !c.is_ascii() && is_letter(c)).collect();
    let mut scripts: Vec<u32> = letters.iter().map(|&c| kin(c)).collect();
    scripts.sort_unstable();
    scripts.dedup();
    let latin = || letters.iter().copied().filter(|&c| is_in_latin_block(c));
    let is_mixed = latin().nth(1).is_some() && Languages::of(latin()) == Languages::ANY;
    scripts.len() + usize::from(is_mixed)
}

/// Returns the bytes of a text in `DOUBLE[i]`; `None` if it does not have all characters.
fn wide_bytes(text: &str, i: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match if c.is_ascii() { c as u16 } else { double_tables().bytes(i, c) } {
            0 => return None,
            code @ ..=0xff => bytes.push(code as u8),
            code => bytes.extend(code.to_be_bytes()),
        }
    }
    Some(bytes)
}
