//! Identities: indices of documents in a collection, and of blocks, headings, sections and items in a document.
//!
//! Knows nothing else of the model, because everything else in it names documents.

/// Index of a document in its collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);

impl DocId {
    /// Returns the index in `Collection::documents`.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Defines an index into one of the lists of a document, so that it cannot be taken for an index into another list.
macro_rules! index_into_document {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// Returns the identity of the element with this index in its list. Sources are at most 4 GiB long, so
            /// lists are shorter.
            pub const fn new(index: usize) -> Self {
                Self(index as u32)
            }

            /// Returns the index in the list.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index_into_document! {
    /// Index of a block in `Document::blocks`.
    BlockId
}

index_into_document! {
    /// Index of a heading in `Document::headings`.
    HeadingId
}

index_into_document! {
    /// Index of a section in `Document::sections`.
    SectionId
}

index_into_document! {
    /// Index of a sequence of items in `Document::sequences`.
    SequenceId
}

index_into_document! {
    /// Index of an item in `Document::items`; from their number on, of a heading as an item in `Document::topics`.
    ItemId
}
