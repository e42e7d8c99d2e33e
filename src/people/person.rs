//! The row of a person.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;

use crate::access::Role;
use crate::clock::Timestamp;
use crate::ids::{OrganizationId, PersonId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "people")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PersonId,
    pub name: String,
    pub name_folded: String,
    pub role: Role,
    pub organization_id: Option<OrganizationId>,
    pub source: Option<String>,
    pub external_id: Option<String>,
    pub version: i32,
    pub created_at: Timestamp,
    pub deactivated_at: Option<Timestamp>,
    /// The language in which they want to be told, as a tag.
    pub locale: Option<String>,
    /// What they do not want to be told: words like `comment.added/email`.
    pub muted: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
