//! The row of a category.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;

use crate::clock::Timestamp;
use crate::ids::KnowledgeCategoryId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "knowledge_categories")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: KnowledgeCategoryId,
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    /// The place among the categories, from 1.
    pub position: i32,
    pub version: i32,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
