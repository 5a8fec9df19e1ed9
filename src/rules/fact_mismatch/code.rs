//! Inline code and code blocks of a translation that differ from those of the original.

use std::ops::Range;

use super::agreement::Agreement;
use super::paragraphs::{Paragraph, inner};
use super::{ComparedItem, ConflictForm, FactConflict, value};
use crate::model::span::Span;
use crate::text::language::locale_tag;
use crate::text::values::literals::{is_slip, only_difference};
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

/// Returns the inline code of a paragraph that differs, if all other inline code of it is equal.
pub(super) fn inline(
    (left, a): (&ComparedItem<'_>, &Paragraph),
    (right, b): (&ComparedItem<'_>, &Paragraph),
    agreement: &Agreement<'_>,
) -> Option<FactConflict> {
    let of = |side: &ComparedItem<'_>, paragraph: &Paragraph| {
        let text = |code: &Span| {
            let code = inner(side.doc.slice(*code)).trim_end_matches("()");
            locale_tag::neutral(code.trim_end_matches(['/', '?', '.', ',', ':', ';']))
        };
        side.codes_in(paragraph.span).map(|code| (text(&code), code)).collect::<Vec<_>>()
    };
    let (lefts, rights) = (of(left, a), of(right, b));
    let (there, here) = only_difference(lefts.clone(), rights.clone())?;
    let [wanted, found] = [left.doc.slice(there), right.doc.slice(here)].map(inner);
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    // A quantity in inline code is translated but for its number.
    let is_quantity = agreement.keeps_numbers() && wanted.contains(' ') && !digits(wanted).is_empty();
    if letters(wanted) == letters(found) || is_quantity && digits(wanted).len() == digits(found).len() {
        return (digits(wanted) != digits(found)).then(|| value(there, here));
    }
    // To name one of several things once more, or once less, is a matter of style.
    let names = |side: &ComparedItem<'_>, codes: &[(String, Span)], name: &str| {
        codes.iter().any(|(_, span)| inner(side.doc.slice(*span)) == name)
    };
    if names(left, &lefts, found) || names(right, &rights, wanted) {
        return None;
    }
    let is_shaped = is_shaped_as_code(wanted) && is_shaped_as_code(found) && is_slip(wanted, found);
    // A name of an example that the translation has elsewhere, and the original nowhere, is translated throughout.
    let is_known = agreement.is_code_of_both(wanted, found) || right.doc.text().matches(found).take(2).count() == 1;
    let is_name = agreement.keeps_code() && is_known && is_one_name(wanted) && is_one_name(found);
    (is_shaped || is_name).then(|| other_code(there, here))
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
