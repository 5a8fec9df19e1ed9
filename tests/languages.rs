//! Languages that paths of documents seem to name: what the prose of the documents says about them.

use std::path::PathBuf;

use recto::internal::lint::lint;
use recto::internal::settings::Settings;

/// Returns the paths of the files in which a misspelling is found, in their order.
fn misspelt(files: &[(&str, &str)]) -> Vec<String> {
    let settings = Settings::new("/project".into(), "/project".into());
    let files = files.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()));
    let collection = recto::internal::collection(files.collect(), &settings);
    let findings = lint(&collection, &settings);
    let found = findings.iter().filter(|finding| finding.rule == "misspelling");
    found.map(|finding| collection.document(finding.primary.doc).source.display().to_owned()).collect()
}

const QUAY: &str =
    "# The quay\n\nThis is how you recieve a rope that is thrown from the boat, and what to do with it.\n";
const ROPE: &str = "# The rope\n\nIt is used for all that must not drift away, and this is the way to coil it.\n";

#[test]
fn words_of_a_file_name_that_look_like_a_locale_silenced_the_page() {
    for path in ["what-is-it.md", "intro-to-ml.md", "why-no-fk.md", "lesson-no-001.md", "azure-az-900.md"] {
        assert_eq!(misspelt(&[(path, QUAY)]), [path]);
    }
    assert_eq!(misspelt(&[("rope.md", ROPE), ("rope_kv.md", QUAY)]), ["rope_kv.md"]);
    let folders = [("ropes/go/index.md", ROPE), ("ropes/io/index.md", ROPE), ("ropes/os/index.md", QUAY)];
    assert_eq!(misspelt(&folders), ["ropes/os/index.md"]);
}

#[test]
fn a_page_that_was_not_translated_repeats_the_slips_of_its_original_only() {
    assert_eq!(misspelt(&[("docs/de/quay.md", QUAY), ("docs/en/quay.md", QUAY)]), ["docs/en/quay.md"]);
    assert_eq!(misspelt(&[("quay.md", QUAY), ("quay.sk.md", QUAY)]), ["quay.md"]);
    // A page of its own is judged, wherever it is.
    assert_eq!(misspelt(&[("docs/de/quay.md", QUAY), ("docs/en/quay.md", ROPE)]), ["docs/de/quay.md"]);
}
