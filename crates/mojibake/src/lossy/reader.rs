//! The bytes behind a text, and every UTF-8 sequence that may start at each of them although bytes were dropped or
//! replaced.

use std::ops::Range;
use std::sync::OnceLock;

use smallvec::SmallVec;

use crate::context::around::{Around, Scripts, Seen};
use crate::detect::cues::is_no_second_byte;
use crate::encoding::codepage::{CodePage, DOUBLE, SINGLE, SUBSTITUTE, double_tables, tables};
use crate::encoding::double::{self, Blanks, Token};
use crate::language::bigrams::model;
use crate::language::languages::{Languages, is_letter};
use crate::language::quotes::{Quotes, misquoted, unclosed, unopened};
use crate::weights::Cost;

/// Cost of the assumption that a byte was lost, by its replacement, in decinats.
const AS_REPLACEMENT: Cost = 5;
const AS_QUESTION: Cost = 25;
const AS_QUESTION_WIDE: Cost = 8;
const AS_SPACE: Cost = 30;
const DROPPED: Cost = 45;
/// Cost of a lost no-break space at the end of a line, where editors trim it, and before punctuation.
const TRIMMED: Cost = 10;
const REMOVED: Cost = 35;
/// Value of the first two bytes of typographic marks, U+2000 and up.
const MARKS: u32 = 0x2000 >> 6;
/// First code point of the CJK characters that are distinguished here.
const WIDE: u32 = 0x3000;
/// Value of the lead byte of "à".
const GRAVE: u32 = 0xc3 & 0x1f;
/// Further cost of "í" at the end of a word if the text may be in a language with "à" there, in decinats.
const RIVALLED: Cost = 30;
/// Cost of "à" and "í", which only the language distinguishes, if some of the languages lack the letter, in decinats.
const UNSHARED: Cost = 25;
/// Cost of a choice between indistinguishable bytes, in decinats.
const EITHER: Cost = 5;
/// Cost of a letter that the languages of the text do not have, in decinats.
const FOREIGN: Cost = 80;
/// Cost of a character of another alphabet within a Latin word, in decinats.
const MIXED: Cost = 60;
/// Cost of a symbol in a word of CJK script, in decinats.
const SIGN: Cost = 30;
/// Maximum number of slots of a region that may be one character.
const LONGEST: usize = 4;
/// The characters that U+FE0F follows most often in the documentation of some 200 packages (in 8 and 5 of them), and
/// the cost of any other one before it, in decinats.
const VARIED_MOST: [char; 2] = ['⚠', '❤'];
const LESS_VARIED: Cost = 60;
/// Cost of a character that occurs nowhere else in the document, in decinats.
const UNSEEN: Cost = 15;
/// Cost of a character that is invisible, or that hardly anybody writes, in decinats.
const INVISIBLE: Cost = 60;
/// Cost of a character that no text of the model has, in decinats.
const UNATTESTED: Cost = 120;
/// Bits of the state while a sequence is assembled: the number of lost bytes so far, and whether the last byte is one
/// of them.
const COUNT: u8 = 0x0f;
const CUT: u8 = 0x80;
/// Maximum number of candidates that are kept for one sequence (a guess).
const MANY: usize = 96;
/// Cost of an apostrophe at the end of a word, in decinats: it is only a genitive of the plural.
const DANGLING: Cost = 20;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Slot {
    /// A non-ASCII byte in the encoding.
    Byte(u8),
    /// One of the bytes of `Reader::choices[i]`, which are indistinguishable.
    Either(usize),
    /// An ASCII byte: a character of its own, or the trail byte of a multi-byte character.
    Ascii(u8),
    /// U+FFFD: one unknown byte.
    Hole,
    /// The first byte that [`SUBSTITUTE`] replaces, and after it the second one, if there is one.
    Dotted,
    Eaten,
    /// A character that the encoding lacks.
    Other,
}

/// The bytes of [`SUBSTITUTE`] itself: the last byte of a comma, and the letter after it.
const DOT: (Slot, Slot) = (Slot::Byte(0x81), Slot::Ascii(0x45));

/// Continuation bytes, as bits by their low six bits.
type Bytes = u64;

/// The continuation bytes that Latin-1 decodes to controls.
const CONTROLS: Bytes = 0xffff_ffff;

fn bit(byte: u8) -> Bytes {
    1 << (byte & 0x3f)
}

/// Returns the low six bits of each byte, in ascending order.
fn values(mut bytes: Bytes) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let value = (bytes != 0).then(|| bytes.trailing_zeros());
        bytes &= bytes.wrapping_sub(1);
        value
    })
}

/// Continuation bytes that a multi-byte encoding does not lose, because they are a character of it.
struct Pairs {
    alone: Bytes,
    /// Bytes that are a character before and after each byte.
    before: [Bytes; 256],
    after: [Bytes; 256],
    /// Bytes that are a character before every lead byte of a sequence of three or four bytes.
    before_all: Bytes,
}

/// Returns these bytes of `DOUBLE[i]`.
fn paired(i: usize) -> &'static Pairs {
    static ALL: [OnceLock<Pairs>; DOUBLE.len()] = [const { OnceLock::new() }; DOUBLE.len()];
    ALL[i].get_or_init(|| {
        let t = double_tables();
        let those = |code: &dyn Fn(u16) -> u16| {
            let is_defined = |b: &u8| t.is_defined(i, code(u16::from(*b)));
            (0x80..=0xbf).filter(is_defined).fold(0, |all, b| all | bit(b))
        };
        let before: [Bytes; 256] = std::array::from_fn(|next| those(&|b| b << 8 | next as u16));
        let after = std::array::from_fn(|last| those(&|b| (last as u16) << 8 | b));
        let before_all = before[0xe2..=0xf0].iter().fold(Bytes::MAX, |all, bytes| all & bytes);
        Pairs { alone: those(&|b| b), before, after, before_all }
    })
}

/// A region as bytes of an encoding, with the bytes that the encoding loses.
pub(crate) struct Reader<'a> {
    pub(crate) slots: Vec<Slot>,
    /// For each slot that may be several bytes, these bytes and the number of slots that each takes.
    pub(crate) choices: Vec<SmallVec<[(u8, usize); 6]>>,
    /// Number of characters in the region.
    pub(crate) len: usize,
    /// Index of the first of the slots that are spaces at the end of a line. They cost nothing, because writers do not
    /// see them.
    pub(crate) tail: usize,
    /// For each slot, the character that it belongs to, and whether it is the first of that character.
    pub(crate) unit: Vec<usize>,
    pub(crate) opens: Vec<bool>,
    /// Index of a multi-byte encoding in `DOUBLE`.
    pub(crate) double: Option<usize>,
    /// True for legacy text that was decoded as UTF-8, so that each U+FFFD is one character.
    pub(crate) is_legacy: bool,
    /// Unassigned bytes, and bytes that may have been dropped.
    pub(crate) holes: Bytes,
    pub(crate) drops: Bytes,
    /// Byte of U+00AD, which some programs drop.
    pub(crate) shy: Bytes,
    /// Byte of U+00A0: where it may have become a space, and where it may have been dropped.
    pub(crate) blank: Bytes,
    pub(crate) trimmed: Bytes,
    pub(crate) languages: Languages,
    /// The characters before and after the region.
    pub(crate) prev: char,
    pub(crate) next: char,
    pub(crate) quotes: Quotes,
    pub(crate) seen: &'a Seen,
    pub(crate) scripts: Scripts,
    /// True if the line is in Latin script with single symbols in it.
    pub(crate) is_narrow: bool,
    /// True if question marks replace the character after a lost byte, too.
    pub(crate) eats: bool,
}

/// Returns whether U+FE0F may follow a character: the characters of at least three bytes in
/// `emoji-variation-sequences.txt` of the Unicode Character Database.
fn is_varied(c: char) -> bool {
    matches!(c,
        '‼' | '⁉' | '™' | 'ℹ' | '↔'..='↙' | '↩' | '↪' | '⌚' | '⌛' | '⌨' | '⏏' | '⏩'..='⏳' | '⏸'..='⏺' | 'Ⓜ'
        | '▪' | '▫' | '▶' | '◀' | '◻'..='◾' | '☀'..='☄' | '☎' | '☑' | '☔' | '☕' | '☘' | '☝' | '☠' | '☢' | '☣' | '☦'
        | '☪' | '☮' | '☯' | '☸'..='☺' | '♀' | '♂' | '♈'..='♓' | '♟' | '♠' | '♣' | '♥' | '♦' | '♨' | '♻' | '♾' | '♿'
        | '⚒'..='⚗' | '⚙' | '⚛' | '⚜' | '⚠' | '⚡' | '⚧' | '⚪' | '⚫' | '⚰' | '⚱' | '⚽' | '⚾' | '⛄' | '⛅' | '⛈'
        | '⛎' | '⛏' | '⛑' | '⛓' | '⛔' | '⛩' | '⛪' | '⛰'..='⛵' | '⛷'..='⛺' | '⛽' | '✂' | '✅' | '✈'..='✍' | '✏'
        | '✒' | '✔' | '✖' | '✝' | '✡' | '✨' | '✳' | '✴' | '❄' | '❇' | '❌' | '❎' | '❓'..='❕' | '❗' | '❣' | '❤'
        | '➕'..='➗' | '➡' | '➰' | '➿' | '⤴' | '⤵' | '⬅'..='⬇' | '⬛' | '⬜' | '⭐' | '⭕' | '〰' | '〽' | '㊗' | '㊙'
        | '\u{1f000}'..='\u{1faff}')
}

/// Number of mis-decodings of a text: once as UTF-8 in this encoding, or the result once more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Misread {
    Once(CodePage),
    Twice(CodePage),
}

impl Misread {
    pub(crate) fn page(self) -> CodePage {
        match self {
            Misread::Once(page) | Misread::Twice(page) => page,
        }
    }
}

pub(crate) fn reader<'a>(zone: &[char], misread: Misread, languages: Languages, around: &Around<'a>) -> Reader<'a> {
    let page = misread.page();
    let mut r = Reader {
        slots: Vec::with_capacity(2 * zone.len()),
        choices: Vec::new(),
        len: zone.len(),
        tail: 0,
        unit: Vec::with_capacity(2 * zone.len()),
        opens: Vec::with_capacity(2 * zone.len()),
        double: DOUBLE.iter().position(|&p| p == page),
        is_legacy: page == CodePage::Utf8,
        holes: 0,
        drops: 0,
        shy: 0,
        blank: 0,
        trimmed: 0,
        languages,
        prev: around.before.last(),
        next: around.after.first().copied().unwrap_or('\n'),
        quotes: around.quotes,
        seen: around.seen,
        scripts: around.scripts,
        is_narrow: around.is_narrow,
        eats: around.eats && page == CodePage::Gbk,
    };
    let single = SINGLE.iter().position(|&p| p == page);
    let has_c1 = zone.iter().any(|c| ('\u{80}'..='\u{9f}').contains(c));
    if let Some(e) = single {
        r.holes = (0x80..=0xbf).filter(|&b| tables().is_hole(e, b)).fold(0, |all, b| all | bit(b));
        let of = |c: char| match tables().row(c).byte[e] {
            b @ 0x80..=0xbf => bit(b),
            _ => 0,
        };
        r.trimmed = of('\u{a0}');
        r.blank = if around.blanks == Blanks::Lost { r.trimmed } else { 0 };
        // A program that drops one of them drops them all.
        r.shy = if zone.contains(&'\u{ad}') { 0 } else { of('\u{ad}') };
        if !has_c1 {
            r.drops = if page == CodePage::Latin1 { CONTROLS } else { r.holes };
        }
    } else if r.double.is_some() {
        r.holes = Bytes::MAX;
    }
    if let (Misread::Twice(_), Some(e)) = (misread, single) {
        r.split(zone, e, around.blanks);
        r.tail = r.tail();
        return r;
    }
    let double = r.double;
    for (i, &c) in zone.iter().enumerate() {
        let mut push = |slot, opens| {
            r.slots.push(slot);
            r.unit.push(i);
            r.opens.push(opens);
        };
        if c.is_ascii() {
            push(Slot::Ascii(c as u8), true);
            let next = zone.get(i + 1).copied().unwrap_or(around.after.first().copied().unwrap_or('\n'));
            if c == '?' && page == CodePage::Gbk && is_no_second_byte(next) {
                // Windows takes in a character that is no trail byte, usually a space.
                push(Slot::Ascii(b' '), false);
            }
        } else if c == '\u{fffd}' {
            push(Slot::Hole, true);
        } else if c == SUBSTITUTE && page == CodePage::ShiftJis {
            let next = zone.get(i + 1).or(around.after.first());
            let is_itself = around.has_other_losses && next.is_some_and(char::is_ascii_alphabetic);
            let (first, second) = if is_itself { DOT } else { (Slot::Dotted, Slot::Eaten) };
            push(first, true);
            push(second, false);
        } else if let Some(e) = single {
            match tables().row(c).byte[e] {
                0 => push(Slot::Other, true),
                b => push(Slot::Byte(b), true),
            }
        } else {
            let of = |b: u8| if b < 0x80 { Slot::Ascii(b) } else { Slot::Byte(b) };
            match double.map_or(0, |i| double_tables().bytes(i, c)) {
                0 => push(Slot::Other, true),
                b if b < 256 => push(of(b as u8), true),
                b => {
                    push(of((b >> 8) as u8), true);
                    push(of(b as u8), false);
                }
            }
        }
    }
    r.tail = r.tail();
    r
}

/// The end of a word.
enum Edge {
    /// The end of the line, perhaps after spaces.
    Line,
    /// Punctuation.
    Mark,
    Blank,
    /// No end.
    None,
}

/// A candidate for one sequence: the slots that it takes, its character, and the assumptions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Atom {
    pub(crate) len: usize,
    pub(crate) c: char,
    pub(crate) penalty: Cost,
    pub(crate) lost: u8,
    /// True if its last byte was lost.
    pub(crate) cut: bool,
}

impl Reader<'_> {
    /// Splits a region of double mojibake in `SINGLE[e]` into the bytes of the first mis-decoding.
    fn split(&mut self, zone: &[char], e: usize, blanks: Blanks) {
        let mut at = 0;
        while at < zone.len() {
            let rest = &zone[at..];
            let token = |blanks| if rest[0].is_ascii() { None } else { double::token(rest, e, blanks) };
            let kept = token(Blanks::Kept);
            // The space after a token may be its last character.
            let wider = if blanks == Blanks::Lost { token(Blanks::Lost) } else { None };
            let wider = wider.filter(|wide| kept.as_ref().is_none_or(|kept| kept.len < wide.len));
            let (len, slot) = match (kept, wider) {
                (None, None) if rest[0].is_ascii() => (1, Slot::Ascii(rest[0] as u8)),
                (None, None) => (1, Slot::Other),
                (Some(Token { len, bytes, exact: true }), None) if bytes.len() == 1 => (len, Slot::Byte(bytes[0])),
                (Some(Token { len, bytes, .. }), None) if bytes.is_empty() => (len, Slot::Hole),
                (kept, wider) => {
                    let of = |token: Option<Token>, width| {
                        token.into_iter().flat_map(move |token| token.bytes.into_iter().map(move |byte| (byte, width)))
                    };
                    let len = match (&kept, &wider) {
                        (Some(kept), _) => kept.len,
                        (None, wide) => wide.as_ref().map_or(1, |wide| wide.len),
                    };
                    let width = if kept.is_some() { 2 } else { 1 };
                    self.choices.push(of(kept, 1).chain(of(wider, width)).collect());
                    (len, Slot::Either(self.choices.len() - 1))
                }
            };
            self.slots.push(slot);
            self.unit.push(at);
            self.opens.push(true);
            at += len;
        }
    }

    /// Returns the start of the spaces at the end of the line.
    fn tail(&self) -> usize {
        let blanks = self.slots.iter().rev().take_while(|&&slot| slot == Slot::Ascii(b' ')).count();
        self.slots.len() - if matches!(self.next, '\n' | '\r') { blanks } else { 0 }
    }

    /// Collects every sequence that may start at slot `at`.
    pub(crate) fn atoms(&self, at: usize, out: &mut Vec<Atom>) {
        out.clear();
        match self.slots.get(at) {
            Some(Slot::Hole) if self.is_legacy => {
                let western = (0x80..=0xff).filter(|&b| !tables().is_hole(0, b)).map(|b| tables().upper(0, b));
                out.extend(western.map(|c| Atom {
                    len: 1,
                    c,
                    penalty: AS_REPLACEMENT + self.strange(c, at..at + 1),
                    lost: 1,
                    cut: true,
                }));
            }
            Some(&Slot::Byte(lead)) => self.open(at, 1, lead, 0, 0, out),
            Some(&Slot::Either(i)) => {
                self.choices[i].iter().for_each(|&(lead, width)| self.open(at, width, lead, EITHER, 1, out));
            }
            Some(Slot::Hole) => self.open_lost(at, AS_REPLACEMENT, out),
            Some(Slot::Eaten) => self.open_eaten(at, out),
            Some(Slot::Ascii(b'?')) if self.opens[at] => self.open_lost(at, self.as_question(), out),
            _ => {}
        }
        if out.len() > MANY {
            let m = model();
            let mut ranked: Vec<(Cost, Atom)> =
                out.drain(..).map(|atom| (atom.penalty + m.step(m.edge(), m.class(atom.c)), atom)).collect();
            ranked.select_nth_unstable_by_key(MANY, |(cost, atom)| (*cost, atom.c, atom.len, atom.cut));
            ranked.truncate(MANY);
            out.extend(ranked.into_iter().map(|(_, atom)| atom));
        }
    }

    /// Returns whether a narrow space may precede a slot, as in French: before punctuation, or within a number.
    fn parts(&self, at: usize) -> bool {
        let next = match self.slots.get(at) {
            Some(&Slot::Ascii(b)) => char::from(b),
            Some(_) => return true,
            None => self.next,
        };
        !next.is_ascii() || next.is_ascii_digit() || matches!(next, ';' | ':' | '!' | '?' | '%' | ' ')
    }

    /// Returns the kind of word end at a slot.
    fn edge(&self, at: usize) -> Edge {
        let rest = self.slots.get(at..).unwrap_or_default();
        let blanks = rest.iter().take_while(|&&slot| slot == Slot::Ascii(b' ')).count();
        let next = match rest.get(blanks) {
            Some(&Slot::Ascii(b)) => char::from(b),
            Some(_) => return Edge::None,
            None => self.next,
        };
        match next {
            '\n' | '\r' => Edge::Line,
            _ if blanks > 0 || next == ' ' => Edge::Blank,
            '?' => Edge::None,
            _ if next.is_ascii_punctuation() => Edge::Mark,
            _ => Edge::None,
        }
    }

    /// Returns whether U+FE0F, which asks for the coloured form of the character before it, is at a slot.
    fn varies(&self, at: usize) -> bool {
        let holds = |at: usize, byte: u8| match self.slots.get(at) {
            Some(&Slot::Byte(b)) => b == byte,
            Some(Slot::Hole | Slot::Ascii(b'?')) => true,
            _ => false,
        };
        self.slots.get(at) == Some(&Slot::Byte(0xef)) && holds(at + 1, 0xb8) && holds(at + 2, 0x8f)
    }

    /// Returns the cost of a character with lost bytes in the given slots, beyond the cost of the text around it, in
    /// decinats.
    fn strange(&self, c: char, slots: Range<usize>) -> Cost {
        let end = slots.end;
        let unseen = if self.seen.may_have(c) { 0 } else { UNSEEN };
        if self.varies(end) {
            // Its rarity among characters of its kind does not matter here.
            let rarity = model().share(model().class(c));
            return match () {
                () if VARIED_MOST.contains(&c) => -rarity,
                () if is_varied(c) => LESS_VARIED - rarity,
                () => 2 * UNATTESTED,
            };
        }
        let is_beside = slots.start == 0 && self.prev.is_ascii_alphabetic()
            || end == self.slots.len() && self.next.is_ascii_alphabetic();
        let mixed = if is_beside && matches!(c, '\u{400}'..'\u{1e00}') { MIXED } else { 0 };
        unseen
            + mixed
            + unclosed(&self.quotes, c)
            + if self.slots.len() > LONGEST { 0 } else { unopened(&self.quotes, c) }
            + match c {
                '\u{10000}'..'\u{1f000}' | '\u{1fb00}'.. => UNATTESTED,
                '\u{202f}' if self.parts(end) && self.languages != Languages::ANY && self.languages.open_with('«') => {
                    INVISIBLE
                }
                '\u{2000}'..='\u{200f}'
                | '\u{202f}'
                | '\u{302a}'..='\u{302f}'
                | '\u{e000}'..='\u{f8ff}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' => 2 * INVISIBLE,
                // Hyphens that only typesetters write, and accents without their letters.
                '\u{2010}' | '\u{2011}' | '´' | '¨' | '¸' | 'ˆ' | '˜' | '¯' => INVISIBLE,
                _ if model().is_unattested(c) => UNATTESTED,
                _ if !self.languages.write(c) || self.scripts.lack(c) => FOREIGN,
                // Portuguese has it only as a word.
                'à' if slots.start == 0
                    && is_letter(self.prev)
                    && self.languages != Languages::ANY
                    && !self.languages.end_words_with_grave() =>
                {
                    FOREIGN
                }
                'à' | 'í' if !self.languages.share(c) => UNSHARED,
                '\u{3001}'..='\u{303f}' | '\u{ff01}'..='\u{ff60}' if self.is_narrow => FOREIGN,
                '\u{a000}'..='\u{abff}' if self.scripts.is_wide => FOREIGN,
                '\u{2070}'..='\u{2e7f}' | '\u{3200}'..='\u{33ff}'
                    if self.scripts.is_wide && self.slots.len() > LONGEST =>
                {
                    SIGN
                }
                _ => misquoted(&self.quotes, self.languages, c),
            }
    }

    /// Collects every sequence at slot `at` with lead byte `lead`, which takes `width` slots.
    fn open(&self, at: usize, width: usize, lead: u8, penalty: Cost, lost: u8, out: &mut Vec<Atom>) {
        let (need, bits) = match lead {
            0xc2..=0xdf => (1, u32::from(lead & 0x1f)),
            0xe0..=0xef => (2, u32::from(lead & 0xf)),
            0xf0..=0xf4 => (3, u32::from(lead & 7)),
            _ => return,
        };
        self.extend(at, width, need, bits, penalty, lost, out);
    }

    /// Collects every sequence at slot `at` whose lead byte was lost, in encodings that lose such bytes.
    fn open_lost(&self, at: usize, cost: Cost, out: &mut Vec<Atom>) {
        let Some(i) = self.double else { return };
        // Most four-byte sequences are emoji.
        let pictures = (self.slots.get(at + 1) == Some(&Slot::Byte(0x9f))).then_some(0xf0);
        for lead in (0xe2..=0xef).chain(pictures).filter(|&lead| self.loses(at, lead)) {
            self.open(at, 1, lead, cost, 1, out);
        }
        let is_lost = |at: usize| match self.slots.get(at) {
            Some(Slot::Hole) => true,
            Some(Slot::Ascii(b'?')) => self.opens[at],
            _ => false,
        };
        if is_lost(at + 1) && is_lost(at + 2) {
            let varies = self.varies(at + 3);
            let lost = self.lost_at(at + 2, None, 1);
            let fits = |(c, last): &&(char, u8)| lost & bit(*last) != 0 && (!varies || is_varied(*c));
            out.extend(vanishing(i).iter().filter(fits).map(|&(c, _)| Atom {
                len: 3,
                c,
                penalty: 3 * cost + self.strange(c, at..at + 3),
                lost: 3,
                cut: true,
            }));
        }
    }

    /// Collects every sequence whose lead byte is the second byte that [`SUBSTITUTE`] replaces at slot `at`.
    fn open_eaten(&self, at: usize, out: &mut Vec<Atom>) {
        for lead in dotted().seconds.iter().copied() {
            self.open(at, 1, lead, AS_REPLACEMENT, 1, out);
        }
    }

    /// Returns whether a question mark replaces the character after a lost byte, too, without any trace of that
    /// character.
    fn is_eaten(&self, at: usize) -> bool {
        let ends = |slot: Option<&Slot>| match slot {
            Some(Slot::Ascii(_)) => self.opens.get(at + 1) == Some(&true),
            Some(_) => false,
            None => !matches!(self.next, '\n' | '\r'),
        };
        self.eats && ends(self.slots.get(at + 1))
    }

    /// Returns the cost of a question mark as a lost byte, in decinats. Among CJK characters it hardly is a question
    /// mark.
    fn as_question(&self) -> Cost {
        if self.double.is_some() { AS_QUESTION_WIDE } else { AS_QUESTION }
    }

    /// Returns the continuation bytes that may have been lost at slot `at`, after `before` if that was lost, too, where
    /// the sequence lacks `need` bytes. If the lead byte of the next sequence was lost as well as the last byte of this
    /// one, the two together are no character of the encoding.
    fn lost_at(&self, at: usize, before: Option<u8>, need: usize) -> Bytes {
        let Some(pairs) = self.double.map(paired) else { return self.holes };
        let mut kept = pairs.alone;
        if let Some(next) = self.byte_after(at) {
            kept |= pairs.before[usize::from(next)];
        }
        if let Some(before) = before {
            kept |= pairs.after[usize::from(before)];
        }
        let begins = match self.slots.get(at + 1) {
            Some(Slot::Hole) => true,
            Some(Slot::Ascii(b'?')) => matches!(self.slots.get(at + 2), Some(Slot::Byte(0x80..=0xbf))),
            _ => false,
        };
        if need == 1 && begins {
            kept |= pairs.before_all;
        }
        self.holes & !kept
    }

    /// Returns whether a slot is a space that may have been taken in; see [`reader`].
    fn is_between(&self, at: usize) -> bool {
        self.slots.get(at) == Some(&Slot::Ascii(b' ')) && !self.opens[at]
    }

    /// Returns the byte after slot `at`, not counting a space that may have been taken in.
    fn byte_after(&self, at: usize) -> Option<u8> {
        match self.slots.get(at + if self.is_between(at + 1) { 2 } else { 1 }) {
            Some(&(Slot::Byte(next) | Slot::Ascii(next))) => Some(next),
            None => u8::try_from(self.next).ok().filter(u8::is_ascii_alphabetic),
            _ => None,
        }
    }

    /// Returns the continuation bytes that are a character with the byte after slot `at`. If one of them was lost,
    /// something was between the two.
    fn parted_at(&self, at: usize) -> Bytes {
        let Some(pairs) = self.double.map(paired) else { return 0 };
        self.byte_after(at).map_or(0, |next| pairs.before[usize::from(next)]) & self.holes & !pairs.alone
    }

    /// Returns whether a multi-byte encoding loses `byte` at slot `at`: neither alone nor with the byte after it is it
    /// a character.
    fn loses(&self, at: usize, byte: u8) -> bool {
        let Some(i) = self.double else { return true };
        let t = double_tables();
        !t.is_defined(i, byte.into())
            && match self.slots.get(at + 1) {
                Some(&(Slot::Byte(next) | Slot::Ascii(next))) => {
                    !t.is_defined(i, u16::from(byte) << 8 | u16::from(next))
                }
                _ => true,
            }
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one step of a depth-first search")]
    fn extend(&self, at: usize, len: usize, need: usize, bits: u32, penalty: Cost, lost: u8, out: &mut Vec<Atom>) {
        if need == 0 {
            // UTF-8 allows only the shortest form.
            let least = match self.slots.get(at) {
                Some(Slot::Byte(0xf0..)) => bits >= 0x10000,
                Some(Slot::Byte(0xe0..)) => bits >= 0x800,
                Some(Slot::Byte(_)) => true,
                Some(Slot::Either(_)) => bits >= 0x80,
                _ if len > 3 => bits >= 0x10000,
                _ => bits >= 0x800,
            };
            if let (true, Some(c)) = (least, char::from_u32(bits)) {
                let ends_word = at + len == self.slots.len() && !is_letter(self.next);
                let is_apostrophe = c == '’' && !matches!(self.quotes.open, Some('‘' | '‚'));
                let dangling = if ends_word && is_apostrophe { DANGLING } else { 0 };
                let strange = if lost == 0 { 0 } else { self.strange(c, at..at + len) + dangling };
                out.push(Atom { len, c, penalty: penalty + strange, lost: lost & COUNT, cut: lost & CUT != 0 });
            }
            return;
        }
        let slot = self.slots.get(at + len).copied();
        if let Some(Slot::Byte(b @ 0x80..=0xbf)) = slot {
            self.extend(at, len + 1, need - 1, bits << 6 | u32::from(b & 0x3f), penalty, lost, out);
        }
        if let Some(Slot::Either(i)) = slot {
            for (b, width) in self.choices[i].iter().filter(|(b, _)| matches!(b, 0x80..=0xbf)) {
                let (bits, lost) = (bits << 6 | u32::from(b & 0x3f), (lost & COUNT) + 1);
                self.extend(at, len + width, need - 1, bits, penalty + EITHER, lost, out);
            }
        }
        // Two lost bytes of one character leave too many candidates, unless few bytes can be lost.
        let most = if self.double.is_some() || self.holes.count_ones() <= 16 { 2 } else { 1 };
        if lost & COUNT >= most || out.len() > 4000 {
            return;
        }
        let more = ((lost & COUNT) + 1) | if need == 1 { CUT } else { 0 };
        // The byte before, if it was lost.
        let before = matches!(self.slots.get(at + len - 1), Some(Slot::Hole | Slot::Ascii(b'?')))
            .then(|| if len == 1 { 0xe0 | bits as u8 & 0xf } else { 0x80 | bits as u8 & 0x3f });
        let lose = |bytes: Bytes, taken: usize, cost: Cost, out: &mut Vec<Atom>| {
            for value in values(bytes) {
                self.extend(at, len + taken, need - 1, bits << 6 | value, penalty + cost, more, out);
            }
        };
        match slot {
            Some(Slot::Hole) => lose(self.lost_at(at + len, before, need), 1, AS_REPLACEMENT, out),
            // If more than the last byte is missing, too much is lost.
            Some(Slot::Dotted) if need == 1 => match self.slots.get(at + len + 2) {
                // The next byte is no trail byte, so nothing is known of the first one.
                Some(Slot::Ascii(..b'@')) => lose(dotted().alone, 2, AS_REPLACEMENT, out),
                None if self.next < '@' => lose(dotted().alone, 2, AS_REPLACEMENT, out),
                // A sequence follows whose lead byte is lost.
                Some(Slot::Byte(0x80..=0xbf) | Slot::Dotted) => lose(dotted().firsts, 1, AS_REPLACEMENT, out),
                _ => {}
            },
            Some(Slot::Ascii(b'?')) if self.is_eaten(at + len) => {}
            Some(Slot::Ascii(b'?')) if self.is_between(at + len + 1) => {
                lose(self.lost_at(at + len, before, need), 2, self.as_question(), out);
                // Other programs keep the lead byte of the next sequence, but of typographic marks only invisible ones
                // are lost before it.
                let is_latin = self.byte_after(at + len).is_some_and(|byte| byte.is_ascii());
                if need == 1 && (is_latin || self.eats || bits == MARKS) {
                    lose(self.parted_at(at + len), 1, self.as_question(), out);
                }
            }
            Some(Slot::Ascii(b'?')) => lose(self.lost_at(at + len, before, need), 1, self.as_question(), out),
            Some(Slot::Ascii(b' ')) if self.opens[at + len] && lost == 0 => {
                let next = self.slots.get(at + len + 1);
                let is_last = need == 1;
                let is_doubled = next == Some(&Slot::Ascii(b' '));
                // A space follows most symbols, and must not be taken for a part of them.
                let is_symbol = is_last && matches!(bits << 6, 0x2000..0x2e80 | 0x1f000..);
                if !is_symbol || is_doubled || !matches!(next, Some(Slot::Ascii(_)) | None) {
                    lose(self.blank, 1, AS_SPACE, out);
                }
                // Two spaces may have become one.
                if is_last && len == 1 && !is_doubled && at + len < self.tail {
                    lose(self.blank, 0, AS_SPACE, out);
                }
            }
            _ => {}
        }
        if !matches!(slot, Some(Slot::Hole | Slot::Dotted)) {
            lose(self.drops, 0, DROPPED, out);
            // A byte that is dropped as a soft hyphen matters in letters such as "í".
            if need == 1 && bits < 0x20 {
                let is_rival = match self.edge(at + len) {
                    Edge::None => false,
                    Edge::Blank => self.languages.end_words_with_grave(),
                    _ => self.languages == Languages::ANY || self.languages.end_words_with_grave(),
                };
                lose(self.shy, 0, DROPPED + 10 + if is_rival { RIVALLED } else { 0 }, out);
            }
            // It also matters in CJK text, whose characters have it as often as any other byte.
            if lost == 0 && (need == 1 && len == 2 && bits >= WIDE >> 6 || need == 2 && len == 1 && bits >= WIDE >> 12)
            {
                lose(self.shy, 0, DROPPED, out);
            }
            if need == 1 && lost == 0 {
                let blank = slot == Some(Slot::Ascii(b' '));
                match self.edge(at + len) {
                    // The space is the replacement, which is handled above.
                    _ if blank && self.blank != 0 => {}
                    Edge::Line => lose(self.trimmed, 0, TRIMMED, out),
                    Edge::Mark => lose(self.trimmed, 0, REMOVED, out),
                    Edge::Blank if bits == GRAVE => lose(self.trimmed, 0, DROPPED, out),
                    Edge::Blank | Edge::None => {}
                }
            }
        }
        // Latin-1 without its C1 controls: only typographic marks (U+2010 to U+201F) lose two bytes.
        if self.drops == CONTROLS
            && lost == 0
            && need == 2
            && bits == 2
            && !matches!(slot, Some(Slot::Byte(0x80..=0xbf)))
        {
            for code in [0x2013, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d] {
                if let Some(c) = char::from_u32(code) {
                    out.push(Atom { len, c, penalty: penalty + DROPPED + 20, lost: 2, cut: true });
                }
            }
        }
    }
}

/// UTF-8 bytes that [`SUBSTITUTE`] may replace.
struct Dotted {
    /// Continuation bytes before the lead byte of a sequence.
    firsts: Bytes,
    /// Continuation bytes before a byte that is no trail byte.
    alone: Bytes,
    /// Lead bytes after a continuation byte.
    seconds: Vec<u8>,
}

fn dotted() -> &'static Dotted {
    static DOTTED: OnceLock<Dotted> = OnceLock::new();
    DOTTED.get_or_init(|| {
        let t = double_tables();
        let shift_jis = DOUBLE.iter().position(|&page| page == CodePage::ShiftJis);
        // The lead bytes of code page 932 that are continuation bytes.
        let firsts = 0x81..=0x9fu8;
        let leads = (0xc3..=0xdfu8).chain(0xe2..=0xef);
        let is_lost = |first: u8, second: u8| {
            shift_jis.is_some_and(|i| !t.is_defined(i, u16::from(first) << 8 | u16::from(second)))
        };
        let before = |first: &u8| leads.clone().any(|lead| is_lost(*first, lead));
        let after = |lead: &u8| firsts.clone().any(|first| is_lost(first, *lead));
        Dotted {
            firsts: firsts.clone().filter(before).fold(0, |all, b| all | bit(b)),
            alone: firsts.clone().fold(0, |all, b| all | bit(b)),
            seconds: leads.clone().filter(after).collect(),
        }
    })
}

/// Maximum number of characters of `DOUBLE[i]` that are candidates if all their bytes are lost (a guess).
const VANISHING: usize = 400;

/// Returns the most common three-byte characters of which `DOUBLE[i]` has no byte, alone or with the next one, each
/// with its last byte.
fn vanishing(i: usize) -> &'static [(char, u8)] {
    static ALL: [OnceLock<Vec<(char, u8)>>; DOUBLE.len()] = [const { OnceLock::new() }; DOUBLE.len()];
    ALL[i].get_or_init(|| {
        let (t, m) = (double_tables(), model());
        let is_lost = |a: u8, b: u8| !t.is_defined(i, a.into()) && !t.is_defined(i, u16::from(a) << 8 | u16::from(b));
        let bytes = |c: char| {
            let mut utf8 = [0; 3];
            c.encode_utf8(&mut utf8);
            utf8
        };
        let mut all: Vec<(char, u8)> = ('\u{2010}'..'\u{ffe0}')
            .filter(|c| !('\u{e000}'..'\u{f900}').contains(c) && (!m.is_unattested(*c) || VARIED_MOST.contains(c)))
            .map(|c| (c, bytes(c)))
            .filter(|(_, [a, b, c])| is_lost(*a, *b) && is_lost(*b, *c) && !t.is_defined(i, (*c).into()))
            .map(|(c, [.., last])| (c, last))
            .collect();
        all.sort_by_key(|(c, _)| (m.step(m.edge(), m.class(*c)), *c));
        let rare = all.split_off(VANISHING.min(all.len()));
        all.extend(rare.into_iter().filter(|(c, _)| VARIED_MOST.contains(c)));
        all
    })
}

/// Returns whether a slot may be part of a sequence in the encoding, so that leaving it as it is costs something.
pub(crate) fn is_odd(slot: Slot) -> bool {
    matches!(slot, Slot::Hole | Slot::Dotted | Slot::Either(_) | Slot::Byte(0x80..=0xf4))
}

/// Returns whether the non-ASCII part of a region consists mostly of tokens of double mojibake in the encoding.
pub(crate) fn is_twice(zone: &[char], page: CodePage, blanks: Blanks) -> bool {
    let Some(e) = SINGLE.iter().position(|&p| p == page) else { return false };
    let (mut at, mut tokens, mut rest) = (0, 0, 0);
    while at < zone.len() {
        match double::token(&zone[at..], e, blanks) {
            Some(token) => (tokens, at) = (tokens + 1, at + token.len),
            None => (rest, at) = (rest + usize::from(!zone[at].is_ascii()), at + 1),
        }
    }
    tokens > 1 && rest * 4 <= tokens
}
