//! Writes the Bloom filter of the known misspellings.
//!
//! `rules/data/misspelling/corrections.txt` is committed text, so the build compiles no dictionary: `cargo xtask
//! corrections` rewrites it from the `typos-dict` crate, and `tests/data.rs` compares the two. The filter is made here,
//! with the hashes that look words up in it, because the two must agree bit for bit.

use std::path::PathBuf;

#[path = "src/text/english/bloom.rs"]
mod bloom;

/// Lines of a misspelling, a tab and its corrections, sorted.
const CORRECTIONS: &str = "rules/data/misspelling/corrections.txt";

fn main() -> std::io::Result<()> {
    for input in ["build.rs", "src/text/english/bloom.rs", CORRECTIONS] {
        println!("cargo::rerun-if-changed={input}");
    }
    let corrections = std::fs::read_to_string(CORRECTIONS)?;
    let words = corrections.lines().filter_map(|line| line.split_once('\t')).map(|(word, _)| word);
    let mut filter = vec![0u8; (bloom::BITS / 8) as usize];
    for bit in words.flat_map(bloom::bits) {
        filter[(bit / 8) as usize] |= 1 << (bit % 8);
    }
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts"));
    std::fs::write(folder.join("corrections.filter"), filter)
}
