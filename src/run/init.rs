//! `recto init`: finds the works in a repository and writes `recto.toml`.

mod adopt;
mod globs;
mod included;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Failure;
use super::baseline::baseline;
use super::read::{format_of, read};
use crate::baseline::FILE_NAME;
use crate::cli::{BaselineArgs, Cli, InitArgs};
use crate::fix::write;
use crate::input::discover::Search;
use crate::model::collection::Collection;
use crate::model::work::Role;
use crate::pair::discover::{Proposal, discover};
use crate::report::terminal::Terminal;
use crate::settings::{Settings, UsageError};

/// Remark where no work was found.
const LOOKED_FOR: &str = "recto looked for translations by path and language (README.de.md, docs/de/, \
    translations/German/, i18n/) and for files or folders that share many titles of items; the file shows how to declare \
    versions that it does not see";

/// Name of the written file.
const CONFIG_FILE_NAME: &str = "recto.toml";

/// Runs `recto init`.
pub(super) fn init(cli: &Cli, args: &InitArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    if args.ci.is_some() || args.pre_commit {
        adopt::require_top_folder()?;
    }
    let target = Path::new(CONFIG_FILE_NAME);
    let present = super::configuration(Path::new(""));
    let is_there = present.is_some();
    let present = present.unwrap_or_else(|| target.to_path_buf());
    let has_more = args.ci.is_some() || args.pre_commit || args.baseline;
    if is_there && has_more && !args.force {
        writeln!(terminal.stderr(), "{}: left as it is", present.display())?;
        return adopt(cli, args, terminal);
    }
    if !args.stdout && !args.force && is_there {
        return Err(UsageError {
            message: format!("`{}` already exists", present.display()),
            help: Some("--stdout shows what would be written, --force replaces it".to_owned()),
        }
        .into());
    }
    let working_dir = std::env::current_dir()?;
    let mut settings = Settings::new(working_dir.clone(), working_dir.clone());
    settings.files.include = included::MAY_HOLD_TEXTS.map(str::to_owned).to_vec();
    let found = Search::new(&settings.files, &settings.root).run(&[PathBuf::from(".")])?;
    let mut entries = found.into_entries();
    entries.retain(included::may_be_version);
    let mut collection = read(entries.clone(), &settings, format_of, terminal);
    if !collection.documents.iter().all(included::has_texts) {
        // A document has the number of its file, so that none can be taken out.
        let mut docs = collection.documents.iter();
        entries.retain(|_| docs.next().is_some_and(included::has_texts));
        collection = read(entries, &settings, format_of, terminal);
    }
    let mut works = discover(&collection);
    works.retain(|work| !included::is_of_bilingual_files(work, &collection));
    let text = configuration(&works, &collection);
    let pairs: usize = works.iter().map(|work| work.versions.len() - 1).sum();
    if args.stdout {
        terminal.write_bytes(text.as_bytes())?;
    } else {
        write::create(target, text.as_bytes())?;
        let mut out = terminal.stderr();
        let number = works.len();
        let found = match number {
            0 => "no works found".to_owned(),
            1 => format!("one work found, in {} versions,", pairs + 1),
            _ => format!("{number} works found, in {} versions,", pairs + number),
        };
        let bilingual = match included::bilingual_files(&collection) {
            0 => String::new(),
            1 => "; one of them holds texts and their translations, which `recto check --audit` compares".to_owned(),
            count => {
                format!("; {count} of them hold texts and their translations, which `recto check --audit` compares")
            }
        };
        writeln!(out, "wrote {CONFIG_FILE_NAME}: {found} in {} files{bilingual}", collection.documents.len())?;
        if works.is_empty() && bilingual.is_empty() {
            writeln!(out, "{LOOKED_FOR}")?;
        }
    }
    // The process ends here, and deallocating thousands of documents would only take time.
    std::mem::forget(collection);
    adopt(cli, args, terminal)
}

/// Writes the files beside the configuration that were asked for, and says what comes next.
fn adopt(cli: &Cli, args: &InitArgs, terminal: &Terminal) -> Result<ExitCode, Failure> {
    if args.stdout {
        return Ok(ExitCode::SUCCESS);
    }
    let mut out = terminal.stderr();
    if let Some(host) = args.ci {
        writeln!(out, "{}", adopt::build_server(host)?)?;
    }
    if args.pre_commit {
        writeln!(out, "{}", adopt::hooks()?)?;
    }
    if args.baseline {
        let has_baseline = Path::new(FILE_NAME).exists();
        let args = BaselineArgs {
            paths: vec![PathBuf::from(".")],
            update: has_baseline,
            grow: false,
            include: Vec::new(),
            jobs: None,
        };
        baseline(cli, &args, terminal)?;
    } else if args.ci.is_some() || args.pre_commit {
        writeln!(out, "next: `recto check`, then `recto baseline` records what is there already")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the text of the configuration file.
fn configuration(works: &[Proposal], collection: &Collection) -> String {
    let globs: Vec<String> = included::globs(works, collection).iter().map(|glob| quoted(glob)).collect();
    let include = match globs.is_empty() {
        true => String::new(),
        false => format!("# Subtitles and catalogues, whose texts are checked.\ninclude = [{}]\n", globs.join(", ")),
    };
    let mut out = format!(
        "# What recto checks here, and how. Every key is optional; `recto rules` lists the rules.\n\n\
         # Whose spelling the English texts follow: en-US, en-GB, en-CA or en-AU.\n# locale = \"en-US\"\n\n\
         [files]\n{include}# exclude = [\"vendor/**\"]\n\n\
         [rules]\n# ignore = [\"sentence-case\"]\n# tier = {{ inconsistent-term = \"gate\" }}\n",
    );
    if works.is_empty() {
        out.push_str(
            "\n# No translation was found, and no two files or folders that share many titles. Versions of one work are\n\
             # declared like this; a glob after `!` leaves files out:\n\
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
        for (at, (version, globs)) in work.versions.iter().zip(globs::of_versions(work, collection)).enumerate() {
            let globs: Vec<String> = globs.iter().map(|glob| quoted(glob)).collect();
            let units = format!("{} {}", version.units, version.basis.noun());
            let holds = match version.role {
                _ if at == 0 => units,
                Role::Translation => {
                    let language = version.language.as_deref().unwrap_or("in another language");
                    format!("{language}, {units}")
                }
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

/// Returns a TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
