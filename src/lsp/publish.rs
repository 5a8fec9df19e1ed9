//! Findings that the server sends unasked: to clients that ask for none, and of files that are not open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::diagnostics;
use super::position::uri_of;
use super::server::{Open, Server, hash, with_list};
use super::world::Unloaded;

impl Server {
    pub(super) fn tell_to_refresh(&mut self) {
        if self.abilities.pulls && self.abilities.refreshes {
            self.ask("workspace/diagnostic/refresh", Value::Null, "refresh");
        }
        if self.abilities.refreshes_hints {
            self.ask("workspace/inlayHint/refresh", Value::Null, "refresh");
        }
    }

    /// Shows the mistakes of the configuration in their files, or that there are none any more.
    pub(super) fn report_failure(&mut self, at: usize, failure: Option<Unloaded>) {
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

    /// Looks for the findings of one document that was edited. Returns false if there is none.
    pub(super) fn look_at_one(&mut self) -> bool {
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

    /// Sends the diagnostics of an open document to a client that does not ask for them.
    pub(super) fn publish(&mut self, path: &Path) {
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

    pub(super) fn publish_all(&mut self, at: usize) {
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
}
