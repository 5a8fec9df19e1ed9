//! The user's settings, parsed and validated once: the configuration files, with the command line on top.
//!
//! Knows the model and the names of the rules (handed in as a [`Registry`]); not the rules, and no file but those that
//! are loaded for it.

mod deserialize;
mod file;
mod node;
mod options;
mod rewrites;
mod schema;
mod table;
mod values;
mod word_list;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::model::finding::{Family, Severity, Tier};
use crate::model::rows::RowColumns;
use crate::model::target::normalized;
use crate::model::work::Role;
use crate::text::similarity::nearest::closest;

pub use self::file::{Load, Loaded, renamed};
pub use self::options::{
    AllowedWords, Grammar, IgnoredText, InconsistentTerm, Misspelling, Options, OwnPattern, RepeatedWord, SentenceCase,
    SplitWord, UnknownWord, UserPattern,
};
pub use self::rewrites::find_term;
pub use self::schema::schema;
pub use self::table::{RuleState, RuleTable};
use self::values::Overlay;

/// The rules that exist.
#[derive(Debug, Clone)]
pub struct Registry {
    /// Id, family and default tier, sorted by id.
    pub rules: Vec<(&'static str, Family, Tier)>,
    /// The earlier names of rules, each with the current one.
    pub renamed: &'static [(&'static str, &'static str)],
}

impl Registry {
    /// Returns the current name of a rule that was renamed.
    pub fn new_name(&self, old: &str) -> Option<&'static str> {
        self.renamed.iter().find(|(name, _)| *name == old).map(|(_, new)| *new)
    }
}

/// Everything that configures a run, validated and immutable.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder to which globs and works are relative, absolute: where the configuration file is, or the working
    /// directory.
    pub root: PathBuf,
    /// The working directory, to which the paths of files are relative.
    pub working_dir: PathBuf,
    /// The files that are checked in a folder.
    pub files: Files,
    /// The declared works.
    pub works: Vec<WorkSpec>,
    /// Notes beside the findings, about rules called by an earlier name.
    pub notes: Vec<String>,
    /// Of each file, those that are extended first.
    base: Vec<RulePatch>,
    overrides: Vec<Override>,
    /// Columns of the files whose rows are items.
    rows: Vec<(GlobSet, Arc<RowColumns>)>,
    command_line: RulePatch,
    tiers: Tiers,
    /// True if a configuration file was read.
    configured: bool,
    /// The settings of folders below the root that have a configuration file of their own.
    nested: Vec<Settings>,
}

/// The files that are checked in a folder, in gitignore syntax relative to the root, and how they are read.
#[derive(Debug, Clone)]
pub struct Files {
    /// Further files to check beside Markdown.
    pub include: Vec<String>,
    /// Files to leave out.
    pub exclude: Vec<String>,
    /// Further files to read as Markdown, whatever their names end with.
    pub markdown: Vec<String>,
    /// True if the folders that package managers and builds fill are left out.
    pub default_excludes: bool,
    /// Largest size of a file that is read, in bytes.
    pub max_size: u64,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            include: Vec::new(),
            exclude: Vec::new(),
            markdown: Vec::new(),
            default_excludes: true,
            max_size: DEFAULT_MAX_MIB * MIB,
        }
    }
}

/// Largest size of a file that is read unless the settings say otherwise, in mebibytes: far above any text that is
/// written by hand (a guess).
const DEFAULT_MAX_MIB: u64 = 64;

/// Bytes of a mebibyte.
pub const MIB: u64 = 1024 * 1024;

/// A work as declared in the configuration.
#[derive(Debug, Clone)]
pub struct WorkSpec {
    /// Its name.
    pub name: String,
    /// Its versions, in falling order of authority.
    pub versions: Vec<VersionSpec>,
}

/// A version as declared.
#[derive(Debug, Clone)]
pub struct VersionSpec {
    /// Its role in the work.
    pub role: Role,
    /// Its files: globs relative to the root, in reading order.
    pub files: Vec<String>,
}

/// The settings of rules in one `[rules]` table, override or command line.
#[derive(Debug, Clone, Default)]
pub struct RulePatch {
    /// Only these rules, if given.
    pub select: Option<Vec<Selector>>,
    /// Further rules.
    pub extend_select: Vec<Selector>,
    /// Disabled rules.
    pub ignore: Vec<Selector>,
    /// Moves rules to a tier.
    pub tier: BTreeMap<&'static str, Tier>,
    /// Gives rules a severity.
    pub severity: BTreeMap<&'static str, Severity>,
    /// The rules' own options.
    pub options: Options,
}

#[derive(Debug, Clone)]
struct Override {
    /// The globs as they are written.
    patterns: Vec<String>,
    files: GlobSet,
    rules: RulePatch,
}

/// A rule, a family or everything, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// Every rule.
    All,
    /// The rules of a family.
    Family(Family),
    /// One rule.
    Rule(&'static str),
}

impl Selector {
    /// Parses a selector. Earlier names of rules are accepted.
    ///
    /// # Errors
    /// The defect and, where one is similar, the name that was perhaps meant.
    pub fn parse(name: &str, registry: &Registry) -> Result<Self, UsageError> {
        if name == "all" {
            return Ok(Self::All);
        }
        if let Some(family) = Family::ALL.into_iter().find(|family| family.as_str() == name) {
            return Ok(Self::Family(family));
        }
        let id = registry.new_name(name).unwrap_or(name);
        if let Ok(at) = registry.rules.binary_search_by(|(known, ..)| (*known).cmp(id)) {
            return Ok(Self::Rule(registry.rules[at].0));
        }
        let names = registry.rules.iter().map(|(id, ..)| *id).chain(Family::ALL.map(Family::as_str)).chain(["all"]);
        Err(UsageError {
            message: format!("there is no rule or family `{name}`"),
            help: suggestion(name, names).or(Some("`recto rules` lists them all".to_owned())),
        })
    }

    /// Returns whether the selector means the rule with this id and family.
    pub fn covers(self, id: &str, family: Family) -> bool {
        match self {
            Self::All => true,
            Self::Family(other) => other == family,
            Self::Rule(other) => other == id,
        }
    }
}

/// A usage error or configuration error, with its remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageError {
    /// The error.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigExcerpt {
    /// The configuration file.
    pub path: PathBuf,
    /// Its text.
    pub text: Arc<str>,
    /// The relevant bytes of the text.
    pub span: Range<usize>,
}

/// A position in a configuration file: line, and column in Unicode scalar values, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExcerptPosition {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl ConfigExcerpt {
    /// Returns path, line and column, in the form that editors parse.
    pub fn place(&self) -> String {
        let ExcerptPosition { line, column } = self.position();
        format!("{}:{line}:{column}", self.path.display())
    }

    /// Returns where the span starts.
    pub fn position(&self) -> ExcerptPosition {
        let before = self.text.get(..self.span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        ExcerptPosition { line, column }
    }
}

/// An error in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The place.
    pub excerpt: ConfigExcerpt,
    /// The error, with its remedy.
    pub usage_error: UsageError,
    /// Related place, with a message about it.
    pub related: Option<(ConfigExcerpt, String)>,
}

/// Returns "did you mean …?" if one of `names` is similar.
pub fn suggestion<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(typed, names).map(|name| format!("did you mean `{name}`?"))
}

impl Settings {
    /// Returns the defaults, with globs relative to `root` and paths to `working_dir`, both absolute.
    pub fn new(root: PathBuf, working_dir: PathBuf) -> Self {
        Self {
            root,
            working_dir,
            files: Files::default(),
            works: Vec::new(),
            notes: Vec::new(),
            base: Vec::new(),
            overrides: Vec::new(),
            rows: Vec::new(),
            command_line: RulePatch::default(),
            tiers: Tiers::Gate,
            configured: false,
            nested: Vec::new(),
        }
    }

    /// Returns these defaults with the text of a configuration file at `path` on top. The file cannot extend others. It
    /// is JSON if its name says so, else TOML.
    ///
    /// # Errors
    /// All errors of the file, each with its place.
    pub fn with_file(self, text: &str, path: &Path, registry: &Registry) -> Result<Self, Vec<ConfigError>> {
        let loaded = Loaded { identity: path.to_path_buf(), text: text.to_owned() };
        self.with_files(loaded, path, &|_| Err("there are no other files here".to_owned()), registry)
    }

    /// Returns these defaults with a configuration file and those that it extends on top. `path` is the path as shown,
    /// and the base of the paths of extended files.
    ///
    /// # Errors
    /// All errors of the files, each with their place.
    pub fn with_files(
        mut self,
        loaded: Loaded,
        path: &Path,
        load: &Load<'_>,
        registry: &Registry,
    ) -> Result<Self, Vec<ConfigError>> {
        self.configured = true;
        let wrong = file::layer(&mut self, loaded, path, load, registry);
        if wrong.is_empty() { Ok(self) } else { Err(wrong) }
    }

    /// Returns the settings with the command line on top.
    #[must_use]
    pub fn with_command_line(mut self, patch: RulePatch, tiers: Tiers) -> Self {
        self.command_line = patch;
        self.tiers = tiers;
        self
    }

    /// Returns the options for rules over several documents.
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        for patch in self.base.iter().chain([&self.command_line]) {
            options.overlay(&patch.options);
        }
        options
    }

    /// Returns the rule table for the file at `path`, which is given as found.
    pub fn table_for(&self, path: &Path, registry: &Registry) -> RuleTable {
        let own = self.nearest(path);
        let relative = own.relative(path);
        let matching = own.overrides.iter().filter(|over| over.files.is_match(&relative)).map(|over| &over.rules);
        RuleTable::new(&own.base, &matching.collect::<Vec<_>>(), &own.command_line, own.tiers, registry)
    }

    /// Returns the path of a file, given as found, relative to the root, for matching globs.
    pub fn relative(&self, path: &Path) -> PathBuf {
        self.below_root(path).unwrap_or_else(|| path.to_path_buf())
    }

    /// Returns the path of a file below the root, relative to it.
    pub fn below_root(&self, path: &Path) -> Option<PathBuf> {
        let absolute = normalized(&self.working_dir.join(path));
        absolute.strip_prefix(&self.root).ok().map(Path::to_path_buf)
    }

    /// Returns the columns of the file at `path`, given as found, if its rows are items. The last table that names it
    /// holds.
    pub fn columns_of(&self, path: &Path) -> Option<&Arc<RowColumns>> {
        let own = self.nearest(path);
        if own.rows.is_empty() {
            return None;
        }
        let relative = own.relative(path);
        own.rows.iter().rev().find(|(files, _)| files.is_match(&relative)).map(|(_, columns)| columns)
    }

    /// Returns the globs of each override as they are written.
    pub fn override_globs(&self) -> impl Iterator<Item = &[String]> {
        self.overrides.iter().map(|over| over.patterns.as_slice())
    }

    /// Returns the globs of the overrides that hold for the file at `path`, as they are written.
    pub fn overrides_for(&self, path: &Path) -> impl Iterator<Item = &[String]> {
        let relative = self.relative(path);
        let matching = self.overrides.iter().filter(move |over| over.files.is_match(&relative));
        matching.map(|over| over.patterns.as_slice())
    }

    /// Returns the rules as they hold for a file without overrides, and without a command line.
    pub fn table_of_base(&self, registry: &Registry) -> RuleTable {
        RuleTable::new(&self.base, &[], &RulePatch::default(), self.tiers, registry)
    }

    /// Returns true if two files can have different tables.
    pub fn has_overrides(&self) -> bool {
        !self.overrides.is_empty() || !self.nested.is_empty()
    }

    /// True if a configuration file was read.
    pub fn is_configured(&self) -> bool {
        self.configured
    }

    /// Adds the settings of a folder below the root, which hold there instead of these.
    #[must_use]
    pub fn with_nested(mut self, nested: Self) -> Self {
        let (patch, tiers) = (self.command_line.clone(), self.tiers);
        self.nested.push(nested.with_command_line(patch, tiers));
        self
    }

    /// Returns these settings and those of the folders below.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.nested)
    }

    /// Returns the settings that hold for the file at `path`: those of the nearest folder above it.
    pub fn nearest(&self, path: &Path) -> &Self {
        let above = self.nested.iter().filter(|nested| nested.below_root(path).is_some());
        above.max_by_key(|nested| nested.root.components().count()).unwrap_or(self)
    }
}

/// The tiers that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tiers {
    /// Findings that can fail a build.
    Gate,
    /// Everything.
    GateAndAudit,
}

#[cfg(test)]
mod tests;

/// Compiles globs with the semantics of gitignore: a pattern without a slash matches at any depth.
///
/// # Errors
/// If one of them is not a valid glob.
pub fn globs(patterns: &[String]) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let anchored = pattern.trim_start_matches("./");
        set.add(Glob::new(anchored)?);
        if !anchored.contains('/') {
            set.add(Glob::new(&format!("**/{anchored}"))?);
        }
        if anchored.ends_with('/') {
            set.add(Glob::new(&format!("{anchored}**"))?);
        }
    }
    set.build()
}
