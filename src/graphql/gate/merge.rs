//! Fields with one response key become one field of the answer: they must ask for the same thing.
//!
//! The library compares the fields of one selection set only. What it lets through, and what an answer would then silently hold one half
//! of: a field beside the same key in `... on Ticket { }`, and the selections of two fields that are merged because they have one key.
//! Here a level is taken apart with all its fragments, each field compared with the first of its key, and the selections of one key are
//! looked at together. So every selection is visited once for each time that the document expands to it, which the gate has bounded.
//!
//! Also refused: selections and arguments on `__typename`, and `__schema` or `__type` without a selection, which no rule of the library
//! looks at. Absent: keys that have different types on objects that no one thing can be (`... on Ticket { x: title } ... on Person { x:
//! active }`): nothing is merged there, and it would need the schema.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Positioned, ServerError};

use crate::error::{Code, Error};
use crate::graphql::error::request_error;
use crate::language::Said;
use crate::say;

/// Visits for each that the gate has counted: a selection beside several type conditions is looked at with each of them.
const PATIENCE: u64 = 4;

/// A field, and the object that what it is asked of must be; none: whatever it is.
type Asked<'a> = (Option<&'a str>, &'a Positioned<Field>);

/// Looks for fields that cannot be merged.
pub struct Merge<'a> {
    document: &'a ExecutableDocument,
    /// The interfaces and unions of the schema: a condition on one says nothing about which object it is.
    abstract_types: &'a HashSet<String>,
    visits: u64,
}

impl<'a> Merge<'a> {
    /// Begins; `visits` is what the operation expands to.
    pub fn new(document: &'a ExecutableDocument, abstract_types: &'a HashSet<String>, visits: u64) -> Self {
        Self { document, abstract_types, visits: visits.saturating_mul(PATIENCE).saturating_add(1) }
    }

    /// Checks an operation without fragments that contain themselves.
    ///
    /// # Errors
    /// `GRAPHQL_VALIDATION_FAILED` with the places of both fields; `QUERY_TOO_COMPLEX`.
    pub fn check(mut self, operation: &'a OperationDefinition) -> Result<(), Box<ServerError>> {
        self.level(&[&operation.selection_set.node])
    }

    /// The selections of one thing of the answer.
    fn level(&mut self, sets: &[&'a SelectionSet]) -> Result<(), Box<ServerError>> {
        let mut asked: Vec<Asked<'a>> = Vec::new();
        for set in sets {
            self.collect(set, None, &mut asked)?;
        }
        let mut keys: HashMap<&str, Vec<Asked<'a>>> = HashMap::with_capacity(asked.len());
        for (object, field) in asked {
            keys.entry(field.node.response_key().node.as_str()).or_default().push((object, field));
        }
        for (key, fields) in keys {
            let objects: HashSet<&str> = fields.iter().filter_map(|(object, _)| *object).collect();
            if objects.is_empty() {
                self.one(key, fields.iter().map(|(_, field)| *field))?;
            }
            for object in objects {
                let of = fields.iter().filter(|(on, _)| on.is_none_or(|on| on == object));
                self.one(key, of.map(|(_, field)| *field))?;
            }
        }
        Ok(())
    }

    /// The fields of one key on one object.
    fn one(&mut self, key: &str, fields: impl Iterator<Item = &'a Positioned<Field>>) -> Result<(), Box<ServerError>> {
        let mut first: Option<&Positioned<Field>> = None;
        let mut below = Vec::new();
        for field in fields {
            let first = *first.get_or_insert(field);
            if first.node.name.node != field.node.name.node {
                let (one, other) = (&first.node.name.node, &field.node.name.node);
                return Err(conflict(
                    key,
                    say!("\"{one}\" and \"{other}\" are different fields", one = one.as_str(), other = other.as_str()),
                    first,
                    field,
                ));
            }
            if !same_arguments(&first.node, &field.node) {
                return Err(conflict(key, say!("they have differing arguments"), first, field));
            }
            if !field.node.selection_set.node.items.is_empty() {
                below.push(&field.node.selection_set.node);
            }
        }
        if below.is_empty() { Ok(()) } else { self.level(&below) }
    }

    /// The fields of a level, fragments taken apart.
    fn collect(
        &mut self,
        set: &'a SelectionSet,
        object: Option<&'a str>,
        into: &mut Vec<Asked<'a>>,
    ) -> Result<(), Box<ServerError>> {
        for item in &set.items {
            self.visits = self.visits.checked_sub(1).ok_or_else(|| {
                let error =
                    Error::with(Code::QueryTooComplex, "The document asks for the same fields in too many ways.");
                Box::new(request_error(error.hint("Use fewer fragments inside each other.")))
            })?;
            let (condition, fragment) = match &item.node {
                Selection::Field(field) => {
                    leaf(field)?;
                    into.push((object, field));
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.node.type_condition.as_ref(), &fragment.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => {
                    // Validation names a fragment that does not exist.
                    let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) else { continue };
                    (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
                }
            };
            let on = condition.map(|condition| condition.node.on.node.as_str());
            self.collect(fragment, object.or(on.filter(|on| !self.abstract_types.contains(*on))), into)?;
        }
        Ok(())
    }
}

/// What the library's rule about leaves passes over, because it does not find these fields in a type.
fn leaf(field: &Positioned<Field>) -> Result<(), Box<ServerError>> {
    let (name, has_selection) = (field.node.name.node.as_str(), !field.node.selection_set.node.items.is_empty());
    let reason = match name {
        "__typename" if has_selection => say!("must not have a selection since type \"String\" has no subfields"),
        "__typename" if !field.node.arguments.is_empty() => say!("takes no arguments"),
        "__schema" | "__type" if !has_selection => say!("must have a selection of subfields"),
        _ => return Ok(()),
    };
    let error = Error::with(Code::GraphqlValidationFailed, say!("Field \"{name}\" {reason}.", name, reason));
    Err(Box::new(ServerError { locations: vec![field.pos], ..request_error(error) }))
}

fn same_arguments(one: &Field, other: &Field) -> bool {
    one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| other.get_argument(&name.node) == Some(value))
}

fn conflict(key: &str, because: Said, one: &Positioned<Field>, other: &Positioned<Field>) -> Box<ServerError> {
    let key: String = key.chars().take(64).collect();
    let message = say!("Fields \"{key}\" conflict because {because}.", key, because);
    let error = Error::with(Code::GraphqlValidationFailed, message).hint("Give one of them an alias to get both.");
    Box::new(ServerError { locations: vec![one.pos, other.pos], ..request_error(error) })
}
