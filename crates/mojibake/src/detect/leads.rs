//! The prefilter: finds the lines that may hold mojibake, and allocates nothing for the others.

use std::ops::Range;

use crate::detect::cues::TEARING;
use crate::encoding::entities;
use crate::exact::strict::{Leads, Look, two_bytes};
use crate::language::bigrams::{Class, Model, model};
use crate::legacy::lines;
use crate::legacy::whole;
use crate::text::ascii::gap;
use crate::weights::{Cost, MOST};

pub(crate) fn has_leads(text: &str) -> bool {
    let mut found = false;
    each_lead(text, &mut |_, _| {
        found = true;
        Next::Stop
    });
    found
}

/// Kind of a prefilter hit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// Some encoding completes a UTF-8 sequence there, or it is a character reference.
    Sequence,
    /// The line up to there is as surprising as legacy text decoded as another legacy encoding, or it has a control
    /// there.
    Oddity,
}

/// Place at which to continue after a hit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Lead,
    Line,
    Stop,
}

/// A character as a line counts it.
#[derive(Clone, Copy)]
struct CharStep {
    class: Class,
    /// The encodings that have the character.
    known: u32,
    is_ascii: bool,
    /// Maximum surprisal of the step to it, in decinats.
    most: Cost,
}

impl CharStep {
    #[inline(always)]
    fn ascii(class: Class, most: Cost) -> CharStep {
        CharStep { class, known: u32::MAX, is_ascii: true, most }
    }

    #[inline(always)]
    fn non_ascii(look: &Look, most: Cost) -> CharStep {
        CharStep { class: look.class, known: look.known, is_ascii: false, most }
    }
}

/// Returns the maximum surprisal of a step between an ASCII character and another one whose maximum is `edge`. Latin
/// letters hardly touch those of other scripts.
#[inline(always)]
fn most_beside(byte: u8, edge: Cost) -> Cost {
    if byte.is_ascii_alphabetic() { MOST } else { edge }
}

/// Surprisal of a line so far, as long as some encoding has all its characters.
#[derive(Clone, Copy)]
struct Oddness {
    sum: Cost,
    /// The highest sum so far.
    peak: Cost,
    known: u32,
}

impl Oddness {
    /// The state at the beginning of a line. A line with a character of none of these encodings is neither legacy text
    /// nor UTF-8 that lost bytes.
    const NONE: Oddness = Oddness { sum: 0, peak: 0, known: whole::ALL_READ | TEARING };

    /// Returns the surprisal of a step, which is at most `most` in a line without another surprise.
    #[inline(always)]
    fn surprisal(&self, m: &Model, prev: Class, next: Class, most: Cost) -> Cost {
        let surprisal = lines::oddness(m, prev, next);
        if self.peak < lines::SURPRISE { surprisal.min(most) } else { surprisal }
    }

    /// Adds the step from a character of class `prev` to `next`. Returns whether the line has become surprising enough.
    #[inline(always)]
    fn step(&mut self, m: &Model, prev: Class, next: CharStep) -> bool {
        self.known &= next.known;
        // A repeated character is evidence only once.
        if next.class != prev || next.is_ascii {
            self.sum = (self.sum + self.surprisal(m, prev, next.class, next.most)).max(0);
            self.peak = self.peak.max(self.sum);
        }
        self.known != 0 && self.sum >= lines::ODD
    }

    /// Feeds the two-byte letters at the start of `rest` within a word of two-byte letters, up to one with which the line
    /// has become surprising enough, or that no encoding has besides the others. Returns the number of bytes, and the
    /// properties of the last letter.
    #[inline(always)]
    fn word(&mut self, m: &Model, mut prev: Class, rest: &[u8], leads: &mut Leads) -> (usize, Option<&'static Look>) {
        let (mut at, mut last) = (0, None);
        let Oddness { mut sum, mut peak, mut known } = *self;
        while let Some(c) = two_bytes(&rest[at..]) {
            let Some(look) = leads.look(c).filter(|look| look.is_letter && look.known & known != 0) else { break };
            if look.class != prev {
                let next = (sum + lines::oddness(m, prev, look.class)).max(0);
                if next >= lines::ODD {
                    break;
                }
                (sum, peak) = (next, peak.max(next));
            }
            known &= look.known;
            (prev, last) = (look.class, Some(look));
            leads.pass(c);
            at += 2;
        }
        *self = Oddness { sum, peak, known };
        (at, last)
    }
}

/// Calls `found` with the byte offset of each place where some encoding completes a UTF-8 sequence, or where a
/// character reference may be a character of one, and continues where `found` says.
fn each_lead(text: &str, found: &mut dyn FnMut(usize, Lead) -> Next) {
    let bytes = text.as_bytes();
    let mut references =
        memchr::memchr_iter(b'&', bytes).filter(|&i| entities::reference(&text[i..]).is_some()).peekable();
    let mut scan = Scan { m: model(), leads: Leads::default(), line: Oddness::NONE };
    let mut at = 0;
    while at < bytes.len() {
        let (next, has_line_feed) = gap(bytes, at);
        while let Some(reference) = references.next_if(|&i| i < next) {
            if found(reference, Lead::Sequence) == Next::Stop {
                return;
            }
        }
        if has_line_feed {
            scan.line = Oddness::NONE;
        }
        if let Some(end) = scan.intact_letter(bytes, next) {
            at = end;
            continue;
        }
        let (end, next) = scan.chunk(text, next, found);
        at = end;
        match next {
            Next::Lead => {}
            Next::Stop => return,
            Next::Line => {
                at += memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                while references.next_if(|&i| i < at).is_some() {}
            }
        }
    }
    let ends_beyond_ascii = bytes.last().is_some_and(|b| !b.is_ascii());
    let Scan { m, line, leads } = scan;
    if ends_beyond_ascii && line.known != 0 {
        let last = text.chars().next_back().and_then(|c| leads.look(c));
        let step = last.map_or(0, |look| line.surprisal(m, look.class, m.edge(), look.edge));
        if line.sum + step >= lines::ODD {
            found(text.len(), Lead::Oddity);
        }
    }
}

/// The state of the prefilter in a text.
struct Scan {
    m: &'static Model,
    /// The automaton at the beginning of a run.
    leads: Leads,
    line: Oddness,
}

impl Scan {
    /// Returns the class of an ASCII character.
    #[inline(always)]
    fn class(&self, byte: u8) -> Class {
        self.leads.look(char::from(byte)).map_or(self.m.edge(), |look| look.class)
    }

    /// Returns the class of the ASCII character before `at`, or of the edge of a line.
    #[inline(always)]
    fn class_before(&self, bytes: &[u8], at: usize) -> Class {
        at.checked_sub(1).map_or(self.m.edge(), |i| self.class(bytes[i]))
    }

    /// Returns the end of the run from `at` on, if it is a single two-byte character, as most runs of Latin text are,
    /// and not a hit.
    #[inline(always)]
    fn intact_letter(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes_here = bytes.get(at..)?;
        let &[_, _, byte @ ..=0x7f] = bytes_here.first_chunk()? else { return None };
        let look = self.leads.look(two_bytes(bytes_here)?)?;
        let before = at.checked_sub(1).map_or(b'\n', |i| bytes[i]);
        if !look.is_intact_between(before, byte) {
            return None;
        }
        if self.line.known != 0 {
            let mut line = self.line;
            if line.step(
                self.m,
                self.class_before(bytes, at),
                CharStep::non_ascii(look, most_beside(before, look.edge)),
            ) || line.known != 0
                && line.step(self.m, look.class, CharStep::ascii(self.class(byte), most_beside(byte, look.edge)))
            {
                return None;
            }
            self.line = line;
        }
        Some(at + 2)
    }

    /// Reports the hits of the run from `at` on, including the ASCII character after it. Returns the end of the run, or
    /// the place at which to continue instead.
    #[inline(always)]
    fn chunk(&mut self, text: &str, mut at: usize, found: &mut dyn FnMut(usize, Lead) -> Next) -> (usize, Next) {
        let m = self.m;
        let bytes = text.as_bytes();
        let mut prev = self.class_before(bytes, at);
        // That of the last character; 0 at the start of the run.
        let mut edge = 0;
        let before = at.checked_sub(1).map_or(0, |i| bytes[i]);
        let mut leads = self.leads.after(before);
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii() {
                let is_odd = self.line.known != 0
                    && self.line.step(m, prev, CharStep::ascii(self.class(byte), most_beside(byte, edge)));
                let next = match () {
                    () if is_odd => found(at, Lead::Oddity),
                    () if leads.end(byte) => found(at, Lead::Sequence),
                    () => Next::Lead,
                };
                return (at, next);
            }
            if is_unpaged(&bytes[at..]) {
                at += 3 * bytes[at..].chunks_exact(3).take_while(|bytes| is_unpaged(bytes)).count();
                self.line.known = 0;
                leads = self.leads;
                continue;
            }
            if self.line.known == 0 {
                let (word, last) = leads.word(&bytes[at..]);
                if let Some(last) = last {
                    (at, prev, edge) = (at + word, last.class, last.edge);
                    continue;
                }
            } else if edge != 0 && leads.is_within_word() {
                let (word, last) = self.line.word(m, prev, &bytes[at..], &mut leads);
                if let Some(last) = last {
                    (at, prev, edge) = (at + word, last.class, last.edge);
                    continue;
                }
            }
            let Some(c) = two_bytes(&bytes[at..]).or_else(|| text[at..].chars().next()) else { break };
            let mut len = c.len_utf8();
            let lead = match leads.look(c) {
                Some(look) => {
                    let is_sequence = leads.push(c, look);
                    let line = &mut self.line;
                    let most = if edge == 0 { most_beside(before, look.edge) } else { MOST };
                    let is_odd = line.known != 0 && line.step(m, prev, CharStep::non_ascii(look, most));
                    prev = look.class;
                    edge = look.edge;
                    match () {
                        () if is_odd || look.is_control => Some(Lead::Oddity),
                        () if is_sequence => Some(Lead::Sequence),
                        () => None,
                    }
                }
                None => {
                    self.line.known = 0;
                    let (next, is_sequence) = leads.push_wide(c);
                    leads = next;
                    len += leads.idle(&bytes[at + len..]);
                    is_sequence.then_some(Lead::Sequence)
                }
            };
            if let Some(lead) = lead {
                let next = found(at, lead);
                if next != Next::Lead {
                    return (at, next);
                }
            }
            at += len;
        }
        (at, Next::Lead)
    }
}

/// Returns whether text begins with a character from U+0800 to U+1DFF, none of which any encoding has.
#[inline(always)]
fn is_unpaged(bytes: &[u8]) -> bool {
    matches!(bytes, [0xe0, ..] | [0xe1, 0x80..=0xb7, ..])
}

/// A line with a prefilter hit, without its line feed.
pub(crate) struct Suspect {
    /// Position in the text, in bytes.
    pub(crate) span: Range<usize>,
    /// True if it may be legacy text decoded as another legacy encoding, or if it holds control characters.
    pub(crate) odd: bool,
}

impl Suspect {
    /// Returns the line in a text with `start` more bytes before it.
    pub(crate) fn after(self, start: usize) -> Suspect {
        Suspect { span: start + self.span.start..start + self.span.end, ..self }
    }
}

pub(crate) fn suspects(text: &str) -> Vec<Suspect> {
    let mut lines: Vec<Suspect> = Vec::new();
    each_lead(text, &mut |at, lead| {
        let odd = lead == Lead::Oddity;
        match lines.last_mut() {
            Some(line) if line.span.end >= at => line.odd |= odd,
            _ => {
                let start = memchr::memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |i| i + 1);
                let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |i| at + i);
                lines.push(Suspect { span: start..end, odd });
            }
        }
        if odd { Next::Line } else { Next::Lead }
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::codepage::{DOUBLE, double_tables, tables};

    #[test]
    fn no_page_has_what_is_passed_over() {
        for c in ('\0'..='\u{ffff}').filter(|c| is_unpaged(c.to_string().as_bytes())) {
            assert_eq!(tables().row(c).known, 0, "{c}");
            assert!((0..DOUBLE.len()).all(|i| double_tables().bytes(i, c) == 0), "{c}");
        }
    }

    #[test]
    fn oddness_alone_is_a_lead_where_a_sequence_lost_its_last_byte() {
        assert!(has_leads("- \u{101}\u{af} `stern`: checks the length"));
    }

    #[test]
    fn an_intact_heading_in_cyrillic_is_no_surprise_and_a_garbled_one_is() {
        assert!(suspects("Правила двора\n").iter().all(|line| !line.odd));
        assert!(suspects("ГДЕ ключ, ЪРН нрбер\nгдеяэ бнопня\n").iter().any(|line| line.odd));
        assert!(suspects("гдеяэ бнопня").iter().any(|line| line.odd));
    }
}
