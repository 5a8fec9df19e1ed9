//! The settings that were found, and how they are written.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::formats::texts;
use crate::text::english::locale::Locale;

/// Settings for some of the files.
#[derive(Debug, Default)]
struct SettingsPart {
    files: Vec<String>,
    words: Vec<String>,
    regex: Vec<String>,
    locale: Option<&'static str>,
    rules: Vec<&'static str>,
}

/// Settings of recto that mean what other tools were told.
#[derive(Debug, Default)]
pub(super) struct Imported {
    /// The file that is read, for remarks and paths.
    file: PathBuf,
    all: SettingsPart,
    parts: Vec<SettingsPart>,
    dictionaries: Vec<String>,
    exclude: Vec<String>,
    markdown: Vec<String>,
    corrections: Vec<(String, String)>,
    terms: Vec<(String, String)>,
    left: Vec<String>,
    /// True while the settings are for the last of `parts`.
    is_part: bool,
}

/// Adds a value to a list, once.
fn add<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

impl Imported {
    /// Begins a file.
    pub(super) fn begin(&mut self, file: &Path) {
        (self.file, self.is_part) = (file.to_path_buf(), false);
    }

    /// Begins settings for some files, by their globs; [`Imported::end_part`] ends them.
    pub(super) fn begin_part(&mut self, files: &[&str]) {
        let files = files.iter().map(|glob| self.placed(glob)).collect();
        self.parts.push(SettingsPart { files, ..SettingsPart::default() });
        self.is_part = true;
    }

    /// Ends settings for some files.
    pub(super) fn end_part(&mut self) {
        self.is_part = false;
        self.parts.retain(|part| {
            part.locale.is_some() || !(part.words.is_empty() && part.regex.is_empty() && part.rules.is_empty())
        });
    }

    fn part(&mut self) -> &mut SettingsPart {
        match self.parts.last_mut() {
            Some(part) if self.is_part => part,
            _ => &mut self.all,
        }
    }

    /// Adds a word that is right.
    pub(super) fn word(&mut self, word: &str) {
        let word = word.trim();
        if !word.is_empty() {
            add(&mut self.part().words, word.to_owned());
        }
    }

    /// Adds a pattern of text that is left alone. One in a syntax that recto does not have is a remark, under `key`.
    pub(super) fn regex(&mut self, key: &str, pattern: &str) {
        let matches_nothing = |regex: &Regex| regex.is_match("");
        match Regex::new(pattern) {
            Ok(regex) if !matches_nothing(&regex) => add(&mut self.part().regex, pattern.to_owned()),
            Ok(_) => self.leave(key, &format!("`{pattern}` matches everywhere")),
            Err(_) => self.leave(key, &format!("`{pattern}` uses syntax that the engine of recto does not have")),
        }
    }

    /// Adds a list of words, by its path beside the file.
    pub(super) fn dictionary(&mut self, path: &str) {
        let path = self.placed(path.trim_start_matches("./"));
        add(&mut self.dictionaries, path);
    }

    /// Adds a glob of files that are not checked.
    pub(super) fn exclude(&mut self, glob: &str) {
        if glob.contains('\\') {
            self.leave("ignored files", &format!("`{glob}` has a backslash"));
            return;
        }
        let glob = self.placed(glob.trim_start_matches("./"));
        add(&mut self.exclude, glob);
    }

    /// Adds a glob of files that are read as Markdown.
    pub(super) fn markdown(&mut self, glob: &str) {
        add(&mut self.markdown, glob.to_owned());
    }

    /// Adds a misspelling with its correction.
    pub(super) fn correction(&mut self, wrong: &str, right: &str) {
        add(&mut self.corrections, (wrong.to_lowercase(), right.to_owned()));
    }

    /// Adds the only right way to write a term.
    pub(super) fn term(&mut self, term: &str) {
        add(&mut self.terms, (term.to_lowercase(), term.to_owned()));
    }

    /// Disables a rule.
    pub(super) fn rule(&mut self, id: &'static str) {
        add(&mut self.part().rules, id);
    }

    /// Takes over the country whose spelling is right, from a tag such as `en-gb`. A tag without a country, or of
    /// another language, needs no setting.
    pub(super) fn locale(&mut self, key: &str, tag: &str) {
        let mut tags = tag.split(',').map(|tag| tag.trim().replace('_', "-"));
        match tags.find_map(|tag| Locale::from_tag(&tag)) {
            Some(locale) => {
                self.part().locale = Some(locale.as_str());
                let others = tag.split(',').map(str::trim).filter(|tag| !tag.to_lowercase().starts_with("en"));
                for other in others.collect::<Vec<_>>() {
                    self.leave(key, &format!("`{other}`: recto checks the spelling of English only"));
                }
            }
            None if tag.trim().eq_ignore_ascii_case("en") => {}
            None => self.leave(key, &format!("`{tag}`: recto checks the spelling of English only")),
        }
    }

    /// Remarks that a setting has no counterpart, with the reason; an empty one needs no words.
    pub(super) fn leave(&mut self, key: &str, why: &str) {
        let why = if why.is_empty() { String::new() } else { format!(" ({})", why.replace('\n', " ")) };
        add(&mut self.left, format!("{}: {key}{why}", self.file.display()));
    }

    /// Remarks on each text of a list.
    pub(super) fn leave_each(&mut self, key: &str, value: &serde_json::Value) {
        for text in texts(value) {
            self.leave(key, text);
        }
    }

    /// Returns the settings without a counterpart, each with its file.
    pub(super) fn left(&self) -> &[String] {
        &self.left
    }

    /// Returns whether there is a file of this path beside the one that is read.
    pub(super) fn has_file(&self, path: &str) -> bool {
        self.file.parent().unwrap_or(Path::new("")).join(path).is_file()
    }

    /// Puts the folder of the file before a path that is relative to it.
    fn placed(&self, path: &str) -> String {
        let folder = self.file.parent().map(|folder| folder.to_string_lossy().replace('\\', "/")).unwrap_or_default();
        let folder = folder.trim_start_matches("./").trim_end_matches('/');
        match path.strip_prefix('!') {
            _ if folder.is_empty() || folder == "." => path.to_owned(),
            Some(path) => format!("!{folder}/{}", path.trim_start_matches('/')),
            None => format!("{folder}/{}", path.trim_start_matches('/')),
        }
    }

    /// Writes the settings. `sources` are the files that they come from.
    pub(super) fn to_toml(&self, sources: &[String]) -> String {
        let mut out = format!("# From {}, by `recto import`.\n", sources.join(", "));
        if let Some(locale) = self.all.locale {
            let _ = write!(out, "\nlocale = {}\n", quoted(locale));
        }
        let lists = [
            ("ignore-words", &self.all.words),
            ("ignore-regex", &self.all.regex),
            ("dictionaries", &self.dictionaries),
        ];
        if lists.iter().any(|(_, list)| !list.is_empty()) {
            out.push('\n');
        }
        for (key, list) in lists {
            write_list(key, list, &mut out);
        }
        write_section("files", &[("markdown", &self.markdown), ("exclude", &self.exclude)], &mut out);
        let rules: Vec<String> = self.all.rules.iter().map(|rule| (*rule).to_owned()).collect();
        write_section("rules", &[("ignore", &rules)], &mut out);
        for (rule, key, pairs) in
            [("misspelling", "extend-words", &self.corrections), ("inconsistent-term", "terms", &self.terms)]
        {
            if !pairs.is_empty() {
                let _ = write!(out, "\n[rules.{rule}.{key}]\n");
                for (wrong, right) in pairs {
                    let _ = writeln!(out, "{} = {}", quoted(wrong), quoted(right));
                }
            }
        }
        for part in &self.parts {
            out.push_str("\n[[override]]\n");
            write_list("files", &part.files, &mut out);
            if let Some(locale) = part.locale {
                let _ = writeln!(out, "locale = {}", quoted(locale));
            }
            write_list("ignore-words", &part.words, &mut out);
            write_list("ignore-regex", &part.regex, &mut out);
            if !part.rules.is_empty() {
                let rules: Vec<String> = part.rules.iter().map(|rule| quoted(rule)).collect();
                let _ = writeln!(out, "rules = {{ ignore = [{}] }}", rules.join(", "));
            }
        }
        if !self.left.is_empty() {
            out.push_str("\n# Without a counterpart in recto:\n");
            for line in &self.left {
                let _ = writeln!(out, "# {line}");
            }
        }
        out
    }
}

fn write_section(name: &str, lists: &[(&str, &Vec<String>)], out: &mut String) {
    if lists.iter().all(|(_, list)| list.is_empty()) {
        return;
    }
    let _ = write!(out, "\n[{name}]\n");
    for (key, list) in lists {
        write_list(key, list, out);
    }
}

/// Characters of a list that is written on one line.
const LINE_CHARS: usize = 80;

fn write_list(key: &str, list: &[String], out: &mut String) {
    if list.is_empty() {
        return;
    }
    let quoted: Vec<String> = list.iter().map(|text| quoted(text)).collect();
    let line = quoted.join(", ");
    let _ = if line.chars().count() <= LINE_CHARS {
        writeln!(out, "{key} = [{line}]")
    } else {
        writeln!(out, "{key} = [\n  {},\n]", quoted.join(",\n  "))
    };
}

/// Returns a text in quotation marks: plain ones if nothing in it has to be escaped for them.
fn quoted(text: &str) -> String {
    let is_literal = text.contains(['\\', '"']) && !text.contains('\'') && !text.chars().any(char::is_control);
    if is_literal { format!("'{text}'") } else { toml::Value::from(text).to_string() }
}
