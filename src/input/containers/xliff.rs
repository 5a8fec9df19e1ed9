//! XLIFF 1.2 and 2.0: each unit of text is an entry, with its id.
//!
//! Formats: <https://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html> and
//! <https://docs.oasis-open.org/xliff/xliff-core/v2.0/xliff-core-v2.0.html>. quick-xml decides which XML it is and where
//! its parts are; elements within a text are markup that no edit touches. Sources are extracted from programs, so they
//! are read and never edited; a file without any target has them as its entries.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::title::title_of;
use crate::model::extraction::{EntryStanding, ExtractionBuilder, Notation, PartKind, StatedEncoding, TextSide};
use crate::model::source::ContainerDefect;
use crate::model::span::Span;
use crate::text::values::stated_encoding::{encoding_named, in_xml};

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

/// A text outside of sources and targets of which only the characters are checked.
#[derive(Debug)]
struct XliffData {
    /// Name of its element or attribute.
    name: String,
    text: XmlText,
    /// True if people write it for people; what programs may look up is never edited.
    is_note: bool,
}

/// A unit of text.
#[derive(Debug, Default)]
struct Unit {
    /// Id that is unique in the file.
    key: String,
    title: String,
    segments: Vec<XliffSegment>,
}

/// Returns the encoding that the declaration of XML states.
pub(super) fn stated_encoding(file: &str) -> Option<StatedEncoding> {
    let place = Span::from(in_xml(file)?);
    Some(StatedEncoding { name: file[place.range()].to_owned(), at: place.start, place: Some(place) })
}

/// Extracts one side of the units. Returns the side that was extracted as well: of a file without targets, always the
/// original.
pub(super) fn read(file: &str, side: TextSide) -> Result<(ExtractionBuilder, TextSide), ContainerDefect> {
    let mut reader = UnitReader {
        file,
        open: Vec::new(),
        units: Vec::new(),
        data: Vec::new(),
        language: None,
        original: String::new(),
    };
    reader.read()?;
    let (units, mut data) = (reader.units, reader.data);
    // A note comes after the attributes in it.
    data.sort_by_key(|other| other.text.bounds.start);
    let is_translated = |unit: &Unit| unit.segments.iter().any(|segment| segment.translation(file).is_some());
    let side = if units.iter().any(is_translated) { side } else { TextSide::Original };
    let mut into = ExtractionBuilder::new(Notation::Xml);
    if let Some(language) = reader.language.filter(|_| side == TextSide::Translation) {
        into.state_language(language);
    }
    if let Some(stated) = stated_encoding(file) {
        // A name that may be wrong is extracted, so that it can be corrected.
        if encoding_named(&stated.name) != Some("UTF-8")
            && let Some(place) = stated.place
        {
            into.begin("XML declaration".to_owned(), PartKind::Data, Some(place));
            into.verbatim(&stated.name, place.start);
        }
        into.state_encoding(stated);
    }
    // In the order of the file, but for what is between the segments of a unit, which are one entry.
    let mut data = data.iter().peekable();
    let mut add_data = |before: u32, into: &mut ExtractionBuilder| {
        while let Some(other) = data.next_if(|other| other.text.bounds.start < before) {
            let place = other.is_note.then_some(other.text.bounds);
            other.text.data(file, &other.name, place, into);
        }
    };
    for unit in &units {
        let name = format!("unit {}", unit.title);
        let texts = unit.segments.iter().flat_map(|segment| [&segment.source, &segment.target]).flatten();
        if let Some(start) = texts.map(|text| text.bounds.start).min() {
            add_data(start, &mut into);
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
    add_data(u32::MAX, &mut into);
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
    data: Vec<XliffData>,
    language: Option<String>,
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
                    self.attributes(&start, Span::from(before as usize..reader.buffer_position() as usize));
                    self.element(&start, &name);
                    if matches!(name.as_str(), "source" | "target") && self.is_in(&["trans-unit", "segment"]) {
                        let text = self.text(&mut reader)?;
                        self.keep(&name, text, &start);
                    } else if name == "note" {
                        let text = self.text(&mut reader)?;
                        self.data.push(XliffData { name, text, is_note: true });
                    } else {
                        self.open.push(name);
                    }
                }
                Event::Empty(start) => {
                    let name = name_of(&start);
                    self.attributes(&start, Span::from(before as usize..reader.buffer_position() as usize));
                    self.element(&start, &name);
                }
                Event::Text(_) => {
                    let span = Span::from(before as usize..reader.buffer_position() as usize);
                    let name = self.open.last().cloned().unwrap_or_default();
                    self.add_data(name, span);
                }
                Event::End(_) => _ = self.open.pop(),
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

    /// Keeps the values of the attributes of an element, whose start is at `tag`.
    fn attributes(&mut self, start: &BytesStart<'_>, tag: Span) {
        if self.file[tag.range()].is_ascii() {
            return;
        }
        let mut at = tag.start as usize;
        for attribute in start.attributes().with_checks(false).flatten() {
            let name = String::from_utf8_lossy(attribute.key.local_name().as_ref()).into_owned();
            let value = String::from_utf8_lossy(&attribute.value).into_owned();
            let Some(found) = self.file[at..tag.end as usize].find(&value).filter(|_| !value.is_empty()) else {
                continue;
            };
            let span = Span::from(at + found..at + found + value.len());
            at = span.end as usize;
            self.add_data(format!("attribute {name}"), span);
        }
    }

    /// Keeps a text of which only the characters are checked, if there is anything to check in it.
    fn add_data(&mut self, name: String, span: Span) {
        if !self.file[span.range()].is_ascii() {
            let text = XmlText { stretches: vec![XmlStretch::Verbatim(span)], bounds: span };
            self.data.push(XliffData { name, text, is_note: false });
        }
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
                self.units.push(Unit { key, title, segments });
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
    fn text(&mut self, reader: &mut Reader<&[u8]>) -> Result<XmlText, ContainerDefect> {
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
                    self.attributes(&start, span);
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
                    self.attributes(&start, span);
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
            ("unit home.title", PartKind::Entry, "home.title\nHallo <x id=NAME>, öffne <g id=b>es</g> & los"),
            ("note", PartKind::Data, "Für alle"),
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
    fn notes_of_the_file_and_attributes_were_not_read() {
        let text = r#"<xliff version="1.2"><file original="CafÃ©"><header><note>FÃ¼r</note></header><body>
<trans-unit id="1"><source>A <x id="a" equiv-text="Ã¼"/></source><target>B</target><note from="Ã¶">Ã¤</note></trans-unit>
</body></file></xliff>"#;
        let source = file("de.xlf", text);
        let of_data: Vec<_> =
            parts(&source).iter().filter(|part| part.1 == PartKind::Data).map(|part| (part.0, part.2)).collect();
        let wanted = [
            ("attribute original", "CafÃ©"),
            ("note", "FÃ¼r"),
            ("attribute equiv-text", "Ã¼"),
            ("attribute from", "Ã¶"),
            ("note", "Ã¤"),
        ];
        assert_eq!(of_data, wanted);
        assert!(edited(&source, "FÃ¼r", "Für").is_some_and(|text| text.contains("<note>Für</note>")));
        // Programs may look such a name up.
        assert_eq!(edited(&source, "CafÃ©", "Café"), None);
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
