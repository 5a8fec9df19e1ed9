//! `recto compare`: aligns the versions named on the command line, lints them and shows them. Needs no configuration.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::destination::{Destination, links};
use super::read::{format_of, read};
use super::{Failure, history, seen_enough};
use crate::api::compare::{CompareError, settings, with_original, work};
use crate::cli::{Cli, CompareArgs, CompareFormat};
use crate::input::containers;
use crate::input::discover::{self, FileEntry, Search};
use crate::lint::lint;
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::finding::Finding;
use crate::model::id::DocId;
use crate::model::source::{Bom, Origin, Source};
use crate::model::work::Role;
use crate::pair::explain::explain;
use crate::pair::natural;
use crate::parse::parse;
use crate::report::compare::Comparison;
use crate::report::compare_human::CompareDetail;
use crate::report::terminal::Terminal;
use crate::report::wrap::wrapped;
use crate::report::{compare_explain, compare_human, compare_json, compare_progress, page};
use crate::settings::{Files, Settings, Tiers, UsageError};

/// Runs `recto compare`.
pub(super) fn compare(cli: &Cli, args: &CompareArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let working_dir = std::env::current_dir()?;
    let named: Vec<&PathBuf> = std::iter::once(&args.first).chain(&args.others).collect();
    let mut names: Vec<String> = named.iter().map(|path| path.display().to_string()).collect();
    let files = named.iter().map(|path| files_of(path, &working_dir)).collect::<Result<Vec<_>, _>>()?;
    let (mut collection, mut documents) = gather(files, &named, terminal, &working_dir)?;
    open_tables(cli, &named, &mut collection, terminal)?;
    let page = args.html.as_deref().map(|path| Destination::new(path, &collection)).transpose()?;
    let mut given = given_roles(&named, &args.roles)?;
    if named.len() == 1 {
        given = with_original(&mut names, &mut documents, &mut collection).ok_or_else(|| UsageError {
            message: CompareError::TooFewVersions.to_string(),
            help: Some("one file is enough if it holds texts and their translations, as a PO file does".to_owned()),
        })?;
    }
    let work = work(&names, documents, &given, &collection).map_err(|error| unmatched(&error))?;
    collection.works = vec![work];
    if args.history {
        history::trace(&mut collection, &working_dir)?;
    }
    let tiers = if args.audit { Tiers::GateAndAudit } else { Tiers::Gate };
    let findings = lint(&collection, &settings(tiers, working_dir.clone()));
    let Some(work) = collection.works.first() else { return Ok(ExitCode::SUCCESS) };
    let comparison = Comparison { collection: &collection, work, names: &names, findings: &findings };
    if let Some(wanted) = &args.explain {
        let mut report = Vec::new();
        if !explain_items(&comparison, wanted, &mut report)? {
            return Err(UsageError {
                message: format!("no version has an item with the number or title `{wanted}`"),
                help: Some("`recto compare --all` with these versions lists their items".to_owned()),
            }
            .into());
        }
        let text = String::from_utf8_lossy(&report);
        let mut out = terminal.stdout();
        let width = if terminal.is_shown() { terminal.width() } else { usize::MAX };
        seen_enough(out.write_all(wrapped(&text, width).as_bytes()).and_then(|()| out.flush()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let code = ExitCode::from(u8::from(findings.iter().any(Finding::fails)));
    let html = |path: &Path| page::compare::page(&comparison, &links(path, &working_dir));
    if let Some(Destination::Output) = page {
        // Only the page is written, because the report would be mixed into it.
        Destination::Output.write(&html(Path::new("-")), terminal)?;
        return Ok(code);
    }
    let extent = if args.all { CompareDetail::Everything } else { CompareDetail::Disagreements };
    let mut out = match args.output_format {
        CompareFormat::Human => terminal.stdout(),
        CompareFormat::Json | CompareFormat::Badge | CompareFormat::Table => terminal.plain_stdout(),
    };
    let told = match args.output_format {
        CompareFormat::Json => compare_json::write(&comparison, &mut out),
        CompareFormat::Badge => compare_progress::badges(&comparison, &mut out),
        CompareFormat::Table => compare_progress::table(&comparison, &mut out),
        CompareFormat::Human if terminal.is_shown() => {
            let mut report = Vec::new();
            compare_human::write(&comparison, extent, &mut report)
                .and_then(|()| out.write_all(wrapped(&String::from_utf8_lossy(&report), terminal.width()).as_bytes()))
        }
        CompareFormat::Human => compare_human::write(&comparison, extent, &mut out),
    };
    seen_enough(told.and_then(|()| out.flush()))?;
    if let Some(page @ Destination::File(path)) = page {
        page.write(&html(path), terminal)?;
    }
    Ok(code)
}

/// Writes why the items with this number, or with these words in their title, were, or were not, matched. Returns whether
/// there are any.
fn explain_items(comparison: &Comparison<'_>, wanted: &str, out: &mut dyn Write) -> Result<bool, Failure> {
    let Some((first, others)) = comparison.work.versions.split_first() else { return Ok(false) };
    let mut has_some = false;
    for (at, other) in others.iter().enumerate() {
        let made = (comparison.work.basis, comparison.work.alignments.get(at));
        let judgements = explain(first, other, wanted, made, comparison.collection);
        compare_explain::write(comparison, wanted, at + 1, &judgements, out)?;
        has_some |= !judgements.is_empty();
    }
    Ok(has_some)
}

/// Returns the files of a version: a file, a folder or a glob.
fn files_of(path: &Path, working_dir: &Path) -> Result<Vec<FileEntry>, UsageError> {
    let everything = Files::default();
    Ok(Search::new(&everything, working_dir).run(&[path.to_path_buf()])?.into_entries())
}

/// Returns all documents by path, and those of each version in reading order.
fn gather(
    files: Vec<Vec<FileEntry>>,
    named: &[&PathBuf],
    terminal: &Terminal,
    working_dir: &Path,
) -> Result<(Collection, Vec<Vec<DocId>>), UsageError> {
    let mut entries: Vec<FileEntry> = files.concat();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries.dedup_by(|later, first| later.path == first.path);
    let paths: Vec<PathBuf> = entries.iter().map(|entry| entry.path.clone()).collect();
    // Whoever names a file as a version means that it is Markdown, whatever its name ends with.
    let is_named = |entry: &FileEntry| named.iter().any(|named| discover::plain(named) == entry.path);
    let format = |entry: &FileEntry| if is_named(entry) { Some(Format::Markdown) } else { format_of(entry) };
    let settings = Settings::new(working_dir.to_path_buf(), working_dir.to_path_buf());
    let mut collection = read(entries, &settings, format, terminal);
    for doc in &mut collection.documents {
        // Nothing is written, so that the text of a container counts, whatever its encoding is.
        if doc.source.container().is_some() && matches!(doc.source.origin(), Origin::Encoded(_)) {
            let decoded = Source::utf8(doc.source.path(), doc.source.file_text().to_owned(), Bom::Absent);
            *doc = parse(doc.id, containers::opened(decoded), Format::Markdown);
        }
    }
    for doc in &collection.documents {
        if let Origin::Unreadable(reason) | Origin::Binary(reason) = doc.source.origin() {
            return Err(UsageError {
                message: format!("cannot read `{}`: {reason}", doc.source.display()),
                help: None,
            });
        }
    }
    let id = |entry: &FileEntry| paths.binary_search(&entry.path).ok().map(|at| DocId(at as u32));
    let documents = files.iter().map(|files| {
        let mut documents: Vec<DocId> = files.iter().filter_map(id).collect();
        natural::sort(&mut documents, &collection);
        documents
    });
    let documents = documents.collect();
    Ok((collection, documents))
}

/// Opens the tables among the documents, whose columns only the configuration knows.
fn open_tables(cli: &Cli, named: &[&PathBuf], collection: &mut Collection, terminal: &Terminal) -> Result<(), Failure> {
    let may_be_table = |doc: &Document| {
        let extension = doc.source.path().extension().map(|extension| extension.to_string_lossy().to_lowercase());
        extension.is_some_and(|found| ["csv", "tsv", "tab", "jsonl", "ndjson", "json"].contains(&found.as_str()))
    };
    if !collection.documents.iter().any(may_be_table) {
        return Ok(());
    }
    let places: Vec<PathBuf> = named.iter().map(|path| (*path).clone()).collect();
    let configured = super::settings(cli, &places, terminal)?;
    for doc in collection.documents.iter_mut().filter(|doc| configured.columns_of(doc.source.path()).is_some()) {
        let source = containers::opened_by(&configured, doc.source.clone().as_plain_text());
        *doc = parse(doc.id, source, Format::Markdown);
    }
    Ok(())
}

/// Returns for each version the role that was given on the command line, if one was.
fn given_roles(named: &[&PathBuf], given: &[String]) -> Result<Vec<Option<Role>>, UsageError> {
    let mut roles = vec![None; named.len()];
    for pair in given.chunks(2) {
        let [role, path] = pair else { continue };
        let Some(known) = Role::ALL.into_iter().find(|known| known.as_str() == role) else {
            let all = Role::ALL.map(Role::as_str).join(", ");
            return Err(UsageError {
                message: format!("`{role}` is no role"),
                help: Some(format!("the roles are {all}")),
            });
        };
        let is_meant = |named: &&PathBuf| discover::plain(named) == discover::plain(Path::new(path));
        let Some(at) = named.iter().position(is_meant) else {
            return Err(UsageError {
                message: format!("`{path}` is none of the versions"),
                help: Some("--as takes a role and one of the paths that are compared".to_owned()),
            });
        };
        roles[at] = Some(known);
    }
    Ok(roles)
}

fn unmatched(error: &CompareError) -> UsageError {
    UsageError {
        message: error.to_string(),
        help: Some("an item is a numbered heading, bold line or list entry, or a question".to_owned()),
    }
}
