//! Slugs that no other article or category has.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, SqlErr};

use super::article::{self, former_slug};
use super::category;
use crate::error::{Code, Error, Result};
use crate::ids::ArticleId;
use crate::text::{SLUG_MAX, slug};

/// How many endings are tried with one statement.
const AT_ONCE: usize = 50;

/// Whose slugs.
#[derive(Clone, Copy)]
pub enum Of {
    /// Of articles, present and former ones.
    Articles,
    /// Of categories.
    Categories,
}

/// The slug of `title`, with the first of `-2`, `-3` … appended that makes it unlike all others.
pub async fn free(conn: &impl ConnectionTrait, of: Of, title: &str, otherwise: &str) -> Result<String> {
    let base = match slug(title) {
        empty if empty.is_empty() => otherwise.to_owned(),
        slug => slug,
    };
    if taken(conn, of, vec![base.clone()]).await?.is_empty() {
        return Ok(base);
    }
    // Room for the ending.
    let base: String = base.chars().take(SLUG_MAX - 8).collect();
    let base = base.trim_end_matches('-');
    let mut next = 2;
    loop {
        let wishes: Vec<String> = (next..next + AT_ONCE).map(|nth| format!("{base}-{nth}")).collect();
        let taken = taken(conn, of, wishes.clone()).await?;
        if let Some(free) = wishes.into_iter().find(|wish| !taken.contains(wish)) {
            return Ok(free);
        }
        next += AT_ONCE;
    }
}

/// Refuses a slug that another article has. One that another article had before is free to take.
///
/// # Errors
/// `ALREADY_EXISTS` at `slug`.
pub async fn of_article(conn: &impl ConnectionTrait, wish: &str, mine: Option<ArticleId>) -> Result<()> {
    let holder = article::Entity::find().filter(article::Column::Slug.eq(wish)).one(conn).await?;
    if holder.is_some_and(|holder| Some(holder.id) != mine) {
        return Err(exists());
    }
    former_slug::Entity::delete_many().filter(former_slug::Column::Slug.eq(wish)).exec(conn).await?;
    Ok(())
}

/// Refuses a slug that another category has.
///
/// # Errors
/// `ALREADY_EXISTS` at `slug`.
pub async fn of_category(conn: &impl ConnectionTrait, wish: &str) -> Result<()> {
    let holder = category::Entity::find().filter(category::Column::Slug.eq(wish)).one(conn).await?;
    if holder.is_some() { Err(exists()) } else { Ok(()) }
}

/// A slug that somebody else took between our look and our insert.
pub fn taken_meanwhile(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => exists(),
        _ => error.into(),
    }
}

fn exists() -> Error {
    Error::with(Code::AlreadyExists, "This slug is taken.").at("slug").hint("Choose another, or leave it out.")
}

async fn taken(conn: &impl ConnectionTrait, of: Of, slugs: Vec<String>) -> Result<HashSet<String>, DbErr> {
    let mut taken: Vec<String> = match of {
        Of::Categories => {
            let any = category::Column::Slug.is_in(slugs);
            category::Entity::find()
                .select_only()
                .column(category::Column::Slug)
                .filter(any)
                .into_tuple()
                .all(conn)
                .await?
        }
        Of::Articles => {
            let any = article::Column::Slug.is_in(slugs.clone());
            let mut taken: Vec<String> = article::Entity::find()
                .select_only()
                .column(article::Column::Slug)
                .filter(any)
                .into_tuple()
                .all(conn)
                .await?;
            let any = former_slug::Column::Slug.is_in(slugs);
            let former = former_slug::Entity::find().filter(any).all(conn).await?;
            taken.extend(former.into_iter().map(|row| row.slug));
            taken
        }
    };
    Ok(taken.drain(..).collect())
}
