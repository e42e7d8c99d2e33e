//! What nobody uses is removed, by the clock that tests move.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::desk_test;
use crate::harness::{Desk, PASSWORD, PDF, PNG, eventually};

fn files_in(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { files_in(&entry.path()) } else { 1 }).sum()
}

/// How many files the desk keeps.
pub fn bytes_on_disk(desk: &Desk) -> usize {
    files_in(&desk.folder().join("files"))
}

desk_test! {
    async fn uploads_that_nobody_uses_are_removed_after_a_day_and_used_ones_stay(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("My screen").await;
        let (used, unused) = (ann.upload("1.pdf", "application/pdf", PDF).await, ann.upload("2.png", "image/png", PNG).await);
        ann.announce("never.pdf", "application/pdf", PDF.len()).await;
        ann.do_it("ticketAttach", json!({"ticketId": id, "attachments": [used]}), "ticket { id }").await;
        assert_eq!(bytes_on_disk(desk), 2);
        desk.clock.advance_real(Duration::from_secs(24 * 3600 - 300));
        let ann = desk.sign_in("ann@desk.test", PASSWORD).await;
        // Waited for a sweep that has something to do, so that it is known to have run: it leaves the younger one alone.
        let deleted = ann.upload("3.pdf", "application/pdf", PDF).await;
        ann.do_it("attachmentDelete", json!({"attachmentId": deleted}), "attachment { id }").await;
        desk.clock.advance_real(Duration::from_secs(61));
        eventually("the deleted one is swept", async || bytes_on_disk(desk) == 2).await;
        desk.clock.advance_real(Duration::from_secs(300));
        eventually("the unused one is swept", async || bytes_on_disk(desk) == 1).await;
        let ann = desk.sign_in("ann@desk.test", PASSWORD).await;
        assert_eq!(ann.refused("ticketAttach", json!({"ticketId": id, "attachments": [unused]})).await["code"], "NOT_FOUND");
        let read = "query($id: ID!) { ticket(id: $id) { attachments { nodes { id download { url } } } } }";
        let seen = ann.run(read, json!({"id": id})).await["ticket"]["attachments"]["nodes"].take();
        assert_eq!(seen.as_array().unwrap().len(), 1);
        assert_eq!(ann.fetch(&seen[0]["download"]["url"]).await.bytes().await.unwrap(), PDF);
    }
}
