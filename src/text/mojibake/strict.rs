//! Proofs: stretches of characters whose bytes, in some code page, are complete UTF-8.
//!
//! Works on one chunk, a run of characters beyond ASCII, with the classes of its neighbours.

use super::codepage::{CodePage, DOUBLE, Row, SINGLE, Tables, double_tables, tables};
use super::model::{Class, Cost, model};

/// How many misreadings on top of each other are undone.
const DEPTH: usize = 5;
/// What an inner layer must win to be believed.
const INNER: Cost = 30;

/// What letters of another script inside a Latin word cost.
const FOREIGN: Cost = 150;

/// What a character costs that no text of the model has.
const UNATTESTED: Cost = 60;

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
    pub(crate) after: String,
    /// How much more plausible the text is with `after` in its place.
    pub(crate) gain: Cost,
    /// Whether it becomes one letter of another script that stands on its own.
    pub(crate) is_lone: bool,
}

/// Which pages hold a complete UTF-8 sequence somewhere in the text fed to it. Sequences follow the
/// edge of a chunk, each other, or a character that is no letter.
#[derive(Clone, Copy)]
pub(crate) struct Automaton {
    tables: &'static Tables,
    may_start: u32,
    need1: u32,
    need2: u32,
    need3: u32,
}

impl Default for Automaton {
    fn default() -> Automaton {
        Automaton { tables: tables(), may_start: u32::MAX, need1: 0, need2: 0, need3: 0 }
    }
}

impl Automaton {
    /// Feeds the next character; the pages in which it completes a sequence.
    #[inline]
    pub(crate) fn push(&mut self, c: char) -> u32 {
        self.push_row(self.tables.row(c))
    }

    #[inline]
    fn push_row(&mut self, row: &Row) -> u32 {
        let done = self.need1 & row.cont;
        self.need1 = row.lead2 & self.may_start | self.need2 & row.cont;
        self.need2 = row.lead3 & self.may_start | self.need3 & row.cont;
        self.need3 = row.lead4 & self.may_start;
        self.may_start = done | !row.letter;
        done
    }
}

/// Whether some page completes a UTF-8 sequence in the text, at a guess that is never wrong when it
/// says no.
pub(crate) fn has_lead(text: &str) -> bool {
    let mut leads = Leads::default();
    text.chars().any(|c| leads.push(c))
}

/// Looks at one character after another for sequences in any page.
#[derive(Default)]
pub(crate) struct Leads {
    automaton: Automaton,
    /// Double-byte pages in which a sequence is under way.
    doubles: u8,
    prev: char,
    /// Pages that have the character fed last.
    pub(crate) known: u32,
}

impl Leads {
    /// Feeds the next character; whether it may complete a sequence.
    #[inline]
    pub(crate) fn push(&mut self, c: char) -> bool {
        if c < '\u{2e80}' {
            let lead = self.doubles != 0 && matches!(c, '?' | '\u{fffd}');
            self.doubles = 0;
            self.prev = c;
            let row = self.automaton.tables.row(c);
            self.known = row.known;
            return self.automaton.push_row(row) != 0 || lead;
        }
        self.push_wide(c)
    }

    fn push_wide(&mut self, c: char) -> bool {
        let t = double_tables();
        // Within intact text of these scripts sequences are coincidences; they start after other text.
        let begins = self.prev < '\u{3040}' || self.prev > '\u{ff00}';
        let lead = self.automaton.push(c) != 0 || t.follows(c) & self.doubles != 0;
        let opens = if begins { t.opens(c) } else { 0 };
        let whole = opens & t.whole(c) != 0;
        self.doubles = opens;
        self.prev = c;
        self.known = 0;
        lead || whole || c == '\u{fffd}' && opens != 0
    }
}

/// Every stretch of the chunk that decodes as UTF-8 in some page, with what it becomes.
pub(crate) fn runs(chars: &[char], left: Class, right: Class) -> Vec<Run> {
    find(chars, left, right, 0)
}

fn find(chars: &[char], left: Class, right: Class, depth: usize) -> Vec<Run> {
    let mut out = Vec::new();
    let mut automaton = Automaton::default();
    let hits = chars.iter().fold(0, |hits, &c| hits | automaton.push(c));
    let mut done = 0u32;
    let mut bytes = Vec::new();
    let rows: Vec<&Row> = if hits == 0 { Vec::new() } else { chars.iter().map(|&c| tables().row(c)).collect() };
    for e in 0..SINGLE.len() {
        if hits >> e & 1 == 0 || done >> e & 1 == 1 {
            continue;
        }
        bytes.clear();
        bytes.extend(rows.iter().map(|r| r.byte[e]));
        let mut mask = 1u32 << e;
        for other in e + 1..SINGLE.len() {
            if hits >> other & 1 == 1 && rows.iter().zip(&bytes).all(|(r, &b)| r.byte[other] == b) {
                mask |= 1 << other;
            }
        }
        done |= mask;
        parse(&bytes, &mut |start, end, after| {
            let is_known = |run: &Run| {
                let page = run.mask.trailing_zeros() as usize;
                run.start <= start && end <= run.end && (start..end).all(|i| rows[i].byte[page] == bytes[i])
            };
            if out.iter().any(is_known) {
                return;
            }
            out.extend(judge(chars, left, right, depth, Found { start, end, mask, after }));
        });
    }
    double_runs(chars, left, right, depth, &mut out);
    out
}

struct Found {
    start: usize,
    end: usize,
    mask: u32,
    after: String,
}

fn judge(chars: &[char], left: Class, right: Class, depth: usize, found: Found) -> Option<Run> {
    let m = model();
    let Found { start, end, mask, mut after } = found;
    let l = start.checked_sub(1).map_or(left, |i| m.class(chars[i]));
    let r = chars.get(end).map_or(right, |&c| m.class(c));
    let before = m.cost(l, chars[start..end].iter().copied(), r);
    let mut cost = m.cost(l, after.chars(), r);
    let mut inner = Vec::new();
    if depth + 1 < DEPTH && end - start > 1 {
        let decoded: Vec<char> = after.chars().collect();
        let deeper = find(&decoded, l, r, depth + 1);
        if !deeper.is_empty() {
            let chosen = choose(deeper, |run| run.gain >= INNER);
            if let Some(best) = chosen.iter().max_by_key(|run| run.gain) {
                inner.push(CodePage::first(best.mask));
                inner.extend(best.inner.iter().copied());
                after = splice(&decoded, &chosen);
                cost = m.cost(l, after.chars(), r);
            }
        }
    }
    let mut gain = before - cost - 15 * inner.len() as Cost - rarity(CodePage::first(mask));
    for neighbour in [start.checked_sub(1).and_then(|i| chars.get(i)), chars.get(end)].into_iter().flatten() {
        gain -= if tables().row(*neighbour).letter != 0 || neighbour == chars.get(start).unwrap_or(neighbour) {
            50
        } else {
            25
        };
    }
    gain += signs(&chars[start..end], &after, (l, r), mask);
    if after.chars().any(|c| m.is_unattested(c)) {
        gain -= UNATTESTED;
    }
    if m.is_latin_lower(l) && m.is_latin_lower(r) && after.chars().all(is_foreign) {
        gain -= FOREIGN;
    }
    let is_rare = rarity(CodePage::first(mask)) > 0;
    let mut letters = after.chars();
    let is_letter = letters.next().is_some_and(is_foreign) && letters.next().is_none();
    let is_in_word = chars[..start].last().is_some_and(|c| c.is_alphabetic()) || m.is_latin(l) || m.is_latin(r);
    let is_lone = is_rare && is_letter && !is_in_word;
    Some(Run { start, end, mask, inner, after, gain, is_lone })
}

/// What the model, which sees pairs of characters, misses.
fn signs(before: &[char], after: &str, (left, right): (Class, Class), mask: u32) -> Cost {
    let m = model();
    let mut after = after.chars();
    let (first, only) = (after.next().unwrap_or(' '), after.next().is_none());
    let mut gain = 0;
    if m.is_latin_lower(left) && before[0].is_uppercase() && first.is_lowercase() {
        gain += 40; // a capital in the middle of a word
    }
    if before == ['Â', first] && !m.is_latin(left) {
        gain += 50; // the sign itself stays visible
    }
    if only && matches!(first, '«' | '»') && mask & CodePage::MacRoman.bit() != 0 {
        gain -= 70; // one without its partner looks like an emoticon
    }
    let in_capitals = m.is_latin(left) && !m.is_latin_lower(left) && !m.is_latin(right);
    if before.ends_with(&['\u{a0}']) && in_capitals && first.is_lowercase() {
        gain -= 120; // a word in capitals, then a blank
    }
    let is_drawn = before.iter().all(|c| ('\u{2500}'..'\u{2580}').contains(c));
    if is_drawn && !(m.is_latin(left) && m.is_latin(right)) {
        gain -= 60; // lines are drawn where there are no words
    }
    if is_drawn && first == 'ſ' {
        gain -= 120; // a letter nobody writes today, while such lines are drawn for fun
    }
    gain
}

/// How much seldomer text is read in this page by mistake than in the common ones.
fn rarity(page: CodePage) -> Cost {
    use CodePage::*;
    match page {
        Windows1252 | Latin1 | MacRoman | Ibm437 => 0,
        Windows1250 | Windows1251 | Windows1254 | Gbk | Ibm850 => 10,
        Windows1253 | Windows1257 | Koi8R | Ibm866 | ShiftJis | Big5 | EucKr => 20,
        _ => 35,
    }
}

/// Whether a letter is of no Latin alphabet.
fn is_foreign(c: char) -> bool {
    c.is_alphabetic() && c > '\u{24f}' && !('\u{1e00}'..='\u{1eff}').contains(&c)
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
pub(crate) fn splice(chars: &[char], runs: &[Run]) -> String {
    let mut out = String::new();
    let mut at = 0;
    for run in runs {
        out.extend(&chars[at..run.start]);
        out.push_str(&run.after);
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

/// Calls `found` with each maximal stretch of complete sequences.
fn parse(bytes: &[u8], found: &mut dyn FnMut(usize, usize, String)) {
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut after = String::new();
        while let Some((len, c)) = bytes.get(at..).and_then(sequence) {
            after.push(c);
            at += len;
        }
        if after.is_empty() {
            at += 1;
        } else {
            found(start, at, after);
        }
    }
}

fn double_runs(chars: &[char], left: Class, right: Class, depth: usize, out: &mut Vec<Run>) {
    if !chars.iter().any(|&c| c >= '\u{2e80}') {
        return;
    }
    let t = double_tables();
    let opens = chars.iter().fold(0, |mask, &c| mask | t.opens(c));
    for (i, page) in DOUBLE.into_iter().enumerate() {
        if opens >> i & 1 == 0 {
            continue;
        }
        let mut at = 0;
        while at < chars.len() {
            if t.opens(chars[at]) >> i & 1 == 0 {
                at += 1;
                continue;
            }
            match double_run(&chars[at..], i) {
                Some((len, after)) => {
                    let mask = page.bit();
                    out.extend(judge(chars, left, right, depth, Found { start: at, end: at + len, mask, after }));
                    at += len;
                }
                None => at += 1,
            }
        }
    }
}

/// The longest stretch from the start whose bytes in `DOUBLE[i]` are complete UTF-8 (trail bytes
/// may be ASCII), and what it becomes.
fn double_run(chars: &[char], i: usize) -> Option<(usize, String)> {
    let t = double_tables();
    let mut bytes: Vec<u8> = Vec::new();
    let mut ends: Vec<usize> = Vec::new();
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
    let mut after = String::new();
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
    Some((units, after))
}

#[cfg(test)]
mod tests {
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
    fn surrogates_as_utf8() {
        assert_eq!(sequence(&[0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]), Some((6, '😀')));
    }
}
