//! Stretches of a text that the Markdown parser is not to see as they are written.
//!
//! A masked text has the length of the original, so all offsets stay. Knows text only.

use crate::model::span::Span;

/// A stretch of the source, and as which text of the same length the Markdown parser sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cover {
    /// The stretch.
    pub(super) span: Span,
    /// Its replacement.
    pub(super) shown: MaskedAs,
}

/// The replacement of a masked stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MaskedAs {
    /// A word: Markdown can make nothing of it.
    Word,
    /// White space without a line break.
    Blank,
    /// The marker of a list item whose content starts so many columns after it, and a word.
    Marker(u8),
}

/// Returns `text` with each of the covers, which are sorted and disjoint, in its place.
pub(super) fn masked(text: &str, covers: &[Cover]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for cover in covers {
        out.push_str(&text[at..cover.span.start as usize]);
        let len = cover.span.len() as usize;
        match cover.shown {
            MaskedAs::Word => word(&mut out, len),
            MaskedAs::Blank => out.extend(std::iter::repeat_n(' ', len)),
            MaskedAs::Marker(offset) => {
                // No other list has items with this sign by habit, so none goes on as one.
                out.push('+');
                let spaces = usize::from(offset).min(len).saturating_sub(1);
                out.extend(std::iter::repeat_n(' ', spaces));
                word(&mut out, len - 1 - spaces);
            }
        }
        at = cover.span.end as usize;
    }
    out.push_str(&text[at..]);
    out
}

/// The digit keeps `<` before it from opening HTML, the letters keep a dot after it from making a list.
fn word(out: &mut String, len: usize) {
    if len > 0 {
        out.push('0');
        out.extend(std::iter::repeat_n('x', len - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_keeps_its_length() {
        let text = "a {{ ü }} b\n{{< x\n>}} <Tab> <Tab>";
        let cover = |part: &str, shown: MaskedAs| {
            let start = text.rfind(part).expect("there");
            Cover { span: Span::from(start..start + part.len()), shown }
        };
        let covers = [
            cover("{{ ü }}", MaskedAs::Word),
            cover("{{< x\n>}}", MaskedAs::Blank),
            Cover { span: Span::new(23, 28), shown: MaskedAs::Marker(3) },
            Cover { span: Span::new(29, 34), shown: MaskedAs::Marker(9) },
        ];
        let masked = masked(text, &covers);
        assert_eq!(masked, "a 0xxxxxxx b\n          +  0x +    ");
        assert_eq!(masked.len(), text.len());
    }
}
