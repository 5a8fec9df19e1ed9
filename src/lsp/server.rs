//! State of the language server, and all that its rooms need: messages to the client, and the open documents as they are.
//!
//! Decides nothing about when something is judged or sent.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use super::client::{Abilities, ClientSettings};
use super::diagnostics::{self, Diagnostic};
use super::document::{EditedRegion, OpenDocument, TextChange, difference};
use super::folder::{Folder, moved};
use super::look::{Alone, Facts, Freshness, LookDone, LookTask, is_short};
use super::position::{Positions, path_of};
use super::transport::Received;
use super::world::{Disk, Held, Task, TaskDone};
use crate::model::span::LineIndex;

/// An event that the server answers to.
pub(super) enum Event {
    Received(Received),
    Closed,
    Broken(String),
    Done(Box<TaskDone>),
    Looked(Box<LookDone>),
    /// Files changed on the disk.
    Changed(Vec<PathBuf>),
}

/// A message to the client.
pub(super) enum Sent {
    Message(Message),
    /// A message with the diagnostics of a file, as it is written.
    Diagnostics {
        /// The address of the file.
        uri: String,
        body: String,
    },
    Malformed(String),
}

/// A document that is open in the editor, with what is known of it alone.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) document: OpenDocument,
    pub(super) folder: usize,
    /// The document as it is now, if it was parsed since its last change.
    pub(super) alone: Option<Arc<Alone>>,
    /// The document as it was when it was parsed last, and the region that was edited since.
    pub(super) earlier: Option<(Arc<Alone>, EditedRegion)>,
    pub(super) sight: Sight,
    pub(super) freshness: Freshness,
    /// The version of the document and the hash of the diagnostics that the client has.
    pub(super) published: Option<(i32, u64)>,
}

/// Part of a document that is known without its being parsed alone since its last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// None.
    Nothing,
    /// The lines that were edited, as far as they can be judged alone.
    EditedLines,
    /// All of it, in vain: a defect of recto.
    Failed,
    /// All of it, as it was judged with the others when its folder was loaded.
    Judged,
}

impl Open {
    /// A document that was not looked at yet.
    pub(super) fn new(document: OpenDocument, folder: usize) -> Self {
        let freshness = Freshness::MayBeSaved;
        Self { document, folder, alone: None, earlier: None, sight: Sight::Nothing, freshness, published: None }
    }

    /// Returns the document, and what was parsed of it if it was looked at since its last change.
    pub(super) fn as_looked_at(&self) -> (&OpenDocument, Option<&Alone>) {
        (&self.document, self.alone.as_deref())
    }

    /// Notes changes that were made to the text.
    pub(super) fn note(&mut self, changes: &[TextChange]) {
        let Some(region) = EditedRegion::of_all(changes) else { return };
        self.sight = Sight::Nothing;
        self.earlier = match (self.alone.take(), self.earlier.take()) {
            (Some(alone), _) => Some((alone, region)),
            (None, Some((alone, before))) => Some((alone, changes.iter().fold(before, |all, one| all.with(*one)))),
            (None, None) => None,
        };
    }

    /// Drops all that is known of the document alone.
    pub(super) fn forget(&mut self) {
        (self.alone, self.earlier, self.sight) = (None, None, Sight::Nothing);
    }
}

/// A long document that is being looked at.
pub(super) struct Looking {
    pub(super) path: PathBuf,
    /// The facts that it is looked at with.
    pub(super) facts: Arc<Facts>,
    /// The changes of its text since then; `None` if it is another document by now.
    pub(super) changes: Option<Vec<TextChange>>,
    pub(super) interrupt: Arc<AtomicBool>,
}

/// Number of looks at a document in a row that a change interrupts (a guess): then one is let finish although it is about
/// an earlier text, so that whoever writes without a pause sees findings as well.
pub(super) const MOST_INTERRUPTED: u32 = 4;

/// A request that waits for a world.
pub(super) struct Parked {
    pub(super) id: RequestId,
    pub(super) method: String,
    pub(super) params: Value,
}

impl Parked {
    /// Returns whether the answer is made of the findings of a whole judgement, which must not be interrupted for it.
    pub(super) fn waits_for_judgement(&self) -> bool {
        self.method == "textDocument/codeAction" && self.params.get("context").is_some_and(asks_for_all_fixes)
    }
}

/// An error of a request: its code in the protocol, and the reason.
pub(super) type Refusal = (ErrorCode, String);

/// The ways on which the server sends.
pub(super) struct Channels {
    /// To the client.
    pub(super) out: Sender<Sent>,
    /// To the thread that judges folders.
    pub(super) tasks: Sender<Task>,
    /// To the thread that looks at long documents.
    pub(super) looks: Sender<LookTask>,
    /// To the server itself.
    pub(super) events: Sender<Event>,
}

pub(super) struct Server {
    pub(super) out: Sender<Sent>,
    pub(super) tasks: Sender<Task>,
    pub(super) events: Sender<Event>,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) abilities: Abilities,
    pub(super) settings: ClientSettings,
    pub(super) folders: Vec<Option<Folder>>,
    pub(super) open: BTreeMap<PathBuf, Open>,
    pub(super) parked: VecDeque<Parked>,
    pub(super) looks: Sender<LookTask>,
    /// The long document that is being looked at.
    pub(super) looking: Option<Looking>,
    /// Number of looks in a row that were interrupted.
    pub(super) interrupted: u32,
    /// Number of events that put the next judgement off.
    pub(super) put_off: Cell<u32>,
    /// True while a task is being carried out.
    pub(super) is_busy: bool,
    pub(super) is_initialized: bool,
    pub(super) is_shut_down: bool,
    /// Number of requests sent.
    pub(super) sent: i32,
    /// Diagnostics of files that are not open, as the client has them.
    pub(super) published: BTreeMap<PathBuf, u64>,
    /// Remarks that were made.
    pub(super) remarks: BTreeSet<String>,
    /// Threads for the document that is edited, so that it never waits for those that judge the others.
    pub(super) pool: Option<Arc<rayon::ThreadPool>>,
    /// Folders of which a progress is shown.
    pub(super) progress: BTreeSet<usize>,
}

impl Server {
    pub(super) fn new(channels: Channels, pool: Option<Arc<rayon::ThreadPool>>, disk: Arc<dyn Disk>) -> Self {
        let Channels { out, tasks, looks, events } = channels;
        Self {
            out,
            tasks,
            looks,
            looking: None,
            interrupted: 0,
            events,
            disk,
            abilities: Abilities::new(&Value::Null),
            settings: ClientSettings::default(),
            folders: Vec::new(),
            open: BTreeMap::new(),
            parked: VecDeque::new(),
            put_off: Cell::new(0),
            is_busy: false,
            is_initialized: false,
            is_shut_down: false,
            sent: 0,
            published: BTreeMap::new(),
            remarks: BTreeSet::new(),
            pool,
            progress: BTreeSet::new(),
        }
    }

    pub(super) fn send(&self, message: impl Into<Message>) {
        // A client that does not read any more has closed its end as well, which is the next event.
        let _ = self.out.send(Sent::Message(message.into()));
    }

    pub(super) fn notify(&self, method: &str, params: Value) {
        self.send(Notification { method: method.to_owned(), params });
    }

    pub(super) fn ask(&mut self, method: &str, params: Value, name: &str) {
        self.sent += 1;
        self.send(Request { id: RequestId::from(format!("{name}-{}", self.sent)), method: method.to_owned(), params });
    }

    pub(super) fn reply(&self, id: RequestId, answer: Result<Value, Refusal>) {
        self.send(match answer {
            Ok(value) => Response { id, response_result: Ok(value) },
            Err((code, message)) => Response::new_err(id, code as i32, message),
        });
    }

    /// Makes a remark, once.
    pub(super) fn remark(&mut self, kind: u8, message: &str) {
        if self.remarks.insert(message.to_owned()) {
            let method = if kind == 1 { "window/showMessage" } else { "window/logMessage" };
            self.notify(method, json!({ "type": kind, "message": format!("recto: {message}") }));
        }
    }

    pub(super) fn folder(&self, at: usize) -> Option<&Folder> {
        self.folders.get(at).and_then(Option::as_ref)
    }

    /// Returns the path of an open document and its folder; the folder's files may not be known yet.
    pub(super) fn place_of(&self, uri: &str) -> Option<(PathBuf, usize)> {
        let path = path_of(uri)?;
        let at = self.open.get(&path)?.folder;
        Some((path, at))
    }

    /// Returns whether a document that is open and judged was not looked at since its last change.
    pub(super) fn is_unseen(&self, open: &Open) -> bool {
        let is_judged = || self.folder(open.folder).is_some_and(|folder| folder.judged(&open.document.path).is_some());
        open.alone.is_none() && open.sight != Sight::Failed && is_judged()
    }

    /// Returns whether a long document of a folder is yet to be looked at.
    pub(super) fn awaits_look(&self, at: usize) -> bool {
        self.open.values().any(|open| open.folder == at && !is_short(open.document.text()) && self.is_unseen(open))
    }

    /// Parses an open document as it is now, and looks for the findings in it alone. Returns false if it is so long that
    /// this takes place elsewhere, and is not done.
    pub(super) fn look_at(&mut self, path: &Path) -> bool {
        let Some(open) = self.open.get(path).filter(|open| self.is_unseen(open)) else { return true };
        if !is_short(open.document.text()) {
            return false;
        }
        let (text, freshness, encoding) = (Arc::clone(open.document.text()), open.freshness, self.abilities.encoding);
        let Some(facts) = self.folder(open.folder).and_then(|folder| folder.facts.clone()) else { return true };
        let look = || {
            let alone = facts.parsed(path, &text, freshness)?;
            let found = facts.found_in(&alone, encoding, &|| false)?;
            Some((Arc::new(alone), found))
        };
        let looked = match &self.pool {
            Some(pool) => pool.install(look),
            None => look(),
        };
        if let Some((alone, found)) = looked {
            self.take_look(path, alone, found, &[]);
        }
        true
    }

    /// Takes the findings of a look at a document whose text has changed since in this way.
    pub(super) fn take_look(&mut self, path: &Path, alone: Arc<Alone>, mut found: Vec<Held>, changes: &[TextChange]) {
        let Some(open) = self.open.get_mut(path) else { return };
        let Some(folder) = self.folders.get_mut(open.folder).and_then(Option::as_mut) else { return };
        let id = alone.id;
        if let Some((before, _)) = open.earlier.as_ref().filter(|_| folder.is_container(path)) {
            let change = difference(before.document().text(), alone.document().text());
            folder.follow(path, &[change]);
        }
        found.retain_mut(|held| changes.iter().all(|change| moved(&mut held.finding, id, *change)));
        folder.take_looked(id, found);
        open.sight = Sight::Nothing;
        (open.alone, open.earlier) = match EditedRegion::of_all(changes) {
            None => (Some(alone), None),
            Some(region) => (None, Some((alone, region))),
        };
    }

    /// Looks for the findings in the lines of a long document that were edited.
    pub(super) fn look_at_edited_lines(&mut self, path: &Path) {
        let Some(open) = self.open.get_mut(path) else { return };
        let Some(folder) = self.folders.get_mut(open.folder).and_then(Option::as_mut) else { return };
        open.sight = Sight::EditedLines;
        let (Some((earlier, region)), Some(facts)) = (&open.earlier, &folder.facts) else { return };
        let found = facts.found_in_part(earlier, *region, open.document.text(), self.abilities.encoding);
        if let Some((lines, found)) = found {
            folder.take_part(earlier.id, lines, found);
        }
    }

    /// Sends a long document to be looked at, unless another one is.
    pub(super) fn send_to_be_looked_at(&mut self, path: &Path) {
        let Some(open) = self.open.get(path).filter(|_| self.looking.is_none()) else { return };
        let Some(facts) = self.folder(open.folder).and_then(|folder| folder.facts.clone()) else { return };
        let interrupt = Arc::new(AtomicBool::new(false));
        let task = LookTask {
            path: path.to_path_buf(),
            text: Arc::clone(open.document.text()),
            freshness: open.freshness,
            facts: Arc::clone(&facts),
            encoding: self.abilities.encoding,
            interrupt: Arc::clone(&interrupt),
        };
        if self.looks.send(task).is_ok() {
            self.looking = Some(Looking { path: path.to_path_buf(), facts, changes: Some(Vec::new()), interrupt });
        } else if let Some(open) = self.open.get_mut(path) {
            open.sight = Sight::Failed;
        }
    }

    /// Notes that a document changed in this way, or is another one, while it may be looked at.
    pub(super) fn note_while_looking(&mut self, path: &Path, changes: Option<&[TextChange]>) {
        let Some(looking) = self.looking.as_mut().filter(|looking| looking.path == path) else { return };
        match (&mut looking.changes, changes) {
            (Some(all), Some(more)) => all.extend(more),
            _ => looking.changes = None,
        }
        if looking.changes.is_none() || self.interrupted < MOST_INTERRUPTED {
            looking.interrupt.store(true, Ordering::Relaxed);
        }
    }

    /// Takes a long document that was looked at.
    pub(super) fn take_looked(&mut self, done: LookDone) {
        let Some(Looking { path, facts, changes, .. }) = self.looking.take() else { return };
        let at = self.open.get(&path).map(|open| open.folder);
        let now = at.and_then(|at| self.folder(at)?.facts.as_ref());
        let is_current = now.is_some_and(|now| now.agrees_with(&facts, &path));
        let is_container = at.and_then(|at| self.folder(at)).is_some_and(|folder| folder.is_container(&path));
        let is_usable = |changes: &Vec<TextChange>| is_current && (changes.is_empty() || !is_container);
        let Some(changes) = changes.filter(is_usable) else { return };
        match done {
            LookDone::Interrupted => self.interrupted += 1,
            LookDone::Failed => {
                if let Some(open) = self.open.get_mut(&path).filter(|_| changes.is_empty()) {
                    open.sight = Sight::Failed;
                }
            }
            LookDone::Looked(alone, found) => {
                self.interrupted = 0;
                self.take_look(&path, alone, found, &changes);
                if !changes.is_empty() {
                    self.look_at_edited_lines(&path);
                }
                self.publish(&path);
                if self.abilities.pulls && changes.is_empty() {
                    self.tell_to_refresh();
                }
            }
        }
        self.serve_parked();
    }

    /// Returns the diagnostics of an open document, which was looked at as far as it can be by now.
    pub(super) fn diagnostics(&self, path: &Path) -> Vec<Diagnostic<'_>> {
        let Some(open) = self.open.get(path) else { return Vec::new() };
        let Some(folder) = self.folder(open.folder) else { return Vec::new() };
        let Some(id) = folder.judged(path) else { return Vec::new() };
        let encoding = self.abilities.encoding;
        if let Some(alone) = &open.alone {
            return diagnostics::of_document(&folder.held, id, &Positions::of(alone.document(), encoding));
        }
        let (text, lines) = (open.document.text(), LineIndex::new(open.document.text()));
        diagnostics::of_document(&folder.held, id, &Positions::new(text, &lines, encoding))
    }

    /// Returns whether a document is a container of which nobody knows where its findings are by now.
    pub(super) fn is_out_of_sight(&self, path: &Path) -> bool {
        let Some(open) = self.open.get(path) else { return false };
        open.alone.is_none() && self.folder(open.folder).is_some_and(|folder| folder.is_container(path))
    }
}

/// Returns an object with one more entry, a list. `json!` would copy each value of the list, which may have thousands.
pub(super) fn with_list(mut object: Value, name: &str, list: Vec<Value>) -> Value {
    object[name] = Value::Array(list);
    object
}

/// Returns diagnostics as values.
pub(super) fn values(diagnostics: &[Diagnostic<'_>]) -> Vec<Value> {
    diagnostics.iter().filter_map(|diagnostic| serde_json::to_value(diagnostic).ok()).collect()
}

/// Returns a number that is another one for other diagnostics.
pub(super) fn hash(diagnostics: &[Value]) -> u64 {
    xxh3_64(&serde_json::to_vec(diagnostics).unwrap_or_default())
}

/// Returns whether the context of a request for actions asks for the fixes of the whole file, which an editor makes when it
/// saves the file: those known so far are not all.
pub(super) fn asks_for_all_fixes(context: &Value) -> bool {
    let only = context.get("only").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    only.iter().filter_map(Value::as_str).any(|kind| kind.starts_with("source.fixAll"))
}
