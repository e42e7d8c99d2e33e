//! From a request to a query of the library: its words become weighted terms, its filter a tree of exact terms.
//!
//! The library's own query parser is deliberately not used: it has no nesting limit and reads operators, wildcards
//! and regular expressions out of what people type.

mod filter;
mod terms;

pub(crate) use filter::{Admitted, admitted};
pub(crate) use terms::{Terms, terms};
