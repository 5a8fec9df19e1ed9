//! Lines of a report broken at the width of a window.
//!
//! Knows escape sequences for colours, which take no columns; not what the lines say.

use unicode_width::UnicodeWidthStr;

use super::excerpt::cut;

/// Returns the text with lines of at most `width` columns where they have white space to break at. A broken line goes on
/// below its first word, two columns further in.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        let indent = content.len() - content.trim_start_matches(' ').len();
        wrap_line(content, width, Indents { first: indent, next: (indent + 2).min(width / 2) }, &mut out);
        out.push_str(end);
    }
    out
}

/// Returns the text on lines of at most `width` columns, broken at spaces; a longer word is cut.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let mut out = String::with_capacity(text.len());
    wrap_line(text, width, Indents { first: 0, next: 0 }, &mut out);
    out.split('\n').map(|line| cut(line, width)).collect()
}

/// Columns before the text of a line, and of the lines that it is broken into.
struct Indents {
    first: usize,
    next: usize,
}

fn wrap_line(line: &str, width: usize, indents: Indents, out: &mut String) {
    let hanging = indents.next;
    let (mut column, mut start) = (0, indents.first);
    for word in line.split_inclusive(' ') {
        let columns = columns(word.trim_end_matches(' '));
        if column > start && column + columns > width {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', hanging));
            (column, start) = (hanging, hanging);
        }
        out.push_str(word);
        column += self::columns(word);
    }
}

/// Returns the number of columns of a text: two for a wide character, none for an escape sequence.
fn columns(text: &str) -> usize {
    let mut count = 0;
    let mut rest = text;
    while let Some(at) = rest.find('\u{1b}') {
        count += rest[..at].width();
        let end = rest[at..].find('m').map_or(rest.len(), |end| at + end + 1);
        rest = &rest[end..];
    }
    count + rest.width()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_go_on_below_their_first_word() {
        let text = "  item 4 of the long version is item 5 here\nshort\n";
        assert_eq!(wrapped(text, 24), "  item 4 of the long\n    version is item 5\n    here\nshort\n");
    }

    #[test]
    fn colours_take_no_columns_and_wide_characters_two() {
        assert_eq!(columns("\u{1b}[31mred\u{1b}[0m"), 3);
        assert_eq!(columns("船が"), 4);
        assert_eq!(wrapped("\u{1b}[1mab\u{1b}[0m cd", 5), "\u{1b}[1mab\u{1b}[0m cd");
    }

    #[test]
    fn long_texts_are_broken_at_spaces_and_long_words_cut() {
        assert_eq!(lines("one two three", 8), ["one two", "three"]);
        assert_eq!(lines("incomprehensible it is", 8), ["incompr…", "it is"]);
    }

    #[test]
    fn a_word_that_is_longer_than_the_line_is_left_whole() {
        assert_eq!(
            wrapped("a https://example.org/a/long/address b", 12),
            "a\n  https://example.org/a/long/address\n  b"
        );
        assert_eq!(wrapped("", 10), "");
    }
}
