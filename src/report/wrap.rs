//! Lines of a report broken at the width of a window.
//!
//! Knows escape sequences for colours, which take no columns; not what the lines say.

use unicode_width::UnicodeWidthStr;

/// Returns the text with lines of at most `width` columns where they have white space to break at. A broken line goes on
/// below its first word, two columns further in.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        wrap_line(content, width, &mut out);
        out.push_str(end);
    }
    out
}

fn wrap_line(line: &str, width: usize, out: &mut String) {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let hanging = (indent + 2).min(width / 2);
    let (mut column, mut start) = (0, indent);
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
    fn a_word_that_is_longer_than_the_line_is_left_whole() {
        assert_eq!(
            wrapped("a https://example.org/a/long/address b", 12),
            "a\n  https://example.org/a/long/address\n  b"
        );
        assert_eq!(wrapped("", 10), "");
    }
}
