//! What lists of articles and FAQs can be narrowed to and ordered by.

use async_graphql::{Enum, InputObject};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition};
use serde::{Deserialize, Serialize};

use super::access::{KnowledgeAudience, KnowledgeStatus};
use super::article::{self, ArticleKind, tag};
use super::faq;
use crate::error::{Error, Result};
use crate::ids::KnowledgeCategoryId;
use crate::say;

/// How many values a list may have.
const VALUES: usize = 100;

/// Which articles. All given conditions hold together; a list means any of its values. Only what one may read is ever listed.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticleFilter")]
pub struct ArticleFilter {
    /// Of one of these kinds.
    pub kind: Option<Vec<ArticleKind>>,
    /// In one of these statuses.
    pub status: Option<Vec<KnowledgeStatus>>,
    /// In one of these categories.
    pub category_id: Option<Vec<KnowledgeCategoryId>>,
    /// With at least one of these tags.
    pub tag: Option<Vec<String>>,
    /// For one of these audiences.
    pub audience: Option<Vec<KnowledgeAudience>>,
}

impl ArticleFilter {
    /// The filter for SQL.
    ///
    /// # Errors
    /// `INVALID_VALUE` for lists that are too long.
    pub fn condition(&self) -> Result<Condition> {
        use article::Column as A;
        Ok(Condition::all()
            .add_option(values("kind", &self.kind)?.map(|v| A::Kind.is_in(v.iter().copied())))
            .add_option(values("status", &self.status)?.map(|v| A::Status.is_in(v.iter().copied())))
            .add_option(values("categoryId", &self.category_id)?.map(|v| A::CategoryId.is_in(v.iter().copied())))
            .add_option(values("audience", &self.audience)?.map(|v| A::Audience.is_in(v.iter().copied())))
            .add_option(values("tag", &self.tag)?.map(|tags| {
                A::Id.in_subquery(
                    Query::select()
                        .column(tag::Column::ArticleId)
                        .from(tag::Entity)
                        .and_where(tag::Column::Tag.is_in(tags.iter().map(|tag| tag.trim().to_lowercase())))
                        .to_owned(),
                )
            })))
    }
}

/// Which FAQs. All given conditions hold together; a list means any of its values. Only what one may read is ever listed.
#[derive(Clone, Debug, Default, Hash, PartialEq, Eq, InputObject, Serialize, Deserialize)]
#[graphql(name = "FaqFilter")]
pub struct FaqFilter {
    /// In one of these statuses.
    pub status: Option<Vec<KnowledgeStatus>>,
    /// In one of these categories.
    pub category_id: Option<Vec<KnowledgeCategoryId>>,
    /// For one of these audiences.
    pub audience: Option<Vec<KnowledgeAudience>>,
}

impl FaqFilter {
    /// The filter for SQL.
    ///
    /// # Errors
    /// `INVALID_VALUE` for lists that are too long.
    pub fn condition(&self) -> Result<Condition> {
        use faq::Column as F;
        Ok(Condition::all()
            .add_option(values("status", &self.status)?.map(|v| F::Status.is_in(v.iter().copied())))
            .add_option(values("categoryId", &self.category_id)?.map(|v| F::CategoryId.is_in(v.iter().copied())))
            .add_option(values("audience", &self.audience)?.map(|v| F::Audience.is_in(v.iter().copied()))))
    }
}

fn values<'a, T>(field: &str, list: &'a Option<Vec<T>>) -> Result<Option<&'a [T]>> {
    match list {
        Some(list) if list.len() > VALUES => {
            Err(Error::invalid(field, say!("This list has {values} values.", values = list.len()))
                .hint(say!("Send at most {max}.", max = VALUES)))
        }
        list => Ok(list.as_deref()),
    }
}

/// What articles are ordered by. Equal ones follow their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "ArticleOrderField")]
pub enum ArticleOrderField {
    /// When it was written.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// How often it was read, as of a second ago.
    Views,
    /// How many people found it helpful.
    Helpful,
}

impl ArticleOrderField {
    /// The column.
    pub fn column(self) -> article::Column {
        match self {
            Self::CreatedAt => article::Column::CreatedAt,
            Self::UpdatedAt => article::Column::UpdatedAt,
            Self::Views => article::Column::ViewCount,
            Self::Helpful => article::Column::HelpfulCount,
        }
    }

    /// The column's value in a row.
    pub fn value(self, article: &article::Model) -> i64 {
        match self {
            Self::CreatedAt => article.created_at.0,
            Self::UpdatedAt => article.updated_at.0,
            Self::Views => article.view_count.into(),
            Self::Helpful => article.helpful_count.into(),
        }
    }
}

/// What FAQs are ordered by. Equal ones follow their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
#[graphql(name = "FaqOrderField")]
pub enum FaqOrderField {
    /// By category, and in each in the order that its writers gave them.
    Position,
    /// When it was written.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// How often it was read, as of a second ago.
    Views,
    /// How many people found it helpful.
    Helpful,
}

impl FaqOrderField {
    /// The column.
    pub fn column(self) -> faq::Column {
        match self {
            Self::Position => faq::Column::Rank,
            Self::CreatedAt => faq::Column::CreatedAt,
            Self::UpdatedAt => faq::Column::UpdatedAt,
            Self::Views => faq::Column::ViewCount,
            Self::Helpful => faq::Column::HelpfulCount,
        }
    }

    /// The column's value in a row.
    pub fn value(self, faq: &faq::Model) -> i64 {
        match self {
            Self::Position => faq.rank,
            Self::CreatedAt => faq.created_at.0,
            Self::UpdatedAt => faq.updated_at.0,
            Self::Views => faq.view_count.into(),
            Self::Helpful => faq.helpful_count.into(),
        }
    }
}
