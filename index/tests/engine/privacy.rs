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
