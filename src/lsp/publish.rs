//! Findings that the server sends unasked: to clients that ask for none, and of files that are not open.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use super::diagnostics::{self, Diagnostic};
use super::look::{Freshness, is_short};
use super::position::uri_of;
use super::server::{Open, Sent, Server, Sight};
use super::world::Unloaded;

/// Number of open documents (a guess) up to which each is looked at alone before its folder is judged for the first time:
/// of more, most are not on the screen, and all of them are known sooner from the judgement.
const MANY: usize = 50;

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

    /// Looks for the findings of one document that was edited, and sends a long one to be looked at, or the diagnostics of
    /// one that was looked at for a request. Returns false if there is none.
    pub(super) fn look_at_one(&mut self) -> bool {
        let is_waiting = |open: &&Open| {
            let is_new = || is_short(open.document.text()) || open.sight == Sight::Nothing || self.looking.is_none();
            let is_first = || self.folder(open.folder).is_some_and(|folder| !folder.was_judged);
            let is_put_off = || self.open.len() > MANY && open.freshness == Freshness::MayBeSaved && is_first();
            open.alone.is_none() && open.sight != Sight::Judged && !is_put_off() && is_new() && self.is_unseen(open)
        };
        let Some(open) = self.open.values().find(is_waiting) else {
            // A request may have looked at a document before.
            let is_unsent = |open: &&Open| {
                let is_sent = open.published.is_some_and(|(version, _)| version == open.document.version);
                open.alone.is_some() && !is_sent && !self.is_out_of_sight(&open.document.path)
            };
            let unsent = self.open.values().filter(|_| !self.abilities.pulls).find(is_unsent);
            let Some(path) = unsent.map(|open| open.document.path.clone()) else { return false };
            self.publish(&path);
            return true;
        };
        let path = open.document.path.clone();
        // Of a long document that was just opened nothing is known, which is not that there are no findings.
        let is_known = is_short(open.document.text()) || open.earlier.is_some();
        if is_short(open.document.text()) {
            self.look_at(&path);
        } else {
            if open.sight == Sight::Nothing {
                self.look_at_edited_lines(&path);
            }
            self.send_to_be_looked_at(&path);
        }
        if is_known {
            self.publish(&path);
        }
        true
    }

    /// Sends the diagnostics of an open document to a client that does not ask for them.
    pub(super) fn publish(&mut self, path: &Path) {
        if self.abilities.pulls {
            return;
        }
        if self.open.get(path).is_some_and(|open| open.sight != Sight::Judged) {
            self.look_at(path);
        }
        if self.is_out_of_sight(path) {
            return;
        }
        let Some(open) = self.open.get(path) else { return };
        let (uri, version) = (open.document.uri.clone(), open.document.version);
        let body = written(&uri, Some(version), &self.diagnostics(path));
        // Clients may drop diagnostics of an earlier version.
        let state = (version, xxh3_64(body.as_bytes()));
        if self.open.get_mut(path).and_then(|open| open.published.replace(state)) != Some(state) {
            let _ = self.out.send(Sent::Diagnostics { uri, body });
        }
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
            let path = doc.source.path();
            let body = written(&uri_of(path).0, None, &diagnostics);
            let hash = xxh3_64(body.as_bytes());
            let before = self.published.get(path).copied();
            if before != Some(hash) && !(before.is_none() && diagnostics.is_empty()) {
                sent.push((path.to_path_buf(), hash, body));
            }
        }
        for (path, hash, body) in sent {
            let _ = self.out.send(Sent::Diagnostics { uri: uri_of(&path).0, body });
            self.published.insert(path, hash);
        }
    }
}

/// Returns a message with the diagnostics of a file. Written at once, because a file may have thousands of them, and values
/// in between take ten times as long.
fn written(uri: &str, version: Option<i32>, diagnostics: &[Diagnostic<'_>]) -> String {
    #[derive(Serialize)]
    struct Params<'a> {
        uri: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        version: Option<i32>,
        diagnostics: &'a [Diagnostic<'a>],
    }
    #[derive(Serialize)]
    struct Written<'a> {
        jsonrpc: &'static str,
        method: &'static str,
        params: Params<'a>,
    }
    let params = Params { uri, version, diagnostics };
    let message = Written { jsonrpc: "2.0", method: "textDocument/publishDiagnostics", params };
    serde_json::to_string(&message).unwrap_or_default()
}
