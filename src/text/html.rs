//! Markdown to HTML that is safe to show.

use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The one sanitiser. Its list says what passes, so that what nobody thought of does not.
static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .url_schemes(["http", "https", "mailto"].into())
        // A relative address would lead into whatever page shows the text.
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener"))
        // Image maps are of no use in a text, and a way to hide links.
        .rm_tags(["map", "area"])
        .add_allowed_classes(
            "blockquote",
            [
                "markdown-alert-note",
                "markdown-alert-tip",
                "markdown-alert-important",
                "markdown-alert-warning",
                "markdown-alert-caution",
            ],
        );
    builder
});

/// How deep quotes and lists may stand in one another; what is deeper is shown at this depth.
const DEPTH: usize = 40;
/// How many tags of raw HTML are read as such; the rest is shown as it is written.
const RAW_TAGS: usize = 2_000;

/// Markdown as sanitised HTML.
pub fn html(markdown: &str) -> String {
    // The sanitiser looks through all open elements at each tag: without these two limits a text of 50 KB could keep it busy for
    // seconds.
    let (mut depth, mut tags) = (0, 0);
    let events = Parser::new_ext(markdown, super::dialect()).filter_map(move |event| match event {
        // A character instead of an `<input>`: forms are not let through at all.
        Event::TaskListMarker(done) => Some(Event::Text(if done { "☑ " } else { "☐ " }.into())),
        Event::Html(raw) | Event::InlineHtml(raw) => {
            tags += raw.matches('<').count();
            Some(if tags > RAW_TAGS { Event::Text(raw) } else { Event::InlineHtml(raw) })
        }
        Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item) => {
            depth += 1;
            (depth <= DEPTH).then_some(event)
        }
        Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item) => {
            depth -= 1;
            (depth < DEPTH).then_some(event)
        }
        other => Some(other),
    });
    let mut out = String::with_capacity(markdown.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut out, events);
    SANITISER.clean(&out).to_string()
}

/// Plain text as HTML: escaped, with its line breaks.
pub fn html_of_plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str("<p>");
    for (at, line) in text.lines().enumerate() {
        if at > 0 {
            out.push_str("<br>\n");
        }
        for c in line.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                c => out.push(c),
            }
        }
    }
    out.push_str("</p>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_passes() {
        for attack in [
            "<script>alert(1)</script>",
            "<scr<script>ipt>alert(1)</scr</script>ipt>",
            "<img src=x onerror=alert(1)>",
            "<img src='https://e.example/i.png' onerror='alert(1)'>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](  java\tscript:alert(1))",
            "[x](&#106;avascript:alert(1))",
            "[x](vbscript:alert(1))",
            "![x](data:image/svg+xml;base64,PHN2Zz4=)",
            "[x](data:text/html,<script>alert(1)</script>)",
            "<svg onload=alert(1)><script>alert(1)</script></svg>",
            "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
            "<iframe src='https://e.example'></iframe>",
            "<object data='x'></object><embed src='x'>",
            "<style>body{display:none}</style>",
            "<p style='position:fixed'>x</p>",
            "<form action='https://e.example'><input name=password></form>",
            "<base href='https://e.example'><meta http-equiv=refresh content=0><link rel=stylesheet href=x>",
            "<a href='https://e.example' onclick='x()' target=_top>x</a>",
            "<details open ontoggle=alert(1)>x</details>",
            "<a href=\"jav&#x0A;ascript:alert(1)\">x</a>",
            "<<script>script>alert(1)<</script>/script>",
            "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "- [ ] <input type=text autofocus onfocus=alert(1)>",
        ] {
            let safe = html(attack).to_lowercase();
            // What is left of an attack may be shown as text, where `<` is written `&lt;`.
            let tags: String = safe.split('<').skip(1).filter_map(|tag| tag.split('>').next()).collect();
            for bad in [
                "script", "onerror", "onload", "onclick", "ontoggle", "onfocus", "data:", "iframe", "style", "svg",
                "form", "input", "object", "embed", "base", "meta", "target", "java",
            ] {
                assert!(!tags.contains(bad), "{attack:?} became {safe:?}, which holds {bad:?}");
            }
        }
    }

    #[test]
    fn what_people_write_is_shown() {
        let shown = html(
            "# Head\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n- [x] done\n- [ ] open\n\n> [!NOTE]\n> careful\n\n\
             [link](https://e.example/?a=1&b=2 \"t\") ![alt](http://e.example/i.png) <me@e.example>",
        );
        for part in [
            "<h1>Head</h1>",
            "<td><del>2</del></td>",
            "☑ done",
            "☐ open",
            "<blockquote class=\"markdown-alert-note\">",
            "href=\"https://e.example/?a=1&amp;b=2\"",
            "rel=\"nofollow noopener\"",
            "<img src=\"http://e.example/i.png\" alt=\"alt\">",
            "href=\"mailto:me@e.example\"",
        ] {
            assert!(shown.contains(part), "{part} is not in {shown}");
        }
    }

    #[test]
    fn every_script_and_emoji_passes() {
        let text = "مرحبا **שלום** 👩‍👩‍👧 नमस्ते";
        assert_eq!(html(text).trim(), "<p>مرحبا <strong>שלום</strong> 👩‍👩‍👧 नमस्ते</p>");
    }

    #[test]
    fn plain_text_is_escaped() {
        assert_eq!(html_of_plain("a <b>\n& \"c\""), "<p>a &lt;b&gt;<br>\n&amp; &quot;c&quot;</p>");
    }

    #[test]
    fn deep_nesting_is_no_weapon() {
        for (part, times) in
            [("> ", 25_000), ("- ", 25_000), ("<b>", 16_000), ("<div>\n\n", 7_000), ("[", 50_000), ("*a _b ", 8_000)]
        {
            let shown = html(&part.repeat(times));
            let (opened, closed) = (shown.matches("<blockquote>").count(), shown.matches("</blockquote>").count());
            assert!(opened == closed && opened <= DEPTH, "{part:?}: {opened} opened, {closed} closed");
            assert!(shown.matches("<div>").count() <= RAW_TAGS, "{part:?}");
        }
    }
}
