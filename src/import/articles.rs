//! Imports articles from a file or a folder.

use futures_util::future::BoxFuture;

use super::lines::Rows;
use super::run::Run;
use super::store_articles::ArticlesImport;
use super::{Failure, Options, Progress, Summary, article_row, markdown};
use crate::desk::Desk;

/// Imports the articles of a file (lines of JSON, or CSV) or of a folder of Markdown files.
///
/// # Errors
/// When the file cannot be read or the desk cannot go on. Rows at fault are in the summary instead.
pub fn articles<'a>(
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
    let named = source.clone();
    let make = |rows| ArticlesImport { source: named.clone(), rows };
    let now = desk.clock.now();
    if path.is_dir() {
        let files = markdown::files(path).map_err(unreadable)?;
        let mut run = Run::new(desk, source, files.len() as u64, progress, make);
        for (relative, path) in files {
            let fields = markdown::read(&relative, &path);
            let row = fields.and_then(|map| article_row::check(&desk.profile, now, relative.clone(), &map));
            run.take(relative, row).await?;
        }
        return run.finish().await;
    }
    let mut total = 0;
    for row in Rows::open(path).map_err(unreadable)? {
        // Rows at fault are counted here and reported below.
        let _ = row.map_err(unreadable)?;
        total += 1;
    }
    let mut run = Run::new(desk, source, total, progress, make);
    for row in Rows::open(path).map_err(unreadable)? {
        let (line, map) = row.map_err(unreadable)?;
        let place = format!("line {line}");
        let row = map.and_then(|map| article_row::check(&desk.profile, now, place.clone(), &map));
        run.take(place, row).await?;
    }
    run.finish().await
}
