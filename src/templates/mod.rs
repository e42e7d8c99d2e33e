//! Templates of answers: texts that staff write once and send often, with the ticket's own values in them.
//!
//! They are knowledge for staff: `knowledge.view_drafts` reads them, `article.write` writes them. Applying one is commenting, with
//! whatever that needs.
//!
//! Deliberately absent: loops, arithmetic and anything else that would make a text a program.

pub mod documents;
pub mod events;
pub mod find;
pub mod render;
pub mod template;

pub mod apply;
pub mod create;
pub mod delete;
pub mod update;
