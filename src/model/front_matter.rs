//! Values in the metadata at the top of a document.

use super::document::{BlockKind, Document};

/// Returns the plain value of a key of the front matter, in YAML or TOML, without quotation marks; `None` if there is no
/// such key, or if its value is a list or goes on in further lines.
pub fn value<'a>(doc: &'a Document, key: &str) -> Option<&'a str> {
    let block = doc.blocks.first().filter(|block| block.kind == BlockKind::FrontMatter)?;
    let entry = |line: &'a str| {
        let rest = line.strip_prefix(key)?.trim_start();
        rest.strip_prefix([':', '=']).map(str::trim)
    };
    let value = doc.slice(block.span).lines().find_map(entry)?;
    let quoted = ['"', '\''].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
    quoted.or_else(|| (!value.starts_with(['[', '{', '|', '>'])).then_some(value)).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::model::document::Format;
    use crate::model::id::DocId;
    use crate::model::source::{Bom, Source};
    use crate::parse::parse;

    #[test]
    fn values_of_both_notations_are_read_without_their_marks() {
        for text in [
            "---\nid: oars\ntitle: \"The oars\"\ntags: [a]\n---\n",
            "+++\nid = 'oars'\ntitle = 'The oars'\ntags = ['a']\n+++\n",
        ] {
            let doc = parse(DocId(0), Source::utf8(Path::new("a.md"), text.to_owned(), Bom::Absent), Format::Markdown);
            let values = ["id", "title", "tags", "tit"].map(|key| value(&doc, key));
            assert_eq!(values, [Some("oars"), Some("The oars"), None, None], "{text}");
        }
        let doc =
            parse(DocId(0), Source::utf8(Path::new("a.md"), "id: oars\n".to_owned(), Bom::Absent), Format::Markdown);
        assert_eq!(value(&doc, "id"), None);
    }
}
