//! The row of a reference, and those of the people who share it.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;
use crate::ids::{OrganizationId, PersonId, ReferenceId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_references")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReferenceId,
    /// A key of the profile's reference kinds.
    pub kind: String,
    /// Unique within the kind.
    pub external_id: String,
    pub owner_id: Option<PersonId>,
    pub organization_id: Option<OrganizationId>,
    pub status: Option<String>,
    /// What it says of itself: a JSON object of texts by key.
    pub fields: String,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The customers who share a reference with its owner.
pub mod participant {
    use sea_orm::entity::prelude::*;

    use crate::ids::{PersonId, ReferenceId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reference_participants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub reference_id: ReferenceId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: PersonId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
