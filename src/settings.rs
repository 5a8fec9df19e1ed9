//! What the user asked for, typed and validated once: the configuration file, with the command line on top.
//!
//! Knows the model and the names of the rules (handed in as a [`Catalogue`]); not the rules, and no file but the text
//! of the configuration that it is given.

mod file;
mod language;
mod options;
mod reader;
mod rewrites;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::model::finding::{Family, Finding, Severity, Tier};
use crate::model::work::Role;

pub use self::language::{AllowedWords, Grammar, InconsistentTerm, Misspelling, OwnPattern};
pub use self::options::Options;
pub use self::rewrites::find_term;

/// The rules that exist: id, family and default tier, sorted by id.
pub type Catalogue = [(&'static str, Family, Tier)];

/// Everything that steers a run, validated and immutable.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder to which globs and works refer, absolute: where the configuration file is, or the working directory.
    pub root: PathBuf,
    /// The working directory, to which the paths of files refer.
    pub working_dir: PathBuf,
    /// Which files a folder stands for.
    pub files: Files,
    /// The works that are declared.
    pub works: Vec<WorkSpec>,
    base: RulePatch,
    overrides: Vec<Override>,
    command_line: RulePatch,
    audit: bool,
}

/// Which files a folder stands for, in gitignore syntax relative to the root.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Further files to check beside Markdown.
    pub include: Vec<String>,
    /// What to leave out.
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
    /// What it is to the work.
    pub role: Role,
    /// Its files: globs relative to the root, in reading order.
    pub files: Vec<String>,
}

/// What one `[rules]` table, override or command line says about rules.
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
    /// As they are written.
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
    /// Reads a selector.
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
        if let Ok(at) = catalogue.binary_search_by(|(id, ..)| (*id).cmp(name)) {
            return Ok(Self::Rule(catalogue[at].0));
        }
        let names = catalogue.iter().map(|(id, ..)| *id).chain(Family::ALL.map(Family::as_str)).chain(["all"]);
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

/// What is wrong with something typed, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// A complaint about a place in the configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The configuration file.
    pub path: PathBuf,
    /// Its text.
    pub text: Arc<str>,
    /// The bytes of it that are wrong.
    pub span: Range<usize>,
    /// What is wrong and what to do.
    pub complaint: Complaint,
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
            base: RulePatch::default(),
            overrides: Vec::new(),
            command_line: RulePatch::default(),
            audit: false,
        }
    }

    /// Puts what the text of a configuration file at `path` says on top of these defaults.
    ///
    /// # Errors
    /// At the first thing that is wrong, with its place.
    pub fn with_file(self, text: &str, path: &Path, catalogue: &Catalogue) -> Result<Self, Box<ConfigError>> {
        file::read(self, text, path, catalogue)
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
        let mut options = self.base.options.clone();
        options.merge(&self.command_line.options);
        options
    }

    /// What holds for the file at `path`, which is given as found.
    pub fn table_for(&self, path: &Path, catalogue: &Catalogue) -> RuleTable {
        let relative = self.relative(path);
        let matching = self.overrides.iter().filter(|over| over.files.is_match(&relative)).map(|over| &over.rules);
        let patches: Vec<&RulePatch> =
            std::iter::once(&self.base).chain(matching).chain(std::iter::once(&self.command_line)).collect();
        RuleTable::new(&patches, self.audit, catalogue)
    }

    /// The path of a file, given as found, relative to the root: what globs are matched against.
    pub fn relative(&self, path: &Path) -> PathBuf {
        // Collected from its components, so that `./` is gone.
        let absolute: PathBuf = self.working_dir.join(path).components().collect();
        absolute.strip_prefix(&self.root).unwrap_or(path).to_path_buf()
    }

    /// The globs of each override, as they are written.
    pub fn override_globs(&self) -> impl Iterator<Item = &[String]> {
        self.overrides.iter().map(|over| over.patterns.as_slice())
    }

    /// Whether two files can have different tables at all.
    pub fn has_overrides(&self) -> bool {
        !self.overrides.is_empty()
    }
}

/// Which tiers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tiers {
    /// What can fail a build.
    Gate,
    /// Everything.
    GateAndAudit,
}

/// What holds for each rule in one file.
#[derive(Debug, Clone)]
pub struct RuleTable {
    /// In the order of the catalogue.
    states: Vec<RuleState>,
    /// The rules' own options.
    pub options: Options,
}

/// What holds for one rule in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleState {
    /// Whether it is on at all.
    pub enabled: bool,
    /// Whether its findings of the audit tier are shown.
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
                    // What recto says about its own work is not a matter of taste: only `ignore` silences it.
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
            options.merge(&patch.options);
        }
        Self { states: catalogue.iter().map(state).collect(), options }
    }

    /// What holds for the rule at this index of the catalogue.
    pub fn state(&self, rule: usize) -> RuleState {
        self.states[rule]
    }
}

impl RuleState {
    /// Whether any finding of a rule with this default tier could be shown.
    pub fn runs(self, tier: Tier) -> bool {
        self.enabled && (self.audit || self.tier.unwrap_or(tier) == Tier::Gate)
    }

    /// Applies the user's tier and severity to a finding; `None` if it is not to be shown.
    pub fn judge(self, mut finding: Finding) -> Option<Finding> {
        finding.tier = self.tier.unwrap_or(finding.tier);
        finding.severity = self.severity.unwrap_or(finding.severity);
        (self.enabled && (finding.tier == Tier::Gate || self.audit)).then_some(finding)
    }
}

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
