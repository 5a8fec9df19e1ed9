//! The user's settings, parsed and validated once: the configuration files, with the command line on top.
//!
//! Knows the model and the names of the rules (handed in as a [`Catalogue`]); not the rules, and no file but those that
//! are loaded for it.

mod deserialize;
mod file;
mod node;
mod options;
mod rewrites;
mod schema;
mod values;
mod word_list;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::model::finding::{Family, Finding, Severity, Tier};
use crate::model::work::Role;
use crate::text::similarity::nearest::closest;

pub use self::file::{Load, Loaded, renamed};
pub use self::options::{
    AllowedWords, Grammar, IgnoredText, InconsistentTerm, Misspelling, Options, OwnPattern, Pattern, RepeatedWord,
    SentenceCase, SplitWord, UnknownWord,
};
pub use self::rewrites::find_term;
pub use self::schema::schema;
use self::values::Overlay;

/// The rules that exist.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Id, family and default tier, sorted by id.
    pub rules: Vec<(&'static str, Family, Tier)>,
    /// The earlier names of rules, each with the current one.
    pub renamed: &'static [(&'static str, &'static str)],
}

impl Catalogue {
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
    command_line: RulePatch,
    audit: bool,
}

/// The files that are checked in a folder, in gitignore syntax relative to the root.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Further files to check beside Markdown.
    pub include: Vec<String>,
    /// Files to leave out.
    pub exclude: Vec<String>,
}

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
pub struct Complaint {
    /// The error.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
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

impl Excerpt {
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
    pub excerpt: Excerpt,
    /// The error, with its remedy.
    pub complaint: Complaint,
    /// Related place, with a message about it.
    pub related: Option<(Excerpt, String)>,
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
            command_line: RulePatch::default(),
            audit: false,
        }
    }

    /// Returns these defaults with the text of a configuration file at `path` on top. The file cannot extend others. It
    /// is JSON if its name says so, else TOML.
    ///
    /// # Errors
    /// All errors of the file, each with its place.
    pub fn with_file(self, text: &str, path: &Path, catalogue: &Catalogue) -> Result<Self, Vec<ConfigError>> {
        let loaded = Loaded { identity: path.to_path_buf(), text: text.to_owned() };
        self.with_files(loaded, path, &|_| Err("there are no other files here".to_owned()), catalogue)
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
        catalogue: &Catalogue,
    ) -> Result<Self, Vec<ConfigError>> {
        let wrong = file::layer(&mut self, loaded, path, load, catalogue);
        if wrong.is_empty() { Ok(self) } else { Err(wrong) }
    }

    /// Returns the settings with the command line on top.
    #[must_use]
    pub fn with_command_line(mut self, patch: RulePatch, tiers: Tiers) -> Self {
        self.command_line = patch;
        self.audit = tiers == Tiers::GateAndAudit;
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
    pub fn table_for(&self, path: &Path, catalogue: &Catalogue) -> RuleTable {
        let relative = self.relative(path);
        let matching = self.overrides.iter().filter(|over| over.files.is_match(&relative)).map(|over| &over.rules);
        let patches: Vec<&RulePatch> =
            self.base.iter().chain(matching).chain(std::iter::once(&self.command_line)).collect();
        RuleTable::new(&patches, self.audit, catalogue)
    }

    /// Returns the path of a file, given as found, relative to the root, for matching globs.
    pub fn relative(&self, path: &Path) -> PathBuf {
        // Collected from its components, so that `./` is gone.
        let absolute: PathBuf = self.working_dir.join(path).components().collect();
        absolute.strip_prefix(&self.root).unwrap_or(path).to_path_buf()
    }

    /// Returns the globs of each override as they are written.
    pub fn override_globs(&self) -> impl Iterator<Item = &[String]> {
        self.overrides.iter().map(|over| over.patterns.as_slice())
    }

    /// Returns true if two files can have different tables.
    pub fn has_overrides(&self) -> bool {
        !self.overrides.is_empty()
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

/// The state of each rule in one file.
#[derive(Debug, Clone)]
pub struct RuleTable {
    /// In the order of the catalogue.
    states: Vec<RuleState>,
    /// The rules' own options.
    pub options: Options,
}

/// The state of one rule in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleState {
    /// True if the rule is enabled.
    pub enabled: bool,
    /// True if its findings of the audit tier are shown.
    pub audit: bool,
    /// The tier to which the user moved it.
    pub tier: Option<Tier>,
    /// The severity that the user gave it.
    pub severity: Option<Severity>,
}

impl RuleTable {
    fn new(patches: &[&RulePatch], audit: bool, catalogue: &Catalogue) -> Self {
        let state = |&(id, family, _): &(&'static str, Family, Tier)| {
            let mut state = RuleState { enabled: true, audit, tier: None, severity: None };
            for patch in patches {
                let named = |selectors: &[Selector]| selectors.iter().any(|selector| selector.covers(id, family));
                let exactly = |selectors: &[Selector]| selectors.contains(&Selector::Rule(id));
                if let Some(select) = &patch.select {
                    // The engine's rules are enabled regardless of `select`: only `ignore` silences them.
                    state.enabled = named(select) || family == Family::Engine;
                    state.audit |= exactly(select);
                }
                if named(&patch.extend_select) {
                    state.enabled = true;
                    state.audit |= exactly(&patch.extend_select);
                }
                if named(&patch.ignore) {
                    state.enabled = false;
                }
                state.tier = patch.tier.get(id).copied().or(state.tier);
                state.severity = patch.severity.get(id).copied().or(state.severity);
            }
            state
        };
        let mut options = Options::default();
        for patch in patches {
            options.overlay(&patch.options);
        }
        Self { states: catalogue.rules.iter().map(state).collect(), options }
    }

    /// Returns the state of the rule at this index of the catalogue.
    pub fn state(&self, rule: usize) -> RuleState {
        self.states[rule]
    }
}

impl RuleState {
    /// Returns true if any finding of a rule with this default tier could be shown.
    pub fn runs(self, tier: Tier) -> bool {
        self.enabled && (self.audit || self.tier.unwrap_or(tier) == Tier::Gate)
    }

    /// Applies the user's tier and severity to a finding. `None` if it is not shown.
    pub fn judge(self, mut finding: Finding) -> Option<Finding> {
        finding.tier = self.tier.unwrap_or(finding.tier);
        finding.severity = self.severity.unwrap_or(finding.severity);
        (self.enabled && (finding.tier == Tier::Gate || self.audit)).then_some(finding)
    }
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
