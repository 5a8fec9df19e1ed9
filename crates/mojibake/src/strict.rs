//! Proofs: stretches of characters whose bytes, in some code page, are complete UTF-8.
//!
//! Works on one chunk, a run of characters beyond ASCII, with the classes of its neighbours.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::alphabet::{Languages, is_letter};
use super::codepage::{CodePage, DOUBLE, Row, SINGLE, double_tables, tables};
use super::model::{Class, Cost, model};

/// How many misreadings on top of each other are undone.
const DEPTH: usize = 5;
/// What an inner layer must win to be believed.
const INNER: Cost = 30;

/// What an inner layer in another page than the outer one costs where the outer one explains it too: mistakes are
/// repeated.
const OTHER: Cost = 40;

/// What letters of another script inside a Latin word cost.
const FOREIGN: Cost = 150;

/// What a character costs that no text of the model has.
const UNATTESTED: Cost = 120;

/// What an inner layer in a double-byte page costs that the outer one is not in.
const MIXED: Cost = 60;

/// What it costs to be part of a table of characters.
const TABLE: Cost = 150;

/// A stretch of a chunk that decodes as UTF-8.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Indexes of characters in the chunk, end exclusive.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The pages (as `CodePage::bit`) that decode it alike.
    pub(crate) mask: u32,
    /// Pages of the layers below, outermost first.
    pub(crate) inner: Vec<CodePage>,
    /// Empty if it wins nothing.
    pub(crate) after: String,
    /// How much more plausible the text is with `after` in its place.
    pub(crate) gain: Cost,
    /// Whether it becomes a letter or two, of another script mostly, that stand on their own, or is drawn of lines.
    pub(crate) is_lone: bool,
    /// Whether intact text of the script of its first letter has these characters beside each other, see [`is_weak`].
    pub(crate) is_weak: bool,
}

/// Pages of `SINGLE` as bits, in each of three lanes of a word: sequences that want one, two and three more bytes.
type Lanes = u64;
const LANE: u32 = SINGLE.len() as u32;
const LOW: Lanes = (1 << LANE) - 1;
const ALL: Lanes = (1 << (3 * LANE)) - 1;

fn lanes(mask: Lanes) -> Lanes {
    mask | mask << LANE | mask << (2 * LANE)
}

/// Characters from here on are looked up in the double-byte pages too.
const WIDE: char = '\u{2e80}';

/// All that the search for sequences asks of a character.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    /// Pages where it opens a sequence of two, three and four bytes.
    opens: Lanes,
    /// Pages where it continues one, in every lane.
    continues: Lanes,
    /// Pages that have it.
    pub(crate) known: u32,
    pub(crate) class: Class,
    /// Whether no sequence may stand directly after it.
    is_letter: bool,
    /// Whether a blank after it may be the rest of a sequence.
    is_blanked: bool,
    pub(crate) is_control: bool,
    pub(crate) is_typography: bool,
}

impl Look {
    fn new(c: char, row: &Row, class: Class) -> Look {
        let lane = |mask: u32, at: u32| Lanes::from(mask) << (at * LANE);
        Look {
            opens: lane(row.lead2, 0) | lane(row.lead3, 1) | lane(row.lead4, 2),
            continues: lanes(Lanes::from(row.cont)),
            known: row.known,
            class,
            is_letter: row.letter != 0,
            is_blanked: matches!(c, 'Â' | 'Ã' | 'Å' | 'Ĺ' | 'Ă' | 'Ā' | 'Γ' | 'Β'),
            is_control: ('\u{80}'..='\u{9f}').contains(&c),
            is_typography: is_typography(c),
        }
    }
}

/// Whether a character is one that people set between words or with figures: no letter of any alphabet.
pub(crate) fn is_typography(c: char) -> bool {
    matches!(
        c,
        '\u{a0}'
            | '«'
            | '»'
            | '©'
            | '®'
            | '°'
            | '±'
            | '×'
            | '÷'
            | '·'
            | '§'
            | '¶'
            | '¹'
            | '²'
            | '³'
            | 'º'
            | 'ª'
            | '¼'..='¾' | '™' | '€' | '£'
    ) || matches!(c, '\u{2000}'..='\u{206f}' | '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{25ff}')
}

/// The characters below `WIDE`.
static LOOKS: LazyLock<Vec<Look>> = LazyLock::new(|| {
    let look = |c: char| Look::new(c, tables().row(c), model().class(c));
    ('\0'..WIDE).map(look).collect()
});

/// What is known of a character that is not wide.
#[inline]
pub(crate) fn look(c: char) -> Option<&'static Look> {
    LOOKS.get(c as usize)
}

impl Look {
    /// Whether a chunk that is this character alone, between two of ASCII, neither is nor was part of a sequence.
    #[inline(always)]
    pub(crate) fn is_intact_between(&self, before: u8, after: u8) -> bool {
        !(self.is_control || self.is_blanked && after == b' ' || before == b'?')
    }
}

/// Which pages hold a complete UTF-8 sequence somewhere in the text fed to it. Sequences follow the
/// edge of a chunk, each other, or a character that is no letter.
#[derive(Clone, Copy)]
pub(crate) struct Automaton {
    looks: &'static [Look],
    /// Where sequences may start, in every lane.
    may_start: Lanes,
    need: Lanes,
}

impl Default for Automaton {
    fn default() -> Automaton {
        Automaton { looks: &LOOKS, may_start: ALL, need: 0 }
    }
}

impl Automaton {
    /// Feeds the next character; the pages in which it completes a sequence.
    #[inline(always)]
    fn push(&mut self, c: char) -> u32 {
        match self.looks.get(c as usize) {
            Some(look) => self.push_look(look),
            None => self.push_look(&Look::new(c, tables().row(c), 0)),
        }
    }

    /// The pages in which a sequence is under way.
    #[inline(always)]
    fn open(&self) -> Lanes {
        (self.need | self.need >> LANE | self.need >> (2 * LANE)) & LOW
    }

    /// The pages in which the next character goes on with what is under way, or begins something if nothing is.
    #[inline(always)]
    fn follow(&self, c: char) -> Lanes {
        let Some(look) = self.looks.get(c as usize) else { return 0 };
        let opens = look.opens | look.opens >> LANE | look.opens >> (2 * LANE);
        let open = self.open();
        open & look.continues | !open & opens & LOW
    }

    /// Whether nothing is under way, and nothing may start after the character before.
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

/// Whether some page completes a UTF-8 sequence in a chunk, at a guess that is never wrong when it says no.
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

/// The character that `bytes` of text begin with, if it is one of two bytes.
#[inline(always)]
pub(crate) fn two_bytes(bytes: &[u8]) -> Option<char> {
    match bytes {
        &[lead @ 0xc2..=0xdf, trail, ..] => char::from_u32(u32::from(lead & 0x1f) << 6 | u32::from(trail & 0x3f)),
        _ => None,
    }
}

/// Looks at the characters of a chunk for sequences in any page.
#[derive(Clone, Copy, Default)]
pub(crate) struct Leads {
    automaton: Automaton,
    /// Double-byte pages in which a sequence is under way.
    doubles: u8,
    prev: char,
}

impl Leads {
    /// After a byte of ASCII: a question mark may stand for the first byte of a sequence.
    #[inline(always)]
    pub(crate) fn after(self, byte: u8) -> Leads {
        Leads { doubles: if byte == b'?' { u8::MAX } else { 0 }, ..self }
    }

    /// What is known of a character that is not wide.
    #[inline(always)]
    pub(crate) fn look(&self, c: char) -> Option<&'static Look> {
        self.automaton.looks.get(c as usize)
    }

    /// Feeds the next character beyond ASCII, which is not wide; whether it may complete a sequence.
    #[inline(always)]
    pub(crate) fn push(&mut self, c: char, look: &Look) -> bool {
        // Within a word nothing begins.
        if self.doubles == 0 && look.is_letter && self.automaton.is_idle() {
            self.prev = c;
            return false;
        }
        let goes_on = self.doubles != 0 && double_tables().follows(c) & self.doubles != 0;
        self.doubles = 0;
        self.prev = c;
        self.automaton.push_look(look) != 0 || goes_on
    }

    /// Feeds the character of ASCII after the chunk; whether it may stand for the rest of a sequence.
    #[inline(always)]
    pub(crate) fn end(&self, byte: u8) -> bool {
        self.doubles != 0 && byte == b'?'
            || byte == b' ' && self.look(self.prev).is_some_and(|look| look.is_blanked)
            || self.automaton.need != 0 && self.is_broken()
    }

    /// Whether a sequence of three or four bytes has begun with a sign, not a letter, and does not go on.
    fn is_broken(&self) -> bool {
        // What no page has is asked for here, as it is seldom and dear.
        let is_letter = |look: &Look| look.is_letter || look.known == 0 && self.prev.is_alphabetic();
        self.look(self.prev).is_some_and(|look| look.opens == 0 && !is_letter(look))
    }

    /// Feeds the next character, a wide one.
    #[inline(never)]
    pub(crate) fn push_wide(mut self, c: char) -> (Leads, bool) {
        let t = double_tables();
        // Within intact text of these scripts sequences are coincidences; they start after other text.
        let begins = self.prev < '\u{3040}' || self.prev > '\u{ff00}';
        let is_lost = c == '\u{fffd}';
        let lead = self.automaton.push(c) != 0 || t.follows(c) & self.doubles != 0 || is_lost;
        let opens = if begins { t.opens(c) } else { 0 };
        let whole = opens & t.whole(c) != 0;
        self.doubles = opens;
        self.prev = c;
        (self, lead || whole)
    }

    /// Feeds the letters of two bytes at the beginning of `rest` within a word, in which nothing begins; how many bytes
    /// that was, and the last of them.
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

    /// Feeds the text of wide scripts after such text, in which nothing begins; how many bytes of `rest` that was.
    #[inline(always)]
    pub(crate) fn idle(&mut self, rest: &[u8]) -> usize {
        if self.doubles != 0 || !('\u{3040}'..='\u{ff00}').contains(&self.prev) {
            return 0;
        }
        // U+4000 to U+EFFF, which no single-byte page has.
        let len = rest.chunks_exact(3).take_while(|bytes| matches!(bytes[0], 0xe4..=0xee)).count() * 3;
        if len > 0 {
            self.automaton = Automaton::default();
        }
        len
    }
}

/// Every stretch of the chunk that decodes as UTF-8 in some page, with what it becomes.
#[cfg(test)]
pub(crate) fn runs(chars: &[char], left: Class, right: Class) -> Vec<Run> {
    Finder::default().find(&Chunk { chars, left, right }, 0)
}

/// What a run must win, and how many characters it must have, to be beyond doubt: more than convicts any page on its own,
/// and more than are a sequence after the other by chance.
const EVIDENT: Cost = 300;
const EVIDENT_LEN: usize = 8;

/// Finds runs, with room that serves one chunk after another.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    chars: Vec<char>,
    /// For each depth of layers that is not being worked at.
    rooms: Vec<Room>,
}

#[derive(Debug, Default)]
struct Room {
    rows: Vec<&'static Row>,
    bytes: Vec<u8>,
    after: Vec<char>,
    /// Where the bytes of each character end.
    ends: Vec<usize>,
}

/// A run of characters beyond ASCII between two neighbours.
struct Chunk<'a> {
    chars: &'a [char],
    left: Class,
    right: Class,
}

impl Finder {
    /// Every stretch of the chunk that decodes as UTF-8 in some page, with what it becomes.
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

    /// The runs in the single-byte pages of `hits`, of which those in `whole` read all of the chunk.
    fn single_runs(&mut self, chunk: &Chunk<'_>, depth: usize, (hits, whole): (u32, u32), out: &mut Vec<Run>) {
        let mut room = self.rooms.pop().unwrap_or_default();
        room.rows.clear();
        room.rows.extend(chunk.chars.iter().map(|&c| tables().row(c)));
        self.page_runs(chunk, depth, (hits, whole), &mut room, out);
        // What takes all of a chunk and wins so much that it convicts its page is no part of anything else.
        let is_evident = |run: &Run| run.gain >= EVIDENT && run.end - run.start == chunk.chars.len().max(EVIDENT_LEN);
        if whole != hits && !out.iter().any(is_evident) {
            self.page_runs(chunk, depth, (hits, hits & !whole), &mut room, out);
            // In the order of the pages, as whoever compares runs takes the first of equals.
            out.sort_by_key(|run| (run.mask.trailing_zeros(), run.start));
        }
        self.rooms.push(room);
    }

    /// The runs in the pages of `these`, one for all pages of `hits` that read a stretch alike.
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

    /// The runs in the double-byte pages.
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
            for run in deeper.iter_mut().filter(|run| run.mask & mask == 0) {
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
        let won = match shouted(&chars[start..end], &after, (l, r)) {
            Some(won) => won,
            None => cost(&chars[start..end]) - cost(&after) + relief((l, r), &chars[start..end], &after, chars.len()),
        };
        let mut gain = won - 15 * inner.len() as Cost - rarity(CodePage::first(mask));
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
        let is_mixed = |page: &&CodePage| mask & page.bit() == 0 && DOUBLE.contains(page);
        gain -= inner.iter().filter(is_mixed).count() as Cost * MIXED;
        if is_table(chars, start..end) || mask >> SINGLE.len() != 0 && is_series(&chars[start..end], &after) {
            gain -= TABLE;
        }
        let is_within = m.is_latin_lower(l) && m.is_latin_lower(r) && after.iter().all(|&c| is_foreign(c));
        let is_strange = matches!(after[..], ['\u{530}'..'\u{1e00}']) && (m.is_latin(l) || m.is_latin(r));
        if is_within || is_strange {
            gain -= FOREIGN;
        }
        // In double-byte pages a character is a whole sequence by chance as often as not, and so are two; two wide ones
        // that take all of a chunk are not.
        let is_double = mask >> SINGLE.len() != 0;
        let is_word = end - start == chars.len() && after.iter().all(|&c| c >= '\u{2e80}');
        let is_rare = rarity(CodePage::first(mask)) > 0;
        let is_single = match after[..] {
            // Intact text has each wide character on its own now and then, and half of them are a sequence.
            [c] if is_double => is_letter(c) || end - start == 1,
            // A mark of another script needs a letter too.
            [c @ '\u{250}'..'\u{2000}'] if !is_letter(c) => !('\u{300}'..='\u{36f}').contains(&c) || l != m.class('5'),
            [c] => is_rare && is_foreign(c) || is_unattested && (is_foreign(c) || c < '\u{2000}'),
            _ => is_double && after.len() <= 2 && !is_word && after.iter().all(|&c| is_letter(c)),
        };
        let is_weak = is_weak(&chars[start..end], &after, (l, r));
        let is_lone = is_weak
            || (is_single || is_drawn(&chars[start..end]))
                && !(m.is_latin(l) || m.is_latin(r))
                && !chars[..start].last().is_some_and(|&c| is_letter(c));
        // What wins nothing is never chosen, but tells that the stretch is known.
        let len = if gain > 0 { after.iter().map(|c| c.len_utf8()).sum() } else { 0 };
        let mut text = String::with_capacity(len);
        if gain > 0 {
            text.extend(after.iter());
        }
        Run { start, end, mask, inner, after: text, gain, is_lone, is_weak }
    }
}

/// Whether a character is a letter of an alphabet of its own beside the Latin one, Greek or Cyrillic.
pub(crate) fn is_other_script(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{52f}')
}

/// Whether two characters are one letter of UTF-8 and also what intact text has beside each other, so that they prove
/// nothing: a letter of Greek or Cyrillic before a no-break space, a quotation mark or another letter of its script
/// (`В Москве`, `«В»`, `ФАЙЛ`), any other letter before a no-break space (`Å gå`), a ligature before a vowel. Beside small
/// Latin letters such letters are strangers.
fn is_weak(before: &[char], after: &[char], (left, right): (Class, Class)) -> bool {
    let (&[lead, tail], &[becomes]) = (before, after) else { return false };
    let m = model();
    let is_within = m.is_latin_lower(left) || is_letter(becomes) && m.is_latin_lower(right);
    match lead {
        'ﬁ' | 'ﬂ' => is_letter(tail),
        _ if is_other_script(lead) => !is_within && (is_other_script(tail) || is_set_beside_words(tail)),
        // These are what a no-break space after a Latin letter was most often.
        _ if matches!(becomes, 'à' | '\u{a0}') => false,
        _ => is_letter(lead) && tail == '\u{a0}' && !is_within,
    }
}

/// Whether a character is a blank or a mark that stands directly beside words.
fn is_set_beside_words(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{ad}' | '«' | '»' | '·' | '‹' | '›' | '–' | '—' | '‘'..='„' | '…' | '•')
}

/// What a capital wins within a word in capitals, of which the texts of the model have few: as much as in small letters.
fn shouted(before: &[char], after: &[char], (left, right): (Class, Class)) -> Option<Cost> {
    let m = model();
    let is_capital = |class: Class| m.is_latin(class) && !m.is_latin_lower(class);
    let is_small = m.is_latin_lower(left) || m.is_latin_lower(right);
    // Trademarks stand after words in capitals.
    if !before[0].is_uppercase() || before.ends_with(&['™']) || before.ends_with(&['®']) {
        return None;
    }
    if is_small || !(is_capital(left) || is_capital(right)) || !after.iter().all(|c| c.is_uppercase()) {
        return None;
    }
    let small = |c: &char| c.to_lowercase().next().unwrap_or(*c);
    let cost = |chars: &[char]| m.cost(m.small(left), chars.iter().map(small), m.small(right));
    Some(cost(before) - cost(after))
}

/// What a symbol costs more beside a letter than at its usual place.
const GLUED: Cost = 20;

/// What the model takes too much for a symbol that stands on its own: its texts have pictures and Greek letters between
/// blanks and accents on letters, while people put pictures anywhere, name things by Greek letters and strike out
/// numbers. So it costs hardly more than in place of a blank, or of a mark on a letter.
fn relief((left, right): (Class, Class), before: &[char], after: &[char], chunk: usize) -> Cost {
    let m = model();
    let [c] = *after else { return 0 };
    // Quotation marks and dashes follow letters beyond ASCII in intact text, too, and more characters are more than that.
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

/// Whether a character is a picture or a sign that people put anywhere, and no line to draw with.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{24ff}' | '\u{25a0}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

/// Whether a character is one that stands directly after words.
fn is_punctuation(c: char) -> bool {
    matches!(c, '«' | '»' | '®' | '™' | '\u{a0}' | '\u{2010}'..='\u{203f}')
}

/// Neighbours in a table of characters are hardly farther apart in Unicode.
const NEXT: u32 = 6;

/// Whether each character follows the one before it in Unicode, at most `most` away.
fn is_ascending(chars: &[char], most: u32) -> bool {
    chars.windows(2).all(|pair| u32::from(pair[1]).checked_sub(pair[0].into()).is_some_and(|d| (1..=most).contains(&d)))
}

/// Whether the characters and their neighbours on both sides are listed in the order of Unicode.
fn is_table(chars: &[char], range: std::ops::Range<usize>) -> bool {
    let around = range.start.checked_sub(1).and_then(|start| chars.get(start..=range.end));
    around.is_some_and(|chars| is_ascending(chars, NEXT))
}

/// Whether characters of a double-byte page stand in the order of a table, be it that of Unicode or of the page.
fn is_series(before: &[char], after: &[char]) -> bool {
    before.len() > 1 && is_ascending(before, NEXT) || after.len() > 3 && is_ascending(after, 1)
}

/// The pages of `mask` in which the characters have the bytes that they have in its first page.
fn alike(rows: &[&Row], bytes: &[u8], mask: u32) -> u32 {
    rows.iter().zip(bytes).fold(mask, |mask, (row, &byte)| {
        let first = mask & mask.wrapping_neg();
        first | row.with_byte(byte, mask & !first)
    })
}

/// Characters of a chunk and what they become.
struct Found<'a> {
    start: usize,
    end: usize,
    mask: u32,
    after: &'a [char],
}

/// What the model, which sees pairs of characters, misses.
fn signs(before: &[char], after: &[char], (left, right): (Class, Class), mask: u32) -> Cost {
    let m = model();
    let (first, only) = (after.first().copied().unwrap_or(' '), after.len() < 2);
    let mut gain = 0;
    if m.is_latin_lower(left) && before[0].is_uppercase() && first.is_lowercase() {
        gain += 40; // a capital in the middle of a word
    }
    if let [lead, sign] = before
        && *sign == first
        && matches!(lead, 'Â' | 'Β' | 'В')
        && !m.is_latin(left)
    {
        gain += 50; // the sign itself stays visible
        if matches!(sign, '£' | '¥' | '¢') && right == m.class('5') {
            gain += 50; // and is that of a price
        }
    }
    if before == ['Ã', '—'] && left == m.class(' ') && right == left {
        gain += 60; // a sign between two blanks
    }
    if only && before.len() == 2 && is_letter(first) && m.is_latin_lower(right) {
        if before.iter().all(|c| c.is_uppercase()) {
            gain += 30; // capitals within a word
        } else if before.iter().all(|c| is_operator(*c)) && !m.is_latin(left) {
            gain += 30; // mathematics at the head of a word
        }
    }
    if only && matches!(first, '«' | '»') && mask & CodePage::MacRoman.bit() != 0 {
        gain -= 70; // one without its partner looks like an emoticon
    }
    let in_capitals = m.is_latin(left) && !m.is_latin_lower(left) && !m.is_latin(right);
    if before.ends_with(&['\u{a0}']) && in_capitals && first.is_lowercase() {
        gain -= 120; // a word in capitals, then a blank
    }
    let is_drawn = is_drawn(before);
    let is_touching = m.is_latin(left) && m.is_latin(right) || first == '¿' && m.is_latin(right);
    if is_drawn && !is_touching {
        gain -= 60; // lines are drawn where there are no words
    }
    if is_drawn && is_letter(first) && !m.is_latin(left) && !m.is_latin(right) {
        gain -= 60; // a letter on its own
    }
    if before == ['×', '\u{a0}'] {
        gain -= 200; // a product of two numbers
    }
    if is_drawn && first == 'ſ' {
        gain -= 120; // a letter nobody writes today, while such lines are drawn for fun
    }
    gain
}

/// Whether the characters are lines, as diagrams have them.
fn is_drawn(chars: &[char]) -> bool {
    chars.iter().all(|c| ('\u{2500}'..'\u{2580}').contains(c))
}

fn is_operator(c: char) -> bool {
    matches!(c, '¬' | '±' | '\u{2200}'..='\u{22ff}')
}

/// How much seldomer text is read in this page by mistake than in the common ones.
pub(crate) fn rarity(page: CodePage) -> Cost {
    use CodePage::*;
    match page {
        Windows1252 | Latin1 | MacRoman | Ibm437 => 0,
        Windows1250 | Windows1251 | Windows1254 | Gbk | Ibm850 => 10,
        Windows1253 | Windows1257 | Koi8R | Ibm866 | ShiftJis | Big5 | EucKr => 20,
        _ => 35,
    }
}

/// Whether a letter is a Latin one of no alphabet that is known, or a form that texts do not spell out.
fn is_unlisted(c: char) -> bool {
    matches!(c, '\u{180}'..'\u{2b0}' | '\u{fb00}'..'\u{fe00}') && Languages::of(std::iter::once(c)) == Languages::ANY
}

/// Whether a letter is of no Latin alphabet.
fn is_foreign(c: char) -> bool {
    is_letter(c) && c > '\u{24f}' && !('\u{1e00}'..='\u{1eff}').contains(&c)
}

/// The runs that pass, best first, none overlapping a better one; in the order of the text.
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

/// The chunk with the runs (in order, disjoint) replaced.
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

/// Length and value of the UTF-8 sequence at the start of `bytes`, beyond ASCII; a pair of
/// surrogates written as UTF-8 (CESU-8) is one character.
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

/// How many characters the longest stretch from the start has whose bytes in `DOUBLE[i]` are complete UTF-8 (trail bytes
/// may be ASCII); what it becomes is then in `room.after`.
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
    use super::super::repair;
    use super::*;

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
