//! `recto repair`: a filter from standard input to standard output that repairs mojibake and changes nothing else.
//!
//! `row` repairs the rows of a data set, `csv` finds those of CSV, `stream` undoes compression; this module has the order
//! of events. A data set is read in batches of bounded size, so memory does not grow with it. While one batch is repaired,
//! the one before it is written and the next one is read.

mod csv;
mod explain;
mod row;
mod stream;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use self::csv::{Columns, RowEnds};
use self::row::RepairedRows;
use self::stream::{Compression, Output, uncompressed};
use super::Failure;
use crate::api::repair::{RepairError, repairable, repaired};
use crate::cli::{ExplanationFormat, LeastCertainty, RepairArgs};
use crate::fix::splice::splice;
use crate::fix::write;
use crate::input::decode::decode;
use crate::input::{containers, load};
use crate::model::source::Source;
use crate::model::span::Span;
use crate::report::terminal::Terminal;
use crate::report::{count, failure};
use crate::settings::UsageError;
use crate::settle::fixed_point;
use crate::text::mojibake::{self, Certainty, Mojibake, Scanner};

/// Size of a batch, in bytes (a guess). A data set takes a few times this much memory. A longer row enlarges its batch.
const BATCH_BYTES: usize = 2 << 20;
/// Number of bytes that one thread repairs at a time (a guess).
const SHARE_BYTES: usize = 64 << 10;
/// Maximum number of malformed rows that are named (a guess): of further ones only the number is.
const MAX_NAMED_ROWS: usize = 20;

/// Runs `recto repair`. Exit code 0, or 2 if a row is malformed or the input is not text.
pub(super) fn repair(args: &RepairArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let mut output = BufWriter::with_capacity(SHARE_BYTES, io::stdout());
    if args.files.is_empty() {
        return filter(args, Path::new(STDIN_NAME), io::stdin(), &mut output);
    }
    // All files are opened before the first one is written, so that a mistyped name changes nothing.
    let mut compressions = Vec::new();
    for path in &args.files {
        let (compression, _) = uncompressed(open(path)?).map_err(|error| unreadable(path, &error.to_string()))?;
        compressions.push(compression);
    }
    if args.in_place {
        return in_place(args, &compressions, terminal);
    }
    let mut files = args.files.iter().zip(&compressions);
    if let Some((path, _)) = files.find(|(_, compression)| **compression != compressions[0]) {
        let message = format!("`{}` is not compressed as the files before it", path.display());
        let help = Some("repair it by itself: the output is one stream".to_owned());
        return Err(UsageError { message, help }.into());
    }
    for path in &args.files {
        filter(args, path, open(path)?, &mut output)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Repairs a stream, and writes it compressed as it came.
fn filter(
    args: &RepairArgs,
    name: &Path,
    mut input: impl Read + Send + 'static,
    mut output: impl Write + Send,
) -> Result<ExitCode, Failure> {
    if args.jsonl || args.csv {
        let (compression, input) = uncompressed(input)?;
        let mut output = Output::new(output, compression);
        let done = rows(args, name, input, &mut output);
        output.finish()?;
        return done;
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let (compression, mut input) = uncompressed(io::Cursor::new(bytes.clone()))?;
    if compression == Compression::Uncompressed {
        return document(args, name, bytes.as_slice(), output);
    }
    let (mut text, mut repaired) = (Vec::new(), Vec::new());
    input.read_to_end(&mut text)?;
    let done = document(args, name, text.as_slice(), &mut repaired);
    // The rest keeps its bytes.
    if repaired == text {
        output.write_all(&bytes)?;
        output.flush()?;
    } else {
        let mut output = Output::new(output, compression);
        output.write_all(&repaired)?;
        output.finish()?;
    }
    done
}

/// Repairs files in their places.
fn in_place(args: &RepairArgs, compressions: &[Compression], terminal: &Terminal) -> Result<ExitCode, Failure> {
    if let Some((path, _)) = args.files.iter().zip(compressions).find(|(_, found)| **found != Compression::Uncompressed)
    {
        let message = format!("`{}` is compressed, and is not repaired in its place", path.display());
        return Err(UsageError {
            message,
            help: Some("write its repair to another file: recto repair FILE > OTHER".to_owned()),
        }
        .into());
    }
    let mut changed = 0;
    for path in &args.files {
        let bytes = load::bytes(path, u64::MAX).map_err(|reason| unreadable(path, &reason))?;
        let mut repaired = Vec::with_capacity(bytes.len());
        document(args, path, bytes.as_slice(), &mut repaired)?;
        if repaired != bytes {
            write::replace(path, &[], &bytes, &repaired).map_err(|error| UsageError {
                message: format!("cannot write `{}`: {error}", path.display()),
                help: None,
            })?;
            changed += 1;
        }
    }
    let files = count(args.files.len(), "file");
    failure::note(&format!("repaired {changed} of {files}"), terminal);
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> Result<File, UsageError> {
    let file = load::unfit(path).map_or_else(|| File::open(path).map_err(|error| error.to_string()), Err);
    file.map_err(|reason| unreadable(path, &reason))
}

fn unreadable(path: &Path, reason: &str) -> UsageError {
    UsageError {
        message: format!("cannot read `{}`: {reason}", path.display()),
        help: Some("`recto repair` takes files; `recto check --fix` takes folders".to_owned()),
    }
}

/// The name by which messages call standard input.
const STDIN_NAME: &str = "standard input";

/// Repairs one text, of any length below 4 GiB, in any encoding.
fn document(args: &RepairArgs, name: &Path, mut input: impl Read, mut output: impl Write) -> Result<ExitCode, Failure> {
    let shown = name.display();
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    if bytes.len() >= u32::MAX as usize {
        let message = format!("{shown} has more than 4 GiB, which recto cannot address");
        return Err(UsageError { message, help: Some("split it, or use --jsonl".to_owned()) }.into());
    }
    let source = decode(name, bytes);
    if let Err(error) = repairable(&source) {
        output.write_all(&source.bytes())?;
        output.flush()?;
        let help = matches!(error, RepairError::Undecodable).then(|| "`recto check` reports where and why".to_owned());
        return Err(UsageError { message: format!("{shown} {error}: it was passed on unchanged"), help }.into());
    }
    let found = mojibake::scan(source.text());
    let least = args.certainty.into();
    if let Some(format) = args.explain {
        explain(format, &source, &found, least)?;
    }
    let out = in_container(name, repaired(&source, found, least), least);
    output.write_all(&out)?;
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Repairs the texts of a container, which may have escapes for the characters of mojibake.
fn in_container(name: &Path, bytes: Vec<u8>, least: Certainty) -> Vec<u8> {
    let outcome = fixed_point(bytes, |bytes| {
        let source = containers::opened(decode(name, bytes.clone()));
        if source.extraction().is_none() {
            return ControlFlow::Break(bytes);
        }
        let found = mojibake::scan(source.text());
        let edits = found.iter().filter(|garble| garble.certainty >= least).filter_map(|garble| {
            let (place, written) = source.disk_edit(Span::from(garble.span.clone()), garble.replacement()?)?;
            Some((place.range(), written.into_owned()))
        });
        let edits: Vec<_> = edits.collect();
        let next = splice(&bytes, edits.iter().map(|(place, written)| (place.clone(), written.as_str())));
        if next == bytes { ControlFlow::Break(bytes) } else { ControlFlow::Continue(next) }
    });
    outcome.unwrap_or_else(|last| last)
}

impl From<LeastCertainty> for Certainty {
    fn from(least: LeastCertainty) -> Certainty {
        match least {
            LeastCertainty::Proved => Certainty::Proved,
            LeastCertainty::Likely => Certainty::Likely,
        }
    }
}

/// Writes each repair and its recipe to standard error.
fn explain(format: ExplanationFormat, source: &Source, found: &[Mojibake], least: Certainty) -> io::Result<()> {
    let mut err = BufWriter::new(io::stderr().lock());
    let lines = crate::model::span::LineIndex::new(source.text());
    let positions =
        found.iter().map(|garble| lines.position(source.text(), u32::try_from(garble.span.start).unwrap_or(u32::MAX)));
    match format {
        ExplanationFormat::Text => {
            for (at, garble) in positions.zip(found) {
                writeln!(err, "{}:{}: {}", at.line, at.column, explain::explained(garble, source.text()))?;
            }
        }
        ExplanationFormat::Json if found.is_empty() => {}
        ExplanationFormat::Json => {
            let mut repairs = explain::repairs(source.text(), found, least);
            for (at, repair) in positions.zip(&mut repairs) {
                repair.shift_insert(0, "line".to_owned(), at.line.into());
                repair.shift_insert(1, "column".to_owned(), at.column.into());
            }
            writeln!(err, "{}", serde_json::json!({"path": source.display(), "repairs": repairs}))?;
        }
    }
    err.flush()
}

/// Repairs a data set, row by row.
fn rows(
    args: &RepairArgs,
    name: &Path,
    mut input: impl Read + Send,
    mut output: impl Write + Send,
) -> Result<ExitCode, Failure> {
    let mut tally = Tally::default();
    let delimiter = args.csv.then(|| delimiter(args, name)).transpose()?;
    let (mut batch, mut next) = (Batch::new(delimiter), Batch::new(delimiter));
    batch.fill(&mut input, &[])?;
    let columns = delimiter.map(|delimiter| columns(args, batch.rows(), delimiter)).transpose()?;
    let rows = RowRules { args, columns };
    let scanners = Scanners::default();
    let mut repaired = Vec::new();
    let mut header = usize::from(args.csv);
    while !batch.rows().is_empty() {
        let before = std::mem::take(&mut repaired);
        // Two buffers alternate, so that their memory is allocated only once. `next` still has the rows before.
        let turn = || {
            tally.write(&next, &before, &mut output)?;
            io::Result::Ok(next.fill(&mut input, batch.rest()))
        };
        let (read, done) = rayon::join(turn, || repaired_rows(&batch, &rows, std::mem::take(&mut header), &scanners));
        let read = read?;
        std::mem::swap(&mut batch, &mut next);
        repaired = done;
        if read.is_err() {
            tally.write(&next, &repaired, &mut output)?;
            read?;
        }
    }
    tally.write(&next, &repaired, &mut output)?;
    tally.verdict(args)
}

/// Returns the byte between the columns of a file.
fn delimiter(args: &RepairArgs, name: &Path) -> Result<u8, UsageError> {
    let is_tab = name.to_string_lossy().trim_end_matches(".gz").trim_end_matches(".zst").ends_with(".tsv");
    let given = args.delimiter.unwrap_or(if is_tab { '\t' } else { ',' });
    match u8::try_from(given) {
        Ok(byte) if byte.is_ascii() && !b"\"\r\n".contains(&byte) => Ok(byte),
        _ => Err(UsageError {
            message: format!("{given:?} cannot divide columns"),
            help: Some("an ASCII character can, other than a quotation mark or a line end".to_owned()),
        }),
    }
}

/// Returns the columns to repair, by the names in the first row.
fn columns(args: &RepairArgs, rows: &[u8], delimiter: u8) -> Result<Columns, UsageError> {
    let first = first_row(rows, delimiter);
    csv::columns(&rows[..first], delimiter, &args.field).map_err(|(missing, names)| UsageError {
        message: format!("there is no column `{missing}`"),
        help: Some(match &names[..] {
            _ if rows[..first].contains(&0) => {
                "this is not UTF-8: `recto repair FILE` converts it, and `recto repair --csv` reads the result"
                    .to_owned()
            }
            [only] if only.contains([';', '|']) => {
                let sign = if only.contains(';') { ';' } else { '|' };
                format!("the first row is one column, `{only}`: name what divides it with --delimiter '{sign}'")
            }
            names => format!("name a column with --field: {}", names.join(", ")),
        }),
    })
}

/// Returns the end of the first row of CSV.
fn first_row(rows: &[u8], delimiter: u8) -> usize {
    let mut ends = Vec::new();
    RowEnds::new(delimiter).find(rows, &mut ends);
    ends.first().copied().unwrap_or(rows.len())
}

/// Rules of repairing rows.
struct RowRules<'a> {
    args: &'a RepairArgs,
    /// The columns of CSV; `None` for JSON.
    columns: Option<Columns>,
}

impl RowRules<'_> {
    fn repair(&self, rows: &[u8], scanner: &mut Scanner) -> RepairedRows {
        match &self.columns {
            Some(columns) => row::repair_csv(rows, columns, self.args, scanner),
            None => row::repair(rows, self.args, scanner),
        }
    }
}

/// Whole rows, and the beginning of the row after them.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Number of bytes that were read into `bytes`.
    filled: usize,
    /// End of the last whole row.
    whole: usize,
    /// The byte between the columns of CSV; `None` for rows that are lines.
    delimiter: Option<u8>,
    /// Ends of whole rows of CSV, sorted.
    ends: Vec<usize>,
}

impl Batch {
    fn new(delimiter: Option<u8>) -> Self {
        Self { delimiter, ..Self::default() }
    }

    fn rows(&self) -> &[u8] {
        self.bytes.get(..self.whole).unwrap_or_default()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.whole..self.filled).unwrap_or_default()
    }

    /// Reads on after `head`, the beginning of a row, until the buffer is full and has at least one whole row, or the
    /// input ends.
    fn fill(&mut self, input: &mut impl Read, head: &[u8]) -> io::Result<()> {
        self.grow(head.len() + BATCH_BYTES);
        self.bytes[..head.len()].copy_from_slice(head);
        (self.filled, self.whole) = (head.len(), 0);
        self.ends.clear();
        let mut ends = self.delimiter.map(RowEnds::new);
        loop {
            if self.filled == self.bytes.len() {
                if self.whole > 0 {
                    return Ok(());
                }
                self.grow(2 * self.filled);
            }
            let read = match input.read(&mut self.bytes[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            let new = self.filled..self.filled + read;
            self.filled += read;
            if read == 0 {
                self.whole = self.filled;
                return Ok(());
            }
            if let Some(ends) = &mut ends {
                ends.find(&self.bytes[..self.filled], &mut self.ends);
                self.whole = self.ends.last().copied().unwrap_or(0);
            } else if let Some(at) = memchr::memrchr(b'\n', &self.bytes[new.clone()]) {
                self.whole = new.start + at + 1;
            }
        }
    }

    fn grow(&mut self, len: usize) {
        if self.bytes.len() < len {
            self.bytes.resize(len, 0);
        }
    }
}

/// Idle scanners, with the results that they cached.
#[derive(Debug, Default)]
struct Scanners(Mutex<Vec<Scanner>>);

impl Scanners {
    fn with<T>(&self, work: impl FnOnce(&mut Scanner) -> T) -> T {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The lock is held only briefly, because other threads wait for it.
        let taken = idle().pop();
        let mut scanner = taken.unwrap_or_default();
        let done = work(&mut scanner);
        idle().push(scanner);
        done
    }
}

/// Repairs the rows of a batch in shares. Returns each share's range, in bytes, with its outcome. The first `header` rows
/// of CSV are no data.
fn repaired_rows(
    batch: &Batch,
    rules: &RowRules<'_>,
    header: usize,
    scanners: &Scanners,
) -> Vec<(Range<usize>, RepairedRows)> {
    let rows = batch.rows();
    let mut done = Vec::new();
    let mut start = 0;
    if header > 0 {
        start = batch.ends.get(header - 1).copied().unwrap_or(rows.len());
        let lines = memchr::memchr_iter(b'\n', &rows[..start]).count();
        done.push((0..start, RepairedRows { lines, ..RepairedRows::default() }));
    }
    let mut shares = Vec::with_capacity(rows.len() / SHARE_BYTES + 1);
    while start < rows.len() {
        let least = rows.len().min(start + SHARE_BYTES);
        let end = match batch.delimiter {
            Some(_) => batch.ends.get(batch.ends.partition_point(|end| *end < least)).copied(),
            None => memchr::memchr(b'\n', &rows[least..]).map(|at| least + at + 1),
        };
        let end = end.unwrap_or(rows.len()).min(rows.len());
        shares.push(start..end);
        start = end;
    }
    let repair = |share: Range<usize>| {
        let rows = &rows[share.clone()];
        (share, scanners.with(|scanner| rules.repair(rows, scanner)))
    };
    done.par_extend(shares.into_par_iter().map(repair));
    done
}

/// Progress of writing.
#[derive(Debug, Default)]
struct Tally {
    lines: usize,
    rows: usize,
    with_field: usize,
    malformed: usize,
}

impl Tally {
    /// Writes the repaired rows of a batch, and reports the malformed ones and the explanations.
    fn write(
        &mut self,
        batch: &Batch,
        repaired: &[(Range<usize>, RepairedRows)],
        output: &mut impl Write,
    ) -> io::Result<()> {
        for (share, outcome) in repaired {
            let share = &batch.rows()[share.clone()];
            let mut at = 0;
            for (span, new) in &outcome.changes {
                output.write_all(&share[at..span.start])?;
                output.write_all(new)?;
                at = span.end;
            }
            output.write_all(&share[at..])?;
            self.speak(outcome)?;
            self.lines += outcome.lines;
            self.rows += outcome.rows;
            self.with_field += outcome.with_field;
        }
        output.flush()
    }

    fn speak(&mut self, outcome: &RepairedRows) -> io::Result<()> {
        let mut err = BufWriter::new(io::stderr().lock());
        for (line, problem) in &outcome.malformed {
            self.malformed += 1;
            if self.malformed <= MAX_NAMED_ROWS {
                writeln!(err, "line {}: {problem}; the row was passed on unchanged", self.lines + line + 1)?;
            }
        }
        for (line, explanations) in &outcome.explanations {
            let line = self.lines + line + 1;
            for what in &explanations.lines {
                writeln!(err, "line {line}: {what}")?;
            }
            if !explanations.repairs.is_empty() {
                writeln!(err, "{}", serde_json::json!({"line": line, "repairs": explanations.repairs}))?;
            }
        }
        err.flush()
    }

    fn verdict(&self, args: &RepairArgs) -> Result<ExitCode, Failure> {
        let fail = |message: String, help: Option<String>| Err(UsageError { message, help }.into());
        if self.malformed > 0 {
            let help = "all rows were passed on; the malformed ones could not be parsed".to_owned();
            return fail(format!("{} of {} rows are malformed", self.malformed, self.rows), Some(help));
        }
        if self.rows > 0 && self.with_field == 0 {
            let help = "name the field with the text: --field NAME".to_owned();
            return fail(format!("no row has a field `{}`", args.field.join("` or `")), Some(help));
        }
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mojibake_in_escapes_was_left() {
        let text = r#"{"a": "It doesn\u00e2\u20ac\u2122t burn.", "b": "x", "c": "y"}"#;
        let repaired = in_container(Path::new("a.json"), text.into(), Certainty::Proved);
        assert_eq!(String::from_utf8_lossy(&repaired), text.replace("\\u00e2\\u20ac\\u2122", "\\u2019"));
        assert_eq!(in_container(Path::new("a.txt"), text.into(), Certainty::Proved), text.as_bytes());
    }
}
