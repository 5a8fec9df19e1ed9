//! recto: a linter and auditor for written content.
//!
//! The library checks files that are given as path and bytes, fixes them in memory, and compares versions of the same
//! content. It reads no folder and writes no file; the program `recto` does.
//!
//! ```
//! use recto::{Config, File, FixLevel, check, fix};
//!
//! let files = vec![File::new("guide.md", "The ferry doesnâ€™t leave before noon.\n")];
//! let report = check(files.clone(), &Config::default());
//! let finding = report.findings().next().expect("one finding");
//! assert_eq!((finding.rule, finding.line), ("mojibake", 1));
//!
//! let fixed = fix(files, &Config::default(), FixLevel::Safe);
//! assert_eq!(fixed.changed[0].bytes, "The ferry doesn’t leave before noon.\n".as_bytes());
//! ```
//!
//! Without the feature `cli`, which is on by default, the library builds without the command line and its dependencies,
//! also for `wasm32-unknown-unknown`. To repair mojibake in a single text, take the crate `recto-mojibake`.

// The rooms, in the order in which data passes through them: `input` finds files, reads them and decodes them; `parse`
// turns each into a document of the `model`; `facts` are computed once over many documents; `lint` runs the `rules`,
// whose contract is in `rule`; `baseline` tells new findings from those that were there before; `fix` plans and splices
// edits, `settle` repeats that until nothing changes; `report` shows the remaining findings; `run` calls all of these in
// turn, `lsp` does so behind an editor, `cli` and `settings` hold the user's choices; `text` has the algorithms for text alone. `api` is what the library
// offers to others.
mod api;
mod baseline;
#[cfg(feature = "cli")]
mod cli;
mod facts;
mod fix;
#[cfg(feature = "cli")]
mod git;
mod input;
mod lint;
#[cfg(feature = "cli")]
mod lsp;
mod model;
mod pair;
mod parse;
mod report;
mod rule;
mod rules;
#[cfg(feature = "cli")]
mod run;
mod settings;
mod settle;
mod text;

pub use api::compare::{CompareError, NamedVersion, VersionComparison, compare};
pub use api::config::{Config, ConfigMistake, ConfigMistakes};
pub use api::repair::{Decoded, Repair, RepairError, Repaired, decode, repair};
pub use api::text::{BlockFingerprint, BlockSplit, Similarity, block_fingerprints, similarity};
pub use api::{File, FixLevel, Fixed, Report, ReportedFinding, check, fix};
pub use model::edit::Applicability;
pub use model::finding::{Severity, Tier};

/// The rooms, for the tests, benches, fuzz targets and chores of this repository only: anything in it changes without
/// notice.
#[doc(hidden)]
pub mod internal {
    pub use crate::api::collection;
    pub mod baseline {
        pub use crate::baseline::*;
    }
    #[cfg(feature = "cli")]
    pub mod cli {
        pub use crate::cli::*;
    }
    pub mod facts {
        pub use crate::facts::*;
    }
    pub mod fix {
        pub use crate::fix::*;
    }
    #[cfg(feature = "cli")]
    pub mod git {
        pub use crate::git::*;
    }
    pub mod input {
        pub use crate::input::*;
    }
    pub mod lint {
        pub use crate::lint::*;
    }
    #[cfg(feature = "cli")]
    pub mod lsp {
        pub use crate::lsp::*;
    }
    pub mod model {
        pub use crate::model::*;
    }
    pub mod pair {
        pub use crate::pair::*;
    }
    pub mod parse {
        pub use crate::parse::*;
    }
    pub mod report {
        pub use crate::report::*;
    }
    pub mod rule {
        pub use crate::rule::*;
    }
    pub mod rules {
        pub use crate::rules::*;
    }
    #[cfg(feature = "cli")]
    pub mod run {
        pub use crate::run::*;
    }
    pub mod settings {
        pub use crate::settings::*;
    }
    pub mod settle {
        pub use crate::settle::*;
    }
    pub mod text {
        pub use crate::text::*;
    }
}
