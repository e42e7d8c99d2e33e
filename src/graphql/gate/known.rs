//! Documents that have been here before: clients send the same few over and over.
//!
//! Parsing and validating cost as much as answering a small query. What was parsed is kept, and so is the fact that the library found
//! nothing wrong with it, together with the values that it looked at. Neither depends on who asks. Both are bounded, and keep what is
//! asked often: a flood of documents that are sent once drives out nothing. Absent: the price, which depends on the variables and is worked
//! out each time.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::parser::types::{BaseType, ExecutableDocument, OperationDefinition, Type};
use async_graphql::{Name, Variables};
use moka::sync::Cache;
use sha2::{Digest, Sha256};

/// Bytes of documents that are kept; parsed, they take about ten times as much.
const BYTES: u64 = 2 << 20;
/// Documents with their values that are known to be valid.
const VALID: u64 = 20_000;

/// A document with its values, as far as validation looks at them.
pub type Fingerprint = [u8; 32];

/// What is known. Cheap to clone; clones share it.
#[derive(Clone, Debug)]
pub struct Known {
    parsed: Cache<String, Arc<ExecutableDocument>>,
    valid: Cache<Fingerprint, ()>,
}

impl Default for Known {
    fn default() -> Self {
        let weight = |query: &String, _: &Arc<ExecutableDocument>| u32::try_from(query.len()).unwrap_or(u32::MAX);
        Self { parsed: Cache::builder().max_capacity(BYTES).weigher(weight).build(), valid: Cache::new(VALID) }
    }
}

impl Known {
    /// The parsed document, if its text has passed the gate before.
    pub fn parsed(&self, query: &str) -> Option<Arc<ExecutableDocument>> {
        self.parsed.get(query)
    }

    /// Keeps a document whose every operation has passed.
    pub fn keep(&self, query: &str, document: Arc<ExecutableDocument>) {
        self.parsed.insert(query.to_owned(), document);
    }

    /// Whether the library has found nothing wrong with it.
    pub fn is_valid(&self, fingerprint: &Fingerprint) -> bool {
        self.valid.contains_key(fingerprint)
    }

    /// Remembers that the library has found nothing wrong with it.
    pub fn was_valid(&self, fingerprint: Fingerprint) {
        self.valid.insert(fingerprint, ());
    }
}

/// What validation looks at: the text, the operation, the variables without a value, and the values of all variables but those of
/// built-in scalars, which were held against their types before.
pub fn fingerprint(
    query: &str,
    name: Option<&str>,
    operation: &OperationDefinition,
    absent: &HashSet<Name>,
    variables: &Variables,
) -> Fingerprint {
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    add(query);
    add(name.unwrap_or_default());
    // Sorted: a set has no order of its own.
    let mut absent: Vec<&str> = absent.iter().map(Name::as_str).collect();
    absent.sort_unstable();
    for name in absent {
        add(name);
    }
    for (name, value) in variables.iter() {
        let definition = operation.variable_definitions.iter().find(|definition| definition.node.name.node == *name);
        if definition.is_some_and(|definition| is_built_in(&definition.node.var_type.node)) {
            continue;
        }
        add(name);
        add(&value.to_string());
    }
    hash.finalize().into()
}

fn is_built_in(kind: &Type) -> bool {
    match &kind.base {
        BaseType::List(item) => is_built_in(item),
        BaseType::Named(name) => matches!(name.as_str(), "Int" | "Float" | "String" | "Boolean" | "ID"),
    }
}
