//! A quick look at a text: which lines hold something that could be garbled. Allocates nothing for the others.

use std::ops::Range;

use super::entities;
use super::legacy;
use super::model::{Class, Cost, Model, model};
use super::strict::{self, Leads};

pub(super) fn has_leads(text: &str) -> bool {
    let mut found = false;
    each_lead(text, &mut |_, _| {
        found = true;
        Next::Stop
    });
    found
}

/// Why a place is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// Some page completes a UTF-8 sequence there, or it is an HTML reference.
    Sequence,
    /// The line up to there is as odd as legacy text read as legacy, or a control stands there.
    Oddity,
}

/// Where to look on after a lead.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Lead,
    Line,
    Stop,
}

/// How odd a line is so far, as long as some page has all its characters.
struct Oddness {
    sum: Cost,
    known: u32,
}

impl Oddness {
    const NONE: Oddness = Oddness { sum: 0, known: u32::MAX };

    /// Goes one step on in the line; whether it has become odd enough to be looked at.
    #[inline(always)]
    fn step(&mut self, m: &Model, (prev, class): (Class, Class), known: u32, is_ascii: bool) -> bool {
        self.known &= known;
        // A character over and over says no more than once.
        if class != prev || is_ascii {
            self.sum = (self.sum + legacy::oddness(m, prev, class)).max(0);
        }
        self.known != 0 && self.sum >= legacy::ODD
    }
}

/// Bytes that are looked at together.
const WORD: usize = size_of::<u64>();
/// The lowest and the highest bit of each byte of a word.
const LOW: u64 = u64::from_ne_bytes([0x01; WORD]);
const HIGH: u64 = u64::from_ne_bytes([0x80; WORD]);

/// Where the ASCII from `at` on ends, and whether a line does before that.
#[inline(always)]
fn gap(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut ends = 0;
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*word);
        let beyond = word & HIGH;
        // The lowest of these bits is that of a line feed; above it they may be wrong.
        let feeds = word ^ (LOW * u64::from(b'\n'));
        let feeds = feeds.wrapping_sub(LOW) & !feeds & HIGH;
        if beyond != 0 {
            let before = (beyond & beyond.wrapping_neg()) - 1;
            return (at + beyond.trailing_zeros() as usize / 8, (ends | feeds & before) != 0);
        }
        ends |= feeds;
        at += WORD;
    }
    let rest = &bytes[at..];
    let len = rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len());
    (at + len, ends != 0 || rest[..len].contains(&b'\n'))
}

/// Where the ASCII from `at` on ends.
#[inline(always)]
pub(super) fn ascii_end(bytes: &[u8], at: usize) -> usize {
    gap(bytes, at).0
}

/// Calls `found` with the byte offset of each place where some page completes a UTF-8 sequence, or
/// where an HTML reference stands for a character of one, and goes on where it says.
fn each_lead(text: &str, found: &mut dyn FnMut(usize, Lead) -> Next) {
    let bytes = text.as_bytes();
    let mut references =
        memchr::memchr_iter(b'&', bytes).filter(|&i| entities::reference(&text[i..]).is_some()).peekable();
    let m = model();
    let mut line = Oddness::NONE;
    let mut at = 0;
    while at < bytes.len() {
        let (next, has_line_feed) = gap(bytes, at);
        while let Some(reference) = references.next_if(|&i| i < next) {
            if found(reference, Lead::Sequence) == Next::Stop {
                return;
            }
        }
        if has_line_feed {
            line = Oddness::NONE;
        }
        let (end, next) = chunk(text, next, (m, &mut line), found);
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
    if ends_beyond_ascii && line.known != 0 {
        let last = text.chars().next_back().map_or(m.edge(), |c| m.class(c));
        if line.sum + legacy::oddness(m, last, m.edge()) >= legacy::ODD {
            found(text.len(), Lead::Oddity);
        }
    }
}

/// The leads of the chunk from `at` on, the character of ASCII after it included; where it ends, or where to go on
/// from elsewhere.
#[inline(always)]
fn chunk(
    text: &str,
    mut at: usize,
    (m, line): (&Model, &mut Oddness),
    found: &mut dyn FnMut(usize, Lead) -> Next,
) -> (usize, Next) {
    let bytes = text.as_bytes();
    let class = |byte: u8| strict::look(char::from(byte)).map_or(m.edge(), |look| look.class);
    let mut prev = at.checked_sub(1).map_or(m.edge(), |i| class(bytes[i]));
    let mut leads = Leads::default();
    let mut chars = text[at..].chars();
    while let Some(c) = chars.next() {
        if c.is_ascii() {
            let is_odd = line.known != 0 && line.step(m, (prev, class(c as u8)), u32::MAX, true);
            let next = match () {
                () if is_odd => found(at, Lead::Oddity),
                () if leads.end(c as u8) => found(at, Lead::Sequence),
                () => Next::Lead,
            };
            return (at, next);
        }
        let mut len = c.len_utf8();
        let lead = match leads.look(c) {
            Some(look) => {
                let is_sequence = leads.push(c, look);
                let is_odd = line.known != 0 && line.step(m, (prev, look.class), look.known, false);
                prev = look.class;
                (is_sequence || is_odd || look.is_control).then_some(if is_odd || look.is_control {
                    Lead::Oddity
                } else {
                    Lead::Sequence
                })
            }
            None => {
                line.known = 0;
                let (next, is_sequence) = leads.push_wide(c);
                leads = next;
                let idle = leads.idle(chars.as_str().as_bytes());
                if idle > 0 {
                    len += idle;
                    chars = text[at + len..].chars();
                }
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

/// A line, without its line feed, that holds a lead.
pub(super) struct Suspect {
    /// Bytes of the text.
    pub(super) span: Range<usize>,
    /// Whether it could be legacy text read as legacy, or holds controls.
    pub(super) odd: bool,
}

impl Suspect {
    /// The same in a text in which `start` bytes stand before.
    pub(super) fn after(self, start: usize) -> Suspect {
        Suspect { span: start + self.span.start..start + self.span.end, ..self }
    }
}

pub(super) fn suspects(text: &str) -> Vec<Suspect> {
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
