//! Imports of public data sets.

use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use sea_orm::EntityTrait;

use super::{counts, desk, import_tickets};
use crate::import::progress::Silent;
use crate::import::{Options, articles};
use crate::knowledge::{article, loaders};

/// In the folder that `DESKGRAPH_DATA_SETS` names, or beside the repository.
#[tokio::test]
async fn real_sets_are_imported_once() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("DESKGRAPH_DATA_SETS").map_or_else(beside, PathBuf::from);
    if !data.is_dir() {
        // Straight to standard error: the test harness hides what passing tests print.
        let _ =
            writeln!(std::io::stderr(), "skipped: importing public data sets; there are none in {}", data.display());
        return;
    }
    let (desk, _folder) = desk().await;
    let options =
        |path: &str| Options { path: data.join(path), source: Some(path.split('/').next().unwrap().to_owned()) };
    for (path, count) in [("arduino-help/articles.jsonl", 414), ("stackfaq-threads/corpus.jsonl", 125)] {
        let summary = articles(&desk, &options(path), &mut Silent).await.unwrap();
        assert_eq!(counts(&summary), (count, 0, 0), "{path}: {:?}", summary.rejected);
        assert_eq!(counts(&articles(&desk, &options(path), &mut Silent).await.unwrap()), (0, count, 0));
    }
    for (path, count) in
        [("it-tickets/tickets.csv", 2715), ("bitext-support/train.csv", 6480), ("hint3-sofmattress/train.csv", 328)]
    {
        let summary = import_tickets(&desk, &options(path)).await;
        assert_eq!(counts(&summary), (count, 0, 0), "{path}: {:?}", summary.rejected);
        assert_eq!(counts(&import_tickets(&desk, &options(path)).await), (0, count, 0));
    }
    let rows = article::Entity::find().all(&desk.db.read).await.unwrap();
    let slugs: HashSet<_> = rows.iter().map(|row| row.slug.as_str()).collect();
    assert_eq!(slugs.len(), rows.len());
    let tags = loaders::tags(&desk.db.read, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await.unwrap();
    assert!(tags.values().any(|tags| tags.contains(&"upload".to_owned())));
}
