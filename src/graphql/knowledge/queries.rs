//! Asking for articles, FAQs and categories. Nobody has to be signed in for what is published for everybody.

use async_graphql::{Context, InputObject, Object};
use sea_orm::{EntityTrait, PaginatorTrait, QueryFilter};

use super::{Article, ArticleConnection, Faq, FaqConnection, KnowledgeCategory, KnowledgeCategoryConnection, reader};
use crate::db::page::{Key, MAX_PAGE, PageArgs};
use crate::error::{Code, Error, Result};
use crate::graphql::connection::{args, int, wants_total};
use crate::graphql::context::{Refuse, Request};
use crate::graphql::tickets::OrderDirection;
use crate::ids::{ArticleId, FaqId, KnowledgeCategoryId};
use crate::knowledge::access::KnowledgeStatus;
use crate::knowledge::filter::{ArticleFilter, ArticleOrderField, FaqFilter, FaqOrderField};
use crate::knowledge::{article, category, faq, find, popular, views};
use crate::say;

/// The order of a list of articles.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct ArticleOrder {
    /// By what.
    #[graphql(default_with = "ArticleOrderField::UpdatedAt")]
    field: ArticleOrderField,
    /// Which way.
    #[graphql(default_with = "OrderDirection::Desc")]
    direction: OrderDirection,
}

/// The order of a list of FAQs.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct FaqOrder {
    /// By what.
    #[graphql(default_with = "FaqOrderField::Position")]
    field: FaqOrderField,
    /// Which way. Default: ascending by position, descending by anything else.
    direction: Option<OrderDirection>,
}

/// The root fields about the knowledge base.
#[derive(Default)]
pub struct KnowledgeQueries;

#[Object]
impl KnowledgeQueries {
    /// The article with this id. Null if there is none, or if it is not yours to read. Counts as a view of it.
    async fn article(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The article's id.")] id: ArticleId,
    ) -> Option<async_graphql::Result<Article>> {
        let request = Request::of(ctx);
        let row = find::article(&request.desk, &request.actor(), id).await.refuse(request);
        row.map(|row| row.map(|row| read(request, row))).transpose()
    }

    /// The article with this slug, or that had it before. Compare `slug` to know whether to redirect. Null if there is none, or if
    /// it is not yours to read. Counts as a view of it.
    async fn article_by_slug(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Such as `reset-my-password`.")] slug: String,
    ) -> Option<async_graphql::Result<Article>> {
        let request = Request::of(ctx);
        let row = find::article_by_slug(&request.desk, &request.actor(), &slug).await.refuse(request);
        row.map(|row| row.map(|row| read(request, row))).transpose()
    }

    /// The articles that you can read, narrowed by `filter`, last changed first unless `orderBy` says otherwise. Who writes sees
    /// drafts and archived ones, too.
    #[allow(clippy::too_many_arguments)]
    async fn articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which articles.")] filter: Option<ArticleFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<ArticleOrder>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
        #[graphql(desc = "Skip so many, for clients with page numbers: up to 10,000.")] offset: Option<i32>,
    ) -> async_graphql::Result<ArticleConnection> {
        let request = Request::of(ctx);
        let args = PageArgs { first, after, last, before, offset };
        articles(request, filter.unwrap_or_default(), order_by, args, wants_total(ctx)).await.refuse(request)
    }

    /// The articles that are read most at present: the published ones that you can read, by their views on the last `days` days, today
    /// included, most views first; equal ones: the newer first. Articles without a view on those days are not among them. Days are
    /// those of UTC, and there are never more than 100 popular articles.
    #[allow(clippy::too_many_arguments)]
    async fn popular_articles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many days count: 1 to 365.", default = 30)] days: i32,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<ArticleConnection> {
        let request = Request::of(ctx);
        popular_articles(request, days, args(first, after, last, before)).await.refuse(request)
    }

    /// The FAQ with this id. Null if there is none, or if it is not yours to read. Counts as a view of it.
    async fn faq(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The FAQ's id.")] id: FaqId,
    ) -> Option<async_graphql::Result<Faq>> {
        let request = Request::of(ctx);
        let row = find::faq(&request.desk, &request.actor(), id).await.refuse(request);
        row.map(|row| {
            row.map(|row| {
                if row.status == KnowledgeStatus::Published {
                    request.views.faq(row.id);
                }
                Faq::from(row)
            })
        })
        .transpose()
    }

    /// The FAQs that you can read, narrowed by `filter`: by category, and in each category in the order that its writers gave them,
    /// unless `orderBy` says otherwise. Who writes sees drafts, too.
    #[allow(clippy::too_many_arguments)]
    async fn faqs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which FAQs.")] filter: Option<FaqFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<FaqOrder>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<FaqConnection> {
        let request = Request::of(ctx);
        let args = args(first, after, last, before);
        faqs(request, filter.unwrap_or_default(), order_by, args, wants_total(ctx)).await.refuse(request)
    }

    /// The category with this id. Null if there is none.
    async fn knowledge_category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category's id.")] id: KnowledgeCategoryId,
    ) -> Option<async_graphql::Result<KnowledgeCategory>> {
        KnowledgeCategory::load(Request::of(ctx), id).await
    }

    /// All categories of the knowledge base, in their order.
    async fn knowledge_categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start, or after `after`. Default 25, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many before the end, or before `before`.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> async_graphql::Result<KnowledgeCategoryConnection> {
        let request = Request::of(ctx);
        categories(request, args(first, after, last, before), wants_total(ctx)).await.refuse(request)
    }
}

async fn articles(
    request: &Request,
    filter: ArticleFilter,
    order: Option<ArticleOrder>,
    args: PageArgs,
    wants_total: bool,
) -> Result<ArticleConnection> {
    let wanted = filter.condition().map_err(|error| error.at("filter"))?;
    let field = order.map_or(ArticleOrderField::UpdatedAt, |order| order.field);
    let descending = order.is_none_or(|order| order.direction == OrderDirection::Desc);
    let page = args.check(&format!("{field:?}"), descending, &filter, MAX_PAGE)?;
    let db = &request.desk.db.read;
    let select = article::Entity::find().filter(reader(request).articles()).filter(wanted);
    let total = if wants_total { int(select.clone().count(db).await?)? } else { 0 };
    let key = |row: &article::Model| Key { value: field.value(row), id: row.id.0 };
    let rows = page.load(db, select, field.column(), article::Column::Id, key).await?;
    Ok(ArticleConnection::new(rows, total, Article::from))
}

async fn faqs(
    request: &Request,
    filter: FaqFilter,
    order: Option<FaqOrder>,
    args: PageArgs,
    wants_total: bool,
) -> Result<FaqConnection> {
    let wanted = filter.condition().map_err(|error| error.at("filter"))?;
    let order = order.unwrap_or(FaqOrder { field: FaqOrderField::Position, direction: None });
    let field = order.field;
    let default = if field == FaqOrderField::Position { OrderDirection::Asc } else { OrderDirection::Desc };
    let descending = order.direction.unwrap_or(default) == OrderDirection::Desc;
    let page = args.check(&format!("{field:?}"), descending, &filter, MAX_PAGE)?;
    let db = &request.desk.db.read;
    let select = faq::Entity::find().filter(reader(request).faqs()).filter(wanted);
    let total = if wants_total { int(select.clone().count(db).await?)? } else { 0 };
    let key = |row: &faq::Model| Key { value: field.value(row), id: row.id.0 };
    let rows = page.load(db, select, field.column(), faq::Column::Id, key).await?;
    Ok(FaqConnection::new(rows, total, Faq::from))
}

async fn popular_articles(request: &Request, days: i32, args: PageArgs) -> Result<ArticleConnection> {
    if !(1..=365).contains(&days) {
        return Err(Error::with(Code::BadUserInput, say!("`days` is from 1 to 365, not {days}.", days)).at("days"));
    }
    let page = args.check("popular", true, &days, MAX_PAGE)?;
    let since = views::day_of(request.desk.clock.now()) - (days - 1);
    let rows = popular::since(&request.desk.db.read, reader(request), since).await?;
    let total = int(rows.len() as u64)?;
    let page = page.within(rows, |(views, row)| Key { value: *views, id: row.id.0 });
    Ok(ArticleConnection::new(page, total, |(_, row)| Article::from(row)))
}

/// An article that is answered to be read.
fn read(request: &Request, row: article::Model) -> Article {
    if row.status == KnowledgeStatus::Published {
        request.views.article(row.id, request.desk.clock.now());
    }
    Article::from(row)
}

async fn categories(request: &Request, args: PageArgs, wants_total: bool) -> Result<KnowledgeCategoryConnection> {
    let page = args.check("position", false, &"categories", MAX_PAGE)?;
    let db = &request.desk.db.read;
    let select = category::Entity::find();
    let total = if wants_total { int(select.clone().count(db).await?)? } else { 0 };
    let key = |row: &category::Model| Key { value: row.position.into(), id: row.id.0 };
    let rows = page.load(db, select, category::Column::Position, category::Column::Id, key).await?;
    Ok(KnowledgeCategoryConnection::new(rows, total, KnowledgeCategory::from))
}
