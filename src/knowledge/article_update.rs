//! Changes texts, slug, audience, category or tags of an article.

use async_graphql::{InputObject, MaybeUndefined};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::{Deserialize, Serialize};

use super::access::KnowledgeAudience;
use super::article::{self, ArticleKind, former_slug, tag};
use super::article_create::insert_tags;
use super::entry::Entry;
use super::events::kind;
use super::{find, input, slug, workflow};
use crate::comments::comment::Format;
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::Result;
use crate::ids::{ArticleId, KnowledgeCategoryId};
use crate::tickets::input as checks;

/// Changes an article. What is not sent stays.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "ArticleUpdateInput")]
pub struct ArticleUpdate {
    /// Which article.
    pub article_id: ArticleId,
    /// The new title.
    pub title: Option<String>,
    /// The new text.
    pub body: Option<String>,
    /// How the text is written.
    pub format: Option<Format>,
    /// The new slug. The present one keeps leading here, until another article takes it.
    pub slug: Option<String>,
    /// The new meta description; null takes it away.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub meta_description: MaybeUndefined<String>,
    /// What it is for, from now on.
    pub kind: Option<ArticleKind>,
    /// The new audience.
    pub audience: Option<KnowledgeAudience>,
    /// The new category; null takes it out of its category.
    #[serde(default, skip_serializing_if = "MaybeUndefined::is_undefined")]
    pub category_id: MaybeUndefined<KnowledgeCategoryId>,
    /// The new tags, instead of all present ones.
    pub tags: Option<Vec<String>>,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for ArticleUpdate {
    type Outcome = article::Model;
    const NAME: &'static str = "article.update";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<article::Model> {
        let mut row = find::lock_article(tx, self.article_id).await?;
        let (mut changes, was_public) = (input::Changes::default(), row.is_public());
        let subject = ("article", row.id.0);
        if let Some(title) = &self.title {
            changes.set_text(tx, subject, "title", &mut row.title, input::title("title", title)?).await?;
        }
        if let Some(body) = &self.body {
            changes.set_text(tx, subject, "body", &mut row.body, input::body("body", body)?).await?;
        }
        if let Some(format) = self.format {
            changes.set("format", &mut row.format, format);
        }
        if let Some(kind) = self.kind {
            changes.set("kind", &mut row.kind, kind);
        }
        if let Some(wish) = &self.slug {
            self.move_to(tx, &mut row, input::slug(wish)?, &mut changes).await?;
        }
        if !self.meta_description.is_undefined() {
            let wish = input::description(
                "metaDescription",
                self.meta_description.as_opt_ref().flatten().map(String::as_str),
            )?;
            changes.set("metaDescription", &mut row.meta_description, wish);
        }
        if let Some(audience) = self.audience {
            changes.set("audience", &mut row.audience, audience);
        }
        if !self.category_id.is_undefined() {
            let category = input::category(tx, self.category_id.as_opt_ref().flatten().copied()).await?;
            changes.set("categoryId", &mut row.category_id, category.map(|category| category.id));
        }
        if let Some(tags) = &self.tags
            && replace_tags(tx, row.id, checks::tags(tx.profile(), "tags", tags)?).await?
        {
            changes.fields.push("tags".to_owned());
        }
        workflow::save_changes(tx, &mut row, changes, was_public, kind::ARTICLE_UPDATED).await?;
        Ok(row)
    }
}

impl ArticleUpdate {
    async fn move_to(
        &self,
        tx: &Tx,
        row: &mut article::Model,
        wish: String,
        changes: &mut input::Changes,
    ) -> Result<()> {
        if wish == row.slug {
            return Ok(());
        }
        slug::of_article(tx.conn(), &wish, Some(row.id)).await?;
        let former = former_slug::Model { slug: row.slug.clone(), article_id: row.id };
        former_slug::Entity::insert(former.into_active_model()).exec_without_returning(tx.conn()).await?;
        changes.set("slug", &mut row.slug, wish);
        Ok(())
    }
}

/// Answers whether anything changed.
async fn replace_tags(tx: &Tx, article: ArticleId, mut wanted: Vec<String>) -> Result<bool> {
    let of_article = tag::Column::ArticleId.eq(article);
    let rows = tag::Entity::find().filter(of_article.clone()).all(tx.conn()).await?;
    let mut present: Vec<String> = rows.into_iter().map(|row| row.tag).collect();
    present.sort();
    wanted.sort();
    if present == wanted {
        return Ok(false);
    }
    tag::Entity::delete_many().filter(of_article).exec(tx.conn()).await?;
    insert_tags(tx, article, &wanted).await?;
    Ok(true)
}
