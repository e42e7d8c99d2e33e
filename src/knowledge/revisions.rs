//! What stood in an article before its texts were changed.

use async_graphql::Enum;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::documents::ARTICLE;
use crate::ids::ArticleId;
use crate::tickets::revision;

/// The text of an article that a change replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ArticleRevisionField")]
pub enum RevisedField {
    /// Its title.
    Title,
    /// Its text.
    Body,
}

impl RevisedField {
    /// By the name under which the text is kept.
    pub fn of(row: &revision::Model) -> Self {
        if row.field == "title" { Self::Title } else { Self::Body }
    }
}

/// The kept texts of an article.
pub fn of_article(id: ArticleId) -> Select<revision::Entity> {
    revision::Entity::find()
        .filter(revision::Column::SubjectId.eq(id.0))
        .filter(revision::Column::SubjectKind.eq(ARTICLE))
        .filter(revision::Column::Field.is_in(["title", "body"]))
}
