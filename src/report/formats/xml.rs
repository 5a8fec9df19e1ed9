//! Escapes of XML 1.0.

use std::borrow::Cow;

use crate::report::visible::visible;

/// Returns the text as an attribute value or as character data: what XML 1.0 cannot hold, such as control characters, is
/// spelled out (`\u{1b}`), and what it would read as markup is escaped.
pub(super) fn text(text: &str) -> String {
    let shown: Cow<'_, str> = visible(text);
    let mut out = String::with_capacity(shown.len());
    for c in shown.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            _ => out.push(c),
        }
    }
    out
}
