//! Requests of a client, and what they are answered with. A request that needs the findings of a judgement waits for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gen_lsp_types::Range;
use lsp_server::{ErrorCode, Request};
use serde_json::{Value, json};

use super::client::{Abilities, ClientSettings};
use super::folder::Folder;
use super::navigate::OwnPlace;
use super::position::{Positions, path_of, uri_of};
use super::server::{Open, Parked, Refusal, Server, asks_for_all_fixes, hash, values, with_list};
use super::sync::{At, folders, read};
use super::view::{OpenName, View};
use super::{actions, complete, diagnostics, navigate, outline, rename};
use crate::model::id::DocId;
use crate::rules;

impl Server {
    pub(super) fn request(&mut self, request: Request) {
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
    pub(super) fn serve_parked(&mut self) {
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

    fn pulled(&mut self, at: &At) -> Option<Value> {
        let none = || Some(json!({ "kind": "full", "items": [] }));
        let Some((path, place)) = self.place_of(&at.text_document.uri) else { return none() };
        let Some(folder) = self.folder(place) else { return none() };
        let is_pending = folder.needs_judgement || folder.needs_load || folder.is_away;
        // A client that cannot be told to ask again gets all findings at once.
        if !folder.is_loaded || is_pending && !self.abilities.refreshes {
            return None;
        }
        if !self.look_at(&path) {
            if !self.abilities.refreshes || self.is_out_of_sight(&path) {
                return None;
            }
            self.look_at_edited_lines(&path);
        }
        let items = values(&self.diagnostics(&path));
        let id = format!("{:016x}", hash(&items));
        Some(match at.previous_result_id.as_ref() == Some(&id) {
            true => json!({ "kind": "unchanged", "resultId": id }),
            false => with_list(json!({ "kind": "full", "resultId": id }), "items", items),
        })
    }

    /// Returns the diagnostics of all files; waits until there are others than the client has.
    fn workspace_diagnostics(&mut self, params: &Value) -> Option<Value> {
        let is_pending = |folder: &Folder| !folder.is_loaded || folder.is_away || folder.needs_judgement;
        if self.folders.iter().flatten().any(is_pending) || (0..self.folders.len()).any(|at| self.awaits_look(at)) {
            return None;
        }
        let previous = params.get("previousResultIds").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let previous: BTreeMap<&str, &str> =
            previous.iter().filter_map(|one| Some((one.get("uri")?.as_str()?, one.get("value")?.as_str()?))).collect();
        let mut found: Vec<(String, Value, Vec<Value>)> = Vec::new();
        let open: Vec<PathBuf> = self.open.keys().cloned().collect();
        for path in open {
            self.look_at(&path);
            let diagnostics = values(&self.diagnostics(&path));
            if let Some(open) = self.open.get(&path) {
                found.push((open.document.uri.clone(), json!(open.document.version), diagnostics));
            }
        }
        for folder in self.folders.iter().flatten() {
            let Some(world) = &folder.world else { continue };
            for doc in world.collection.judged().filter(|doc| !self.open.contains_key(doc.source.path())) {
                let diagnostics = values(&diagnostics::of_closed_document(&folder.held, doc.id));
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
        if !self.look_at(&path) {
            return None;
        }
        let (Some(open), Some(folder)) = (self.open.get(&path), self.folder(place)) else { return Some(Value::Null) };
        let Some(alone) = &open.alone else { return Some(Value::Null) };
        let doc = alone.document();
        let places = Positions::of(doc, self.abilities.encoding);
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
        if !self.look_at(&path) || !self.bring_home(place) {
            return Ok(None);
        }
        let needs_all = method == "textDocument/codeAction" && asks_for_all_fixes(&at.context);
        if needs_all && self.folder(place).is_some_and(|folder| folder.needs_judgement) {
            return Ok(None);
        }
        let open: BTreeMap<PathBuf, OpenName> = self
            .open
            .iter()
            .map(|(path, open)| {
                (path.clone(), OpenName { uri: open.document.uri.clone(), version: open.document.version })
            })
            .collect();
        let Some(folder) = self.folder(place) else { return Ok(Some(Value::Null)) };
        let (Some(world), Some(id)) = (&folder.world, folder.judged(&path)) else { return Ok(Some(Value::Null)) };
        let linking = self.disk.linking(&folder.place, &world.settings);
        let (disk, linking) = (&*self.disk, &*linking);
        let view = View { world, id, held: &folder.held, open: &open, abilities: self.abilities, disk, linking };
        let caret = Range { start: at.position, end: at.position };
        if !view.places(id).has_text(if method == "textDocument/codeAction" { at.range } else { caret }) {
            return Ok(Some(Value::Null));
        }
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
                let renamed = rename::rename(view, at.position, &at.new_name);
                let (edit, warning) = renamed.map_err(|reason| (ErrorCode::RequestFailed, reason))?;
                if let Some(warning) = warning {
                    self.notify("window/showMessage", json!({ "type": 2, "message": format!("recto: {warning}") }));
                }
                edit
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
