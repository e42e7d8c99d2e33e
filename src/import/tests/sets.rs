//! Imports of public data sets, and of very many tickets.

use std::collections::HashSet;
use std::path::Path;

use sea_orm::EntityTrait;
use serde_json::json;

use super::{counts, desk, file, import_tickets};
use crate::import::progress::Silent;
use crate::import::{Options, articles, tickets};
use crate::knowledge::{article, loaders};

/// Where `DESKGRAPH_TEST_DATA` names the folder of the sets.
#[tokio::test]
async fn real_sets_are_imported_once() {
    let Ok(data) = std::env::var("DESKGRAPH_TEST_DATA") else { return };
    let data = Path::new(&data);
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

/// Not a test of anything but time: `IMPORT_ROWS=100000 cargo test --lib import::tests::speed -- --nocapture --ignored`.
#[tokio::test]
#[ignore = "takes a minute"]
async fn speed() {
    let count: usize = std::env::var("IMPORT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(100_000);
    let (desk, folder) = desk().await;
    let mut text = String::new();
    for nth in 0..count {
        let minute = nth % 60;
        let row = json!({"id": nth, "title": format!("Ticket {nth} about the router"), "description": "It blinks red. ".repeat(20),
            "status": if nth % 3 == 0 { "closed" } else { "open" }, "priority": "high", "tags": ["router", format!("t{}", nth % 50)],
            "requester": {"email": format!("c{}@example.com", nth % 5_000)}, "assignee": {"email": format!("a{}@desk.example", nth % 20)},
            "created_at": format!("2024-{:02}-{:02}T10:{minute:02}:00Z", nth % 12 + 1, nth % 28 + 1),
            "comments": [{"author": {"email": format!("a{}@desk.example", nth % 20)}, "body": "We look into it.",
                "created_at": format!("2024-12-{:02}T12:00:00Z", nth % 28 + 1)}]});
        text.push_str(&row.to_string());
        text.push('\n');
    }
    let options: Options = file(&folder, "many.jsonl", text);
    let before = std::time::Instant::now();
    let summary = tickets(&desk, &options, &mut Silent).await.unwrap();
    let seconds = before.elapsed().as_secs_f64();
    println!("{summary}; {seconds:.1} s, {:.0} tickets/s", count as f64 / seconds);
    let before = std::time::Instant::now();
    let summary = tickets(&desk, &options, &mut Silent).await.unwrap();
    println!("{summary}; {:.1} s", before.elapsed().as_secs_f64());
}
