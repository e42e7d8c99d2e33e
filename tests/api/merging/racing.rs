//! Many at once: merges that cross, and comments while tickets are merged and taken apart again.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{thread, unmerge};
use crate::desk_test;
use crate::harness::{Person, user_errors};

async fn try_merge(person: &Person, ticket: &str, into: &str) -> Vec<String> {
    user_errors(&person.attempt("ticketMerge", json!({"ticketId": ticket, "intoId": into}), "ticket { id }").await)
}

desk_test! {
    // S1-57, S1-101: of two merges that cross one is done, and the other is told why not.
    async fn merges_that_cross_never_make_a_circle(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        for _ in 0..5 {
            let (one, two) = (ann.open_ticket("Printer one").await, ann.open_ticket("Printer two").await);
            let (there, back) = tokio::join!(try_merge(&ada, &one, &two), try_merge(&ada, &two, &one));
            let mut outcomes = [there, back];
            outcomes.sort();
            assert_eq!(outcomes, [vec![], vec!["INVALID_VALUE".to_owned()]]);
            let merged = [thread(&ada, &one).await["mergedInto"].is_null(), thread(&ada, &two).await["mergedInto"].is_null()];
            assert_ne!(merged[0], merged[1]);
        }
        // Three in a ring: at most two of the three can be.
        let mut ring = Vec::new();
        for nth in 0..3 {
            ring.push(ann.open_ticket(&format!("Printer {nth}")).await);
        }
        let outcomes = join_all((0..3).map(|nth| try_merge(&ada, &ring[nth], &ring[(nth + 1) % 3]))).await;
        assert_eq!(outcomes.iter().filter(|errors| errors.is_empty()).count(), 2, "{outcomes:?}");
        let mut ends = Vec::new();
        for id in &ring {
            let seen = thread(&ada, id).await;
            ends.push(seen["mergedInto"]["id"].as_str().unwrap_or(id).to_owned());
        }
        assert!(ends.iter().all(|end| *end == ends[0]), "all go on at one: {ends:?}");
    }
}

desk_test! {
    // S1-57, S1-101: whatever happens at once, each comment is there once, and every count is true.
    async fn comments_are_neither_lost_nor_doubled_while_tickets_are_merged(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (one, two) = (ann.open_ticket("Printer one").await, ann.open_ticket("Printer two").await);
        let write = async |ticket: &str, name: &str| {
            for nth in 0..12 {
                let input = json!({"ticketId": ticket, "body": format!("{name} {nth}")});
                ann.do_it("commentAdd", input, "comment { id }").await;
            }
        };
        let turn = async || {
            // So often that whoever writes finds it changed several times in a row.
            for _ in 0..20 {
                assert_eq!(try_merge(&ada, &one, &two).await, Vec::<String>::new());
                unmerge(&ada, &one).await;
            }
            assert_eq!(try_merge(&ada, &one, &two).await, Vec::<String>::new());
        };
        tokio::join!(write(&one, "one"), write(&two, "two"), turn());
        let all = "query($id: ID!) { ticket(id: $id) { commentCount messageCounts { total } comments(first: 100) { totalCount nodes { body } } } }";
        let seen = ada.run(all, json!({"id": two})).await["ticket"].take();
        assert_eq!((&seen["commentCount"], &seen["messageCounts"]["total"], &seen["comments"]["totalCount"]), (&json!(24), &json!(24), &json!(24)));
        let mut words: Vec<&str> = seen["comments"]["nodes"].as_array().unwrap().iter().map(|node| node["body"].as_str().unwrap()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 24);
        // Whoever wrote on the one reads all their words there, merged or not.
        let read = async || {
            let seen = ann.run(all, json!({"id": one})).await["ticket"].take();
            let words: Vec<Value> = seen["comments"]["nodes"].as_array().unwrap().iter().map(|node| node["body"].clone()).collect();
            assert_eq!(seen["commentCount"], words.len());
            assert_eq!(words.iter().filter(|body| body.as_str().unwrap().starts_with("one")).count(), 12);
            assert_eq!(words.len(), 12);
        };
        read().await;
        unmerge(&ada, &one).await;
        read().await;
        let seen = ada.run(all, json!({"id": two})).await["ticket"].take();
        assert_eq!(seen["commentCount"], seen["comments"]["nodes"].as_array().unwrap().len());
    }
}
