//! What is wrong with a profile, said to the person who wrote it.

use std::fmt;
use std::io;

use thiserror::Error;

use crate::config::{line_at, toml_line};

/// Why there is no profile. `Display` is the whole message.
#[derive(Debug, Error)]
pub enum ProfileError {
    /// Neither a built-in profile nor a path.
    #[error("there is no profile {name:?}; allowed: {built_in}, or the path of a TOML file")]
    NoSuchProfile {
        /// What was asked for.
        name: String,
        /// The built-in names.
        built_in: String,
    },
    /// The file cannot be read.
    #[error("cannot read the profile {path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The text is not a valid profile.
    #[error("profile {name}{}: {}{message}", At(*.line), Key(.key))]
    Invalid {
        /// The file's path or the built-in's name.
        name: String,
        /// The line, from 1, where there is one.
        line: Option<usize>,
        /// The dotted key, where it is known beside the message.
        key: String,
        /// What is wrong and what is allowed.
        message: String,
    },
}

struct At(Option<usize>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

struct Key<'a>(&'a str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "{}: ", self.0) }
    }
}

impl ProfileError {
    /// The parser's own refusal. It names no key, so the line itself is shown.
    pub(super) fn from_toml(name: &str, text: &str, error: &toml::de::Error) -> Self {
        let line = error.span().map(|span| line_at(text, span.start));
        let shown = line.and_then(|line| text.lines().nth(line - 1)).unwrap_or_default().trim();
        let message = match shown {
            "" => error.message().to_owned(),
            shown => format!("{}\n  {shown}", error.message()),
        };
        Self::Invalid { name: name.to_owned(), line, key: String::new(), message }
    }
}

/// A refusal by `check`, which knows the key and not the text.
pub(super) struct Fault {
    path: Vec<String>,
    message: String,
}

impl Fault {
    /// A fault of the value at a path (keys, and indices into lists).
    pub(super) fn new(path: &[&str], message: String) -> Self {
        Self { path: path.iter().map(|part| (*part).to_owned()).collect(), message }
    }

    pub(super) fn at(self, name: &str, text: &str) -> ProfileError {
        let line = toml_line(text, &self.path);
        let key = self.path.iter().filter(|part| part.parse::<usize>().is_err()).cloned().collect::<Vec<_>>().join(".");
        ProfileError::Invalid { name: name.to_owned(), line, key, message: self.message }
    }
}
