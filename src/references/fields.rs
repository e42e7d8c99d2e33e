//! What a reference says of itself: texts by key, which keys the profile's kind says.

use std::collections::BTreeMap;

use async_graphql::InputObject;
use serde::{Deserialize, Serialize};

use super::reference;
use crate::error::{Error, Result};
use crate::profile::ReferenceKind;
use crate::say;

/// The longest value, in characters.
const LONGEST: usize = 1_000;

/// Something that a reference says of itself.
#[derive(Clone, Debug, PartialEq, Eq, InputObject, Serialize, Deserialize)]
#[graphql(name = "ReferenceFieldInput")]
pub struct FieldInput {
    /// A key of `workflow.referenceKinds.fields`.
    pub key: String,
    /// The value, as text. Null takes it away.
    pub value: Option<String>,
}

/// The fields of a row. What is stored always reads.
pub fn of(row: &reference::Model) -> BTreeMap<String, String> {
    serde_json::from_str(&row.fields).unwrap_or_default()
}

/// The fields after `sent` is laid over those that are there.
///
/// # Errors
/// `INVALID_VALUE` below `fields` for keys that the kind does not have, values that are too long, and required ones that are missing.
pub fn merged(kind: &ReferenceKind, mut present: BTreeMap<String, String>, sent: &[FieldInput]) -> Result<String> {
    for field in sent {
        if !kind.fields.iter().any(|known| known.key == field.key) {
            let known = kind.fields.iter().map(|known| known.key.as_str());
            return Err(Error::unknown_key("fields", &field.key, known));
        }
        match field.value.as_deref().map(str::trim).filter(|value| !value.is_empty()) {
            None => drop(present.remove(&field.key)),
            Some(value) if value.chars().count() > LONGEST || value.contains('\0') => {
                let message = say!("This is at most {max} characters, without null characters.", max = LONGEST);
                return Err(Error::invalid(&field.key, message).at("fields"));
            }
            Some(value) => drop(present.insert(field.key.clone(), value.to_owned())),
        }
    }
    // What the profile no longer knows is not kept.
    present.retain(|key, _| kind.fields.iter().any(|known| known.key == *key));
    match kind.fields.iter().find(|known| known.required && !present.contains_key(&known.key)) {
        Some(missing) => Err(Error::invalid(
            &missing.key,
            say!("Every {name} says its {field}.", name = kind.name, field = missing.name),
        )
        .at("fields")),
        None => Ok(serde_json::to_string(&present)?),
    }
}
