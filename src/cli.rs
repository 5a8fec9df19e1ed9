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
    /// Use this configuration file (TOML, or JSON if its name ends so) instead of the nearest recto.toml
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
    /// Turn the settings of typos, cspell, markdownlint and others into recto.toml
    Import(ImportArgs),
    /// Repair mojibake in files or standard input, to standard output or in place
    Repair(RepairArgs),
    /// Show which settings hold for a file, and why
    Config {
        /// The file; without one, the settings of this folder are shown
        file: Option<PathBuf>,
    },
    /// Record the findings of today in recto-baseline.jsonl, so that only new ones are reported
    Baseline(BaselineArgs),
    /// Write the whole audit as one self-contained page, for people who never open a terminal
    Report(ReportArgs),
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
    /// Check what is written in an editor: the language server, on standard input and output
    Lsp,
    /// Print the JSON schema of recto.toml, for editors
    Schema,
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page of recto, or of one of its commands
    #[command(hide = true)]
    Man {
        /// The command
        command: Option<String>,
        /// List the commands that have a page of their own
        #[arg(long, conflicts_with = "command")]
        list: bool,
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
    /// Apply the safe fixes of the findings that are reported
    #[arg(long)]
    pub fix: bool,
    /// Apply the unsafe fixes too
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Show what the fixes would change, and write nothing
    #[arg(long)]
    pub diff: bool,
    /// List each fix that is applied or shown, with its place, on standard error
    #[arg(long)]
    pub show_fixes: bool,
    /// Show the audit tier too: findings worth an editor's look
    #[arg(long)]
    pub audit: bool,
    /// Which rules or families to use, instead of all
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Which rules or families to disable
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Which rules or families to use in addition to the selected ones
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',')]
    pub extend_select: Vec<String>,
    /// Leave out what recto.toml excludes even if it is named
    #[arg(long)]
    pub force_exclude: bool,
    /// Fail if a version of a work has no files [default: where the variable CI is true]
    #[arg(long, conflicts_with = "no_strict")]
    pub strict: bool,
    /// Only warn if a version of a work has no files
    #[arg(long)]
    pub no_strict: bool,
    /// Judge what is named alone, without the files around it
    #[arg(long)]
    pub no_context: bool,
    /// Write a comment that allows each finding of this rule, before the block that holds it
    #[arg(long, value_name = "RULE", requires = "reason", conflicts_with_all = ["fix", "diff"])]
    pub suppress: Option<String>,
    /// With `--suppress`: why the text is right
    #[arg(long, value_name = "TEXT", requires = "suppress")]
    pub reason: Option<String>,
    /// Check again whenever a file changes, until Ctrl+C
    #[arg(long, conflicts_with_all = ["fix", "diff", "suppress", "since", "staged", "diff_from", "stdin_filename"])]
    pub watch: bool,
    /// The earlier state that findings are compared with
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// How to report
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub output_format: OutputFormat,
    /// Options of the report and of the exit code
    #[command(flatten)]
    pub outcome: OutcomeArgs,
    /// Show the number of findings of each rule, file or folder, instead of the findings
    #[arg(long, value_name = "OF", num_args = 0..=1, require_equals = true, default_missing_value = "rule")]
    pub statistics: Option<StatisticsOf>,
    /// How many threads to use [default: one per core]
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
    /// The path that standard input is checked as
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,
}

/// Options by which `recto check` reports only what is new.
#[derive(Debug, Args)]
pub struct ScopeArgs {
    /// Report only findings that the commit in common with this branch or commit did not have
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "diff_from"])]
    pub since: Option<String>,
    /// Check what the next commit will have, and report only findings that HEAD does not have
    #[arg(long, conflicts_with_all = ["diff_from", "fix", "diff"])]
    pub staged: bool,
    /// Report only findings that were not there before this unified diff; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    pub diff_from: Option<PathBuf>,
}

/// Contents and place of the report of `recto check`, and the findings that fail the run.
#[derive(Debug, Args)]
pub struct OutcomeArgs {
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Show at most this many findings, the gravest; the rest are counted
    #[arg(long, value_name = "N")]
    pub max_findings: Option<usize>,
    /// Show every finding on a terminal, too, where otherwise the report ends after a page
    #[arg(long, conflicts_with = "max_findings")]
    pub all: bool,
    /// Which findings make the exit code 1
    #[arg(long, value_name = "WHICH", default_value = "gate")]
    pub fail_on: FailOn,
    /// Exit with 0 although there are findings
    #[arg(long)]
    pub exit_zero: bool,
    /// Say nothing but the findings
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say on standard error which settings, files and earlier states the findings come from
    #[arg(long, short)]
    pub verbose: bool,
    /// List the files that would be checked, and check nothing
    #[arg(long)]
    pub show_files: bool,
    /// Do not hide the findings of recto-baseline.jsonl
    #[arg(long)]
    pub no_baseline: bool,
}

/// Division of the statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatisticsOf {
    /// By rule
    Rule,
    /// By file
    File,
    /// By folder, without the folders below it
    Folder,
}

/// Which findings make the exit code of `recto check` 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Findings of the gate tier, but for those of severity `info`
    Gate,
    /// Any finding that is shown
    Audit,
    /// Findings of severity `error`
    Error,
    /// None
    Never,
}

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// With excerpts of the source
    Human,
    /// Under the name of each file, a line for each finding
    Grouped,
    /// A line for each finding, with path, line and column
    Concise,
    /// The JSON contract, schema 1
    Json,
    /// Each finding as a JSON object on a line of its own
    JsonLines,
    /// Annotations of GitHub Actions, as many as the host shows
    Github,
    /// Review of a pull request, with the fixes as suggestions, for GitHub's API; with `--since`
    GithubReview,
    /// Code Quality report of GitLab
    Gitlab,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML
    Junit,
    /// Checkstyle XML
    Checkstyle,
    /// Diagnostics of reviewdog, with the fixes as suggestions
    Rdjson,
    /// Logging commands of Azure Pipelines
    Azure,
    /// A summary in Markdown, for a job summary or a comment
    Markdown,
}

impl OutputFormat {
    /// True if people read the format, so that colours are welcome.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Human | Self::Grouped | Self::Concise)
    }
}

/// `recto baseline`
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// Files and folders whose findings are recorded; the entries of other files stay
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Drop the entries of what is mended
    #[arg(long)]
    pub update: bool,
    /// With `--update`: take in new findings as well
    #[arg(long, requires = "update")]
    pub grow: bool,
    /// Record the findings of a rule that are never recorded unasked: `lost-character`
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub include: Vec<String>,
    /// How many threads to use [default: one per core]
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
}

/// `recto report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The page to write; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub html: PathBuf,
    /// Files and folders to check
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// An earlier report of `recto check --audit --no-baseline --output-format json`, to show what is gone and what is new
    /// since; may be given several times, oldest first
    #[arg(long, value_name = "FILE")]
    pub earlier: Vec<PathBuf>,
    /// Show only these rules or families
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave these rules or families out
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// How many threads to use [default: one per core]
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
}

/// `recto init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Print the file to standard output, and write nothing
    #[arg(long)]
    pub stdout: bool,
    /// Replace an existing recto.toml
    #[arg(long)]
    pub force: bool,
    /// Write the file that runs recto on each pull request, too
    #[arg(long, value_name = "HOST", conflicts_with = "stdout")]
    pub ci: Option<CiHost>,
    /// Write or complete .pre-commit-config.yaml, too
    #[arg(long, conflicts_with = "stdout")]
    pub pre_commit: bool,
    /// Record the findings of today as well, as `recto baseline` does
    #[arg(long, conflicts_with = "stdout")]
    pub baseline: bool,
}

/// `recto import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Files with settings of typos, codespell, cspell, markdownlint or Vale; without any, those of this folder, by
    /// their usual names
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write recto.toml instead of printing it
    #[arg(long)]
    pub write: bool,
}

/// Hosts whose build servers `recto init` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CiHost {
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
}

/// `recto compare`
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The reference version: a file, a folder or a glob
    #[arg(value_name = "LONG")]
    pub first: PathBuf,
    /// The other versions; none, if the first is a file that holds texts and their translations
    #[arg(value_name = "SUMMARY")]
    pub others: Vec<PathBuf>,
    /// Show the whole alignment, not only the disagreements
    #[arg(long)]
    pub all: bool,
    /// Show the audit tier too
    #[arg(long)]
    pub audit: bool,
    /// Show which items fell behind: those whose counterpart in the reference version changed after they were last
    /// touched, by the history of the git repository
    #[arg(long)]
    pub history: bool,
    /// The role of a version: `long`, `summary`, `translation`, `edition` or `list`, and its path as given
    #[arg(long = "as", value_names = ["ROLE", "PATH"], num_args = 2, action = clap::ArgAction::Append)]
    pub roles: Vec<String>,
    /// Show why the items with this number, or with these words in their title, were, or were not, matched
    #[arg(long, value_name = "N|TITLE")]
    pub explain: Option<String>,
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
    /// How much of each version is up to date: one JSON object a line, as shields.io reads it
    Badge,
    /// How much of each version is up to date: a Markdown table
    Table,
}

/// `recto repair`
#[derive(Debug, Args)]
pub struct RepairArgs {
    /// Files to repair, one after the other to standard output; without any, standard input
    ///
    /// A stream in gzip or Zstandard is read, and written in the same compression.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write each repaired file in its place, and nothing to standard output
    #[arg(long, requires = "files", conflicts_with_all = ["jsonl", "csv"])]
    pub in_place: bool,
    /// Read and write a JSON object a line, and repair one field of each
    ///
    /// A row without the field may have the bytes of a file in base64, as `b64`: the output row has their text in the
    /// field instead. Bytes that cannot be decoded are U+FFFD in that text; `b64` then stays in the row, so that no byte
    /// is lost.
    #[arg(long)]
    pub jsonl: bool,
    /// Read and write CSV whose first row has the names of the columns, and repair one column
    #[arg(long, conflicts_with = "jsonl")]
    pub csv: bool,
    /// The field or column to repair; may be repeated
    ///
    /// `a.b` is the field `b` of the object `a`. Of a list on the way, or of strings, it is each element.
    #[arg(long, value_name = "NAME", default_value = "text", value_delimiter = ',')]
    pub field: Vec<String>,
    /// The character between the columns [default: a comma, in a file .tsv a tab]
    #[arg(long, value_name = "CHARACTER", requires = "csv")]
    pub delimiter: Option<char>,
    /// The least certainty of a repair that is made
    #[arg(long, value_enum, default_value_t = LeastCertainty::Likely)]
    pub certainty: LeastCertainty,
    /// Print each repair with its recipe, its certainty and the sum that decided to standard error
    ///
    /// `--explain=json` prints a JSON object for each row, or file, that has mojibake.
    #[arg(
        long,
        value_name = "FORMAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "text"
    )]
    pub explain: Option<ExplanationFormat>,
}

/// How to print explanations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplanationFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// The least certainty of a repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LeastCertainty {
    /// Garbled again, the repair gives exactly the text that was found
    Proved,
    /// One candidate is clearly the best
    Likely,
}
