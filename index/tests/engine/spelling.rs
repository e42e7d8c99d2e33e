//! Corrections.

use deskgraph_index::{Change, Request};

use crate::harness::*;

fn desk() -> (tempfile::TempDir, deskgraph_index::Index) {
    index_of(vec![
        doc(1, "Printer settings", "How to install a printer and share it with colleagues"),
        doc(2, "Reset your password", "The password link expires; printers do not"),
        doc(3, "Accommodation invoices", "Booking confirmation"),
    ])
}

#[test]
fn unknown_words_are_replaced_by_the_likeliest_known_ones() {
    let (_dir, index) = desk();
    for (typed, meant) in [
        ("pritner", "printer"),
        ("pinter", "printer"),
        ("passwrod", "password"),
        ("acommodation", "accommodation"),
        ("sprinter", "printer"),
        ("My PASWORD, please", "My password, please"),
    ] {
        assert_eq!(index.correct(typed, false).unwrap().as_deref(), Some(meant), "{typed}");
    }
    let found = index.search(&Request::new("pritner")).unwrap();
    assert_eq!((found.corrected.as_deref(), ids(&found)), (Some("printer"), vec![1, 2]));
    assert_eq!(find(&index, "pritner"), [0u128; 0]);
}

#[test]
fn known_words_their_forms_numbers_and_strange_words_stay() {
    let (_dir, index) = desk();
    for text in ["printer", "printing", "installing", "INV-2041", "pr1nter", "xyzzyplugh", "it", "的打印机", "a b c"]
    {
        assert_eq!(index.correct(text, false).unwrap(), None, "{text}");
    }
}

#[test]
fn a_word_is_known_as_soon_as_it_is_applied() {
    let (_dir, index) = desk();
    assert_eq!(index.correct("kuberntees", false).unwrap(), None);
    index.apply(vec![Change::Put(doc(9, "Kubernetes", ""))], at(9)).unwrap();
    assert_eq!(index.correct("kuberntees", false).unwrap().as_deref(), Some("kubernetes"));
}
