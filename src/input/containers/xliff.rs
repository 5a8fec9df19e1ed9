//! XLIFF 1.2 and 2.0: each unit of text is an entry, with its id.
//!
//! Formats: <https://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html> and
//! <https://docs.oasis-open.org/xliff/xliff-core/v2.0/xliff-core-v2.0.html>. quick-xml decides which XML it is and where
//! its parts are; elements within a text are markup that no edit touches. Sources are extracted from programs, so they
//! are read and never edited; a file without any target has them as its entries.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::title::title_of;
use crate::model::extraction::{EntryStanding, ExtractionBuilder, Notation, PartKind, TextSide};
use crate::model::source::ContainerDefect;
use crate::model::span::Span;

/// Elements within a text whose content is code of the original format, in both versions.
const OPAQUE_ELEMENTS: [&str; 10] = ["bpt", "bx", "cp", "ec", "ept", "ex", "it", "ph", "sc", "x"];
/// Divider of the file and the unit in the id of an entry.
const FILE_END: char = '\u{4}';

/// A stretch of a text.
#[derive(Debug)]
enum XmlStretch {
    Verbatim(Span),
    Escape(char, Span),
    /// An element, or its start or end, as a short tag.
    Markup(String, Span),
}

/// A text, in the order of the file.
#[derive(Debug)]
struct XmlText {
    stretches: Vec<XmlStretch>,
    /// The content of its element.
    bounds: Span,
}

/// A source with its target.
#[derive(Debug, Default)]
struct XliffSegment {
    source: Option<XmlText>,
    target: Option<XmlText>,
    /// State of the target, as the file has it.
    state: String,
}

/// A unit of text, or a remark, which has no segments.
#[derive(Debug, Default)]
struct Unit {
    /// Id that is unique in the file.
    key: String,
    title: String,
    segments: Vec<XliffSegment>,
    notes: Vec<XmlText>,
}

/// Extracts one side of the units. Returns the side that was extracted as well: of a file without targets, always the
/// original.
pub(super) fn read(file: &str, side: TextSide) -> Result<(ExtractionBuilder, TextSide), ContainerDefect> {
    let mut reader = UnitReader {
        file,
        open: Vec::new(),
        units: Vec::new(),
        language: None,
        encoding: None,
        original: String::new(),
    };
    reader.read()?;
    let units = reader.units;
    let is_translated = |unit: &Unit| unit.segments.iter().any(|segment| segment.translation(file).is_some());
    let side = if units.iter().any(is_translated) { side } else { TextSide::Original };
    let mut into = ExtractionBuilder::new(Notation::Xml);
    if let Some(language) = reader.language.filter(|_| side == TextSide::Translation) {
        into.state_language(language);
    }
    if let Some(name) = &reader.encoding {
        into.declare_encoding(name);
    }
    for unit in &units {
        let name = format!("unit {}", unit.title);
        for note in &unit.notes {
            note.data(file, &name, Some(note.bounds), &mut into);
        }
        let mut key = Some(&unit.key);
        for segment in &unit.segments {
            let (text, place) = match side {
                TextSide::Original => (segment.source.as_ref(), None),
                TextSide::Translation => {
                    if let Some(source) = &segment.source {
                        source.data(file, &name, None, &mut into);
                    }
                    let text = segment.translation(file);
                    (text, text.map(|text| text.bounds))
                }
            };
            let Some(text) = text.filter(|text| text.has_text(file)) else { continue };
            into.begin(name.clone(), if key.is_some() { PartKind::Entry } else { PartKind::Further }, place);
            if side == TextSide::Translation && segment.is_fuzzy() {
                into.rank(EntryStanding::Fuzzy);
            }
            if let Some(key) = key.take() {
                into.added(&unit.title);
                into.added("\n");
                into.identify(key.clone());
            }
            text.extract(file, &mut into);
        }
    }
    Ok((into, side))
}

impl XliffSegment {
    /// Returns the target, unless it is a copy of the source that waits for a translator.
    fn translation(&self, file: &str) -> Option<&XmlText> {
        let target = self.target.as_ref().filter(|target| target.has_text(file))?;
        let is_copy = || self.source.as_ref().is_some_and(|source| source.value(file) == target.value(file));
        let waits = matches!(self.state.as_str(), "new" | "initial" | "needs-translation");
        (!waits || !is_copy()).then_some(target)
    }

    fn is_fuzzy(&self) -> bool {
        matches!(self.state.as_str(), "new" | "initial") || self.state.starts_with("needs-")
    }
}

impl XmlText {
    fn has_text(&self, file: &str) -> bool {
        self.stretches.iter().any(|stretch| match stretch {
            XmlStretch::Verbatim(span) => !file[span.range()].trim().is_empty(),
            XmlStretch::Escape(..) | XmlStretch::Markup(..) => true,
        })
    }

    /// Returns the text with its markup as short tags.
    fn value(&self, file: &str) -> String {
        let mut value = String::new();
        for stretch in &self.stretches {
            match stretch {
                XmlStretch::Verbatim(span) => value.push_str(&file[span.range()]),
                XmlStretch::Escape(c, _) => value.push(*c),
                XmlStretch::Markup(tag, _) => value.push_str(tag),
            }
        }
        value
    }

    fn extract(&self, file: &str, into: &mut ExtractionBuilder) {
        for stretch in &self.stretches {
            match stretch {
                XmlStretch::Verbatim(span) => into.verbatim(&file[span.range()], span.start),
                XmlStretch::Escape(c, span) => into.escaped(*c, *span),
                XmlStretch::Markup(tag, span) => into.markup(tag, *span),
            }
        }
    }

    /// Adds a text of which only the characters are checked, if there is anything to check in it.
    fn data(&self, file: &str, name: &str, place: Option<Span>, into: &mut ExtractionBuilder) {
        if !self.value(file).is_ascii() {
            into.begin(name.to_owned(), PartKind::Data, place);
            self.extract(file, into);
        }
    }
}

/// Reads the units of a file.
struct UnitReader<'a> {
    file: &'a str,
    /// Names of the open elements.
    open: Vec<String>,
    units: Vec<Unit>,
    language: Option<String>,
    encoding: Option<String>,
    /// Name of the translated file that is open.
    original: String,
}

impl UnitReader<'_> {
    fn read(&mut self) -> Result<(), ContainerDefect> {
        let mut reader = Reader::from_str(self.file);
        loop {
            let before = reader.buffer_position();
            let event = self.event(&mut reader)?;
            match event {
                Event::Start(start) => {
                    let name = name_of(&start);
                    self.element(&start, &name);
                    let is_text = matches!(name.as_str(), "source" | "target")
                        && self.is_in(&["trans-unit", "segment"])
                        || name == "note" && !self.units.is_empty();
                    if is_text {
                        let text = self.text(&mut reader)?;
                        self.keep(&name, text, &start);
                    } else {
                        self.open.push(name);
                    }
                }
                Event::Empty(start) => {
                    let name = name_of(&start);
                    self.element(&start, &name);
                }
                Event::End(_) => _ = self.open.pop(),
                Event::Decl(declaration) => {
                    let name = declaration.encoding().and_then(Result::ok);
                    self.encoding = name.map(|name| String::from_utf8_lossy(&name).into_owned());
                }
                Event::Eof => {
                    if !self.open.is_empty() || self.units.is_empty() && !self.file.contains("<xliff") {
                        let reason = match self.open.last() {
                            Some(name) => format!("is not XML: the element `{name}` has no end"),
                            None => "has no element `xliff`".to_owned(),
                        };
                        return Err(ContainerDefect {
                            at: self.file.floor_char_boundary(before as usize) as u32,
                            reason,
                        });
                    }
                    return Ok(());
                }
                _ => {}
            }
        }
    }

    /// Reads the next event.
    fn event<'a>(&self, reader: &mut Reader<&'a [u8]>) -> Result<Event<'a>, ContainerDefect> {
        reader.read_event().map_err(|error| {
            let at = self.file.floor_char_boundary(reader.error_position() as usize) as u32;
            ContainerDefect { at, reason: format!("is not XML: {error}") }
        })
    }

    fn is_in(&self, parents: &[&str]) -> bool {
        // Proposals of other translations hold sources and targets as well.
        let within = |name: &str| self.open.iter().any(|open| open == name);
        let is_direct = self.open.last().is_some_and(|open| parents.contains(&open.as_str()));
        is_direct && !within("alt-trans") && !within("matches")
    }

    /// Notes what the start of an element says.
    fn element(&mut self, start: &BytesStart<'_>, name: &str) {
        match name {
            "xliff" => self.language = attribute(start, "trgLang"),
            "file" => {
                self.language = attribute(start, "target-language").or(self.language.take());
                self.original = attribute(start, "original").or_else(|| attribute(start, "id")).unwrap_or_default();
            }
            "trans-unit" | "unit" => {
                let id = attribute(start, "id").unwrap_or_default();
                let title = attribute(start, "resname").or_else(|| attribute(start, "name"));
                let title = title_of(title.filter(|title| !title.trim().is_empty()).as_deref().unwrap_or(&id));
                let key = format!("{}{FILE_END}{id}", self.original);
                let segments = if name == "unit" { Vec::new() } else { vec![XliffSegment::default()] };
                self.units.push(Unit { key, title, segments, notes: Vec::new() });
            }
            "segment" => {
                let state = attribute(start, "state").unwrap_or_default();
                if let Some(unit) = self.units.last_mut() {
                    unit.segments.push(XliffSegment { state, ..XliffSegment::default() });
                }
            }
            _ => {}
        }
    }

    /// Keeps a text of the last unit.
    fn keep(&mut self, name: &str, text: XmlText, start: &BytesStart<'_>) {
        let Some(unit) = self.units.last_mut() else { return };
        match (name, unit.segments.last_mut()) {
            ("note", _) => unit.notes.push(text),
            ("source", Some(segment)) => segment.source = Some(text),
            ("target", Some(segment)) => {
                segment.target = Some(text);
                if let Some(state) = attribute(start, "state") {
                    segment.state = state;
                }
            }
            _ => {}
        }
    }

    /// Reads the content of an element up to its end.
    fn text(&self, reader: &mut Reader<&[u8]>) -> Result<XmlText, ContainerDefect> {
        let first = reader.buffer_position() as usize;
        let mut stretches = Vec::new();
        let mut depth = 0;
        // Start, tag and depth of the open element whose content is code.
        let mut opaque: Option<(usize, String, usize)> = None;
        loop {
            let before = reader.buffer_position() as usize;
            let event = self.event(reader)?;
            let after = reader.buffer_position() as usize;
            let span = Span::from(before..after);
            match event {
                Event::Start(start) => {
                    depth += 1;
                    if opaque.is_none() {
                        let name = name_of(&start);
                        let tag = short_tag(&name, &start);
                        match OPAQUE_ELEMENTS.contains(&name.as_str()) {
                            true => opaque = Some((before, tag, depth)),
                            false => stretches.push(XmlStretch::Markup(tag, span)),
                        }
                    }
                }
                Event::End(_) if depth == 0 => {
                    return Ok(XmlText { stretches, bounds: Span::from(first..before) });
                }
                Event::End(end) => {
                    match opaque.take() {
                        Some((start, tag, level)) if level == depth => {
                            stretches.push(XmlStretch::Markup(tag, Span::from(start..after)));
                        }
                        Some(inner) => opaque = Some(inner),
                        None => {
                            let name = String::from_utf8_lossy(end.local_name().as_ref()).into_owned();
                            stretches.push(XmlStretch::Markup(format!("</{}>", plain(&name)), span));
                        }
                    }
                    depth -= 1;
                }
                Event::Eof => {
                    let at = self.file.floor_char_boundary(before) as u32;
                    return Err(ContainerDefect { at, reason: "is not XML: a text has no end".to_owned() });
                }
                _ if opaque.is_some() => {}
                Event::Empty(start) => {
                    stretches.push(XmlStretch::Markup(short_tag(&name_of(&start), &start), span));
                }
                Event::Text(_) => stretches.push(XmlStretch::Verbatim(span)),
                Event::CData(_) => {
                    let inner = before + "<![CDATA[".len()..after.saturating_sub("]]>".len());
                    if inner.start < inner.end {
                        stretches.push(XmlStretch::Verbatim(Span::from(inner)));
                    }
                }
                Event::GeneralRef(_) => match character(&self.file[before..after]) {
                    Some(c) => stretches.push(XmlStretch::Escape(c, span)),
                    None => stretches.push(XmlStretch::Markup("<entity>".to_owned(), span)),
                },
                // Remarks and instructions are no text.
                _ => {}
            }
        }
    }
}

/// Returns the name of an element without its namespace.
fn name_of(start: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(start.local_name().as_ref()).into_owned()
}

/// Returns the value of an attribute.
fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute =
        start.attributes().with_checks(false).flatten().find(|found| found.key.as_ref() == name.as_bytes())?;
    let written = String::from_utf8_lossy(&attribute.value);
    if !written.contains('&') {
        return Some(written.into_owned());
    }
    let mut value = String::new();
    let mut rest = &*written;
    while let Some(at) = rest.find('&') {
        value.push_str(&rest[..at]);
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end + 1);
        match character(&rest[at..end]) {
            Some(c) => value.push(c),
            None => value.push_str(&rest[at..end]),
        }
        rest = &rest[end..];
    }
    value.push_str(rest);
    Some(value)
}

/// Returns an element within a text as a short tag with its id: `<x id=LINK>`.
fn short_tag(name: &str, start: &BytesStart<'_>) -> String {
    match attribute(start, "id") {
        Some(id) => format!("<{} id={}>", plain(name), plain(&id)),
        None => format!("<{}>", plain(name)),
    }
}

/// Returns a name with nothing in it that would end a tag.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect()
}

/// Returns the character of a reference such as `&amp;` or `&#x2019;`.
fn character(reference: &str) -> Option<char> {
    let name = reference.strip_prefix('&')?.strip_suffix(';')?;
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let value = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(value)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::input::containers::original_of;
    use crate::input::containers::tests::{edited, file, parts};
    use crate::model::extraction::{EntryStanding, PartKind};

    const VERSION_1: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
  <file source-language="en" target-language="de" datatype="plaintext" original="a">
    <body>
      <trans-unit id="1" resname="home.title">
        <source>Hello <x id="NAME" equiv-text="{{ n &gt; 1 }}"/>, open <g id="b">it</g> &amp; go</source>
        <target>Hallo <x id="NAME"/>, öffne <g id="b">es</g> &amp; los</target>
        <alt-trans><source>Hi</source><target>Na</target></alt-trans>
        <note>Für alle</note>
      </trans-unit>
      <trans-unit id="2"><source>Close</source><target state="needs-review-translation"><![CDATA[Zu <b>]]></target></trans-unit>
      <trans-unit id="3"><source>Wait</source><target state="new">Wait</target></trans-unit>
      <trans-unit id="4"><source>Late <ph id="p">%s</ph></source></trans-unit>
    </body>
  </file>
</xliff>
"#;

    #[test]
    fn units_are_entries_and_elements_are_markup() {
        let source = file("de.xlf", VERSION_1);
        let wanted = [
            ("unit home.title", PartKind::Data, "Für alle"),
            ("unit home.title", PartKind::Entry, "home.title\nHallo <x id=NAME>, öffne <g id=b>es</g> & los"),
            ("unit 2", PartKind::Entry, "2\nZu <b>"),
        ];
        assert_eq!(parts(&source), wanted);
        let extraction = source.extraction().expect("a container");
        assert_eq!((extraction.language(), extraction.parts()[2].standing), (Some("de"), EntryStanding::Fuzzy));
        let original = original_of(&source).expect("the other side");
        let last = parts(&original).pop().expect("a part");
        assert_eq!(last, ("unit 4", PartKind::Entry, "4\nLate <ph id=p>"));
    }

    #[test]
    fn an_edit_leaves_xml() {
        let source = file("de.xlf", VERSION_1);
        let replaced = |old: &str, new: &str| edited(&source, old, new).expect("an edit");
        assert!(replaced("& los", "< \"los\" &").contains("</g> &lt; \"los\" &amp;</target>"));
        assert!(replaced("Zu", "Zu & <").contains("<![CDATA[Zu & < <b>]]>"));
        assert!(replaced("öffne", "oeffne").contains("<x id=\"NAME\"/>, oeffne <g"));
        for (old, new) in [("Hallo <x id=NAME>", "Hallo"), ("<b>", "]]>"), ("Zu <b>", ""), ("es", "\u{1b}")] {
            assert_eq!(edited(&source, old, new), None, "{old}");
        }
    }

    #[test]
    fn version_2_has_segments() {
        let text = r#"<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="fr">
 <file id="f"><unit id="u" name="greet"><originalData><data id="d">{{n}}</data></originalData>
  <segment><source>One <pc id="1">two</pc>.</source><target>Un <pc id="1">deux</pc>.</target></segment>
  <ignorable><source> </source></ignorable>
  <segment state="translated"><source>Three<ph id="2" dataRef="d"/></source><target>Trois<ph id="2"/></target></segment>
 </unit></file></xliff>"#;
        let source = file("fr.xliff", text);
        let wanted = [
            ("unit greet", PartKind::Entry, "greet\nUn <pc id=1>deux</pc>."),
            ("unit greet", PartKind::Further, "Trois<ph id=2>"),
        ];
        assert_eq!(parts(&source), wanted);
        assert_eq!(source.extraction().and_then(|extraction| extraction.language()), Some("fr"));
    }

    #[test]
    fn broken_xml_is_text_with_a_defect() {
        for text in ["<xliff><file>", "<xliff><a></b></xliff>", "<html/>", "<xliff><trans-unit><source>a"] {
            assert!(file("a.xlf", text).container_defect().is_some(), "{text}");
        }
    }
}
