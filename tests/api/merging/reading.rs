//! What was merged is read as one.

use serde_json::{Value, json};

use super::{merge, note, notices, said, say, thread, unmerge};
use crate::desk_test;
use crate::harness::{PDF, Person};

/// The numbers of the tickets that a search finds.
async fn found(person: &Person, words: &str, at: &Value) -> Vec<String> {
    let document = "query($words: String!, $at: EventCursor!) { search(query: $words, kinds: [TICKET], consistentWith: $at) \
        { hits { node { ... on Ticket { id } } } } }";
    let found = person.run(document, json!({"words": words, "at": at})).await;
    let hits = found["search"]["hits"].as_array().unwrap();
    hits.iter().map(|hit| hit["node"]["id"].as_str().unwrap().to_owned()).collect()
}

desk_test! {
    // S1-57
    async fn two_conversations_are_read_as_one_in_the_order_of_time(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (one, two) = (ann.open_ticket("The printer is broken").await, ann.open_ticket("The printer still hums").await);
        let tick = || desk.advance(0.01);
        say(&ann, &one, "First").await;
        tick();
        say(&ann, &two, "Second").await;
        tick();
        note(&ada, &one, "A note").await;
        tick();
        say(&ada, &one, "Third").await;
        tick();
        let file = ann.upload("invoice.pdf", "application/pdf", PDF).await;
        ann.do_it("ticketAttach", json!({"ticketId": one, "attachments": [file]}), "ticket { id }").await;
        ada.do_it("ticketMarkRead", json!({"ticketId": two}), "ticket { id }").await;
        let input = json!({"ticketId": one, "intoId": two, "reason": "duplicate", "note": "The same printer."});
        let selection = "ticket { id mergedInto { id } status { stage } closeReason { key } mergedAt } notices { code }";
        let merged = ada.do_it("ticketMerge", input, selection).await;
        assert_eq!(merged["ticket"]["mergedInto"]["id"], two);
        assert_eq!(merged["ticket"]["status"]["stage"], "CLOSED");
        assert_eq!(merged["ticket"]["closeReason"]["key"], "duplicate");
        assert_eq!(merged["notices"], json!([]), "one person asked for both");
        tick();
        say(&ada, &two, "Fourth").await;

        let seen = thread(&ada, &two).await;
        assert_eq!(said(&seen), ["First", "Second", "A note", "Third", "Fourth"]);
        let on: Vec<&Value> = seen["comments"]["nodes"].as_array().unwrap().iter().map(|node| &node["ticket"]["id"]).collect();
        assert_eq!(on, [&one, &two, &one, &one, &two].map(|id| json!(id)).iter().collect::<Vec<_>>(), "each says whose it is");
        assert_eq!(seen["mergedTickets"], json!({"totalCount": 1, "nodes": [{"id": one}]}));
        assert_eq!(seen["attachments"], json!({"totalCount": 1, "nodes": [{"fileName": "invoice.pdf"}]}));
        assert_eq!(seen["messageCounts"], json!({"total": 5, "customer": 2, "staff": 3}));
        // Internal notes stay internal.
        let hers = thread(&ann, &two).await;
        assert_eq!(said(&hers), ["First", "Second", "Third", "Fourth"]);
        let old = thread(&ada, &one).await;
        assert_eq!(said(&old), ["First", "A note", "Third"], "the merged one still shows its own");
        assert_eq!(old["resolvedAt"], json!(null), "nobody resolved it");
        assert!(old["closedAt"].is_string() && old["mergedAt"].is_string());

        // Page by page, from both ends.
        let document = "query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { ticket(id: $id) \
            { comments(first: $first, after: $after, last: $last, before: $before) { nodes { body } pageInfo { endCursor startCursor hasNextPage } } } }";
        let mut words = Vec::new();
        let mut after = json!(null);
        loop {
            let page = ada.run(document, json!({"id": two, "first": 2, "after": after})).await["ticket"]["comments"].take();
            words.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["body"].as_str().unwrap().to_owned()));
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(words, ["First", "Second", "A note", "Third", "Fourth"]);
        let last = ann.run(document, json!({"id": two, "last": 2})).await;
        assert_eq!(last["ticket"]["comments"]["nodes"], json!([{"body": "Third"}, {"body": "Fourth"}]));

        // Their histories are one as well, and tell of the merge from both sides.
        let document = "query($id: ID!) { ticket(id: $id) { history(first: 100) { totalCount nodes { __typename kind ticketId \
            ... on TicketMergedEvent { into { id } note } ... on TicketMergeReceivedEvent { merged { id } newcomers { id } } } } } }";
        let history = ada.run(document, json!({"id": two})).await["ticket"]["history"].take();
        let nodes = history["nodes"].as_array().unwrap();
        assert_eq!(history["totalCount"], nodes.len());
        let of = |kind: &str| nodes.iter().filter(|node| node["kind"] == kind).collect::<Vec<_>>();
        assert_eq!(of("CREATED").len(), 2);
        assert_eq!(*of("MERGED")[0], json!({"__typename": "TicketMergedEvent", "kind": "MERGED", "ticketId": one,
            "into": {"id": two}, "note": "The same printer."}));
        assert_eq!(*of("MERGE_RECEIVED")[0], json!({"__typename": "TicketMergeReceivedEvent", "kind": "MERGE_RECEIVED", "ticketId": two,
            "merged": {"id": one}, "newcomers": []}));
        let hers = ann.run(document, json!({"id": two})).await["ticket"]["history"].take();
        let merged = hers["nodes"].as_array().unwrap().iter().find(|node| node["kind"] == "MERGED").unwrap().clone();
        assert_eq!(merged["note"], json!(null), "notes are for staff");
    }
}

desk_test! {
    // S1-57: who has read one has read the other.
    async fn what_is_unread_and_who_has_read_go_by_the_whole_conversation(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (one, two) = (ann.open_ticket("The printer is broken").await, ann.open_ticket("The printer still hums").await);
        say(&ada, &one, "Is it on?").await;
        desk.advance(0.01);
        say(&ada, &two, "Is it plugged in?").await;
        merge(&ada, &one, &two).await;
        let unread = async || {
            let read = ann.run("query($id: ID!) { ticket(id: $id) { unreadCount } viewer { unreadCount } }", json!({"id": two})).await;
            (read["ticket"]["unreadCount"].as_i64().unwrap(), read["viewer"]["unreadCount"].as_i64().unwrap())
        };
        assert_eq!(unread().await, (2, 2));
        ann.do_it("ticketMarkRead", json!({"ticketId": two}), "ticket { id }").await;
        assert_eq!(unread().await, (0, 0));
        let document = "query($id: ID!) { ticket(id: $id) { comments { nodes { readBy { person { name } } } } } }";
        let read = ada.run(document, json!({"id": two})).await;
        let by = json!({"readBy": [{"person": {"name": "Ann"}}]});
        assert_eq!(read["ticket"]["comments"]["nodes"], json!([by, by]));
    }
}

desk_test! {
    // S1-57
    async fn chains_are_followed_to_their_end(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let mut tickets = Vec::new();
        for nth in 0..4 {
            let id = ann.open_ticket(&format!("Printer number {nth}")).await;
            say(&ann, &id, &format!("Said {nth}")).await;
            tickets.push(id);
            desk.advance(0.01);
        }
        let [a, b, c, d] = <[String; 4]>::try_from(tickets).unwrap();
        merge(&ada, &a, &b).await;
        merge(&ada, &b, &c).await;
        // Naming one that was merged itself is naming the one where it goes on.
        let further = merge(&ada, &d, &a).await;
        assert_eq!(notices(&further), ["MERGED_FURTHER"]);
        for id in [&a, &b, &d] {
            assert_eq!(thread(&ada, id).await["mergedInto"]["id"], c);
        }
        let end = thread(&ada, &c).await;
        assert_eq!(said(&end), ["Said 0", "Said 1", "Said 2", "Said 3"]);
        assert_eq!(end["mergedTickets"]["nodes"], json!([{"id": a}, {"id": b}, {"id": d}]));
        let middle = thread(&ada, &b).await;
        assert_eq!(said(&middle), ["Said 0", "Said 1"], "what was read at it is still read at it");
        assert_eq!(said(&thread(&ann, &a).await), ["Said 0"]);
        // A list says the same as each of them.
        let listed = ada.run("{ tickets(filter: {merged: true}) { totalCount nodes { id commentCount mergedInto { id } } } }", json!({})).await;
        assert_eq!(listed["tickets"]["totalCount"], 3);
        let listed = ada.run("{ tickets(filter: {merged: false}) { nodes { id commentCount lastComment { body } } } }", json!({})).await;
        assert_eq!(listed["tickets"]["nodes"], json!([{"id": c, "commentCount": 4, "lastComment": {"body": "Said 3"}}]));
        // What is deleted, wherever it was written, is counted out everywhere.
        let first = end["comments"]["nodes"][0]["id"].clone();
        ada.do_it("commentDelete", json!({"commentId": first}), "comment { id }").await;
        for (id, left) in [(&a, 0), (&b, 1), (&c, 3)] {
            assert_eq!(thread(&ada, id).await["commentCount"], left);
        }
        let last = end["comments"]["nodes"][3]["id"].clone();
        ada.do_it("commentDelete", json!({"commentId": last}), "comment { id }").await;
        assert_eq!(thread(&ada, &c).await["lastComment"]["body"], "Said 2");
    }
}

desk_test! {
    // S1-57: an agent finds what is said where it goes on; whoever sees only the merged one finds that.
    async fn a_merged_ticket_is_found_where_it_goes_on(desk: &Desk) {
        let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
        let (one, two) = (ann.open_ticket("The xylophone is broken").await, bob.open_ticket("The marimba is broken").await);
        say(&ann, &one, "It rattles.").await;
        let at = merge(&ada, &one, &two).await["eventCursor"].take();
        let number = thread(&ada, &one).await["number"].as_str().unwrap().to_owned();
        for words in ["xylophone", "rattles", number.as_str()] {
            assert_eq!(found(&ada, words, &at).await, [two.as_str()], "{words}");
            assert_eq!(found(&ann, words, &at).await, [one.as_str()], "{words}");
        }
        assert_eq!(found(&ann, "marimba", &at).await, Vec::<String>::new());
        // What happens to it later is found there as well.
        let comment = thread(&ada, &one).await["comments"]["nodes"][0]["id"].clone();
        let at = ann.do_it("commentEdit", json!({"commentId": comment, "body": "It clatters."}), "comment { id }").await["eventCursor"].take();
        assert_eq!(found(&ada, "clatters", &at).await, [two.as_str()]);
        assert_eq!(found(&ada, "rattles", &at).await, Vec::<String>::new());
        let document = "query($at: EventCursor!) { s: search(query: \"x\", consistentWith: $at) { tookMs } \
            suggest(draft: {title: \"The xylophone is broken\"}) { similarTickets { id } } }";
        assert_eq!(ann.run(document, json!({"at": at})).await["suggest"]["similarTickets"], json!([]), "it was not solved");
        let at = unmerge(&ada, &one).await["eventCursor"].take();
        assert_eq!(found(&ada, "xylophone", &at).await, [one.as_str()]);
    }
}

desk_test! {
    // S1-57, S4-45: one thing that went wrong is one, however many tickets tell of it.
    async fn numbers_count_merged_tickets_once(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let (one, two) = (ann.open_ticket("The printer is broken").await, ann.open_ticket("The printer still hums").await);
        say(&ada, &one, "Is it on?").await;
        merge(&ada, &one, &two).await;
        say(&ada, &two, "It works again.").await;
        for status in ["assigned", "in_progress", "resolved"] {
            ada.do_it("ticketStatusChange", json!({"ticketId": two, "status": status}), "ticket { id }").await;
        }
        let report = ada.run("{ metrics { performance { received { value tickets { nodes { id } } } resolved { value } closed { value } \
            firstContactResolution { part { value } } } } }", json!({})).await["metrics"]["performance"].take();
        assert_eq!(report["received"], json!({"value": 1, "tickets": {"nodes": [{"id": two}]}}));
        assert_eq!((&report["resolved"]["value"], &report["closed"]["value"]), (&json!(1), &json!(0)));
        assert_eq!(report["firstContactResolution"]["part"]["value"], 0, "two replies, of which one was on the merged ticket");
    }
}
