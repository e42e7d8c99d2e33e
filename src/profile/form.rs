//! What whoever opens a ticket fills in: what the desk calls title and description, which of them it asks for, and fields of its own.

use serde::Deserialize;

use super::{Named, Profile};

/// The two texts that every ticket has. A desk that asks for one of them only still has both: the other is taken from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Form {
    /// What it is about, on one line. Left out where the desk allows it: the beginning of the description.
    pub title: TextField,
    /// What happened. Left out where the desk allows it: the title.
    pub description: TextField,
}

/// How a desk asks for a text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextField {
    /// What the desk calls it; absent: the engine's own word.
    pub name: Option<String>,
    /// Whether it must be filled in.
    pub required: bool,
}

impl Default for TextField {
    fn default() -> Self {
        Self { name: None, required: true }
    }
}

/// A field of the desk's own on every ticket.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Stored and sent.
    pub key: String,
    /// Shown.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What can be chosen, if it is a choice.
    #[serde(default)]
    pub choices: Vec<Named>,
    /// Whether a new ticket must say it.
    #[serde(default)]
    pub required: bool,
    /// The shortest text (characters; else 1), or the least number.
    pub min: Option<i64>,
    /// The longest text (characters; else [`TEXT_MAX`]), or the greatest number.
    pub max: Option<i64>,
}

/// The longest text of a field that says no `max`, in characters.
pub const TEXT_MAX: i64 = 1_000;

/// What a field of the desk's own holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, async_graphql::Enum, serde::Serialize, Deserialize)]
#[graphql(name = "FieldKind")]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// One key of a list.
    Choice,
    /// Text.
    Text,
    /// A whole number.
    Number,
}

impl Field {
    /// The choice with this key.
    pub fn choice(&self, key: &str) -> Option<&Named> {
        self.choices.iter().find(|choice| choice.key == key)
    }
}

impl Profile {
    /// The field of the desk's own with this key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}
