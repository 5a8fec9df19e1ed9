//! Any bytes decode, and what the segments say about them is true.
//!
//! Run with `cargo +nightly fuzz run decode`.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use recto::internal::input::decode::decode;
use recto::internal::model::source::SegmentEncoding;

fuzz_target!(|bytes: &[u8]| {
    let source = decode(Path::new("fuzz.md"), bytes.to_vec());
    assert_eq!(source.bytes().as_ref(), bytes);
    let mut disk = if source.has_bom() { 3 } else { 0 };
    let mut text = 0;
    for segment in source.segments() {
        assert_eq!((segment.disk.start, segment.text.start), (disk, text), "a hole");
        (disk, text) = (segment.disk.end, segment.text.end);
        let shown = source.text().get(segment.text.range()).expect("segments lie between characters");
        if segment.unit == SegmentEncoding::Utf8 {
            assert_eq!(shown.as_bytes(), source.bytes_of(segment));
        }
        if !segment.text.is_empty() {
            // No edit has a place in a file that is left as it is.
            let place = source.declined().is_none().then_some(segment.disk);
            assert_eq!(source.disk_span(segment.text), place);
        }
        let start = source.disk_offset(segment.text.start);
        assert!((segment.disk.start..segment.disk.end).contains(&start) || segment.text.is_empty());
    }
    assert_eq!((disk as usize, text as usize), (bytes.len(), source.text().len()));
});
