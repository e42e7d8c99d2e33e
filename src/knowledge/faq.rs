//! The row of an FAQ, and where it stands among the others.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;

use super::access::{KnowledgeAudience, KnowledgeStatus};
use super::category;
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::ids::{FaqId, KnowledgeCategoryId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "faqs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FaqId,
    pub question: String,
    pub answer: String,
    pub format: Format,
    pub status: KnowledgeStatus,
    pub audience: KnowledgeAudience,
    pub category_id: Option<KnowledgeCategoryId>,
    /// The place within its category, from 1.
    pub position: i32,
    /// The place among all: what lists are ordered by. See [`rank`].
    pub rank: i64,
    pub version: i32,
    pub source: Option<String>,
    pub external_id: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub published_at: Option<Timestamp>,
    pub view_count: i32,
    pub helpful_count: i32,
    pub not_helpful_count: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where FAQs of a category begin among all; those without one come last. Kept in the row because lists are ordered by one integer
/// column of their own table.
pub fn base(category: Option<&category::Model>) -> i64 {
    i64::from(category.map_or(i32::MAX, |category| category.position)) << 32
}

/// The place among all: by the category's position, then by the place within it.
pub fn rank(category: Option<&category::Model>, position: i32) -> i64 {
    base(category) + i64::from(position)
}
