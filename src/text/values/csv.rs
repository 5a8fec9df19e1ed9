//! Fields of CSV: where they are in the rows of a text.
//!
//! Fields are found by `csv-core`, which builds no values. Knows bytes; not what a field holds.

use std::ops::Range;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

/// Size of the buffer for fields that nobody looks at, in bytes (a guess).
pub const UNREAD_BYTES: usize = 4 << 10;

/// Returns a reader of rows whose fields this byte divides.
pub fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

/// Returns the raw fields of each row, in bytes, without what divides them, and with their quotation marks.
pub fn rows(bytes: &[u8], delimiter: u8, mut row: impl FnMut(&[Range<usize>])) {
    let mut reader = reader(delimiter);
    let mut unread = [0; UNREAD_BYTES];
    let mut fields: Vec<Range<usize>> = Vec::new();
    let (mut at, mut start) = (0, 0);
    loop {
        let (result, read, _) = reader.read_field(&bytes[at..], &mut unread);
        at += read;
        match result {
            ReadFieldResult::Field { record_end } => {
                let from = if fields.is_empty() { after_line_ends(bytes, start..at) } else { start };
                let field = from..field_end(bytes, from..at, delimiter);
                start = at;
                fields.push(field);
                if record_end {
                    row(&fields);
                    fields.clear();
                }
            }
            ReadFieldResult::End => return,
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
        }
    }
}

/// Returns where the first field of a row starts: after blank lines, and the rest of the line end before it.
fn after_line_ends(bytes: &[u8], field: Range<usize>) -> usize {
    let blank = bytes[field.clone()].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    field.start + blank
}

/// Returns where a field ends: before the delimiter or line end that the reader took with it.
fn field_end(bytes: &[u8], field: Range<usize>, delimiter: u8) -> usize {
    let is_end = |byte: &u8| *byte == delimiter || matches!(byte, b'\n' | b'\r');
    field.end - usize::from(bytes[field].last().is_some_and(is_end))
}
