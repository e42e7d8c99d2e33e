//! The type of a category, with what is in it.

use std::sync::Arc;

use async_graphql::{Context, Object};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{Article, ArticleConnection, Faq, FaqConnection, reader};
use crate::clock::Timestamp;
use crate::connection;
use crate::db::page::{DEFAULT_PAGE, Key, MAX_PAGE, PageArgs};
use crate::error::Result;
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::ids::KnowledgeCategoryId;
use crate::knowledge::{article, category, faq};

/// A category of the knowledge base.
#[derive(Clone)]
pub struct KnowledgeCategory(pub Arc<category::Model>);

connection!(KnowledgeCategoryConnection, KnowledgeCategoryEdge, KnowledgeCategory, "categories of the knowledge base");

impl From<category::Model> for KnowledgeCategory {
    fn from(row: category::Model) -> Self {
        Self(Arc::new(row))
    }
}

/// A category of the knowledge base.
#[Object]
impl KnowledgeCategory {
    /// Its id.
    pub async fn id(&self) -> KnowledgeCategoryId {
        self.0.id
    }

    /// The part of its address that people read.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What is in it.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Its place among the categories, from 1.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// The articles in it that you can read, last changed first.
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ArticleConnection> {
        let request = Request::of(ctx);
        self.list_articles(request, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }

    /// The FAQs in it that you can read, in their order.
    async fn faqs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<FaqConnection> {
        let request = Request::of(ctx);
        self.list_faqs(request, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// Counts its changes: send it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl KnowledgeCategory {
    /// The category with this id.
    pub async fn load(request: &Request, id: KnowledgeCategoryId) -> Option<async_graphql::Result<Self>> {
        request.loaders().knowledge.categories.load(id).await.refuse(request).map(|row| row.map(Self)).transpose()
    }

    /// How many articles and FAQs are in it for the caller.
    async fn counts(&self, request: &Request) -> Result<(i32, i32)> {
        let counts = request.loaders().knowledge.counts.load((self.0.id, reader(request))).await?;
        let (articles, faqs) = counts.map_or((0, 0), |counts| *counts);
        Ok((int(articles.unsigned_abs())?, int(faqs.unsigned_abs())?))
    }

    /// The first page of many categories is one statement.
    async fn list_articles(&self, request: &Request, args: PageArgs, total: bool) -> Result<ArticleConnection> {
        use article::Column as A;
        let (id, reader) = (self.0.id, reader(request));
        let checked = args.check("updatedAt", true, &(id, "articles"), MAX_PAGE)?;
        let key = |row: &article::Model| Key { value: row.updated_at.0, id: row.id.0 };
        let total = if total { self.counts(request).await?.0 } else { 0 };
        let page = match first_of(&args) {
            Some(limit) => {
                let rows = request.loaders().knowledge.articles.load((id, reader, limit + 1)).await?;
                checked.first_page(rows.iter().flat_map(|rows| rows.iter()).cloned(), key)
            }
            None => {
                let select = article::Entity::find().filter(reader.articles()).filter(A::CategoryId.eq(id));
                checked.load(&request.desk.db.read, select, A::UpdatedAt, A::Id, key).await?
            }
        };
        Ok(ArticleConnection::new(page, total, Article::from))
    }

    /// The first page of many categories is one statement.
    async fn list_faqs(&self, request: &Request, args: PageArgs, total: bool) -> Result<FaqConnection> {
        use faq::Column as F;
        let (id, reader) = (self.0.id, reader(request));
        let checked = args.check("rank", false, &(id, "faqs"), MAX_PAGE)?;
        let key = |row: &faq::Model| Key { value: row.rank, id: row.id.0 };
        let total = if total { self.counts(request).await?.1 } else { 0 };
        let page = match first_of(&args) {
            Some(limit) => {
                let rows = request.loaders().knowledge.faqs.load((id, reader, limit + 1)).await?;
                checked.first_page(rows.iter().flat_map(|rows| rows.iter()).cloned(), key)
            }
            None => {
                let select = faq::Entity::find().filter(reader.faqs()).filter(F::CategoryId.eq(id));
                checked.load(&request.desk.db.read, select, F::Rank, F::Id, key).await?
            }
        };
        Ok(FaqConnection::new(page, total, Faq::from))
    }
}

/// How many rows the first page has, if it is the first page that is asked for.
fn first_of(args: &PageArgs) -> Option<u64> {
    let is_first = args.after.is_none() && args.last.is_none() && args.before.is_none();
    is_first.then(|| u64::from(args.first.map_or(DEFAULT_PAGE, i32::unsigned_abs)))
}
