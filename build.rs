//! Writes the corrections of `typos-dict` as sorted text.
//!
//! The crate's own table is made of a quarter of a million pointers, and each of them is set when the program starts:
//! ten megabytes touched and some milliseconds spent before `recto --version` can answer. Text needs nothing of that,
//! and only those of its pages are read that a word is looked up in.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let words = typos_dict::WORD.map.entries();
    let mut lines: Vec<String> = words
        .map(|(word, corrections)| format!("{}\t{}\n", word.into_inner().to_ascii_lowercase(), corrections.join(",")))
        .collect();
    lines.sort();
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    std::fs::write(folder.join("corrections.txt"), lines.concat())
}
