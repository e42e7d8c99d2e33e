//! The desk's own fields of a ticket, against the profile that says which there are.

use std::collections::BTreeMap;

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::input;
use super::ticket::field;
use crate::desk::Tx;
use crate::error::{Error, Faults, Result};
use crate::ids::TicketId;
use crate::profile::{Field, FieldKind, Profile, TEXT_MAX};
use crate::say;

/// What a ticket says in a field of the desk's own.
#[derive(Clone, Debug, PartialEq, Eq, InputObject, Serialize, Deserialize)]
#[graphql(name = "TicketFieldInput")]
pub struct FieldInput {
    /// A key of `workflow.fields`.
    pub key: String,
    /// The value as text: of a choice its key, of a number its digits. Null: not said.
    pub value: Option<String>,
}

/// What fields say, by their keys.
pub type Values = BTreeMap<String, String>;

/// The fields of a ticket after `sent` is laid over `present`.
///
/// # Errors
/// `INVALID_VALUE` below `fields`, with the key of the field at fault: fields that the desk does not have, values that do not fit, required
/// ones that are missing.
pub fn merged(profile: &Profile, mut present: Values, sent: &[FieldInput]) -> Result<Values> {
    let mut faults = Faults::default();
    for wish in sent {
        let Some(field) = profile.field(&wish.key) else {
            let known = profile.fields.iter().map(|field| field.key.as_str());
            faults.take::<()>(Err(Error::unknown_key("key", &wish.key, known)));
            continue;
        };
        match &wish.value {
            Some(value) => {
                drop(faults.take(value_of(field, value)).map(|value| present.insert(field.key.clone(), value)))
            }
            None => drop(present.remove(&field.key)),
        }
    }
    let is_sent = |field: &Field| sent.iter().any(|wish| wish.key == field.key && wish.value.is_some());
    for field in profile.fields.iter().filter(|field| field.required && !present.contains_key(&field.key)) {
        // One that was sent has been refused already.
        if !is_sent(field) {
            faults.take::<()>(Err(must_be_said(field)));
        }
    }
    faults.or(present).map_err(|error| error.at("fields"))
}

fn must_be_said(field: &Field) -> Error {
    match field.kind {
        FieldKind::Choice => Error::unknown_key(&field.key, "", field.choices.iter().map(|choice| choice.key.as_str())),
        FieldKind::Text | FieldKind::Number => {
            Error::invalid(&field.key, say!("A ticket says its {field}.", field = field.name))
                .hint("Send it in `fields`.")
        }
    }
}

/// A value as it is stored.
fn value_of(field: &Field, value: &str) -> Result<String> {
    let (min, max) = (field.min, field.max);
    match field.kind {
        FieldKind::Choice => match field.choice(value) {
            Some(choice) => Ok(choice.key.clone()),
            None => Err(Error::unknown_key(&field.key, value, field.choices.iter().map(|choice| choice.key.as_str()))),
        },
        FieldKind::Text => {
            let size = |limit: i64| usize::try_from(limit).unwrap_or_default();
            input::text(&field.key, value, size(min.unwrap_or(1)), size(max.unwrap_or(TEXT_MAX)))
        }
        FieldKind::Number => match value.trim().parse::<i64>() {
            Ok(number) if number >= min.unwrap_or(i64::MIN) && number <= max.unwrap_or(i64::MAX) => {
                Ok(number.to_string())
            }
            _ => {
                let hint = match (min, max) {
                    (Some(min), Some(max)) => say!("Send a whole number from {min} to {max}.", min, max),
                    (Some(min), None) => say!("Send a whole number from {min} on.", min),
                    (None, Some(max)) => say!("Send a whole number up to {max}.", max),
                    (None, None) => say!("Send a whole number."),
                };
                Err(Error::invalid(&field.key, "This is not a number that fits here.").hint(hint))
            }
        },
    }
}

/// Writes the fields of a new ticket.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &Tx, ticket: TicketId, values: &Values) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    let row = |(field, value): (&String, &String)| {
        field::Model { ticket_id: ticket, field: field.clone(), value: value.clone() }.into_active_model()
    };
    field::Entity::insert_many(values.iter().map(row)).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// What the fields of a locked ticket say.
///
/// # Errors
/// The database's.
pub async fn present(tx: &Tx, ticket: TicketId) -> Result<Values> {
    let rows = field::Entity::find().filter(field::Column::TicketId.eq(ticket)).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| (row.field, row.value)).collect())
}

/// Writes these fields instead of those that are there.
///
/// # Errors
/// The database's.
pub async fn replace(tx: &Tx, ticket: TicketId, values: &Values) -> Result<()> {
    field::Entity::delete_many().filter(field::Column::TicketId.eq(ticket)).exec(tx.conn()).await?;
    insert(tx, ticket, values).await
}
