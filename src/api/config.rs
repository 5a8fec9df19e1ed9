//! A configuration, as the library reads it.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::lint::registry;
use crate::settings::{ConfigError, RulePatch, Settings, Tiers};

/// Rules, options and works of a check. The default is that of the program without `recto.toml`.
#[derive(Debug, Clone)]
pub struct Config {
    settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        let root = PathBuf::from("/");
        Self { settings: Settings::new(root.clone(), root) }
    }
}

impl Config {
    /// Reads the text of a `recto.toml`. Globs in it are relative to the folder that the paths of the files are relative
    /// to, and it cannot extend other files.
    ///
    /// ```
    /// use recto::{Config, File, check};
    ///
    /// let config = Config::from_toml("[rules]\nignore = [\"mojibake\"]\n")?;
    /// assert_eq!(check([File::new("a.md", "It doesnâ€™t matter.\n")], &config).findings().count(), 0);
    ///
    /// let mistakes = Config::from_toml("[rules]\nignore = [\"mojibak\"]\n").expect_err("no such rule");
    /// assert_eq!((mistakes[0].line, mistakes[0].help.as_deref()), (2, Some("did you mean `mojibake`?")));
    /// # Ok::<(), recto::ConfigMistakes>(())
    /// ```
    ///
    /// # Errors
    /// All mistakes, each with its position.
    pub fn from_toml(text: &str) -> Result<Self, ConfigMistakes> {
        Self::read(text, Path::new("recto.toml"))
    }

    /// Reads the text of a `recto.json`, as [`Config::from_toml`] reads TOML.
    ///
    /// ```
    /// assert!(recto::Config::from_json(r#"{"rules": {"ignore": ["mojibake"]}}"#).is_ok());
    /// ```
    ///
    /// # Errors
    /// All mistakes, each with its position.
    pub fn from_json(text: &str) -> Result<Self, ConfigMistakes> {
        Self::read(text, Path::new("recto.json"))
    }

    fn read(text: &str, path: &Path) -> Result<Self, ConfigMistakes> {
        let settings = Self::default().settings.with_file(text, path, &registry());
        let settings =
            settings.map_err(|errors| ConfigMistakes(errors.into_iter().map(ConfigMistake::from).collect()))?;
        Ok(Self { settings })
    }

    /// Reports findings of the audit tier, too.
    #[must_use]
    pub fn with_audit_tier(self) -> Self {
        Self { settings: self.settings.with_command_line(RulePatch::default(), Tiers::GateAndAudit) }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }
}

/// A mistake in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigMistake {
    /// The mistake.
    pub message: String,
    /// The remedy, if one is known.
    pub help: Option<String>,
    /// The line where it starts; the first is 1.
    pub line: usize,
    /// The column where it starts, in Unicode scalar values; the first is 1.
    pub column: usize,
}

impl From<ConfigError> for ConfigMistake {
    fn from(error: ConfigError) -> Self {
        let position = error.excerpt.position();
        let (message, help) = (error.usage_error.message, error.usage_error.help);
        Self { message, help, line: position.line, column: position.column }
    }
}

/// All mistakes in a configuration; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigMistakes(Vec<ConfigMistake>);

impl std::ops::Deref for ConfigMistakes {
    type Target = [ConfigMistake];

    fn deref(&self) -> &[ConfigMistake] {
        &self.0
    }
}

impl fmt::Display for ConfigMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, mistake) in self.0.iter().enumerate() {
            let separator = if at > 0 { "\n" } else { "" };
            write!(f, "{separator}{}:{}: {}", mistake.line, mistake.column, mistake.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigMistakes {}
