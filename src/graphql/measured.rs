//! What requests are told apart by where they are counted.

use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection};

/// The kind of an operation, as it is measured.
pub(super) fn word(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

/// The first field that an operation asks for; nothing, if it begins with a fragment.
pub(super) fn first_field(document: &ExecutableDocument, name: Option<&str>) -> String {
    let mut operations = document.operations.iter();
    let chosen = operations.find(|(known, _)| name.is_none() || known.map(|known| known.as_str()) == name);
    let first = chosen.and_then(|(_, operation)| operation.node.selection_set.node.items.first());
    match first.map(|item| &item.node) {
        Some(Selection::Field(field)) => field.node.name.node.to_string(),
        _ => "-".to_owned(),
    }
}
