//! Finding articles, FAQs and categories, always in the scope of who asks.

use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::access::{self, Articles, Faqs};
use super::article::{self, former_slug};
use super::{category, faq};
use crate::access::{Actor, Permission, Scoped};
use crate::desk::{Desk, Outcome, Tx};
use crate::error::{Error, Result};
use crate::ids::{ArticleId, FaqId, KnowledgeCategoryId};

/// The condition under which the actor reads articles.
pub fn visible_articles(desk: &Desk, actor: &Actor) -> Condition {
    Articles::condition(actor, access::grants(desk, actor))
}

/// The condition under which the actor reads FAQs.
pub fn visible_faqs(desk: &Desk, actor: &Actor) -> Condition {
    Faqs::condition(actor, access::grants(desk, actor))
}

/// The articles with these ids that the actor reads.
pub async fn articles(desk: &Desk, actor: &Actor, ids: &[ArticleId]) -> Result<Vec<article::Model>, DbErr> {
    let any = article::Column::Id.is_in(ids.iter().copied());
    article::Entity::find().filter(any).filter(visible_articles(desk, actor)).all(&desk.db.read).await
}

/// The article, if the actor reads it.
pub async fn article(desk: &Desk, actor: &Actor, id: ArticleId) -> Result<Option<article::Model>, DbErr> {
    let this = article::Column::Id.eq(id);
    article::Entity::find().filter(this).filter(visible_articles(desk, actor)).one(&desk.db.read).await
}

/// The article with this slug, or that had it before, if the actor reads it.
pub async fn article_by_slug(desk: &Desk, actor: &Actor, slug: &str) -> Result<Option<article::Model>, DbErr> {
    let slug = slug.trim();
    let this = article::Column::Slug.eq(slug);
    let found = article::Entity::find().filter(this).filter(visible_articles(desk, actor)).one(&desk.db.read).await?;
    if found.is_some() {
        return Ok(found);
    }
    match former_slug::Entity::find_by_id(slug.to_owned()).one(&desk.db.read).await? {
        Some(former) => article(desk, actor, former.article_id).await,
        None => Ok(None),
    }
}

/// The FAQs with these ids that the actor reads.
pub async fn faqs(desk: &Desk, actor: &Actor, ids: &[FaqId]) -> Result<Vec<faq::Model>, DbErr> {
    let any = faq::Column::Id.is_in(ids.iter().copied());
    faq::Entity::find().filter(any).filter(visible_faqs(desk, actor)).all(&desk.db.read).await
}

/// The FAQ, if the actor reads it.
pub async fn faq(desk: &Desk, actor: &Actor, id: FaqId) -> Result<Option<faq::Model>, DbErr> {
    let this = faq::Column::Id.eq(id);
    faq::Entity::find().filter(this).filter(visible_faqs(desk, actor)).one(&desk.db.read).await
}

/// The category with this id. Categories are no secret.
pub async fn category(conn: &impl ConnectionTrait, id: KnowledgeCategoryId) -> Result<Option<category::Model>, DbErr> {
    category::Entity::find_by_id(id).one(conn).await
}

/// All categories, in their order.
pub async fn categories(conn: &impl ConnectionTrait) -> Result<Vec<category::Model>, DbErr> {
    category::Entity::find().order_by_asc(category::Column::Position).order_by_asc(category::Column::Id).all(conn).await
}

/// Locks an article that the actor reads.
///
/// # Errors
/// `NOT_FOUND` at `articleId`, whether there is none or it is not the actor's to read.
pub async fn lock_readable_article(tx: &Tx, id: ArticleId) -> Result<article::Model> {
    let row = article::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    row.filter(|row| tx.may::<Articles>(Permission::KnowledgeViewDrafts, &row.into()))
        .ok_or_else(|| Error::not_found("article").at("articleId"))
}

/// Locks an article for a change and checks that the actor reads it, may write it, and expects its version.
///
/// # Errors
/// `NOT_FOUND` at `articleId`, whether there is none or it is not the actor's to read; `FORBIDDEN`; `CONFLICT`.
pub async fn lock_article(tx: &mut Tx, id: ArticleId) -> Result<article::Model> {
    let row = lock_readable_article(tx, id).await?;
    access::allow_writing(tx, Permission::ArticleWrite, row.author_id)?;
    tx.expect_version(row.id.0, row.version)?;
    Ok(row)
}

/// Locks an FAQ that the actor reads.
///
/// # Errors
/// `NOT_FOUND` at `faqId`, whether there is none or it is not the actor's to read.
pub async fn lock_readable_faq(tx: &Tx, id: FaqId) -> Result<faq::Model> {
    let row = faq::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(tx.conn()).await?;
    row.filter(|row| tx.may::<Faqs>(Permission::KnowledgeViewDrafts, &row.into()))
        .ok_or_else(|| Error::not_found("FAQ").at("faqId"))
}

/// Locks an FAQ for a change and checks that the actor reads it, may write it, and expects its version.
///
/// # Errors
/// `NOT_FOUND` at `faqId`; `FORBIDDEN`; `CONFLICT`.
pub async fn lock_faq(tx: &mut Tx, id: FaqId) -> Result<faq::Model> {
    let row = lock_readable_faq(tx, id).await?;
    access::allow_writing(tx, Permission::FaqWrite, None)?;
    tx.expect_version(row.id.0, row.version)?;
    Ok(row)
}

/// Locks a category for a change and checks that the actor may write articles and expects its version.
///
/// # Errors
/// `NOT_FOUND` at `categoryId`; `FORBIDDEN`; `CONFLICT`.
pub async fn lock_category(tx: &mut Tx, id: KnowledgeCategoryId) -> Result<category::Model> {
    let row = category::Entity::find_by_id(id).lock(LockType::Update).one(tx.conn()).await?;
    let row = row.ok_or_else(|| Error::not_found("knowledge category").at("categoryId"))?;
    access::allow_writing(tx, Permission::ArticleWrite, None)?;
    tx.expect_version(row.id.0, row.version)?;
    Ok(row)
}

impl Outcome for article::Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        let visible = visible_articles(&tx.desk, &tx.actor);
        Ok(article::Entity::find().filter(article::Column::Id.eq(key)).filter(visible).one(tx.conn()).await?)
    }
}

impl Outcome for faq::Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        let visible = visible_faqs(&tx.desk, &tx.actor);
        Ok(faq::Entity::find().filter(faq::Column::Id.eq(key)).filter(visible).one(tx.conn()).await?)
    }
}

impl Outcome for category::Model {
    fn key(&self) -> Uuid {
        self.id.0
    }

    async fn reload(tx: &Tx, key: Uuid) -> Result<Option<Self>> {
        Ok(category(tx.conn(), KnowledgeCategoryId(key)).await?)
    }
}
