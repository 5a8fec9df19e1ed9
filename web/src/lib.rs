//! recto for JavaScript: files come in as paths and bytes, reports go out as the JSON of the command line.
//!
//! Decides nothing of its own. `npm/recto.mjs` turns its classes into functions, and the page uses those.

use recto::{Config, File, FixLevel, NamedVersion, VersionComparison};
use serde_json::json;
use wasm_bindgen::prelude::*;

/// Mistakes of the caller, as JavaScript catches them.
type Outcome<T> = Result<T, JsError>;

fn level_of(level: &str) -> Outcome<FixLevel> {
    match level {
        "safe" => Ok(FixLevel::Safe),
        "unsafe" => Ok(FixLevel::Likely),
        other => Err(JsError::new(&format!("`{other}` is no level of fixes: `safe` or `unsafe`"))),
    }
}

/// Files, and the settings that they are checked with.
#[wasm_bindgen]
pub struct Project {
    config: Config,
    files: Vec<File>,
}

#[wasm_bindgen]
impl Project {
    /// Returns an empty project. `toml` is the text of a `recto.toml`, and `tiers` is `gate` or `audit`.
    ///
    /// # Errors
    /// All mistakes in the settings, one a line, each with line and column.
    #[wasm_bindgen(constructor)]
    pub fn new(toml: &str, tiers: &str) -> Outcome<Project> {
        let config = Config::from_toml(toml).map_err(|mistakes| JsError::new(&mistakes.to_string()))?;
        let config = match tiers {
            "gate" => config,
            "audit" => config.with_audit_tier(),
            other => return Err(JsError::new(&format!("`{other}` is no tier: `gate` or `audit`"))),
        };
        Ok(Project { config, files: Vec::new() })
    }

    /// Adds a file.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.push(File::new(path, bytes));
    }

    /// Returns the report of `recto check --output-format json`.
    #[must_use]
    pub fn check(&self) -> String {
        recto::check(self.files.clone(), &self.config).to_json()
    }

    /// Applies the fixes of a level, `safe` or `unsafe`, in memory.
    ///
    /// # Errors
    /// If there is no such level.
    pub fn fix(&self, level: &str) -> Outcome<Fixed> {
        let fixed = recto::fix(self.files.clone(), &self.config, level_of(level)?);
        Ok(Fixed { changed: fixed.changed, report: fixed.report.to_json() })
    }
}

/// The files that fixes changed, and the report about all files after them.
#[wasm_bindgen]
pub struct Fixed {
    changed: Vec<File>,
    report: String,
}

#[wasm_bindgen]
impl Fixed {
    /// Returns the number of changed files.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn length(&self) -> usize {
        self.changed.len()
    }

    /// Returns the path of a changed file; the first is 0.
    #[must_use]
    pub fn path(&self, at: usize) -> Option<String> {
        self.changed.get(at).map(|file| file.path.display().to_string())
    }

    /// Returns the new bytes of a changed file; the first is 0.
    #[must_use]
    pub fn bytes(&self, at: usize) -> Option<Vec<u8>> {
        self.changed.get(at).map(|file| file.bytes.clone())
    }

    /// Returns the report after the fixes, as JSON.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn report(&self) -> String {
        self.report.clone()
    }
}

/// A file without its mojibake.
#[wasm_bindgen]
pub struct Repaired {
    bytes: Vec<u8>,
    repairs: String,
}

#[wasm_bindgen]
impl Repaired {
    /// Returns the repaired file, in UTF-8.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// Returns the repairs, as JSON.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn repairs(&self) -> String {
        self.repairs.clone()
    }
}

/// Repairs the mojibake of a file in any encoding, as `recto repair` does.
///
/// # Errors
/// If the file is not text, or cannot be decoded as a whole.
#[wasm_bindgen]
pub fn repair(bytes: Vec<u8>, level: &str) -> Outcome<Repaired> {
    let repaired = recto::repair(&File::new("text", bytes), level_of(level)?)?;
    let repairs = repaired.repairs.iter().map(|one| {
        json!({
            "line": one.line, "column": one.column, "found": one.found, "repair": one.repair,
            "recipe": one.recipe, "proved": one.is_proved,
        })
    });
    let repairs = serde_json::Value::from_iter(repairs).to_string();
    Ok(Repaired { bytes: repaired.bytes, repairs })
}

/// Decodes a file in any encoding. Returns its text, its encoding and the rivals of that, as JSON.
///
/// # Errors
/// If the file is not text.
#[wasm_bindgen]
pub fn decode(bytes: Vec<u8>) -> Outcome<String> {
    let decoded = recto::decode(&File::new("text", bytes))?;
    let json = json!({
        "text": decoded.text, "encoding": decoded.encoding, "rivals": decoded.rivals, "certain": decoded.is_certain,
    });
    Ok(json.to_string())
}

/// Versions of the same content, the one with the greatest authority first.
#[wasm_bindgen]
#[derive(Default)]
pub struct Versions {
    versions: Vec<NamedVersion>,
}

#[wasm_bindgen]
impl Versions {
    /// Returns no versions.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Versions {
        Versions::default()
    }

    /// Adds a version without files.
    pub fn version(&mut self, name: &str) {
        self.versions.push(NamedVersion::new(name, []));
    }

    /// Adds a file to the last version.
    pub fn add(&mut self, path: &str, bytes: Vec<u8>) {
        if let Some(version) = self.versions.last_mut() {
            version.files.push(File::new(path, bytes));
        }
    }

    /// Returns the comparison of `recto compare --output-format json`.
    ///
    /// # Errors
    /// If there are fewer than two versions, or one of them has nothing to compare.
    pub fn json(&self) -> Outcome<String> {
        Ok(self.compared()?.to_json())
    }

    /// Returns the comparison as the page of `recto compare --html`.
    ///
    /// # Errors
    /// If there are fewer than two versions, or one of them has nothing to compare.
    pub fn html(&self) -> Outcome<String> {
        Ok(self.compared()?.to_html())
    }

    fn compared(&self) -> Outcome<VersionComparison> {
        Ok(recto::compare(self.versions.clone())?)
    }
}

/// Returns the version of recto.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
