//! The search engine of Deskgraph: documents in, ranked and highlighted hits out.
//!
//! It knows nothing of databases, of the API or of who asks: a caller turns rows into [`Document`]s and permissions
//! into a [`Filter`]. The library below (tantivy) is used here and nowhere else, and none of its types leaves.
//!
//! - Open: [`Index::open`] says whether there is a usable index; otherwise [`Index::rebuild`].
//! - Keep up: [`Index::apply`] commits changes together with the log [`Position`] they bring the index to, without
//!   waiting for the disk; [`Index::checkpoint`] every now and then makes it durable.
//! - Search: [`Index::search`] takes words and a filter. What people typed is never read as query syntax.
//!
//! The flow through the files: `document` → `fields` (with `analysis`) → `writer` → `storage`, and back: `request` →
//! `suggest` (spelling) → `plan` → `ranking` → `searcher` → `highlight`.
//!
//! Absent on purpose: matching approximately while ranking, phrases and operators, per-language indexes.

// What can go wrong is an error that says so: nothing in the product gives up by panicking.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

mod analysis;
mod document;

mod error;
pub mod eval;
mod facets;
mod fields;
mod highlight;
mod index;
mod plan;
mod ranking;
mod request;
mod searcher;
mod storage;
mod suggest;
mod writer;

pub use document::{Change, Document, Position};
pub use error::{Error, Result};
pub use fields::KIND;
pub use index::{Index, Opened, Options, Verification};
pub use request::{Filter, Found, Fragment, Hit, Request};
pub use writer::Rebuild;
