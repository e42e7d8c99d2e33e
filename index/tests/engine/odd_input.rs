//! Any text is fine, as a document and as a request.

use deskgraph_index::{Error, Filter, Request};

use crate::harness::*;

fn oddities() -> Vec<String> {
    vec![
        String::new(),
        " \t\n\r ".into(),
        "\0\0\0".into(),
        "a\0b".into(),
        "?!…—()[]{}<>\"'`~^*:\\/".into(),
        "title:foo AND (bar OR -baz)^2 /x.*/ [a TO z] \"unclosed".into(),
        "👩‍👩‍👧‍👦 🇩🇪 👍🏽".into(),
        "مرحبا بالعالم שָׁלוֹם \u{202e}abc\u{202c}".into(),
        "打印机坏了 プリンター 프린터가 เครื่องพิมพ์ ပုံနှိပ်".into(),
        "e\u{301}\u{301}\u{301} \u{301} ﬁ ＡＢＣ ｶﾞ İ ẞ ŉ".into(),
        "\u{feff}\u{200b}\u{fffd}\u{10ffff}".into(),
        "x".repeat(100_000),
        "é".repeat(70_000),
        "字".repeat(40_000),
        "word ".repeat(20_000),
        (0..10_000).map(|i| format!("w{i} ")).collect(),
        (0..3_000).map(|i| format!("{} ", letters(i))).collect(),
        "a\u{300}".repeat(30_000),
        "क्षत्रिय हिन्दी নমস্কার தமிழ்".into(),
    ]
}

/// A different word of letters for each number.
fn letters(mut n: usize) -> String {
    let mut word = String::from("zz");
    for _ in 0..5 {
        word.push(char::from(b'a' + (n % 26) as u8));
        n /= 26;
    }
    word
}

#[test]
fn any_text_can_be_indexed_and_searched() {
    let texts = oddities();
    let documents = texts.iter().zip(1..).map(|(text, id)| {
        let mut document = with_terms(doc(id, text, text), &[("odd", text), (text, "odd")]);
        document.internal = text.clone();
        document.kind = text.chars().take(50).collect();
        document
    });
    let (_dir, index) = index_of(documents.collect());
    for (text, id) in texts.iter().zip(1u128..) {
        for internal in [false, true] {
            let found = index.search(&Request { internal, unfinished: true, ..Request::new(text) }).unwrap();
            for hit in &found.hits {
                let title: String = hit.title.iter().map(|f| f.text.as_str()).collect();
                assert_eq!(title, texts[hit.id as usize - 1]);
            }
        }
        index.correct(text, true).unwrap();
        let found = index.search(&filtered("", Filter::term("odd", text))).unwrap();
        assert_eq!(ids(&found), [id], "the filter is exact");
    }
}

#[test]
fn words_in_any_script_are_found() {
    let (_dir, index) = index_of(vec![
        doc(1, "打印机坏了", ""),
        doc(2, "プリンターが壊れた", ""),
        doc(3, "프린터가 고장났어요", ""),
        doc(4, "เครื่องพิมพ์เสีย", ""),
        doc(5, "Ça marche à Zürich", ""),
        doc(6, "הַמַּדְפֶּסֶת", ""),
        doc(7, "हिन्दी", ""),
    ]);
    let cases =
        [("打印机", 1), ("坏", 1), ("壊れ", 2), ("프린터", 3), ("พิมพ์", 4), ("zurich", 5), ("הַמַּדְפֶּסֶת", 6), ("हिन्दी", 7)];
    for (text, id) in cases {
        assert!(find(&index, text).contains(&id), "{text}");
    }
}

#[test]
fn a_text_of_stop_words_searches_for_them() {
    let (_dir, index) =
        index_of(vec![doc(1, "To be or not to be", ""), doc(2, "Printer", "it is what it is"), doc(3, "x", "y")]);
    assert_eq!(ids(&index.search(&exactly("to be or not to be")).unwrap())[0], 1);
    assert_eq!(find(&index, "it is"), [2]);
    assert_eq!(find(&index, "the printer"), [2]);
    let found = index.search(&exactly("to be")).unwrap();
    assert!(found.hits[0].title.iter().any(|f| f.matched && f.text == "To"));
}

#[test]
fn requests_beyond_the_limits_are_refused_in_words() {
    let (_dir, index) = index_of(vec![doc(1, "printer", "")]);
    let deep = Request { offset: 10_000, ..exactly("printer") };
    assert!(matches!(index.search(&deep), Err(Error::TooLarge(_))));
    let huge = Request { offset: usize::MAX, limit: usize::MAX, ..exactly("printer") };
    assert!(matches!(index.search(&huge), Err(Error::TooLarge(_))));
    let mut filter = Filter::All;
    for _ in 0..1000 {
        filter = Filter::Not(Box::new(filter));
    }
    assert!(matches!(index.search(&filtered("printer", filter)), Err(Error::TooLarge(_))));
    let none = index.search(&Request { limit: 0, ..exactly("printer") }).unwrap();
    assert_eq!((none.hits.len(), none.total), (0, Some(1)));
    let uncounted = index.search(&Request { total: false, ..exactly("printer") }).unwrap();
    assert_eq!((uncounted.hits.len(), uncounted.total), (1, None));
}
