//! Titles of entries whose ids are texts: one line, and not too long.

/// Maximum length of a title, in characters (a guess: a line of a report).
const MAX_TITLE_CHARS: usize = 72;
/// Maximum length of the name of a part, in characters (a guess: a message has more to say).
const MAX_NAME_CHARS: usize = 40;

/// Returns a text as a title.
pub(super) fn title_of(text: &str) -> String {
    shortened(text, MAX_TITLE_CHARS)
}

/// Returns the name of a part by a text: `message “Open the file”`.
pub(super) fn named(noun: &str, text: &str) -> String {
    format!("{noun} “{}”", shortened(text, MAX_NAME_CHARS))
}

/// Returns a text on one line, cut after a number of characters.
fn shortened(text: &str, most: usize) -> String {
    // Enough for the words of which the line consists, and no more: texts may be long.
    let end = text.char_indices().nth(most * 4).map_or(text.len(), |(end, _)| end);
    let line = text[..end].split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
