//! Front matter: metadata in YAML, TOML, JSON, or without marks at the very start of a text.
//!
//! A line of `---` or `+++` anywhere else is a thematic break, the underline of a heading, or text. Knows text only.

/// The position of the front matter in a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Matter {
    /// End of the closing mark.
    pub(super) end: usize,
    /// Start of the Markdown: the line after the closing mark.
    pub(super) next: usize,
}

/// Returns the front matter at the start of a text: a line with an opening mark, lines of metadata, and a line with the
/// closing mark. `None` if the mark is never closed, or if the lines between the marks are not metadata, as after a
/// thematic break that opens a document.
pub(super) fn read(text: &str) -> Option<Matter> {
    if text.starts_with("{\n") || text.starts_with("{\r\n") {
        return read_json(text);
    }
    let mut lines = MatterLines { text, next: 0 };
    let closing: &[&str] = match lines.next()?.1.trim_end() {
        "---" => &["---", "..."],
        "+++" => &["+++"],
        _ => return read_bare(text),
    };
    let toml = closing == ["+++"];
    // Numbers of lines that are metadata and of lines that are not. The first non-empty line decides together with the
    // majority.
    let (mut like, mut unlike, mut opens) = (0, 0, None);
    while let Some((start, line)) = lines.next() {
        if closing.contains(&line.trim_end()) {
            let metadata = opens.unwrap_or(true) && like >= unlike;
            return metadata.then_some(Matter { end: start + line.trim_end().len(), next: lines.next });
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let entry = if toml { is_toml_entry(line) } else { is_yaml_entry(line) };
        opens.get_or_insert(entry);
        let continues = line.starts_with([' ', '\t', ']', '}']) || (!toml && line.starts_with("- "));
        if entry || continues { like += 1 } else { unlike += 1 }
    }
    None
}

/// Keys of metadata without marks, as MultiMarkdown, Pelican and some wikis have it, in lower case.
const BARE_KEYS: [&str; 32] = [
    "abstract",
    "affiliation",
    "author",
    "authors",
    "base header level",
    "bibliography",
    "category",
    "categories",
    "copyright",
    "css",
    "date",
    "description",
    "keywords",
    "lang",
    "language",
    "layout",
    "license",
    "modified",
    "permalink",
    "published",
    "revision",
    "save_as",
    "slug",
    "status",
    "subtitle",
    "summary",
    "tags",
    "template",
    "title",
    "url",
    "version",
    "weight",
];

/// Returns the metadata at the start of a text that no marks enclose: lines of keys and values up to the first empty line.
/// All keys are simple, and two of them, among them the first, are usual ones.
fn read_bare(text: &str) -> Option<Matter> {
    let mut lines = MatterLines { text, next: 0 };
    let (mut usual, mut end) = (0, 0);
    while let Some((start, line)) = lines.next() {
        if line.trim().is_empty() {
            return (usual >= 2).then_some(Matter { end, next: lines.next });
        }
        if line.starts_with([' ', '\t']) && end > 0 {
            end = start + line.trim_end().len();
            continue;
        }
        let (key, value) = line.split_once(':')?;
        let is_usual = BARE_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
        let is_value = value.starts_with(' ') || value.is_empty();
        if !is_value || !is_key(key) || !(is_usual || end > 0) {
            return None;
        }
        usual += usize::from(is_usual);
        end = start + line.trim_end().len();
    }
    None
}

/// Returns the front matter that is an object of JSON, with nothing else in the line where it ends.
fn read_json(text: &str) -> Option<Matter> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde::de::IgnoredAny>();
    values.next()?.ok()?;
    let end = values.byte_offset();
    let mut rest = MatterLines { text, next: end };
    let is_alone = rest.next().is_none_or(|(_, line)| line.trim().is_empty());
    is_alone.then_some(Matter { end, next: rest.next })
}

/// The lines of a text without their line breaks, each with its offset.
struct MatterLines<'a> {
    text: &'a str,
    next: usize,
}

impl<'a> Iterator for MatterLines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.next..).filter(|rest| !rest.is_empty())?;
        let start = self.next;
        let len = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let line_break = if rest[len..].starts_with("\r\n") { 2 } else { usize::from(len < rest.len()) };
        self.next = start + len + line_break;
        Some((start, &rest[..len]))
    }
}

/// Returns whether a line is `key: value` or `key:`, where the key is a word or two, or quoted.
fn is_yaml_entry(line: &str) -> bool {
    let line = line.trim_start();
    // A quoted key may hold a colon: `"og:type": article`.
    let quoted = line.chars().next().filter(|c| ['"', '\''].contains(c));
    let after = quoted.and_then(|quote| line[1..].find(quote)).map_or(0, |at| at + 2);
    let Some((key, value)) = line[after..].split_once(':').map(|(key, value)| (&line[..after + key.len()], value))
    else {
        return false;
    };
    (value.is_empty() || value.starts_with([' ', '\t'])) && is_key(key.trim_end())
}

/// Returns whether a line is `key = value` or `[table]`.
fn is_toml_entry(line: &str) -> bool {
    line.starts_with('[') || line.split_once('=').is_some_and(|(key, _)| is_key(key.trim_end()))
}

fn is_key(key: &str) -> bool {
    /// Maximum length of a key, in bytes (a guess): longer ones are sentences with a colon.
    const LONGEST: usize = 60;
    let bare = key.trim_matches(['"', '\'']);
    let is_quoted = bare.len() + 2 == key.len();
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ' ' | '$' | '@') || c == ':' && is_quoted;
    !bare.is_empty()
        && key.len() <= LONGEST
        && !key.starts_with([' ', '-'])
        && bare.chars().all(plain)
        && bare.split(' ').count() <= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Option<(&str, &str)> {
        read(text).map(|matter| (&text[..matter.end], &text[matter.next..]))
    }

    #[test]
    fn metadata_at_the_start_of_a_text_is_front_matter() {
        for (text, matter, rest) in [
            ("---\ntitle: Oars\ntags:\n- a\n- b\n---\n# Oars\n", "---\ntitle: Oars\ntags:\n- a\n- b\n---", "# Oars\n"),
            ("---\r\ntitle: Oars\r\n---\r\n\r\nx", "---\r\ntitle: Oars\r\n---", "\r\nx"),
            (
                "---\n# a comment\n\"key\": >\n  long\n\n  text\n...\nx",
                "---\n# a comment\n\"key\": >\n  long\n\n  text\n...",
                "x",
            ),
            ("+++\ntitle = 'Oars'\n[extra]\na.b = 1\n+++\nx", "+++\ntitle = 'Oars'\n[extra]\na.b = 1\n+++", "x"),
            (
                "{\n  \"title\": \"Oars\",\n\n  \"a\": [1]\n}\n\n# Oars\n",
                "{\n  \"title\": \"Oars\",\n\n  \"a\": [1]\n}",
                "\n# Oars\n",
            ),
            ("---\n---\nx", "---\n---", "x"),
            ("---\n标题: 桨\n---", "---\n标题: 桨\n---", ""),
            (
                "---\n\"og:type\": \"article\"\n\"a:b\": c\n---\nx",
                "---\n\"og:type\": \"article\"\n\"a:b\": c\n---",
                "x",
            ),
            ("---\n title: Oars\n---\nx", "---\n title: Oars\n---", "x"),
            ("---  \nlast modified: today\n---\t\nx", "---  \nlast modified: today\n---", "x"),
        ] {
            assert_eq!(split(text), Some((matter, rest)), "{text}");
        }
    }

    #[test]
    fn metadata_without_marks_was_prose() {
        for (text, matter, rest) in [
            ("Title: Oars\nDate: 2024-01-01\n\nx\n", "Title: Oars\nDate: 2024-01-01", "x\n"),
            ("title: Oars\nMy Key: a\ntags: a, b\n  c\n\nx", "title: Oars\nMy Key: a\ntags: a, b\n  c", "x"),
            ("Title: Oars\r\nAuthor: A\r\n\r\nx", "Title: Oars\r\nAuthor: A", "x"),
        ] {
            assert_eq!(split(text), Some((matter, rest)), "{text}");
        }
    }

    #[test]
    fn a_rule_that_opens_a_text_hid_all_of_it_up_to_the_next_rule() {
        for text in [
            "---\n# Oars\n\nThey are long.\n\n---\n\nx\n",
            "---\nThey are long, and this is how they are made.\n---\n",
            "---\nNote: they are long.\nThey are made of ash.\nOthers are made of spruce.\n---\nx",
            "---\ntitle: never closed\n\n# Oars\n",
            "\n---\ntitle: Oars\n---\n",
            "text\n---\ntitle: Oars\n---\n",
            "{{< figure src=\"a.png\" >}}\n---\ntitle: Oars\n---\n",
            "{% include a %}\n---\ntitle: Oars\n---\n",
            "{/* a comment */}\n---\ntitle: Oars\n---\n",
            "+++\nThe importer no longer stops.\n+++\n",
            "----\na: b\n----\n",
            "Title: the lamp\n\nx\n",
            "Note: they are long.\nTitle: a\nDate: b\n\nx\n",
            "Title: a\nDate: b\nand a line of text\n\nx\n",
            "title: a\ndate: b\n",
            "---",
            "",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
    }
}
