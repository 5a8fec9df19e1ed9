//! Notifications of a client: documents that are opened, edited and closed, folders and settings that change.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent};
use lsp_server::{ErrorCode, Notification, RequestId, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::client::ClientSettings;
use super::document::OpenDocument;
use super::folder::Folder;
use super::look::Freshness;
use super::position::path_of;
use super::server::{Event, Open, Refusal, Server};
use crate::baseline::FILE_NAME;

/// Names of the files whose changes matter.
const WATCHED: &str = "**/{*.md,*.markdown,*.mdown,*.mkd,*.mkdn,*.mdx,*.qmd,*.Rmd,*.ipynb,*.srt,*.vtt,*.po,*.pot,*.xlf,*.xliff,*.json,*.csv,*.tsv,*.jsonl,recto.toml,recto-baseline.jsonl}";

/// A position in a document.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct At {
    pub(super) text_document: Named,
    #[serde(default)]
    pub(super) position: Position,
    #[serde(default)]
    pub(super) range: Range,
    #[serde(default)]
    pub(super) new_name: String,
    #[serde(default)]
    pub(super) context: Value,
    #[serde(default)]
    pub(super) previous_result_id: Option<String>,
}

/// A document by its address.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Named {
    pub(super) uri: String,
    #[serde(default)]
    pub(super) version: Option<i32>,
    #[serde(default)]
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changed {
    pub(super) text_document: Named,
    pub(super) content_changes: Vec<TextDocumentContentChangeEvent>,
}

impl Server {
    /// Answers to a notification. A defect of recto is told, and the conversation goes on.
    pub(super) fn guarded(&mut self, notification: Notification) {
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

    pub(super) fn response(&mut self, response: Response) {
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

    pub(super) fn add_folder(&mut self, place: PathBuf) -> usize {
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
                open.forget();
                self.touch(&path);
            }
        }
    }

    fn opened(&mut self, uri: String, version: i32, text: String) {
        // Untitled documents have no folder by which they could be judged.
        let Some(path) = path_of(&uri) else { return };
        let at = self.folder_of(&path);
        let document = OpenDocument::new(uri, path.clone(), version, text);
        self.open.insert(path.clone(), Open::new(document, at));
        self.note_while_looking(&path, None);
        self.touch(&path);
    }

    /// Has the document judged, if it is not as its world knows it.
    fn touch(&mut self, path: &Path) {
        let Some(open) = self.open.get(path) else { return };
        let Some(folder) = self.folders.get_mut(open.folder).and_then(Option::as_mut) else { return };
        if let Some(world) = &folder.world
            && let Some(id) = world.id_of(path)
            && world.collection.document(id).source.file_text() == open.document.text().as_str()
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
        open.note(&changes);
        open.freshness = Freshness::Edited;
        let at = open.folder;
        self.note_while_looking(&path, Some(&changes));
        if let Some(folder) = self.folders.get_mut(at).and_then(Option::as_mut) {
            // Findings in a container follow when its text was extracted again.
            if !folder.is_container(&path) {
                folder.follow(&path, &changes);
            }
        }
        self.touch(&path);
    }

    fn closed(&mut self, uri: &str) {
        let Some(path) = path_of(uri) else { return };
        let Some(open) = self.open.remove(&path) else { return };
        self.note_while_looking(&path, None);
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

    pub(super) fn changed(&mut self, paths: &[PathBuf]) {
        for path in paths {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let is_configuration = matches!(name.as_str(), "recto.toml" | "recto.json") || name == FILE_NAME;
            if self.open.contains_key(path) && !is_configuration {
                continue;
            }
            // Most files of data are not for people.
            let is_data =
                path.extension().is_some_and(|end| ["json", "csv", "tsv", "jsonl"].iter().any(|data| end == *data));
            for folder in self.folders.iter_mut().flatten() {
                if is_data && !is_configuration && !folder.knows(path) {
                    continue;
                }
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
}

/// Reads the parameters of a message.
pub(super) fn read<T: DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params).map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

/// Returns the paths of a list of workspace folders.
pub(super) fn folders(value: Option<&Value>) -> Vec<PathBuf> {
    let folders = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    folders.iter().filter_map(|folder| path_of(folder.get("uri")?.as_str()?)).collect()
}
