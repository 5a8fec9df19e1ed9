//! Lists of words in files: those of cspell, Vale and Hunspell, read as they are.

use std::path::Path;

use regex::RegexBuilder;

use super::options::{IgnoredText, UserPattern};

/// Returns the words of a list, and the patterns that some of its lines are.
///
/// A line is a word; one that begins with `#` or `//` is a comment, and one that begins with `!` forbids a word (cspell)
/// and allows none. Vale's lines may be regular expressions. In a Hunspell `.dic` flags follow a `/`, and the first line
/// is a number. A cspell configuration in JSON has its words in `words` and `ignoreWords`.
pub(super) fn read(path: &Path, text: &str) -> IgnoredText {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("").to_ascii_lowercase();
    let mut ignored = IgnoredText::default();
    if extension == "json"
        && let Ok(serde_json::Value::Object(keys)) = serde_json::from_str(text)
    {
        let lists = ["words", "ignoreWords"].iter().filter_map(|key| keys.get(*key)?.as_array());
        for word in lists.flatten().filter_map(|word| word.as_str()) {
            add(word, &mut ignored);
        }
        return ignored;
    }
    for (number, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
        // A comment may follow a word.
        let line = line.split(" #").next().unwrap_or("").trim();
        let line = if extension == "dic" { line.split('/').next().unwrap_or("") } else { line };
        let is_count = number == 0 && extension == "dic";
        if !is_count && !line.starts_with(['#', '!']) && !line.starts_with("//") {
            add(line, &mut ignored);
        }
    }
    ignored
}

fn add(line: &str, ignored: &mut IgnoredText) {
    // cspell marks the parts of compounds, and words in any case, with these.
    let word = line.trim_start_matches(['~', '*', '+']).trim_end_matches(['*', '+']);
    let is_plain = |word: &str| word.chars().all(|c| c.is_alphanumeric() || " '’-_.&/".contains(c));
    if word.is_empty() {
        return;
    }
    if is_plain(word) {
        ignored.words.0.push(word.to_owned());
    } else if let Ok(pattern) = RegexBuilder::new(&format!(r"\b(?:{line})\b")).size_limit(1 << 20).build() {
        ignored.regex.push(UserPattern(pattern));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(name: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let ignored = read(Path::new(name), text);
        (ignored.words.0, ignored.regex.iter().map(|pattern| pattern.0.as_str().to_owned()).collect())
    }

    #[test]
    fn lists_of_other_tools_are_read_as_they_are() {
        let cspell = "# names\nFrobnik\n*dock*\n~quaye\n!teh\n// old\nlampe # of the tower\n\n";
        assert_eq!(words("names.txt", cspell).0, ["Frobnik", "dock", "quaye", "lampe"]);
        let (plain, patterns) = words("accept.txt", "Halvorsen\n[Ll]ampe\n(?i)quayes?\n");
        assert_eq!((plain, patterns.len()), (vec!["Halvorsen".to_owned()], 2));
        assert_eq!(words("own.dic", "2\nlampe/S\nquaye\n").0, ["lampe", "quaye"]);
        let json = r#"{ "version": "0.2", "words": ["lampe"], "ignoreWords": ["quaye"] }"#;
        assert_eq!(words("cspell.json", json).0, ["lampe", "quaye"]);
    }
}
