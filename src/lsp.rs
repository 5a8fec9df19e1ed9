//! The language server: the same library behind an editor.
//!
//! One thread has all state and answers the client; another one judges the documents of a folder, which are sent to it
//! and come back with their findings. Findings that depend on nothing but the edited document are known at once; all
//! others follow when the user pauses. May use every room but `run`, which gives it the disk.

mod actions;
mod client;
mod complete;
mod counterparts;
mod diagnostics;
mod document;
mod edits;
mod folder;
mod navigate;
mod outline;
mod position;
mod rename;
mod transport;
mod view;
mod world;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::Duration;

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::xxh3_64;

pub use self::client::ClientSettings;
pub use self::world::{Disk, LoadedFolder, Unloaded};

use self::client::Abilities;
use self::document::OpenDocument;
use self::folder::{Alone, Folder, Freshness, Judgement};
use self::navigate::OwnPlace;
use self::position::{Positions, path_of, uri_of};
use self::transport::Received;
use self::view::{OpenName, View};
use self::world::{Task, TaskDone, TaskOutcome, judge};
use crate::baseline::FILE_NAME;
use crate::model::id::DocId;
use crate::rules;

/// Pause after a change before the other documents are judged anew (a guess: between two words).
const PAUSE: Duration = Duration::from_millis(120);
/// Maximum number of times that the pause is halved (a guess): after as many it is a millisecond.
const MOST_HALVINGS: u32 = 7;

/// Time that a request waits for a judgement to end before it is interrupted (a guess: a pause that is hardly noticed).
const PATIENCE: Duration = Duration::from_millis(100);

/// Names of the files whose changes matter.
const WATCHED: &str =
    "**/{*.md,*.markdown,*.mdown,*.mkd,*.mkdn,*.mdx,*.qmd,recto.toml,recto.json,recto-baseline.jsonl}";

/// End of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The client said good-bye.
    Regular,
    /// The client went away, or left without good-bye.
    Abrupt,
    /// The client sent what is no message, for the reason given.
    Garbage(String),
}

/// An event that the server answers to.
enum Event {
    Received(Received),
    Closed,
    Broken(String),
    Done(Box<TaskDone>),
    /// Files changed on the disk.
    Changed(Vec<PathBuf>),
}

/// A message to the client.
enum Sent {
    Message(Message),
    Malformed(String),
}

/// Talks with a client until it leaves.
pub fn serve(
    mut reader: impl BufRead + Send + 'static,
    mut writer: impl Write + Send + 'static,
    disk: Arc<dyn Disk>,
) -> Ending {
    let (events, inbox) = mpsc::channel();
    let (out, outbox) = mpsc::channel();
    let received = events.clone();
    std::thread::spawn(move || {
        loop {
            let event = match transport::read(&mut reader) {
                Ok(Some(received)) => Event::Received(received),
                Ok(None) => Event::Closed,
                Err(error) => Event::Broken(error.to_string()),
            };
            let is_last = !matches!(event, Event::Received(_));
            if received.send(event).is_err() || is_last {
                return;
            }
        }
    });
    let writing = std::thread::spawn(move || {
        for sent in outbox {
            let written = match sent {
                Sent::Message(message) => transport::write(&mut writer, &message),
                Sent::Malformed(reason) => transport::write_malformed(&mut writer, &reason),
            };
            if written.is_err() {
                return;
            }
        }
    });
    let (tasks, to_do) = mpsc::channel();
    let (done, finished) = mpsc::channel();
    let judged = Arc::clone(&disk);
    std::thread::spawn(move || judge(&to_do, &*judged, &done));
    let from_judge = events.clone();
    std::thread::spawn(move || {
        for done in finished {
            if from_judge.send(Event::Done(Box::new(done))).is_err() {
                return;
            }
        }
    });
    let ending = Server::new(out, tasks, events, disk).run(&inbox);
    // All answers are written before the process ends; a client that is gone reads none.
    if ending == Ending::Regular {
        let _ = writing.join();
    }
    ending
}

/// A document that is open in the editor, with what is known of it alone.
#[derive(Debug)]
struct Open {
    document: OpenDocument,
    folder: usize,
    alone: Option<Alone>,
    freshness: Freshness,
    /// The version of the document and the hash of the diagnostics that the client has.
    published: Option<(i32, u64)>,
}

impl Open {
    /// Returns the document, and what was parsed of it if it was looked at since its last change.
    fn as_looked_at(&self) -> (&OpenDocument, Option<&Alone>) {
        (&self.document, self.alone.as_ref())
    }
}

/// A request that waits for a world.
struct Parked {
    id: RequestId,
    method: String,
    params: Value,
}

impl Parked {
    /// Returns whether the answer is made of the findings of a whole judgement, which must not be interrupted for it.
    fn waits_for_judgement(&self) -> bool {
        self.method == "textDocument/codeAction" && self.params.get("context").is_some_and(asks_for_all_fixes)
    }
}

/// An error of a request: its code in the protocol, and the reason.
type Refusal = (ErrorCode, String);

struct Server {
    out: Sender<Sent>,
    tasks: Sender<Task>,
    events: Sender<Event>,
    disk: Arc<dyn Disk>,
    abilities: Abilities,
    settings: ClientSettings,
    folders: Vec<Option<Folder>>,
    open: BTreeMap<PathBuf, Open>,
    parked: VecDeque<Parked>,
    /// Number of events that put the next judgement off.
    put_off: Cell<u32>,
    /// True while a task is being carried out.
    is_busy: bool,
    is_initialized: bool,
    is_shut_down: bool,
    /// Number of requests sent.
    sent: i32,
    /// Diagnostics of files that are not open, as the client has them.
    published: BTreeMap<PathBuf, u64>,
    /// Remarks that were made.
    remarks: BTreeSet<String>,
    /// Threads for the document that is edited, so that it never waits for those that judge the others.
    pool: Option<rayon::ThreadPool>,
    /// Folders of which a progress is shown.
    progress: BTreeSet<usize>,
}

/// A position in a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct At {
    text_document: Named,
    #[serde(default)]
    position: Position,
    #[serde(default)]
    range: Range,
    #[serde(default)]
    new_name: String,
    #[serde(default)]
    context: Value,
    #[serde(default)]
    previous_result_id: Option<String>,
}

/// A document by its address.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    uri: String,
    #[serde(default)]
    version: Option<i32>,
    #[serde(default)]
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    text_document: Named,
    content_changes: Vec<TextDocumentContentChangeEvent>,
}

impl Server {
    fn new(out: Sender<Sent>, tasks: Sender<Task>, events: Sender<Event>, disk: Arc<dyn Disk>) -> Self {
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

    fn run(mut self, inbox: &Receiver<Event>) -> Ending {
        loop {
            let event = match inbox.try_recv() {
                Ok(event) => Some(event),
                Err(TryRecvError::Disconnected) => return Ending::Abrupt,
                // Whatever the client has sent is taken in before anything is looked for.
                Err(TryRecvError::Empty) if self.look_at_one() => continue,
                Err(TryRecvError::Empty) => {
                    let event = match self.pause() {
                        Some(pause) => inbox.recv_timeout(pause),
                        None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                    };
                    match event {
                        Ok(event) => Some(event),
                        Err(RecvTimeoutError::Timeout) => None,
                        Err(RecvTimeoutError::Disconnected) => return Ending::Abrupt,
                    }
                }
            };
            match event {
                None => self.after_pause(),
                Some(Event::Closed) => return if self.is_shut_down { Ending::Regular } else { Ending::Abrupt },
                Some(Event::Broken(reason)) => return Ending::Garbage(reason),
                Some(Event::Done(done)) => self.take_home(*done),
                Some(Event::Changed(paths)) => self.changed(&paths),
                Some(Event::Received(Received::Malformed(reason))) => {
                    let _ = self.out.send(Sent::Malformed(reason));
                }
                Some(Event::Received(Received::Message(message))) => match message {
                    Message::Request(request) => self.request(request),
                    Message::Notification(notification) if notification.method == "exit" => {
                        return if self.is_shut_down { Ending::Regular } else { Ending::Abrupt };
                    }
                    Message::Notification(notification) => self.guarded(notification),
                    Message::Response(response) => self.response(response),
                },
            }
        }
    }

    fn send(&self, message: impl Into<Message>) {
        // A client that does not read any more has closed its end as well, which is the next event.
        let _ = self.out.send(Sent::Message(message.into()));
    }

    fn notify(&self, method: &str, params: Value) {
        self.send(Notification { method: method.to_owned(), params });
    }

    fn ask(&mut self, method: &str, params: Value, name: &str) {
        self.sent += 1;
        self.send(Request { id: RequestId::from(format!("{name}-{}", self.sent)), method: method.to_owned(), params });
    }

    fn reply(&self, id: RequestId, answer: Result<Value, Refusal>) {
        self.send(match answer {
            Ok(value) => Response { id, response_result: Ok(value) },
            Err((code, message)) => Response::new_err(id, code as i32, message),
        });
    }

    // Time

    /// Returns the time after which there is something to do if nothing happens.
    fn pause(&self) -> Option<Duration> {
        if self.is_busy && self.parked.iter().any(|parked| !parked.waits_for_judgement()) {
            return Some(PATIENCE);
        }
        let needs = |folder: &Folder| folder.needs_load || folder.needs_judgement;
        let is_first = |folder: &Folder| folder.needs_load && !folder.is_loaded;
        let folders = || self.folders.iter().flatten().filter(|folder| needs(folder));
        if self.is_busy || folders().next().is_none() {
            self.put_off.set(0);
            return None;
        }
        // Each event that puts the judgement off does so for half as long, so that it comes in the end.
        let put_off = self.put_off.get();
        self.put_off.set(put_off.saturating_add(1));
        let is_waited_for = !self.parked.is_empty() || folders().any(is_first);
        Some(if is_waited_for { Duration::ZERO } else { PAUSE / (1 << put_off.min(MOST_HALVINGS)) })
    }

    fn after_pause(&mut self) {
        if self.is_busy {
            if self.parked.iter().any(|parked| !parked.waits_for_judgement()) {
                for folder in self.folders.iter().flatten().filter(|folder| folder.is_away && folder.is_loaded) {
                    folder.interrupt.store(true, Ordering::Relaxed);
                }
            }
            return;
        }
        let next = self
            .folders
            .iter()
            .position(|folder| folder.as_ref().is_some_and(|folder| folder.needs_load || folder.needs_judgement));
        if let Some(at) = next {
            self.dispatch(at);
        }
    }

    /// Sends the world of a folder to be judged, with all that changed.
    fn dispatch(&mut self, at: usize) {
        let Some(folder) = self.folders.get_mut(at).and_then(Option::as_mut) else { return };
        let open = &self.open;
        let is_current = folder.world.is_some() && folder.refresh(|path| open.get(path).map(Open::as_looked_at));
        let load = (!is_current || folder.needs_load).then(|| {
            let mut reuse = crate::input::reuse::Reuse::default();
            reuse.changed = std::mem::take(&mut folder.changed);
            // A file outside all folders may be judged with any other one.
            let own = open.iter().filter(|(path, _)| folder.is_file || path.starts_with(&folder.place));
            reuse.open = own.map(|(path, open)| (path.clone(), Arc::clone(open.document.text()))).collect();
            reuse
        });
        let is_first = load.is_some() && !folder.is_loaded;
        folder.needs_load = false;
        folder.needs_judgement = false;
        folder.is_away = true;
        folder.interrupt.store(false, Ordering::Relaxed);
        let task = Task {
            folder: at,
            place: folder.place.clone(),
            world: folder.world.take(),
            load,
            client: self.settings.clone(),
            encoding: self.abilities.encoding,
            interrupt: Arc::clone(&folder.interrupt),
        };
        let name = folder.place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.is_busy = self.tasks.send(task).is_ok();
        if is_first && self.abilities.shows_progress {
            self.progress.insert(at);
            self.ask("window/workDoneProgress/create", json!({ "token": format!("recto-{at}") }), "progress");
            let begin = json!({ "kind": "begin", "title": "recto", "message": format!("checking {name}") });
            self.notify("$/progress", json!({ "token": format!("recto-{at}"), "value": begin }));
        }
    }

    fn take_home(&mut self, done: TaskDone) {
        self.is_busy = false;
        let at = done.folder;
        if self.progress.remove(&at) {
            self.notify("$/progress", json!({ "token": format!("recto-{at}"), "value": { "kind": "end" } }));
        }
        let Some(folder) = self.folders.get_mut(at).and_then(Option::as_mut) else { return };
        let was_loaded = folder.is_loaded;
        let warnings = done.world.as_ref().map(|world| world.warnings.clone()).unwrap_or_default();
        folder.take_home(done.world);
        let mut is_other = !was_loaded;
        let mut failure = None;
        match done.outcome {
            TaskOutcome::Judged(held) => {
                let open = &self.open;
                is_other |= folder.accept(held, |path| open.get(path).map(|open| &open.document)) == Judgement::Other;
            }
            TaskOutcome::Interrupted => folder.needs_judgement = true,
            TaskOutcome::Failed(reason) => {
                folder.is_loaded = true;
                failure = Some(reason);
            }
            TaskOutcome::Panicked(message) => {
                folder.is_loaded = true;
                failure = Some(Unloaded::Other(message));
            }
        }
        for warning in warnings {
            self.remark(2, &warning);
        }
        self.report_failure(at, failure);
        for open in self.open.values_mut().filter(|open| open.folder == at && !was_loaded) {
            open.alone = None;
        }
        if is_other {
            self.publish_all(at);
            self.tell_to_refresh();
        }
        self.serve_parked();
    }

    fn tell_to_refresh(&mut self) {
        if self.abilities.pulls && self.abilities.refreshes {
            self.ask("workspace/diagnostic/refresh", Value::Null, "refresh");
        }
        if self.abilities.refreshes_hints {
            self.ask("workspace/inlayHint/refresh", Value::Null, "refresh");
        }
    }

    /// Makes a remark, once.
    fn remark(&mut self, kind: u8, message: &str) {
        if self.remarks.insert(message.to_owned()) {
            let method = if kind == 1 { "window/showMessage" } else { "window/logMessage" };
            self.notify(method, json!({ "type": kind, "message": format!("recto: {message}") }));
        }
    }

    /// Shows the mistakes of the configuration in their files, or that there are none any more.
    fn report_failure(&mut self, at: usize, failure: Option<Unloaded>) {
        let mut by_file: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        match &failure {
            Some(Unloaded::Config(mistakes)) => {
                for mistake in mistakes {
                    let path =
                        std::path::absolute(&mistake.excerpt.path).unwrap_or_else(|_| mistake.excerpt.path.clone());
                    by_file.entry(uri_of(&path).0).or_default().extend(diagnostics::of_configuration(&[mistake]));
                }
                let files: Vec<String> = mistakes.iter().map(|mistake| mistake.excerpt.place()).collect();
                self.remark(1, &format!("the configuration has mistakes: {}", files.join(", ")));
            }
            Some(Unloaded::Other(message)) => self.remark(1, message),
            None => {}
        }
        let Some(folder) = self.folders.get_mut(at).and_then(Option::as_mut) else { return };
        let before = std::mem::replace(&mut folder.reported, by_file.keys().cloned().collect());
        for uri in before {
            by_file.entry(uri).or_default();
        }
        for (uri, diagnostics) in by_file {
            self.notify("textDocument/publishDiagnostics", json!({ "uri": uri, "diagnostics": diagnostics }));
        }
    }

    // Diagnostics

    /// Looks for the findings of one document that was edited. Returns false if there is none.
    fn look_at_one(&mut self) -> bool {
        let is_waiting = |open: &Open| {
            let folder = self.folders.get(open.folder).and_then(Option::as_ref);
            open.alone.is_none() && folder.is_some_and(|folder| folder.judged(&open.document.path).is_some())
        };
        let Some(path) = self.open.values().find(|open| is_waiting(open)).map(|open| open.document.path.clone()) else {
            return false;
        };
        self.look_at(&path);
        self.publish(&path);
        true
    }

    /// Parses an open document as it is now, and looks for the findings in it alone.
    fn look_at(&mut self, path: &Path) {
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
    fn diagnostics(&mut self, path: &Path) -> Vec<Value> {
        self.look_at(path);
        let Some(open) = self.open.get(path) else { return Vec::new() };
        let (Some(alone), Some(folder)) = (&open.alone, self.folders.get(open.folder).and_then(Option::as_ref)) else {
            return Vec::new();
        };
        let doc = alone.document();
        let places = Positions::new(doc.text(), &doc.lines, self.abilities.encoding);
        diagnostics::of_document(&folder.held, alone.id, &places)
    }

    /// Sends the diagnostics of an open document to a client that does not ask for them.
    fn publish(&mut self, path: &Path) {
        if self.abilities.pulls {
            return;
        }
        let diagnostics = self.diagnostics(path);
        let Some(open) = self.open.get_mut(path) else { return };
        let (uri, version) = (open.document.uri.clone(), open.document.version);
        // Clients may drop diagnostics of an earlier version.
        let state = (version, hash(&diagnostics));
        if open.published.replace(state) == Some(state) {
            return;
        }
        let params = with_list(json!({ "uri": uri, "version": version }), "diagnostics", diagnostics);
        self.notify("textDocument/publishDiagnostics", params);
    }

    fn publish_all(&mut self, at: usize) {
        let own: Vec<PathBuf> =
            self.open.values().filter(|open| open.folder == at).map(|open| open.document.path.clone()).collect();
        for path in own {
            self.publish(&path);
        }
        if !self.settings.all_files || self.abilities.pulls {
            return;
        }
        let Some(folder) = self.folders.get(at).and_then(Option::as_ref) else { return };
        let Some(world) = &folder.world else { return };
        let mut sent = Vec::new();
        for doc in world.collection.judged().filter(|doc| !self.open.contains_key(doc.source.path())) {
            let diagnostics = diagnostics::of_closed_document(&folder.held, doc.id);
            let (path, hash) = (doc.source.path(), hash(&diagnostics));
            let before = self.published.get(path).copied();
            if before != Some(hash) && !(before.is_none() && diagnostics.is_empty()) {
                sent.push((path.to_path_buf(), hash, diagnostics));
            }
        }
        for (path, hash, diagnostics) in sent {
            let params = with_list(json!({ "uri": uri_of(&path).0 }), "diagnostics", diagnostics);
            self.notify("textDocument/publishDiagnostics", params);
            self.published.insert(path, hash);
        }
    }

    // Notifications

    /// Answers to a notification. A defect of recto is told, and the conversation goes on.
    fn guarded(&mut self, notification: Notification) {
        let method = notification.method.clone();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.notification(notification)));
        match result {
            Ok(Ok(())) => {}
            Ok(Err((_, message))) => self.remark(2, &format!("`{method}` was not understood: {message}")),
            Err(_) => self.remark(1, &format!("recto failed on `{method}`, which is a defect of recto")),
        }
    }

    fn notification(&mut self, notification: Notification) -> Result<(), Refusal> {
        let Notification { method, params } = notification;
        if !self.is_initialized && method != "initialized" {
            return Ok(());
        }
        match method.as_str() {
            "initialized" => self.initialized(),
            "textDocument/didOpen" => {
                let Named { uri, version, text } = read::<At>(params)?.text_document;
                self.opened(uri, version.unwrap_or(0), text);
            }
            "textDocument/didChange" => self.edited(read(params)?),
            "textDocument/didSave" => {
                let uri = read::<At>(params)?.text_document.uri;
                if let Some(open) = path_of(&uri).and_then(|path| self.open.get_mut(&path)) {
                    open.freshness = Freshness::MayBeSaved;
                }
            }
            "textDocument/didClose" => {
                let uri = read::<At>(params)?.text_document.uri;
                self.closed(&uri);
            }
            "workspace/didChangeWatchedFiles" => {
                let changes = params.get("changes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let uris = changes.iter().filter_map(|change| change.get("uri")?.as_str());
                let paths: Vec<PathBuf> = uris.filter_map(path_of).collect();
                self.changed(&paths);
            }
            "workspace/didChangeWorkspaceFolders" => {
                let folders = |name: &str| folders(params.pointer(&format!("/event/{name}")));
                for place in folders("removed") {
                    let gone = self.folders.iter().position(|one| one.as_ref().is_some_and(|one| one.place == place));
                    if let Some(at) = gone {
                        self.folders[at] = None;
                    }
                }
                for place in folders("added") {
                    self.add_folder(place);
                }
                self.assign();
            }
            "workspace/didChangeConfiguration" => {
                if self.abilities.has_configuration {
                    let items = json!({ "items": [{ "section": "recto" }] });
                    self.ask("workspace/configuration", items, "configuration");
                } else {
                    self.configured(params.get("settings").unwrap_or(&Value::Null));
                }
            }
            "$/cancelRequest" => {
                let id = params.get("id").cloned().unwrap_or_default();
                if let Ok(id) = serde_json::from_value::<RequestId>(id)
                    && let Some(at) = self.parked.iter().position(|parked| parked.id == id)
                {
                    self.parked.remove(at);
                    self.reply(id, Err((ErrorCode::RequestCanceled, "cancelled".to_owned())));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn initialized(&mut self) {
        if self.abilities.watches {
            let watchers = json!({ "watchers": [{ "globPattern": WATCHED }] });
            let registration = json!({ "id": "recto-watch", "method": "workspace/didChangeWatchedFiles", "registerOptions": watchers });
            self.ask("client/registerCapability", json!({ "registrations": [registration] }), "register");
        }
        if self.abilities.has_configuration {
            let items = json!({ "items": [{ "section": "recto" }] });
            self.ask("workspace/configuration", items, "configuration");
        }
    }

    fn response(&mut self, response: Response) {
        let is_configuration = response.id.to_string().contains("configuration-");
        if let (true, Ok(value)) = (is_configuration, response.response_result)
            && let Some(value) = value.get(0)
        {
            self.configured(value);
        }
    }

    fn configured(&mut self, value: &Value) {
        // Clients that have no settings for the server say so in this way; those of the start still hold.
        if value.as_object().is_none_or(Map::is_empty) {
            return;
        }
        let settings = ClientSettings::new(value);
        if settings != self.settings {
            self.settings = settings;
            for folder in self.folders.iter_mut().flatten() {
                folder.needs_load = true;
                folder.interrupt.store(folder.is_away, Ordering::Relaxed);
            }
        }
    }

    fn add_folder(&mut self, place: PathBuf) -> usize {
        let known = |folder: &Option<Folder>| folder.as_ref().is_some_and(|folder| folder.place == place);
        if let Some(at) = self.folders.iter().position(known) {
            return at;
        }
        let mut folder = Folder::new(place);
        if !self.abilities.watches {
            let events = self.events.clone();
            folder.watch =
                self.disk.watch(&folder.place, Box::new(move |paths| drop(events.send(Event::Changed(paths)))));
        }
        self.folders.push(Some(folder));
        self.folders.len() - 1
    }

    /// Returns the folder of a file: the innermost of the workspace, or one of its own.
    fn folder_of(&mut self, path: &Path) -> usize {
        let holds = |folder: &Option<Folder>| {
            let folder = folder.as_ref()?;
            path.starts_with(&folder.place).then(|| folder.place.components().count())
        };
        let around = self.folders.iter().enumerate().filter_map(|(at, folder)| Some((holds(folder)?, at))).max();
        if let Some((_, at)) = around {
            return at;
        }
        self.folders.push(Some(Folder::of_file(path.to_path_buf())));
        self.folders.len() - 1
    }

    /// Gives each open document to its folder, after the folders changed.
    fn assign(&mut self) {
        let paths: Vec<PathBuf> = self.open.keys().cloned().collect();
        for path in paths {
            let at = self.folder_of(&path);
            if let Some(open) = self.open.get_mut(&path).filter(|open| open.folder != at) {
                open.folder = at;
                open.alone = None;
                self.touch(&path);
            }
        }
    }

    fn opened(&mut self, uri: String, version: i32, text: String) {
        // Untitled documents have no folder by which they could be judged.
        let Some(path) = path_of(&uri) else { return };
        let at = self.folder_of(&path);
        let document = OpenDocument::new(uri, path.clone(), version, text);
        let freshness = Freshness::MayBeSaved;
        let open = Open { document, folder: at, alone: None, freshness, published: None };
        self.open.insert(path.clone(), open);
        self.touch(&path);
    }

    /// Has the document judged, if it is not as its world knows it.
    fn touch(&mut self, path: &Path) {
        let Some(open) = self.open.get(path) else { return };
        let Some(folder) = self.folders.get_mut(open.folder).and_then(Option::as_mut) else { return };
        if let Some(world) = &folder.world
            && let Some(id) = world.id_of(path)
            && world.collection.document(id).text() == open.document.text().as_str()
        {
            return;
        }
        if folder.is_loaded && !folder.knows(path) {
            if !folder.passed_over.insert(path.to_path_buf()) {
                return;
            }
            folder.needs_load = true;
        }
        if open.freshness == Freshness::MayBeSaved {
            folder.forget(path);
        }
        folder.touch(path);
    }

    fn edited(&mut self, changed: Changed) {
        let Some(path) = path_of(&changed.text_document.uri) else { return };
        let Some(open) = self.open.get_mut(&path) else { return };
        let changes = open.document.apply(changed.content_changes, self.abilities.encoding);
        open.document.version = changed.text_document.version.unwrap_or(open.document.version);
        open.alone = None;
        open.freshness = Freshness::Edited;
        let at = open.folder;
        if let Some(folder) = self.folders.get_mut(at).and_then(Option::as_mut) {
            folder.follow(&path, &changes);
        }
        self.touch(&path);
    }

    fn closed(&mut self, uri: &str) {
        let Some(path) = path_of(uri) else { return };
        let Some(open) = self.open.remove(&path) else { return };
        if !self.abilities.pulls {
            self.notify("textDocument/publishDiagnostics", json!({ "uri": uri, "diagnostics": [] }));
        }
        self.published.remove(&path);
        let Some(folder) = self.folders.get_mut(open.folder).and_then(Option::as_mut) else { return };
        if folder.is_file {
            self.folders[open.folder] = None;
            return;
        }
        folder.passed_over.remove(&path);
        // The text on the disk may be another one.
        folder.changed.insert(path);
        folder.needs_load = true;
        folder.interrupt.store(folder.is_away, Ordering::Relaxed);
    }

    fn changed(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_configuration = matches!(name.as_str(), "recto.toml" | "recto.json") || name == FILE_NAME;
            if self.open.contains_key(path) && !is_configuration {
                continue;
            }
            for folder in self.folders.iter_mut().flatten() {
                let above = path.parent().is_some_and(|parent| folder.place.starts_with(parent));
                if path.starts_with(&folder.place) || is_configuration && above {
                    if is_configuration {
                        folder.passed_over.clear();
                    }
                    folder.changed.insert(path.clone());
                    folder.needs_load = true;
                    folder.interrupt.store(folder.is_away, Ordering::Relaxed);
                }
            }
        }
    }

    // Requests

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if method == "initialize" {
            let answer = match self.is_initialized {
                true => Err((ErrorCode::InvalidRequest, "the server is initialized already".to_owned())),
                false => Ok(self.initialize(&params)),
            };
            return self.reply(id, answer);
        }
        let refusal = match () {
            () if !self.is_initialized => Some((ErrorCode::ServerNotInitialized, "`initialize` comes first")),
            () if self.is_shut_down => Some((ErrorCode::InvalidRequest, "the server is shut down")),
            () => None,
        };
        if let Some((code, message)) = refusal {
            return self.reply(id, Err((code, message.to_owned())));
        }
        if method == "shutdown" {
            self.is_shut_down = true;
            return self.reply(id, Ok(Value::Null));
        }
        self.parked.push_back(Parked { id, method, params });
        self.serve_parked();
    }

    /// Answers the requests that can be answered, in their order.
    fn serve_parked(&mut self) {
        let parked = std::mem::take(&mut self.parked);
        for request in parked {
            let Parked { id, method, params } = &request;
            let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.answer(method, params)));
            match answer {
                Ok(Ok(Some(value))) => self.reply(id.clone(), Ok(value)),
                Ok(Ok(None)) => self.parked.push_back(request),
                Ok(Err(refusal)) => self.reply(id.clone(), Err(refusal)),
                Err(_) => {
                    let message = format!("recto failed on `{method}`, which is a defect of recto");
                    self.reply(id.clone(), Err((ErrorCode::InternalError, message)));
                }
            }
        }
    }

    /// Returns the answer to a request; `None` if it has to wait.
    fn answer(&mut self, method: &str, params: &Value) -> Result<Option<Value>, Refusal> {
        match method {
            "workspace/symbol" => Ok(self.workspace_symbols(params)),
            "workspace/diagnostic" => Ok(self.workspace_diagnostics(params)),
            "workspace/executeCommand" => self.command(params),
            "textDocument/diagnostic" => Ok(self.pulled(&read(params.clone())?)),
            "textDocument/documentSymbol" | "textDocument/foldingRange" | "textDocument/inlayHint" => {
                Ok(self.of_document(method, &read(params.clone())?))
            }
            "textDocument/codeAction"
            | "textDocument/hover"
            | "textDocument/definition"
            | "textDocument/references"
            | "textDocument/prepareRename"
            | "textDocument/rename"
            | "textDocument/completion" => self.of_world(method, &read(params.clone())?),
            _ => Err((ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
        }
    }

    /// Returns the path of an open document and its folder; the folder's files may not be known yet.
    fn place_of(&self, uri: &str) -> Option<(PathBuf, usize)> {
        let path = path_of(uri)?;
        let at = self.open.get(&path)?.folder;
        Some((path, at))
    }

    fn folder(&self, at: usize) -> Option<&Folder> {
        self.folders.get(at).and_then(Option::as_ref)
    }

    fn pulled(&mut self, at: &At) -> Option<Value> {
        let none = || Some(json!({ "kind": "full", "items": [] }));
        let Some((path, place)) = self.place_of(&at.text_document.uri) else { return none() };
        let Some(folder) = self.folder(place) else { return none() };
        let is_pending = folder.needs_judgement || folder.needs_load || folder.is_away;
        // A client that cannot be told to ask again gets all findings at once.
        if !folder.is_loaded || is_pending && !self.abilities.refreshes {
            return None;
        }
        let items = self.diagnostics(&path);
        let id = format!("{:016x}", hash(&items));
        Some(match at.previous_result_id.as_ref() == Some(&id) {
            true => json!({ "kind": "unchanged", "resultId": id }),
            false => with_list(json!({ "kind": "full", "resultId": id }), "items", items),
        })
    }

    /// Returns the diagnostics of all files; waits until there are others than the client has.
    fn workspace_diagnostics(&mut self, params: &Value) -> Option<Value> {
        let is_pending = |folder: &Folder| !folder.is_loaded || folder.is_away || folder.needs_judgement;
        if self.folders.iter().flatten().any(is_pending) {
            return None;
        }
        let previous = params.get("previousResultIds").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let previous: BTreeMap<&str, &str> =
            previous.iter().filter_map(|one| Some((one.get("uri")?.as_str()?, one.get("value")?.as_str()?))).collect();
        let mut found: Vec<(String, Value, Vec<Value>)> = Vec::new();
        let open: Vec<PathBuf> = self.open.keys().cloned().collect();
        for path in open {
            let diagnostics = self.diagnostics(&path);
            if let Some(open) = self.open.get(&path) {
                found.push((open.document.uri.clone(), json!(open.document.version), diagnostics));
            }
        }
        for folder in self.folders.iter().flatten() {
            let Some(world) = &folder.world else { continue };
            for doc in world.collection.judged().filter(|doc| !self.open.contains_key(doc.source.path())) {
                let diagnostics = diagnostics::of_closed_document(&folder.held, doc.id);
                found.push((uri_of(doc.source.path()).0, Value::Null, diagnostics));
            }
        }
        let mut is_same = !previous.is_empty();
        let items = found.into_iter().filter_map(|(uri, version, items)| {
            let id = format!("{:016x}", hash(&items));
            let before = previous.get(uri.as_str()).copied();
            if before == Some(id.as_str()) {
                return Some(json!({ "kind": "unchanged", "uri": uri, "version": version, "resultId": id }));
            }
            if before.is_none() && items.is_empty() {
                return None;
            }
            is_same = false;
            let report = json!({ "kind": "full", "uri": uri, "version": version, "resultId": id });
            Some(with_list(report, "items", items))
        });
        let items: Vec<Value> = items.collect();
        (!is_same).then(|| with_list(json!({}), "items", items))
    }

    /// Answers what is asked of one document alone.
    fn of_document(&mut self, method: &str, at: &At) -> Option<Value> {
        let Some((path, place)) = self.place_of(&at.text_document.uri) else { return Some(Value::Null) };
        if self.folder(place).is_some_and(|folder| !folder.is_loaded) {
            return None;
        }
        self.look_at(&path);
        let (Some(open), Some(folder)) = (self.open.get(&path), self.folder(place)) else { return Some(Value::Null) };
        let Some(alone) = &open.alone else { return Some(Value::Null) };
        let doc = alone.document();
        let places = Positions::new(doc.text(), &doc.lines, self.abilities.encoding);
        Some(match method {
            "textDocument/documentSymbol" => {
                if self.abilities.nests_symbols {
                    outline::symbol_tree(doc, &places)
                } else {
                    outline::symbol_list(doc, &places, &open.document.uri)
                }
            }
            "textDocument/foldingRange" => outline::folding(doc),
            _ => outline::hints(&folder.held, alone.id, &places, at.range),
        })
    }

    /// Brings the world of a folder up to date. Returns false if it has to be waited for.
    fn bring_home(&mut self, at: usize) -> bool {
        let Some(folder) = self.folders.get_mut(at).and_then(Option::as_mut) else { return true };
        // Edits at the places of a text that is not there any more would damage the one that is.
        if !folder.is_loaded || folder.is_away || folder.needs_load {
            return false;
        }
        let open = &self.open;
        folder.refresh(|path| open.get(path).map(Open::as_looked_at));
        if let Some(world) = &mut folder.world {
            world.align();
        }
        true
    }

    /// Answers what is asked of a document among the others.
    fn of_world(&mut self, method: &str, at: &At) -> Result<Option<Value>, Refusal> {
        let Some((path, place)) = self.place_of(&at.text_document.uri) else { return Ok(Some(Value::Null)) };
        if !self.bring_home(place) {
            return Ok(None);
        }
        let needs_all = method == "textDocument/codeAction" && asks_for_all_fixes(&at.context);
        if needs_all && self.folder(place).is_some_and(|folder| folder.needs_judgement) {
            return Ok(None);
        }
        self.look_at(&path);
        let open: BTreeMap<PathBuf, OpenName> = self
            .open
            .iter()
            .map(|(path, open)| {
                (path.clone(), OpenName { uri: open.document.uri.clone(), version: open.document.version })
            })
            .collect();
        let Some(folder) = self.folder(place) else { return Ok(Some(Value::Null)) };
        let (Some(world), Some(id)) = (&folder.world, folder.judged(&path)) else { return Ok(Some(Value::Null)) };
        let view = View { world, id, held: &folder.held, open: &open, abilities: self.abilities, disk: &*self.disk };
        Ok(Some(match method {
            "textDocument/hover" => navigate::hover(view, at.position),
            "textDocument/definition" => navigate::definition(view, at.position),
            "textDocument/references" => {
                let includes = at.context.get("includeDeclaration").and_then(Value::as_bool).unwrap_or(true);
                let own = if includes { OwnPlace::Included } else { OwnPlace::LeftOut };
                navigate::references(view, at.position, own)
            }
            "textDocument/prepareRename" => rename::prepared(view, at.position),
            "textDocument/rename" => {
                rename::rename(view, at.position, &at.new_name).map_err(|reason| (ErrorCode::RequestFailed, reason))?
            }
            "textDocument/completion" => complete::completions(view, at.position),
            _ => {
                let only = at.context.get("only").and_then(Value::as_array);
                let only: Option<Vec<String>> =
                    only.map(|kinds| kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect());
                let actions = actions::actions(view, at.range, only.as_deref());
                let actions = if self.abilities.takes_actions { actions } else { Vec::new() };
                actions.into()
            }
        }))
    }

    fn workspace_symbols(&mut self, params: &Value) -> Option<Value> {
        let query = params.get("query").and_then(Value::as_str).unwrap_or("");
        for at in 0..self.folders.len() {
            if !self.bring_home(at) {
                return None;
            }
        }
        let mut found: Vec<Value> = Vec::new();
        for world in self.folders.iter().flatten().filter_map(|folder| folder.world.as_ref()) {
            found.extend(outline::workspace_symbols(world, query, |doc: DocId, span| {
                let path = world.collection.document(doc).source.path();
                let uri = self.open.get(path).map_or_else(|| uri_of(path).0, |open| open.document.uri.clone());
                json!({ "uri": uri, "range": world.places(doc, self.abilities.encoding).range(span) })
            }));
        }
        Some(found.into())
    }

    fn command(&mut self, params: &Value) -> Result<Option<Value>, Refusal> {
        let argument = params.pointer("/arguments/0").and_then(Value::as_str).unwrap_or("");
        match params.get("command").and_then(Value::as_str).unwrap_or("") {
            "recto.server.explain" => match rules::by_id(rules::current(argument)) {
                Some(rule) => Ok(Some(json!({ "rule": rule.id, "page": rule.page }))),
                None => Err((ErrorCode::InvalidParams, format!("there is no rule `{argument}`"))),
            },
            "recto.server.works" => {
                let Some((path, at)) = self.place_of(argument) else { return Ok(Some(json!([]))) };
                if !self.bring_home(at) {
                    return Ok(None);
                }
                Ok(Some(self.folder(at).and_then(|folder| works(folder, &path)).unwrap_or_else(|| json!([]))))
            }
            other => Err((ErrorCode::InvalidParams, format!("there is no command `{other}`"))),
        }
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.is_initialized = true;
        self.abilities = Abilities::new(params.get("capabilities").unwrap_or(&Value::Null));
        self.settings = ClientSettings::new(params.get("initializationOptions").unwrap_or(&Value::Null));
        let mut places = folders(params.get("workspaceFolders"));
        if places.is_empty() {
            let root = params.get("rootUri").and_then(Value::as_str).and_then(path_of);
            let path = || params.get("rootPath").and_then(Value::as_str).map(PathBuf::from);
            places.extend(root.or_else(path));
        }
        for place in places {
            self.add_folder(place);
        }
        json!({
            "serverInfo": { "name": "recto", "version": env!("CARGO_PKG_VERSION") },
            "capabilities": {
                "positionEncoding": self.abilities.encoding.as_str(),
                "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
                "diagnosticProvider": { "identifier": "recto", "interFileDependencies": true, "workspaceDiagnostics": true },
                "codeActionProvider": { "codeActionKinds": ["quickfix", "refactor.rewrite", actions::FIX_ALL] },
                "hoverProvider": true,
                "definitionProvider": true,
                "referencesProvider": true,
                "documentSymbolProvider": true,
                "workspaceSymbolProvider": true,
                "foldingRangeProvider": true,
                "inlayHintProvider": true,
                "completionProvider": { "triggerCharacters": ["(", "#", "/", "["] },
                "renameProvider": { "prepareProvider": true },
                "executeCommandProvider": { "commands": ["recto.server.explain", "recto.server.works"] },
                "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
            },
        })
    }
}

/// Returns whether the context of a request for actions asks for the fixes of the whole file, which an editor makes when it
/// saves the file: those known so far are not all.
fn asks_for_all_fixes(context: &Value) -> bool {
    let only = context.get("only").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    only.iter().filter_map(Value::as_str).any(|kind| kind.starts_with("source.fixAll"))
}

/// Returns the works of which a document is a version, each with the files of its versions, the reference version first.
fn works(folder: &Folder, path: &Path) -> Option<Value> {
    let world = folder.world.as_ref()?;
    let id = world.id_of(path)?;
    let works = world.collection.works.iter().filter(|work| work.contains(id)).map(|work| {
        let versions = work.versions.iter().map(|version| {
            let files = version.documents.iter().map(|id| world.collection.document(*id).source.display());
            json!({ "role": version.role.as_str(), "files": files.collect::<Vec<_>>() })
        });
        json!({ "name": work.name, "versions": versions.collect::<Vec<_>>() })
    });
    Some(works.collect::<Vec<_>>().into())
}

/// Reads the parameters of a message.
fn read<T: DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

/// Returns the paths of a list of workspace folders.
fn folders(value: Option<&Value>) -> Vec<PathBuf> {
    let folders = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    folders.iter().filter_map(|folder| path_of(folder.get("uri")?.as_str()?)).collect()
}

/// Returns an object with one more entry, a list. `json!` would copy each value of the list, which may have thousands.
fn with_list(mut object: Value, name: &str, list: Vec<Value>) -> Value {
    object[name] = Value::Array(list);
    object
}

/// Returns a number that is another one for other diagnostics.
fn hash(diagnostics: &[Value]) -> u64 {
    xxh3_64(&serde_json::to_vec(diagnostics).unwrap_or_default())
}
