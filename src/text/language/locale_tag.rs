//! Locale tags in paths and addresses: `docs/de/start.md`, `README.zh-CN.md`, `https://de.example.org/`.
//!
//! Knows text only. Two letters alone prove nothing ("is", "it", "ml"), so callers need further evidence.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The codes of ISO 639-1, sorted.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io \
    is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my \
    na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq \
    sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// The codes as bits: for each first letter, the second letters.
static LANGUAGE_BITS: [u32; 26] = {
    let mut bits = [0; 26];
    let codes = LANGUAGES.as_bytes();
    let mut at = 0;
    while at + 1 < codes.len() {
        bits[(codes[at] - b'a') as usize] |= 1 << (codes[at + 1] - b'a');
        at += 3;
    }
    bits
};

/// Returns whether `text` is one of the codes of ISO 639-1, regardless of case.
fn is_language(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic().then(|| usize::from(byte.to_ascii_lowercase() - b'a'));
    let &[first, second] = text.as_bytes() else { return false };
    letter(first).zip(letter(second)).is_some_and(|(first, second)| LANGUAGE_BITS[first] >> second & 1 != 0)
}

/// Returns whether `text` is the code of a language, alone or with a script or region: "de", "pt-BR", "zh_Hans".
#[must_use]
pub fn is_code(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or("");
    let known = is_language(language);
    let region = parts.next().is_none_or(|part| match part.len() {
        2 => part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => part.bytes().all(|byte| byte.is_ascii_digit()),
        4 => part.starts_with(|c: char| c.is_ascii_uppercase()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()),
        _ => false,
    });
    known && region && parts.next().is_none()
}

/// Returns whether the code of a language, in lower case, is that of English, with any script or region.
#[must_use]
pub fn is_english_code(code: &str) -> bool {
    code.split('-').next() == Some("en")
}

/// Names of languages in folders and file names, in English and in the language itself, in lower case, each with its
/// code.
const NAMES: &str = "arabic ar, العربية ar, armenian hy, azerbaijani az, bahasa id, bangla bn, বাংলা bn, basque eu, \
    belarusian be, bengali bn, bosnian bs, brazilian pt-br, bulgarian bg, burmese my, catalan ca, català ca, chinese zh, \
    中文 zh, 简体中文 zh-hans, 繁體中文 zh-hant, 繁体中文 zh-hant, croatian hr, czech cs, čeština cs, danish da, dansk da, \
    deutsch de, dutch nl, english en, espanol es, español es, esperanto eo, estonian et, farsi fa, فارسی fa, filipino fil, \
    finnish fi, francais fr, français fr, french fr, galician gl, georgian ka, german de, greek el, ελληνικά el, \
    gujarati gu, hebrew he, עברית he, hindi hi, हिन्दी hi, hungarian hu, icelandic is, indonesia id, indonesian id, \
    irish ga, italian it, italiano it, japanese ja, 日本語 ja, kannada kn, kazakh kk, khmer km, korean ko, 한국어 ko, \
    latvian lv, lithuanian lt, macedonian mk, magyar hu, malay ms, malayalam ml, mandarin zh, marathi mr, mongolian mn, \
    nederlands nl, nepali ne, norsk no, norwegian no, persian fa, polish pl, polski pl, portugues pt, portuguese pt, \
    português pt, punjabi pa, romanian ro, română ro, russian ru, русский ru, serbian sr, sinhala si, slovak sk, \
    slovenian sl, spanish es, suomi fi, svenska sv, swahili sw, swedish sv, tagalog tl, tamil ta, தமிழ் ta, telugu te, \
    thai th, ไทย th, tibetan bo, turkce tr, turkish tr, türkçe tr, ukrainian uk, українська uk, urdu ur, uzbek uz, \
    vietnamese vi";

/// Words beside the name of a language that name its script or country, each with what it adds to the code.
const QUALIFIERS: &str = "simplified hans, simp hans, traditional hant, trad hant, hans hans, hant hant, cn cn, tw tw, \
    hk hk, brazilian br, brazil br, br br, european pt, portugal pt, latin 419, latam 419, america -, american -, \
    mexican mx, mexico mx, spain es, version -, language -, translation -";

/// Codes that are no two letters of ISO 639-1: those of ISO 639-2 and 639-3 that repositories use, and countries that
/// are written for their languages, each with the code of the language.
const OTHER_CODES: &str = "ara ar, ast ast, bho bho, bul bg, ceb ceb, ces cs, chi zh, chn zh, chs zh-hans, cht zh-hant, \
    ckb ckb, cmn zh, cn zh, cze cs, cz cs, dan da, deu de, dsb dsb, ell el, eng en, esp es, fas fa, fil fil, fin fi, \
    fra fr, fre fr, ger de, gre el, gsw gsw, haw haw, heb he, hin hi, hsb hsb, hun hu, ind id, ita it, jap ja, jp ja, \
    jpn ja, kab kab, kmr kmr, kor ko, lmo lmo, mai mai, mni mni, nds nds, nld nl, nor no, np ne, pap pap, pcm pcm, per fa, pnb pnb, \
    pol pl, por pt, ptbr pt-br, ron ro, rum ro, rus ru, scn scn, sco sco, slk sk, slv sl, spa es, swe sv, tgl tl, tha th, \
    tur tr, ua uk, ukr uk, vec vec, vie vi, vn vi, yue yue, zho zh";

/// Folders in which translations are kept.
const CONTAINERS: [&str; 18] = [
    "docs-i18n",
    "docs-translations",
    "i18n",
    "intl",
    "l10n",
    "lang",
    "langs",
    "languages",
    "locale",
    "locales",
    "localized",
    "localized_docs",
    "po",
    "readme-translations",
    "readmes",
    "translated",
    "translation",
    "translations",
];

/// Folders that an original may be above of, if its translations are in them: `README.md`, `docs/de/README.md`.
const AROUND: [&str; 10] =
    ["content", "contents", "doc", "docs", "documentation", "pages", "readme", "resources", "site", "src"];

/// A part of a path that seems to name a language.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedLanguage {
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
pub fn named(path: &str) -> Option<NamedLanguage> {
    let folders_end = path.rfind('/').map_or(0, |at| at + 1);
    let name = &path[folders_end..];
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let kept_here = |before: &str| {
        let last = before.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_lowercase();
        CONTAINERS.contains(&last.as_str())
    };
    let found = |code: String, start: usize, end: usize, sure: bool| {
        let (before, after) = (path[..start].to_owned(), path[end..].to_owned());
        Some(NamedLanguage { code, around: (before, after), sure })
    };
    // "de-DE.md" is named by nothing but its language.
    let is_whole = stem.len() > 2 && is_code(stem);
    for (at, _) in stem.match_indices(['.', '_', '-']).filter(|_| !is_whole) {
        if let Some((code, sure)) = joined_code(&stem[at + 1..]).filter(|_| at > 0) {
            let start = folders_end + at;
            return found(code, start, start + stem.len() - at, sure || kept_here(&path[..folders_end]));
        }
    }
    if kept_here(&path[..folders_end])
        && let Some((code, _)) = code_of(stem)
    {
        return found(code, folders_end, folders_end + stem.len(), true);
    }
    // "pages.de", "docs-zh": the mark is the last part of the folder's name, if no folder is a mark as a whole.
    for is_joined in [false, true] {
        let mut end = folders_end.saturating_sub(1);
        while end > 0 {
            let start = path[..end].rfind('/').map_or(0, |at| at + 1);
            let folder = &path[start..end];
            let (part, mark) = if is_joined {
                let joint = folder.rfind(['.', '_', '-']).filter(|at| *at > 0);
                (joint.unwrap_or(0), joint.and_then(|at| joined_code(&folder[at + 1..])))
            } else {
                (0, code_of(folder))
            };
            if let Some((code, sure)) = mark {
                let end = if is_joined { end } else { end + 1 };
                return found(code, start + part, end, sure || kept_here(&path[..start]));
            }
            end = start.saturating_sub(1);
        }
    }
    None
}

/// Two-letter codes that are English words, too frequent after a hyphen: `how-to`, `as-is`, `built-so`.
const WORDS: [&str; 7] = ["am", "as", "be", "is", "or", "so", "to"];

/// Returns the code of a language that is joined to a name, as in `README-de`, and whether it is certain.
fn joined_code(text: &str) -> Option<(String, bool)> {
    code_of(text).filter(|_| !WORDS.contains(&text))
}

/// Returns the part of a path that may name a language without a known code, if its siblings name languages: the short
/// end of the file name ("README-fil") or a folder of two letters.
#[must_use]
pub fn unnamed(path: &str) -> Option<NamedLanguage> {
    let folders_end = path.rfind('/').map_or(0, |at| at + 1);
    let stem_end = path[folders_end..].rfind('.').map_or(path.len(), |at| folders_end + at);
    let is_short =
        |text: &str, most: usize| (2..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic());
    let stem = &path[folders_end..stem_end];
    let named = |start: usize, code: &str, end: usize| {
        let around = (path[..start].to_owned(), path[end..].to_owned());
        Some(NamedLanguage { code: code.to_lowercase(), around, sure: false })
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

/// A table of words with their values. Built on first use, because a path has many words that are in none.
type LanguageTable = LazyLock<FxHashMap<&'static str, &'static str>>;

static NAMES_BY_WORD: LanguageTable = LazyLock::new(|| by_word(NAMES));
static QUALIFIERS_BY_WORD: LanguageTable = LazyLock::new(|| by_word(QUALIFIERS));
static OTHER_CODES_BY_WORD: LanguageTable = LazyLock::new(|| by_word(OTHER_CODES));

/// Returns the entries of a table such as [`NAMES`]; of several for one word, the first.
fn by_word(table: &'static str) -> FxHashMap<&'static str, &'static str> {
    let mut entries = FxHashMap::default();
    for (word, value) in table.split(", ").filter_map(|entry| entry.split_once(' ')) {
        entries.entry(word).or_insert(value);
    }
    entries
}

/// Returns the code of a language given by its code or name, and whether it is certain.
fn code_of(text: &str) -> Option<(String, bool)> {
    let small = text.to_lowercase();
    // "zh-hant" in lower case, as in names of folders.
    let script = small.split_once(['-', '_']).filter(|(_, script)| ["hans", "hant", "latn", "cyrl"].contains(script));
    if is_code(text) || script.is_some_and(|(language, _)| is_code(language)) {
        return Some((small.replace('_', "-"), text.len() > 2));
    }
    if let Some(code) = OTHER_CODES_BY_WORD.get(small.as_str()).copied() {
        return Some((code.to_owned(), false));
    }
    // "zh-Hans-CN" has both a script and a region.
    if let Some((language, _)) = small.rsplit_once(['-', '_']).filter(|(language, _)| language.contains(['-', '_']))
        && small.is_ascii()
        && let Some(found) = code_of(language).filter(|(code, _)| code.len() == 7 && code.starts_with("zh"))
    {
        return Some(found);
    }
    let (mut language, mut region) = (None, None);
    for word in small.split(['-', '_', ' ', '(', ')']).filter(|word| !word.is_empty()) {
        let name = NAMES_BY_WORD.get(word).copied();
        match (name, QUALIFIERS_BY_WORD.get(word).copied()) {
            (_, Some(qualifier)) if language.is_some() || name.is_none() => {
                region = Some(qualifier).filter(|qualifier| *qualifier != "-").or(region);
            }
            (Some(code), _) if language.is_none() => language = Some(code),
            // "brazilian-portuguese": the first word says which.
            (Some(code), _) if language.is_some_and(|known| known.split('-').next() == Some(code)) => {}
            _ => return None,
        }
    }
    let language = language?;
    let code = match region {
        Some(region) if !language.contains('-') => format!("{language}-{region}"),
        _ => language.to_owned(),
    };
    Some((code, true))
}

/// Returns whether a language found in a text, by its code or that of its script, may be the one of a path's code. Codes
/// of languages that no list of words tells say nothing, so they may be.
#[must_use]
pub fn is_same_language(found: &str, code: &str) -> bool {
    let language = code.split('-').next().unwrap_or(code);
    // The languages whose words or scripts are known, each with the names by which they are found.
    let known = match language {
        "hr" | "sr" | "bs" => return ["bs", "cyrillic"].contains(&found),
        "zh" | "yue" => "han",
        "ja" => return ["kana", "han"].contains(&found),
        "ko" => "hangul",
        "ru" | "uk" | "bg" | "be" | "mk" => "cyrillic",
        "ar" | "fa" | "he" | "ur" | "ckb" => "semitic",
        "hi" | "bn" | "ta" | "te" | "ml" | "mr" | "ne" | "kn" | "gu" | "pa" | "si" => "indic",
        "th" => "thai",
        "el" => "greek",
        "en" | "de" | "fr" | "es" | "pt" | "it" | "nl" | "sv" | "da" | "pl" | "cs" | "tr" | "id" | "hu" | "ro"
        | "vi" => language,
        // Close to one that is known, or not known at all: English is not meant.
        _ => return found != "en",
    };
    found == known
}

/// Returns the numbers in a path without the folder that names its language: chapters keep them where their names are
/// translated (`dia_02_tipos.md`, `02_Day_types.md`). `None` if there are none.
#[must_use]
pub fn numbers(path: &str) -> Option<Vec<u32>> {
    let digits = path.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers: Vec<u32> = digits.filter_map(|part| part.parse().ok()).collect();
    (!numbers.is_empty()).then_some(numbers)
}

/// A path that names a language, and where the same page may be without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localized {
    /// The code of the language, in small letters, with its script or region.
    pub code: String,
    /// The path without anything that names a language, in small letters: equal for the translations of one page.
    pub neutral: String,
    /// Where the original may be if it names no language, in small letters, the most probable path first; the first one
    /// is `neutral`.
    pub originals: Vec<String>,
    /// True if it can hardly be anything else than a language.
    pub sure: bool,
    /// The part before the folder that names the language, in the letters of the path; `None` if the name of the file
    /// names it.
    pub folder: Option<String>,
}

/// Returns what `path` says about its language; `None` if it names none.
#[must_use]
pub fn localized(path: &str) -> Option<Localized> {
    let first = named(path)?;
    let language = |code: &str| code.split('-').next().unwrap_or("").to_owned();
    let (mut before, mut after) = first.around.clone();
    let mut sure = first.sure;
    // "es-ES/README-ES.md" names the language twice.
    while let Some(outer) =
        named(&format!("{before}{after}")).filter(|outer| language(&outer.code) == language(&first.code))
    {
        (before, after) = outer.around;
        sure = true;
    }
    let folder = (path.len() > before.len() && path[before.len()..].contains('/')).then(|| before.clone());
    let neutral = format!("{before}{after}").to_lowercase();
    let folders_end = before.rfind('/').map_or(0, |at| at + 1);
    let mut place = before[..folders_end].to_lowercase();
    let page = format!("{}{after}", &before[folders_end..]).to_lowercase();
    let mut originals = vec![neutral.clone()];
    if let Some(source) = page.strip_prefix("docusaurus-plugin-content-").and_then(docusaurus_source) {
        let site = place.trim_end_matches("i18n/").to_owned();
        let above = site.trim_end_matches('/').rsplit_once('/').map_or(String::new(), |(above, _)| format!("{above}/"));
        originals.extend(source.iter().flat_map(|source| [format!("{site}{source}"), format!("{above}{source}")]));
    }
    let mut is_kept = false;
    while let Some((above, last)) = last_folder(&place) {
        if !CONTAINERS.contains(&last) && !AROUND.contains(&last) {
            break;
        }
        is_kept |= CONTAINERS.contains(&last);
        place = above.to_owned();
        originals.push(format!("{place}{page}"));
    }
    // "translations/de/care.md" may be beside "src/care.md".
    if is_kept {
        originals.extend(AROUND.iter().map(|folder| format!("{place}{folder}/{page}")));
    }
    Some(Localized { code: first.code, sure, neutral, originals, folder })
}

/// Splits the last folder off a path that ends with one.
fn last_folder(place: &str) -> Option<(&str, &str)> {
    let inner = place.strip_suffix('/')?;
    let start = inner.rfind('/').map_or(0, |at| at + 1);
    Some((&place[..start], &inner[start..]))
}

/// Returns where Docusaurus keeps the originals of a page, given what follows `docusaurus-plugin-content-` in the path of
/// its translation.
fn docusaurus_source(page: &str) -> Option<Vec<String>> {
    let (plugin, rest) = page.split_once('/')?;
    let (kind, id) = plugin.split_once('-').unwrap_or((plugin, ""));
    let folders = match (kind, id) {
        ("docs", "") => vec!["docs".to_owned()],
        ("docs", id) => vec![id.to_owned(), format!("docs-{id}"), format!("docs_{id}")],
        ("pages", _) => vec!["src/pages".to_owned()],
        (kind, "") => vec![kind.to_owned()],
        (_, id) => vec![id.to_owned()],
    };
    let source = |folder: String| match rest.strip_prefix("current/") {
        Some(rest) => format!("{folder}/{rest}"),
        None if rest.starts_with("version-") && id.is_empty() => format!("versioned_docs/{rest}"),
        None if rest.starts_with("version-") => format!("{id}_versioned_docs/{rest}"),
        None => format!("{folder}/{rest}"),
    };
    Some(folders.into_iter().map(source).collect())
}

/// Returns the code of the language if the name of the file is nothing but a language: `manual/en.md`.
#[must_use]
pub fn bare(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    code_of(name.rsplit_once('.')?.0).map(|(code, _)| code)
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
    fn a_file_named_by_a_language_with_a_region_was_named_by_its_region() {
        for path in ["help/de-DE.md", "help/pl-PL.md", "zh-Hant.md"] {
            assert_eq!(named(path), None, "{path}");
            assert!(bare(path).is_some(), "{path}");
        }
        assert_eq!(named("i18n/de-DE.md").map(|named| named.code), Some("de-de".to_owned()));
    }

    #[test]
    fn originals_may_be_in_a_folder_beside_that_of_translations() {
        let found = localized("translations/es/care.md").expect("Spanish");
        assert!(found.originals.contains(&"src/care.md".to_owned()), "{found:?}");
        let found = localized("docs/es/care.md").expect("Spanish");
        assert!(!found.originals.contains(&"src/care.md".to_owned()), "{found:?}");
    }

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
