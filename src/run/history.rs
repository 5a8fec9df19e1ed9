//! Items that fell behind: for each item of a version, the commits that changed its counterpart in the reference version after
//! the item was last touched.
//!
//! An item was last touched by the oldest commit since which its words are as they are now. Whoever touched it saw the
//! reference as it was in that very commit, so the reference is compared with that state: neither dates nor the order of
//! branches matter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use similar::{ChangeTag, TextDiff};

use crate::git::history::Commit;
use crate::git::{GitError, Repository};
use crate::input::decode;
use crate::model::alignment::{ItemRef, Verdict};
use crate::model::collection::Collection;
use crate::model::document::{Document, Format};
use crate::model::id::{DocId, ItemId};
use crate::model::item::Basis;
use crate::model::work::{OutdatedItem, ReferenceChange};
use crate::parse::parse;
use crate::settings::UsageError;
use crate::text::values::literals::is_near;
use crate::text::words::hash;

/// Maximum number of states of one file that are read (a guess), newest first.
const MAX_STATES: usize = 400;
/// Maximum number of renames of one file that are followed (a guess).
const MAX_RENAMES: usize = 6;
/// Maximum number of changed words that are kept for the report (a guess).
const MAX_WORDS: usize = 12;
/// Share of the words, counted likewise, where the number says that they are one (a guess).
const SAME_NUMBER_WORDS_PERCENT: usize = 30;
/// Share of the different words of two items that both have, in per cent, where other items have their title as well (a
/// guess).
const SAME_TITLE_WORDS_PERCENT: usize = 35;
/// Share of the words of the shorter of two items, in per cent, that have to be in the longer one if neither title nor
/// number says that they are one (a guess).
const SAME_WORDS_PERCENT: usize = 60;

/// Finds the items of all works whose reference changed after they were last touched.
///
/// # Errors
/// If there is no repository, git cannot be asked, or the history is cut off.
pub(super) fn trace(collection: &mut Collection, working_dir: &Path) -> Result<(), UsageError> {
    let Some(repository) = Repository::around(working_dir).map_err(|error| unanswered(&error))? else {
        return Err(UsageError {
            message: "there is no git repository here, so there is no history".to_owned(),
            help: Some("run this in the work tree of a clone, or without the history".to_owned()),
        });
    };
    if repository.is_shallow().map_err(|error| unanswered(&error))? {
        return Err(UsageError {
            message: "the history of this clone is cut off, so nobody can say what changed since".to_owned(),
            help: Some("get the rest of it with `git fetch --unshallow`".to_owned()),
        });
    }
    let found = Tracer::new(collection, &repository, working_dir).and_then(|mut tracer| tracer.outdated());
    let found = found.map_err(|error| unanswered(&error))?;
    for (work, outdated) in collection.works.iter_mut().zip(found) {
        work.outdated = Some(outdated);
    }
    Ok(())
}

fn unanswered(error: &GitError) -> UsageError {
    UsageError { message: format!("the history cannot be read: {error}"), help: None }
}

/// An item of some state of a file.
#[derive(Debug, Clone)]
struct PastItem {
    title: u64,
    number: Option<u32>,
    /// Hash of its words.
    print: u64,
    words: Vec<String>,
}

/// A commit that changed a file, as an index into the commits, with the name of the new content.
type CommitState = (usize, Option<String>);

/// The states of each file, newest first.
type FileStates = BTreeMap<PathBuf, Vec<CommitState>>;

/// Returns the commits that changed any of these files, newest first, and the states of each file.
fn states_of(repository: &Repository, paths: &BTreeSet<PathBuf>) -> Result<(Vec<Commit>, FileStates), GitError> {
    let wanted: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    let changes = if wanted.is_empty() { Vec::new() } else { repository.changes(&wanted)? };
    let mut states = FileStates::new();
    for (at, change) in changes.iter().enumerate() {
        for (path, blob) in &change.files {
            states.entry(path.clone()).or_default().push((at, blob.clone()));
        }
    }
    Ok((changes.into_iter().map(|change| change.commit).collect(), states))
}

struct Tracer<'a> {
    collection: &'a Collection,
    repository: &'a Repository,
    commits: Vec<Commit>,
    /// The path of each document from the top of the repository.
    paths: BTreeMap<DocId, PathBuf>,
    /// The earlier names of a path, latest first, each with the commit, as an index, that gave it the next one.
    names: BTreeMap<PathBuf, Vec<(usize, PathBuf)>>,
    /// The states of each file, newest first.
    states: FileStates,
    /// The items of contents, by their names in the repository.
    contents: BTreeMap<String, Vec<PastItem>>,
}

impl<'a> Tracer<'a> {
    fn new(collection: &'a Collection, repository: &'a Repository, working_dir: &Path) -> Result<Self, GitError> {
        let documents: BTreeSet<DocId> = collection
            .works
            .iter()
            .flat_map(|work| &work.versions)
            .flat_map(|version| &version.documents)
            .copied()
            .collect();
        let path = |id: &DocId| {
            let absolute = std::fs::canonicalize(working_dir.join(collection.document(*id).source.path())).ok()?;
            let top = std::fs::canonicalize(repository.top()).ok()?;
            Some((*id, absolute.strip_prefix(top).ok()?.to_path_buf()))
        };
        let paths: BTreeMap<DocId, PathBuf> = documents.iter().filter_map(path).collect();
        let mut wanted: BTreeSet<PathBuf> = paths.values().cloned().collect();
        let mut earlier: BTreeMap<PathBuf, (String, PathBuf)> = BTreeMap::new();
        let (mut commits, mut states) = states_of(repository, &wanted)?;
        for _ in 0..MAX_RENAMES {
            let first = |path: &PathBuf| states.get(path)?.last().map(|(at, _)| commits[*at].name.as_str());
            let begins: BTreeSet<&str> =
                wanted.iter().filter(|path| !earlier.contains_key(*path)).filter_map(first).collect();
            let begins: Vec<&str> = begins.into_iter().collect();
            let renames = repository.renames(&begins)?;
            let is_new = |(_, new, old): &(String, PathBuf, PathBuf)| wanted.contains(new) && !wanted.contains(old);
            let found: Vec<_> = renames.into_iter().filter(is_new).collect();
            if found.is_empty() {
                break;
            }
            for (commit, new, old) in found {
                wanted.insert(old.clone());
                earlier.entry(new).or_insert((commit, old));
            }
            (commits, states) = states_of(repository, &wanted)?;
        }
        let mut names: BTreeMap<PathBuf, Vec<(usize, PathBuf)>> = BTreeMap::new();
        for path in paths.values() {
            let mut at = path;
            let mut since = 0;
            while let Some((commit, old)) = earlier.get(at) {
                let Some(renamed) = commits.iter().position(|known| known.name == *commit).filter(|at| *at >= since)
                else {
                    break;
                };
                names.entry(path.clone()).or_default().push((renamed, old.clone()));
                (at, since) = (old, renamed + 1);
            }
        }
        // A renamed file has the states of its earlier names before that.
        for (path, chain) in &names {
            for (renamed, old) in chain {
                let before = states.get(old).into_iter().flatten().filter(|(at, _)| at > renamed).cloned();
                let before: Vec<CommitState> = before.collect();
                states.entry(path.clone()).or_default().extend(before);
            }
        }
        Ok(Self { collection, repository, commits, paths, names, states, contents: BTreeMap::new() })
    }

    /// Returns the path that a document had in a commit, given by its index.
    fn path_in(&self, doc: DocId, commit: usize) -> Option<&PathBuf> {
        let path = self.paths.get(&doc)?;
        let chain = self.names.get(path).into_iter().flatten();
        Some(chain.take_while(|(renamed, _)| commit > *renamed).last().map_or(path, |(_, old)| old))
    }

    /// Returns the outdated items of each work.
    fn outdated(&mut self) -> Result<Vec<Vec<OutdatedItem>>, GitError> {
        let mut all = Vec::new();
        for work in &self.collection.works {
            let mut found = Vec::new();
            for (at, alignment) in work.alignments.iter().enumerate() {
                let linked = alignment
                    .pairs
                    .iter()
                    .filter(|pair| matches!(pair.verdict, Verdict::Same | Verdict::Reworded | Verdict::Moved));
                let pairs: Vec<(ItemRef, ItemRef)> =
                    linked.filter_map(|pair| Some((pair.base?, pair.derived?))).collect();
                found.extend(self.of_version(at + 1, &pairs)?);
            }
            all.push(found);
        }
        Ok(all)
    }

    fn of_version(&mut self, version: usize, pairs: &[(ItemRef, ItemRef)]) -> Result<Vec<OutdatedItem>, GitError> {
        let mut touched: BTreeMap<ItemRef, usize> = BTreeMap::new();
        let documents: BTreeSet<DocId> = pairs.iter().map(|(_, derived)| derived.doc).collect();
        for doc in documents {
            let items: Vec<ItemRef> =
                pairs.iter().map(|(_, derived)| *derived).filter(|item| item.doc == doc).collect();
            touched.extend(self.touched(doc, &items)?);
        }
        // The reference as whoever touched an item saw it, read once for each commit.
        let mut wanted: BTreeMap<(DocId, usize), String> = BTreeMap::new();
        for (base, derived) in pairs {
            let Some(&commit) = touched.get(derived) else { continue };
            if let Some(path) = self.path_in(base.doc, commit) {
                let name = format!("{}:{}", self.commits[commit].name, path.to_string_lossy());
                wanted.entry((base.doc, commit)).or_insert(name);
            }
        }
        let names: Vec<String> = wanted.values().filter(|name| !name.contains('\n')).cloned().collect();
        self.read(&names)?;
        let mut found = Vec::new();
        for (base, derived) in pairs {
            let Some(&commit) = touched.get(derived) else { continue };
            let Some(seen) = wanted.get(&(base.doc, commit)).and_then(|name| self.contents.get(name)) else { continue };
            let Some(now) = item_of(self.collection.document(base.doc), base.item) else { continue };
            let Some(then) = counterpart(&now, seen).cloned() else { continue };
            let Some((removed, added)) = changed_words(&then.words, &now.words) else { continue };
            let commits = self.commits_between(base.doc, &now, then.print, commit)?;
            let change = |at: &usize| {
                let Commit { name, date, subject } = &self.commits[*at];
                ReferenceChange { commit: name.clone(), date: date.clone(), subject: subject.clone() }
            };
            let (commits, touched) = (commits.iter().map(change).collect(), change(&commit));
            found.push(OutdatedItem { version, base: *base, derived: *derived, touched, commits, removed, added });
        }
        Ok(found)
    }

    /// Returns for each item the commit, as an index, since which its words are as they are now. Items that were changed
    /// since the last commit are left out.
    fn touched(&mut self, doc: DocId, items: &[ItemRef]) -> Result<BTreeMap<ItemRef, usize>, GitError> {
        let Some(states) = self.paths.get(&doc).and_then(|path| self.states.get(path)).cloned() else {
            return Ok(BTreeMap::new());
        };
        let document = self.collection.document(doc);
        let mut alive: Vec<(ItemRef, u64)> =
            items.iter().filter_map(|item| Some((*item, item_of(document, item.item)?.print))).collect();
        let mut touched = BTreeMap::new();
        for (commit, blob) in states.iter().take(MAX_STATES) {
            let Some(blob) = blob.as_ref().filter(|_| !alive.is_empty()) else { break };
            self.read(std::slice::from_ref(blob))?;
            let prints: BTreeSet<u64> = self.contents.get(blob).into_iter().flatten().map(|item| item.print).collect();
            alive.retain(|(_, print)| prints.contains(print));
            touched.extend(alive.iter().map(|(item, _)| (*item, *commit)));
        }
        Ok(touched)
    }

    /// Returns the commits, as indices, that changed an item of the reference up to the state with print `then`, newest
    /// first; none before the commit `since`, as far as the order of commits says.
    fn commits_between(&mut self, doc: DocId, now: &PastItem, then: u64, since: usize) -> Result<Vec<usize>, GitError> {
        let Some(states) = self.paths.get(&doc).and_then(|path| self.states.get(path)).cloned() else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        let mut newer: Option<(usize, PastItem)> = None;
        for (commit, blob) in states.iter().take(MAX_STATES) {
            let Some(blob) = blob else { break };
            self.read(std::slice::from_ref(blob))?;
            let items = self.contents.get(blob).map_or(&[][..], Vec::as_slice);
            let Some(item) = counterpart(newer.as_ref().map_or(now, |(_, item)| item), items) else { break };
            if let Some((changer, later)) = &newer
                && later.print != item.print
            {
                found.push(*changer);
            }
            if item.print == then || *commit > since + MAX_STATES {
                return Ok(found);
            }
            newer = Some((*commit, item.clone()));
        }
        Ok(found)
    }

    /// Reads contents that are not known yet, by names or as `commit:path`.
    fn read(&mut self, names: &[String]) -> Result<(), GitError> {
        let unknown: Vec<&str> =
            names.iter().filter(|name| !self.contents.contains_key(*name)).map(String::as_str).collect();
        let contents = self.repository.contents(&unknown)?;
        for (name, bytes) in unknown.iter().zip(contents) {
            let source = decode::decode(Path::new("past.md"), bytes.unwrap_or_default());
            let doc = parse(DocId(0), source, Format::Markdown);
            let units = [Basis::Items, Basis::Topics].into_iter().flat_map(|basis| doc.units(basis));
            let items = units.filter_map(|(id, _)| item_of(&doc, id)).collect();
            self.contents.insert((*name).to_owned(), items);
        }
        Ok(())
    }
}

fn item_of(doc: &Document, id: ItemId) -> Option<PastItem> {
    let item = doc.unit(id)?;
    let words = words(doc.slice(item.title.cover(item.body)));
    Some(PastItem {
        title: hash(&self::words(doc.slice(item.title)).join(" ")),
        number: item.number.map(|number| number.value),
        print: hash(&words.join(" ")),
        words,
    })
}

/// Returns the words of a text without markup and punctuation, in small letters.
fn words(text: &str) -> Vec<String> {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    // "[text](address)" is two words, and quotation marks are a matter of style, in code as well.
    let text = text.replace("](", " ").replace(['"', '\'', '`', '’', '‘', '“', '”', ';'], "");
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// Returns the item of another state that is the same: by its words, its number and title, its title alone, its number and
/// words, or its words alone. Where several have its title, as questions about code do, the one with most of its words is.
fn counterpart<'b>(item: &PastItem, others: &'b [PastItem]) -> Option<&'b PastItem> {
    let own: BTreeSet<&String> = item.words.iter().collect();
    let shared = |other: &PastItem| other.words.iter().filter(|word| own.contains(word)).count();
    let alike = |other: &&PastItem, percent: usize| {
        let fewer = other.words.len().min(item.words.len());
        fewer > 4 && shared(other) * 100 >= other.words.len().max(item.words.len() / 2) * percent
    };
    if let Some(equal) = others.iter().find(|other| other.print == item.print) {
        return Some(equal);
    }
    let is_of_number = |other: &&PastItem| item.number.is_some() && other.number == item.number;
    let titled: Vec<&PastItem> = others.iter().filter(|other| other.title == item.title).collect();
    match titled[..] {
        [] => {}
        [only] => return Some(only),
        _ => {
            // The share of the different words of both that both have.
            let share = |other: &PastItem| {
                let words: BTreeSet<&String> = other.words.iter().collect();
                let both = words.intersection(&own).count();
                (both * 100).checked_div(words.len() + own.len() - both).unwrap_or(0)
            };
            let best = titled.iter().copied().max_by_key(|other| (share(other), is_of_number(other)));
            return best.filter(|best| share(best) >= SAME_TITLE_WORDS_PERCENT);
        }
    }
    let by_number = others.iter().find(|other| is_of_number(other) && alike(other, SAME_NUMBER_WORDS_PERCENT));
    by_number.or_else(|| others.iter().find(|other| alike(other, SAME_WORDS_PERCENT)))
}

/// Returns the words that were removed and added; `None` if nothing but spelling changed.
fn changed_words(then: &[String], now: &[String]) -> Option<(Vec<String>, Vec<String>)> {
    let (old, new): (Vec<&str>, Vec<&str>) =
        (then.iter().map(String::as_str).collect(), now.iter().map(String::as_str).collect());
    let diff = TextDiff::from_slices(&old, &new);
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Delete => removed.push(change.value().to_owned()),
            ChangeTag::Insert => added.push(change.value().to_owned()),
            ChangeTag::Equal => {}
        }
    }
    // Neither an article nor a hyphen is translated.
    let is_article = |word: &String| ["a", "an", "the", "that", "which"].contains(&word.as_str());
    removed.retain(|word| !is_article(word));
    added.retain(|word| !is_article(word));
    let joined = |words: &[String]| words.concat().replace('-', "");
    if joined(&removed) == joined(&added) {
        return None;
    }
    // A corrected misspelling needs no new translation; a figure or an address does.
    let is_respelled = |word: &String, others: &[String]| {
        let plain = |word: &str| word.chars().all(|c| c.is_alphabetic() || "-'’".contains(c));
        others.iter().any(|other| plain(word) && plain(other) && is_near(word, other))
    };
    let all_respelled =
        removed.iter().all(|word| is_respelled(word, &added)) && added.iter().all(|word| is_respelled(word, &removed));
    if all_respelled {
        return None;
    }
    removed.truncate(MAX_WORDS);
    added.truncate(MAX_WORDS);
    Some((removed, added))
}
