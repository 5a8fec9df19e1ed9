//! Mojibake of many layers in Windows-1252 that lost something in each of them.
//!
//! Programs that save text as UTF-8 and open it as Windows-1252 again and again turn no-break spaces into spaces, or
//! straighten apostrophes, each time. The bytes lost are known, because they are the only ones that complete a
//! sequence, and the next layer confirms them. Knows one line.

use std::ops::Range;

use crate::edits::Edit;
use crate::encoding::codepage::{CodePage, SINGLE, tables};
use crate::encoding::recipe::layers;
use crate::exact::strict::sequence;
use crate::language::languages::Languages;
use crate::types::{Cause, Certainty};

/// Minimum number of layers: below, single letters could be intact, and the model decides.
const LAYERS: usize = 2;

/// Returns the edits of a line that undo mojibake of several layers with losses.
pub(crate) fn edits(line: &str) -> Vec<Edit> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(at) = lead(line, from) {
        let end = at + region(&line[at..]);
        if let Some((after, depth)) = peel(&line[at..end]).filter(|(after, _)| is_fit(line, at..end, after)) {
            let inner = vec![CodePage::Windows1252; depth - 1];
            out.push(Edit {
                span: at..end,
                after,
                candidates: Vec::new(),
                layers: layers(CodePage::Windows1252, &inner),
                certainty: Certainty::Likely,
                cause: Cause::LostBytes,
                score: None,
            });
        }
        from = end;
    }
    out
}

/// Returns the place of the next `Ã`, `Â`, `Å`, `Æ`, `â` or `Ë` of a line, with which layers begin. The first byte of all
/// of them is C3.
fn lead(line: &str, from: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut all = memchr::memchr_iter(0xc3, &bytes[from..]).map(|at| from + at);
    all.find(|at| matches!(bytes.get(at + 1), Some(0x82 | 0x83 | 0x85 | 0x86 | 0x8b | 0xa2)))
}

/// Returns the byte of a non-ASCII character in Windows-1252.
fn byte(c: char) -> Option<u8> {
    let page = SINGLE.iter().position(|&page| page == CodePage::Windows1252)?;
    let byte = tables().row(c).byte[page];
    (!c.is_ascii() && byte != 0).then_some(byte)
}

/// Returns whether a character may be what is left of a lost one: a space or an apostrophe, or the question mark for
/// the ƒ of a letter in two layers, which Latin-1 lacks.
fn is_rest(prev: char, c: char, next: char) -> bool {
    matches!(c, ' ' | '\'') && byte(next).is_some() || (prev, c, next) == ('Ã', '?', 'Â')
}

/// Returns whether a repair with a question mark in it makes a word of its line: elsewhere it may be a symbol.
fn is_fit(line: &str, span: Range<usize>, after: &str) -> bool {
    if !line[span.clone()].contains("Ã?") {
        return true;
    }
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase());
    let languages = Languages::guess(line.chars().filter(char::is_ascii));
    (is_letter(line[..span.start].chars().next_back()) || is_letter(line[span.end..].chars().next()))
        && after.chars().all(|c| c.is_ascii() || c.is_alphabetic() && languages.write(c))
}

/// Returns the length in bytes of the characters from the start that may be one piece of mojibake: those of
/// Windows-1252, what is left of lost ones between them, and two spaces at the end.
fn region(text: &str) -> usize {
    let (mut end, mut prev) = (0, ' ');
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or('\n', |&(_, c)| c);
        match () {
            () if byte(c).is_some() => end = at + c.len_utf8(),
            () if is_rest(prev, c, next) => {}
            () if c == '\'' => return at + 1,
            () if text[at..].starts_with("  ") => return at + 2,
            () => break,
        }
        prev = c;
    }
    end
}

/// Returns the innermost text of a region and the number of its layers, if there are several and one lost something.
fn peel(region: &str) -> Option<(String, usize)> {
    let (mut current, mut depth, mut losses) = (region.to_owned(), 0, 0);
    let mut before = None;
    while let Some(layer) = undo(&current) {
        losses += layer.losses;
        before = layer.is_open.then_some((current, losses - layer.losses));
        (current, depth) = (layer.after, depth + 1);
    }
    if let Some((outer, lost)) = before {
        // Nothing confirms the losses of the innermost layer.
        (current, depth, losses) = (outer, depth - 1, lost);
    }
    (depth >= LAYERS && losses > 0).then_some((current, depth))
}

/// A region with one layer undone.
struct Layer {
    after: String,
    losses: usize,
    /// True if something in it was lost that only another layer confirms.
    is_open: bool,
}

/// Undoes one layer; `None` if not all non-ASCII characters are UTF-8 in Windows-1252.
fn undo(text: &str) -> Option<Layer> {
    let chars: Vec<char> = text.chars().collect();
    let (mut after, mut losses, mut is_open, mut any, mut at) = (String::new(), 0, false, false, 0);
    while let Some(&c) = chars.get(at) {
        if c.is_ascii() {
            after.push(c);
            at += 1;
            continue;
        }
        let lead = byte(c)?;
        let len = match lead {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return None,
        };
        let mut bytes = vec![lead];
        let lost = losses;
        for i in at + 1..at + len {
            let next = chars.get(i + 1).copied();
            let continues = match *chars.get(i)? {
                ' ' if next.is_some_and(|next| next == ' ' || !next.is_ascii()) => 0xa0,
                '\'' => 0x92,
                '?' if is_rest(c, '?', next.unwrap_or('\n')) => 0x83,
                c => byte(c).filter(|byte| matches!(byte, 0x80..=0xbf))?,
            };
            losses += usize::from(chars[i].is_ascii());
            bytes.push(continues);
        }
        let (_, c) = sequence(&bytes).filter(|&(taken, _)| taken == len)?;
        if losses > lost {
            // A character lost in the middle of a layer is one of the encoding, and at the end of it an "à".
            byte(c)?;
            is_open |= c != 'à';
        }
        after.push(c);
        (any, at) = (true, at + len);
    }
    any.then_some(Layer { after, losses, is_open })
}

#[cfg(test)]
mod tests {
    use crate::repair;

    /// Returns the text garbled `layers` times, with `from` turned into `to` after each.
    fn garbled(text: &str, layers: usize, from: char, to: &str) -> String {
        (0..layers).fold(text.to_owned(), |text, _| {
            let read = encoding_rs::WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0;
            read.replace(from, to)
        })
    }

    #[test]
    fn layers_with_losses_are_undone_to_the_end() {
        for text in
            ["El niño duerme.", "Größe und Länge", "une forêt brûlée", "AÇÃO E REAÇÃO", "señal à  demi", "ten – twelve"]
        {
            for layers in 3..=10 {
                for (from, to) in [('\u{a0}', " "), ('’', "'")] {
                    let bad = garbled(text, layers, from, to);
                    let good = if from == '\u{a0}' { text.to_owned() } else { text.replace(from, to) };
                    assert_eq!(repair(&bad).replace("  ", " "), good.replace("  ", " "), "{layers} {from:?}");
                }
            }
        }
    }

    #[test]
    fn one_layer_proves_no_loss() {
        for text in ["'MAÇÃ' e 'IRMÃ'", "Ã 'x'", "É 'assim'", "Straß  e"] {
            assert_eq!(repair(text), text);
        }
    }
}
