//! The language server: the same library behind an editor.
//!
//! One thread has all state and answers the client; another one judges the documents of a folder, which are sent to it
//! and come back with their findings. Findings that depend on nothing but the edited document are known at once; all
//! others follow when the user pauses. May use every room but `run`, which gives it the disk.

mod actions;
mod answers;
mod client;
mod complete;
mod counterparts;
mod diagnostics;
mod document;
mod edits;
mod folder;
mod look;
mod navigate;
mod outgoing;
mod outline;
mod position;
mod publish;
mod rename;
mod server;
mod sync;
mod transport;
mod view;
mod world;

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;

use lsp_server::Message;
use serde_json::json;

pub use self::client::ClientSettings;
pub use self::world::{Disk, Linking, LoadedFolder, Unloaded};

use self::folder::Judgement;
use self::server::{Channels, Event, Open, Sent, Server, Sight};
use self::transport::Received;
use self::world::{Task, TaskDone, TaskOutcome, judge};

/// Pause after a change before the other documents are judged anew (a guess: between two words).
const PAUSE: Duration = Duration::from_millis(120);
/// Maximum number of times that the pause is halved (a guess): after as many it is a millisecond.
const MOST_HALVINGS: u32 = 7;

/// Time that a request waits for a judgement to end before it is interrupted (a guess: a pause that is hardly noticed).
const PATIENCE: Duration = Duration::from_millis(100);

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
    let writing = std::thread::spawn(move || outgoing::deliver(&outbox, &mut writer));
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
    // Threads for the document that is edited, so that it never waits for those that judge the others.
    let pool = rayon::ThreadPoolBuilder::new().build().ok().map(Arc::new);
    let (looks, to_look_at) = mpsc::channel();
    let (looked, seen) = mpsc::channel();
    let threads = pool.clone();
    std::thread::spawn(move || look::look(&to_look_at, threads.as_deref(), &looked));
    let from_look = events.clone();
    std::thread::spawn(move || {
        for looked in seen {
            if from_look.send(Event::Looked(Box::new(looked))).is_err() {
                return;
            }
        }
    });
    let ending = Server::new(Channels { out, tasks, looks, events }, pool, disk).run(&inbox);
    // All answers are written before the process ends; a client that is gone reads none.
    if ending == Ending::Regular {
        let _ = writing.join();
    }
    ending
}

impl Server {
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
                Some(Event::Looked(done)) => self.take_looked(*done),
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

    /// Returns the time after which there is something to do if nothing happens.
    fn pause(&self) -> Option<Duration> {
        if self.is_busy && self.parked.iter().any(|parked| !parked.waits_for_judgement()) {
            return Some(PATIENCE);
        }
        let is_first = |at: &usize| self.folder(*at).is_some_and(|folder| folder.needs_load && !folder.is_loaded);
        let next = if self.is_busy { None } else { self.next() };
        if next.is_none() {
            self.put_off.set(0);
            return None;
        }
        // Each event that puts the judgement off does so for half as long, so that it comes in the end.
        let put_off = self.put_off.get();
        self.put_off.set(put_off.saturating_add(1));
        let is_waited_for = !self.parked.is_empty() || next.as_ref().is_some_and(is_first);
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
        if let Some(at) = self.next() {
            self.dispatch(at);
        }
    }

    /// Returns the next folder to load or to judge: one that was never loaded first, and none of which a long document is
    /// being looked at, because its world takes the document as it was parsed then.
    fn next(&self) -> Option<usize> {
        let needs = |at: &usize| self.folder(*at).is_some_and(|folder| folder.needs_load || folder.needs_judgement);
        let is_first = |at: &usize| self.folder(*at).is_some_and(|folder| !folder.is_loaded);
        let mut all = (0..self.folders.len()).filter(needs);
        let first = all.clone().find(is_first);
        first.or_else(|| all.find(|at| !self.awaits_look(*at)))
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
        // A first judgement that was interrupted says nothing of any file.
        let mut is_other = match done.outcome {
            TaskOutcome::Interrupted => false,
            TaskOutcome::Judged(_) => !folder.was_judged,
            TaskOutcome::Failed(_) | TaskOutcome::Panicked(_) => !was_loaded,
        };
        let mut failure = None;
        let is_judged = matches!(done.outcome, TaskOutcome::Judged(_));
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
        let Some(folder) = self.folders.get(at).and_then(Option::as_ref) else { return };
        for open in self.open.values_mut().filter(|open| open.folder == at) {
            if !was_loaded {
                open.forget();
            }
            // Thousands of documents may have been restored with the workspace.
            if is_judged && open.alone.is_none() && folder.has_judged(&open.document) {
                open.sight = Sight::Judged;
            }
        }
        if is_other {
            self.publish_all(at);
            self.tell_to_refresh();
        }
        self.serve_parked();
    }
}
