//! Writes the corrections of `typos-dict` as sorted text, and a filter in front of it.
//!
//! The crate's own table is made of a quarter of a million pointers, and each of them is set when the program starts:
//! ten megabytes touched and some milliseconds spent before `recto --version` can answer. Text needs nothing of that,
//! and only those of its pages are read that a word is looked up in.

use std::path::PathBuf;

#[path = "src/text/bloom.rs"]
mod bloom;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/text/bloom.rs");
    let words = typos_dict::WORD.map.entries().map(|(word, corrections)| (word.into_inner(), corrections));
    let mut lines: Vec<String> = words
        .clone()
        .map(|(word, corrections)| format!("{}\t{}\n", word.to_ascii_lowercase(), corrections.join(",")))
        .collect();
    lines.sort();
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    std::fs::write(folder.join("corrections.txt"), lines.concat())?;
    let mut filter = vec![0u8; (bloom::BITS / 8) as usize];
    for bit in words.flat_map(|(word, _)| bloom::bits(word)) {
        filter[(bit / 8) as usize] |= 1 << (bit % 8);
    }
    std::fs::write(folder.join("corrections.filter"), filter)
}
