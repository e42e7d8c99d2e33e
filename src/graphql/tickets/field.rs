//! What a ticket says in a field of the desk's own.

use async_graphql::SimpleObject;

use crate::profile::Field;

/// What a ticket says in a field of the desk's own.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(crate = "crate::graphql::fields")]
pub struct TicketFieldValue<'a> {
    /// The field's key: send this.
    key: &'a str,
    /// The field's name: show this.
    name: &'a str,
    /// The value as it is stored: of a choice its key, of a number its digits.
    value: String,
    /// The value as people read it: of a choice its name.
    text: String,
}

impl<'a> TicketFieldValue<'a> {
    /// What `field` says.
    pub fn of(field: &'a Field, value: String) -> Self {
        let text = field.choice(&value).map_or_else(|| value.clone(), |choice| choice.name.clone());
        Self { key: &field.key, name: &field.name, value, text }
    }
}
