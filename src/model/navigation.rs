//! Navigation of a site: the pages that the configuration of its generator lists.
//!
//! Plain data; knows nothing of how a configuration is read.

use std::path::PathBuf;

/// The pages that a file of a site lists, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Navigation {
    /// Path of the file.
    pub file: PathBuf,
    /// Folder of the pages.
    pub folder: PathBuf,
    /// Its entries.
    pub entries: Vec<NavigationEntry>,
    /// Folders all pages of which belong to the navigation without being named.
    pub whole: Vec<PathBuf>,
    /// Pages that the navigation has besides.
    pub reach: NavigationReach,
}

/// An entry of a navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavigationEntry {
    /// Title as written; `None` if that of the page is shown.
    pub title: Option<String>,
    /// Target as written.
    pub target: String,
    /// Path of the page; `None` if no page is there.
    pub page: Option<PathBuf>,
    /// Line in the file, from 1.
    pub line: usize,
}

/// The pages that a navigation has besides those of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NavigationReach {
    /// None.
    Listed,
    /// Any, because something else adds entries or pages.
    Open,
}
