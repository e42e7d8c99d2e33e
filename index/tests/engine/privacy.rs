//! What must not show.

use deskgraph_index::{Document, Filter, Request};

use crate::harness::*;

fn noted(id: u128, title: &str, internal: &str) -> Document {
    Document { internal: internal.into(), ..doc(id, title, "The customer wrote this.") }
}

#[test]
fn internal_text_is_not_found_shown_or_spelled_unless_asked_for() {
    let (_dir, index) = index_of(vec![noted(1, "Refund", "escalated because the customer is litigious")]);
    for text in ["litigious", "refund litigious", "because", ""] {
        let found = index.search(&Request::new(text)).unwrap();
        assert_eq!(found.hits.len(), usize::from(text.contains("refund") || text.is_empty()), "{text}");
        assert!(!format!("{found:?}").contains("escalated"));
        assert!(found.hits.iter().all(|hit| !hit.snippet_is_internal));
    }
    assert_eq!(index.correct("litigius", false).unwrap(), None);
    assert_eq!(index.search(&Request::new("litigius")).unwrap().corrected, None);
    let staff = Request { internal: true, ..Request::new("litigius") };
    let found = index.search(&staff).unwrap();
    assert_eq!(found.corrected.as_deref(), Some("litigious"));
    assert!(found.hits[0].snippet_is_internal);
    assert!(found.hits[0].snippet.iter().any(|f| f.matched && f.text == "litigious"));
    assert_eq!(index.correct("litigius", true).unwrap().as_deref(), Some("litigious"));
}

#[test]
fn counts_and_ranks_never_include_what_the_filter_hides() {
    let documents =
        (1..=20).map(|i| with_terms(doc(i, "printer", ""), &[("requester", if i <= 5 { "ann" } else { "bob" })]));
    let (_dir, index) = index_of(documents.collect());
    for text in ["printer", ""] {
        let found = index.search(&filtered(text, Filter::term("requester", "ann"))).unwrap();
        assert_eq!((found.total, found.hits.len()), (Some(5), 5));
        let none = index.search(&filtered(text, Filter::Nothing)).unwrap();
        assert_eq!((none.total, none.hits.len()), (Some(0), 0));
    }
}

#[test]
fn corrections_come_only_from_documents_the_filter_admits() {
    let (_dir, index) = index_of(vec![
        with_terms(doc(1, "Bankruptcy of the supplier", ""), &[("requester", "bob")]),
        with_terms(doc(2, "Broken printer", ""), &[("requester", "ann")]),
    ]);
    let ask = |text: &str, who: &str| {
        index.search(&Request { filter: Filter::term("requester", who), ..Request::new(text) }).unwrap()
    };
    assert_eq!(ask("bankruptci", "ann").corrected, None);
    assert_eq!(ask("bankrupcy", "ann").corrected, None);
    assert_eq!(ask("bankrupcy", "bob").corrected.as_deref(), Some("bankruptcy"));
    let apart = Request { filter: Filter::term("requester", "ann"), ..Request::new("bankrupcy pritner") };
    assert_eq!(index.correct_for(&apart).unwrap().as_deref(), Some("bankrupcy printer"));
    assert_eq!(ask("pritner", "ann").corrected.as_deref(), Some("printer"));
}

#[test]
fn words_of_deleted_documents_are_not_suggested() {
    let (_dir, index) = index_of(vec![doc(1, "Confidential merger", ""), doc(2, "Printer", "")]);
    assert_eq!(index.correct("confidental", false).unwrap().as_deref(), Some("confidential"));
    index.apply(vec![deskgraph_index::Change::Delete(1)], at(3)).unwrap();
    assert_eq!(index.correct("confidental", false).unwrap(), None);
}

#[test]
fn completions_come_only_from_documents_the_filter_admits() {
    let (_dir, index) = index_of(vec![
        with_terms(doc(1, "Bankruptcy of the bank", "bank bank"), &[("requester", "bob")]),
        with_terms(doc(2, "Banner on the printer", ""), &[("requester", "ann")]),
        noted(3, "Refund", "bankrupt"),
    ]);
    let ask = |text: &str, who: &str| {
        let filter = if who.is_empty() { Filter::All } else { Filter::term("requester", who) };
        index.complete(&Request { filter, ..Request::new(text) }).unwrap()
    };
    assert_eq!(ask("my ban", "ann"), ["my banner"]);
    assert_eq!(ask("my ban", "bob"), ["my bank", "my bankruptcy"]);
    let mut all = ask("Ban", "");
    all.sort_unstable();
    assert_eq!(all, ["bank", "bankruptcy", "banner"]);
    assert_eq!(ask("bankrupt", "").len(), 1, "a word of a note is nobody's");
    for nothing in ["", "b", "bank ", "xyz"] {
        assert!(ask(nothing, "bob").is_empty(), "{nothing}");
    }
    let typing =
        Request { unfinished: true, spelling: false, filter: Filter::term("requester", "ann"), ..Request::new("ban") };
    assert_eq!(ids(&index.search(&typing).unwrap()), [2]);
    index.apply(vec![deskgraph_index::Change::Delete(1)], at(9)).unwrap();
    assert_eq!(ask("ban", ""), ["banner"]);
}

#[test]
fn facets_count_the_matches_that_the_filter_admits() {
    let documents = (1..=20).map(|i| {
        let (who, status) = (
            if i <= 5 { "ann" } else { "bob" },
            ["open", "closed", "secret"][if i == 20 { 2 } else { i as usize % 2 }],
        );
        with_terms(
            doc(i, if i % 5 == 0 { "scanner" } else { "printer" }, ""),
            &[("requester", who), ("status", status)],
        )
    });
    let (_dir, index) = index_of(documents.collect());
    let facets = |text: &str, filter: Filter| {
        let wanted = vec!["status".to_owned(), deskgraph_index::KIND.to_owned()];
        index.search(&Request { facets: wanted, limit: 1, ..filtered(text, filter) }).unwrap().facets
    };
    let pairs =
        |values: &[(&str, usize)]| values.iter().map(|(value, n)| ((*value).to_owned(), *n)).collect::<Vec<_>>();
    for text in ["printer", ""] {
        let found = facets(text, Filter::term("requester", "ann"));
        let (closed, open) = if text.is_empty() { (3, 2) } else { (2, 2) };
        assert_eq!(found[0], ("status".to_owned(), pairs(&[("closed", closed), ("open", open)])), "{text}");
        assert_eq!(found[1].1, pairs(&[("ticket", closed + open)]));
    }
    let all = facets("", Filter::All);
    assert_eq!(all[0].1, pairs(&[("closed", 10), ("open", 9), ("secret", 1)]));
    index.apply(vec![deskgraph_index::Change::Delete(20)], at(30)).unwrap();
    assert_eq!(facets("", Filter::All)[0].1, pairs(&[("closed", 10), ("open", 9)]));
}
