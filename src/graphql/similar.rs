//! The loaders of what is most like an article or a ticket: one look into the index and one into the database, however many ask.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use sea_orm::DbErr;

use super::context::Rooms;
use super::loaders::Loader;
use crate::access::Actor;
use crate::error::{Code, Error, Result};
use crate::ids::{ArticleId, TicketId};
use crate::knowledge::article;
use crate::say;
use crate::tickets::ticket;

/// How many similar ones may be asked for.
const MOST: i32 = 20;

/// Checks how many similar ones are asked for.
///
/// # Errors
/// `BAD_USER_INPUT` at `first`.
pub fn limit(first: i32) -> Result<usize> {
    match usize::try_from(first) {
        Ok(limit) if first <= MOST => Ok(limit),
        _ => Err(Error::with(
            Code::BadUserInput,
            say!("`first` is from 0 to {max} here, not {first}.", max = MOST, first),
        )
        .at("first")),
    }
}

/// What a loader found.
///
/// # Errors
/// `UNAVAILABLE` while the index is being built.
pub fn found<M: Clone, N: From<M>>(rows: Option<Arc<Vec<M>>>) -> Result<Vec<N>> {
    let rows = rows.ok_or_else(|| Error::new(Code::Unavailable))?;
    Ok(rows.iter().cloned().map(N::from).collect())
}

/// What is most like articles.
pub fn articles(rooms: &Arc<Rooms>, actor: &Arc<Actor>) -> Loader<(ArticleId, usize), Vec<article::Model>> {
    let (rooms, actor) = (rooms.clone(), actor.clone());
    Loader::over(Arc::new(move |keys| {
        let (rooms, actor) = (rooms.clone(), actor.clone());
        Box::pin(async move { settle(rooms.search.related_articles(&rooms.desk, &actor, keys).await) })
    }))
}

/// What is most like tickets.
pub fn tickets(rooms: &Arc<Rooms>, actor: &Arc<Actor>) -> Loader<(TicketId, usize), Vec<ticket::Model>> {
    let (rooms, actor) = (rooms.clone(), actor.clone());
    Loader::over(Arc::new(move |keys| {
        let (rooms, actor) = (rooms.clone(), actor.clone());
        Box::pin(async move { settle(rooms.search.similar_tickets(&rooms.desk, &actor, keys).await) })
    }))
}

/// An index that does not answer leaves its keys out: see [`found`].
fn settle<K: Eq + Hash, M>(result: Result<HashMap<K, Vec<M>>>) -> Result<HashMap<K, Vec<M>>, DbErr> {
    match result {
        Err(error) if error.code() == Code::Unavailable => Ok(HashMap::new()),
        other => other.map_err(|error| DbErr::Custom(error.to_string())),
    }
}
