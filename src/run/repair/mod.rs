//! `recto repair`: a filter from standard input to standard output that repairs mojibake and changes nothing else.
//!
//! `row` repairs one row of a data set; this module has the streams. A data set is read in batches of bounded size, so
//! memory does not grow with it. While one batch is repaired, the one before it is written and the next one is read.

mod row;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::ops::Range;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use self::row::RepairedRows;
use super::Failure;
use crate::api::repair::{RepairError, repairable, repaired};
use crate::cli::{LeastCertainty, RepairArgs};
use crate::fix::write;
use crate::input::decode::decode;
use crate::input::load;
use crate::model::source::Source;
use crate::report::terminal::Terminal;
use crate::report::{count, failure};
use crate::settings::UsageError;
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
        let (name, input) = (Path::new(STDIN_NAME), io::stdin());
        return if args.jsonl { rows(args, input, output) } else { document(args, name, input, output) };
    }
    // All files are opened before the first one is written, so that a mistyped name changes nothing.
    for path in &args.files {
        open(path)?;
    }
    let mut changed = 0;
    for path in &args.files {
        if args.jsonl {
            rows(args, open(path)?, &mut output)?;
            continue;
        }
        let bytes = load::bytes(path, u64::MAX).map_err(|reason| unreadable(path, &reason))?;
        if !args.in_place {
            document(args, path, bytes.as_slice(), &mut output)?;
            continue;
        }
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
    if args.in_place {
        let files = count(args.files.len(), "file");
        failure::note(&format!("repaired {changed} of {files}"), terminal);
    }
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
    let garbles = mojibake::scan(source.text());
    if args.explain {
        explain(&source, &garbles)?;
    }
    let out = repaired(&source, garbles, args.certainty.into());
    output.write_all(&out)?;
    output.flush()?;
    Ok(ExitCode::SUCCESS)
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
fn explain(source: &Source, garbles: &[Mojibake]) -> io::Result<()> {
    let mut err = BufWriter::new(io::stderr().lock());
    let lines = crate::model::span::LineIndex::new(source.text());
    for garble in garbles {
        let at = lines.position(source.text(), u32::try_from(garble.span.start).unwrap_or(u32::MAX));
        writeln!(err, "{}:{}: {}", at.line, at.column, garble.explain(source.text()))?;
    }
    err.flush()
}

/// Repairs a data set, row by row.
fn rows(args: &RepairArgs, mut input: impl Read + Send, mut output: impl Write + Send) -> Result<ExitCode, Failure> {
    let mut tally = Tally::default();
    let (mut batch, mut next) = (Batch::default(), Batch::default());
    batch.fill(&mut input, &[])?;
    let scanners = Scanners::default();
    let mut repaired = Vec::new();
    while !batch.rows().is_empty() {
        let before = std::mem::take(&mut repaired);
        // Two buffers alternate, so that their memory is allocated only once. `next` still has the rows before.
        let turn = || {
            tally.write(&next, &before, args, &mut output)?;
            io::Result::Ok(next.fill(&mut input, batch.rest()))
        };
        let (read, done) = rayon::join(turn, || repaired_rows(batch.rows(), args, &scanners));
        let read = read?;
        std::mem::swap(&mut batch, &mut next);
        repaired = done;
        if read.is_err() {
            tally.write(&next, &repaired, args, &mut output)?;
            read?;
        }
    }
    tally.write(&next, &repaired, args, &mut output)?;
    tally.verdict(args)
}

/// Whole rows, and the beginning of the row after them.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Number of bytes that were read into `bytes`.
    filled: usize,
    /// End of the last whole row.
    whole: usize,
}

impl Batch {
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
            if let Some(at) = memchr::memrchr(b'\n', &self.bytes[new.clone()]) {
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

/// Repairs the rows of a batch in shares. Returns each share's range, in bytes, with its outcome.
fn repaired_rows(rows: &[u8], args: &RepairArgs, scanners: &Scanners) -> Vec<(Range<usize>, RepairedRows)> {
    let mut shares = Vec::with_capacity(rows.len() / SHARE_BYTES + 1);
    let mut start = 0;
    while start < rows.len() {
        let least = rows.len().min(start + SHARE_BYTES);
        let end = memchr::memchr(b'\n', &rows[least..]).map_or(rows.len(), |at| least + at + 1);
        shares.push(start..end);
        start = end;
    }
    let repair = |share: Range<usize>| {
        let rows = &rows[share.clone()];
        (share, scanners.with(|scanner| row::repair(rows, args, scanner)))
    };
    shares.into_par_iter().map(repair).collect()
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
        args: &RepairArgs,
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
            self.speak(outcome, args)?;
            self.lines += outcome.lines;
            self.rows += outcome.rows;
            self.with_field += outcome.with_field;
        }
        output.flush()
    }

    fn speak(&mut self, outcome: &RepairedRows, args: &RepairArgs) -> io::Result<()> {
        let mut err = BufWriter::new(io::stderr().lock());
        for (line, problem) in &outcome.malformed {
            self.malformed += 1;
            if self.malformed <= MAX_NAMED_ROWS {
                writeln!(err, "line {}: {problem}; the row was passed on unchanged", self.lines + line + 1)?;
            }
        }
        if args.explain {
            for (line, what) in &outcome.explanations {
                writeln!(err, "line {}: {what}", self.lines + line + 1)?;
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
            return fail(format!("no row has a field `{}`", args.field), Some(help));
        }
        Ok(ExitCode::SUCCESS)
    }
}
