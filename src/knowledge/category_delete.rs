//! Deletes an empty category.

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::events::{KnowledgeData, KnowledgeEvent, kind};
use super::{article, category, faq, find};
use crate::desk::{Operation, Tx, WriteOptions};
use crate::error::{Error, Result};
use crate::ids::KnowledgeCategoryId;
use crate::language::Said;
use crate::say;

/// Deletes a category that holds neither articles nor FAQs.
#[derive(Clone, Debug, InputObject, Serialize, Deserialize)]
#[graphql(name = "KnowledgeCategoryDeleteInput")]
pub struct KnowledgeCategoryDelete {
    /// Which category.
    pub category_id: KnowledgeCategoryId,
    #[graphql(flatten)]
    #[serde(flatten)]
    /// Idempotency key and expected version.
    pub options: WriteOptions,
}

impl Operation for KnowledgeCategoryDelete {
    type Outcome = category::Model;
    const NAME: &'static str = "knowledge_category.delete";

    fn options(&self) -> WriteOptions {
        self.options.clone()
    }

    async fn run(&self, tx: &mut Tx) -> Result<category::Model> {
        let row = find::lock_category(tx, self.category_id).await?;
        let articles = article::Entity::find().filter(article::Column::CategoryId.eq(row.id)).count(tx.conn()).await?;
        let faqs = faq::Entity::find().filter(faq::Column::CategoryId.eq(row.id)).count(tx.conn()).await?;
        if articles + faqs > 0 {
            return Err(Error::invalid("categoryId", say!("The category holds {held}.", held = held(articles, faqs)))
                .hint("Move them to another category, or delete them first; drafts and archived ones count."));
        }
        category::Entity::delete_by_id(row.id).exec(tx.conn()).await?;
        tx.append(&KnowledgeEvent::category(kind::CATEGORY_DELETED, &row, KnowledgeData::default()))?;
        Ok(row)
    }
}

fn held(articles: u64, faqs: u64) -> Said {
    let articles = match articles {
        0 => None,
        1 => Some(say!("1 article")),
        count => Some(say!("{count} articles", count)),
    };
    let faqs = match faqs {
        0 => None,
        1 => Some(say!("1 FAQ")),
        count => Some(say!("{count} FAQs", count)),
    };
    match (articles, faqs) {
        (Some(articles), Some(faqs)) => say!("{articles} and {faqs}", articles, faqs),
        (one, other) => one.or(other).unwrap_or_else(|| say!("nothing")),
    }
}
