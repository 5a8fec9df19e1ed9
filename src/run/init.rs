//! `recto init`: finds the works in a repository and writes `recto.toml`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use globset::GlobBuilder;

use super::Failure;
use super::read::read;
use crate::cli::InitArgs;
use crate::fix::write;
use crate::input::discover as files;
use crate::input::load::format_of;
use crate::model::collection::Collection;
use crate::model::id::DocId;
use crate::model::item::Basis;
use crate::model::work::Role;
use crate::pair::discover::{Proposal, ProposedVersion, discover};
use crate::report::terminal::Terminal;
use crate::settings::{Complaint, Files};

/// Name of the written file.
const CONFIG_FILE_NAME: &str = "recto.toml";

/// Runs `recto init`.
pub(super) fn init(args: &InitArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    let target = Path::new(CONFIG_FILE_NAME);
    if !args.stdout && !args.force && target.symlink_metadata().is_ok() {
        return Err(Complaint {
            message: format!("`{CONFIG_FILE_NAME}` already exists"),
            help: Some("--stdout shows what would be written, --force replaces it".to_owned()),
        }
        .into());
    }
    let working_dir = std::env::current_dir()?;
    let paths = files::discover(&[PathBuf::from(".")], &Files::default(), &working_dir)?;
    let collection = read(paths.entries, format_of, terminal);
    let works = discover(&collection);
    let text = configuration(&works, &collection);
    if args.stdout {
        terminal.write_bytes(text.as_bytes())?;
    } else {
        write::create(target, text.as_bytes())?;
        let mut out = terminal.stderr();
        let number = works.len();
        let found = match number {
            0 => "no works found".to_owned(),
            1 => "one work found".to_owned(),
            _ => format!("{number} works found"),
        };
        writeln!(out, "wrote {CONFIG_FILE_NAME}: {found} in {} files", collection.documents.len())?;
    }
    // The process ends here, and deallocating thousands of documents would only take time.
    std::mem::forget(collection);
    Ok(ExitCode::SUCCESS)
}

/// Returns the text of the configuration file.
fn configuration(works: &[Proposal], collection: &Collection) -> String {
    let mut out = String::from(
        "# What recto checks here, and how. Every key is optional; `recto rules` lists the rules.\n\n\
         # Whose spelling the English texts follow: en-US, en-GB, en-CA or en-AU.\n# locale = \"en-US\"\n\n\
         [files]\n# exclude = [\"vendor/**\"]\n\n\
         [rules]\n# ignore = [\"sentence-case\"]\n# tier = { inconsistent-term = \"gate\" }\n",
    );
    if works.is_empty() {
        out.push_str(
            "\n# No two files or folders here hold the same items. Versions of one work are declared like this:\n\
             # [[work]]\n# name = \"handbook\"\n# versions = [\n\
             #   { role = \"long\", files = [\"long/**/*.md\"] },\n\
             #   { role = \"summary\", files = [\"summary.md\"] },\n# ]\n",
        );
        return out;
    }
    out.push_str(
        "\n# The same content in several versions, the one of greatest authority first: found by the titles that they\n\
         # share, or by the languages that their paths name, so please look it over. Roles: long, edition (another full\n\
         # text), translation (compared by code, links, figures and numbers, not by its words), summary (may leave items\n\
         # out), list (titles only).\n",
    );
    for work in works {
        let _ = write!(out, "\n[[work]]\nname = {}\nversions = [\n", quoted(&work.name));
        for (at, version) in work.versions.iter().enumerate() {
            let globs: Vec<String> = globs(version, collection).iter().map(|glob| quoted(glob)).collect();
            let units = match version.basis {
                Basis::Items => format!("{} items", version.units),
                Basis::Topics => format!("{} headings", version.units),
            };
            let holds = match version.role {
                _ if at == 0 => units,
                Role::Translation => format!("{units}, in another language"),
                _ => format!("{units}, {} of its titles in the first", version.shared),
            };
            let _ = writeln!(
                out,
                "  {{ role = \"{}\", files = [{}] }}, # {holds}",
                version.role.as_str(),
                globs.join(", ")
            );
        }
        out.push_str("]\n");
    }
    out
}

/// Returns the globs for the files of a version: one for a series if it matches these files and no others, else the
/// path of each file.
fn globs(version: &ProposedVersion, collection: &Collection) -> Vec<String> {
    let path = |id: &DocId| collection.document(*id).source.display();
    if let [first, _, ..] = &version.documents[..] {
        let first = path(first);
        let (folder, name) = first.rsplit_once('/').map_or(("", first), |(folder, name)| (folder, name));
        let prefix = if folder.is_empty() { String::new() } else { format!("{}/", globset::escape(folder)) };
        let series =
            if name.starts_with(|c: char| c.is_ascii_digit()) { "[0-9]*.md".to_owned() } else { numbered(name) };
        for glob in [format!("{prefix}*.md"), format!("{prefix}{series}")] {
            let Ok(built) = GlobBuilder::new(&glob).literal_separator(true).build() else { continue };
            let matcher = built.compile_matcher();
            let matching = collection.documents.iter().filter(|doc| matcher.is_match(doc.source.display()));
            if matching.count() == version.documents.len()
                && version.documents.iter().all(|id| matcher.is_match(path(id)))
            {
                return vec![glob];
            }
        }
    }
    version.documents.iter().map(|id| globset::escape(path(id))).collect()
}

/// Returns the name with a wildcard for each number.
fn numbered(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        out.push_str(&globset::escape(&rest[..at]));
        out.push_str("[0-9]*");
        rest = rest[at..].trim_start_matches(|c: char| c.is_ascii_digit());
    }
    out.push_str(&globset::escape(rest));
    out
}

/// Returns a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
