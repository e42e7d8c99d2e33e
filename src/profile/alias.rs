//! Other names for what the engine calls its own way, and texts in people's languages.
//!
//! A desk whose clients know errors, events and permissions by other names gives those here. They stand beside the engine's own, never
//! in their place: what is written for one desk can still read another's answers.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Profile, Stage};
use crate::error::Code;

/// The desk's own names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Aliases {
    /// Of errors. The first that fits is told: put the exact ones above the general ones.
    pub errors: Vec<ErrorAlias>,
    /// Of events. The first that fits is told.
    pub events: Vec<EventAlias>,
    /// Of permissions, by the engine's name.
    pub permissions: BTreeMap<String, String>,
}

/// What a desk calls an error. Everything that is said of it must fit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorAlias {
    /// The engine's code. Absent: any.
    pub code: Option<Code>,
    /// What the error is about: `ticket`, `person` …, or a kind of reference. Absent: anything.
    pub subject: Option<String>,
    /// The input field at fault, in the input's own spelling and without what it lies in: `category`. For a custom field its key.
    /// Absent: any, or none.
    pub field: Option<String>,
    /// The operation: `ticket.close`; or all of a noun: `ticket.*`. Absent: any, and queries.
    pub operation: Option<String>,
    /// The desk's name of it.
    pub alias: String,
    /// What is said instead of the engine's message. Absent: that.
    pub message: Option<String>,
}

/// What a desk calls an event.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventAlias {
    /// The engine's kind, such as `ticket.status_changed`.
    pub kind: String,
    /// Only if the ticket is in this stage after the event.
    pub stage: Option<Stage>,
    /// The desk's name of it.
    pub alias: String,
}

/// What is known of an error when its alias is looked for.
#[derive(Clone, Copy, Debug)]
pub struct ErrorFacts<'a> {
    /// The engine's code.
    pub code: Code,
    /// What it is about.
    pub subject: Option<&'a str>,
    /// The input field at fault, outermost first.
    pub field: &'a [String],
    /// The operation that was refused.
    pub operation: Option<&'a str>,
}

impl ErrorAlias {
    fn fits(&self, facts: ErrorFacts<'_>) -> bool {
        let same =
            |wanted: &Option<String>, is: Option<&str>| wanted.as_deref().is_none_or(|wanted| is == Some(wanted));
        let operation = |wanted: &str| match (wanted.strip_suffix('*'), facts.operation) {
            (Some(start), Some(is)) => is.starts_with(start),
            (None, Some(is)) => is == wanted,
            (_, None) => false,
        };
        self.code.is_none_or(|code| code == facts.code)
            && same(&self.subject, facts.subject)
            && self.field.as_ref().is_none_or(|field| facts.field.contains(field))
            && self.operation.as_deref().is_none_or(operation)
    }
}

impl Aliases {
    /// What the desk calls an error.
    pub fn error(&self, facts: ErrorFacts<'_>) -> Option<&ErrorAlias> {
        self.errors.iter().find(|alias| alias.fits(facts))
    }

    /// What the desk calls an event of this kind, after which the ticket is in `stage`.
    pub fn event(&self, kind: &str, stage: Option<Stage>) -> Option<&str> {
        let fits = |alias: &&EventAlias| alias.kind == kind && alias.stage.is_none_or(|wanted| stage == Some(wanted));
        self.events.iter().find(fits).map(|alias| alias.alias.as_str())
    }

    /// What the desk calls a permission, by the engine's name.
    pub fn permission(&self, name: &str) -> Option<&str> {
        self.permissions.get(name).map(String::as_str)
    }
}

/// Texts by their key (words of `[a-z0-9_]`, joined by dots): in the desk's own language, and in others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<String, Written>")]
pub struct Texts {
    /// In the desk's own language.
    pub own: BTreeMap<String, String>,
    /// In others, by the language's tag: `de`, `pt-BR`.
    pub by_language: BTreeMap<String, BTreeMap<String, String>>,
}

/// A text, or a table of texts in one language.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a text, or a table of texts under the tag of a language, such as [texts.de]")]
enum Written {
    Text(String),
    Language(BTreeMap<String, String>),
}

impl From<BTreeMap<String, Written>> for Texts {
    fn from(written: BTreeMap<String, Written>) -> Self {
        let mut texts = Self::default();
        for (key, written) in written {
            match written {
                Written::Text(text) => drop(texts.own.insert(key, text)),
                Written::Language(table) => drop(texts.by_language.insert(key, table)),
            }
        }
        texts
    }
}

impl Profile {
    /// A text of the profile's own, if it has one for this key, in the desk's own language.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.texts.own.get(key).map(String::as_str)
    }

    /// A text of the profile's own in a language, if it has one.
    pub fn text_in(&self, language: &str, key: &str) -> Option<&str> {
        self.texts.by_language.get(language).and_then(|table| table.get(key)).map(String::as_str)
    }
}
