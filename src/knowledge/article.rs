//! The row of an article, and those of its tags and former slugs.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::access::{KnowledgeAudience, KnowledgeStatus};
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::ids::{ArticleId, KnowledgeCategoryId, PersonId};

/// What an article is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ArticleKind")]
pub enum ArticleKind {
    /// Explains something, for as long as it is true.
    #[sea_orm(string_value = "ARTICLE")]
    Article,
    /// Tells what is new: an entry of the desk's blog.
    #[sea_orm(string_value = "ANNOUNCEMENT")]
    Announcement,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "articles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ArticleId,
    pub kind: ArticleKind,
    pub slug: String,
    pub title: String,
    pub body: String,
    pub format: Format,
    pub meta_description: Option<String>,
    pub status: KnowledgeStatus,
    pub audience: KnowledgeAudience,
    pub category_id: Option<KnowledgeCategoryId>,
    pub author_id: Option<PersonId>,
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

/// The tags of articles.
pub mod tag {
    use sea_orm::entity::prelude::*;

    use crate::ids::ArticleId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "article_tags")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub article_id: ArticleId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The slugs that articles had before: an address that was given out keeps leading to its article.
pub mod former_slug {
    use sea_orm::entity::prelude::*;

    use crate::ids::ArticleId;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "article_slugs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub slug: String,
        pub article_id: ArticleId,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
