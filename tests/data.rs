//! The tables under `rules/data` and `crates/mojibake/data`: each is described by the page of its folder, byte for byte,
//! and named in NOTICE.
//!
//! `RECTO_BLESS=1 cargo test --test data` rewrites the corrections and the checksums; read the difference.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn is_blessing() -> bool {
    std::env::var_os("RECTO_BLESS").is_some()
}

/// The misspellings as committed text.
const CORRECTIONS: &str = "rules/data/misspelling/corrections.txt";

/// Folders of tables that were made by programs or taken from others, each with a page that describes them.
const FOLDERS: [&str; 4] =
    ["rules/data/dictionary", "rules/data/locale", "rules/data/misspelling", "crates/mojibake/data"];

/// Returns whether people write this file. It has no checksum then, because each edit would change it.
fn is_written_by_hand(name: &str) -> bool {
    name == "README.md" || name == "right-words.txt" || name.ends_with(".license")
}

/// Names of the tables of a folder, sorted.
fn tables(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !is_written_by_hand(name)).collect();
    names.sort();
    names
}

/// A byte count with commas between the thousands.
fn grouped(bytes: usize) -> String {
    let digits = bytes.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The lines of the checksum table of a folder, as its page must have them.
fn checksums(folder: &Path) -> String {
    let mut lines = String::new();
    for name in tables(folder) {
        let bytes = fs::read(folder.join(&name)).expect("readable");
        let sum = Sha256::digest(&bytes).iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let _ = writeln!(lines, "| `{name}` | {} | `{sum}` |", grouped(bytes.len()));
    }
    lines
}

/// The checksum table of a page: its head, and the lines below it.
fn checksum_table(page: &str) -> Option<(&str, &str)> {
    const HEAD: &str = "| file | bytes | SHA-256 |\n| --- | ---: | --- |\n";
    let start = page.find(HEAD)? + HEAD.len();
    let length =
        page[start..].split_inclusive('\n').take_while(|line| line.starts_with('|')).map(str::len).sum::<usize>();
    Some((&page[..start], &page[start..start + length]))
}

// One test, because the checksums are those of the files that the first half may have rewritten.
#[test]
fn the_corrections_are_those_of_typos_dict_and_every_table_has_the_checksum_on_its_page() {
    let entries = typos_dict::WORD.map.entries();
    let lines = entries
        .map(|(word, corrections)| format!("{}\t{}\n", word.into_inner().to_ascii_lowercase(), corrections.join(",")));
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    let corrections = lines.concat();
    if is_blessing() {
        fs::write(root().join(CORRECTIONS), &corrections).expect("written");
    }
    // Not `assert_eq`, which would print four megabytes.
    assert!(
        read(&root().join(CORRECTIONS)) == corrections,
        "{CORRECTIONS} differs from the typos-dict of Cargo.lock: run `cargo xtask corrections` and look at the change"
    );

    for name in FOLDERS {
        let folder = root().join(name);
        let path = folder.join("README.md");
        let page = read(&path);
        let expected = checksums(&folder);
        let (head, table) = checksum_table(&page).unwrap_or_else(|| panic!("{}: no table of files", path.display()));
        if is_blessing() {
            let rest = &page[head.len() + table.len()..];
            fs::write(&path, format!("{head}{expected}{rest}")).expect("written");
        } else {
            assert_eq!(
                table,
                expected,
                "{}: a table changed; run `RECTO_BLESS=1 cargo test --test data`, and say on the page what it is now",
                path.display()
            );
        }
    }
}

#[test]
fn every_folder_of_data_is_known_here_and_on_the_page_of_all() {
    let page = read(&root().join("rules/data/README.md"));
    for entry in fs::read_dir(root().join("rules/data")).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "README.md" {
            continue;
        }
        assert!(page.contains(&format!("`{name}")), "rules/data/README.md does not mention `{name}`");
        if entry.path().is_dir() && name != "grammar" {
            assert!(
                FOLDERS.contains(&&*format!("rules/data/{name}")),
                "tests/data.rs does not know the folder `{name}`"
            );
        }
    }
}

#[test]
fn notice_names_every_table_and_every_source() {
    // Lines are wrapped in NOTICE.
    let notice = read(&root().join("NOTICE")).split_whitespace().collect::<Vec<_>>().join(" ");
    for name in FOLDERS {
        for table in tables(&root().join(name)) {
            assert!(notice.contains(&table), "NOTICE does not name {name}/{table}");
        }
    }
    let page = read(&root().join("crates/mojibake/data/README.md"));
    let sources = page.split("| package | licence | what is used |").nth(1).expect("a table of sources");
    let rows = sources.lines().skip(1).take_while(|line| line.starts_with('|'));
    let packages = rows.filter_map(|row| row.split('|').nth(1)).map(|cell| cell.trim().replace('`', ""));
    for package in packages.filter(|package| !package.starts_with("---") && !package.starts_with("the packages of")) {
        assert!(notice.contains(&package), "NOTICE does not name the source `{package}`");
    }
}
