//! Titles marked, snippets cut.

use deskgraph_index::{Fragment, Request};

use crate::harness::*;

fn text(fragments: &[Fragment]) -> String {
    fragments.iter().map(|f| f.text.as_str()).collect()
}

fn marked(fragments: &[Fragment]) -> Vec<&str> {
    fragments.iter().filter(|f| f.matched).map(|f| f.text.as_str()).collect()
}

#[test]
fn found_words_are_marked_in_the_form_they_have() {
    let (_dir, index) = index_of(vec![doc(1, "Printing to PRINTERS, printed", "a printer here")]);
    let found = index.search(&exactly("printer prints")).unwrap();
    let hit = &found.hits[0];
    assert_eq!(text(&hit.title), "Printing to PRINTERS, printed");
    assert_eq!(marked(&hit.title), ["Printing", "PRINTERS", "printed"]);
    assert_eq!(marked(&hit.snippet), ["printer"]);
    let plain = index.search(&Request { highlight: false, ..exactly("printer") }).unwrap();
    assert_eq!(plain.hits[0].title, [Fragment { text: "Printing to PRINTERS, printed".into(), matched: false }]);
}

#[test]
fn the_snippet_is_the_passage_with_most_of_the_words() {
    let filler = "lorem ipsum dolor sit amet ".repeat(50);
    let body = format!("{filler} printer {filler} the printer has a paper jam in tray two {filler} paper {filler}");
    let (_dir, index) = index_of(vec![doc(1, "t", &body)]);
    let hit = index.search(&exactly("printer paper jam")).unwrap().hits.remove(0);
    assert_eq!(marked(&hit.snippet), ["printer", "paper", "jam"]);
    let length = text(&hit.snippet).chars().count();
    assert!((100..=170).contains(&length), "{length}");
    assert!(body.contains(&text(&hit.snippet)));
}

#[test]
fn without_a_match_the_snippet_is_the_beginning() {
    let (_dir, index) = index_of(vec![doc(1, "printer", &"Once upon a time. ".repeat(30)), doc(2, "printer", "")]);
    let found = index.search(&exactly("printer")).unwrap();
    assert!(text(&found.hits.iter().find(|h| h.id == 1).unwrap().snippet).starts_with("Once upon a time."));
    assert!(found.hits.iter().find(|h| h.id == 2).unwrap().snippet.is_empty());
    let none = index.search(&Request { snippet_chars: 0, ..exactly("printer") }).unwrap();
    assert!(none.hits.iter().all(|h| h.snippet.is_empty()));
}

#[test]
fn neighbouring_pairs_of_characters_are_one_mark() {
    let (_dir, index) = index_of(vec![doc(1, "办公室打印机坏了", "")]);
    let hit = index.search(&exactly("打印机")).unwrap().hits.remove(0);
    assert_eq!(marked(&hit.title), ["打印机"]);
}
