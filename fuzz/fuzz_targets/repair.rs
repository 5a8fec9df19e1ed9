//! Any text can be scanned, every span found is between its characters, and repairing reaches a fixed point.
//!
//! Run with `cargo +nightly fuzz run repair`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use recto::internal::text::characters::invisible;
use recto::internal::text::mojibake::{apply, scan};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let garbles = scan(&text);
    let mut end = 0;
    for garble in &garbles {
        assert!(garble.span.start >= end, "overlapping or unsorted");
        let found = text.get(garble.span.clone()).expect("a span lies between characters");
        assert!(!found.is_empty());
        let losses = |text: &str| text.matches('\u{FFFD}').count();
        assert!(garble.replacement().is_none_or(|repair| losses(repair) <= losses(found)), "U+FFFD is written");
        end = garble.span.end;
    }
    let _ = apply(&text, &garbles);
    for mark in invisible::marks(&text) {
        assert!(text.get(mark.span).is_some());
    }
});
