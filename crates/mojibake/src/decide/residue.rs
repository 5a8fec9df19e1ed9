//! The rest of a line beside its repairs: if it is still damaged, the repairs are deferred.

use rustc_hash::FxHashSet;

use crate::detect::cues::{WESTERN, has_torn};
use crate::edits::{Edit, gaps, is_covered};
use crate::encoding::codepage::{CodePage, DOUBLE, SUBSTITUTE, pages};
use crate::language::bigrams::model;
use crate::language::languages::{Languages, is_letter};
use crate::text::script::is_cjk;
use crate::types::{Cause, Certainty, Mojibake};
use crate::weights::Cost;

/// Leaves an edit that would produce U+FFFD, which replaces bytes that were lost before the mis-decoding.
pub(crate) fn keep_losses(line: &str, edit: &mut Edit) {
    let losses = |text: &str| text.matches('\u{fffd}').count();
    if losses(&edit.after) > losses(&line[edit.span.clone()]) {
        line[edit.span.clone()].clone_into(&mut edit.after);
        edit.certainty = Certainty::Ambiguous;
        edit.candidates = Vec::new();
        edit.cause = Cause::LostBytes;
    }
}

/// Minimum cost of a pair that looks like part of a sequence to be the residue of mojibake, in decinats.
const ODD_PAIR: Cost = 90;

/// Returns whether the line, beside the edits, still holds an ill-formed sequence of an encoding that was undone in it.
pub(crate) fn is_unfinished(line: &str, edits: &[Edit]) -> bool {
    let m = model();
    let mask = edits.iter().flat_map(|e| &e.layers).fold(0, |mask, layer| mask | layer.read.bit());
    if mask == 0 {
        return false;
    }
    // An edit names one of several encodings that explain it equally well; the rest of the line may distinguish them.
    let mask = if mask & WESTERN != 0 { mask | WESTERN } else { mask };
    if edits.iter().any(|e| e.layers.len() > 1 && has_residue(&e.after, mask)) {
        return true;
    }
    if is_covered(line, edits) {
        return false;
    }
    let is_latin = |c: char| c < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(&c);
    let is_intact =
        |c: &char| !c.is_ascii() && is_latin(*c) && !pages(mask).any(|page| page.opens(*c) || page.continues(*c));
    let intact = gaps(line, edits).flat_map(|gap| line[gap].chars().filter(is_intact));
    let languages = Languages::of(edits.iter().flat_map(|e| e.after.chars()).chain(intact));
    let wide = DOUBLE.iter().fold(0, |all, page| all | page.bit()) & mask;
    if has_stray_capital(line, edits, mask) {
        return true;
    }
    gaps(line, edits).any(|gap| {
        let text = &line[gap.clone()];
        if wide != 0 && has_torn(text) || mask & CodePage::ShiftJis.bit() != 0 && text.contains(SUBSTITUTE) {
            return true;
        }
        let mut chars = line[gap].chars().peekable();
        while let Some(c) = chars.next() {
            if c.is_ascii() {
                continue;
            }
            if matches!(c, '\u{80}'..='\u{9f}' | '\u{fffd}') {
                return true;
            }
            if is_letter(c) && !languages.write(c) && pages(mask).any(|page| page.opens(c)) {
                return true;
            }
            let Some(&next) = chars.peek() else { return false };
            if is_of_kindred_page(c, next) && pages(mask).any(|page| page.opens(c)) {
                return true;
            }
            let odd = m.step(m.class(c), m.class(next)) >= ODD_PAIR;
            if odd && pages(mask).any(|page| page.opens(c) && (page.continues(next) || next == ' ' || next == '?')) {
                return true;
            }
        }
        false
    })
}

/// Returns whether an upper-case lead byte of an encoding that was undone is left after a repair that ends in a
/// lower-case letter of its script.
fn has_stray_capital(line: &str, edits: &[Edit], mask: u32) -> bool {
    edits.iter().any(|edit| {
        let next = line[edit.span.end..].chars().next();
        let is_capital = |c: char| c.is_uppercase() && !c.is_ascii() && pages(mask).any(|page| page.opens(c));
        next.is_some_and(is_capital) && edit.after.chars().next_back().is_some_and(char::is_lowercase)
    })
}

/// Returns whether a symbol that is a lead byte and the character after it are evidence of an encoding close to the one
/// that was undone: symbols of that encoding occur next to other symbols, but hardly ever next to letters of another
/// script.
fn is_of_kindred_page(sign: char, next: char) -> bool {
    let is_line = |c: char| ('\u{2500}'..'\u{2600}').contains(&c);
    let is_latin = next < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(&next);
    match () {
        () if sign.is_alphabetic() || next.is_ascii() || next == '\u{a0}' => false,
        () if next.is_alphabetic() => !is_latin || is_line(sign) || sign == '√',
        () => is_line(sign) && !is_line(next),
    }
}

/// Returns whether a repair in another script still holds Latin letters that are lead bytes of an encoding that was
/// undone.
fn has_residue(after: &str, mask: u32) -> bool {
    let is_latin = |c: char| c.is_alphabetic() && c < '\u{250}';
    let is_foreign = |c: char| c.is_alphabetic() && c >= '\u{370}' && !('\u{1e00}'..'\u{1f00}').contains(&c);
    let mut chars = after.chars().peekable();
    let mut begun = false;
    while let Some(c) = chars.next() {
        let is_open = !c.is_ascii() && is_latin(c) && pages(mask).any(|page| page.opens(c));
        begun |= is_open && chars.peek().is_none_or(|&next| !next.is_ascii() && !is_foreign(next));
    }
    begun && after.contains(is_foreign)
}

/// Takes the proof from a single CJK character in a text that has no other one, because three bytes are UTF-8 by chance
/// in the words of many encodings.
pub(crate) fn doubt_lone_wide(text: &str, garbles: &mut [Mojibake]) {
    let wide = |repair: &str| repair.chars().filter(|&c| is_cjk(c) && is_letter(c)).collect::<Vec<char>>();
    let is_proved = |garble: &Mojibake| garble.certainty == Certainty::Proved;
    let repairs = || garbles.iter().filter_map(|garble| garble.repair.as_deref());
    if !garbles.iter().any(|garble| is_proved(garble) && garble.repair.as_deref().is_some_and(|it| wide(it).len() == 1))
    {
        return;
    }
    let mut made = repairs().flat_map(wide).collect::<Vec<char>>();
    made.dedup();
    if made.len() > 1 || text.chars().any(is_cjk) {
        return;
    }
    for garble in garbles.iter_mut().filter(|garble| is_proved(garble)) {
        if garble.repair.as_deref().is_some_and(|repair| repair.chars().eq(made.iter().copied())) {
            garble.certainty = Certainty::Likely;
        }
    }
}

/// Stops deferring lines whose repairable spans all occur in completely repaired lines, too.
pub(crate) fn release(text: &str, garbles: &mut [Mojibake]) {
    if garbles.iter().all(|g| !g.held) {
        return;
    }
    let free = garbles.iter().filter(|g| !g.held).filter_map(|g| text.get(g.span.clone()));
    let free: FxHashSet<&str> = free.collect();
    let is_wide = |g: &Mojibake| g.recipe.layers.iter().any(|layer| DOUBLE.contains(&layer.read));
    let is_free = |g: &Mojibake| {
        !is_wide(g) && (g.repair.is_none() || text.get(g.span.clone()).is_some_and(|found| free.contains(found)))
    };
    let is_same_line = |a: &Mojibake, b: &Mojibake| {
        text.get(a.span.end..b.span.start).is_some_and(|gap| memchr::memchr(b'\n', gap.as_bytes()).is_none())
    };
    // All repairs of a line, or none: a word restored in the middle of mojibake helps nobody.
    let mut releases = vec![false; garbles.len()];
    let mut at = 0;
    for line in garbles.chunk_by(is_same_line) {
        releases[at..at + line.len()].fill(line.iter().all(is_free));
        at += line.len();
    }
    for (garble, release) in garbles.iter_mut().zip(releases) {
        garble.held &= !release;
    }
}
