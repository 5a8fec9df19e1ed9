//! Lost characters, with the evidence in the rest of the collection; also in real text that loses characters at random,
//! if `RECTO_CORPUS` names a folder.

use std::path::{Path, PathBuf};

use recto::internal::lint::{lint, registry};
use recto::internal::model::edit::Applicability;
use recto::internal::model::finding::{Finding, Tier};
use recto::internal::settings::{RulePatch, Selector, Settings, Tiers};
use recto::internal::settle::settle;

fn settings() -> Settings {
    let select = Selector::parse("encoding", &registry()).expect("a family");
    let patch = RulePatch { select: Some(vec![select]), ..RulePatch::default() };
    Settings::new(PathBuf::from("."), PathBuf::from(".")).with_command_line(patch, Tiers::Gate)
}

fn files(files: &[(&str, &str)]) -> Vec<(PathBuf, Vec<u8>)> {
    files.iter().map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec())).collect()
}

fn lost(of: &[(&str, &str)]) -> Vec<Finding> {
    let findings = lint(&recto::internal::collection(files(of), &settings()), &settings());
    findings.into_iter().filter(|finding| finding.rule == "lost-character").collect()
}

/// Returns the restored text of the only loss, if it is restored, and its first candidate.
fn restored(of: &[(&str, &str)]) -> (Option<String>, Option<String>) {
    let findings = lost(of);
    let [only] = findings.as_slice() else { panic!("one loss: {findings:#?}") };
    let edit = only.fix.as_ref().and_then(|fix| fix.edits.first());
    (edit.map(|edit| edit.replacement.clone()), only.candidates.first().cloned())
}

/// Returns the first file after all likely fixes.
fn fixed(of: &[(&str, &str)]) -> String {
    let settled = settle(recto::internal::collection(files(of), &settings()), &settings(), Applicability::Unsafe);
    settled.collection.documents[0].text().to_owned()
}

fn both(text: &str) -> (Option<String>, Option<String>) {
    (Some(text.to_owned()), Some(text.to_owned()))
}

#[test]
fn the_same_words_tell_what_is_lost() {
    let lossy = ("a.md", "The keeper of the lighthouse \u{FFFD} an old man \u{2014} sleeps by day.\n");
    let intact = ("b.md", "Listen: the keeper of the lighthouse \u{2013} an old man, he says \u{2013} sleeps.\n");
    assert_eq!(restored(&[lossy, intact]), both("\u{2013}"));
    assert!(fixed(&[lossy, intact]).contains("lighthouse \u{2013} an old man \u{2014} sleeps"));
    // In the same file, too.
    let text = format!("{}\n{}", lossy.1, intact.1);
    assert_eq!(restored(&[("a.md", &text)]), both("\u{2013}"));
}

#[test]
fn fixing_in_rounds_made_up_a_letter() {
    // The first round would write `ｽ` with a lost byte, and the second one would read a `v` out of it.
    let text = "The pier is closed.\n\n\u{A0}竊í\u{90}’\n";
    let made = fixed(&[("a.md", text)]);
    assert!(!made.contains('v'), "{made:?}");
}

#[test]
fn evidence_may_be_garbled_itself_if_its_repair_is_proved() {
    let lossy = ("a.md", "# \u{F0}\u{178}\u{152} Sailing round the world\n");
    // UTF-8 decoded as Mac Roman, and as Windows-1252 by a decoder that keeps unassigned bytes.
    for globe in ["\u{F8FF}\u{FC}\u{E5}\u{E8}", "\u{F0}\u{178}\u{152}\u{8F}"] {
        let garbled = format!("## {globe} Sailing round the world\n");
        assert_eq!(restored(&[lossy, ("b.md", &garbled)]), both("\u{1F30F}"));
    }
}

#[test]
fn a_guess_is_no_evidence() {
    // Both lost one character; the likeliest candidate for one is no evidence for the other.
    let line = "Die K\u{FFFD}che \u{FFFD} sie liegt am alten Hafen";
    let text = format!("{line}\n\n{line}\n");
    assert!(lost(&[("a.md", &text)]).iter().all(|finding| finding.fix.is_none()));
}

#[test]
fn places_that_disagree_only_rank() {
    let lossy = ("a.md", "Open from 3\u{FFFD}5 in the old harbour office.\n");
    let others = "Open from 3\u{2014}5 in the old harbour office.\n\nOpen from 3\u{2014}5 in the old harbour office!\n";
    let third = ("c.md", "Open from 3\u{2013}5 in the old harbour office.\n");
    assert_eq!(restored(&[lossy, ("b.md", others), third]), (None, Some("\u{2014}".to_owned())));
}

#[test]
fn what_stands_elsewhere_but_could_not_have_stood_here_is_no_evidence() {
    let lossy = ("a.md", "# \u{F0}\u{178}\u{152} Sailing round the world\n");
    let (fix, _) = restored(&[lossy, ("b.md", "# \u{26F5} Sailing round the world\n")]);
    assert_eq!(fix, None);
    // No decoder writes U+FFFD for ASCII.
    let lossy = ("a.md", "Open from 3\u{FFFD}5 in the old harbour office.\n");
    assert_eq!(restored(&[lossy, ("b.md", "Open from 3-5 in the old harbour office.\n")]).0, None);
}

#[test]
fn code_is_ranked_but_left_alone() {
    let lossy = ("a.md", "```text\nthe old harbour \u{FFFD} closed on Monday\n```\n");
    let intact = ("b.md", "the old harbour \u{2013} closed on Monday\n");
    assert_eq!(restored(&[lossy, intact]), (None, Some("\u{2013}".to_owned())));
    assert!(fixed(&[lossy, intact]).contains('\u{FFFD}'));
}

#[test]
fn a_picture_before_common_words_is_not_restored() {
    let (fix, first) = restored(&[("a.md", "## \u{FFFD} Summary notes\n"), ("b.md", "### \u{1F4CC} Summary notes\n")]);
    assert_eq!((fix, first.as_deref()), (None, Some("\u{1F4CC}")));
}

#[test]
fn a_dash_between_numbers_is_no_picture_before_a_title() {
    let lossy = ("a.md", "##  68\u{FFFD}97: Knots, splices and whippings\n");
    let intact = ("b.md", "\u{1F7E1} 68\u{2013}97: Knots, splices and whippings\n");
    assert_eq!(restored(&[lossy, intact]), both("\u{2013}"));
    let lossy = ("a.md", "## \u{F0}\u{178}\u{152} Charts of the whole world (41-60)\n");
    let intact = ("b.md", "\u{1F30D} 41\u{2013}60: Charts of the whole world\n");
    assert_eq!(restored(&[lossy, intact]), both("\u{1F30D}"));
}

#[test]
fn many_losses_are_each_restored_if_another_copy_has_them() {
    let line = |n: usize, dash: &str| format!("Buoy {n} of the northern channel {dash} painted again in spring.\n\n");
    let lossy: String = (0..80).map(|n| line(n, "\u{FFFD}")).collect();
    let intact: String = (0..80).map(|n| line(n, "\u{2013}")).collect();
    assert_eq!(fixed(&[("a.md", &lossy), ("b.md", &intact)]), intact);
    // Without the other copy they are one finding.
    assert_eq!(lost(&[("a.md", &lossy)]).len(), 1);
}

#[test]
fn names_the_place_and_counts_the_others() {
    let lossy = ("a.md", "The ferry to Malm\u{FFFD}\u{FFFD} leaves from the northern pier.\n");
    let intact = "The ferry to Malm\u{F6} leaves from the northern pier.\n\nThe ferry to Malm\u{F6} leaves now.\n";
    let findings = lost(&[lossy, ("b.md", intact)]);
    let only = findings.first().expect("one loss");
    assert_eq!(only.primary.message, "likely `\u{F6}`, as 2 other places have it");
    assert_eq!(only.related.len(), 1);
    assert_eq!(only.data["elsewhere"].to_string(), "[{\"text\":\"\u{F6}\",\"places\":2}]");
}

/// Collects the intact Markdown files below a folder.
fn read_all(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).expect("readable").flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            read_all(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "md")
            && let Ok(text) = std::fs::read_to_string(&path)
            && !text.contains('\u{FFFD}')
        {
            out.push((path, text));
        }
    }
}

/// Loses every fifth non-ASCII character, by a count that continues from file to file; emoji with the characters that
/// belong to them. Returns the lossy text, and the offset and original text of each loss.
fn lose(text: &str, count: &mut usize) -> (String, Vec<(usize, String)>) {
    let (mut lossy, mut losses) = (String::with_capacity(text.len()), Vec::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mut whole = c.to_string();
        while !c.is_ascii()
            && let Some(next) = chars.next_if(|next| matches!(next, '\u{FE0F}' | '\u{200D}'))
        {
            whole.push(next);
        }
        let is_plain = c.is_ascii() || c.is_whitespace() || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}');
        *count += usize::from(!is_plain);
        if !is_plain && (*count).is_multiple_of(5) && !lossy.ends_with('\u{FFFD}') {
            losses.push((lossy.len(), whole));
            lossy.push('\u{FFFD}');
        } else {
            lossy.push_str(&whole);
        }
    }
    (lossy, losses)
}

#[test]
fn what_real_text_loses_is_restored_rightly_or_not_at_all() {
    let Some(folder) = std::env::var_os("RECTO_CORPUS").map(PathBuf::from).filter(|path| path.is_dir()) else { return };
    let mut texts = Vec::new();
    read_all(&folder, &mut texts);
    texts.sort();
    let mut count = 0;
    let (files, losses): (Vec<_>, Vec<_>) = texts
        .into_iter()
        .map(|(path, text)| {
            let (lossy, losses) = lose(&text, &mut count);
            ((path, lossy.into_bytes()), losses)
        })
        .unzip();
    let collection = recto::internal::collection(files, &settings());
    let findings = lint(&collection, &settings());
    let (mut right, mut wrong) = (0, Vec::new());
    for finding in findings.iter().filter(|finding| finding.data.contains_key("elsewhere")) {
        let Some(edit) = finding.fix.as_ref().and_then(|fix| fix.edits.first()) else { continue };
        let start = edit.span.start as usize;
        let Some((_, truth)) = losses[edit.doc.index()].iter().find(|(at, _)| *at == start) else { continue };
        if truth.replace('\u{FE0F}', "") == edit.replacement.replace('\u{FE0F}', "") {
            right += 1;
        } else {
            wrong.push((collection.document(edit.doc).source.display(), start, truth, &edit.replacement));
        }
    }
    assert!(wrong.len() * 100 <= right, "{right} right, wrong: {wrong:#?}");
}

#[test]
fn bytes_in_the_output_of_a_program_were_errors() {
    let findings = |text: &str| {
        let settings = Settings::new("/project".into(), "/project".into());
        let collection = recto::internal::collection(vec![("a.md".into(), text.as_bytes().to_vec())], &settings);
        let found = lint(&collection, &settings);
        found.iter().filter(|finding| finding.rule == "lost-character").map(|finding| finding.tier).collect::<Vec<_>>()
    };
    let output = "```console\n$ tide keys\n  harbour k@\u{FFFD}J\u{FFFD}K\u{FFFD}\n  quay \u{FFFD}\n```\n";
    assert_eq!(findings(output), []);
    let both = output.replace("quay", "name: Stra\u{FFFD}e\n  quay");
    assert_eq!(findings(&both).iter().filter(|tier| **tier == Tier::Gate).count(), 1);
    assert_eq!(findings("```c\n// der l\u{FFFD}ngste Tag f\u{FFFD}r uns\n```\n"), [Tier::Gate; 2]);
}
