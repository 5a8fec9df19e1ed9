//! Links to the headings that fixes change, in files that are no documents of the run: such a fix is withheld, because
//! these files are not written.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::gather::{Request, is_for_all, shown_as, tree_around};
use crate::input::mentions::{MentionDepth, MentionFolder, Mentions, files_around, links_of};
use crate::model::collection::Collection;
use crate::model::finding::Finding;
use crate::model::renamed::{hold_for_link, lost_anchors, page_names};
use crate::model::target::normalized;
use crate::settings::Settings;

/// Number of folders above the working directory whose files are looked at where no folder is known to hold all (a guess):
/// the README is there if the pages are checked from their own folder.
const FOLDERS_ABOVE: usize = 2;

/// The files around a run. Nothing is read before a fix would change a heading.
pub(super) struct LinkingFiles {
    working_dir: PathBuf,
    folders: Vec<MentionFolder>,
    /// The paths that were named, which tell how others are shown.
    places: Vec<PathBuf>,
    mentions: OnceCell<Mentions>,
}

impl LinkingFiles {
    /// The files of the repository, or of the folder of the configuration, that the paths of a run are in. Without one,
    /// those below the working directory and beside the folders above it.
    pub(super) fn around(request: &Request<'_>, settings: &Settings) -> Self {
        let places = request.places();
        let working_dir = normalized(&settings.working_dir);
        let folder = |path: &Path, depth: MentionDepth| MentionFolder { path: path.to_path_buf(), depth };
        let folders = match tree_around(&places, settings) {
            Some(tree) => vec![folder(&tree, MentionDepth::Tree)],
            None => {
                let of_place = |place: &PathBuf| {
                    let place = normalized(&working_dir.join(place));
                    if place.is_dir() { place } else { place.parent().map_or(place.clone(), Path::to_path_buf) }
                };
                let inside = places.iter().all(|place| of_place(place).starts_with(&working_dir));
                let own = if inside { vec![working_dir.clone()] } else { places.iter().map(of_place).collect() };
                let own = own.iter().filter(|own| !is_for_all(own));
                own.flat_map(|own| {
                    let above = own.ancestors().skip(1).take(FOLDERS_ABOVE).take_while(|above| !is_for_all(above));
                    let above = above.map(|above| folder(above, MentionDepth::Files));
                    [folder(own, MentionDepth::Tree)].into_iter().chain(above)
                })
                .collect()
            }
        };
        Self { working_dir, folders, places, mentions: OnceCell::new() }
    }

    /// Removes the fixes that change headings to which these files link.
    pub(super) fn hold_back(&self, findings: &mut [Finding], collection: &Collection) {
        for lost in lost_anchors(findings, collection) {
            let mentions = self.mentions.get_or_init(|| self.read(collection));
            let names = page_names(&self.working_dir.join(collection.document(lost.doc).source.path()));
            if let Some(path) = mentions.of(&lost.anchor, &names) {
                let shown = shown_as(&self.places, &self.working_dir)(path);
                hold_for_link(&mut findings[lost.finding], &shown.to_string_lossy());
            }
        }
    }

    fn read(&self, collection: &Collection) -> Mentions {
        let absolute = |path: &Path| normalized(&self.working_dir.join(path));
        let paths = collection.documents.iter().map(|doc| absolute(doc.source.path()));
        let known: FxHashSet<PathBuf> = paths.clone().collect();
        let pages = paths.flat_map(|path| page_names(&path)).collect();
        let files = files_around(&self.folders, &known);
        Mentions::new(files.into_par_iter().map(|path| (path.clone(), links_of(&path, &pages))).collect::<Vec<_>>())
    }
}
