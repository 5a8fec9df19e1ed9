//! Writes a new rule: its page, its file and its lines in the list.
//!
//! Knows the templates and the form of `src/rules/mod.rs`; checks everything before it writes anything.

use std::fs;
use std::path::Path;

const RULE: &str = include_str!("../templates/rule.rs");
const PAGE: &str = include_str!("../templates/page.md");

/// Families that a rule may belong to; `engine` is for what recto reports about itself.
const FAMILIES: [&str; 6] = ["encoding", "duplication", "numbering", "versions", "language", "structure"];

/// Writes the files of a rule below `root` and returns what to do next.
pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let (id, family) = parse(arguments)?;
    let module = id.replace('-', "_");
    let page = root.join(format!("rules/{id}.md"));
    let file = root.join(format!("src/rules/{module}.rs"));
    let list = root.join("src/rules/mod.rs");
    for path in [&page, &file] {
        if path.exists() {
            return Err(format!("{} is there already", path.display()));
        }
    }
    let rules = fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let rules = with_rule(&rules, &module)?;
    let fill = |template: &str| template.replace("{id}", id).replace("{family}", &capitalised(family));
    write(&page, &fill(PAGE))?;
    write(&file, &fill(RULE))?;
    write(&list, &rules)?;
    Ok(next_steps(id, &module))
}

fn next_steps(id: &str, module: &str) -> String {
    format!(
        "\
Wrote rules/{id}.md, src/rules/{module}.rs and two lines of src/rules/mod.rs.

1. cargo test --test pages    passes now: the template is a rule about a made-up phrase
2. Edit the page first, then the rule, until the page passes again.
3. cargo xtask bless house settings    writes the rule into the README's table and into the schema
4. A line in CHANGELOG.md under \"Unreleased\".
.github/CONTRIBUTING.md has the calls that a rule needs.
"
    )
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Parses the id and the family.
fn parse<'a>(arguments: &[&'a str]) -> Result<(&'a str, &'a str), String> {
    let (id, family) = match arguments {
        [id] => (*id, "language"),
        [id, "--family", family] | ["--family", family, id] => (*id, *family),
        _ => return Err("usage: cargo xtask new-rule ID [--family FAMILY]".to_owned()),
    };
    if !is_id(id) {
        return Err(format!("`{id}` is not an id: lower-case words joined by hyphens, such as `trailing-ellipsis`"));
    }
    if !FAMILIES.contains(&family) {
        return Err(format!("`{family}` is not a family; it is one of {}", FAMILIES.join(", ")));
    }
    Ok((id, family))
}

/// True for lower-case ASCII words joined by single hyphens. `mod` is the name of the list.
fn is_id(id: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    id.split('-').all(is_word) && !RESERVED.contains(&id)
}

/// Words that cannot name a Rust file, and the name of the list.
const RESERVED: [&str; 38] = [
    "as", "async", "await", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum", "extern",
    "false", "final", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "override", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "type", "use",
];

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// The text of `src/rules/mod.rs` with a module and an entry of the list added, each at its place in the order.
fn with_rule(rules: &str, module: &str) -> Result<String, String> {
    let with_module = insert_sorted(rules, "mod ", module, ";");
    let with_entry = with_module.and_then(|rules| insert_sorted(&rules, "    &", module, "::RULE,"));
    with_entry.ok_or_else(|| "src/rules/mod.rs has no list of `mod` lines and `&…::RULE,` entries".to_owned())
}

/// Inserts the line `prefix name suffix` into the sorted lines of that form. `None` if there are none.
fn insert_sorted(text: &str, prefix: &str, name: &str, suffix: &str) -> Option<String> {
    let name_of = |line: &str| -> Option<String> { line.strip_prefix(prefix)?.strip_suffix(suffix).map(str::to_owned) };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let last = lines.iter().rposition(|line| name_of(line).is_some())?;
    let next = lines.iter().position(|line| name_of(line).is_some_and(|other| other.as_str() > name));
    lines.insert(next.unwrap_or(last + 1), format!("{prefix}{name}{suffix}"));
    Some(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "//! Rules.\n\nmod alpha;\nmod gamma_ray;\n\nuse x;\n\npub static ALL: &[&Rule] = &[\n    &alpha::RULE,\n    &gamma_ray::RULE,\n];\n";

    #[test]
    fn a_rule_is_added_at_its_place_in_both_lists() {
        let middle = with_rule(LIST, "beta").expect("a list");
        assert!(middle.contains("mod alpha;\nmod beta;\nmod gamma_ray;\n"), "{middle}");
        assert!(middle.contains("    &alpha::RULE,\n    &beta::RULE,\n    &gamma_ray::RULE,\n];"), "{middle}");
        let last = with_rule(LIST, "gamma_rays").expect("a list");
        assert!(last.contains("mod gamma_ray;\nmod gamma_rays;\n\nuse x;"), "{last}");
        assert!(last.contains("    &gamma_ray::RULE,\n    &gamma_rays::RULE,\n];"), "{last}");
        assert!(with_rule("//! Empty.\n", "beta").is_err());
    }

    #[test]
    fn the_list_of_the_repository_has_the_form_that_is_written_to() {
        let list = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/rules/mod.rs");
        let list = fs::read_to_string(list).expect("the list of rules");
        let with = with_rule(&list, "zebra_crossing").expect("a list");
        assert_eq!(with.lines().count(), list.lines().count() + 2);
        assert!(with.contains("    &zebra_crossing::RULE,\n];\n"), "{with}");
    }

    #[test]
    fn ids_are_lower_case_words_joined_by_hyphens() {
        for id in ["trailing-ellipsis", "grammar", "a-b-c"] {
            assert!(is_id(id), "{id}");
        }
        for id in ["", "-", "a-", "-a", "a--b", "Trailing", "a_b", "a b", "../x", "é", "mod", "match", "rule1"] {
            assert!(!is_id(id), "{id}");
        }
    }

    #[test]
    fn what_is_typed_wrong_is_named() {
        assert_eq!(parse(&["slow-boat"]), Ok(("slow-boat", "language")));
        assert_eq!(parse(&["slow-boat", "--family", "numbering"]), Ok(("slow-boat", "numbering")));
        assert_eq!(parse(&["--family", "numbering", "slow-boat"]), Ok(("slow-boat", "numbering")));
        assert!(parse(&["Slow"]).is_err_and(|message| message.contains("lower-case")));
        assert!(parse(&["slow", "--family", "engine"]).is_err_and(|message| message.contains("structure")));
        assert!(parse(&[]).is_err());
        assert!(parse(&["--family"]).is_err());
    }

    #[test]
    fn the_files_are_written_once_and_the_list_stays_as_it_is_when_one_is_there() {
        let root = std::env::temp_dir().join(format!("recto-xtask-{}", std::process::id()));
        fs::create_dir_all(root.join("rules")).expect("created");
        fs::create_dir_all(root.join("src/rules")).expect("created");
        fs::write(root.join("src/rules/mod.rs"), LIST).expect("written");
        run(&root, &["slow-boat", "--family", "structure"]).expect("written");
        let rule = fs::read_to_string(root.join("src/rules/slow_boat.rs")).expect("there");
        assert!(rule.contains("id: \"slow-boat\"") && rule.contains("family: Family::Structure"), "{rule}");
        assert!(rule.contains("include_str!(\"../../rules/slow-boat.md\")"), "{rule}");
        let page = fs::read_to_string(root.join("rules/slow-boat.md")).expect("there");
        assert!(page.starts_with("# slow-boat\n\n## What it finds\n"), "{page}");
        let list = fs::read_to_string(root.join("src/rules/mod.rs")).expect("there");
        assert!(run(&root, &["slow-boat"]).is_err_and(|message| message.contains("is there already")));
        assert_eq!(fs::read_to_string(root.join("src/rules/mod.rs")).expect("there"), list);
        fs::remove_dir_all(&root).expect("removed");
    }
}
