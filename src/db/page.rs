//! Keyset paging for connections: page cursors, the checks of their arguments, and the query.
//!
//! A page cursor holds the order it was made for, the value and the id of its row, and a fingerprint of the filter; it is refused
//! for any other order or filter. Lists are ordered by non-null integer columns only, the id always the last key: the order of
//! nulls and of text differs between databases.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order, Query, WindowStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use crate::error::{Code, Error, Result};

/// How many rows a page has when the client does not say.
pub const DEFAULT_PAGE: u32 = 25;
/// How many rows a page may have.
pub const MAX_PAGE: u32 = 100;
/// How far `offset` may reach; cursors reach any row.
pub const MAX_OFFSET: u32 = 10_000;

/// The paging arguments of a connection, as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageArgs {
    /// So many rows from the start or after `after`.
    pub first: Option<i32>,
    /// Only rows after this cursor.
    pub after: Option<String>,
    /// So many rows before the end or before `before`.
    pub last: Option<i32>,
    /// Only rows before this cursor.
    pub before: Option<String>,
    /// Skip so many rows: for clients with page numbers.
    pub offset: Option<i32>,
}

/// The arguments after the checks.
#[derive(Clone, Debug)]
pub struct PageRequest {
    limit: u64,
    offset: u64,
    after: Option<Key>,
    before: Option<Key>,
    backward: bool,
    descending: bool,
    stamp: u32,
}

/// Where a row stands in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The value of the column that the list is ordered by.
    pub value: i64,
    /// The row's id.
    pub id: Uuid,
}

/// Rows of one page, in the order of the list.
#[derive(Clone, Debug)]
pub struct Page<M> {
    /// The rows with their cursors.
    pub rows: Vec<(String, M)>,
    /// Whether there is more after the last.
    pub has_next: bool,
    /// Whether there is more before the first.
    pub has_previous: bool,
}

impl PageArgs {
    /// Checks the arguments for a list ordered by `field`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` at the argument that is wrong: negative or too large sizes, `first` together with `last`, `offset` together with
    /// a cursor, a cursor that is malformed or of another list.
    pub fn check(&self, field: &str, descending: bool, filter: &impl Hash, max: u32) -> Result<PageRequest> {
        let size = |argument: &str, value: i32| match u32::try_from(value) {
            Ok(size) if size <= max => Ok(size),
            _ => refuse(argument, format!("`{argument}` is from 0 to {max} here, not {value}.")),
        };
        let (limit, backward) = match (self.first, self.last) {
            (Some(_), Some(_)) => return refuse("last", "Send either `first` or `last`, not both."),
            (Some(first), None) => (size("first", first)?, false),
            (None, Some(last)) => (size("last", last)?, true),
            (None, None) => (Ord::min(DEFAULT_PAGE, max), false),
        };
        let offset = match self.offset {
            None => 0,
            Some(_) if self.after.is_some() || self.before.is_some() || backward => {
                return refuse("offset", "`offset` goes with `first` only, not with a cursor.");
            }
            Some(offset) => match u32::try_from(offset) {
                Ok(offset) if offset <= MAX_OFFSET => offset,
                _ => return refuse("offset", format!("`offset` is from 0 to {MAX_OFFSET}; page on with `after`.")),
            },
        };
        let stamp = stamp(field, descending, filter);
        let key = |argument: &str, cursor: &Option<String>| match cursor {
            None => Ok(None),
            Some(text) => match Key::read(text) {
                Some((key, of)) if of == stamp => Ok(Some(key)),
                Some(_) => refuse(argument, "This cursor belongs to a list with another order or filter."),
                None => refuse(argument, "This is not a page cursor: send an `endCursor` or `startCursor`."),
            },
        };
        Ok(PageRequest {
            limit: limit.into(),
            offset: offset.into(),
            after: key("after", &self.after)?,
            before: key("before", &self.before)?,
            backward,
            descending,
            stamp,
        })
    }
}

fn refuse<T>(argument: &str, message: impl Into<String>) -> Result<T> {
    Err(Error::with(Code::BadUserInput, message).at(argument))
}

impl Key {
    fn write(self, stamp: u32) -> String {
        let mut bytes = [0u8; 28];
        bytes[..4].copy_from_slice(&stamp.to_be_bytes());
        bytes[4..12].copy_from_slice(&self.value.to_be_bytes());
        bytes[12..].copy_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read(text: &str) -> Option<(Self, u32)> {
        let bytes: [u8; 28] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let stamp = u32::from_be_bytes(bytes[..4].try_into().ok()?);
        let value = i64::from_be_bytes(bytes[4..12].try_into().ok()?);
        Some((Self { value, id: Uuid::from_slice(&bytes[12..]).ok()? }, stamp))
    }
}

fn stamp(field: &str, descending: bool, filter: &impl Hash) -> u32 {
    // DefaultHasher::new() has fixed keys: nodes of one version agree; after an upgrade an old cursor may be refused, never misread.
    let mut hasher = DefaultHasher::new();
    (field, descending).hash(&mut hasher);
    filter.hash(&mut hasher);
    hasher.finish() as u32
}

impl PageRequest {
    /// Loads the page of `select`, ordered by `column`, then by `id`.
    ///
    /// # Errors
    /// The database's.
    pub async fn load<E, C>(
        &self,
        conn: &C,
        select: Select<E>,
        column: E::Column,
        id: E::Column,
        key: impl Fn(&E::Model) -> Key,
    ) -> Result<Page<E::Model>>
    where
        E: EntityTrait,
        C: ConnectionTrait,
    {
        Ok(self.dress(self.read(conn, select, column, id).await?, key))
    }

    /// The rows of the page, for [`PageRequest::dress`].
    ///
    /// # Errors
    /// The database's.
    pub async fn read<E, C>(
        &self,
        conn: &C,
        select: Select<E>,
        column: E::Column,
        id: E::Column,
    ) -> Result<Vec<E::Model>>
    where
        E: EntityTrait,
        C: ConnectionTrait,
    {
        let order = self.order();
        let select = select.filter(self.between::<E>(column, id)).order_by(column, order.clone()).order_by(id, order);
        Ok(select.limit(self.limit + 1).offset(self.offset).all(conn).await?)
    }

    /// The rows of the same page of many lists, in one statement, for [`PageRequest::dress`]: those rows of `select` belong to one list
    /// that have the same `group`, as `of` reads it from a row. Lists without rows are missing.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_each<E, C>(
        &self,
        conn: &C,
        select: Select<E>,
        (column, id, group): (E::Column, E::Column, E::Column),
        of: impl Fn(&E::Model) -> Option<Uuid>,
    ) -> Result<HashMap<Uuid, Vec<E::Model>>>
    where
        E: EntityTrait,
        C: ConnectionTrait,
    {
        let order = self.order();
        let mut window = WindowStatement::partition_by(group);
        window.order_by(column, order.clone()).order_by(id, order.clone());
        let (nth, within) = (Alias::new("nth"), Alias::new("numbered"));
        let mut inner = select.filter(self.between::<E>(column, id)).select_only().column(id).into_query();
        inner.expr_window_as(Expr::cust("ROW_NUMBER()"), window, nth.clone());
        let last = i64::try_from(self.offset + self.limit + 1).unwrap_or(i64::MAX);
        let ids = Query::select()
            .column(id)
            .from_subquery(inner, within)
            .and_where(Expr::col(nth.clone()).gt(i64::try_from(self.offset).unwrap_or(i64::MAX)))
            .and_where(Expr::col(nth).lte(last))
            .to_owned();
        let rows = E::find().filter(id.in_subquery(ids)).order_by(column, order.clone()).order_by(id, order);
        let mut lists: HashMap<Uuid, Vec<E::Model>> = HashMap::new();
        for row in rows.all(conn).await? {
            if let Some(list) = of(&row) {
                lists.entry(list).or_default().push(row);
            }
        }
        Ok(lists)
    }

    /// The rows between the cursors.
    fn between<E: EntityTrait>(&self, column: E::Column, id: E::Column) -> Condition {
        Condition::all()
            .add_option(self.after.map(|key| self.beyond::<E>(column, id, key, self.descending)))
            .add_option(self.before.map(|key| self.beyond::<E>(column, id, key, !self.descending)))
    }

    /// The direction in which rows are read.
    fn order(&self) -> Order {
        if self.descending != self.backward { Order::Desc } else { Order::Asc }
    }

    /// Makes a page of the rows as they were read, one more than asked for if there are more.
    pub fn dress<M>(&self, mut rows: Vec<M>, key: impl Fn(&M) -> Key) -> Page<M> {
        let more = rows.len() as u64 > self.limit;
        rows.truncate(self.limit as usize);
        if self.backward {
            rows.reverse();
        }
        let (has_next, has_previous) =
            if self.backward { (self.before.is_some(), more) } else { (more, self.after.is_some() || self.offset > 0) };
        let rows = rows.into_iter().map(|row| (key(&row).write(self.stamp), row)).collect();
        Page { rows, has_next, has_previous }
    }

    /// The first page of rows that were loaded elsewhere, one more than asked for if there are more.
    pub fn first_page<M>(&self, rows: impl Iterator<Item = M>, key: impl Fn(&M) -> Key) -> Page<M> {
        let mut rows: Vec<(String, M)> =
            rows.take(self.limit as usize + 1).map(|row| (key(&row).write(self.stamp), row)).collect();
        let has_next = rows.len() as u64 > self.limit;
        rows.truncate(self.limit as usize);
        Page { rows, has_next, has_previous: false }
    }

    /// The page of a whole list that is in memory, in its order.
    pub fn within<M>(&self, rows: Vec<M>, key: impl Fn(&M) -> Key) -> Page<M> {
        let is_beyond = |row: &M, other: Key, less: bool| {
            let (mine, other) = ((key(row).value, key(row).id), (other.value, other.id));
            if less { mine < other } else { mine > other }
        };
        let mut rows: Vec<M> = rows
            .into_iter()
            .filter(|row| self.after.is_none_or(|after| is_beyond(row, after, self.descending)))
            .filter(|row| self.before.is_none_or(|before| is_beyond(row, before, !self.descending)))
            .skip(usize::try_from(self.offset).unwrap_or(usize::MAX))
            .collect();
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        let (has_next, has_previous) = match self.backward {
            true => (self.before.is_some(), more),
            false => (more, self.after.is_some() || self.offset > 0),
        };
        if self.backward {
            rows.drain(..rows.len().saturating_sub(limit));
        }
        rows.truncate(limit);
        let rows = rows.into_iter().map(|row| (key(&row).write(self.stamp), row)).collect();
        Page { rows, has_next, has_previous }
    }

    /// `(column, id) > (value, id)` or `<`, as a row value: one range of the index on both databases.
    fn beyond<E: EntityTrait>(
        &self,
        column: E::Column,
        id: E::Column,
        key: Key,
        less: bool,
    ) -> sea_orm::sea_query::SimpleExpr {
        let row = Expr::tuple([Expr::col(column.as_column_ref()), Expr::col(id.as_column_ref())]);
        let value = Expr::tuple([Expr::value(key.value), Expr::value(key.id)]);
        if less { row.lt(value) } else { row.gt(value) }
    }
}
