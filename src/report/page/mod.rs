//! Pages for people: one self-contained file each, without any network access.
//!
//! May use the model. Everything that comes from a document is escaped before it enters a page.

pub mod audit;
mod body;
pub mod compare;

use std::fmt::Write;

use base64::Engine;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

/// Style and script that all pages share.
const SHARED_STYLE: &str = include_str!("shared.css");
const SHARED_SCRIPT: &str = include_str!("shared.js");

/// One kind of page.
trait Page {
    /// Style and script of this kind, after the shared ones.
    const STYLE: &'static str;
    const SCRIPT: &'static str;

    /// Returns the title, which is also the name under which a browser keeps the reader's decisions.
    fn title(&self) -> String;

    /// Returns the content of the header, below the title.
    fn header(&self) -> Markup;

    fn main(&self) -> Markup;

    /// Returns values for the script.
    fn data(&self) -> serde_json::Value;

    /// Returns the page as HTML. It may load nothing, and may run only its own script, which a hash identifies.
    fn html(&self) -> String {
        let title = printable(&self.title());
        let style = format!("\n{SHARED_STYLE}{}", Self::STYLE);
        let script = format!("\n{SHARED_SCRIPT}{}", Self::SCRIPT);
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            hash(&style),
            hash(&script)
        );
        let page = html! {
            (DOCTYPE)
            html lang="en" data-page=(title) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (title) }
                    style { (PreEscaped(style)) }
                }
                body {
                    header { h1 { (title) } (self.header()) }
                    main id="main" { (self.main()) }
                    script type="application/json" id="data" { (PreEscaped(as_script(&self.data()))) }
                    script { (PreEscaped(script)) }
                }
            }
        };
        page.into_string().replacen("<!DOCTYPE html>", "<!doctype html>\n", 1) + "\n"
    }
}

/// Returns JSON that no parser of HTML takes for markup.
fn as_script(data: &serde_json::Value) -> String {
    data.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// Returns the hash of a script or style, in the form of a content security policy.
fn hash(content: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content)))
}

/// Returns a text with U+FFFD for the control characters that HTML does not allow.
fn printable(text: &str) -> String {
    let is_allowed = |c: char| !c.is_control() || matches!(c, '\t' | '\n');
    text.chars().map(|c| if is_allowed(c) { c } else { '\u{FFFD}' }).collect()
}

/// Returns a relative path as an address, in which all characters other than the unreserved ones and `/` are
/// percent-encoded (RFC 3986).
fn address(path: &str) -> String {
    let mut out = String::new();
    // A first segment with a colon would be parsed as a scheme.
    if path.split('/').next().is_some_and(|first| first.contains(':')) {
        out.push_str("./");
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// Returns the controls that every page has: the search, the theme, and the files in which decisions are saved, by name
/// and title of each format.
fn controls(placeholder: &str, exports: &[(&str, &str)]) -> Markup {
    html! {
        input id="search" type="search" placeholder=(placeholder) aria-label="Search";
        button type="button" id="theme" title="light or dark (key t)" aria-label="Light or dark" { "◐" }
        details id="export" {
            summary title="save your decisions and notes as a file" { "Save" }
            div {
                @for (name, title) in exports {
                    button type="button" data-export=(name) { (title) }
                }
            }
        }
        span id="shown" role="status" {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_document_becomes_markup() {
        let shown = html! { p title=(printable("a\"'\u{0}")) { (printable("</script><img src=x>&\u{1b}")) } };
        assert_eq!(
            shown.into_string(),
            "<p title=\"a&quot;'\u{FFFD}\">&lt;/script&gt;&lt;img src=x&gt;&amp;\u{FFFD}</p>"
        );
        let data = as_script(&serde_json::json!({ "a": "</script><!--\u{2028}" }));
        assert_eq!(data, "{\"a\":\"\\u003c/script>\\u003c!--\\u2028\"}");
    }

    #[test]
    fn paths_become_addresses() {
        assert_eq!(address("../go questions/a\"b#?.md"), "../go%20questions/a%22b%23%3F.md");
        assert_eq!(address("javascript:alert(1)"), "./javascript%3Aalert%281%29");
    }
}
