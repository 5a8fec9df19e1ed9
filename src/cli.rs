//! The command line.
//!
//! Declares the arguments and nothing else; `run` decides what they mean.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A linter and auditor for written content.
#[derive(Debug, Parser)]
#[command(name = "recto", version, about, max_term_width = 100)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
    /// Use this configuration file (TOML, or JSON if it is named so) instead of the nearest recto.toml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, global = true, conflicts_with = "config")]
    pub no_config: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check files and folders, and fix what can be fixed
    Check(CheckArgs),
    /// Align two or more versions of the same content and show where they disagree
    Compare(CompareArgs),
    /// Find the works in this folder, each in several versions, and write recto.toml
    Init(InitArgs),
    /// Repair mojibake from standard input to standard output
    Repair(RepairArgs),
    /// Show the page of a rule
    Explain {
        /// The id of the rule
        rule: String,
    },
    /// List all rules
    Rules {
        /// How to print the list
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        output_format: ListFormat,
    },
    /// Print the JSON schema of recto.toml, for editors
    Schema,
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// How to print a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// `recto check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files and folders to check; `-` reads standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Apply the safe fixes
    #[arg(long)]
    pub fix: bool,
    /// Apply the unsafe fixes too
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show what the fixes would change, and write nothing
    #[arg(long)]
    pub diff: bool,
    /// Show the audit tier too: what is worth an editor's look
    #[arg(long)]
    pub audit: bool,
    /// Which rules or families to use, instead of all
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Which rules or families to leave out
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Which rules or families to use beside the selected ones
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',')]
    pub extend_select: Vec<String>,
    /// Leave out what recto.toml excludes even if it is named
    #[arg(long)]
    pub force_exclude: bool,
    /// Judge what is named alone, without the files around it
    #[arg(long)]
    pub no_context: bool,
    /// How to report
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub output_format: OutputFormat,
    /// Show how many findings each rule has, instead of the findings
    #[arg(long)]
    pub statistics: bool,
    /// How many threads to use [default: one per core]
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
    /// The path under which standard input is judged
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// With excerpts of the source
    Human,
    /// A line for each finding
    Concise,
    /// The JSON contract, schema 1
    Json,
    /// Annotations of GitHub Actions
    Github,
}

/// `recto init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub stdout: bool,
    /// Replace a recto.toml that is already there
    #[arg(long)]
    pub force: bool,
}

/// `recto compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The version with the greatest authority: a file, a folder or a glob
    #[arg(value_name = "LONG")]
    pub first: PathBuf,
    /// The other versions
    #[arg(value_name = "SUMMARY", required = true)]
    pub others: Vec<PathBuf>,
    /// Show the whole alignment, not only what disagrees
    #[arg(long)]
    pub all: bool,
    /// Show the audit tier too
    #[arg(long)]
    pub audit: bool,
    /// Say why the items with this number were, or were not, matched
    #[arg(long, value_name = "N")]
    pub explain: Option<u32>,
    /// Write the comparison as one self-contained page; `-` is standard output, without the report
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// How to report
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub output_format: CompareFormat,
}

/// How to report a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompareFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

/// `recto repair`
#[derive(Debug, Args)]
pub struct RepairArgs {
    /// Read and write a JSON object a line, and repair one field of each
    ///
    /// A row without the field may have the bytes of a file in base64, as `b64`: it is answered with their text in its
    /// place. Bytes that cannot be decoded show as U+FFFD in that text; `b64` then stays in the row, so none is lost.
    #[arg(long)]
    pub jsonl: bool,
    /// The field to repair
    #[arg(long, value_name = "NAME", default_value = "text", requires = "jsonl")]
    pub field: String,
    /// Print what was garbled, how, and how sure that is, to standard error
    #[arg(long)]
    pub explain: bool,
}
