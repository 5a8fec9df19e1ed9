//! `recto.toml`: from its text to settings.

use std::path::Path;

use toml::de::DeTable;

use super::reader::{Reader, Result, misfit, string};
use super::rewrites::{self, Place, What};
use super::{
    Catalogue, ConfigError, Files, Override, RulePatch, Selector, Settings, VersionSpec, WorkSpec, globs, suggestion,
};
use crate::model::finding::{Severity, Tier};
use crate::model::work::Role;
use crate::text::locale::Locale;

/// Reads the text of a configuration file.
pub(super) fn read(
    settings: Settings,
    text: &str,
    path: &Path,
    catalogue: &Catalogue,
) -> std::result::Result<Settings, Box<ConfigError>> {
    let settings = DeTable::parse(text)
        .map_err(|error| misfit(error.span().unwrap_or(0..0), format!("not valid TOML: {}", error.message()), None))
        .and_then(|table| whole(settings, Reader::new(table.get_ref(), ""), catalogue));
    settings.map_err(|(span, complaint)| {
        Box::new(ConfigError { path: path.to_path_buf(), text: text.into(), span, complaint })
    })
}

fn whole(mut settings: Settings, mut top: Reader<'_>, catalogue: &Catalogue) -> Result<Settings> {
    if let Some(mut table) = top.table("files")? {
        settings.files = Files { include: patterns(&mut table, "include")?, exclude: patterns(&mut table, "exclude")? };
        table.finish()?;
    }
    if let Some(table) = top.table("rules")? {
        let mut places = Vec::new();
        settings.base = rules(table, catalogue, &mut places)?;
        rewrites::check(&settings.base.options, &places)?;
    }
    settings.base.options.locale = locale(&mut top)?;
    for (mut table, span) in top.tables("override")? {
        let patterns = patterns(&mut table, "files")?;
        if patterns.is_empty() {
            return Err(misfit(span, "an override needs `files`", Some("files = [\"drafts/**\"]".to_owned())));
        }
        let files = globs(&patterns).map_err(|error| misfit(span, error.to_string(), None))?;
        let mut places = Vec::new();
        let rules = table.table("rules")?.map(|table| rules(table, catalogue, &mut places)).transpose()?;
        let mut rules = rules.unwrap_or_default();
        let mut options = settings.base.options.clone();
        options.merge(&rules.options);
        rewrites::check(&options, &shifted(places, settings.base.options.grammar.patterns.len()))?;
        rules.options.locale = locale(&mut table)?;
        settings.overrides.push(Override { patterns, files, rules });
        table.finish()?;
    }
    for (table, span) in top.tables("work")? {
        settings.works.push(work(table, span)?);
    }
    top.finish()?;
    Ok(settings)
}

/// The locale at the key `locale`.
fn locale(table: &mut Reader<'_>) -> Result<Option<Locale>> {
    let Some((tag, span)) = table.string("locale")? else { return Ok(None) };
    let known = Locale::ALL.map(Locale::as_str);
    let complaint =
        || misfit(span, format!("`{tag}` is no locale"), Some(format!("it is one of {}", known.join(", "))));
    Locale::from_tag(&tag).ok_or_else(complaint).map(Some)
}

/// The globs at `key`, each of them checked.
fn patterns(table: &mut Reader<'_>, key: &str) -> Result<Vec<String>> {
    let mut patterns = Vec::new();
    for (pattern, span) in table.strings(key)? {
        globset::Glob::new(&pattern).map_err(|error| misfit(span, format!("no glob: {}", error.kind()), None))?;
        patterns.push(pattern);
    }
    Ok(patterns)
}

/// The places of an override's replacements, whose patterns follow so many others.
fn shifted(mut places: Vec<Place>, before: usize) -> Vec<Place> {
    for place in &mut places {
        if let What::Pattern(at) = &mut place.what {
            *at += before;
        }
    }
    places
}

/// Reads a table of rules; the places of its replacements go to `places`.
fn rules(mut table: Reader<'_>, catalogue: &Catalogue, places: &mut Vec<Place>) -> Result<RulePatch> {
    let mut patch = RulePatch {
        extend_select: selectors(&mut table, "extend-select", catalogue)?,
        ignore: selectors(&mut table, "ignore", catalogue)?,
        ..RulePatch::default()
    };
    let select = selectors(&mut table, "select", catalogue)?;
    patch.select = table.has("select").then_some(select);
    patch.tier = per_rule(&mut table, "tier", catalogue, &[Tier::Gate, Tier::Audit].map(|tier| (tier.as_str(), tier)))?;
    let severities = [Severity::Error, Severity::Warning, Severity::Info].map(|level| (level.as_str(), level));
    patch.severity = per_rule(&mut table, "severity", catalogue, &severities)?;
    // Whatever else stands here must be the options of a rule.
    let others: Vec<_> = table.rest().map(|(key, span)| (key.to_owned(), span)).collect();
    for (key, span) in others {
        let names = catalogue.iter().map(|(id, ..)| *id);
        if !names.clone().any(|id| id == key) {
            let keys = ["select", "extend-select", "ignore", "tier", "severity"];
            let help = suggestion(&key, names.chain(keys));
            return Err(misfit(span, format!("`{key}` is neither a rule nor a key of `[rules]`"), help));
        }
        let Some(mut options) = table.table(&key)? else { continue };
        if !patch.options.read(&key, &mut options, places)? {
            return Err(misfit(span, format!("`{key}` has no options"), Some(format!("see `recto explain {key}`"))));
        }
        options.finish()?;
    }
    Ok(patch)
}

fn selectors(table: &mut Reader<'_>, key: &str, catalogue: &Catalogue) -> Result<Vec<Selector>> {
    let names = table.strings(key)?;
    names.into_iter().map(|(name, span)| Selector::parse(&name, catalogue).map_err(|wrong| (span, wrong))).collect()
}

/// A table from rules or families to one of a few values.
fn per_rule<T: Copy>(
    table: &mut Reader<'_>,
    key: &str,
    catalogue: &Catalogue,
    values: &[(&'static str, T)],
) -> Result<std::collections::BTreeMap<&'static str, T>> {
    let mut chosen = std::collections::BTreeMap::new();
    let Some(mut entries) = table.table(key)? else { return Ok(chosen) };
    let names: Vec<_> = entries.rest().map(|(name, span)| (name.to_owned(), span)).collect();
    for (name, span) in names {
        let selector = Selector::parse(&name, catalogue).map_err(|wrong| (span, wrong))?;
        let Some(value) = entries.get(&name) else { continue };
        let typed = string(value, &name)?;
        let Some((_, found)) = values.iter().find(|(name, _)| *name == typed) else {
            let known: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
            return Err(misfit(value.span(), format!("`{typed}` is not one of {}", known.join(", ")), None));
        };
        chosen.extend(
            catalogue.iter().filter(|(id, family, _)| selector.covers(id, *family)).map(|(id, ..)| (*id, *found)),
        );
    }
    Ok(chosen)
}

fn work(mut table: Reader<'_>, span: std::ops::Range<usize>) -> Result<WorkSpec> {
    let Some((name, _)) = table.string("name")? else {
        return Err(misfit(span, "a work needs a `name`", None));
    };
    let mut versions = Vec::new();
    for (mut version, span) in table.tables("versions")? {
        let Some((role, place)) = version.string("role")? else {
            return Err(misfit(span, "a version needs a `role`", Some("role = \"long\"".to_owned())));
        };
        let Some(role) = Role::ALL.into_iter().find(|known| known.as_str() == role) else {
            let names = Role::ALL.map(Role::as_str);
            let help = suggestion(&role, names).unwrap_or_else(|| format!("it is one of {}", names.join(", ")));
            return Err(misfit(place, format!("there is no role `{role}`"), Some(help)));
        };
        let files = patterns(&mut version, "files")?;
        if files.is_empty() {
            return Err(misfit(span, "a version needs `files`", Some("files = [\"long/**/*.md\"]".to_owned())));
        }
        version.finish()?;
        versions.push(VersionSpec { role, files });
    }
    table.finish()?;
    if versions.len() < 2 {
        return Err(misfit(span, format!("the work `{name}` has fewer than two versions"), None));
    }
    Ok(WorkSpec { name, versions })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::Family;

    const CATALOGUE: &Catalogue =
        &[("misspelling", Family::Language, Tier::Gate), ("mojibake", Family::Encoding, Tier::Gate)];

    fn settings(text: &str) -> std::result::Result<Settings, Box<ConfigError>> {
        let base = Settings::new("/root".into(), "/root".into());
        read(base, text, Path::new("recto.toml"), CATALOGUE)
    }

    fn error(text: &str) -> (String, String, Option<String>) {
        let error = settings(text).expect_err("must complain");
        (text[error.span.clone()].to_owned(), error.complaint.message, error.complaint.help)
    }

    #[test]
    fn a_whole_file_is_read() {
        let text = r#"
            [files]
            exclude = ["vendor/**"]
            [rules]
            ignore = ["language"]
            tier = { mojibake = "audit" }
            [rules.misspelling]
            extend-words = { teh = "the" }
            [[override]]
            files = ["drafts/**"]
            rules = { ignore = ["all"] }
            [[work]]
            name = "guide"
            versions = [ { role = "long", files = ["a.md"] }, { role = "summary", files = ["b.md"] } ]
        "#;
        let settings = settings(text).expect("valid");
        let table = settings.table_for(Path::new("x.md"), CATALOGUE);
        assert!(!table.state(0).enabled);
        assert_eq!(table.state(1).tier, Some(Tier::Audit));
        assert!(!settings.table_for(Path::new("drafts/x.md"), CATALOGUE).state(1).enabled);
        assert_eq!(table.options.misspelling.extend_words["teh"], "the");
        assert_eq!(settings.works[0].versions[1].role, Role::Summary);
    }

    #[test]
    fn a_locale_holds_for_all_files_and_can_be_another_for_some() {
        let text = r#"
            locale = "en-US"
            [[override]]
            files = ["uk/**"]
            locale = "en-gb"
        "#;
        let settings = settings(text).expect("valid");
        let locale = |path: &str| settings.table_for(Path::new(path), CATALOGUE).options.locale;
        assert_eq!(locale("a.md"), Some(Locale::UnitedStates));
        assert_eq!(locale("uk/a.md"), Some(Locale::UnitedKingdom));
        let (place, message, help) = error("locale = \"en-UK\"\n");
        assert_eq!((place.as_str(), message.as_str()), ("\"en-UK\"", "`en-UK` is no locale"));
        assert_eq!(help.as_deref(), Some("it is one of en-US, en-GB, en-CA, en-AU"));
    }

    #[test]
    fn unknown_keys_and_values_are_named_with_a_suggestion() {
        let (place, message, help) = error("[rules]\nignroe = []\n");
        assert_eq!((place.as_str(), help.as_deref()), ("ignroe", Some("did you mean `ignore`?")));
        assert!(message.contains("ignroe"));
        let (place, _, help) = error("[rules]\nselect = [\"mojibaek\"]\n");
        assert_eq!((place.as_str(), help.as_deref()), ("\"mojibaek\"", Some("did you mean `mojibake`?")));
        let (place, _, help) = error("[file]\n");
        assert_eq!((place.as_str(), help.as_deref()), ("file", Some("did you mean `files`?")));
        let (place, ..) = error("[rules]\ntier = { mojibake = \"loud\" }\n");
        assert_eq!(place, "\"loud\"");
    }

    #[test]
    fn a_replacement_that_never_comes_to_rest_is_refused_at_its_place() {
        let text = "[rules.misspelling]\nextend-words = { abaft = \"astern\", astern = \"abaft\" }\n";
        let (place, message, help) = error(text);
        assert_eq!(
            (place.as_str(), message.as_str()),
            ("\"astern\"", "`Astern` would itself be replaced, again and again")
        );
        assert!(help.is_some());
        let (place, ..) = error("[rules.misspelling]\nextend-words = { rope = \"a rope\" }\n");
        assert_eq!(place, "\"a rope\"");
        // If two tables hold together, the complaint is about the later one.
        let base = "[rules.misspelling]\nextend-words = { abaft = \"astern\" }\n[[override]]\nfiles = [\"old/**\"]\n";
        let (place, ..) = error(&format!("{base}rules.misspelling.extend-words = {{ astern = \"abaft\" }}\n"));
        assert_eq!(place, "\"abaft\"");
        // A word that is its own correction is right, and a chain has an end.
        let fine = "[rules.misspelling]\nextend-words = { recieve = \"recieve\", podman = \"Podman\", ropes = \"lines\", \
            lines = \"sheets\" }\n";
        assert!(settings(fine).is_ok());
    }

    #[test]
    fn wrong_types_and_syntax_point_at_their_place() {
        assert_eq!(error("[files]\ninclude = 3\n").0, "3");
        assert!(error("[files\n").1.starts_with("not valid TOML"));
    }
}
