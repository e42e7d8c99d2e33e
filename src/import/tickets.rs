//! Imports tickets from a file.

use std::collections::HashSet;

use futures_util::future::BoxFuture;

use super::lines::Rows;
use super::run::Run;
use super::store_tickets::TicketsImport;
use super::ticket_row::{self, Checker};
use super::{Failure, Options, Progress, Summary};
use crate::desk::Desk;

/// Imports the tickets of a file (lines of JSON, or CSV), with their people and comments.
///
/// The file is read twice: first to count the rows and to find out who works at the desk.
///
/// # Errors
/// When the file cannot be read or the desk cannot go on. Rows at fault are in the summary instead.
pub fn tickets<'a>(
    desk: &'a Desk,
    options: &'a Options,
    progress: &'a mut dyn Progress,
) -> BoxFuture<'a, Result<Summary, Failure>> {
    Box::pin(taken(desk, options, progress))
}

async fn taken(desk: &Desk, options: &Options, progress: &mut dyn Progress) -> Result<Summary, Failure> {
    let source = options.source()?;
    let path = &options.path;
    let unreadable = |error| Failure::Unreadable(path.clone(), error);
    let (mut total, mut staff) = (0, HashSet::new());
    let rows = Rows::open(path).map_err(unreadable)?;
    if let Some(columns) = rows.columns() {
        let has = |names: &[&str]| columns.iter().any(|column| names.contains(&column.as_str()));
        if !has(&["id", "external_id", "number", "key"]) || !has(&["title", "subject", "summary", "text"]) {
            let reason = format!("its columns are {}: tickets need at least id and title", columns.join(", "));
            return Err(Failure::Shape(path.clone(), reason));
        }
    }
    for row in rows {
        total += 1;
        if let (_, Ok(map)) = row.map_err(unreadable)? {
            staff.extend(ticket_row::assignee(&map));
        }
    }
    let checker = Checker::new(&desk.profile, desk.clock.now(), staff);
    let named = source.clone();
    let mut run = Run::new(desk, source, total, progress, |rows| TicketsImport { source: named.clone(), rows });
    for row in Rows::open(path).map_err(unreadable)? {
        let (line, map) = row.map_err(unreadable)?;
        let place = format!("line {line}");
        let row = map.and_then(|map| checker.check(place.clone(), map));
        run.take(place, row).await?;
    }
    run.finish().await
}
