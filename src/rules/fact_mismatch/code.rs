//! Inline code and code blocks of a translation that differ from those of the original.

use std::ops::Range;

use super::agreement::Agreement;
use super::{ConflictForm, FactConflict, value};
use crate::facts::paired_items::ComparedItem;
use crate::facts::paired_items::paragraphs::{Paragraph, inner};
use crate::model::span::Span;
use crate::text::language::locale_tag;
use crate::text::values::literals::{is_slip, is_slip_of_keys, unshared};
use crate::text::values::numbers;

/// Returns the tokens of two corresponding code blocks that differ.
pub(super) fn of_blocks(left: &ComparedItem<'_>, right: &ComparedItem<'_>, a: Span, b: Span) -> Vec<FactConflict> {
    let place =
        |block: Span, range: Range<usize>| Span::new(block.start + range.start as u32, block.start + range.end as u32);
    let digits = |side: &ComparedItem<'_>, span: Span| side.doc.slice(span).bytes().any(|byte| byte.is_ascii_digit());
    let changed = numbers::changed_in_code(left.doc.slice(a), right.doc.slice(b)).into_iter().map(|(x, y)| {
        let (there, here) = (place(a, x), place(b, y));
        match digits(left, there) && digits(right, here) {
            true => value(there, here),
            false => other_code(there, here),
        }
    });
    changed.collect()
}

fn other_code(there: Span, here: Span) -> FactConflict {
    FactConflict { kind: "code", wording: "is other code than", there, here, form: ConflictForm::Differs }
}

/// Maximum number of differing inline codes of a paragraph that are compared in their order (a guess).
const MAX_DIFFERING_CODES: usize = 4;

/// Returns the inline code of a paragraph that differs, if all other inline code of it is equal; of several that differ, and
/// of which some are translated, those that can only be slips.
pub(super) fn inline(
    (left, a): (&ComparedItem<'_>, &Paragraph),
    (right, b): (&ComparedItem<'_>, &Paragraph),
    agreement: &Agreement<'_>,
) -> Vec<FactConflict> {
    let of = |side: &ComparedItem<'_>, paragraph: &Paragraph| {
        let text = |code: &Span| {
            // Quotation marks and spaces are a matter of style.
            let is_telling = |c: &char| !c.is_whitespace() && !matches!(c, '"' | '\'');
            let code: String = inner(side.doc.slice(*code)).chars().filter(is_telling).collect();
            locale_tag::neutral(code.trim_end_matches("()").trim_end_matches(['/', '?', '.', ',', ':', ';']))
        };
        side.codes_in(paragraph.span).map(|code| (text(&code), code)).collect::<Vec<_>>()
    };
    let (all_left, all_right) = (of(left, a), of(right, b));
    if all_left.len() != all_right.len() {
        return Vec::new();
    }
    let (lefts, rights) = unshared(all_left.clone(), all_right.clone());
    if let ([(_, there)], [(_, here)]) = (&lefts[..], &rights[..]) {
        let [wanted, found] = [left.doc.slice(*there), right.doc.slice(*here)].map(inner);
        let names = |side: &ComparedItem<'_>, codes: &[(String, Span)], name: &str| {
            codes.iter().any(|(_, span)| inner(side.doc.slice(*span)) == name)
        };
        // To name one of several things once more, or once less, is a matter of style.
        let is_style = (names(left, &all_left, found) || names(right, &all_right, wanted))
            && !(agreement.keeps_code() && agreement.is_another_code(wanted, found))
            && !(agreement.keeps_numbers() && differ_in_digits(wanted, found));
        return only_code((left, *there), (right, *here), agreement).filter(|_| !is_style).into_iter().collect();
    }
    if lefts.len() > MAX_DIFFERING_CODES {
        return Vec::new();
    }
    let slips = lefts.iter().zip(&rights).filter_map(|((_, there), (_, here))| {
        let [wanted, found] = [left.doc.slice(*there), right.doc.slice(*here)].map(inner);
        if differ_in_digits(wanted, found) {
            return Some(value(*there, *here));
        }
        let is_slip = is_slip_of_keys(wanted, found) && is_once(right, found);
        (is_slip && !agreement.is_in_its_words(wanted, found)).then(|| other_code(*there, *here))
    });
    slips.collect()
}

/// Returns whether two codes differ in their digits only.
fn differ_in_digits(wanted: &str, found: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    wanted != found && letters(wanted) == letters(found)
}

/// Returns whether a translation has a text only once.
fn is_once(right: &ComparedItem<'_>, found: &str) -> bool {
    right.doc.text().matches(found).take(2).count() == 1
}

/// Returns the difference of the only inline codes of two paragraphs that differ, if it is no choice of the translator.
fn only_code(
    (left, there): (&ComparedItem<'_>, Span),
    (right, here): (&ComparedItem<'_>, Span),
    agreement: &Agreement<'_>,
) -> Option<FactConflict> {
    let [wanted, found] = [left.doc.slice(there), right.doc.slice(here)].map(inner);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    // A quantity in inline code is translated but for its number.
    let is_quantity = agreement.keeps_numbers() && wanted.contains(' ') && !digits(wanted).is_empty();
    if differ_in_digits(wanted, found) || is_quantity && digits(wanted).len() == digits(found).len() {
        return (digits(wanted) != digits(found)).then(|| value(there, here));
    }
    // "URL" is a word, and `url` a name.
    let is_abbreviation = found.bytes().all(|byte| byte.is_ascii_uppercase()) && wanted.eq_ignore_ascii_case(found);
    if is_abbreviation || agreement.is_in_its_words(wanted, found) {
        return None;
    }
    let is_shaped = is_shaped_as_code(wanted) && is_shaped_as_code(found) && is_slip(wanted, found);
    // A name of an example that the translation has elsewhere, and the original nowhere, is translated throughout.
    let is_known = agreement.is_code_of_both(wanted, found) || is_once(right, found);
    let is_name = agreement.keeps_code() && is_known && is_one_name(wanted) && is_one_name(found);
    let is_slip = is_slip_of_keys(wanted, found) && is_once(right, found);
    let is_another = agreement.keeps_code() && agreement.is_another_code(wanted, found);
    (is_shaped || is_name || is_slip || is_another).then(|| other_code(there, here))
}

/// Returns whether a text can only be code: no word, and no string that may be translated.
fn is_shaped_as_code(text: &str) -> bool {
    let has = |signs: &[char]| text.contains(signs);
    let starts_option = text.starts_with('-') || text.contains(" -");
    let identifier = !text.contains(' ') && has(&['_', '.', '(', '/', '$', ':', '=', '@', '-']);
    is_untranslated(text) && (starts_option || identifier)
}

/// Returns whether a text is a single word of code.
fn is_one_name(text: &str) -> bool {
    is_untranslated(text) && !text.contains(' ') && text.contains(|c: char| c.is_ascii_alphanumeric())
}

/// Returns whether a text has neither strings nor letters of other scripts.
fn is_untranslated(text: &str) -> bool {
    text.is_ascii() && !text.contains(['"', '\'', '<', '>'])
}
