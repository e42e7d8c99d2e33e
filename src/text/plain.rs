//! Markdown to plain text: what is searched, quoted and read out.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The text of Markdown without its marks: blocks on lines of their own, cells of a row apart, HTML without its tags.
pub fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut raw: Option<String> = None;
    for event in Parser::new_ext(markdown, super::dialect()) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak => out.push(' '),
            Event::HardBreak => out.push('\n'),
            Event::Rule => line(&mut out),
            // A block of HTML comes line by line; a tag may reach over several.
            Event::Start(Tag::HtmlBlock) => raw = Some(String::new()),
            Event::Html(html) => match &mut raw {
                Some(raw) => raw.push_str(&html),
                None => strip(&html, &mut out),
            },
            Event::End(TagEnd::HtmlBlock) => {
                let mut text = String::new();
                strip(&raw.take().unwrap_or_default(), &mut text);
                out.push_str(text.trim());
                line(&mut out);
            }
            Event::End(TagEnd::TableCell) => out.push(' '),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::CodeBlock
                | TagEnd::Item
                | TagEnd::TableHead
                | TagEnd::TableRow
                | TagEnd::BlockQuote(_),
            )
            | Event::Start(Tag::List(_)) => line(&mut out),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Begins a new line, unless one has just begun.
fn line(out: &mut String) {
    out.truncate(out.trim_end_matches([' ', '\n']).len());
    if !out.is_empty() {
        out.push('\n');
    }
}

/// The text between tags. Only for reading and searching: what is shown as HTML goes through the sanitiser.
fn strip(html: &str, out: &mut String) {
    let mut rest = html;
    while let Some((text, tail)) = rest.split_once('<') {
        push_decoded(text, out);
        let lower = tail.get(..8).unwrap_or(tail).to_ascii_lowercase();
        let end = if tail.starts_with("!--") {
            tail.find("-->").map(|at| at + 3)
        } else if lower.starts_with("script") {
            tail.to_ascii_lowercase().find("</script>").map(|at| at + 9)
        } else if lower.starts_with("style") {
            tail.to_ascii_lowercase().find("</style>").map(|at| at + 8)
        } else {
            tail.find('>').map(|at| at + 1)
        };
        rest = end.and_then(|end| tail.get(end..)).unwrap_or_default();
    }
    push_decoded(rest, out);
}

fn push_decoded(text: &str, out: &mut String) {
    if text.contains('&') {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", " ");
        out.push_str(&text.replace("&amp;", "&"));
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_go_and_the_words_stay() {
        let text = plain(
            "# Reset *now*\n\nHold `RESET`,\nthen [let go](https://e.example) ![logo](https://e.example/i.png).\n\n- one\n- two\n  1. three\n\n\
             | a | b |\n|---|---|\n| 1 | 2 |\n\n<div>\n<b>raw &amp; bold</b>\n</div>\n\nend <kbd>Enter</kbd>",
        );
        assert_eq!(text, "Reset now\nHold RESET, then let go logo.\none\ntwo\nthree\na b\n1 2\nraw & bold\nend Enter");
    }

    #[test]
    fn code_of_pages_is_no_text() {
        assert_eq!(plain("<script>\nalert(1)\n</script>\n\n<!-- note -->\nshown"), "shown");
        assert_eq!(plain("شكرا **جزيلا** 👍"), "شكرا جزيلا 👍");
        assert_eq!(plain(""), "");
    }
}
