//! Code actions: fixes of findings, and the ways to live with one.
//!
//! Offers edits; makes none.

use std::collections::BTreeMap;

use gen_lsp_types::Range;
use serde_json::{Value, json};
use toml_edit::{Array, DocumentMut, Item};

use super::counterparts::counterparts;
use super::edits::{Consent, Edits, fits};
use super::view::View;
use super::world::{Held, Novelty};
use crate::baseline::{self, BaselineEntry, FILE_NAME, is_recorded};
use crate::lint::is_local;
use crate::model::document::{BlockKind, Format};
use crate::model::edit::{Applicability, Edit, Fix};
use crate::model::finding::{Family, Finding, Label};
use crate::model::id::DocId;
use crate::model::renamed::carry_links;
use crate::model::span::Span;
use crate::model::work::Role;
use crate::rules;
use crate::text::mojibake;

/// Kind of the action that applies all safe fixes of a document, for `editor.codeActionsOnSave`.
pub(super) const FIX_ALL: &str = "source.fixAll.recto";
const QUICK_FIX: &str = "quickfix";
const REWRITE: &str = "refactor.rewrite";

/// Rules whose findings are single words that may be right.
const OF_WORDS: [&str; 2] = ["misspelling", "unknown-word"];

/// Maximum number of fixes in an action that is offered and not asked for (a guess): it is computed and sent whenever the
/// cursor moves.
const MAX_OF_A_RULE: usize = 500;

/// Reason in a comment until the user writes the real one.
const REASON: &str = "say why this is right";

/// Returns the actions for a range of a document, of the kinds that are asked for; of all kinds if none is.
pub(super) fn actions(view: View<'_>, range: Range, only: Option<&[String]>) -> Vec<Value> {
    let is_wanted = |kind: &str| {
        let within = |wanted: &String| {
            wanted.is_empty()
                || kind == wanted
                || kind.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        only.is_none_or(|kinds| kinds.iter().any(within))
    };
    let span = view.places(view.id).span(range);
    let mut offered = Vec::new();
    if is_wanted(QUICK_FIX) {
        let found: Vec<(&Held, &Label, Novelty)> = view.findings(span).collect();
        for (held, place, _) in &found {
            offered.extend(fixes(view, held, place));
        }
        let mut of_rules: Vec<&str> = found.iter().map(|(held, ..)| held.finding.rule).collect();
        of_rules.sort_unstable();
        of_rules.dedup();
        offered.extend(of_rules.into_iter().filter_map(|rule| all_of(view, rule)));
        for (held, place, novelty) in &found {
            offered.extend(word(view, held, place));
            offered.extend(allow(view, held, place));
            offered.extend(baselined(view, held, place, *novelty));
        }
    }
    if is_wanted(REWRITE) {
        offered.extend(repair(view, span));
        offered.extend(title(view, span));
    }
    if is_wanted(FIX_ALL) {
        // Whoever asks for this alone, as when a file is saved, gets all; it is also offered among the others.
        offered.extend(fix_all(view, if only.is_some() { usize::MAX } else { MAX_OF_A_RULE }));
    }
    offered
}

fn action(title: &str, kind: &str, about: Option<(&View<'_>, &Label, &Finding)>, edits: Edits<'_>) -> Value {
    let mut action = json!({ "title": title, "kind": kind, "edit": edits.into_value() });
    if let Some((view, place, finding)) = about {
        action["diagnostics"] = json!([{
            "range": view.places(place.doc).range(place.span),
            "message": finding.message,
            "code": finding.rule,
            "source": "recto",
        }]);
    }
    action
}

/// Returns the fix of a finding with the links that it has to carry along; `None` if it changes nothing here, or a heading
/// to which a file links that cannot be carried along.
fn fix_of(view: &View<'_>, finding: &Finding) -> Option<Fix> {
    let mut found = [finding.clone()];
    // A finding that was looked for in the document alone does not know the links from others.
    if rules::by_id(finding.rule).is_some_and(is_local) {
        carry_links(&mut found, &view.world.collection);
    }
    view.linking.hold_back(&mut found, &view.world.collection);
    let [finding] = found;
    let fix = finding.fix?;
    let changes = |edit: &Edit| view.world.collection.document(edit.doc).slice(edit.span) != edit.replacement;
    let is_context = |edit: &Edit| view.world.collection.context.contains(&edit.doc);
    (fix.edits.iter().any(changes) && !fix.edits.iter().any(is_context) && fits(view, &fix.edits)).then_some(fix)
}

/// Returns the consent that a fix needs.
fn consent(fix: &Fix) -> Consent {
    match fix.applicability {
        Applicability::Safe => Consent::Given,
        Applicability::Unsafe => Consent::Asked(format!("Likely right, but look: {}", fix.title)),
        Applicability::DisplayOnly => Consent::Asked(format!("A person has to decide: {}", fix.title)),
    }
}

/// Returns a title with a capital letter, as editors show them.
fn capital(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Returns the fix of a finding, or its candidates.
fn fixes(view: View<'_>, held: &Held, place: &Label) -> Vec<Value> {
    let finding = &held.finding;
    if let Some(fix) = fix_of(&view, finding) {
        let mut edits = Edits::new(view);
        edits.add(&fix.edits, &consent(&fix));
        let mut action = action(&capital(&fix.title), QUICK_FIX, Some((&view, place, finding)), edits);
        if fix.applicability != Applicability::DisplayOnly {
            action["isPreferred"] = true.into();
        }
        return vec![action];
    }
    let candidates = finding.candidates.iter().map(|candidate| {
        let mut edits = Edits::new(view);
        let mut chosen = finding.clone();
        chosen.fix = Some(Fix::likely("write it", Edit::replace(place.doc, place.span, candidate.as_str())));
        carry_links(std::slice::from_mut(&mut chosen), &view.world.collection);
        view.linking.hold_back(std::slice::from_mut(&mut chosen), &view.world.collection);
        let fix = chosen.fix.filter(|fix| fits(&view, &fix.edits))?;
        edits.add(&fix.edits, &Consent::Given);
        let shown: String = candidate.chars().take(60).collect();
        Some(action(&format!("Write `{shown}`"), QUICK_FIX, Some((&view, place, finding)), edits))
    });
    candidates.flatten().collect()
}

/// Returns at most `most` fixes of a document for which `is_wanted` holds true that can be made together, the surest
/// first: none touches another.
fn together(view: &View<'_>, level: Applicability, most: usize, is_wanted: impl Fn(&Finding) -> bool) -> Vec<Fix> {
    let here = |held: &&Held| held.finding.primary.doc == view.id && is_wanted(&held.finding);
    let mut findings: Vec<&Finding> = view.held.iter().filter(here).map(|held| &held.finding).collect();
    findings.sort_by_key(|finding| (finding.stage, finding.primary.span, finding.rule));
    let fixable =
        findings.into_iter().filter(|finding| finding.fix.as_ref().is_some_and(|fix| fix.applicability >= level));
    // The end of each span that is changed, by document and start.
    let mut taken: BTreeMap<(DocId, u32), u32> = BTreeMap::new();
    let mut chosen: Vec<Fix> = Vec::new();
    for finding in fixable {
        if chosen.len() == most {
            break;
        }
        let Some(fix) = fix_of(view, finding) else { continue };
        let is_free = |edit: &Edit| {
            let before = taken.range((edit.doc, 0)..=(edit.doc, edit.span.end)).next_back();
            before.is_none_or(|(_, end)| *end < edit.span.start)
        };
        if fix.edits.iter().all(is_free) {
            taken.extend(fix.edits.iter().map(|edit| ((edit.doc, edit.span.start), edit.span.end)));
            chosen.push(fix);
        }
    }
    chosen
}

/// Returns the action that applies all fixes of one rule in the document, if there are several.
fn all_of(view: View<'_>, rule: &str) -> Option<Value> {
    let fixes = together(&view, Applicability::Unsafe, MAX_OF_A_RULE, |finding| finding.rule == rule);
    if fixes.len() < 2 {
        return None;
    }
    let mut edits = Edits::new(view);
    for fix in &fixes {
        let consent = match fix.applicability {
            Applicability::Safe => Consent::Given,
            _ => Consent::Asked(format!("Likely right, but look: {rule}")),
        };
        edits.add(&fix.edits, &consent);
    }
    let all = if fixes.len() == MAX_OF_A_RULE { "the first" } else { "all" };
    Some(action(&format!("Fix {all} {} of {rule} in this file", fixes.len()), QUICK_FIX, None, edits))
}

/// Returns the action that applies all safe fixes of the document; at most `most` of them.
fn fix_all(view: View<'_>, most: usize) -> Option<Value> {
    let fixes = together(&view, Applicability::Safe, most, |_| true);
    if fixes.is_empty() {
        return None;
    }
    let mut edits = Edits::new(view);
    fixes.iter().for_each(|fix| edits.add(&fix.edits, &Consent::Given));
    Some(action("Apply all safe fixes of recto", FIX_ALL, None, edits))
}

/// Returns the action that writes a comment which allows a finding.
fn allow(view: View<'_>, held: &Held, place: &Label) -> Option<Value> {
    let doc = view.doc();
    let finding = &held.finding;
    if finding.family == Family::Engine || doc.format != Format::Markdown || doc.source.container().is_some() {
        return None;
    }
    let offset = doc.allow_offset(place.span.start);
    // A comment before the front matter would make text of it.
    if doc.block_at(offset).is_some_and(|block| doc[block].kind == BlockKind::FrontMatter) {
        return None;
    }
    let comment = doc.allow_comment(offset, finding.rule, REASON);
    let mut edits = Edits::new(view);
    edits.add(&[Edit::insert(view.id, offset, comment)], &Consent::Given);
    Some(action(
        &format!("Allow {} here, with a reason", finding.rule),
        QUICK_FIX,
        Some((&view, place, finding)),
        edits,
    ))
}

/// Returns the action that adds a word to the settings.
fn word(view: View<'_>, held: &Held, place: &Label) -> Option<Value> {
    let finding = &held.finding;
    let word = view.doc().slice(place.span);
    if !OF_WORDS.contains(&finding.rule) || word.is_empty() || word.contains(char::is_whitespace) {
        return None;
    }
    let settings = view.world.settings.nearest(view.doc().source.path());
    let found = view.disk.configuration(&settings.root);
    let path = found.clone().unwrap_or_else(|| settings.root.join("recto.toml"));
    // The edit is made of the text on the disk, and would undo what is not saved.
    if view.open.contains_key(&path) {
        return None;
    }
    let old = found.and_then(|path| view.disk.read(&path));
    let new =
        with_word(old.as_deref().unwrap_or(""), word).filter(|_| path.extension().is_some_and(|end| end == "toml"))?;
    let mut edits = Edits::new(view);
    edits.write(path, old.as_deref(), new);
    Some(action(&format!("Add `{word}` to the words of recto.toml"), QUICK_FIX, Some((&view, place, finding)), edits))
}

/// Returns the text of a configuration with a further word that is left alone.
fn with_word(text: &str, word: &str) -> Option<String> {
    const KEY: &str = "ignore-words";
    let mut document: DocumentMut = text.parse().ok()?;
    let words = document.entry(KEY).or_insert_with(|| Item::from(Array::new())).as_array_mut()?;
    // Each word of a list over several lines has a line of its own.
    let prefix = words.iter().last().and_then(|last| last.decor().prefix()?.as_str()).unwrap_or("").to_owned();
    words.push(word);
    if let Some(last) = words.iter_mut().last().filter(|_| prefix.contains('\n')) {
        last.decor_mut().set_prefix(prefix);
    }
    Some(document.to_string())
}

/// Returns the action that adds a finding to the baseline.
fn baselined(view: View<'_>, held: &Held, place: &Label, novelty: Novelty) -> Option<Value> {
    let finding = &held.finding;
    if novelty == Novelty::Known || !is_recorded(finding) {
        return None;
    }
    let path = view.world.settings.root.join(FILE_NAME);
    if view.open.contains_key(&path) {
        return None;
    }
    let old = view.disk.read(&path);
    let mut entries = baseline::parse(old.as_deref().unwrap_or("")).ok()?;
    entries.push(BaselineEntry {
        path: view.world.name_of(place.doc),
        rule: finding.rule.to_owned(),
        fingerprint: place.fingerprint.unwrap_or_default(),
        count: 1,
    });
    let mut edits = Edits::new(view);
    edits.write(path, old.as_deref(), baseline::to_text(entries));
    let title = format!("Add this {} to the baseline", finding.rule);
    Some(action(&title, QUICK_FIX, Some((&view, place, finding)), edits))
}

/// Returns the action that repairs the mojibake in a selection.
fn repair(view: View<'_>, span: Span) -> Option<Value> {
    let text = view.doc().slice(span);
    let found = mojibake::scan(text);
    let repairs = found.iter().filter_map(|garble| Some((garble.span.clone(), garble.replacement()?.to_owned())));
    let repairs = repairs.map(|(range, new)| {
        let start = span.start + range.start as u32;
        Edit::replace(view.id, Span::new(start, start + range.len() as u32), new)
    });
    let repairs: Vec<Edit> = repairs.filter(|edit| fits(&view, std::slice::from_ref(edit))).collect();
    if repairs.is_empty() {
        return None;
    }
    let mut edits = Edits::new(view);
    edits.add(&repairs, &Consent::Given);
    Some(action("Repair the mojibake in the selection", REWRITE, None, edits))
}

/// Returns the action that gives the counterparts of an item its title.
fn title(view: View<'_>, span: Span) -> Option<Value> {
    let own = counterparts(view.world, view.id, span.start)?;
    let unit = view.doc().unit(own.item.item)?;
    if !unit.span.contains_offset(span.start) && unit.span.end != span.start {
        return None;
    }
    let written = view.doc().slice(unit.title);
    let others: Vec<Edit> = own
        .others
        .iter()
        .filter(|other| other.role != Role::Translation && own.role != Role::Translation)
        .filter_map(|other| {
            let doc = view.world.collection.document(other.item.doc);
            let title = doc.unit(other.item.item)?.title;
            let is_other = doc.slice(title) != written && !view.world.collection.context.contains(&doc.id);
            is_other.then(|| Edit::replace(doc.id, title, written))
        })
        .collect();
    let count = others.len();
    let Renaming { fix, .. } = renamed(&view, others).filter(|renaming| renaming.breaks.is_none())?;
    let mut edits = Edits::new(view);
    edits.add(&fix.edits, &Consent::Given);
    let title = if count == 1 {
        "Give the item of the other version this title".to_owned()
    } else {
        format!("Give the {count} items of other versions this title")
    };
    Some(action(&title, REWRITE, None, edits))
}

/// Titles to be changed, with the links to them.
pub(super) struct Renaming {
    /// The edits.
    pub fix: Fix,
    /// The reason why a link to a title breaks: a file has it that is no document.
    pub breaks: Option<String>,
}

/// Returns the edits of titles with those of the links to them; `None` if there are none or a link cannot follow.
pub(super) fn renamed(view: &View<'_>, edits: Vec<Edit>) -> Option<Renaming> {
    let first = edits.first()?;
    let mut report = crate::rule::Report::new(rules::by_id("title-mismatch")?);
    report.find(first.doc, first.span, "").fix(Fix::likely("rename", edits));
    let mut findings = report.into_findings();
    carry_links(&mut findings, &view.world.collection);
    let fix = findings.first()?.fix.clone().filter(|fix| fits(view, &fix.edits))?;
    view.linking.hold_back(&mut findings, &view.world.collection);
    let held = findings.pop().filter(|finding| finding.fix.is_none());
    Some(Renaming { fix, breaks: held.map(|finding| finding.help.unwrap_or_default()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_added_without_touching_the_rest_of_the_configuration() {
        assert_eq!(with_word("", "wharfage").as_deref(), Some("ignore-words = [\"wharfage\"]\n"));
        let text = "# ours\nlocale = \"en-GB\"\nignore-words = [\n    \"quay\", # said so\n]\n\n[rules]\nignore = [\"grammar\"]\n";
        let new = with_word(text, "wharfage").expect("TOML");
        assert!(new.contains("\"quay\"") && new.contains("\n    \"wharfage\"") && new.contains("# said so"), "{new}");
        assert!(new.ends_with("[rules]\nignore = [\"grammar\"]\n") && new.starts_with("# ours\n"), "{new}");
        let before = with_word("[rules]\nignore = []\n", "x").expect("TOML");
        assert!(before.starts_with("ignore-words = [\"x\"]\n"), "{before}");
        assert_eq!(with_word("ignore-words = 7\n", "x"), None);
        assert_eq!(with_word("= half-typed", "x"), None);
    }
}
