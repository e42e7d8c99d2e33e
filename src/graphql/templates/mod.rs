//! Templates of answers: their type, reading and using them.

mod mutations;
mod queries;

use std::sync::Arc;

use async_graphql::{Context, Object};

pub use mutations::TemplateMutations;
pub use queries::TemplateQueries;

use super::context::{Refuse, Request};
use super::desk::Choice;
use super::people::Person;
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::connection;
use crate::ids::TemplateId;
use crate::templates::template;

/// A template of an answer.
#[derive(Clone)]
pub struct Template(pub Arc<template::Model>);

connection!(TemplateConnection, TemplateEdge, Template, "templates");

impl From<template::Model> for Template {
    fn from(row: template::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A template of an answer.
#[Object]
impl Template {
    /// Its id.
    pub async fn id(&self) -> TemplateId {
        self.0.id
    }

    /// What staff call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The text, with the variables that a ticket fills in.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// How `body` is written.
    async fn format(&self) -> Format {
        self.0.format
    }

    /// For which kind of tickets. Null: for all.
    async fn category<'a>(&'a self, ctx: &Context<'a>) -> Option<Choice<'a>> {
        let profile = Request::of(ctx).profile();
        (!self.0.category.is_empty()).then(|| Choice::of(profile.category(&self.0.category), &self.0.category))
    }

    /// Who wrote it. Null if nobody of the desk did.
    async fn author(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Person>> {
        let request = Request::of(ctx);
        let id = self.0.author_id?;
        request.loaders().people.load(id).await.refuse(request).map(|row| row.map(Person)).transpose()
    }

    /// How often it was applied.
    async fn use_count(&self) -> i32 {
        self.0.use_count
    }

    /// When it was last applied. Null if it never was.
    async fn last_used_at(&self) -> Option<Timestamp> {
        self.0.last_used_at
    }

    /// When it was written.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it last changed. Being applied is no change.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }

    /// Counts its changes: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}
