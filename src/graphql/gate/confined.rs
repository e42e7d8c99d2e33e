//! What a session may ask for whose password somebody else knows: little more than to change it.
//!
//! Decided by the names of the root fields, before anything runs: a document that asks for more does nothing at all.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use crate::error::{Code, Detail, Error, Result};
use crate::say;

/// The root fields that are answered.
const ANSWERED: [&str; 6] = ["passwordChange", "signOut", "signOutEverywhere", "tokenRefresh", "viewer", "workflow"];

/// Checks the chosen operation of a document that has passed the gate.
///
/// # Errors
/// `FORBIDDEN` with the fields that are answered.
pub fn check(document: &ExecutableDocument, operation: Option<&str>) -> Result<()> {
    let chosen = document.operations.iter().find(|(name, _)| name.map(|name| name.as_str()) == operation);
    match chosen {
        Some((_, operation)) if !is_confined(document, &operation.node.selection_set.node) => {
            let message = say!("Your password was given to you by somebody else: change it first.");
            Err(Error::with(Code::Forbidden, message)
                .hint("Send `passwordChange`. Until then only the fields in `allowed` are answered.")
                .detail(Detail::Allowed(ANSWERED.map(str::to_owned).to_vec())))
        }
        _ => Ok(()),
    }
}

/// The gate has counted the selections with their fragments expanded: there are not too many to walk through.
fn is_confined(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    set.items.iter().all(|item| match &item.node {
        Selection::Field(field) => {
            let name = field.node.name.node.as_str();
            name.starts_with("__") || ANSWERED.contains(&name)
        }
        Selection::InlineFragment(fragment) => is_confined(document, &fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            // Validation names a fragment that does not exist.
            .is_none_or(|fragment| is_confined(document, &fragment.node.selection_set.node)),
    })
}
