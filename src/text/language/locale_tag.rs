//! Locale tags in paths and addresses: `docs/de/start.md`, `README.zh-CN.md`, `https://de.example.org/`.
//!
//! Knows text only. Two letters alone prove nothing ("is", "it", "ml"), so callers need further evidence.

use std::ops::Range;

/// The codes of ISO 639-1, sorted.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io \
    is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my \
    na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq \
    sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// Returns whether `text` is the code of a language, alone or with a script or region: "de", "pt-BR", "zh_Hans".
#[must_use]
pub fn is_code(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or("");
    let known = language.len() == 2 && LANGUAGES.split(' ').any(|code| code.eq_ignore_ascii_case(language));
    let region = parts.next().is_none_or(|part| match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        4 => part.starts_with(|c: char| c.is_ascii_uppercase()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        _ => false,
    });
    known && region && parts.next().is_none()
}

/// Names of languages in folders and file names, in lower case, each with its code.
const NAMES: [(&str, &str); 66] = [
    ("arabic", "ar"),
    ("bahasa", "id"),
    ("bangla", "bn"),
    ("bengali", "bn"),
    ("brazilian", "pt"),
    ("bulgarian", "bg"),
    ("catalan", "ca"),
    ("chinese", "zh"),
    ("czech", "cs"),
    ("danish", "da"),
    ("dansk", "da"),
    ("deutsch", "de"),
    ("dutch", "nl"),
    ("english", "en"),
    ("espanol", "es"),
    ("español", "es"),
    ("esperanto", "eo"),
    ("farsi", "fa"),
    ("finnish", "fi"),
    ("francais", "fr"),
    ("français", "fr"),
    ("french", "fr"),
    ("german", "de"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("indonesian", "id"),
    ("italian", "it"),
    ("italiano", "it"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("magyar", "hu"),
    ("malay", "ms"),
    ("mandarin", "zh"),
    ("marathi", "mr"),
    ("nederlands", "nl"),
    ("nepali", "ne"),
    ("norsk", "no"),
    ("norwegian", "no"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("polski", "pl"),
    ("portugues", "pt"),
    ("portuguese", "pt"),
    ("português", "pt"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("serbian", "sr"),
    ("slovak", "sk"),
    ("spanish", "es"),
    ("suomi", "fi"),
    ("svenska", "sv"),
    ("swedish", "sv"),
    ("tamil", "ta"),
    ("telugu", "te"),
    ("thai", "th"),
    ("turkce", "tr"),
    ("turkish", "tr"),
    ("türkçe", "tr"),
    ("ukrainian", "uk"),
    ("urdu", "ur"),
    ("uzbek", "uz"),
    ("vietnamese", "vi"),
    ("русский", "ru"),
    ("українська", "uk"),
];

/// Names of folders that hold translations.
const CONTAINERS: [&str; 12] = [
    "i18n",
    "intl",
    "l10n",
    "lang",
    "langs",
    "languages",
    "locale",
    "locales",
    "localized_docs",
    "po",
    "translated",
    "translations",
];

/// A part of a path that seems to name a language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The code of the language, in lower case, with its script or region.
    pub code: String,
    /// The path before the part, and the path after it.
    pub around: (String, String),
    /// True if the part is certain: it is a name, it has a region, or its folder is one for translations.
    pub sure: bool,
}

/// Returns the language that a folder of `path`, or the end of its file name before the extension, names by a code or
/// in words; the last one, if there are several.
#[must_use]
pub fn named(path: &str) -> Option<Named> {
    let folders_end = path.rfind('/').map_or(0, |at| at + 1);
    let name = &path[folders_end..];
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let kept_here = |before: &str| {
        let last = before.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_lowercase();
        CONTAINERS.contains(&last.as_str())
    };
    let found = |code: String, start: usize, end: usize, sure: bool| {
        let (before, after) = (path[..start].to_owned(), path[end..].to_owned());
        Some(Named { code, around: (before, after), sure })
    };
    for (at, _) in stem.match_indices(['.', '_', '-']) {
        if let Some((code, sure)) = code_of(&stem[at + 1..]).filter(|_| at > 0) {
            let start = folders_end + at;
            return found(code, start, start + stem.len() - at, sure || kept_here(&path[..folders_end]));
        }
    }
    if kept_here(&path[..folders_end])
        && let Some((code, _)) = code_of(stem)
    {
        return found(code, folders_end, folders_end + stem.len(), true);
    }
    let mut end = folders_end.saturating_sub(1);
    while end > 0 {
        let start = path[..end].rfind('/').map_or(0, |at| at + 1);
        let folder = &path[start..end];
        // "pages.de", "docs-zh": the tag is the last part of the folder's name.
        let joint = folder.rfind(['.', '_', '-']).filter(|at| *at > 0).map_or(0, |at| at + 1);
        for part in [0, joint] {
            if let Some((code, sure)) = code_of(&folder[part..]) {
                let sure = sure || kept_here(&path[..start]);
                let start = if part == 0 { start } else { start + part - 1 };
                return found(code, start, if part == 0 { end + 1 } else { end }, sure);
            }
        }
        end = start.saturating_sub(1);
    }
    None
}

/// Returns the part of a path that may name a language without a known code, if its siblings name languages: the short
/// end of the file name ("README-fil") or a folder of two letters.
#[must_use]
pub fn unnamed(path: &str) -> Option<Named> {
    let folders_end = path.rfind('/').map_or(0, |at| at + 1);
    let stem_end = path[folders_end..].rfind('.').map_or(path.len(), |at| folders_end + at);
    let is_short =
        |text: &str, most: usize| (2..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic());
    let stem = &path[folders_end..stem_end];
    let named = |start: usize, code: &str, end: usize| {
        let around = (path[..start].to_owned(), path[end..].to_owned());
        Some(Named { code: code.to_lowercase(), around, sure: false })
    };
    if let Some(at) = stem.rfind(['.', '_', '-']).filter(|at| *at > 0 && is_short(&stem[at + 1..], 4)) {
        return named(folders_end + at, &stem[at + 1..], stem_end);
    }
    let mut start = 0;
    for folder in path[..folders_end].split_terminator('/') {
        if is_short(folder, 2) {
            return named(start, folder, start + folder.len() + 1);
        }
        start += folder.len() + 1;
    }
    None
}

/// Returns the code of a language given by its code or name, and whether it is certain.
fn code_of(text: &str) -> Option<(String, bool)> {
    let small = text.to_lowercase();
    // "zh-hant" in lower case, as in names of folders.
    let script = small.split_once(['-', '_']).filter(|(_, script)| ["hans", "hant", "latn", "cyrl"].contains(script));
    if is_code(text) || script.is_some_and(|(language, _)| is_code(language)) {
        return Some((small.replace('_', "-"), text.len() > 2));
    }
    let name = small.split(['-', '_', ' ']).next().unwrap_or("");
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| ((*code).to_owned(), true))
}

/// Returns the position of the locale tag of `path`, with the character that joins it to the rest: a folder, or the end
/// of the file name before the extension. The last tag, if there are several.
#[must_use]
pub fn mark(path: &str) -> Option<Range<usize>> {
    let (folders, name) = path.rsplit_once('/').map_or(("", path), |(folders, name)| (folders, name));
    let offset = path.len() - name.len();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // "README.pt-BR" and "README_zh_CN" have a joining character within the code, too, so each one is tried.
    for (at, _) in stem.match_indices(['.', '_', '-']) {
        if at > 0 && is_code(&stem[at + 1..]) {
            return Some(offset + at..offset + stem.len());
        }
    }
    let mut end = folders.len();
    while end > 0 {
        let start = folders[..end].rfind('/').map_or(0, |at| at + 1);
        if is_code(&folders[start..end]) {
            return Some(start..end + 1);
        }
        end = start.saturating_sub(1);
    }
    None
}

/// Returns `path` without its locale tag, which is what its translations have in common.
#[must_use]
pub fn neutral(path: &str) -> String {
    let mut out = path.to_owned();
    if let Some(range) = mark(path) {
        out.replace_range(range, "");
    }
    // A language may also be the first label of a host: "de.example.org".
    if let Some((scheme, rest)) = out.split_once("://")
        && let Some((first, host)) = rest.split_once('.')
        && is_code(first)
        && host.contains('.')
    {
        out = format!("{scheme}://{host}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_set_aside() {
        for (path, wanted) in [
            ("README.de.md", "README.md"),
            ("README.zh-CN.md", "README.md"),
            ("a/README_zh_CN.md", "a/README.md"),
            ("docs/pt-BR/start.md", "docs/start.md"),
            ("de/start.md", "start.md"),
            ("docs/start.md", "docs/start.md"),
            ("docs/start-here.md", "docs/start-here.md"),
            ("https://de.example.org/wiki", "https://example.org/wiki"),
            ("https://example.org/de/wiki", "https://example.org/wiki"),
            ("#de", "#de"),
            ("", ""),
        ] {
            assert_eq!(neutral(path), wanted, "{path}");
        }
    }

    #[test]
    fn languages_are_named_by_codes_and_words_in_files_and_folders() {
        let seen =
            |path: &str| named(path).map(|named| (named.code, named.around.0 + "|" + &named.around.1, named.sure));
        for (path, code, around, sure) in [
            ("README-fr.md", "fr", "README|.md", false),
            ("README.zh-CN.md", "zh-cn", "README|.md", true),
            ("a/README_pt_BR.md", "pt-br", "a/README|.md", true),
            ("pump.french.md", "fr", "pump|.md", true),
            ("README-German.md", "de", "README|.md", true),
            ("docs/de/x.md", "de", "docs/|x.md", false),
            ("translations/German/x.md", "de", "translations/|x.md", true),
            ("translations/README-pl.md", "pl", "translations/README|.md", true),
            ("i18n/ja/a/b.md", "ja", "i18n/|a/b.md", true),
            ("locales/ko.md", "ko", "locales/|.md", true),
            ("pages.de/linux/x.md", "de", "pages|/linux/x.md", false),
            ("Español/01/x.md", "es", "|01/x.md", true),
            ("docs/en/docs/zh/x.md", "zh", "docs/en/docs/|x.md", false),
            ("docs/zh-hant/x.md", "zh-hant", "docs/|x.md", true),
        ] {
            assert_eq!(seen(path), Some((code.to_owned(), around.to_owned(), sure)), "{path}");
        }
        for path in ["README.md", "docs/start-here.md", "de.md", "go/x.md", ""] {
            assert_eq!(seen(path), None, "{path}");
        }
    }

    #[test]
    fn codes_are_two_letters_and_perhaps_a_region() {
        for code in ["de", "EN", "zh-CN", "zh_Hans", "es-419"] {
            assert!(is_code(code), "{code}");
        }
        for word in ["", "go", "deu", "de-", "de-x", "zh-Hans-CN", "de-DEU", "été"] {
            assert!(!is_code(word), "{word}");
        }
        assert!(LANGUAGES.split(' ').is_sorted());
    }
}
