//! The price gate: what a document costs is known before anything is paid for it.
//!
//! The order is the point. Bytes, then tokens and brackets in one pass without recursion, then one parse, then the price, all
//! linear in the document; only what passes is shown to async-graphql, whose own limits expand every fragment first (a document
//! of 1 KB can cost 2^30 visits). *Every* operation of a document must fit the limits, because validation walks through all of
//! them; only the chosen one is charged.
//!
//! Absent: anything that needs the schema, but which of its types are interfaces. The price is an upper bound by syntax, so that it costs
//! nothing to say no.

mod absent;
pub mod budget;
pub mod confined;
pub mod known;
pub mod lexer;
mod merge;
pub mod price;
mod variables;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Positioned, ServerError, Variables};

use self::known::{Fingerprint, Known};
use self::merge::Merge;
use self::price::{Scale, Unweighable, Weight};
use crate::config::Limits;
use crate::error::{Code, Error};
use crate::graphql::error::{parse_error, request_error};
use crate::language::Said;
use crate::say;

/// Brackets inside each other: the parser recurses once for each.
const BRACKETS: usize = 64;
/// Nesting of fields below `__schema` and `__type`; what tools send needs 15.
const INTROSPECTION_DEPTH: u64 = 25;
/// Lists of the introspection schema inside each other; what tools send needs 2 (`fields { … possibleTypes }`).
const INTROSPECTION_LISTS: u64 = 3;
/// Selections after expansion, for each allowed token: bounds what validation and execution walk through.
const VISITS_PER_TOKEN: u64 = 5;

/// The gate of one server.
#[derive(Clone, Debug)]
pub struct Gate {
    limits: Limits,
    introspection: bool,
    abstract_types: Arc<HashSet<String>>,
    known: Known,
}

/// A document that passed.
#[derive(Debug)]
pub struct Passed {
    /// The parsed document.
    pub document: ExecutableDocument,
    /// The kind of the chosen operation.
    pub kind: OperationType,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What it adds up to.
    pub weight: Weight,
    /// What it is charged.
    pub price: u64,
    /// By what it is known again: see [`Gate::known`].
    pub fingerprint: Fingerprint,
}

impl Gate {
    /// A gate with these limits; `introspection` says whether `__schema` and `__type` are answered.
    pub fn new(limits: &Limits, introspection: bool) -> Self {
        Self { limits: limits.clone(), introspection, abstract_types: Arc::default(), known: Known::default() }
    }

    /// The same gate, told which types of the schema are interfaces and unions: fields on two objects are not compared, for one thing
    /// is not both.
    pub fn telling_apart(self, abstract_types: Arc<HashSet<String>>) -> Self {
        Self { abstract_types, ..self }
    }

    /// What is known of documents that were here before.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// The limits that it holds to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Lets a document through, or says which limit it breaks. Fills the defaults of the chosen operation into `variables`.
    ///
    /// # Errors
    /// `PAYLOAD_TOO_LARGE`, `QUERY_TOO_COMPLEX`, `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED`, `BAD_USER_INPUT`.
    pub fn pass(
        &self,
        query: &str,
        operation_name: Option<&str>,
        variables: &mut Variables,
    ) -> Result<Passed, Box<ServerError>> {
        let refused = |error: Error| Box::new(request_error(error));
        let before = self.known.parsed(query);
        let parsed = match &before {
            Some(parsed) => parsed.clone(),
            None => Arc::new(self.parse(query)?),
        };
        let (name, chosen) = choose(&parsed, operation_name).map_err(refused)?;
        let without_value = variables::settle(&chosen.node, variables).map_err(refused)?;
        let kind = chosen.node.ty;
        let mut scale = Scale::new(&parsed, variables);
        let mut weight = Weight::default();
        for (_, operation) in parsed.operations.iter() {
            let own =
                scale.operation(&operation.node).map_err(|error| refused(unweighable(error, self.limits.depth)))?;
            self.hold(&own, operation.node.ty).map_err(refused)?;
            if before.is_none() {
                Merge::new(&parsed, &self.abstract_types, own.visits).check(&operation.node)?;
            }
            if std::ptr::eq(operation, chosen) {
                weight = own;
            }
        }
        let price = Scale::price(kind, &weight);
        let fingerprint = known::fingerprint(query, name.as_deref(), &chosen.node, &without_value, variables);
        if before.is_none() {
            self.known.keep(query, parsed.clone());
        }
        let mut document = Arc::unwrap_or_clone(parsed);
        for name in absent::leave_out(&mut document, &without_value) {
            variables.insert(name, async_graphql::Value::Null);
        }
        Ok(Passed { name, kind, weight, price, document, fingerprint })
    }

    fn parse(&self, query: &str) -> Result<ExecutableDocument, Box<ServerError>> {
        let refused = |error: Error| Box::new(request_error(error));
        self.measure(query).map_err(refused)?;
        parse_query(query).map_err(|error| match error {
            async_graphql::parser::Error::RecursionLimitExceeded => {
                refused(too_complex(say!("nested brackets"), BRACKETS as u64 + 1, BRACKETS as u64))
            }
            other => Box::new(parse_error(other)),
        })
    }

    /// Bytes, tokens and brackets.
    fn measure(&self, query: &str) -> Result<(), Error> {
        if query.len() > self.limits.document_bytes {
            return Err(Error::with(
                Code::PayloadTooLarge,
                say!(
                    "The document has {size} bytes; at most {max} are taken.",
                    size = query.len(),
                    max = self.limits.document_bytes
                ),
            )
            .hint("Send a shorter document; values belong into variables."));
        }
        let (mut count, mut open) = (0, 0usize);
        for token in lexer::tokens(query) {
            count += 1;
            match token.kind {
                lexer::Kind::Open => open += 1,
                lexer::Kind::Close => open = open.saturating_sub(1),
                _ => {}
            }
            if count > self.limits.tokens {
                return Err(too_complex(say!("tokens"), count as u64, self.limits.tokens as u64));
            }
            if open > BRACKETS {
                return Err(too_complex(say!("nested brackets"), open as u64, BRACKETS as u64));
            }
        }
        Ok(())
    }

    fn hold(&self, weight: &Weight, kind: OperationType) -> Result<(), Error> {
        if weight.introspects && !self.introspection {
            return Err(Error::with(
                Code::GraphqlValidationFailed,
                "Introspection is off on this server: `__schema` and `__type` are not answered.",
            )
            .hint("Use the published schema file, or ask the operator to set `http.introspection`."));
        }
        let limits = &self.limits;
        let roots = match kind {
            OperationType::Mutation => (say!("root fields of a mutation"), limits.mutation_fields as u64),
            OperationType::Subscription => (say!("root fields of a subscription"), 1),
            OperationType::Query => (say!("root fields"), limits.root_fields as u64),
        };
        let rules = [
            (say!("selections after fragments are expanded"), weight.visits, limits.tokens as u64 * VISITS_PER_TOKEN),
            (say!("levels of fields"), weight.depth, limits.depth as u64),
            (say!("levels of introspection"), weight.introspection_depth, INTROSPECTION_DEPTH),
            (say!("lists of introspection inside each other"), weight.introspection_lists, INTROSPECTION_LISTS),
            (say!("aliases"), weight.aliases, limits.aliases as u64),
            (roots.0, weight.roots, roots.1),
            (say!("nodes"), weight.nodes, limits.nodes),
        ];
        match rules.into_iter().find(|(_, value, allowed)| value > allowed) {
            Some((what, value, allowed)) => Err(too_complex(what, value, allowed)),
            None => Ok(()),
        }
    }
}

fn too_complex(what: Said, value: u64, allowed: u64) -> Error {
    let message = match value {
        u64::MAX => {
            say!("The document has more {what} than can be counted; at most {allowed} are allowed.", what, allowed)
        }
        value => say!("The document has {value} {what}; at most {allowed} are allowed.", value, what, allowed),
    };
    Error::with(Code::QueryTooComplex, message).hint("Ask for less, or in several requests: smaller pages count less.")
}

fn unweighable(error: Unweighable, depth: usize) -> Error {
    match error {
        Unweighable::Cycle(name) => {
            Error::with(Code::GraphqlValidationFailed, say!("Fragment \"{name}\" contains itself.", name))
        }
        Unweighable::TooNested => Error::with(
            Code::QueryTooComplex,
            say!(
                "The document has selections and fragments nested beyond use; at most {depth} levels of fields are allowed.",
                depth
            ),
        ),
    }
}

/// The operation that is asked for.
fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<(Option<String>, &'a Positioned<OperationDefinition>), Error> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok((None, operation)),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations
            .iter()
            .next()
            .map(|(name, operation)| (Some(name.to_string()), operation))
            .ok_or_else(|| Error::new(Code::GraphqlParseFailed)),
        (DocumentOperations::Multiple(operations), Some(name)) if operations.contains_key(name) => {
            Ok((Some(name.to_owned()), &operations[name]))
        }
        (_, None) => {
            Err(Error::with(Code::BadUserInput, "The document has several operations: `operationName` must name one.")
                .hint("Send `operationName`.")
                .at("operationName"))
        }
        (_, Some(name)) => {
            let name: String = name.chars().take(64).collect();
            Err(Error::with(Code::BadUserInput, say!("The document has no operation named \"{name}\".", name))
                .hint("Send an `operationName` that is in the document.")
                .at("operationName"))
        }
    }
}
