//! The wishes of the user, typed and validated once: the configuration files, with the command line on top.
//!
//! Knows the model and the names of the rules (handed in as a [`Catalogue`]); not the rules, and no file but those that
//! are loaded for it.

mod deserialize;
mod file;
mod node;
mod options;
mod rewrites;
mod schema;
mod table;
mod values;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::model::finding::{Family, Severity, Tier};
use crate::model::target::normalized;
use crate::model::work::Role;

pub use self::file::{Load, Loaded, renamed};
pub use self::options::{
    AllowedWords, Grammar, InconsistentTerm, Misspelling, Options, OwnPattern, RepeatedWord, SentenceCase, SplitWord,
    UnknownWord,
};
pub use self::rewrites::find_term;
pub use self::schema::schema;
pub use self::table::{RuleState, RuleTable};
use self::values::Overlay;

/// The rules that exist.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Id, family and default tier, sorted by id.
    pub rules: Vec<(&'static str, Family, Tier)>,
    /// The names that rules had earlier, each with the name of today.
    pub renamed: &'static [(&'static str, &'static str)],
}

impl Catalogue {
    /// The name of today of a rule that was renamed.
    pub fn new_name(&self, old: &str) -> Option<&'static str> {
        self.renamed.iter().find(|(name, _)| *name == old).map(|(_, new)| *new)
    }
}

/// Everything that steers a run, validated and immutable.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder to which globs and works refer, absolute: where the configuration file is, or the working directory.
    pub root: PathBuf,
    /// The working directory, to which the paths of files refer.
    pub working_dir: PathBuf,
    /// The files that are meant by a folder.
    pub files: Files,
    /// The works that are declared.
    pub works: Vec<WorkSpec>,
    /// Remarks beside the findings: where a rule is called by an earlier name.
    pub notes: Vec<String>,
    /// Of each file, those that are extended first.
    base: Vec<RulePatch>,
    overrides: Vec<Override>,
    command_line: RulePatch,
    audit: bool,
    /// True if a configuration file was read.
    configured: bool,
    /// The settings of folders below the root that have a configuration file of their own.
    nested: Vec<Settings>,
}

/// The files that are meant by a folder, in gitignore syntax relative to the root, and how they are read.
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
    /// Its part in the work.
    pub role: Role,
    /// Its files: globs relative to the root, in reading order.
    pub files: Vec<String>,
}

/// The part of one `[rules]` table, override or command line that is about rules.
#[derive(Debug, Clone, Default)]
pub struct RulePatch {
    /// Only these, if given.
    pub select: Option<Vec<Selector>>,
    /// These too.
    pub extend_select: Vec<Selector>,
    /// Not these.
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
    /// Reads a selector. A rule can be called by an earlier name, too.
    ///
    /// # Errors
    /// Says what is wrong and, where one is near, which name was perhaps meant.
    pub fn parse(name: &str, catalogue: &Catalogue) -> Result<Self, Complaint> {
        if name == "all" {
            return Ok(Self::All);
        }
        if let Some(family) = Family::ALL.into_iter().find(|family| family.as_str() == name) {
            return Ok(Self::Family(family));
        }
        let id = catalogue.new_name(name).unwrap_or(name);
        if let Ok(at) = catalogue.rules.binary_search_by(|(known, ..)| (*known).cmp(id)) {
            return Ok(Self::Rule(catalogue.rules[at].0));
        }
        let names = catalogue.rules.iter().map(|(id, ..)| *id).chain(Family::ALL.map(Family::as_str)).chain(["all"]);
        Err(Complaint {
            message: format!("there is no rule or family `{name}`"),
            help: suggestion(name, names).or(Some("`recto rules` lists them all".to_owned())),
        })
    }

    fn covers(self, id: &str, family: Family) -> bool {
        match self {
            Self::All => true,
            Self::Family(other) => other == family,
            Self::Rule(other) => other == id,
        }
    }
}

/// A mistake in something typed, and the way to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The mistake.
    pub message: String,
    /// The way to mend it.
    pub help: Option<String>,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The configuration file.
    pub path: PathBuf,
    /// Its text.
    pub text: Arc<str>,
    /// The bytes of it that are concerned.
    pub span: Range<usize>,
}

impl Excerpt {
    /// Path, line and column, as editors read them.
    pub fn place(&self) -> String {
        let before = self.text.get(..self.span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("{}:{line}:{column}", self.path.display())
    }
}

/// A complaint about a place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The place.
    pub excerpt: Excerpt,
    /// The mistake, and the way to mend it.
    pub complaint: Complaint,
    /// Another place that has to do with it, and how.
    pub related: Option<(Excerpt, String)>,
}

/// "did you mean …?", if one of `names` is near.
pub fn suggestion<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let (score, name) = names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(typed, name), name))
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))?;
    (score > 0.8).then(|| format!("did you mean `{name}`?"))
}

impl Settings {
    /// The defaults, with globs relative to `root` and paths to `working_dir`, both absolute.
    pub fn new(root: PathBuf, working_dir: PathBuf) -> Self {
        Self {
            root,
            working_dir,
            files: Files::default(),
            works: Vec::new(),
            notes: Vec::new(),
            base: Vec::new(),
            overrides: Vec::new(),
            command_line: RulePatch::default(),
            audit: false,
            configured: false,
            nested: Vec::new(),
        }
    }

    /// Puts what the text of a configuration file at `path` says on top of these defaults; the file can extend no other.
    /// It is JSON if its name says so, else TOML.
    ///
    /// # Errors
    /// All that is wrong, each with its place.
    pub fn with_file(self, text: &str, path: &Path, catalogue: &Catalogue) -> Result<Self, Vec<ConfigError>> {
        let loaded = Loaded { identity: path.to_path_buf(), text: text.to_owned() };
        self.with_files(loaded, path, &|_| Err("there are no other files here".to_owned()), catalogue)
    }

    /// Puts what a configuration file and those that it extends say on top of these defaults. `path` is shown, and what
    /// the paths of extended files are relative to.
    ///
    /// # Errors
    /// All that is wrong, each with its place.
    pub fn with_files(
        mut self,
        loaded: Loaded,
        path: &Path,
        load: &Load<'_>,
        catalogue: &Catalogue,
    ) -> Result<Self, Vec<ConfigError>> {
        self.configured = true;
        let wrong = file::layer(&mut self, loaded, path, load, catalogue);
        if wrong.is_empty() { Ok(self) } else { Err(wrong) }
    }

    /// Puts the command line on top.
    #[must_use]
    pub fn with_command_line(mut self, patch: RulePatch, tiers: Tiers) -> Self {
        self.command_line = patch;
        self.audit = tiers == Tiers::GateAndAudit;
        self
    }

    /// The options for rules that look at more than one document.
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        for patch in self.base.iter().chain([&self.command_line]) {
            options.overlay(&patch.options);
        }
        options
    }

    /// The rules for the file at `path`, which is given as found.
    pub fn table_for(&self, path: &Path, catalogue: &Catalogue) -> RuleTable {
        let own = self.nearest(path);
        let relative = own.relative(path);
        let matching = own.overrides.iter().filter(|over| over.files.is_match(&relative)).map(|over| &over.rules);
        RuleTable::new(&own.base, &matching.collect::<Vec<_>>(), &own.command_line, own.audit, catalogue)
    }

    /// The path of a file, given as found, relative to the root: what globs are matched against.
    pub fn relative(&self, path: &Path) -> PathBuf {
        self.below_root(path).unwrap_or_else(|| path.to_path_buf())
    }

    /// Returns the path of a file below the root, relative to it.
    pub fn below_root(&self, path: &Path) -> Option<PathBuf> {
        let absolute = normalized(&self.working_dir.join(path));
        absolute.strip_prefix(&self.root).ok().map(Path::to_path_buf)
    }

    /// Returns the globs of each override as they are written.
    pub fn override_globs(&self) -> impl Iterator<Item = &[String]> {
        self.overrides.iter().map(|over| over.patterns.as_slice())
    }

    /// True if two files can have different tables at all.
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
        let (patch, tiers) = (self.command_line.clone(), if self.audit { Tiers::GateAndAudit } else { Tiers::Gate });
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

/// Which tiers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tiers {
    /// Findings that can fail a build.
    Gate,
    /// Everything.
    GateAndAudit,
}

#[cfg(test)]
mod tests;

/// Compiles globs in gitignore spirit: a pattern without a slash matches at any depth.
///
/// # Errors
/// If one of them is no glob.
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
