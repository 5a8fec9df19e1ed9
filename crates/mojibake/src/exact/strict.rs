//! Proofs: decodable spans, whose bytes in some encoding are complete UTF-8.
//!
//! Works on one non-ASCII run, with the classes of its neighbours.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::encoding::codepage::{CodePage, DOUBLE, Row, SINGLE, double_tables, tables};
use crate::language::bigrams::{Class, model};
use crate::language::languages::{Languages, is_letter};
use crate::text::line::chunks;
use crate::text::script::{Script, is_cjk, is_in_latin_block, is_other_script, is_typography};
use crate::types::score::Score;
use crate::weights::{Cost, MOST, MOST_BESIDE};

/// Maximum number of mis-decodings on top of each other that are undone.
const DEPTH: usize = 5;
/// Minimum score improvement of an inner layer, in decinats.
const INNER: Cost = 30;

/// Cost of each inner layer, in decinats.
const LAYER: Cost = 15;

/// Cost of an inner layer in another encoding than the outer one if the outer one explains it, too, because mistakes
/// are repeated.
const OTHER: Cost = 100;

/// Cost of letters of another script within a Latin word.
const FOREIGN: Cost = 150;

/// Cost of a character that no text of the model has.
const UNATTESTED: Cost = 120;

/// Cost of an inner layer in a multi-byte encoding that the outer layer is not in.
const MIXED: Cost = 60;

/// Cost of a Greek or Cyrillic letter or a mark whose last byte may be an ASCII letter, because it may be intact text, in
/// decinats (a guess: more than a single such letter improves).
const TRAIL: Cost = 150;

/// Score improvement that is no evidence of an encoding, but enough where the encoding is accepted, in decinats (a guess).
pub(crate) const NO_EVIDENCE: Cost = 50;

/// Cost of being part of a table of characters.
const TABLE: Cost = 150;

/// A decodable span: characters of a non-ASCII run whose bytes are UTF-8.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Indices of characters in the non-ASCII run, end exclusive.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The encodings (as bits of `CodePage::bit`) in which it decodes to one text.
    pub(crate) mask: u32,
    /// Encodings of the layers below, outermost first.
    pub(crate) inner: Vec<CodePage>,
    /// The decoded text; empty if it is no improvement.
    pub(crate) after: String,
    /// Score improvement of the text with `after` in its place, in decinats.
    pub(crate) gain: Cost,
    /// Costs of the text as found and decoded, and of the chain of decodings. The rest of the improvement is cues.
    pub(crate) text: (Cost, Cost),
    pub(crate) chain: Cost,
    /// True if it becomes one or two isolated letters, mostly of another script, or consists of box-drawing characters.
    pub(crate) is_lone: bool,
    /// True if these characters occur next to each other in intact text of the script of the first one; see
    /// [`is_weak`].
    pub(crate) is_weak: bool,
    /// True if legacy text has it by chance, unless its document has other text in its script; see [`is_flimsy`].
    pub(crate) is_flimsy: bool,
}

/// Encodings of `SINGLE` as bits, in three lanes of a word: for sequences that need one, two and three more bytes.
type Lanes = u64;
const LANE: u32 = SINGLE.len() as u32;
const LOW: Lanes = (1 << LANE) - 1;
const ALL: Lanes = (1 << (3 * LANE)) - 1;

fn lanes(mask: Lanes) -> Lanes {
    mask | mask << LANE | mask << (2 * LANE)
}

/// First character that is looked up in the multi-byte encodings, too.
const WIDE: char = '\u{2e80}';

/// The properties of a character that the search for sequences needs.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// Encodings in which it is the lead byte of a sequence of two, three and four bytes.
    opens: Lanes,
    /// Encodings in which it is a continuation byte, in every lane.
    continues: Lanes,
    /// Encodings that have it.
    pub(crate) known: u32,
    pub(crate) class: Class,
    /// True if no sequence may start directly after it.
    pub(crate) is_letter: bool,
    /// Maximum surprisal of a step between it and ASCII, in decinats.
    pub(crate) edge: Cost,
    /// True if a space after it may be the rest of a sequence.
    is_blanked: bool,
    pub(crate) is_control: bool,
    pub(crate) is_typography: bool,
}

impl Run {
    /// Returns the items of its improvement.
    pub(crate) fn score(&self) -> Score {
        let (found, repair) = self.text;
        Score { found, repair, chain: self.chain, ..Score::default() }.with_gain(self.gain)
    }
}

impl Look {
    fn new(c: char, row: &Row, class: Class) -> Look {
        let lane = |mask: u32, at: u32| Lanes::from(mask) << (at * LANE);
        Look {
            opens: lane(row.lead2, 0) | lane(row.lead3, 1) | lane(row.lead4, 2),
            continues: lanes(Lanes::from(row.cont)),
            known: row.known | if is_mac_cyrillic(c) { CodePage::MacCyrillic.bit() } else { 0 },
            class,
            is_letter: row.letter != 0,
            edge: if is_other_script(c) { MOST_BESIDE } else { MOST },
            is_blanked: matches!(c, 'Â' | 'Ã' | 'Å' | 'Ĺ' | 'Ă' | 'Ā' | 'Γ' | 'Β'),
            is_control: ('\u{80}'..='\u{9f}').contains(&c),
            is_typography: is_typography(c),
        }
    }
}

/// Returns whether Mac Cyrillic has a non-ASCII character. No UTF-8 is searched for in that encoding.
fn is_mac_cyrillic(c: char) -> bool {
    static ALL: LazyLock<FxHashSet<char>> = LazyLock::new(|| CodePage::MacCyrillic.upper_half().into_iter().collect());
    ALL.contains(&c)
}

/// The properties of the characters below `WIDE`.
static LOOKS: LazyLock<Vec<Look>> = LazyLock::new(|| {
    let look = |c: char| Look::new(c, tables().row(c), model().class(c));
    ('\0'..WIDE).map(look).collect()
});

/// Returns the properties of a character below `WIDE`.
#[inline]
pub(crate) fn look(c: char) -> Option<&'static Look> {
    LOOKS.get(c as usize)
}

impl Look {
    /// Returns whether it is the lead byte of a sequence in some encoding.
    #[inline(always)]
    pub(crate) fn begins(&self) -> bool {
        self.opens != 0
    }

    /// Returns whether a non-ASCII run of only this character, between two ASCII characters, is not and was not part of
    /// a sequence.
    #[inline(always)]
    pub(crate) fn is_intact_between(&self, before: u8, after: u8) -> bool {
        !(self.is_control || self.is_blanked && after == b' ' || before == b'?')
    }
}

/// A bit-parallel automaton that finds the encodings in which the text fed to it holds a complete UTF-8 sequence. A
/// sequence follows the edge of a non-ASCII run, another sequence, or a character that is no letter.
#[derive(Clone, Copy)]
pub(crate) struct Automaton {
    looks: &'static [Look],
    /// Encodings in which a sequence may start, in every lane.
    may_start: Lanes,
    need: Lanes,
}

impl Default for Automaton {
    fn default() -> Automaton {
        Automaton { looks: &LOOKS, may_start: ALL, need: 0 }
    }
}

impl Automaton {
    /// Feeds the next character. Returns the encodings in which it completes a sequence.
    #[inline(always)]
    fn push(&mut self, c: char) -> u32 {
        match self.looks.get(c as usize) {
            Some(look) => self.push_look(look),
            None => self.push_wide(c),
        }
    }

    /// Feeds a character from `WIDE` on, which hardly any encoding has.
    #[inline(always)]
    fn push_wide(&mut self, c: char) -> u32 {
        let row = tables().row(c);
        if row.known == 0 {
            self.need = 0;
            self.may_start = ALL;
            return 0;
        }
        self.push_look(&Look::new(c, row, 0))
    }

    /// Returns the encodings in which a sequence is incomplete.
    #[inline(always)]
    fn open(&self) -> Lanes {
        (self.need | self.need >> LANE | self.need >> (2 * LANE)) & LOW
    }

    /// Returns the encodings in which the next character continues the incomplete sequence, or starts one if there is
    /// none.
    #[inline(always)]
    fn follow(&self, c: char) -> Lanes {
        let Some(look) = self.looks.get(c as usize) else { return 0 };
        let opens = look.opens | look.opens >> LANE | look.opens >> (2 * LANE);
        let open = self.open();
        open & look.continues | !open & opens & LOW
    }

    /// Returns whether no sequence is incomplete and none may start after the character before.
    #[inline(always)]
    fn is_idle(&self) -> bool {
        self.need | self.may_start == 0
    }

    #[inline(always)]
    fn push_look(&mut self, look: &Look) -> u32 {
        let goes_on = self.need & look.continues;
        let done = goes_on & LOW;
        self.need = goes_on >> LANE | look.opens & self.may_start;
        self.may_start = if look.is_letter { lanes(done) } else { ALL };
        done as u32
    }
}

/// Returns whether a non-ASCII run may complete a UTF-8 sequence in some encoding, without false negatives.
pub(crate) fn has_lead(chunk: &str) -> bool {
    let mut leads = Leads::default();
    let bytes = chunk.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let (word, last) = leads.word(&bytes[at..]);
        if last.is_some() {
            at += word;
            continue;
        }
        let Some(c) = two_bytes(&bytes[at..]).or_else(|| chunk[at..].chars().next()) else { break };
        at += c.len_utf8();
        match leads.look(c) {
            Some(look) if leads.push(c, look) => return true,
            Some(_) => {}
            None => {
                let (next, is_lead) = leads.push_wide(c);
                if is_lead {
                    return true;
                }
                leads = next;
                at += leads.idle(&bytes[at..]);
            }
        }
    }
    false
}

/// Returns the character at the start of `bytes`, if it takes two bytes.
#[inline(always)]
pub(crate) fn two_bytes(bytes: &[u8]) -> Option<char> {
    match bytes {
        &[lead @ 0xc2..=0xdf, trail, ..] => char::from_u32(u32::from(lead & 0x1f) << 6 | u32::from(trail & 0x3f)),
        _ => None,
    }
}

/// The prefilter for sequences in any encoding.
#[derive(Clone, Copy, Default)]
pub(crate) struct Leads {
    automaton: Automaton,
    /// Multi-byte encodings in which a sequence is incomplete.
    doubles: u8,
    prev: char,
}

impl Leads {
    /// Returns the state after an ASCII byte. A question mark may replace the first byte of a sequence.
    #[inline(always)]
    pub(crate) fn after(self, byte: u8) -> Leads {
        Leads { doubles: if byte == b'?' { u8::MAX } else { 0 }, ..self }
    }

    /// Returns the properties of a character below `WIDE`.
    #[inline(always)]
    pub(crate) fn look(&self, c: char) -> Option<&'static Look> {
        self.automaton.looks.get(c as usize)
    }

    /// Feeds the next non-ASCII character below `WIDE`. Returns whether it may complete a sequence.
    #[inline(always)]
    pub(crate) fn push(&mut self, c: char, look: &Look) -> bool {
        // No sequence starts within a word.
        if self.doubles == 0 && look.is_letter && self.automaton.is_idle() {
            self.prev = c;
            return false;
        }
        let goes_on = self.doubles != 0 && double_tables().follows(c) & self.doubles != 0;
        self.doubles = 0;
        self.prev = c;
        self.automaton.push_look(look) != 0 || goes_on
    }

    /// Returns whether the ASCII character after the non-ASCII run may replace the rest of a sequence.
    #[inline(always)]
    pub(crate) fn end(&self, byte: u8) -> bool {
        self.doubles != 0 && byte == b'?'
            || byte == b' ' && self.look(self.prev).is_some_and(|look| look.is_blanked)
            || self.automaton.need != 0 && self.is_broken()
    }

    /// Returns whether a sequence of three or four bytes has begun with a symbol, not a letter, and does not continue.
    fn is_broken(&self) -> bool {
        // Characters that no encoding has are looked up here, because they are rare and the lookup is expensive.
        let is_letter = |look: &Look| look.is_letter || look.known == 0 && self.prev.is_alphabetic();
        self.look(self.prev).is_some_and(|look| look.opens == 0 && !is_letter(look))
    }

    /// Feeds the next character from `WIDE` on.
    #[inline(never)]
    pub(crate) fn push_wide(mut self, c: char) -> (Leads, bool) {
        let t = double_tables();
        // Sequences within intact CJK text are coincidences, so a sequence must start after other text.
        let begins = self.prev < '\u{3040}' || self.prev > '\u{ff00}';
        let is_lost = c == '\u{fffd}';
        let lead = self.automaton.push(c) != 0 || t.follows(c) & self.doubles != 0 || is_lost;
        let opens = if begins { t.opens(c) } else { 0 };
        let whole = opens & t.whole(c) != 0;
        self.doubles = opens;
        self.prev = c;
        (self, lead || whole)
    }

    /// Returns whether the next letters are within a word, where no sequence starts.
    #[inline(always)]
    pub(crate) fn is_within_word(&self) -> bool {
        self.doubles == 0 && self.automaton.is_idle()
    }

    /// Feeds a letter within a word.
    #[inline(always)]
    pub(crate) fn pass(&mut self, c: char) {
        self.prev = c;
    }

    /// Feeds the two-byte letters at the start of `rest` within a word, where no sequence starts. Returns the number of
    /// bytes, and the properties of the last letter.
    #[inline(always)]
    pub(crate) fn word(&mut self, rest: &[u8]) -> (usize, Option<&'static Look>) {
        let (mut at, mut last) = (0, None);
        if self.doubles != 0 || !self.automaton.is_idle() {
            return (at, last);
        }
        while let Some(c) = two_bytes(&rest[at..]) {
            let Some(look) = self.look(c).filter(|look| look.is_letter) else { break };
            (self.prev, last) = (c, Some(look));
            at += 2;
        }
        (at, last)
    }

    /// Feeds CJK text after CJK text, where no sequence starts. Returns the number of bytes of `rest` that were fed.
    #[inline(always)]
    pub(crate) fn idle(&mut self, rest: &[u8]) -> usize {
        if self.doubles != 0 || !('\u{3040}'..='\u{ff00}').contains(&self.prev) {
            return 0;
        }
        // U+4000 to U+EFFF, which no single-byte encoding has.
        let len = rest.chunks_exact(3).take_while(|bytes| matches!(bytes[0], 0xe4..=0xee)).count() * 3;
        if len > 0 {
            self.automaton = Automaton::default();
        }
        len
    }
}

/// Returns every decodable span of a non-ASCII run, with its decoded text.
#[cfg(test)]
pub(crate) fn runs(chars: &[char], left: Class, right: Class) -> Vec<Run> {
    Finder::default().find(&Chunk { chars, left, right }, 0)
}

/// Minimum score improvement, in decinats, and minimum length, in characters, of a decodable span that is beyond doubt:
/// more than is needed to accept any encoding by itself, and more than sequences next to each other by chance have.
const EVIDENT: Cost = 300;
const EVIDENT_LEN: usize = 8;

/// Finder of decodable spans, with buffers that serve one non-ASCII run after another.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    chars: Vec<char>,
    /// One set of buffers for each depth of layers that is not in use.
    rooms: Vec<Room>,
}

#[derive(Debug, Default)]
struct Room {
    rows: Vec<&'static Row>,
    bytes: Vec<u8>,
    after: Vec<char>,
    /// End of the bytes of each character.
    ends: Vec<usize>,
}

/// A non-ASCII run with the classes of its neighbours.
struct Chunk<'a> {
    chars: &'a [char],
    left: Class,
    right: Class,
}

impl Finder {
    /// Returns every decodable span of a non-ASCII run, with its decoded text.
    pub(crate) fn runs(&mut self, chunk: &str, left: Class, right: Class) -> Vec<Run> {
        let mut chars = std::mem::take(&mut self.chars);
        chars.clear();
        chars.extend(chunk.chars());
        let runs = self.find(&Chunk { chars: &chars, left, right }, 0);
        self.chars = chars;
        runs
    }

    fn find(&mut self, chunk: &Chunk<'_>, depth: usize) -> Vec<Run> {
        let mut out = Vec::new();
        let mut automaton = Automaton::default();
        let (mut hits, mut whole) = (0, LOW);
        for &c in chunk.chars {
            whole &= automaton.follow(c);
            hits |= automaton.push(c);
        }
        if hits != 0 {
            let whole = (whole & !automaton.open()) as u32 & hits;
            self.single_runs(chunk, depth, (hits, whole), &mut out);
        }
        if chunk.chars.iter().any(|&c| c >= WIDE) {
            self.double_runs(chunk, depth, &mut out);
        }
        out
    }

    /// Collects the spans in the single-byte encodings `hits`. Those in `whole` decode the complete run.
    fn single_runs(&mut self, chunk: &Chunk<'_>, depth: usize, (hits, whole): (u32, u32), out: &mut Vec<Run>) {
        let mut room = self.rooms.pop().unwrap_or_default();
        room.rows.clear();
        room.rows.extend(chunk.chars.iter().map(|&c| tables().row(c)));
        self.page_runs(chunk, depth, (hits, whole), &mut room, out);
        // A span that takes the complete run and is such an improvement that its encoding is accepted is not part of
        // anything else.
        let is_evident = |run: &Run| run.gain >= EVIDENT && run.end - run.start == chunk.chars.len().max(EVIDENT_LEN);
        if whole != hits && !out.iter().any(is_evident) {
            self.page_runs(chunk, depth, (hits, hits & !whole), &mut room, out);
            // Sorted by encoding, because whoever compares spans takes the first of equals.
            out.sort_by_key(|run| (run.mask.trailing_zeros(), run.start));
        }
        self.rooms.push(room);
    }

    /// Collects the spans in the encodings `these`, one for all encodings of `hits` that decode a span to the same
    /// text.
    fn page_runs(
        &mut self,
        chunk: &Chunk<'_>,
        depth: usize,
        (hits, these): (u32, u32),
        room: &mut Room,
        out: &mut Vec<Run>,
    ) {
        let Room { rows, bytes, after, .. } = room;
        let mut left = these;
        while left != 0 {
            let page = left.trailing_zeros() as usize;
            bytes.clear();
            bytes.extend(rows.iter().map(|r| r.byte[page]));
            let mask = alike(rows, bytes, hits & (u32::MAX << page));
            left &= !mask;
            let mut at = 0;
            while at < bytes.len() {
                let start = at;
                after.clear();
                while let Some((len, c)) = bytes.get(at..).and_then(sequence) {
                    after.push(c);
                    at += len;
                }
                if after.is_empty() {
                    at += 1;
                    continue;
                }
                let is_known = |run: &Run| {
                    let other = run.mask.trailing_zeros() as usize;
                    other < page
                        && run.start <= start
                        && at <= run.end
                        && (start..at).all(|i| rows[i].byte[other] == bytes[i])
                };
                if !out.iter().any(is_known) {
                    out.push(self.judge(chunk, depth, &Found { start, end: at, mask, after }));
                }
            }
        }
    }

    /// Collects the spans in the multi-byte encodings.
    fn double_runs(&mut self, chunk: &Chunk<'_>, depth: usize, out: &mut Vec<Run>) {
        let chars = chunk.chars;
        let t = double_tables();
        let opens = chars.iter().fold(0, |mask, &c| mask | t.opens(c));
        if opens == 0 {
            return;
        }
        let mut room = self.rooms.pop().unwrap_or_default();
        for (i, page) in DOUBLE.into_iter().enumerate().filter(|(i, _)| opens >> i & 1 == 1) {
            let mut at = 0;
            while at < chars.len() {
                if t.opens(chars[at]) >> i & 1 == 0 {
                    at += 1;
                    continue;
                }
                match double_run(&chars[at..], i, &mut room) {
                    Some(len) => {
                        let found = Found { start: at, end: at + len, mask: page.bit(), after: &room.after };
                        out.push(self.judge(chunk, depth, &found));
                        at += len;
                    }
                    None => at += 1,
                }
            }
        }
        self.rooms.push(room);
    }

    fn judge(&mut self, chunk: &Chunk<'_>, depth: usize, found: &Found<'_>) -> Run {
        let m = model();
        let (chars, &Found { start, end, mask, after: decoded }) = (chunk.chars, found);
        let l = start.checked_sub(1).map_or(chunk.left, |i| m.class(chars[i]));
        let r = chars.get(end).map_or(chunk.right, |&c| m.class(c));
        let mut after = Cow::Borrowed(decoded);
        let mut inner = Vec::new();
        if depth + 1 < DEPTH && end - start > 1 {
            let mut deeper = self.find(&Chunk { chars: decoded, left: l, right: r }, depth + 1);
            let same: Vec<(usize, usize)> =
                deeper.iter().filter(|run| run.mask & mask != 0).map(|run| (run.start, run.end)).collect();
            for run in deeper.iter_mut().filter(|run| run.mask & repeated(mask) == 0) {
                if same.iter().any(|&(start, end)| start < run.end && run.start < end) {
                    run.gain -= OTHER;
                }
            }
            if !deeper.is_empty() {
                let chosen = choose(deeper, |run| run.gain >= INNER);
                if let Some(best) = chosen.iter().max_by_key(|run| run.gain) {
                    inner.push(CodePage::first(best.mask));
                    inner.extend(best.inner.iter().copied());
                    after = Cow::Owned(splice(decoded, &chosen));
                }
            }
        }
        let cost = |chars: &[char]| m.cost(l, chars.iter().copied(), r);
        let (text, relief) = match shouted(&chars[start..end], &after, (l, r)) {
            Some(text) => (text, 0),
            None => ((cost(&chars[start..end]), cost(&after)), relief((l, r), &chars[start..end], &after, chars.len())),
        };
        let chain = LAYER * inner.len() as Cost + rarity(CodePage::first(mask));
        let mut gain = text.0 - text.1 + relief - chain;
        for neighbour in [start.checked_sub(1).and_then(|i| chars.get(i)), chars.get(end)].into_iter().flatten() {
            gain -= if tables().row(*neighbour).letter != 0 || neighbour == chars.get(start).unwrap_or(neighbour) {
                50
            } else {
                25
            };
        }
        gain += signs(&chars[start..end], &after, (l, r), mask);
        let is_unattested = after.iter().any(|&c| m.is_unattested(c));
        if is_unattested || matches!(after[..], [c] if is_unlisted(c)) {
            gain -= UNATTESTED;
        }
        if after.iter().any(|&c| is_unassigned(c)) {
            gain = gain.min(0);
        }
        let is_mixed = |page: &&CodePage| mask & page.bit() == 0 && DOUBLE.contains(page);
        gain -= inner.iter().filter(is_mixed).count() as Cost * MIXED;
        if mask >> SINGLE.len() != 0 && decoded.iter().any(char::is_ascii_alphanumeric) {
            gain -= TRAIL * chars[start..end].iter().filter(|&&c| may_be_intact(c)).count() as Cost;
        }
        if is_table(chars, start..end) || mask >> SINGLE.len() != 0 && is_series(&chars[start..end], &after) {
            gain -= TABLE;
        }
        let is_within = m.is_latin_lower(l) && m.is_latin_lower(r) && after.iter().all(|&c| is_foreign(c));
        let is_strange = matches!(after[..], ['\u{530}'..'\u{1e00}']) && (m.is_latin(l) || m.is_latin(r));
        if is_within || is_strange {
            gain -= FOREIGN;
        }
        // In multi-byte encodings one or two characters are a complete sequence by chance as often as not. Two CJK
        // characters that are a complete run are not.
        let is_double = mask >> SINGLE.len() != 0;
        let is_word = end - start == chars.len() && after.iter().all(|&c| c >= '\u{2e80}');
        let is_rare = rarity(CodePage::first(mask)) > 0;
        let is_single = match after[..] {
            // Intact text has isolated CJK characters now and then, and half of them are a sequence.
            [c] if is_double => is_letter(c) || end - start == 1,
            // A combining mark of another script needs a letter, too.
            [c @ '\u{250}'..'\u{2000}'] if !is_letter(c) => !('\u{300}'..='\u{36f}').contains(&c) || !m.is_digit(l),
            [c] => is_rare && is_foreign(c) || is_unattested && (is_foreign(c) || c < '\u{2000}'),
            _ => is_double && after.len() <= 2 && !is_word && after.iter().all(|&c| is_letter(c) || c.is_numeric()),
        };
        let is_weak = is_weak(&chars[start..end], &after, (l, r));
        // After a switch in capitals (`\fIФА`), two capitals of another script begin a word of it.
        let is_after_capital = m.is_latin(l) && !m.is_latin_lower(l) && !m.is_latin(r);
        if is_weak && is_after_capital && chars[start..end].iter().all(|c| c.is_uppercase()) {
            gain = gain.min(NO_EVIDENCE);
        }
        let is_lone = is_weak
            || (is_single || is_drawn(&chars[start..end]))
                && !(m.is_latin(l) || m.is_latin(r))
                && !chars[..start].last().is_some_and(|&c| is_letter(c));
        // A span that is no improvement is never chosen, but it says that its characters are known.
        let len = if gain > 0 { after.iter().map(|c| c.len_utf8()).sum() } else { 0 };
        let mut decoded = String::with_capacity(len);
        if gain > 0 {
            decoded.extend(after.iter());
        }
        let is_flimsy = is_flimsy(
            (chars, start..end),
            &after,
            if m.is_latin(l) || m.is_latin(r) { SpanPlace::Word } else { SpanPlace::Apart },
        );
        Run { start, end, mask, inner, after: decoded, gain, text, chain, is_lone, is_weak, is_flimsy }
    }
}

/// The place of a decoded span.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SpanPlace {
    /// Beside an ASCII letter.
    Word,
    /// Anywhere else.
    Apart,
}

/// Maximum length of a decoded span that legacy text may have by chance, in characters (measured: of 17,600 words of three
/// to six letters in legacy encodings that were decoded as other ones, 659 hold a span that would be accepted).
pub(crate) const CHANCE: usize = 3;

/// Returns whether a span is no word by itself, but a few characters such as legacy text that was decoded as another
/// legacy encoding has by chance: letters of two scripts (`Ïîðò` as `،Е`), letters that hardly any text has, a single
/// letter of a script without words of one letter (`à®ª` as `ப`), or characters beside others that are left.
fn is_flimsy((chars, span): (&[char], std::ops::Range<usize>), after: &[char], place: SpanPlace) -> bool {
    if after.len() > CHANCE {
        return false;
    }
    let is_mark =
        |c: &&char| matches!(c, '\u{a0}' | '«' | '»' | '…' | '\u{2010}'..='\u{201f}' | '\u{3000}'..='\u{303f}');
    let beside = [span.start.checked_sub(1).and_then(|i| chars.get(i)), chars.get(span.end)];
    let mut beside = beside.into_iter().flatten().filter(|c| !is_mark(c));
    if after.iter().any(|&c| is_letter(c) && is_in_latin_block(c) && !is_unlisted(c)) {
        // Latin words have ASCII letters.
        return place == SpanPlace::Apart && after.len() == 1 && beside.next().is_some();
    }
    let is_word = || match chars[span.clone()] {
        [a, b, c] => a.is_uppercase() && b.is_lowercase() && c.is_lowercase() && is_in_latin_block(a),
        _ => false,
    };
    match *after {
        [c] if is_typography(c) => false,
        [_] if place == SpanPlace::Apart && is_word() => true,
        [c] if is_letter(c) => !has_words_of_one_letter(c) || beside.next().is_some() || is_rare(c),
        [c @ '\u{27c0}'..='\u{2bff}'] if !is_emoji(c) => span.len() < chars.len(),
        [c] => is_rare(c) || span.len() < 4 && beside.any(|c| !c.is_alphabetic()),
        _ => {
            let mut scripts = after.iter().filter(|&&c| !is_typography(c)).map(|&c| kin(c));
            let first = scripts.next();
            let is_one = first.is_some() && scripts.all(|script| Some(script) == first);
            let has_letter = after.iter().any(|&c| is_letter(c));
            match () {
                () if has_letter && !is_one => true,
                () if has_letter => {
                    after.iter().any(|&c| is_letter(c) && is_rare(c)) || after.len() == 2 && beside.next().is_some()
                }
                () => after.iter().any(|&c| is_rare(c)),
            }
        }
    }
}

/// Returns whether a sign among mathematical and technical ones is an emoji, or one of the arrows and brackets that are
/// in use.
fn is_emoji(c: char) -> bool {
    matches!(c, '⟨' | '⟩' | '⟵'..='⟺' | '⤴' | '⤵' | '⬅'..='⬇' | '⬛' | '⬜' | '⭐' | '⭕')
}

/// Returns whether hardly any text has a character by itself: a letter without a language that is in use, a mark of
/// phonetics or one of another script, half a mark, or a character for private use.
fn is_rare(c: char) -> bool {
    if is_letter(c) {
        let is_archaic = matches!(c, '\u{3d7}'..='\u{3ff}' | '\u{460}'..='\u{48f}' | '\u{e000}'..='\u{faff}');
        let is_of_few = matches!(c, '\u{4bc}'..='\u{4d7}' | '\u{4da}'..='\u{4e7}' | '\u{4ea}'..='\u{52f}');
        return is_archaic || is_of_few || model().is_unattested(c);
    }
    let is_accent =
        matches!(c, '\u{2b9}'..='\u{2bf}' | '\u{2c6}'..='\u{2dd}' | '\u{300}'..='\u{385}' | '\u{fe00}'..='\u{fe1f}');
    let is_symbol = matches!(c, '\u{1e00}'..='\u{2bff}' | '\u{fe30}'..='\u{fffd}' | '\u{1f000}'..='\u{1faff}');
    let is_sign = is_accent || is_symbol || matches!(c, '\u{2e80}'..='\u{a4cf}');
    c >= '\u{180}' && !is_sign
}

/// Returns whether words of one letter are usual in the script of a letter, or the letter is a symbol.
fn has_words_of_one_letter(c: char) -> bool {
    matches!(
        c,
        '\u{386}'..='\u{3d6}' | '\u{400}'..='\u{45f}' | '\u{490}'..='\u{491}' | '\u{5d0}'..='\u{5ea}' | 'و'
            | '\u{1e00}'..='\u{24ff}' | '\u{3000}'..='\u{33ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{fb00}'..='\u{fb06}' | '\u{ff00}'..
    )
}

/// Returns the encodings that a mistake in one of `mask` is repeated in: programs that say Latin-1 often mean
/// Windows-1252.
fn repeated(mask: u32) -> u32 {
    let western = CodePage::Windows1252.bit() | CodePage::Latin1.bit();
    if mask & western != 0 { mask | western } else { mask }
}

/// Returns a number for the script of a character, or for its row of Unicode. Those of East Asia are one, because a word
/// may have letters of all of them.
pub(crate) fn kin(c: char) -> u32 {
    match Script::of(c) {
        _ if is_cjk(c) || ('\u{ff00}'..='\u{ffef}').contains(&c) => Script::Han as u32,
        Some(script) => script as u32,
        None => 0x100 | u32::from(c) >> 8,
    }
}

/// Number of words that hold a bit for each result of [`kin`].
const KINDS: usize = (0x100 | 0x10ff) / 64 + 1;

/// The scripts of the letters of a text that no single-byte encoding in use has: Latin, Greek and Cyrillic letters may be
/// mojibake themselves.
pub(crate) struct OwnScripts {
    /// One bit for each result of [`kin`].
    known: Box<[u64; KINDS]>,
}

impl OwnScripts {
    pub(crate) fn of(text: &str) -> OwnScripts {
        let mut known = Box::new([0; KINDS]);
        // Equal neighbours are most of a text.
        let mut last = u32::MAX;
        for c in chunks(text).flat_map(|chunk| text[chunk].chars()).filter(|&c| is_own(c)) {
            let kin = kin(c);
            if kin != last {
                known[kin as usize / 64] |= 1 << (kin % 64);
                last = kin;
            }
        }
        OwnScripts { known }
    }

    /// Returns whether the text has letters in the script of a decoded span.
    pub(crate) fn has_that_of(&self, after: &str) -> bool {
        let script = after.chars().find(|&c| is_own(c)).map(kin);
        script.is_some_and(|kin| self.known[kin as usize / 64] >> (kin % 64) & 1 == 1)
    }
}

/// Returns whether a character is a letter in a script other than Latin, Greek and Cyrillic.
fn is_own(c: char) -> bool {
    c >= '\u{250}' && !is_other_script(c) && is_letter(c) && !is_in_latin_block(c)
}

/// Returns whether two characters are one letter in UTF-8, but also occur next to each other in intact text, so that
/// they prove nothing: a Greek or Cyrillic letter before a no-break space, a quotation mark or another letter of its
/// script (`В Москве`, `«В»`, `ФАЙЛ`), any other letter before a no-break space (`Å gå`), a ligature before a vowel.
/// Next to lower-case Latin letters, such letters are out of script.
fn is_weak(before: &[char], after: &[char], (left, right): (Class, Class)) -> bool {
    let (&[lead, tail], &[becomes]) = (before, after) else { return false };
    let m = model();
    let is_within = m.is_latin_lower(left) || is_letter(becomes) && m.is_latin_lower(right);
    match lead {
        'ﬁ' | 'ﬂ' => is_letter(tail),
        _ if is_other_script(lead) => !is_within && (is_other_script(tail) || is_set_beside_words(tail)),
        // Most Latin letters with a no-break space after them were one of these.
        _ if matches!(becomes, 'à' | '\u{a0}') => false,
        _ => is_letter(lead) && tail == '\u{a0}' && !is_within,
    }
}

/// Returns whether a character is a space or mark that may be directly next to a word.
fn is_set_beside_words(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{ad}' | '«' | '»' | '·' | '‹' | '›' | '–' | '—' | '‘'..='„' | '…' | '•')
}

/// Returns the costs of an upper-case word as found and with a decoded upper-case letter, in lower case, because the texts of
/// the model have few upper-case words.
fn shouted(before: &[char], after: &[char], (left, right): (Class, Class)) -> Option<(Cost, Cost)> {
    let m = model();
    let is_capital = |class: Class| m.is_latin(class) && !m.is_latin_lower(class);
    let is_small = m.is_latin_lower(left) || m.is_latin_lower(right);
    // Trademark signs follow upper-case words.
    if !before[0].is_uppercase() || before.ends_with(&['™']) || before.ends_with(&['®']) {
        return None;
    }
    if is_small || !(is_capital(left) || is_capital(right)) || !after.iter().all(|c| c.is_uppercase()) {
        return None;
    }
    let small = |c: &char| c.to_lowercase().next().unwrap_or(*c);
    let cost = |chars: &[char]| m.cost(m.small(left), chars.iter().map(small), m.small(right));
    Some((cost(before), cost(after)))
}

/// Cost of a symbol next to a letter, beyond that at its usual place.
const GLUED: Cost = 20;

/// Returns the cost that the model overestimates for an isolated symbol. The texts of the model have emoji and Greek
/// letters between spaces and accents on letters, but people put emoji anywhere, name things by Greek letters and
/// strike out numbers. So a symbol costs hardly more than a space in its place, or an accent hardly more than on a
/// letter.
fn relief((left, right): (Class, Class), before: &[char], after: &[char], chunk: usize) -> Cost {
    let m = model();
    let [c] = *after else { return 0 };
    // Quotation marks and dashes follow non-ASCII letters in intact text, too, and a longer run may hold more than the
    // symbol.
    let is_free = || before.len() == chunk && !before[1..].iter().any(|c| is_punctuation(*c));
    let usual = match c {
        _ if is_picture(c) => ' ',
        'Γ' | 'Δ' | 'Θ' | 'Λ' | 'Ξ' | 'Π' | 'Σ' | 'Φ' | 'Ψ' | 'Ω' | 'α'..='ω' if is_free() => ' ',
        '\u{300}'..='\u{36f}' if is_free() => 'e',
        _ => return 0,
    };
    let (usual, class) = (m.class(usual), m.class(c));
    let spare = |found: Cost, usual: Cost| (found - usual - GLUED).max(0);
    spare(m.step(left, class), m.step(usual, class)) + spare(m.step(class, right), m.step(usual, right))
}

/// Returns whether a character is an emoji or symbol that people put anywhere, but not a box-drawing character.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{24ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Returns whether a character may directly follow a word.
fn is_punctuation(c: char) -> bool {
    matches!(c, '«' | '»' | '®' | '™' | '\u{a0}' | '\u{2010}'..='\u{203f}')
}

/// Maximum distance in Unicode of neighbours in a table of characters (a guess).
const NEXT: u32 = 6;

/// Returns whether each character follows the one before it in Unicode, by at most `most`.
fn is_ascending(chars: &[char], most: u32) -> bool {
    chars.windows(2).all(|pair| u32::from(pair[1]).checked_sub(pair[0].into()).is_some_and(|d| (1..=most).contains(&d)))
}

/// Returns whether the characters and their neighbours on both sides are listed in the order of Unicode.
fn is_table(chars: &[char], range: std::ops::Range<usize>) -> bool {
    let around = range.start.checked_sub(1).and_then(|start| chars.get(start..=range.end));
    around.is_some_and(|chars| is_ascending(chars, NEXT))
}

/// Returns whether characters of a multi-byte encoding are in the order of a table: that of Unicode, or that of the
/// encoding.
fn is_series(before: &[char], after: &[char]) -> bool {
    before.len() > 1 && is_ascending(before, NEXT) || after.len() > 3 && is_ascending(after, 1)
}

/// Returns the encodings of `mask` in which the characters have the same bytes as in its first encoding.
fn alike(rows: &[&Row], bytes: &[u8], mask: u32) -> u32 {
    rows.iter().zip(bytes).fold(mask, |mask, (row, &byte)| {
        let first = mask & mask.wrapping_neg();
        first | row.with_byte(byte, mask & !first)
    })
}

/// Characters of a non-ASCII run and their decoded text.
struct Found<'a> {
    start: usize,
    end: usize,
    mask: u32,
    after: &'a [char],
}

/// Returns the score of cues that the model misses, because it sees only pairs of characters.
fn signs(before: &[char], after: &[char], (left, right): (Class, Class), mask: u32) -> Cost {
    let m = model();
    let (first, only) = (after.first().copied().unwrap_or(' '), after.len() < 2);
    let mut gain = 0;
    if m.is_latin_lower(left) && before[0].is_uppercase() && first.is_lowercase() {
        gain += 40; // an upper-case letter in the middle of a word
    }
    if let [lead, sign] = before
        && *sign == first
        && matches!(lead, 'Â' | 'Β' | 'В')
        && !m.is_latin(left)
    {
        gain += 50; // the symbol itself stays visible
        if matches!(sign, '£' | '¥' | '¢') && m.is_digit(right) {
            gain += 50; // and is a currency symbol before a price
        }
    }
    if before == ['Ã', '—'] && left == m.class(' ') && right == left {
        gain += 60; // a symbol between two spaces
    }
    if only && before.len() == 2 && is_letter(first) && m.is_latin_lower(right) {
        if before.iter().all(|c| c.is_uppercase()) {
            gain += 30; // upper-case letters within a word
        } else if before.iter().all(|c| is_operator(*c)) && !m.is_latin(left) {
            gain += 30; // mathematical symbols at the start of a word
        }
    }
    if only && matches!(first, '«' | '»') && mask & CodePage::MacRoman.bit() != 0 {
        gain -= 70; // an emoticon is as likely as a single quotation mark
    }
    let in_capitals = m.is_latin(left) && !m.is_latin_lower(left) && !m.is_latin(right);
    if before.ends_with(&['\u{a0}']) && in_capitals && first.is_lowercase() {
        gain -= 120; // an upper-case word, then a no-break space
    }
    let is_drawn = is_drawn(before);
    let is_touching = m.is_latin(left) && m.is_latin(right) || first == '¿' && m.is_latin(right);
    if is_drawn && !is_touching {
        gain -= 60; // box-drawing characters occur away from words
    }
    if is_drawn && is_letter(first) && !m.is_latin(left) && !m.is_latin(right) {
        gain -= 60; // an isolated letter
    }
    if before == ['×', '\u{a0}'] {
        gain -= 200; // a product of two numbers
    }
    if is_drawn && first == 'ſ' {
        gain -= 120; // nobody writes ſ today, but people draw with these characters
    }
    gain
}

/// Returns whether the characters are box-drawing characters, as in diagrams.
fn is_drawn(chars: &[char]) -> bool {
    chars.iter().all(|c| ('\u{2500}'..'\u{2580}').contains(c))
}

fn is_operator(c: char) -> bool {
    matches!(c, '¬' | '±' | '\u{2200}'..='\u{22ff}')
}

/// Returns the prior cost of an encoding: how much more rarely text is decoded in it by mistake than in the common
/// ones.
pub(crate) fn rarity(page: CodePage) -> Cost {
    use CodePage::*;
    match page {
        Windows1252 | Latin1 | MacRoman | Ibm437 => 0,
        Windows1250 | Windows1251 | Windows1254 | Gbk | Ibm850 => 10,
        Windows1253 | Windows1257 | Koi8R | Ibm866 | ShiftJis | Big5 | EucKr => 20,
        _ => 35,
    }
}

/// Returns whether a character is in a part of Unicode in which nothing is assigned.
fn is_unassigned(c: char) -> bool {
    matches!(c, '\u{40000}'..='\u{dffff}' | '\u{e0200}'..='\u{effff}')
}

/// Returns whether a letter is a Latin one of no known alphabet, or a presentation form.
fn is_unlisted(c: char) -> bool {
    matches!(c, '\u{180}'..'\u{2b0}' | '\u{fb00}'..'\u{fe00}') && Languages::of(std::iter::once(c)) == Languages::ANY
}

/// Returns whether a character of a multi-byte encoding, a Greek or Cyrillic letter or a mark, occurs in intact text of
/// any language.
fn may_be_intact(c: char) -> bool {
    matches!(c, '\u{370}'..'\u{530}' | '\u{2010}'..'\u{2e80}')
}

/// Returns whether a letter is not of Latin script.
fn is_foreign(c: char) -> bool {
    is_letter(c) && !is_in_latin_block(c)
}

/// Returns the spans that pass, without those that overlap a better one, in the order of the text.
pub(crate) fn choose(mut runs: Vec<Run>, pass: impl Fn(&Run) -> bool) -> Vec<Run> {
    runs.retain(|run| pass(run));
    if runs.len() > 1 {
        runs.sort_by_key(|run| (std::cmp::Reverse(run.gain), run.mask.trailing_zeros()));
        let mut taken: Vec<Run> = Vec::new();
        for run in runs {
            if taken.iter().all(|t| run.end <= t.start || t.end <= run.start) {
                taken.push(run);
            }
        }
        taken.sort_by_key(|run| run.start);
        return taken;
    }
    runs
}

/// Returns the characters with the spans (in order, disjoint) replaced.
fn splice(chars: &[char], runs: &[Run]) -> Vec<char> {
    let mut out = Vec::with_capacity(chars.len());
    let mut at = 0;
    for run in runs {
        out.extend(&chars[at..run.start]);
        out.extend(run.after.chars());
        at = run.end;
    }
    out.extend(&chars[at..]);
    out
}

/// Returns the length and value of the non-ASCII UTF-8 sequence at the start of `bytes`. A surrogate pair in CESU-8 is
/// one character.
pub(crate) fn sequence(bytes: &[u8]) -> Option<(usize, char)> {
    let tail = |i: usize| match bytes.get(i) {
        Some(&b) if b & 0xc0 == 0x80 => Some(u32::from(b & 0x3f)),
        _ => None,
    };
    let lead = u32::from(*bytes.first()?);
    match lead {
        0xc2..=0xdf => Some((2, char::from_u32((lead & 0x1f) << 6 | tail(1)?)?)),
        0xe0..=0xef => {
            let code = (lead & 0xf) << 12 | tail(1)? << 6 | tail(2)?;
            if (0xd800..0xdc00).contains(&code) && bytes.get(3) == Some(&0xed) {
                let low = 0xd000 | tail(4)? << 6 | tail(5)?;
                let full = 0x10000 + ((code - 0xd800) << 10) + low.checked_sub(0xdc00)?;
                return Some((6, char::from_u32(full)?));
            }
            (code >= 0x800).then_some(())?;
            Some((3, char::from_u32(code)?))
        }
        0xf0..=0xf4 => {
            let code = (lead & 7) << 18 | tail(1)? << 12 | tail(2)? << 6 | tail(3)?;
            (code >= 0x10000).then_some(())?;
            Some((4, char::from_u32(code)?))
        }
        _ => None,
    }
}

/// Returns the number of characters in the longest span from the start whose bytes in `DOUBLE[i]` are complete UTF-8
/// (trail bytes may be ASCII). The decoded text is in `room.after`.
fn double_run(chars: &[char], i: usize, room: &mut Room) -> Option<usize> {
    let t = double_tables();
    let Room { bytes, after, ends, .. } = room;
    bytes.clear();
    after.clear();
    ends.clear();
    for &c in chars {
        let b = t.bytes(i, c);
        if b == 0 {
            break;
        }
        if b > 255 {
            bytes.push((b >> 8) as u8);
        }
        bytes.push(b as u8);
        ends.push(bytes.len());
    }
    let (mut at, mut best) = (0, None);
    let mut unit = 0;
    while at < bytes.len() {
        if bytes[at] < 0x80 {
            after.push(char::from(bytes[at]));
            at += 1;
        } else {
            let Some((len, c)) = sequence(&bytes[at..]) else {
                break;
            };
            after.push(c);
            at += len;
        }
        while unit < ends.len() && ends[unit] < at {
            unit += 1;
        }
        if ends.get(unit) == Some(&at) {
            best = Some((unit + 1, after.len()));
        }
    }
    let (units, len) = best?;
    after.truncate(len);
    Some(units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repair;

    fn best(chunk: &str) -> Option<String> {
        let chars: Vec<char> = chunk.chars().collect();
        let edge = model().class('n');
        choose(runs(&chars, edge, edge), |r| r.gain > 30).first().map(|r| r.after.clone())
    }

    #[test]
    fn one_layer() {
        assert_eq!(best("â€™").as_deref(), Some("’"));
        assert_eq!(best("鈥檚").as_deref(), Some("’s"));
        assert_eq!(best("é"), None);
    }

    #[test]
    fn two_layers() {
        assert_eq!(best("Ã¢â‚¬â„¢").as_deref(), Some("’"));
    }

    #[test]
    fn symbols_stand_anywhere() {
        for (bad, good) in [
            ("a songâ™«~", "a song♫~"),
            ("doneâž¡", "done➡"),
            ("aâ˜‘b and 3âœ”4", "a☑b and 3✔4"),
            ("the KX7RÎ³cTO cells", "the KX7RγcTO cells"),
            ("5Ïƒm thick", "5σm thick"),
        ] {
            assert_eq!(repair(bad), good);
        }
        for clean in ["Litera „Î” este rară", "A COBORÎ”, LUNEDÌ… VENERDÌ’", "“AMANHÔ, «ABÎ»"] {
            assert_eq!(repair(clean), clean);
        }
    }

    #[test]
    fn words_in_capitals_are_words() {
        for (bad, good) in [
            ("REPOSITÃ“RIOS", "REPOSITÓRIOS"),
            ("DAS AUSGEWÃ„HLTE", "DAS AUSGEWÄHLTE"),
            ("UNGĂśLTIGE DATEN", "UNGÜLTIGE DATEN"),
        ] {
            assert_eq!(repair(bad), good);
        }
        for clean in ["NICIODATĂ™", "HORTELÃ™ E IRMÃ®", "HOJE NÃO, AMANHÃ— TALVEZ"] {
            assert_eq!(repair(clean), clean);
        }
    }

    #[test]
    fn surrogates_as_utf8() {
        assert_eq!(sequence(&[0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]), Some((6, '😀')));
    }
}
