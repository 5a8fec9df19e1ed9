//! Lists of pages in the configuration of site generators: `nav` of MkDocs, and the sidebars of Docusaurus.
//!
//! Configurations are read by their lines and marks, because those of MkDocs hold tags of Python, and those of Docusaurus
//! are programs; an entry that is not plain is left out, and the list is open then. Knows text only.

use crate::model::navigation::NavigationReach;

/// A list of pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageList {
    /// The pages, in their order.
    pub pages: Vec<ListedPage>,
    /// Folder of the pages, if the list names one.
    pub folder: Option<String>,
    /// Folders all pages of which are in the list without being named.
    pub whole: Vec<String>,
    /// Patterns of pages that are left out on purpose.
    pub left_out: Vec<String>,
    /// Pages that the list has besides.
    pub reach: NavigationReach,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPage {
    /// Title as written.
    pub title: Option<String>,
    /// Path or id of the page.
    pub target: String,
    /// Line, from 1.
    pub line: usize,
}

/// Plugins of MkDocs that add entries to the navigation, or pages to the site.
const ADDING_PLUGINS: [&str; 10] = [
    "autonav",
    "awesome-nav",
    "awesome-pages",
    "gen-files",
    "literate-nav",
    "mkdocs-simple-hooks",
    "monorepo",
    "multirepo",
    "same-dir",
    "techdocs-core",
];
/// Keys of MkDocs with patterns of pages that no navigation has to name.
const LEAVING_OUT: [&str; 3] = ["draft_docs", "exclude_docs", "not_in_nav"];

/// Returns the `nav` of a configuration of MkDocs; `None` if there is none.
pub fn mkdocs(text: &str) -> Option<PageList> {
    let mut list = PageList::new();
    let (mut key, mut has_nav) = (String::new(), false);
    for (at, line) in text.lines().enumerate() {
        let line = without_comment(line);
        let entry = line.trim_start();
        if entry.is_empty() {
            continue;
        }
        let is_top = entry.len() == line.len() && !entry.starts_with("- ") && entry != "-";
        if is_top {
            let Some((name, value)) = entry.split_once(':') else { continue };
            unquoted(name).clone_into(&mut key);
            match (key.as_str(), value.trim()) {
                ("nav", value) => {
                    has_nav = true;
                    if !value.is_empty() {
                        list.reach = NavigationReach::Open;
                    }
                }
                ("docs_dir", value) => list.folder = Some(unquoted(value).to_owned()),
                ("hooks", _) => list.reach = NavigationReach::Open,
                _ => {}
            }
            continue;
        }
        match key.as_str() {
            "nav" => list.read_entry(entry, at + 1),
            "plugins" => {
                let name = entry.strip_prefix("- ").map(|name| unquoted(name.trim().trim_end_matches(':')));
                if name.is_some_and(|name| ADDING_PLUGINS.contains(&name.rsplit('/').next().unwrap_or(name))) {
                    list.reach = NavigationReach::Open;
                }
            }
            key if LEAVING_OUT.contains(&key) => list.left_out.push(entry.to_owned()),
            _ => {}
        }
    }
    (has_nav && !list.pages.is_empty()).then_some(list)
}

impl PageList {
    fn new() -> Self {
        Self {
            pages: Vec::new(),
            folder: None,
            whole: Vec::new(),
            left_out: Vec::new(),
            reach: NavigationReach::Listed,
        }
    }

    /// Reads a line of `nav`: `- Title: page.md`, `- page.md`, or a title over entries.
    fn read_entry(&mut self, entry: &str, line: usize) {
        let mut entry = entry;
        while let Some(rest) = entry.strip_prefix("- ") {
            entry = rest.trim_start();
        }
        let (title, target) = match key_and_value(entry) {
            Some((title, "")) if !title.is_empty() => return,
            Some((title, value)) => (Some(unquoted(title).to_owned()), value),
            None => (None, entry),
        };
        let target = unquoted(target);
        if target.contains("://") || target.starts_with(['/', '#']) || target.starts_with("mailto:") {
            return;
        }
        let is_plain = |c: char| !matches!(c, '*' | '{' | '}' | '[' | ']' | '!' | '&' | '|' | '>');
        let is_page = [".md", ".markdown"].iter().any(|end| target.to_lowercase().ends_with(end));
        if is_page && target.chars().all(is_plain) {
            self.pages.push(ListedPage { title, target: target.to_owned(), line });
        } else if !target.contains('.') || !target.chars().all(is_plain) {
            // A folder, a pattern, a list in one line, or whatever a plugin makes of the entry.
            self.reach = NavigationReach::Open;
        }
    }
}

/// Returns the key and the value of a line of YAML; `None` if it is a value alone.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let quote = line.chars().next().filter(|c| ['"', '\''].contains(c));
    let after = match quote {
        Some(quote) => line[1..].find(quote)? + 2,
        None => 0,
    };
    let rest = &line[after..];
    let colon = rest.find(": ").or_else(|| rest.ends_with(':').then(|| rest.len() - 1))?;
    Some((line[..after + colon].trim(), rest[colon + 1..].trim()))
}

/// Returns the line without a comment of YAML: `#` at its start or after a space, outside quotation marks.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') if before == ' ' => quote = Some(c),
            (None, '#') if before == ' ' => return line[..at].trim_end(),
            _ => {}
        }
        before = c;
    }
    line.trim_end()
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    ['"', '\''].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value)
}

/// Returns the label of a folder of Docusaurus, as `_category_.json` or `_category_.yml` gives it, with the page that it leads
/// to: an id, or empty for the index of the folder. `None` if the folder has no label.
pub fn category(text: &str) -> Option<ListedPage> {
    if !text.trim_start().starts_with('{') {
        return category_in_yaml(text);
    }
    let mut tokens = Tokens { text, at: 0, line: 1 }.peekable();
    let (mut open, mut key): (Vec<Option<String>>, Option<String>) = (Vec::new(), None);
    let mut found = ListedPage { title: None, target: String::new(), line: 1 };
    while let Some(token) = tokens.next() {
        let is_key = matches!(tokens.peek(), Some(Token::Mark(':')));
        match token {
            Token::Mark('{' | '[') => open.push(key.take()),
            Token::Mark('}' | ']') => drop(open.pop()),
            Token::Text(name, _) if is_key => key = Some(name),
            Token::Text(value, line) => match (&open[..], key.take().as_deref()) {
                ([None], Some("label")) => (found.title, found.line) = (Some(value), line),
                ([None, Some(parent)], Some("id")) if parent == "link" => found.target = value,
                _ => {}
            },
            _ => {}
        }
    }
    found.title.is_some().then_some(found)
}

fn category_in_yaml(text: &str) -> Option<ListedPage> {
    let mut found = ListedPage { title: None, target: String::new(), line: 1 };
    let mut is_in_link = false;
    for (at, line) in text.lines().enumerate() {
        let line = without_comment(line);
        let is_top = !line.starts_with(char::is_whitespace);
        let Some((name, value)) = key_and_value(line.trim_start()) else { continue };
        match (unquoted(name), is_top) {
            ("label", true) => (found.title, found.line) = (Some(unquoted(value).to_owned()), at + 1),
            ("id", false) if is_in_link => unquoted(value).clone_into(&mut found.target),
            _ => {}
        }
        is_in_link = if is_top { unquoted(name) == "link" } else { is_in_link };
    }
    found.title.is_some().then_some(found)
}

/// Returns the pages that sidebars of Docusaurus name, in JSON, JavaScript or TypeScript.
pub fn sidebars(text: &str) -> PageList {
    let mut list = PageList::new();
    let mut open: Vec<Bracket> = Vec::new();
    let mut tokens = Tokens { text, at: 0, line: 1 }.peekable();
    // The key whose value is next.
    let mut key: Option<String> = None;
    while let Some(token) = tokens.next() {
        let is_key = matches!(tokens.peek(), Some(Token::Mark(':'))) && !matches!(open.last(), Some(Bracket::List));
        match token {
            Token::Mark('{') => open.push(Bracket::Object(SidebarObject::new(key.take()))),
            Token::Mark('[') => {
                open.push(Bracket::List);
                key = None;
            }
            Token::Mark(']') => drop(open.pop()),
            Token::Mark('}') => {
                if let Some(Bracket::Object(object)) = open.pop() {
                    object.finish(&mut list);
                }
            }
            Token::Mark(',' | ';') => key = None,
            Token::Mark(_) => {}
            Token::Name(name) | Token::Text(name, _) if is_key => {
                tokens.next();
                key = Some(name);
            }
            Token::Name(name) => {
                let is_constant = ["true", "false", "null"].contains(&name.as_str())
                    || name.starts_with(|c: char| c.is_ascii_digit());
                // An entry or a value that a program makes, as `dirName: folder`.
                let is_made = match open.last() {
                    Some(Bracket::Object(_)) => key.is_some() && !is_constant,
                    Some(Bracket::List) => true,
                    None => false,
                };
                if is_made || name == "require" {
                    list.reach = NavigationReach::Open;
                }
            }
            Token::Text(text, line) => match (open.last_mut(), &key) {
                (Some(Bracket::List), _) => list.pages.push(ListedPage { title: None, target: text, line }),
                (Some(Bracket::Object(object)), Some(key)) => object.set(key, text, line),
                _ => {}
            },
        }
    }
    list
}

/// An open bracket.
#[derive(Debug)]
enum Bracket {
    List,
    Object(SidebarObject),
}

/// The values of an object that say what it is.
#[derive(Debug)]
struct SidebarObject {
    /// Key that the object is the value of.
    key: Option<String>,
    kind: Option<String>,
    id: Option<(String, usize)>,
    label: Option<String>,
    folder: Option<String>,
}

impl SidebarObject {
    fn new(key: Option<String>) -> Self {
        Self { key, kind: None, id: None, label: None, folder: None }
    }

    fn set(&mut self, key: &str, text: String, line: usize) {
        match key {
            "type" => self.kind = Some(text),
            "id" => self.id = Some((text, line)),
            "label" => self.label = Some(text),
            "dirName" => self.folder = Some(text),
            _ => {}
        }
    }

    fn finish(self, list: &mut PageList) {
        let Self { key, kind, id, label, folder } = self;
        match kind.as_deref() {
            Some("autogenerated") => list.whole.push(folder.unwrap_or_else(|| ".".to_owned())),
            Some("doc" | "ref") | None => {
                // The page of a category is shown under the title of the category.
                let title = label.filter(|_| key.as_deref() != Some("link"));
                list.pages.extend(id.map(|(target, line)| ListedPage { title, target, line }));
            }
            _ => {}
        }
    }
}

/// A piece of JavaScript.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Mark(char),
    Name(String),
    /// A string, with its line.
    Text(String, usize),
}

/// The pieces of JavaScript, without comments and numbers.
struct Tokens<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Tokens<'_> {
    /// Moves on by `len` bytes.
    fn take(&mut self, len: usize) -> &str {
        let taken = &self.text[self.at..self.at + len];
        self.line += memchr::memchr_iter(b'\n', taken.as_bytes()).count();
        self.at += len;
        taken
    }

    fn string(&mut self, quote: char) -> Token {
        let (rest, line) = (&self.text[self.at + 1..], self.line);
        let (mut value, mut is_escaped, mut len) = (String::new(), false, rest.len());
        for (at, c) in rest.char_indices() {
            match c {
                _ if is_escaped => {
                    value.push(c);
                    is_escaped = false;
                }
                '\\' => is_escaped = true,
                c if c == quote => {
                    len = at + c.len_utf8();
                    break;
                }
                c => value.push(c),
            }
        }
        self.take(len + 1);
        Token::Text(value, line)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let rest = &self.text[self.at..];
            let first = rest.chars().next()?;
            let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            if rest.starts_with("//") {
                self.take(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.take(rest.find("*/").map_or(rest.len(), |end| end + 2));
            } else if ['"', '\'', '`'].contains(&first) {
                return Some(self.string(first));
            } else if is_part(first) {
                let len = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
                return Some(Token::Name(self.take(len).to_owned()));
            } else {
                self.take(first.len_utf8());
                if "{}[]:,;".contains(first) {
                    return Some(Token::Mark(first));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(list: &PageList) -> Vec<(Option<&str>, &str, usize)> {
        list.pages.iter().map(|page| (page.title.as_deref(), page.target.as_str(), page.line)).collect()
    }

    #[test]
    fn the_navigation_of_mkdocs_has_titles_and_pages() {
        let text = "site_name: Oars\ndocs_dir: 'pages'\nnav: # all of it\n- index.md\n- The boat:\n    - \"Oars: long\": a/oars.md # \
                    ash\n    - 'Blades': a/blades.md\n- Shop: https://example.org\nplugins:\n  - search\n";
        let list = mkdocs(text).expect("a navigation");
        let expected =
            [(None, "index.md", 4), (Some("Oars: long"), "a/oars.md", 6), (Some("Blades"), "a/blades.md", 7)];
        assert_eq!(pages(&list), expected);
        assert_eq!((list.folder.as_deref(), list.reach), (Some("pages"), NavigationReach::Listed));
        assert_eq!(mkdocs("site_name: Oars\nnav:\n"), None);
    }

    #[test]
    fn a_navigation_that_something_else_completes_is_open() {
        for text in [
            "nav:\n- a.md\n- api/\n",
            "nav:\n- a.md\n- 'b/*.md'\n",
            "nav:\n- a.md\nplugins:\n- search\n- awesome-pages:\n    x: y\n",
            "nav:\n- a.md\n- B: [b.md, c.md]\n",
        ] {
            assert_eq!(mkdocs(text).map(|list| list.reach), Some(NavigationReach::Open), "{text}");
        }
    }

    #[test]
    fn a_folder_has_a_label_and_a_page() {
        let json = "{\n  \"label\": \"The boat\",\n  \"position\": 2,\n  \"link\": {\"type\": \"doc\", \"id\": \"boat/oars\"},\n  \
                    \"customProps\": {\"label\": \"x\"}\n}";
        let yaml = "# a folder\nlabel: 'The boat'\nlink:\n  type: doc\n  id: boat/oars\n";
        for text in [json, yaml] {
            let found = category(text).expect("a label");
            assert_eq!((found.title.as_deref(), found.target.as_str(), found.line), (Some("The boat"), "boat/oars", 2));
        }
        assert_eq!(category("{\"position\": 2}"), None);
        assert_eq!(category("label: The boat\n").map(|found| found.target), Some(String::new()));
    }

    #[test]
    fn sidebars_name_pages_in_lists_and_objects() {
        let text = "// a comment: ['x']\nmodule.exports = {\n  docs: {\n    'The boat': ['oars', \"a/blades\"],\n  },\n  b: [\n    \
                    {type: 'doc', id: 'sail', label: 'Sails'},\n    {type: 'category', label: 'Rope', link: {type: 'doc', id: \
                    'rope'}, items: ['a/knots', {type: 'link', label: 'Shop', href: 'https://example.org'}]},\n    {type: \
                    'autogenerated', dirName: 'log'},\n  ],\n};\n";
        let list = sidebars(text);
        let expected = [
            (None, "oars", 4),
            (None, "a/blades", 4),
            (Some("Sails"), "sail", 7),
            (None, "rope", 8),
            (None, "a/knots", 8),
        ];
        assert_eq!(pages(&list), expected);
        assert_eq!((list.whole, list.reach), (vec!["log".to_owned()], NavigationReach::Listed));
        assert_eq!(sidebars("module.exports = {docs: require('./x')};").reach, NavigationReach::Open);
        assert_eq!(pages(&sidebars("{\"docs\": {\"A\": [\"b\"]}}")), [(None, "b", 1)]);
    }
}
