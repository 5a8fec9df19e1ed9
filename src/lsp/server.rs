//! State of the language server, and all that its rooms need: messages to the client, and the open documents as they are.
//!
//! Decides nothing about when something is judged or sent.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use super::client::{Abilities, ClientSettings};
use super::diagnostics;
use super::document::OpenDocument;
use super::folder::{Alone, Folder, Freshness};
use super::position::{Positions, path_of};
use super::transport::Received;
use super::world::{Disk, Task, TaskDone};

/// An event that the server answers to.
pub(super) enum Event {
    Received(Received),
    Closed,
    Broken(String),
    Done(Box<TaskDone>),
    /// Files changed on the disk.
    Changed(Vec<PathBuf>),
}

/// A message to the client.
pub(super) enum Sent {
    Message(Message),
    Malformed(String),
}

/// A document that is open in the editor, with what is known of it alone.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) document: OpenDocument,
    pub(super) folder: usize,
    pub(super) alone: Option<Alone>,
    pub(super) freshness: Freshness,
    /// The version of the document and the hash of the diagnostics that the client has.
    pub(super) published: Option<(i32, u64)>,
}

impl Open {
    /// Returns the document, and what was parsed of it if it was looked at since its last change.
    pub(super) fn as_looked_at(&self) -> (&OpenDocument, Option<&Alone>) {
        (&self.document, self.alone.as_ref())
    }
}

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
    pub(super) pool: Option<rayon::ThreadPool>,
    /// Folders of which a progress is shown.
    pub(super) progress: BTreeSet<usize>,
}

impl Server {
    pub(super) fn new(out: Sender<Sent>, tasks: Sender<Task>, events: Sender<Event>, disk: Arc<dyn Disk>) -> Self {
        Self {
            out,
            tasks,
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
            pool: rayon::ThreadPoolBuilder::new().build().ok(),
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

    /// Parses an open document as it is now, and looks for the findings in it alone.
    pub(super) fn look_at(&mut self, path: &Path) {
        let Some(open) = self.open.get_mut(path) else { return };
        let Some(folder) = self.folders.get_mut(open.folder).and_then(Option::as_mut) else { return };
        if open.alone.is_some() {
            return;
        }
        let Some(alone) = folder.alone(&open.document, open.freshness) else { return };
        match &self.pool {
            Some(pool) => pool.install(|| folder.look_at(&alone, self.abilities.encoding)),
            None => folder.look_at(&alone, self.abilities.encoding),
        }
        open.alone = Some(alone);
    }

    /// Returns the diagnostics of an open document as it is now.
    pub(super) fn diagnostics(&mut self, path: &Path) -> Vec<Value> {
        self.look_at(path);
        let Some(open) = self.open.get(path) else { return Vec::new() };
        let (Some(alone), Some(folder)) = (&open.alone, self.folders.get(open.folder).and_then(Option::as_ref)) else {
            return Vec::new();
        };
        let doc = alone.document();
        let places = Positions::new(doc.text(), &doc.lines, self.abilities.encoding);
        diagnostics::of_document(&folder.held, alone.id, &places)
    }
}

/// Returns an object with one more entry, a list. `json!` would copy each value of the list, which may have thousands.
pub(super) fn with_list(mut object: Value, name: &str, list: Vec<Value>) -> Value {
    object[name] = Value::Array(list);
    object
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
