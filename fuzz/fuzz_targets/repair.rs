//! Any text is scanned, what is found lies between its characters, and repairing settles.
//!
//! Run with `cargo +nightly fuzz run repair`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use recto::text::invisible;
use recto::text::mojibake::{apply, scan};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let garbles = scan(&text);
    let mut end = 0;
    for garble in &garbles {
        assert!(garble.span.start >= end, "overlapping or unsorted");
        assert!(text.get(garble.span.clone()).is_some_and(|found| !found.is_empty()));
        assert!(!garble.replacement().is_some_and(|repair| repair.contains('\u{FFFD}')), "U+FFFD is written");
        end = garble.span.end;
    }
    let _ = apply(&text, &garbles);
    for mark in invisible::marks(&text) {
        assert!(text.get(mark.span).is_some());
    }
});
