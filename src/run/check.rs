//! `recto check`: find, read, lint, fix, report.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use super::read::read;
use super::{Failure, settings};
use crate::cli::{CheckArgs, Cli, OutputFormat};
use crate::fix::write;
use crate::input::{decode, discover, load, surroundings};
use crate::lint::{catalogue, lint};
use crate::model::collection::Collection;
use crate::model::document::{DocId, Document};
use crate::model::edit::Applicability;
use crate::model::finding::Finding;
use crate::model::target::normalized;
use crate::pair::pair;
use crate::parse::parse;
use crate::report::summary::{Change, Summary};
use crate::report::terminal::Terminal;
use crate::report::{self, Results};
use crate::settings::{Complaint, RulePatch, Selector, Settings, Tiers};
use crate::settle::{Settled, settle};

/// Carries out `recto check`.
pub(super) fn check(cli: &Cli, args: &CheckArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let tiers = if args.audit { Tiers::GateAndAudit } else { Tiers::Gate };
    let places: &[PathBuf] = match &args.stdin_filename {
        Some(path) if args.paths.iter().any(|path| is_stdin(path)) => std::slice::from_ref(path),
        _ => &args.paths,
    };
    let settings = settings(cli, places)?.with_command_line(patch(args)?, tiers);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(args.jobs.unwrap_or(0)).build();
    let pool = pool.map_err(|error| Complaint { message: error.to_string(), help: None })?;
    pool.install(|| {
        let collection = pair(gather(args, &settings, terminal)?, &settings);
        if args.fix || args.diff {
            fix(args, &settings, collection, terminal, start)
        } else {
            let findings = lint(&collection, &settings);
            let results = Results { collection: &collection, findings: &findings };
            show(args, &results, terminal, &Summary::new(&results, start.elapsed()))?;
            let code = code(&findings, Clean::Yes);
            // The process ends here: taking thousands of documents apart first would only cost time.
            std::mem::forget((collection, findings));
            Ok(code)
        }
    })
}

/// Fixes, and writes what changed or shows it.
fn fix(
    args: &CheckArgs,
    settings: &Settings,
    collection: Collection,
    terminal: &Terminal,
    start: Instant,
) -> Result<ExitCode, Failure> {
    let level = if args.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let before: Vec<_> = collection.documents.iter().map(|doc| doc.source.clone()).collect();
    let Settled { collection, findings, applied, cycles } = settle(collection, settings, level);
    let changed: Vec<(usize, &Document)> = collection
        .documents
        .iter()
        .enumerate()
        .filter(|(at, doc)| doc.source.text() != before[*at].text() || doc.source.bytes() != before[*at].bytes())
        .collect();
    let results = Results { collection: &collection, findings: &findings };
    let mut summary = Summary::new(&results, start.elapsed());
    summary.cycles = cycles.iter().map(|(doc, rules)| (*doc, rules.iter().copied().collect())).collect();
    let stdin = args.paths.iter().any(|path| is_stdin(path));
    if args.diff {
        for (at, doc) in &changed {
            report::diff::write(&before[*at], &doc.source, terminal)?;
        }
        summary.change = Change::Shown { applied: total(&applied, |_| true), files: changed.len() };
        report::summary::write_to_stderr(&summary, terminal)?;
        return Ok(code(&findings, if changed.is_empty() { Clean::Yes } else { Clean::No }));
    }
    if stdin {
        // The fixed text takes the place of the report, which goes where it does no harm.
        for doc in &collection.documents {
            terminal.write_bytes(&doc.source.bytes())?;
        }
        report::concise::write(&results, &mut terminal.stderr())?;
        return Ok(code(&findings, Clean::Yes));
    }
    let mut failed: BTreeMap<DocId, (PathBuf, String)> = BTreeMap::new();
    for (at, doc) in &changed {
        let path = doc.source.path();
        if let Err(error) = write::replace(path, &before[*at].bytes(), &doc.source.bytes()) {
            failed.insert(doc.id, (path.to_path_buf(), error.to_string()));
        }
    }
    let written = total(&applied, |doc| !failed.contains_key(&doc));
    summary.change = Change::Written { applied: written, files: changed.len() - failed.len() };
    summary.unwritten = failed.len();
    show(args, &results, terminal, &summary)?;
    if let Some((path, reason)) = failed.values().next() {
        let more = if failed.len() > 1 { format!(" (and {} more files)", failed.len() - 1) } else { String::new() };
        return Err(Failure::Usage(Complaint {
            message: format!("could not write `{}`: {reason}{more}", path.display()),
            help: Some("what could not be written is as it was; everything else is done".to_owned()),
        }));
    }
    Ok(code(&findings, Clean::Yes))
}

/// How many fixes each rule made in the documents for which `counts` holds.
fn total(
    applied: &BTreeMap<DocId, BTreeMap<&'static str, usize>>,
    counts: impl Fn(DocId) -> bool,
) -> BTreeMap<&'static str, usize> {
    let mut total = BTreeMap::new();
    for (_, rules) in applied.iter().filter(|(doc, _)| counts(**doc)) {
        for (rule, number) in rules {
            *total.entry(*rule).or_default() += number;
        }
    }
    total
}

fn show(args: &CheckArgs, results: &Results<'_>, terminal: &Terminal, summary: &Summary) -> io::Result<()> {
    if args.statistics {
        return report::statistics::write(results, args.output_format, terminal);
    }
    let mut out = match args.output_format {
        OutputFormat::Human | OutputFormat::Concise => terminal.stdout(),
        OutputFormat::Json | OutputFormat::Github => terminal.plain_stdout(),
    };
    match args.output_format {
        OutputFormat::Human => {
            report::human::write(results, terminal, &mut out)?;
            report::summary::write(summary, &mut out)?;
        }
        OutputFormat::Concise => report::concise::write(results, &mut out)?,
        OutputFormat::Json => report::json::write(results, &mut out)?,
        OutputFormat::Github => report::github::write(results, &mut out)?,
    }
    out.flush()?;
    if args.output_format == OutputFormat::Concise {
        report::summary::write_to_stderr(summary, terminal)?;
    }
    Ok(())
}

/// Whether the files are as the fixes want them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clean {
    Yes,
    No,
}

fn code(findings: &[Finding], clean: Clean) -> ExitCode {
    if clean == Clean::No || findings.iter().any(Finding::fails) { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Finds, reads and parses the files, or standard input.
fn gather(args: &CheckArgs, settings: &Settings, terminal: &Terminal) -> Result<Collection, Failure> {
    if args.paths.iter().any(|path| is_stdin(path)) {
        if args.paths.len() > 1 {
            let message = "standard input can only be checked alone".to_owned();
            return Err(Complaint { message, help: Some("give either `-` or paths".to_owned()) }.into());
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        let path = args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("stdin.md"));
        let source = decode::decode(&path, bytes);
        let documents = vec![parse(DocId(0), source, load::format_of(&path))];
        return Ok(Collection { documents, ..Collection::default() });
    }
    let paths = discover::discover(&args.paths, &settings.files, &settings.root)?;
    let mut collection = read(&paths, terminal);
    let folders = args.paths.iter().filter(|path| path.is_dir()).map(|path| settings.working_dir.join(path));
    let roots: Vec<PathBuf> = folders.chain([settings.root.clone()]).map(|root| normalized(&root)).collect();
    collection.surroundings = surroundings::look(&collection.documents, &roots);
    Ok(collection)
}

/// What the command line says about rules.
fn patch(args: &CheckArgs) -> Result<RulePatch, Complaint> {
    let catalogue = catalogue();
    let parse = |names: &[String]| -> Result<Vec<Selector>, Complaint> {
        names.iter().map(|name| Selector::parse(name, &catalogue)).collect()
    };
    let select = parse(&args.select)?;
    Ok(RulePatch {
        select: (!select.is_empty()).then_some(select),
        extend_select: parse(&args.extend_select)?,
        ignore: parse(&args.ignore)?,
        ..RulePatch::default()
    })
}
