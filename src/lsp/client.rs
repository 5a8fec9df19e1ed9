//! The client: its abilities, and the settings that it has for the server.
//!
//! Knows the JSON that clients send; not what is done with it.

use serde_json::Value;

use super::position::Encoding;

/// Abilities of the client, of those that make a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Abilities {
    /// Unit of positions.
    pub encoding: Encoding,
    /// Asks for diagnostics itself.
    pub pulls: bool,
    /// Asks again for diagnostics when it is told to.
    pub refreshes: bool,
    /// Asks again for hints when it is told to.
    pub refreshes_hints: bool,
    /// Watches files for the server.
    pub watches: bool,
    /// Shows progress.
    pub shows_progress: bool,
    /// Takes edits of documents with their versions.
    pub takes_document_changes: bool,
    /// Creates files as part of an edit.
    pub creates_files: bool,
    /// Asks the user about parts of an edit.
    pub confirms: bool,
    /// Takes actions with edits and not only commands.
    pub takes_actions: bool,
    /// Has a tree of symbols instead of a list.
    pub nests_symbols: bool,
    /// Reads Markdown where it shows texts.
    pub reads_markdown: bool,
    /// Is asked for its settings.
    pub has_configuration: bool,
}

impl Abilities {
    /// Reads the `capabilities` of an `initialize` request.
    pub(super) fn new(capabilities: &Value) -> Self {
        let at = |path: &str| capabilities.pointer(path);
        let is = |path: &str| at(path).and_then(Value::as_bool).unwrap_or(false);
        let has = |path: &str| at(path).is_some_and(|value| !value.is_null());
        let names = |path: &str| -> Vec<String> {
            let values = at(path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let reads = names("/textDocument/hover/contentFormat");
        Self {
            encoding: Encoding::negotiated(&names("/general/positionEncodings")),
            pulls: has("/textDocument/diagnostic"),
            refreshes: is("/workspace/diagnostics/refreshSupport"),
            refreshes_hints: is("/workspace/inlayHint/refreshSupport"),
            watches: is("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            shows_progress: is("/window/workDoneProgress"),
            takes_document_changes: is("/workspace/workspaceEdit/documentChanges"),
            creates_files: names("/workspace/workspaceEdit/resourceOperations").iter().any(|name| name == "create"),
            confirms: has("/workspace/workspaceEdit/changeAnnotationSupport"),
            takes_actions: has("/textDocument/codeAction/codeActionLiteralSupport"),
            nests_symbols: is("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            reads_markdown: reads.is_empty() || reads.iter().any(|format| format == "markdown"),
            has_configuration: is("/workspace/configuration"),
        }
    }
}

/// Settings that the client has for the server, beside `recto.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientSettings {
    /// True if findings of the audit tier are shown, too.
    pub audit: bool,
    /// True if diagnostics are sent for files that are not open as well.
    pub all_files: bool,
    /// Path of a configuration file to use instead of the nearest one.
    pub config: Option<String>,
    /// Settings on top of those of `recto.toml`, as JSON in its schema; empty if there are none.
    pub settings: String,
}

impl ClientSettings {
    /// Reads the options of an `initialize` request or the answer to `workspace/configuration`, in which the settings
    /// may be in a table named `recto`.
    pub fn new(value: &Value) -> Self {
        let value = value.get("recto").unwrap_or(value);
        let is = |name: &str| value.get(name).and_then(Value::as_bool).unwrap_or(false);
        let settings = value.get("settings").filter(|value| value.as_object().is_some_and(|table| !table.is_empty()));
        let config = value.get("config").and_then(Value::as_str).filter(|path| !path.is_empty());
        Self {
            audit: is("audit"),
            all_files: value.get("diagnostics").is_some_and(|which| which == "workspace"),
            config: config.map(str::to_owned),
            settings: settings.map(Value::to_string).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_may_be_in_a_table_and_anything_else_is_the_default() {
        let wanted = ClientSettings {
            audit: true,
            all_files: true,
            config: Some("x.toml".to_owned()),
            settings: r#"{"locale":"en-GB"}"#.to_owned(),
        };
        let value =
            json!({ "audit": true, "diagnostics": "workspace", "config": "x.toml", "settings": { "locale": "en-GB" } });
        assert_eq!(ClientSettings::new(&value), wanted);
        assert_eq!(ClientSettings::new(&json!({ "recto": value })), wanted);
        for odd in [json!(null), json!([1]), json!({ "recto": 7 }), json!({ "settings": {}, "audit": "yes" })] {
            assert_eq!(ClientSettings::new(&odd), ClientSettings::default(), "{odd}");
        }
    }

    #[test]
    fn a_client_without_abilities_is_pushed_to_in_utf_16() {
        let none = Abilities::new(&json!({}));
        assert_eq!(
            (none.encoding, none.pulls, none.confirms, none.reads_markdown),
            (Encoding::Utf16, false, false, true)
        );
        let some = Abilities::new(&json!({
            "general": { "positionEncodings": ["utf-8", "utf-16"] },
            "textDocument": { "diagnostic": {}, "hover": { "contentFormat": ["plaintext"] } },
            "workspace": { "workspaceEdit": { "changeAnnotationSupport": { "groupsOnLabel": true } } },
        }));
        assert_eq!(
            (some.encoding, some.pulls, some.confirms, some.reads_markdown),
            (Encoding::Utf8, true, true, false)
        );
    }
}
