//! What stood in an article before, for those who write it.

use std::sync::Arc;

use async_graphql::Object;
use sea_orm::PaginatorTrait;

use super::reader;
use crate::clock::Timestamp;
use crate::connection;
use crate::db::page::{Key, MAX_PAGE, Page, PageArgs};
use crate::error::Result;
use crate::graphql::connection::int;
use crate::graphql::context::Request;
use crate::ids::RevisionId;
use crate::knowledge::access::Reader;
use crate::knowledge::article;
use crate::knowledge::revisions::{RevisedField, of_article};
use crate::tickets::revision::{self, Column};

/// A change of the title or of the text of an article.
#[derive(Clone)]
pub struct ArticleRevision(Arc<revision::Model>);

connection!(ArticleRevisionConnection, ArticleRevisionEdge, ArticleRevision, "changes of an article");

/// A change of the title or of the text of an article.
#[Object]
impl ArticleRevision {
    /// Its id: send it to `articleRestoreRevision` to take the change back.
    async fn id(&self) -> RevisionId {
        self.0.id
    }

    /// What was changed.
    async fn field(&self) -> RevisedField {
        RevisedField::of(&self.0)
    }

    /// The text before.
    async fn before(&self) -> &str {
        self.0.before.as_deref().unwrap_or_default()
    }

    /// The text after.
    async fn after(&self) -> &str {
        self.0.after.as_deref().unwrap_or_default()
    }

    /// When it was changed.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }
}

/// The changes of an article, the latest first.
pub async fn list(
    request: &Request,
    article: &article::Model,
    args: PageArgs,
    wants_total: bool,
) -> Result<ArticleRevisionConnection> {
    let page = args.check("createdAt", true, &(article.id, "revisions"), MAX_PAGE)?;
    let dress = |row| ArticleRevision(Arc::new(row));
    if reader(request) != Reader::Writer {
        let nothing = Page { rows: Vec::new(), has_next: false, has_previous: false };
        return Ok(ArticleRevisionConnection::new(nothing, 0, dress));
    }
    let (db, kept) = (&request.desk.db.read, of_article(article.id));
    let total = if wants_total { int(kept.clone().count(db).await?)? } else { 0 };
    let key = |row: &revision::Model| Key { value: row.created_at.0, id: row.id.0 };
    let rows = page.load(db, kept, Column::CreatedAt, Column::Id, key).await?;
    Ok(ArticleRevisionConnection::new(rows, total, dress))
}
