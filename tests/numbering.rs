//! The numbering of the documents that recto was made for, if `RECTO_CORPUS` names their folder.

use std::path::{Path, PathBuf};

use recto::internal::lint::{lint, registry};
use recto::internal::model::collection::Collection;
use recto::internal::model::document::{StatedExtent, StatedIn};
use recto::internal::model::finding::{Family, Finding};
use recto::internal::settings::{RulePatch, Selector, Settings, Tiers};

fn corpus() -> Option<PathBuf> {
    std::env::var_os("RECTO_CORPUS").map(PathBuf::from).filter(|path| path.is_dir())
}

fn settings() -> Settings {
    let select = Selector::parse("numbering", &registry()).expect("a family");
    let patch = RulePatch { select: Some(vec![select]), ..RulePatch::default() };
    Settings::new(PathBuf::from("."), PathBuf::from(".")).with_command_line(patch, Tiers::Gate)
}

fn seed(folder: &Path, name: &str) -> Collection {
    let bytes = std::fs::read(folder.join("seeds").join(name)).expect("readable");
    recto::internal::collection(vec![(PathBuf::from(name), bytes)], &settings())
}

fn numbering(collection: &Collection) -> Vec<Finding> {
    let findings = lint(collection, &settings());
    findings.into_iter().filter(|finding| finding.family == Family::Numbering).collect()
}

#[test]
fn the_long_form_lacks_three_ranges() {
    let Some(folder) = corpus() else { return };
    for name in ["long.md", "long.clean.md"] {
        let findings = numbering(&seed(&folder, name));
        let facts: Vec<_> = findings.iter().map(|f| (f.rule, f.data["missing"].to_string())).collect();
        let gap = |missing: &str| ("number-gap", missing.to_owned());
        assert_eq!(facts, [gap("[[261,320]]"), gap("[[401,620]]"), gap("[[681,940]]")], "{name}");
    }
}

#[test]
fn the_summary_counts_without_a_fault() {
    let Some(folder) = corpus() else { return };
    for name in ["summary.md", "summary.clean.md"] {
        assert_eq!(numbering(&seed(&folder, name)), [], "{name}");
    }
}

#[test]
fn every_range_that_the_seeds_announce_is_read() {
    let Some(folder) = corpus() else { return };
    let ranges = |name: &str, place: fn(StatedIn) -> bool| -> Vec<(u32, u32)> {
        let collection = seed(&folder, name);
        let of_place = collection.documents[0].stated_ranges.iter().filter(|claim| place(claim.place));
        let range = |extent: StatedExtent| match extent {
            StatedExtent::Range { first, last } => Some((first, last)),
            StatedExtent::Count(_) => None,
        };
        of_place.filter_map(|claim| range(claim.extent)).collect()
    };
    let heading = |place| matches!(place, StatedIn::Heading(_));
    let by_twenty = |from: u32, to: u32| (from..to).step_by(20).map(|first| (first, first + 19)).collect::<Vec<_>>();
    for names in [["long.md", "summary.md"], ["long.clean.md", "summary.clean.md"]] {
        let long = [by_twenty(241, 260), by_twenty(321, 400), by_twenty(621, 680), by_twenty(941, 960)].concat();
        assert_eq!(ranges(names[0], heading), long);
        let summary = [vec![(361, 680)], by_twenty(361, 680)].concat();
        assert_eq!(ranges(names[1], heading), summary);
        assert_eq!(long.len() + summary.len(), 25 + 1);
        let line = |place| matches!(place, StatedIn::Tagline | StatedIn::Footer);
        assert_eq!(ranges(names[1], line), [(361, 680), (361, 680)]);
    }
}

#[test]
fn the_seeds_hold_their_items() {
    let Some(folder) = corpus() else { return };
    for (name, count) in [("long.md", 180), ("summary.md", 320)] {
        let collection = seed(&folder, name);
        let doc = &collection.documents[0];
        assert_eq!(doc.principal_items().filter(|(_, item)| item.number.is_some()).count(), count, "{name}");
        assert!(doc.principal_items().all(|(_, item)| !item.title.is_empty() && !item.body.is_empty()), "{name}");
    }
}
