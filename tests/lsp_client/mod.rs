//! A client of the language server, over the streams of the real program.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};

/// Longest time that an answer may take: builds without optimisation on a busy machine are slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// The abilities that a client announces.
#[derive(Debug, Clone)]
pub(crate) struct Wanted(Value);

impl Wanted {
    /// A client that diagnostics are sent to.
    pub(crate) fn push() -> Self {
        Self(json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } }, "workspace": {} }))
    }

    /// A client that asks for diagnostics, and can be told to ask again.
    pub(crate) fn pull() -> Self {
        Self::pull_once().with("/workspace/diagnostics", json!({ "refreshSupport": true }))
    }

    /// A client that asks for diagnostics and cannot be told to ask again, so that each answer is complete.
    pub(crate) fn pull_once() -> Self {
        Self(json!({ "textDocument": { "diagnostic": {} }, "workspace": {} }))
    }

    /// Takes actions with edits of several files.
    pub(crate) fn with_edits(self) -> Self {
        let edits = json!({ "documentChanges": true, "resourceOperations": ["create"] });
        let kinds = json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } });
        self.with("/workspace/workspaceEdit", edits).with("/textDocument/codeAction", kinds)
    }

    /// Sets the value at a path, whose parents are made.
    pub(crate) fn with(mut self, path: &str, value: Value) -> Self {
        let mut at = &mut self.0;
        for name in path.split('/').skip(1) {
            at = &mut at[name];
        }
        *at = value;
        self
    }

    /// Returns whether the client watches files for the server.
    pub(crate) fn watches(&self) -> bool {
        !self.0["workspace"]["didChangeWatchedFiles"].is_null()
    }
}

/// A client with a server of its own.
pub(crate) struct Client {
    server: Child,
    stdin: ChildStdin,
    received: Receiver<Value>,
    /// Messages that were received and not asked for.
    others: Vec<Value>,
    texts: BTreeMap<PathBuf, (i32, String)>,
    wanted: Wanted,
    /// The `initializationOptions`.
    pub(crate) options: Value,
    next: i64,
}

/// Returns the address of a path.
pub(crate) fn uri_of(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/").replace('%', "%25").replace(' ', "%20");
    if path.starts_with('/') { format!("file://{path}") } else { format!("file:///{path}") }
}

impl Client {
    pub(crate) fn new(wanted: Wanted) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_recto"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let stdin = server.stdin.take().expect("a pipe");
        let stdout = server.stdout.take().expect("a pipe");
        let (sender, received) = mpsc::channel();
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let (others, texts) = (Vec::new(), BTreeMap::new());
        Self { server, stdin, received, others, texts, wanted, options: Value::Null, next: 0 }
    }

    pub(crate) fn initialize(&mut self, folders: &[&Path]) -> Value {
        let folders: Vec<Value> = folders.iter().map(|path| json!({ "uri": uri_of(path), "name": "folder" })).collect();
        let params = json!({
            "processId": null,
            "rootUri": null,
            "capabilities": self.wanted.0,
            "initializationOptions": self.options,
            "workspaceFolders": folders,
        });
        let answer = self.ask("initialize", params);
        self.tell("initialized", json!({}));
        answer
    }

    pub(crate) fn send_raw(&mut self, bytes: &[u8]) {
        self.stdin.write_all(bytes).expect("written");
        self.stdin.flush().expect("written");
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    pub(crate) fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn respond_to(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.receive(method);
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.others.push(message);
        }
    }

    /// Sends a request and returns its result.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.respond_to(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Sends a request that is refused, and returns the error.
    pub(crate) fn refused(&mut self, method: &str, params: Value) -> String {
        let answer = self.respond_to(method, params);
        answer.get("error").unwrap_or_else(|| panic!("{method} was not refused: {answer}")).to_string()
    }

    /// Returns the next message. Requests of the server are answered.
    fn receive(&mut self, waiting_for: &str) -> Value {
        let message = self.received.recv_timeout(PATIENCE);
        let message = message.unwrap_or_else(|error| panic!("waiting for {waiting_for}: {error}; {:#?}", self.others));
        if let (Some(id), Some(method)) = (message.get("id"), message.get("method")) {
            let result = if method == "workspace/configuration" { json!([null]) } else { Value::Null };
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
        }
        message
    }

    /// Returns the messages of a method that were received and not waited for.
    pub(crate) fn seen(&self, method: &str) -> Vec<&Value> {
        self.others.iter().filter(|message| message["method"] == method).collect()
    }

    /// Waits for a message of a method, which may have come already.
    pub(crate) fn wait_for(&mut self, method: &str) -> Value {
        while self.seen(method).is_empty() {
            let message = self.receive(method);
            self.others.push(message);
        }
        self.seen(method)[0].clone()
    }

    /// Opens a file with its text on the disk.
    pub(crate) fn open(&mut self, path: &Path) {
        let text = fs::read_to_string(path).expect("readable");
        self.texts.insert(path.to_path_buf(), (1, text.clone()));
        let document = json!({ "uri": uri_of(path), "languageId": "markdown", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Returns the text of an open file.
    pub(crate) fn text(&self, path: &Path) -> &str {
        &self.texts[path].1
    }

    /// Replaces a range, given as lines and characters in the unit of a text of ASCII, or in Unicode scalar values.
    pub(crate) fn change(&mut self, path: &Path, start: (u32, u32), end: (u32, u32), new: &str) {
        let (version, text) = self.texts.get_mut(path).expect("open");
        *version += 1;
        let (from, to) = (offset(text, start), offset(text, end));
        text.replace_range(from.min(to)..from.max(to), new);
        let at = |(line, character)| json!({ "line": line, "character": character });
        let change = json!({ "range": { "start": at(start), "end": at(end) }, "text": new });
        let document = json!({ "uri": uri_of(path), "version": *version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
    }

    /// Waits for diagnostics of a file that are as wanted. Those that came since the last change count.
    pub(crate) fn pushed(&mut self, path: &Path, is_wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let uri = uri_of(path);
        let mut last = Vec::new();
        for message in self.others.iter().rev() {
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri.as_str() {
                last = message["params"]["diagnostics"].as_array().cloned().unwrap_or_default();
                if is_wanted(&last) {
                    return last;
                }
                break;
            }
        }
        loop {
            let message = self.receive(&format!("diagnostics of {} unlike {last:#?}", path.display()));
            self.others.push(message.clone());
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri.as_str() {
                last = message["params"]["diagnostics"].as_array().cloned().unwrap_or_default();
                if is_wanted(&last) {
                    return last;
                }
            }
        }
    }

    /// Asks for the diagnostics of a file.
    pub(crate) fn pulled(&mut self, path: &Path) -> Value {
        self.ask("textDocument/diagnostic", json!({ "textDocument": { "uri": uri_of(path) } }))
    }

    /// Asks for the actions at a range, of one kind or of all.
    pub(crate) fn actions(
        &mut self,
        path: &Path,
        start: (u32, u32),
        end: (u32, u32),
        only: Option<&str>,
    ) -> Vec<Value> {
        let at = |(line, character)| json!({ "line": line, "character": character });
        let mut context = json!({ "diagnostics": [] });
        if let Some(kind) = only {
            context["only"] = json!([kind]);
        }
        let range = json!({ "start": at(start), "end": at(end) });
        let params = json!({ "textDocument": { "uri": uri_of(path) }, "range": range, "context": context });
        self.ask("textDocument/codeAction", params).as_array().cloned().unwrap_or_default()
    }

    /// Says good-bye; the server has to end without an error.
    pub(crate) fn leave(mut self) {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        let status = self.server.wait().expect("ended");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // A server that has ended by itself cannot be killed.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn read(stream: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((_, value)) => length = value.parse().ok()?,
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// Returns the byte offset of a line and character, counted in Unicode scalar values.
fn offset(text: &str, (line, character): (u32, u32)) -> usize {
    let mut start = 0;
    for _ in 0..line {
        let bytes = text.as_bytes();
        match text[start..].find(['\n', '\r']) {
            Some(at) if bytes[start + at..].starts_with(b"\r\n") => start += at + 2,
            Some(at) => start += at + 1,
            None => return text.len(),
        }
    }
    let end = text[start..].find(['\n', '\r']).map_or(text.len(), |at| start + at);
    text[start..end].char_indices().nth(character as usize).map_or(end, |(at, _)| start + at)
}

/// Returns the text of the file whose address ends with `name` after the edit of an action.
pub(crate) fn applied(text: &str, action: &Value, name: &str) -> String {
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    for change in action["edit"]["documentChanges"].as_array().into_iter().flatten() {
        if !change["textDocument"]["uri"].as_str().is_some_and(|uri| uri.ends_with(name)) {
            continue;
        }
        for edit in change["edits"].as_array().into_iter().flatten() {
            let number = |end: &str, unit: &str| edit["range"][end][unit].as_u64().unwrap_or(0) as u32;
            let [start, end] =
                ["start", "end"].map(|end| offset(text, (number(end, "line"), number(end, "character"))));
            edits.push((start, end, edit["newText"].as_str().unwrap_or_default().to_owned()));
        }
    }
    assert!(!edits.is_empty(), "no edit of {name} in {action:#}");
    edits.sort();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, &new);
    }
    text
}
