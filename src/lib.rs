//! recto: a linter and auditor for written content.
pub mod text;
