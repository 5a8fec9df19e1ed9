//! A work: the same content in several versions.
//!
//! Knows documents by id and how versions align; not where works come from.

use std::collections::BTreeSet;

use super::alignment::{Alignment, ItemRef, RenumberedBlock, Verdict};
use super::id::DocId;
use super::item::Basis;
pub use super::version_pair::VersionPair;

/// A work: the same content in several versions.
#[derive(Debug, Clone)]
pub struct Work {
    /// Its name in the configuration.
    pub name: String,
    /// Its versions, in falling order of authority.
    pub versions: Vec<Version>,
    /// The units that are compared.
    pub basis: Basis,
    /// The alignment of each derived version with the base version: one less than there are versions.
    pub alignments: Vec<Alignment>,
    /// Items that the base version lacks and several others have, in the order of the earliest of these.
    pub added_items: Vec<AddedItem>,
    /// Items whose reference changed after they were last touched; `None` if the history was not read.
    pub outdated: Option<Vec<OutdatedItem>>,
}

/// An item whose counterpart in the reference version changed after the item was last touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutdatedItem {
    /// The version, as an index into [`Work::versions`].
    pub version: usize,
    /// The item of the reference version.
    pub base: ItemRef,
    /// The item that fell behind.
    pub derived: ItemRef,
    /// The commit that last touched it.
    pub touched: ReferenceChange,
    /// The commits that changed the reference since, newest first; empty if only the work tree did.
    pub commits: Vec<ReferenceChange>,
    /// Words that the reference had then and lacks now.
    pub removed: Vec<String>,
    /// Words that the reference has now and lacked then.
    pub added: Vec<String>,
}

/// A commit, as people refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceChange {
    /// Full name of the commit.
    pub commit: String,
    /// Day on which it was committed: `2031-04-07`.
    pub date: String,
    /// First line of its message.
    pub subject: String,
}

/// An item that several versions have, but not the base version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedItem {
    /// The versions that have it, as indices into [`Work::versions`], each with the item; rising.
    pub items: Vec<(usize, ItemRef)>,
}

impl Work {
    /// A work whose versions are not aligned yet.
    pub fn new(name: String, versions: Vec<Version>) -> Self {
        Self { name, versions, basis: Basis::Items, alignments: Vec::new(), added_items: Vec::new(), outdated: None }
    }

    /// Returns whether a document is part of any version.
    pub fn contains(&self, doc: DocId) -> bool {
        self.versions.iter().any(|version| version.documents.contains(&doc))
    }

    /// Returns the items that another version has and the version of `doc` lacks although its role does not allow it:
    /// those that `missing-item` reports.
    pub fn lacking(&self, doc: DocId) -> Vec<ItemRef> {
        let mut found = Vec::new();
        let Some((first, others)) = self.versions.split_first() else { return found };
        for (other, alignment) in others.iter().zip(&self.alignments) {
            let moved: BTreeSet<ItemRef> =
                alignment.moves().iter().flat_map(|pair| [pair.base, pair.derived]).flatten().collect();
            let lacks = |version: &Version| version.documents.contains(&doc) && !version.role.may_omit();
            let (in_first, in_other) = (lacks(first), lacks(other));
            let alone = alignment.rows().iter().filter_map(|pair| match pair.verdict {
                Verdict::BaseOnly if in_other => pair.base,
                Verdict::DerivedOnly if in_first => pair.derived,
                _ => None,
            });
            found.extend(alone.filter(|item| !moved.contains(item)));
        }
        found
    }

    /// Returns whether a renumbered block starts with `item`, whose number is higher by `offset` than in the base
    /// version.
    pub fn is_renumbered_from(&self, item: ItemRef, offset: i64) -> bool {
        self.alignments.iter().any(|alignment| {
            let first = |shift: &RenumberedBlock| alignment.pairs.get(*shift.rows.first()? as usize)?.derived;
            alignment.renumbered.iter().any(|shift| shift.offset == offset && first(shift) == Some(item))
        })
    }
}

/// One version of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its role in the work.
    pub role: Role,
    /// Its documents, in reading order.
    pub documents: Vec<DocId>,
}

impl Version {
    /// Returns whether one of the two is a translation, so that their words cannot be compared.
    pub fn is_translated(&self, other: &Self) -> bool {
        [self.role, other.role].contains(&Role::Translation)
    }
}

/// Role of a version in its work, which decides whether it may lack items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The full text.
    Long,
    /// A short form: may omit, may not contradict.
    Summary,
    /// The content in another language.
    Translation,
    /// Another full edition.
    Edition,
    /// Titles only.
    List,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] = [Self::Long, Self::Summary, Self::Translation, Self::Edition, Self::List];

    /// Returns whether a version with this role may lack items that others have.
    pub const fn may_omit(self) -> bool {
        matches!(self, Self::Summary)
    }

    /// Returns the name that users type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Summary => "summary",
            Self::Translation => "translation",
            Self::Edition => "edition",
            Self::List => "list",
        }
    }
}
