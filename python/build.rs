//! Names the decoder by a fingerprint of its tables and code, so that a row's history can say which one touched it.

use std::fs;
use std::path::{Path, PathBuf};

/// The folders of the decoder whose files decide what a repair is.
const FOLDERS: [&str; 2] = ["../crates/mojibake/data", "../crates/mojibake/src"];

fn main() {
    let mut files = Vec::new();
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={folder}");
        collect(Path::new(folder), &mut files);
    }
    files.sort();
    let mut hash = FNV_OFFSET;
    for file in &files {
        let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.to_string_lossy().replace('\\', "/");
        // Without carriage returns, which a checkout may add.
        let bytes = name.bytes().chain([0]).chain(bytes.into_iter().filter(|byte| *byte != b'\r')).chain([0]);
        hash = bytes.fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    }
    println!("cargo::rustc-env=RECTO_TABLES={:08x}", (hash >> 32) ^ (hash & 0xFFFF_FFFF));
}

/// Constants of the hash FNV-1a of 64 bits.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap_or_else(|error| panic!("{}: {error}", folder.display())).path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
