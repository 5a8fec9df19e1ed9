//! A settings file, in TOML or JSON: from its text to settings.
//!
//! The types of this module declare the keys. Names of rules are checked afterwards, because they depend on the
//! existing rules; both steps report all errors at once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use semver::{Version, VersionReq};
use serde::Deserialize;

use super::deserialize::{Lexicon, Spanned, read};
use super::node::{FileSyntax, Misfit, Node, Value};
use super::options::{AllowedWords, IgnoredText, Options, RulesTable, UserPattern};
use super::values::{AtLeast, Glob, Mebibytes, OneOf, Overlay, PerRule, RuleName};
use super::{
    ConfigError, ConfigExcerpt, MIB, Override, Registry, RulePatch, Selector, Settings, UsageError, VersionSpec,
    WorkSpec, globs, suggestion,
};
use super::{rewrites, word_list};
use crate::model::rows::RowColumns;
use crate::model::target::normalized;
use crate::model::work::Role;
use crate::text::english::locale::Locale;

/// The settings of recto for a folder: which files are checked, and how. Every key is optional.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(title = "Settings of recto", rename = "Settings")]
pub(super) struct SettingsFile {
    /// The address of this schema, for editors.
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    /// The versions of recto that these settings are for, e.g. `">=0.2"`; any other version rejects them.
    required_version: Option<Spanned<String>>,
    /// Settings that this file is based on: paths of `recto.toml` or JSON files, relative to this file. Later ones win
    /// over earlier ones, and this file over all of them; works, overrides and patterns of files are added.
    extends: Vec<Spanned<String>>,
    /// The country whose spelling the English text follows, in any case; without it all spellings are right.
    locale: Option<OneOf<Locale>>,
    /// Words that the language rules leave alone, in any case.
    ignore_words: AllowedWords,
    /// Text that the language rules leave alone: regular expressions in the syntax of Rust's `regex` crate.
    ignore_regex: Vec<UserPattern>,
    /// Files with words that the language rules leave alone, relative to this file: a word a line, as cspell and Vale
    /// have them, or the `words` of a cspell configuration in JSON.
    dictionaries: Vec<Spanned<String>>,
    /// The files that are checked below the folder.
    files: FilesTable,
    /// The rules that are used, and how.
    rules: RulesTable,
    /// Settings for some of the files, on top of the others.
    #[serde(rename = "override")]
    overrides: Vec<OverrideTable>,
    /// Files whose rows are items, such as banks of questions in CSV or JSON Lines.
    rows: Vec<RowsTable>,
    /// Works: content in several versions, which are compared.
    #[serde(rename = "work")]
    works: Vec<WorkTable>,
}

/// The files that are checked below the folder.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[schemars(rename = "Files")]
struct FilesTable {
    /// Further files to check, in addition to Markdown, in the syntax of gitignore: containers such as notebooks for
    /// their texts, all others for their encoding.
    include: Vec<Glob>,
    /// Files to exclude, in the syntax of gitignore; files that `.gitignore` names are excluded anyway.
    exclude: Vec<Glob>,
    /// Further files to read as Markdown whatever their names end with, in the syntax of gitignore.
    markdown: Vec<Glob>,
    /// True leaves out the folders that package managers and builds fill: node_modules, bower_components, vendor, third_party,
    /// site-packages, .venv, and target, dist and build beside the manifest that makes them. Default: true. A single
    /// one is read with `exclude = ["!vendor/"]`.
    default_excludes: Option<bool>,
    /// The largest file that is read, in mebibytes, from 1 to 4095. Default: 64.
    max_size_mib: Option<Mebibytes>,
}

/// Settings for some of the files, on top of the others.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Override")]
struct OverrideTable {
    /// The files.
    files: AtLeast<1, Glob>,
    /// The country whose spelling their English text follows.
    locale: Option<OneOf<Locale>>,
    /// Words that the language rules leave alone in them, in any case.
    #[serde(default)]
    ignore_words: AllowedWords,
    /// Text that the language rules leave alone in them: regular expressions.
    #[serde(default)]
    ignore_regex: Vec<UserPattern>,
    /// The rules in them.
    #[serde(default)]
    rules: RulesTable,
}

/// Files whose rows are items, such as banks of questions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Rows")]
struct RowsTable {
    /// The files: CSV (`.csv`, `.tsv`), JSON Lines (`.jsonl`, `.ndjson`), or a list of objects in JSON. They are read
    /// without being included.
    files: AtLeast<1, Glob>,
    /// The column with the number of a row, or its id; without it, rows are counted.
    id: Option<String>,
    /// The column with the title, such as the question; in JSON, `a.b` is the field `b` of the field `a`.
    title: Option<String>,
    /// The columns with the other texts, such as answers, in this order.
    #[serde(default)]
    body: Vec<String>,
    /// True reads the texts of `body` as Markdown. Default: false, they are plain text.
    markdown: Option<bool>,
}

/// Content in several versions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Work")]
struct WorkTable {
    /// Its name, which findings use.
    name: String,
    /// Its versions, the reference version first.
    versions: AtLeast<2, VersionTable>,
}

/// A version of a work.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(rename = "Version")]
struct VersionTable {
    /// Its role in the work: `long` is the full text, `edition` another full one; a `summary` may omit items, a `list`
    /// has titles only, a `translation` is in another language.
    role: OneOf<Role>,
    /// Its files, in reading order.
    files: AtLeast<1, Glob>,
}

/// A settings file as it was loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its path without links, which distinguishes it from every other file regardless of how it was named.
    pub identity: PathBuf,
    /// Its text.
    pub text: String,
}

/// Loads the settings file at a path, or returns the reason why it cannot be read.
pub type Load<'a> = dyn Fn(&Path) -> Result<Loaded, String> + 'a;

/// Applies a file, and those that it extends, on top of `settings`.
pub(super) fn layer(
    settings: &mut Settings,
    loaded: Loaded,
    path: &Path,
    load: &Load<'_>,
    registry: &Registry,
) -> Vec<ConfigError> {
    let mut reader =
        FileReader { settings, load, registry, open: Vec::new(), read: BTreeSet::new(), wrong: Vec::new() };
    reader.file(loaded, path);
    reader.wrong
}

/// A file that is being loaded, with the place where it extends the next one.
#[derive(Debug)]
struct OpenFile {
    identity: PathBuf,
    excerpt: ConfigExcerpt,
}

struct FileReader<'a> {
    settings: &'a mut Settings,
    load: &'a Load<'a>,
    registry: &'a Registry,
    /// The files of which each extends the next one.
    open: Vec<OpenFile>,
    /// The files that were loaded already: a file that is reached twice is loaded once.
    read: BTreeSet<PathBuf>,
    wrong: Vec<ConfigError>,
}

impl FileReader<'_> {
    fn file(&mut self, loaded: Loaded, path: &Path) {
        let text: Arc<str> = loaded.text.into();
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let syntax = if is_json { FileSyntax::Json } else { FileSyntax::Toml };
        let excerpt = |span: Range<usize>| ConfigExcerpt { path: path.to_path_buf(), text: text.clone(), span };
        let error = |(span, usage_error): Misfit| ConfigError { excerpt: excerpt(span), usage_error, related: None };
        let mut root = match Node::parse(&text, syntax) {
            Ok(root) => root,
            Err(wrong) => {
                self.wrong.extend(wrong.into_iter().map(error));
                return;
            }
        };
        // Keys of another version of recto cannot be checked by this one.
        if let Err(misfit) = required_version(&root) {
            self.wrong.push(error(misfit));
            return;
        }
        let mut wrong = rename_rules(&mut root, self.registry, &mut |span, old, new| {
            self.settings.notes.push(format!("{}: {}", excerpt(span).place(), renamed(old, new)));
        });
        let (file, misfits) = read::<SettingsFile>(&root, syntax, &Keys { registry: self.registry });
        wrong.extend(misfits);
        let Some(mut file) = file else {
            self.wrong.extend(wrong.into_iter().map(error));
            return;
        };
        self.read.insert(loaded.identity.clone());
        for name in &file.extends {
            self.open.push(OpenFile { identity: loaded.identity.clone(), excerpt: excerpt(name.span.clone()) });
            self.extended(path, &name.value);
            self.open.pop();
        }
        for name in std::mem::take(&mut file.dictionaries) {
            match self.dictionary(path, &name.value) {
                Ok(ignored) => {
                    file.ignore_words.overlay(&ignored.words);
                    file.ignore_regex.overlay(&ignored.regex);
                }
                Err(usage_error) => wrong.push((name.span, usage_error)),
            }
        }
        let before = self.settings.overrides.len();
        self.apply(file, &mut wrong, &mut |span| excerpt(span).place());
        wrong.extend(self.restless(&root, before));
        wrong.sort_by_key(|(span, _)| span.start);
        self.wrong.extend(wrong.into_iter().map(error));
    }

    /// Reports replacements of the file with this tree that would be replaced endlessly. `before` is the number of
    /// overrides before the file was applied.
    fn restless(&self, root: &Node, before: usize) -> Vec<Misfit> {
        let mut base = Options::default();
        for patch in &self.settings.base {
            base.overlay(&patch.options);
        }
        let own = self.settings.base.last().map_or(0, |patch| patch.options.grammar.patterns.len());
        let first = base.grammar.patterns.len() - own;
        let mut wrong = rewrites::check(&base, &rewrites::places(root.get("rules"), first));
        let tables = root.get("override").map_or(&[][..], Node::items);
        for (table, over) in tables.iter().zip(&self.settings.overrides[before..]) {
            let mut options = base.clone();
            options.overlay(&over.rules.options);
            wrong.extend(rewrites::check(&options, &rewrites::places(table.get("rules"), base.grammar.patterns.len())));
        }
        wrong
    }

    /// Loads a file that the one at `path` extends.
    fn extended(&mut self, path: &Path, name: &str) {
        let Some(excerpt) = self.open.last().map(|open| open.excerpt.clone()) else { return };
        let mut refuse = |message: String, help: Option<String>, related: Option<(ConfigExcerpt, String)>| {
            let usage_error = UsageError { message, help };
            self.wrong.push(ConfigError { excerpt: excerpt.clone(), usage_error, related });
        };
        if name.contains("://") {
            let help = "save the settings in a file next to your own and give its path".to_owned();
            return refuse("settings are read from files, not from the network".to_owned(), Some(help), None);
        }
        let target = normalized(&path.parent().unwrap_or(Path::new("")).join(name));
        let loaded = match (self.load)(&target) {
            Ok(loaded) => loaded,
            Err(reason) => {
                let help = format!("the path is relative to the folder of `{}`", path.display());
                return refuse(format!("cannot read `{name}`: {reason}"), Some(help), None);
            }
        };
        if let Some(first) = self.open.iter().find(|open| open.identity == loaded.identity) {
            let help = "remove one of the two".to_owned();
            let here = first.excerpt.clone();
            let message = format!("`{}` extends itself", first.excerpt.path.display());
            let related = (here.span != excerpt.span || here.path != excerpt.path)
                .then(|| (here, "the cycle starts here".to_owned()));
            return refuse(message, Some(help), related);
        }
        if !self.read.contains(&loaded.identity) {
            self.file(loaded, &target);
        }
    }

    /// Reads a list of words that the file at `path` names.
    fn dictionary(&self, path: &Path, name: &str) -> Result<IgnoredText, UsageError> {
        let target = normalized(&path.parent().unwrap_or(Path::new("")).join(name));
        let loaded = (self.load)(&target).map_err(|reason| UsageError {
            message: format!("cannot read `{name}`: {reason}"),
            help: Some(format!("the path is relative to the folder of `{}`", path.display())),
        })?;
        Ok(word_list::read(&target, &loaded.text))
    }

    /// Applies a file on top of the settings.
    fn apply(
        &mut self,
        mut file: SettingsFile,
        wrong: &mut Vec<Misfit>,
        place: &mut dyn FnMut(Range<usize>) -> String,
    ) {
        let mut resolver = Resolver { registry: self.registry, wrong, notes: &mut self.settings.notes, place };
        self.settings.files.include.extend(plain(file.files.include));
        self.settings.files.exclude.extend(plain(file.files.exclude));
        self.settings.files.markdown.extend(plain(file.files.markdown));
        if let Some(excluded) = file.files.default_excludes {
            self.settings.files.default_excludes = excluded;
        }
        if let Some(Mebibytes(size)) = file.files.max_size_mib {
            self.settings.files.max_size = size * MIB;
        }
        let ignored = IgnoredText { words: file.ignore_words, regex: file.ignore_regex };
        self.settings.base.push(resolver.patch(&mut file.rules, file.locale, ignored));
        for mut table in file.overrides {
            let ignored = IgnoredText { words: table.ignore_words, regex: table.ignore_regex };
            let rules = resolver.patch(&mut table.rules, table.locale, ignored);
            // Each pattern was compiled when it was deserialized.
            let patterns = plain(table.files.0);
            if let Ok(files) = globs(&patterns) {
                self.settings.overrides.push(Override { patterns, files, rules });
            }
        }
        for table in file.rows {
            let patterns = plain(table.files.0);
            let columns = RowColumns {
                id: table.id,
                title: table.title,
                body: table.body,
                is_markdown: table.markdown.unwrap_or_default(),
            };
            if let Ok(files) = globs(&patterns) {
                self.settings.files.include.extend(patterns);
                self.settings.rows.push((files, columns.into()));
            }
        }
        self.settings.works.extend(file.works.into_iter().map(|work| {
            let version = |version: VersionTable| VersionSpec { role: version.role.0, files: plain(version.files.0) };
            WorkSpec { name: work.name, versions: work.versions.0.into_iter().map(version).collect() }
        }));
    }
}

fn plain(patterns: Vec<Glob>) -> Vec<String> {
    patterns.into_iter().map(|pattern| pattern.0).collect()
}

/// Returns the note about a rule that is called by an earlier name.
pub fn renamed(old: &str, new: &str) -> String {
    format!("the rule `{old}` is now called `{new}`")
}

/// Checks `required-version` before anything else.
fn required_version(root: &Node) -> Result<(), Misfit> {
    let Some(Node { value: Value::Text(text), span, .. }) = root.get("required-version") else { return Ok(()) };
    let refuse = |message, help: String| Err((span.clone(), UsageError { message, help: Some(help) }));
    let required = match VersionReq::parse(text) {
        Ok(required) => required,
        Err(error) => {
            let message = format!("`{text}` is not a version requirement: {error}");
            return refuse(message, "for example `\">=0.2\"` or `\">=0.2, <0.5\"`".to_owned());
        }
    };
    let own = env!("CARGO_PKG_VERSION");
    if Version::parse(own).is_ok_and(|own| required.matches(&own)) {
        return Ok(());
    }
    let message = format!("these settings are for recto {text}, and this is recto {own}");
    refuse(message, format!("install recto {text}, or change `required-version`"))
}

/// Gives the tables of options of renamed rules their current names.
fn rename_rules(
    root: &mut Node,
    registry: &Registry,
    note: &mut dyn FnMut(Range<usize>, &str, &'static str),
) -> Vec<Misfit> {
    let mut wrong = Vec::new();
    let mut rename = |rules: &mut Node| {
        let Value::Table(entries) = &mut rules.value else { return };
        let names: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        entries.retain_mut(|entry| {
            let Some(new) = registry.new_name(&entry.key) else { return true };
            if names.iter().any(|other| other == new) {
                let message = format!("{}, which has a table of options as well", renamed(&entry.key, new));
                wrong.push((entry.span.clone(), UsageError { message, help: Some("merge the two tables".to_owned()) }));
                return false;
            }
            note(entry.span.clone(), &entry.key, new);
            new.clone_into(&mut entry.key);
            true
        });
    };
    if let Some(rules) = root.get_mut("rules") {
        rename(rules);
    }
    if let Some(Node { value: Value::List(tables), .. }) = root.get_mut("override") {
        for table in tables {
            if let Some(rules) = table.get_mut("rules") {
                rename(rules);
            }
        }
    }
    wrong
}

/// Finds the named rules, and reports names without a rule.
struct Resolver<'a> {
    registry: &'a Registry,
    wrong: &'a mut Vec<Misfit>,
    notes: &'a mut Vec<String>,
    place: &'a mut dyn FnMut(Range<usize>) -> String,
}

impl Resolver<'_> {
    fn patch(&mut self, table: &mut RulesTable, locale: Option<OneOf<Locale>>, ignored: IgnoredText) -> RulePatch {
        RulePatch {
            select: table.select.take().map(|names| self.selectors(names)),
            extend_select: self.selectors(std::mem::take(&mut table.extend_select)),
            ignore: self.selectors(std::mem::take(&mut table.ignore)),
            tier: self.per_rule(&table.tier),
            severity: self.per_rule(&table.severity),
            options: table.options(locale.map(|locale| locale.0), ignored),
        }
    }

    fn selectors(&mut self, names: Vec<RuleName>) -> Vec<Selector> {
        names.iter().filter_map(|name| self.selector(&name.0)).collect()
    }

    fn selector(&mut self, name: &Spanned<String>) -> Option<Selector> {
        if let Some(new) = self.registry.new_name(&name.value) {
            let place = (self.place)(name.span.clone());
            self.notes.push(format!("{place}: {}", renamed(&name.value, new)));
        }
        match Selector::parse(&name.value, self.registry) {
            Ok(selector) => Some(selector),
            Err(usage_error) => {
                self.wrong.push((name.span.clone(), usage_error));
                None
            }
        }
    }

    /// Returns the value of each rule in a table from rules or families to values: the entry of a rule precedes that of
    /// its family, which precedes `all`.
    fn per_rule<T: Copy>(&mut self, table: &PerRule<OneOf<T>>) -> BTreeMap<&'static str, T> {
        let registry = self.registry;
        let mut chosen = BTreeMap::new();
        let mut named: Vec<(Selector, T)> =
            table.0.iter().filter_map(|(name, value)| Some((self.selector(name)?, value.0))).collect();
        named.sort_by_key(|(selector, _)| match selector {
            Selector::All => 0,
            Selector::Family(_) => 1,
            Selector::Rule(_) => 2,
        });
        for (selector, value) in named {
            let covered = registry.rules.iter().filter(|(id, family, _)| selector.covers(id, *family));
            chosen.extend(covered.map(|(id, ..)| (*id, value)));
        }
        chosen
    }
}

/// Knowledge about keys that depends on the existing rules.
struct Keys<'a> {
    registry: &'a Registry,
}

/// The keys of `[rules]` that are not rules.
const KEYS_OF_RULES: [&str; 5] = ["select", "extend-select", "ignore", "tier", "severity"];

impl Lexicon for Keys<'_> {
    fn unknown_key(&self, path: &str, key: &str) -> Option<UsageError> {
        let ids = self.registry.rules.iter().map(|(id, ..)| *id);
        let is_rule = ids.clone().any(|id| id == key);
        match path {
            "rules" | "override.rules" if is_rule => Some(UsageError {
                message: format!("`{key}` has no options"),
                help: Some(format!("see `recto explain {key}`")),
            }),
            "rules" | "override.rules" => Some(UsageError {
                message: format!("`{key}` is neither a rule nor a key of `[{path}]`"),
                help: suggestion(key, ids.chain(KEYS_OF_RULES)).or(Some("`recto rules` lists the rules".to_owned())),
            }),
            "" | "override" if is_rule || KEYS_OF_RULES.contains(&key) => Some(UsageError {
                message: format!("`{key}` is outside `rules`"),
                help: Some(if is_rule { format!("write `[rules.{key}]`") } else { "move it to `[rules]`".to_owned() }),
            }),
            _ => None,
        }
    }

    fn too_few(&self, path: &str) -> Option<UsageError> {
        (path == "work.versions").then(|| UsageError {
            message: "a work needs at least two versions".to_owned(),
            help: Some("versions are compared with each other; `recto init` proposes them".to_owned()),
        })
    }

    fn missing_key(&self, path: &str, key: &str) -> UsageError {
        let noun = match path {
            "override" => "an override",
            "work" => "a work",
            "work.versions" => "a version",
            "rules.grammar.patterns" | "override.rules.grammar.patterns" => "a pattern of `grammar`",
            _ => "this table",
        };
        let example = match (path, key) {
            ("override", "files") => Some("files = [\"drafts/**\"]"),
            ("work", "name") => Some("name = \"handbook\""),
            ("work", "versions") => Some("`recto init` proposes works with their versions"),
            ("work.versions", "role") => Some("role = \"long\""),
            ("work.versions", "files") => Some("files = [\"long/**/*.md\"]"),
            _ => None,
        };
        UsageError { message: format!("{noun} needs `{key}`"), help: example.map(str::to_owned) }
    }
}
