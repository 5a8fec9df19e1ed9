//! Messages of a program in the format of gettext (PO): each message is an entry, with its context and its text as its id.
//!
//! Format: <https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html>. A file holds the texts of the program
//! (`msgid`) and their translations (`msgstr`). The texts of the program are keys, so they are read and never edited; a
//! file without any translation is a template, whose entries are these texts.

use super::title::{named, title_of};
use rustc_hash::FxHashMap;

use crate::model::extraction::{
    EntryStanding, ExtractionBuilder, Notation, PartKind, RepeatedKey, StatedEncoding, TextSide,
};
use crate::model::source::ContainerDefect;
use crate::model::span::Span;
use crate::text::values::stated_encoding::{encoding_named, in_header};

/// The byte-order mark, which readers of PO refuse or take for text.
const MARK: char = '\u{FEFF}';
/// Divider of context and text in the id of a message, as in compiled catalogues.
const CONTEXT_END: char = '\u{4}';

/// A text: the spans between the quotation marks of its strings, in order.
#[derive(Debug, Default, Clone)]
struct PoText(Vec<Span>);

/// A message.
#[derive(Debug, Default)]
struct Message {
    /// Lines that hold none of its texts.
    comments: Vec<Span>,
    standing: EntryStanding,
    context: Option<PoText>,
    id: Option<PoText>,
    plural: Option<PoText>,
    /// The translations, one for each plural form.
    translations: Vec<PoText>,
}

/// Returns the encoding that the header states, if the file is one of messages.
pub(super) fn stated_encoding(file: &str) -> Option<StatedEncoding> {
    let messages = PoReader { file, messages: Vec::new(), last: Message::default() }.read().ok()?;
    messages.iter().find(|message| message.is_header())?.stated_encoding(file)
}

/// Extracts one side of the messages. Returns the side that was extracted as well: of a template, always the original.
pub(super) fn read(file: &str, side: TextSide) -> Result<(ExtractionBuilder, TextSide), ContainerDefect> {
    let messages = PoReader { file, messages: Vec::new(), last: Message::default() }.read()?;
    if messages.iter().all(|message| message.id.is_none()) {
        return Err(ContainerDefect { at: 0, reason: "has no message, such as `msgid \"…\"`".to_owned() });
    }
    let is_translated = |message: &Message| !message.is_header() && message.translations.iter().any(PoText::has_text);
    let side = if messages.iter().any(is_translated) { side } else { TextSide::Original };
    let mut into = ExtractionBuilder::new(Notation::Po);
    if file.starts_with(MARK) {
        let place = Span::new(0, MARK.len_utf8() as u32);
        into.begin("start".to_owned(), PartKind::Data, Some(place));
        into.written_in(Notation::Raw);
        into.verbatim(&file[place.range()], place.start);
    }
    // The first message with each key, and its place in the extracted text if another one has the key as well.
    let mut keys: FxHashMap<(Option<String>, String), usize> = FxHashMap::default();
    for message in &messages {
        *keys.entry(message.key(file)).or_default() += 1;
    }
    let mut first: FxHashMap<(Option<String>, String), Span> = FxHashMap::default();
    for message in &messages {
        for comment in &message.comments {
            if !file[comment.range()].is_ascii() {
                into.begin("comment".to_owned(), PartKind::Data, Some(*comment));
                into.written_in(Notation::Raw);
                into.verbatim(&file[comment.range()], comment.start);
            }
        }
        match &message.id {
            Some(id) if message.is_header() => header(file, message, id, side, &mut into),
            Some(id) => {
                let key = message.key(file);
                if keys.get(&key).is_some_and(|count| *count > 1) {
                    let name = named("message", &key.1);
                    into.begin(name.clone(), PartKind::Data, None);
                    id.extract(file, &mut into);
                    let place = into.last_place();
                    match first.get(&key).copied() {
                        Some(used) => into.repeat(RepeatedKey { name, unused: place, used }),
                        None => _ = first.insert(key, place),
                    }
                }
                message.extract(file, id, side, &mut into);
            }
            None => {}
        }
    }
    Ok((into, side))
}

/// Adds the header: its texts are for programs, and it states the language of the translations and the encoding.
fn header(file: &str, message: &Message, id: &PoText, side: TextSide, into: &mut ExtractionBuilder) {
    let stated = message.stated_encoding(file);
    // A name that may be wrong is extracted, so that it can be corrected.
    let name = stated.as_ref().filter(|stated| encoding_named(&stated.name) != Some("UTF-8")).map(|stated| stated.at);
    for text in std::iter::once(id).chain(&message.translations) {
        match name.is_some_and(|name| text.0.iter().any(|piece| piece.range().contains(&(name as usize)))) {
            true => {
                into.begin("header".to_owned(), PartKind::Data, text.bounds());
                text.extract(file, into);
            }
            false => text.data(file, "header", text.bounds(), into),
        }
    }
    let value: String = message.translations.iter().map(|text| text.value(file)).collect();
    let language = value.lines().find_map(|line| line.strip_prefix("Language:")).map(str::trim);
    if let Some(code) = language.filter(|code| !code.is_empty() && side == TextSide::Translation) {
        into.state_language(code.to_owned());
    }
    if let Some(stated) = stated {
        into.state_encoding(stated);
    }
}

impl Message {
    /// Returns whether the message is the header of the file.
    fn is_header(&self) -> bool {
        self.context.is_none() && self.id.as_ref().is_some_and(|id| !id.has_text())
    }

    /// Returns the encoding that the message states, if it is the header.
    fn stated_encoding(&self, file: &str) -> Option<StatedEncoding> {
        self.translations.iter().find_map(|text| {
            // The place in the file of each byte of the header.
            let (mut lines, mut places) = (String::new(), Vec::new());
            for piece in &text.0 {
                decoded(&file[piece.range()], &mut |unit| match unit {
                    PoUnit::Verbatim(verbatim, at) => {
                        let from = piece.start + at as u32;
                        lines.push_str(verbatim);
                        places.extend(from..from + verbatim.len() as u32);
                    }
                    PoUnit::Escape(c, at, _) => {
                        lines.push(c);
                        places.extend(std::iter::repeat_n(piece.start + at as u32, c.len_utf8()));
                    }
                });
            }
            let name = in_header(&lines)?;
            let (at, last) = (*places.get(name.start)?, *places.get(name.end.checked_sub(1)?)?);
            let is_whole = (last - at) as usize + 1 == name.len();
            let place = is_whole.then(|| Span::new(at, last + 1));
            Some(StatedEncoding { name: lines[name].to_owned(), at, place })
        })
    }

    /// Returns the context and the text of the program, by which programs find the message.
    fn key(&self, file: &str) -> (Option<String>, String) {
        let value = |text: &PoText| text.value(file);
        (self.context.as_ref().map(value), self.id.as_ref().map(value).unwrap_or_default())
    }

    /// Adds one side of the message, and of the other side the texts that have characters to check.
    fn extract(&self, file: &str, id: &PoText, side: TextSide, into: &mut ExtractionBuilder) {
        let (context, original) = (self.context.as_ref().map(|text| text.value(file)), id.value(file));
        let name = named("message", &original);
        let title = title_of(&original);
        let key = match context {
            Some(context) => format!("{context}{CONTEXT_END}{original}"),
            None => original,
        };
        let originals = std::iter::once(id).chain(&self.plural);
        match side {
            TextSide::Original => {
                self.texts(file, originals.map(|text| (text, None)), (&name, &title, key), into);
            }
            TextSide::Translation => {
                for text in self.context.iter().chain(originals) {
                    text.data(file, &name, None, into);
                }
                let translations = self.translations.iter().map(|text| (text, text.bounds()));
                self.texts(file, translations, (&name, &title, key), into);
            }
        }
    }

    /// Adds texts as an entry, each with its place if it can be edited.
    fn texts<'a>(
        &self,
        file: &str,
        texts: impl Iterator<Item = (&'a PoText, Option<Span>)>,
        (name, title, key): (&str, &str, String),
        into: &mut ExtractionBuilder,
    ) {
        let mut key = Some(key);
        for (text, place) in texts.filter(|(text, _)| text.has_text()) {
            let content = if key.is_some() { PartKind::Entry } else { PartKind::Further };
            into.begin(name.to_owned(), content, place);
            into.rank(self.standing);
            if let Some(key) = key.take() {
                into.added(title);
                into.added("\n");
                into.identify(key);
            }
            text.extract(file, into);
        }
    }
}

impl PoText {
    fn has_text(&self) -> bool {
        self.0.iter().any(|piece| !piece.is_empty())
    }

    /// Returns the place of the text in the file, without the quotation marks at its ends.
    fn bounds(&self) -> Option<Span> {
        Some(Span::new(self.0.first()?.start, self.0.last()?.end))
    }

    /// Returns the text without escapes.
    fn value(&self, file: &str) -> String {
        let mut value = String::new();
        for piece in &self.0 {
            decoded(&file[piece.range()], &mut |unit| match unit {
                PoUnit::Verbatim(text, _) => value.push_str(text),
                PoUnit::Escape(c, ..) => value.push(c),
            });
        }
        value
    }

    fn extract(&self, file: &str, into: &mut ExtractionBuilder) {
        for piece in &self.0 {
            decoded(&file[piece.range()], &mut |unit| match unit {
                PoUnit::Verbatim(text, at) => into.verbatim(text, piece.start + at as u32),
                PoUnit::Escape(c, at, len) => {
                    let start = piece.start + at as u32;
                    into.escaped(c, Span::new(start, start + len as u32));
                }
            });
        }
    }

    /// Adds a text of which only the characters are checked, if there is anything to check in it.
    fn data(&self, file: &str, name: &str, place: Option<Span>, into: &mut ExtractionBuilder) {
        if self.0.iter().any(|piece| !file[piece.range()].is_ascii()) {
            into.begin(name.to_owned(), PartKind::Data, place);
            self.extract(file, into);
        }
    }
}

/// A stretch of a string, with its place in the string.
enum PoUnit<'a> {
    Verbatim(&'a str, usize),
    /// A character, and the place and the length of its escape.
    Escape(char, usize, usize),
}

/// Calls `found` with the stretches of a string.
fn decoded<'a>(written: &'a str, found: &mut impl FnMut(PoUnit<'a>)) {
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'\\', &written.as_bytes()[at..]) {
        let start = at + next;
        found(PoUnit::Verbatim(&written[at..start], at));
        let (c, len) = unescaped(&written[start..]);
        found(PoUnit::Escape(c, start, len));
        at = start + len;
    }
    found(PoUnit::Verbatim(&written[at..], at));
}

/// Returns the character of the escapes at the start of a text, and their length in bytes. Escapes of numbers are bytes of
/// UTF-8, and U+FFFD if they are none.
fn unescaped(text: &str) -> (char, usize) {
    let plain = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'a') => '\x07',
        Some(b'b') => '\x08',
        Some(b'v') => '\x0B',
        Some(b'f') => '\x0C',
        Some(b'0'..=b'7' | b'x') => return numbered(text),
        Some(_) => {
            let c = text[1..].chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
            return (c, 1 + c.len_utf8());
        }
        None => return (char::REPLACEMENT_CHARACTER, text.len()),
    };
    (plain, 2)
}

/// Returns the character of the escapes with numbers at the start of a text: `\303\251`, `\x0a`. A byte that is not UTF-8 is
/// one of an encoding of the file, and has the character of Latin-1, so that it is a letter for whoever reads the text.
fn numbered(text: &str) -> (char, usize) {
    let mut bytes = Vec::new();
    let mut at = 0;
    let mut first = 2;
    while bytes.len() < 4
        && let Some((byte, len)) = numbered_byte(&text[at..])
    {
        bytes.push(byte);
        at += len;
        if bytes.len() == 1 {
            first = len;
        }
        if let Ok(text) = std::str::from_utf8(&bytes) {
            return (text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER), at);
        }
    }
    (bytes.first().map_or(char::REPLACEMENT_CHARACTER, |byte| char::from(*byte)), first)
}

/// Returns the byte of the escape at the start of a text, and the length of the escape.
fn numbered_byte(text: &str) -> Option<(u8, usize)> {
    let (digits, radix, most) = match text.strip_prefix('\\')? {
        rest if rest.starts_with('x') => (&rest[1..], 16, 2),
        rest => (rest, 8, 3),
    };
    let len = digits.bytes().take(most).take_while(|byte| char::from(*byte).is_digit(radix)).count();
    let value = u32::from_str_radix(&digits[..len], radix).ok()?;
    Some((u8::try_from(value).ok()?, text.len() - digits.len() + len))
}

/// The text that a string belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PoKeyword {
    Context,
    Id,
    Plural,
    /// The only translation.
    Translation,
    /// The translation of a plural form.
    Form,
}

/// Reads the messages of a file, line by line.
struct PoReader<'a> {
    file: &'a str,
    messages: Vec<Message>,
    last: Message,
}

impl PoReader<'_> {
    fn read(mut self) -> Result<Vec<Message>, ContainerDefect> {
        let text = self.file.strip_prefix(MARK).unwrap_or(self.file);
        let mut start = self.file.len() - text.len();
        let mut open: Option<PoKeyword> = None;
        for line in text.split_inclusive('\n') {
            let written = line.trim_end_matches(['\n', '\r']);
            let blank = written.len() - written.trim_start().len();
            let at = start + blank;
            let written = written.trim();
            start += line.len();
            if written.is_empty() {
                open = None;
                continue;
            }
            if written.starts_with('#') {
                self.comment(written, at);
                open = None;
                continue;
            }
            let defect = |reason: &str| ContainerDefect { at: at as u32, reason: reason.to_owned() };
            let strings = match keyword(written) {
                Some((keyword, strings)) => {
                    self.open(keyword).ok_or_else(|| defect("has a text that belongs to no `msgid`"))?;
                    open = Some(keyword);
                    // Strings may begin on the next line.
                    if strings.is_empty() {
                        continue;
                    }
                    strings
                }
                None if written.starts_with('"') && open.is_some() => written,
                // A directive that old files have.
                None if written.starts_with("domain ") => continue,
                None => return Err(defect("has a line that is neither a text nor a comment")),
            };
            let from = at + (written.len() - strings.len());
            let Some(text) = open.and_then(|open| self.text(open)) else { continue };
            match pieces(strings, from) {
                Ok(pieces) => text.0.extend(pieces),
                Err(at) => {
                    let reason = "has a string without quotation marks around it".to_owned();
                    return Err(ContainerDefect { at: at as u32, reason });
                }
            }
        }
        self.end();
        if let Some(message) =
            self.messages.iter().find(|message| message.id.is_some() && message.translations.is_empty())
        {
            let at = message.id.as_ref().and_then(PoText::bounds).map_or(0, |bounds| bounds.start);
            return Err(ContainerDefect { at, reason: "has a `msgid` without `msgstr`".to_owned() });
        }
        Ok(self.messages)
    }

    fn comment(&mut self, written: &str, at: usize) {
        if self.last.id.is_some() || self.last.context.is_some() && !written.starts_with("#|") {
            self.end();
        }
        if let Some(flags) = written.strip_prefix("#,")
            && flags.split(',').any(|flag| flag.trim() == "fuzzy")
        {
            self.last.standing = EntryStanding::Fuzzy;
        }
        // Names of files, and texts that programs look up or bring back, are no remarks.
        let is_data = ["#:", "#|", "#~"].iter().any(|data| written.starts_with(data));
        if !is_data || written.starts_with("#~ msgstr") {
            self.last.comments.push(Span::from(at..at + written.len()));
        }
    }

    /// Ends the last message.
    fn end(&mut self) {
        self.messages.push(std::mem::take(&mut self.last));
    }

    /// Begins a text of the last message, or of a new one; `None` if it belongs to none.
    fn open(&mut self, keyword: PoKeyword) -> Option<()> {
        let last = &mut self.last;
        match keyword {
            PoKeyword::Context | PoKeyword::Id if last.id.is_some() => {
                self.end();
                return self.open(keyword);
            }
            PoKeyword::Context => last.context = Some(PoText::default()),
            PoKeyword::Id => last.id = Some(PoText::default()),
            PoKeyword::Plural => {
                last.id.as_ref()?;
                last.plural = Some(PoText::default());
            }
            // A message has one translation, unless its plural has forms.
            PoKeyword::Translation if !last.translations.is_empty() => return None,
            PoKeyword::Translation | PoKeyword::Form => {
                last.id.as_ref()?;
                last.translations.push(PoText::default());
            }
        }
        Some(())
    }

    /// Returns the text that is open.
    fn text(&mut self, open: PoKeyword) -> Option<&mut PoText> {
        match open {
            PoKeyword::Context => self.last.context.as_mut(),
            PoKeyword::Id => self.last.id.as_mut(),
            PoKeyword::Plural => self.last.plural.as_mut(),
            PoKeyword::Translation | PoKeyword::Form => self.last.translations.last_mut(),
        }
    }
}

/// Returns the keyword at the start of a line, and its strings.
fn keyword(line: &str) -> Option<(PoKeyword, &str)> {
    let end = line.find(|c: char| c == '"' || c.is_whitespace()).unwrap_or(line.len());
    let keyword = match &line[..end] {
        "msgctxt" => PoKeyword::Context,
        "msgid" => PoKeyword::Id,
        "msgid_plural" => PoKeyword::Plural,
        "msgstr" => PoKeyword::Translation,
        form => {
            let number = form.strip_prefix("msgstr[")?.strip_suffix(']')?;
            number.bytes().all(|byte| byte.is_ascii_digit()).then_some(PoKeyword::Form)?
        }
    };
    Some((keyword, line[end..].trim_start()))
}

/// Returns the places between the quotation marks of the strings of a line, which starts at `from`.
///
/// # Errors
/// The place at which there is no string.
fn pieces(line: &str, from: usize) -> Result<Vec<Span>, usize> {
    let mut found = Vec::new();
    let bytes = line.as_bytes();
    let mut at = 0;
    loop {
        if bytes.get(at) != Some(&b'"') {
            return Err(from + at);
        }
        let start = at + 1;
        let mut end = start;
        while let Some(next) = memchr::memchr2(b'"', b'\\', bytes.get(end..).unwrap_or_default()) {
            end += next;
            if bytes[end] == b'"' {
                break;
            }
            end += 2;
        }
        if bytes.get(end) != Some(&b'"') {
            return Err(from + at);
        }
        found.push(Span::from(from + start..from + end));
        at = end + 1;
        at += line[at..].len() - line[at..].trim_start().len();
        if at == line.len() {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::input::containers::original_of;
    use crate::input::containers::tests::{edited, file, parts};
    use crate::model::extraction::{EntryStanding, PartKind, TextSide};

    const MESSAGES: &str = r##"# Für alle
msgid ""
msgstr ""
"Language: pt_BR\n"
"Content-Type: text/plain; charset=UTF-8\n"

#, fuzzy, c-format
#| msgid "Lamp"
msgid "Lamps"
msgstr "L\303\242mpadas"

msgctxt "menu"
msgid ""
"Open\t"
"it"
msgid_plural "Open them"
msgstr[0] ""
"Abrir \"isto\"\n"
"já"
msgstr[1] "Abrir"
msgid "None"
msgstr ""
#~ msgid "old"
#~ msgstr "é"
"##;

    #[test]
    fn translations_are_entries_by_context_and_text() {
        let source = file("pt.po", MESSAGES);
        let wanted = [
            ("comment", PartKind::Data, "# Für alle"),
            ("message “Lamps”", PartKind::Entry, "Lamps\nLâmpadas"),
            ("message “Open it”", PartKind::Entry, "Open it\nAbrir \"isto\"\njá"),
            ("message “Open it”", PartKind::Further, "Abrir"),
            ("comment", PartKind::Data, "#~ msgstr \"é\""),
        ];
        assert_eq!(parts(&source), wanted);
        let extraction = source.extraction().expect("a container");
        assert_eq!(extraction.language(), Some("pt_BR"));
        assert_eq!(extraction.parts()[1].standing, EntryStanding::Fuzzy);
        assert_eq!(extraction.parts()[2].id.as_deref(), Some("menu\u{4}Open\tit"));
        assert_eq!(source.bytes().as_ref(), MESSAGES.as_bytes());
    }

    #[test]
    fn texts_of_the_program_are_the_other_side_of_the_file() {
        let original = original_of(&file("pt.po", MESSAGES)).expect("the other side");
        let texts: Vec<&str> =
            parts(&original).iter().filter(|part| part.1 != PartKind::Data).map(|part| part.2).collect();
        assert_eq!(texts, ["Lamps\nLamps", "Open it\nOpen\tit", "Open them", "None\nNone"]);
        assert_eq!(edited(&original, "them", "it"), None);
        let template = file("a.pot", "msgid \"Lamp\"\nmsgstr \"\"\n");
        assert_eq!((template.side(), original_of(&template).is_none()), (TextSide::Original, true));
    }

    #[test]
    fn names_of_files_and_obsolete_keys_were_mended_as_remarks() {
        let text = "#: cafÃ©.c:1\n#| msgid \"CafÃ©\"\nmsgid \"a\"\nmsgstr \"b\"\n#~ msgid \"CafÃ©\"\n#~ msgstr \"c\"\n";
        assert_eq!(parts(&file("de.po", text)).iter().filter(|part| part.2.contains('Ã')).count(), 0);
    }

    #[test]
    fn escapes_became_letters_that_the_declared_encoding_may_not_have() {
        let po = |charset: &str| {
            let head = format!("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset={charset}\\n\"\n\n");
            file("de.po", &format!("{head}msgid \"x\"\nmsgstr \"F\\303\\203\\302\\244hre\"\n"))
        };
        assert_eq!(edited(&po("US-ASCII"), "Ã¤", "ä"), None);
        assert!(edited(&po("UTF-8"), "Ã¤", "ä").is_some_and(|text| text.contains("\"Fähre\"")));
        let latin = file("de.po", "msgid \"x\"\nmsgstr \"F\\344hre\"\n");
        assert!(parts(&latin).iter().any(|part| part.2.contains("Fähre")));
    }

    #[test]
    fn a_string_on_the_line_after_its_keyword_was_refused() {
        let source = file("de.po", "msgid\n\"Lamp\"\nmsgstr\n\"Lam\"\n\"pe\"\n");
        assert_eq!(parts(&source), [("message “Lamp”", PartKind::Entry, "Lamp\nLampe")]);
    }

    #[test]
    fn an_encoding_in_a_remark_was_taken_for_the_declared_one() {
        let head = "# charset=ISO-8859-1\nmsgid \"\"\nmsgstr \"Content-Type: text/plain; charset=utf-8\\n\"\n\n";
        let source = file("de.po", &format!("{head}msgid \"x\"\nmsgstr \"F\\303\\203\\302\\244hre\"\n"));
        assert!(edited(&source, "Ã¤", "ä").is_some());
    }

    #[test]
    fn a_stated_encoding_was_not_found_in_odd_places() {
        let head = "# Licence\n".repeat(400);
        for (header, name) in [
            ("msgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"", Some("ISO-8859-1")),
            ("msgstr \"\"\n\"CONTENT-TYPE : text/plain; \"\n\"CHARSET = koi8-r \\n\"", Some("koi8-r")),
            ("msgstr \"Language: de\\nContent-Type: text/plain; charset=CP1250\\nX: y\\n\"", Some("CP1250")),
            ("msgstr \"Content-Type: text/plain; charset=CHARSET\\n\"", None),
        ] {
            let text = format!("{head}msgid \"\"\n{header}\n\nmsgid \"a\"\nmsgstr \"é\"\n");
            let source = file("de.po", &text);
            let stated = source.stated_encoding();
            assert_eq!(stated.map(|stated| stated.name.as_str()), name);
            let Some(place) = stated.and_then(|stated| stated.place) else { continue };
            assert_eq!(Some(&text[place.range()]), name);
            let shown = source.text_span(place).expect("it is extracted");
            assert_eq!(source.text().get(shown.range()), name);
        }
        let divided = "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=KOI\"\n\"8-R\\n\"\n";
        let stated = super::stated_encoding(divided).expect("a header");
        assert_eq!((stated.name.as_str(), stated.place), ("KOI8-R", None));
    }

    #[test]
    fn a_mark_before_the_first_message_was_not_seen() {
        let source = file("de.po", "\u{FEFF}msgid \"a\"\nmsgstr \"b\"\n");
        assert_eq!(parts(&source)[0], ("start", PartKind::Data, "\u{FEFF}"));
        assert_eq!(edited(&source, "\u{FEFF}", ""), Some("msgid \"a\"\nmsgstr \"b\"\n".to_owned()));
    }

    #[test]
    fn a_message_that_is_there_twice_was_not_told() {
        let text =
            "msgid \"a\"\nmsgstr \"b\"\n\nmsgid \"a\"\nmsgstr \"c\"\n\nmsgctxt \"x\"\nmsgid \"a\"\nmsgstr \"d\"\n";
        let source = file("de.po", text);
        let extraction = source.extraction().expect("a container");
        let places: Vec<_> = extraction
            .repeats()
            .iter()
            .map(|key| (extraction.position(key.unused.start).line, extraction.position(key.used.start).line))
            .collect();
        assert_eq!(places, [(4, 1)]);
    }

    #[test]
    fn a_message_is_edited_with_its_escapes_and_lines() {
        let source = file("pt.po", MESSAGES);
        let replaced = |old: &str, new: &str| edited(&source, old, new).expect("an edit");
        assert!(replaced("já", "\"já\"\nagora\\").contains("\"\\\"já\\\"\\n\"\n\"agora\\\\\"\n"));
        assert!(replaced("â", "a").contains("\"Lampadas\""));
        assert!(replaced("\njá", " já").contains("\"Abrir \\\"isto\\\" já\"\n"));
        assert!(replaced("Für", "Fuer").contains("# Fuer alle\n"));
        for (old, new) in [("Lâmpadas", ""), ("Lamps", "Lamp"), ("Für alle", "a\nb"), ("já", "\u{1b}")] {
            assert_eq!(edited(&source, old, new), None, "{old}");
        }
    }

    #[test]
    fn a_file_that_is_no_po_has_a_defect() {
        for (text, at) in [
            ("msgid \"a\"\nmsgstr \"b\"\nstray\n", 21),
            ("msgid \"a\nmsgstr \"b\"\n", 6),
            ("msgstr \"b\"\n", 0),
            ("msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"\n", 21),
            ("# nothing\n", 0),
            ("msgid \"a\"\n\nmsgid \"b\"\nmsgstr \"c\"\n", 7),
        ] {
            assert_eq!(file("a.po", text).container_defect().map(|defect| defect.at), Some(at), "{text}");
        }
    }
}
