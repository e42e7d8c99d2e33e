//! The row of a template.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::ids::{PersonId, TemplateId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "templates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TemplateId,
    pub name: String,
    /// The name as names are compared.
    pub folded: String,
    pub body: String,
    pub format: Format,
    /// A key of the profile's categories; empty if it is for every kind of ticket.
    pub category: String,
    pub author_id: Option<PersonId>,
    pub use_count: i32,
    pub last_used_at: Option<Timestamp>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
