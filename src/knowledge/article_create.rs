//! Writes an article.

use async_graphql::InputObject;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::access::{KnowledgeAudience, KnowledgeStatus, allow_writing};
use super::article::{self, ArticleKind, tag};
use super::events::{KnowledgeData, KnowledgeEvent, kind};
use super::{input, slug};
use crate::access::Permission;
use crate::comments::comment::Format;
use crate::desk::{CreateOptions, Operation, Tx, WriteOptions};
use crate::error::{Faults, Result};
use crate::ids::{ArticleId, KnowledgeCategoryId};
use crate::tickets::input as checks;

/// Writes an article. It begins as a draft; `articlePublish` shows it to its audience.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticleCreateInput")]
pub struct ArticleCreate {
    /// What it is about, on one line: 1 to 200 characters.
    pub title: String,
    /// The text: 1 to 200,000 characters.
    pub body: String,
    /// How the text is written.
    #[graphql(default_with = "Format::Markdown")]
    #[serde(default = "markdown")]
    pub format: Format,
    /// The part of its address that people read, such as `reset-my-password`. Default: made from the title, unlike all others.
    pub slug: Option<String>,
    /// What search engines show below the title: at most 500 characters.
    pub meta_description: Option<String>,
    /// For whom it is once published.
    #[graphql(default_with = "KnowledgeAudience::Public")]
    #[serde(default = "public")]
    pub audience: KnowledgeAudience,
    /// What it is for.
    #[graphql(default_with = "ArticleKind::Article")]
    #[serde(default = "plain_article")]
    pub kind: ArticleKind,
    /// In which category.
    pub category_id: Option<KnowledgeCategoryId>,
    /// Words to find it by. Kept in lower case, each once.
    pub tags: Option<Vec<String>>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key.
    pub options: CreateOptions,
}

pub(super) fn markdown() -> Format {
    Format::Markdown
}

fn plain_article() -> ArticleKind {
    ArticleKind::Article
}

pub(super) fn public() -> KnowledgeAudience {
    KnowledgeAudience::Public
}

impl Operation for ArticleCreate {
    type Outcome = article::Model;
    const NAME: &'static str = "article.create";

    fn options(&self) -> WriteOptions {
        self.options.clone().into()
    }

    async fn run(&self, tx: &mut Tx) -> Result<article::Model> {
        allow_writing(tx, Permission::ArticleWrite, tx.actor.person)?;
        let mut faults = Faults::default();
        let (Some(title), Some(body), Some(tags), Some(meta_description), Some(category), Some(slug)) = (
            faults.take(input::title("title", &self.title)),
            faults.take(input::body("body", &self.body)),
            faults.take(checks::tags(tx.profile(), "tags", self.tags.as_deref().unwrap_or_default())),
            faults.take(input::description("metaDescription", self.meta_description.as_deref())),
            faults.take(input::category(tx, self.category_id).await),
            faults.take(self.slug.as_deref().map(input::slug).transpose()),
        ) else {
            return Err(faults.error());
        };
        let slug = match slug {
            Some(wish) => {
                slug::of_article(tx.conn(), &wish, None).await?;
                wish
            }
            None => slug::free(tx.conn(), slug::Of::Articles, &title, "article").await?,
        };
        let row = article::Model {
            id: ArticleId::new(),
            kind: self.kind,
            slug,
            title,
            body,
            format: self.format,
            meta_description,
            status: KnowledgeStatus::Draft,
            audience: self.audience,
            category_id: category.map(|category| category.id),
            author_id: tx.actor.person,
            version: 1,
            source: None,
            external_id: None,
            created_at: tx.now,
            updated_at: tx.now,
            published_at: None,
            view_count: 0,
            helpful_count: 0,
            not_helpful_count: 0,
        };
        insert(tx, &row, &tags).await?;
        tx.append(&KnowledgeEvent::of(kind::ARTICLE_CREATED, &row, data(&row)))?;
        Ok(row)
    }
}

/// Writes the row and its tags.
pub async fn insert(tx: &Tx, row: &article::Model, tags: &[String]) -> Result<()> {
    article::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx.conn())
        .await
        .map_err(slug::taken_meanwhile)?;
    insert_tags(tx, row.id, tags).await
}

pub(super) async fn insert_tags(tx: &Tx, article_id: ArticleId, tags: &[String]) -> Result<()> {
    if !tags.is_empty() {
        let rows = tags.iter().map(|tag| tag::Model { article_id, tag: tag.clone() }.into_active_model());
        tag::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// What the log says of an article as it is.
pub fn data(row: &article::Model) -> KnowledgeData {
    KnowledgeData {
        status: Some(row.status),
        audience: Some(row.audience),
        category: row.category_id,
        ..KnowledgeData::default()
    }
}
