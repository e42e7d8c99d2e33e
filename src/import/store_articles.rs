//! Writes a batch of articles, with the categories that they name, in one transaction.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};

use super::article_row::ArticleRow;
use super::run::{self, Batch};
use crate::desk::{Operation, Tx};
use crate::error::Result;
use crate::ids::{ArticleId, KnowledgeCategoryId};
use crate::knowledge::access::KnowledgeStatus;
use crate::knowledge::article::ArticleKind;
use crate::knowledge::events::{KnowledgeEvent, kind};
use crate::knowledge::{article, article_create, category_create, find, slug};
use crate::text;

/// Writes a batch of checked articles: those that are here already are skipped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArticlesImport {
    /// Where the data comes from.
    pub source: String,
    /// The articles.
    pub rows: Vec<ArticleRow>,
}

impl Operation for ArticlesImport {
    type Outcome = Batch;
    const NAME: &'static str = "articles.import";

    async fn run(&self, tx: &mut Tx) -> Result<Batch> {
        run::allow(tx)?;
        let here = here(tx, &self.source, &self.rows).await?;
        // Two spellings of one name are one category: they would share their slug.
        let mut categories: HashMap<String, KnowledgeCategoryId> = HashMap::new();
        for category in find::categories(tx.conn()).await?.into_iter().rev() {
            categories.insert(text::slug(&category.name), category.id);
            categories.insert(category.slug, category.id);
        }
        let mut batch = Batch::default();
        for row in &self.rows {
            if here.contains(&row.external_id) {
                batch.skipped += 1;
                continue;
            }
            let category_id = match &row.category {
                None => None,
                Some(name) => Some(match categories.get(&text::slug(name)) {
                    Some(id) => *id,
                    None => {
                        let added = category_create::add(tx, name.clone(), None, None).await?;
                        categories.insert(text::slug(name), added.id);
                        added.id
                    }
                }),
            };
            add(tx, &self.source, row, category_id).await?;
            batch.imported += 1;
        }
        if batch.imported == 0 {
            tx.nothing_changed();
        }
        Ok(batch)
    }
}

async fn add(tx: &mut Tx, source: &str, row: &ArticleRow, category_id: Option<KnowledgeCategoryId>) -> Result<()> {
    let created_at = row.created_at.or(row.published_at).or(row.updated_at).unwrap_or(tx.now);
    let updated_at = [row.updated_at, row.published_at].into_iter().flatten().max().unwrap_or(created_at);
    let wish = row.slug.as_deref().filter(|slug| !text::slug(slug).is_empty()).unwrap_or(&row.title);
    let article = article::Model {
        id: ArticleId::new(),
        kind: ArticleKind::Article,
        slug: slug::free(tx.conn(), slug::Of::Articles, wish, "article").await?,
        title: row.title.clone(),
        body: row.body.clone(),
        format: row.format,
        meta_description: row.meta_description.clone(),
        status: row.status,
        audience: row.audience,
        category_id,
        author_id: None,
        version: 1,
        source: Some(source.to_owned()),
        external_id: Some(row.external_id.clone()),
        created_at,
        updated_at: updated_at.max(created_at),
        published_at: (row.status != KnowledgeStatus::Draft).then_some(row.published_at.unwrap_or(created_at)),
        view_count: 0,
        helpful_count: 0,
        not_helpful_count: 0,
    };
    article_create::insert(tx, &article, &row.tags).await?;
    let data = article_create::data(&article);
    tx.append_at(&KnowledgeEvent::of(kind::ARTICLE_CREATED, &article, data), created_at)
}

/// Which of these articles are here already.
async fn here(tx: &Tx, source: &str, rows: &[ArticleRow]) -> Result<HashSet<String>> {
    let ids = rows.iter().map(|row| row.external_id.as_str());
    let here: Vec<Option<String>> = article::Entity::find()
        .select_only()
        .column(article::Column::ExternalId)
        .filter(article::Column::Source.eq(source))
        .filter(article::Column::ExternalId.is_in(ids))
        .into_tuple()
        .all(tx.conn())
        .await?;
    Ok(here.into_iter().flatten().collect())
}
