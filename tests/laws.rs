//! The promises about fixes, as laws that hold for any text.
//!
//! Texts are made in two ways: arbitrary bytes, and documents in the shapes that people write, mutated.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use proptest::collection::vec;
use proptest::prelude::*;
use recto::internal::fix::plan::plan;
use recto::internal::fix::splice::splice;
use recto::internal::lint::lint;
use recto::internal::model::collection::Collection;
use recto::internal::model::document::BlockKind;
use recto::internal::model::edit::Applicability;
use recto::internal::model::finding::{Family, Finding};
use recto::internal::model::source::Origin;
use recto::internal::settings::{RulePatch, Selector, Settings, Tiers};
use recto::internal::settle::settle;

fn settings() -> Settings {
    Settings::new("/project".into(), "/project".into()).with_command_line(RulePatch::default(), Tiers::GateAndAudit)
}

fn collection(files: &[Vec<u8>]) -> Collection {
    let files = files.iter().enumerate().map(|(at, bytes)| (PathBuf::from(format!("f{at:02}.md")), bytes.clone()));
    recto::internal::collection(files.collect(), &settings())
}

fn bytes_of(collection: &Collection) -> Vec<Vec<u8>> {
    collection.documents.iter().map(|doc| doc.source.bytes().into_owned()).collect()
}

/// A line in one of the shapes that people write.
fn line() -> impl Strategy<Value = String> {
    let words = "(the|ferry|leaves|at|harbor|their|recieve|seperate|`code code`|\\*\\*bold\\*\\*|[a link](b.md)|http://a.b/teh|â€™|Itâ€™s|café|naïve|→|ðŸ”µ)";
    let sentence = proptest::string::string_regex(&format!("({words} ){{1,8}}{words}\\.?")).expect("a pattern").boxed();
    prop_oneof![
        6 => sentence.clone(),
        2 => (1..400u32, sentence.clone()).prop_map(|(n, t)| format!("### {n}. {t}?")),
        1 => (1..400u32, sentence.clone()).prop_map(|(n, t)| format!("**Q{n}: {t}?**")),
        1 => (1..30u32, sentence.clone()).prop_map(|(n, t)| format!("{n}. {t}")),
        1 => (1..30u32, 1..30u32).prop_map(|(a, b)| format!("## Part (Questions {a}-{b})")),
        1 => sentence.clone().prop_map(|t| format!("- {t}")),
        1 => sentence.clone().prop_map(|t| format!("> {t}")),
        1 => sentence.prop_map(|t| format!("| {t} | x |\n|---|---|\n| a | {t} |")),
        1 => Just("```go\nfmt.Println(\"teh teh\")\n```".to_owned()),
        1 => Just("```".to_owned()),
        1 => Just("---".to_owned()),
        1 => Just("<!-- recto-off -->".to_owned()),
        1 => Just("<!-- recto-allow repeated-word: a name -->".to_owned()),
        1 => Just("[cite: 2]".to_owned()),
        1 => Just("# Seperate harbor".to_owned()),
        1 => Just("- [x](#seperate-harbor) [y](f00.md#seperate-harbor-1) [z](docs\\f01.md#--harbor) [w](docs/f01.md)".to_owned()),
        1 => Just("[v]: f01.md#recieve-{{ü}} \"t\"".to_owned()),
        1 => Just("{{ recieve | teh }} {% if teh %} <%= teh %> ${teh} {{< teh".to_owned()),
        1 => Just("{% highlight ruby %}".to_owned()),
        1 => Just("{% endhighlight %} {% raw %}".to_owned()),
        1 => Just("title: recieve teh".to_owned()),
        1 => Just("+++".to_owned()),
        1 => Just("{#recieve} [o]rganise (re)recieve".to_owned()),
        1 => Just("<h2 id=teh>Recieve teh</h2>".to_owned()),
        3 => Just(String::new()),
    ]
}

/// A document of such lines, some of them twice, with one of the line endings and a few bytes changed.
fn document() -> impl Strategy<Value = Vec<u8>> {
    let ending = prop_oneof![4 => Just("\n"), 1 => Just("\r\n")];
    let mutation = vec((any::<prop::sample::Index>(), any::<u8>()), 0..3);
    (vec(line(), 1..25), ending, any::<bool>(), prop::bool::weighted(0.2), prop::bool::weighted(0.2), mutation)
        .prop_map(|(mut lines, ending, last, bom, twice, mutation)| {
            if twice {
                lines.extend(lines.clone());
            }
            let mut text = lines.join(ending);
            if last {
                text.push_str(ending);
            }
            let mut bytes = if bom { [b"\xEF\xBB\xBF", text.as_bytes()].concat() } else { text.into_bytes() };
            for (at, byte) in mutation {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            bytes
        })
}

fn files() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop_oneof![
        4 => vec(document(), 1..4),
        1 => vec(vec(any::<u8>(), 0..400), 1..3),
    ]
}

proptest! {
    #[test]
    fn nothing_panics_and_every_finding_has_its_place(files in files()) {
        let collection = collection(&files);
        for finding in lint(&collection, &settings()) {
            prop_assert_ne!(finding.rule, "internal-error", "{:?}", finding);
            let labels = std::iter::once(&finding.primary).chain(&finding.related);
            for label in labels {
                let doc = collection.document(label.doc);
                prop_assert!(doc.text().get(label.span.range()).is_some(), "{:?}", finding);
            }
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                let doc = collection.document(edit.doc);
                prop_assert!(doc.text().get(edit.span.range()).is_some(), "{:?}", finding);
            }
        }
    }

    #[test]
    fn no_edits_give_identical_bytes(files in files()) {
        prop_assert_eq!(bytes_of(&collection(&files)), files);
    }

    #[test]
    fn bytes_outside_the_accepted_edits_are_identical(files in files()) {
        let collection = collection(&files);
        let findings = lint(&collection, &settings());
        let plan = plan(&findings, &collection, Applicability::Unsafe, |_| false);
        for (doc, edits) in &plan.edits {
            let before = collection.document(*doc).source.bytes().into_owned();
            let after = splice(&before, edits.iter().map(|(span, text)| (span.range(), text)));
            let (mut old, mut new) = (0usize, 0usize);
            for (span, text) in edits {
                let kept = span.start as usize - old;
                prop_assert_eq!(&before[old..old + kept], &after[new..new + kept]);
                old = span.end as usize;
                new += kept + text.len();
            }
            prop_assert_eq!(&before[old..], &after[new..]);
        }
    }

    #[test]
    fn fixing_twice_is_fixing_once(files in files()) {
        for level in [Applicability::Safe, Applicability::Unsafe] {
            let once = settle(collection(&files), &settings(), level);
            if !once.cycles.is_empty() {
                return Err(TestCaseError::fail(format!("fixes chase each other: {:?}", once.cycles)));
            }
            let fixed = bytes_of(&once.collection);
            let twice = settle(collection(&fixed), &settings(), level);
            prop_assert_eq!(lossy(&bytes_of(&twice.collection)), lossy(&fixed));
        }
    }

    #[test]
    fn findings_do_not_depend_on_threads(files in files()) {
        let findings = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| lint(&collection(&files), &settings()))
        };
        prop_assert_eq!(findings(1), findings(4));
    }

    #[test]
    fn language_rules_touch_no_code_links_or_front_matter(files in files()) {
        let collection = collection(&files);
        let language: Vec<Finding> =
            lint(&collection, &settings()).into_iter().filter(|finding| finding.family == Family::Language).collect();
        for finding in language {
            for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
                let doc = collection.document(edit.doc);
                prop_assert!(!doc.is_verbatim(edit.span.start), "{:?}", finding);
                let (text, around) = (doc.slice(edit.span), doc.line_span(edit.span.start));
                prop_assert!(!text.contains("http://") && !text.contains('`'), "{text:?} in {:?}", doc.slice(around));
            }
        }
    }
}

/// A paragraph in which no rule finds anything.
const CALM: &str = "Gulls rest on the pier before sunrise.\n\n";

/// The evidence of a finding, as text: for a repetition, the other place.
fn evidence(finding: &Finding, collection: &Collection) -> Vec<String> {
    let others = finding.related.iter().filter(|label| label.fingerprint.is_none());
    others.map(|label| collection.document(label.doc).slice(label.span).to_owned()).collect()
}

/// Findings of one file by rule, start of the place and text found, counting from the end of the file.
fn by_place(collection: &Collection, file: usize) -> BTreeMap<(&'static str, usize, String), Finding> {
    let (mut found, doc) = (BTreeMap::new(), &collection.documents[file]);
    for finding in lint(collection, &settings()) {
        if finding.primary.doc == doc.id {
            let from_end = doc.text().len() - finding.primary.span.start as usize;
            let text = doc.slice(finding.primary.span).to_owned();
            found.insert((finding.rule, from_end, text), finding);
        }
    }
    found
}

proptest! {
    #[test]
    fn a_fingerprint_does_not_depend_on_the_text_around_its_block_and_heading(
        files in vec(document(), 1..3),
        place in any::<prop::sample::Index>(),
        spelling in "[a-z]{3,8}",
    ) {
        let before = collection(&files);
        let doc = &before.documents[0];
        let starts: Vec<usize> = doc.blocks.iter()
            .filter(|block| block.parent.is_none() && block.kind == BlockKind::Paragraph)
            .map(|block| block.span.start as usize)
            .filter(|start| doc.text()[..*start].ends_with("\n\n") || *start == 0)
            .collect();
        if starts.is_empty() || doc.source.origin() != &Origin::Utf8 || doc.source.has_bom() {
            return Ok(());
        }
        let at = starts[place.index(starts.len())];
        let text = format!("{}{CALM}{}", &doc.text()[..at], &doc.text()[at..]);
        // Other names of the files, another file beside them, and a paragraph more.
        let named = |at: usize| PathBuf::from(format!("{spelling}{at:02}.md"));
        let mut changed: Vec<(PathBuf, Vec<u8>)> =
            files.iter().enumerate().map(|(at, bytes)| (named(at), bytes.clone())).collect();
        changed[0].1 = text.into_bytes();
        changed.push((named(files.len()), format!("# Gulls\n\n{CALM}").into_bytes()));
        let after = recto::internal::collection(changed, &settings());
        if after.documents[0].blocks.len() != doc.blocks.len() + 1 {
            return Ok(());
        }
        let (old, new) = (by_place(&before, 0), by_place(&after, 0));
        for (key, finding) in old.iter().filter(|(key, _)| doc.text().len() - key.1 >= at) {
            if let Some(moved) = new.get(key).filter(|moved| evidence(moved, &after) == evidence(finding, &before)) {
                prop_assert_eq!(moved.fingerprint(), finding.fingerprint(), "{:?}", finding);
            }
        }
    }
}

fn lossy(files: &[Vec<u8>]) -> Vec<String> {
    files.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

#[test]
fn a_safe_fix_is_never_chosen_below_its_level() {
    let files = vec![b"The ferry leaves at at noon.\n".to_vec()];
    let collection = collection(&files);
    let patch = RulePatch { select: Some(vec![Selector::All]), ..RulePatch::default() };
    let findings = lint(&collection, &settings().with_command_line(patch, Tiers::Gate));
    let chosen = |level| plan(&findings, &collection, level, |_| false).chosen.len();
    assert_eq!((chosen(Applicability::Safe), chosen(Applicability::Unsafe)), (0, 1));
    let rules: BTreeSet<&str> = findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, BTreeSet::from(["repeated-word"]));
}
