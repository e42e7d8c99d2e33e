//! Finding, ranking, filtering.

use deskgraph_index::{Change, Filter, Request};

use crate::harness::*;

#[test]
fn a_put_document_is_found_by_title_and_body_and_in_any_form_of_the_word() {
    let (_dir, index) = index_of(vec![doc(1, "Printer jammed", "The tray is empty"), doc(2, "Password", "reset link")]);
    assert_eq!(find(&index, "printers"), [1]);
    assert_eq!(find(&index, "resetting"), [2]);
    assert_eq!(find(&index, "trays password"), [1, 2]);
    assert_eq!(find(&index, "nothing"), [0u128; 0]);
    assert_eq!(index.documents(), 2);
    assert_eq!(index.position(), at(2));
}

#[test]
fn putting_again_replaces_and_deleting_removes_and_both_can_be_repeated() {
    let (_dir, index) = index_of(vec![doc(1, "old", "words"), doc(1, "new", "words"), doc(1, "new", "words")]);
    assert_eq!((find(&index, "old").len(), find(&index, "new").len(), index.documents()), (0, 1, 1));
    let both = vec![Change::Put(doc(2, "two", "")), Change::Delete(2), Change::Delete(1), Change::Delete(77)];
    index.apply(both.clone(), at(9)).unwrap();
    index.apply(both, at(9)).unwrap();
    assert_eq!(index.documents(), 0);
    assert!(index.ids().unwrap().is_empty());
}

#[test]
fn without_words_the_filter_selects_and_the_newest_come_first() {
    let (_dir, index) = index_of(
        (1..=5)
            .map(|i| with_terms(doc(i, "t", "b"), &[("status", if i % 2 == 0 { "open" } else { "closed" })]))
            .collect(),
    );
    let found = index.search(&filtered("  ", Filter::term("status", "closed"))).unwrap();
    assert_eq!((ids(&found), found.total), (vec![5, 3, 1], Some(3)));
    let page = index.search(&Request { offset: 1, limit: 1, ..filtered("", Filter::All) }).unwrap();
    assert_eq!((ids(&page), page.total), (vec![4], Some(5)));
}

#[test]
fn an_unfinished_last_word_finds_what_it_begins() {
    let (_dir, index) = index_of(vec![doc(1, "Printer settings", ""), doc(2, "Prices", ""), doc(3, "Network", "")]);
    let typing = |text: &str| index.search(&Request { unfinished: true, ..Request::new(text) }).unwrap();
    assert_eq!(ids(&typing("prin")), [1]);
    assert_eq!(typing("pr").total, Some(2));
    assert_eq!(ids(&typing("netw")), [3]);
    assert_eq!(typing("netw").corrected, None);
    assert_eq!(typing("netwrok").corrected.as_deref(), Some("network"));
    assert_eq!(typing("prin ").total, Some(0));
    assert!(typing("prin").hits[0].title.iter().any(|f| f.matched && f.text == "Printer"));
    assert_eq!(find(&index, "prin"), [0u128; 0]);
}
