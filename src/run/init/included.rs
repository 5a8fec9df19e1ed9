//! The containers that `recto init` finds: which files hold texts, and the globs that include them.
//!
//! Knows paths and documents; not how works are found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::input::containers::kind_of;
use crate::input::discover::FileEntry;
use crate::model::collection::Collection;
use crate::model::document::Document;
use crate::model::extraction::FileContainer;
use crate::pair::discover::Proposal;
use crate::text::language::locale_tag::{bare, localized};

/// Globs of the files that may be containers of texts in several languages.
pub(super) const MAY_HOLD_TEXTS: [&str; 7] = ["*.json", "*.po", "*.pot", "*.srt", "*.vtt", "*.xlf", "*.xliff"];
/// Maximum number of folders that have a glob each (a guess): files in more of them are included wherever they are.
const MAX_FOLDERS: usize = 3;

/// Returns whether a file may be compared with others: Markdown, or a container. Of JSON, only files whose paths name a
/// language are read.
pub(super) fn may_be_version(entry: &FileEntry) -> bool {
    let path = entry.path.to_string_lossy();
    entry.is_markdown
        || match kind_of(&entry.path) {
            Some(FileContainer::Catalogue) => localized(&path).is_some() || bare(&path).is_some(),
            kind => kind.is_some(),
        }
}

/// Returns whether a document is Markdown or a container whose texts could be read.
pub(super) fn has_texts(doc: &Document) -> bool {
    kind_of(doc.source.path()).is_none() || doc.source.extraction().is_some()
}

/// Returns whether each document of a work holds texts and their translations, so that it is compared by itself.
pub(super) fn is_of_bilingual_files(work: &Proposal, collection: &Collection) -> bool {
    let mut documents = work.versions.iter().flat_map(|version| &version.documents);
    documents.all(|id| is_bilingual(collection.document(*id)))
}

fn is_bilingual(doc: &Document) -> bool {
    doc.source.container().is_some_and(FileContainer::is_bilingual)
}

/// Returns the number of files that hold texts and their translations.
pub(super) fn bilingual_files(collection: &Collection) -> usize {
    collection.documents.iter().filter(|doc| is_bilingual(doc)).count()
}

/// Returns the globs of the containers to check: all subtitles and catalogues of translations, and the catalogues in
/// JSON that are versions of a work.
pub(super) fn globs(works: &[Proposal], collection: &Collection) -> Vec<String> {
    let versions = works.iter().flat_map(|work| &work.versions);
    let in_works: BTreeSet<_> = versions.flat_map(|version| &version.documents).collect();
    let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for doc in &collection.documents {
        let Some(kind) = doc.source.container() else { continue };
        if kind == FileContainer::Catalogue && !in_works.contains(&doc.id) {
            continue;
        }
        let path = doc.source.display();
        let Some(extension) = Path::new(path).extension().and_then(|extension| extension.to_str()) else { continue };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(extension.to_owned()).or_default().insert(folder.to_owned());
    }
    let mut globs = Vec::new();
    for (extension, folders) in folders {
        // Other files in JSON are everywhere.
        if folders.len() > MAX_FOLDERS && extension != "json" {
            globs.push(format!("*.{extension}"));
            continue;
        }
        globs.extend(folders.iter().map(|folder| match folder.is_empty() {
            true => format!("/*.{extension}"),
            false => format!("/{}/*.{extension}", globset::escape(folder)),
        }));
    }
    globs
}
