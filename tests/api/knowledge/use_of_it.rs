//! How the knowledge base is used: views, feedback, what is popular, what is alike, what stood there before.

use std::time::Duration;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Desk, Person, errors};

async fn article(person: &Person, title: &str, more: Value) -> Value {
    let mut input = json!({"title": title, "body": format!("{title}. How that is done, in some words.")});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let id = person.do_it("articleCreate", input, "article { id }").await["article"]["id"].clone();
    person.do_it("articlePublish", json!({"articleId": id}), "article { id }").await;
    id
}

async fn faq(person: &Person, question: &str) -> Value {
    let id =
        person.do_it("faqCreate", json!({"question": question, "answer": "Yes."}), "faq { id }").await["faq"]["id"]
            .clone();
    person.do_it("faqPublish", json!({"faqId": id}), "faq { id }").await;
    id
}

async fn views(person: &Person, noun: &str, id: &Value) -> i64 {
    let document = format!("query($id: ID!) {{ {noun}(id: $id) {{ viewCount }} }}");
    person.run(&document, json!({"id": id})).await[noun]["viewCount"].as_i64().unwrap()
}

/// Writes what was gathered, which a desk does every second.
async fn written(desk: &Desk) {
    desk.app().views.flush(&desk.app().desk).await.unwrap();
}

async fn names(person: &Person, document: &str) -> Vec<String> {
    let data = person.run(document, json!({})).await;
    let list = data.as_object().unwrap().values().next().unwrap();
    let name = |node: &Value| node.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
    list["nodes"].as_array().unwrap().iter().map(name).collect()
}

desk_test! {
    // S3-16, S3-22, S3-40, S3-87, S3-89
    async fn each_reading_of_a_published_text_is_a_view(desk: &Desk) {
        let (agent, stranger) = (desk.agent("Bob").await, desk.stranger());
        let (art, question) = (article(&agent, "Reset the router", json!({})).await, faq(&agent, "May I?").await);
        let head = stranger.run("{ eventCursor }", json!({})).await;
        for (noun, id) in [("article", &art), ("faq", &question)] {
            assert_eq!(views(&stranger, noun, id).await, 1);
            written(desk).await;
            assert_eq!(views(&agent, noun, id).await, 2, "what is written and what is gathered count together");
        }
        let by_slug = "{ articleBySlug(slug: \"reset-the-router\") { viewCount version } }";
        assert_eq!(stranger.run(by_slug, json!({})).await["articleBySlug"], json!({"viewCount": 3, "version": 2}));
        // Lists, searches and `node` do not count.
        let lists = "query($id: ID!) { articles { nodes { viewCount } } faqs { nodes { viewCount } } search(query: \"router\") { hits { node { __typename } } } \
            node(id: $id) { ... on Article { viewCount } } }";
        for _ in 0..2 {
            let data = stranger.run(lists, json!({"id": art})).await;
            assert_eq!((&data["articles"]["nodes"][0]["viewCount"], &data["faqs"]["nodes"][0]["viewCount"]), (&json!(3), &json!(2)));
            assert_eq!(data["node"]["viewCount"], 3);
        }
        assert_eq!(stranger.run("{ eventCursor }", json!({})).await, head, "a view is no event");
        // Nor do drafts, nor what is not there.
        let draft = agent.do_it("articleCreate", json!({"title": "Draft", "body": "Text"}), "article { id }").await["article"]["id"].clone();
        assert_eq!(views(&agent, "article", &draft).await, 0);
        assert_eq!(views(&agent, "article", &draft).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_gathered_is_written_when_the_desk_stops() {
    // S3-16
    let mut desk = Desk::sqlite().await;
    let agent = desk.agent("Bob").await;
    let id = article(&agent, "Reset the router", json!({})).await;
    for seen in 1..=3 {
        assert_eq!(views(&desk.stranger(), "article", &id).await, seen);
    }
    desk.restart().await;
    assert_eq!(views(&desk.stranger(), "article", &id).await, 4);
    desk.stop().await;
}

desk_test! {
    // S3-17, S3-21, S3-42, S3-44, S1-71, S3-87, S3-89
    async fn a_person_says_once_whether_a_text_helped_and_may_change_their_mind(desk: &Desk) {
        let (agent, ann, eva) = (desk.agent("Bob").await, desk.customer("Ann").await, desk.customer("Eva").await);
        let (art, question) = (article(&agent, "Reset the router", json!({})).await, faq(&agent, "May I?").await);
        for (noun, id) in [("article", &art), ("faq", &question)] {
            let selection = format!("{noun} {{ helpfulCount notHelpfulCount viewerFeedback version }}");
            let name = format!("{noun}Feedback");
            let input = |helpful: bool| json!({format!("{noun}Id"): id, "helpful": helpful});
            let counts = |helpful: i32, not: i32, mine: &str| json!({"helpfulCount": helpful, "notHelpfulCount": not, "viewerFeedback": mine, "version": 2});
            assert_eq!(ann.do_it(&name, input(true), &selection).await[noun], counts(1, 0, "HELPFUL"));
            assert_eq!(ann.do_it(&name, input(true), &selection).await[noun], counts(1, 0, "HELPFUL"));
            assert_eq!(eva.do_it(&name, input(false), &selection).await[noun], counts(1, 1, "NOT_HELPFUL"));
            assert_eq!(ann.do_it(&name, input(false), &selection).await[noun], counts(0, 2, "NOT_HELPFUL"));
            let read = format!("query($id: ID!) {{ {noun}(id: $id) {{ helpfulCount notHelpfulCount viewerFeedback }} }}");
            let seen = desk.stranger().run(&read, json!({"id": id})).await;
            assert_eq!(seen[noun], json!({"helpfulCount": 0, "notHelpfulCount": 2, "viewerFeedback": null}));
            // A stranger has no voice.
            let document = crate::harness::mutation(&name, "__typename");
            let answer = desk.stranger().answer(&document, json!({"input": input(true)})).await;
            assert_eq!(errors(&answer), ["UNAUTHENTICATED"]);
        }
        // What one cannot read is not there.
        let draft = agent.do_it("articleCreate", json!({"title": "Draft", "body": "Text"}), "article { id }").await["article"]["id"].clone();
        assert_eq!(ann.refused("articleFeedback", json!({"articleId": draft, "helpful": true})).await["code"], "NOT_FOUND");
        // Neither feedback nor views keep a text from being deleted.
        views(&ann, "article", &art).await;
        written(desk).await;
        agent.do_it("articleDelete", json!({"articleId": art}), "article { id }").await;
        agent.do_it("faqDelete", json!({"faqId": question}), "faq { id }").await;
    }
}

desk_test! {
    // S1-72, S3-88
    async fn popular_articles_are_those_read_most_on_the_last_days(desk: &Desk) {
        let (agent, stranger) = (desk.agent("Bob").await, desk.stranger());
        let (old, new) = (article(&agent, "Old", json!({})).await, article(&agent, "New", json!({})).await);
        let (staff, _unread) = (article(&agent, "Staff", json!({"audience": "STAFF"})).await, article(&agent, "Unread", json!({})).await);
        for _ in 0..3 {
            views(&stranger, "article", &old).await;
            views(&agent, "article", &staff).await;
        }
        written(desk).await;
        desk.clock.advance(Duration::from_secs(10 * 24 * 60 * 60));
        views(&stranger, "article", &new).await;
        views(&stranger, "article", &new).await;
        written(desk).await;
        assert_eq!(names(&stranger, "{ popularArticles { nodes { title } } }").await, ["Old", "New"]);
        assert_eq!(names(&stranger, "{ popularArticles(days: 7) { nodes { title } } }").await, ["New"]);
        assert_eq!(names(&agent, "{ popularArticles(days: 11) { nodes { title } } }").await, ["Staff", "Old", "New"]);
        let page = "query($after: String) { popularArticles(first: 1, after: $after) { totalCount nodes { title } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
        let first = stranger.run(page, json!({})).await["popularArticles"].clone();
        assert_eq!((&first["totalCount"], &first["nodes"], &first["pageInfo"]["hasNextPage"]), (&json!(2), &json!([{"title": "Old"}]), &json!(true)));
        let second = stranger.run(page, json!({"after": first["pageInfo"]["endCursor"]})).await["popularArticles"].clone();
        assert_eq!((&second["nodes"], &second["pageInfo"]["hasNextPage"]), (&json!([{"title": "New"}]), &json!(false)));
        agent.do_it("articleArchive", json!({"articleId": old}), "article { id }").await;
        assert_eq!(names(&stranger, "{ popularArticles { nodes { title } } }").await, ["New"]);
        for days in [0, 366, -1] {
            let answer = stranger.answer(&format!("{{ popularArticles(days: {days}) {{ nodes {{ id }} }} }}"), json!({})).await;
            assert_eq!(errors(&answer), ["BAD_USER_INPUT"]);
        }
    }
}

desk_test! {
    // S1-65, S3-46, S3-51, S3-84
    async fn lists_are_ordered_by_views_and_by_what_helped(desk: &Desk) {
        let (agent, ann, stranger) = (desk.agent("Bob").await, desk.customer("Ann").await, desk.stranger());
        let (read, liked) = (article(&agent, "Read", json!({})).await, article(&agent, "Liked", json!({})).await);
        let (asked, loved) = (faq(&agent, "Asked").await, faq(&agent, "Loved").await);
        views(&stranger, "article", &read).await;
        views(&stranger, "faq", &asked).await;
        ann.do_it("articleFeedback", json!({"articleId": liked, "helpful": true}), "article { id }").await;
        ann.do_it("faqFeedback", json!({"faqId": loved, "helpful": true}), "faq { id }").await;
        written(desk).await;
        for (list, expected) in [
            ("articles(orderBy: {field: VIEWS})", ["Read", "Liked"]),
            ("articles(orderBy: {field: VIEWS, direction: ASC})", ["Liked", "Read"]),
            ("articles(orderBy: {field: HELPFUL})", ["Liked", "Read"]),
        ] {
            assert_eq!(names(&stranger, &format!("{{ {list} {{ nodes {{ title }} }} }}")).await, expected, "{list}");
        }
        for (list, expected) in [
            ("faqs", ["Asked", "Loved"]),
            ("faqs(orderBy: {field: POSITION, direction: DESC})", ["Loved", "Asked"]),
            ("faqs(orderBy: {field: VIEWS})", ["Asked", "Loved"]),
            ("faqs(orderBy: {field: HELPFUL})", ["Loved", "Asked"]),
            ("faqs(orderBy: {field: CREATED_AT})", ["Loved", "Asked"]),
        ] {
            assert_eq!(names(&stranger, &format!("{{ {list} {{ nodes {{ question }} }} }}")).await, expected, "{list}");
        }
        // Who writes sees drafts among the others.
        agent.do_it("articleCreate", json!({"title": "Draft", "body": "Text"}), "article { id }").await;
        agent.do_it("faqCreate", json!({"question": "Draft", "answer": "Text"}), "faq { id }").await;
        assert_eq!(names(&agent, "{ articles(orderBy: {field: VIEWS}) { nodes { title } } }").await, ["Read", "Draft", "Liked"]);
        assert_eq!(names(&agent, "{ faqs { nodes { question } } }").await, ["Asked", "Loved", "Draft"]);
        assert_eq!(names(&stranger, "{ faqs { nodes { question } } }").await, ["Asked", "Loved"]);
    }
}

desk_test! {
    // S4-21: the blog is the announcements.
    async fn announcements_are_articles_of_their_own_kind(desk: &Desk) {
        let (agent, stranger) = (desk.agent("Bob").await, desk.stranger());
        article(&agent, "Manual", json!({})).await;
        let news = article(&agent, "We have moved", json!({"kind": "ANNOUNCEMENT"})).await;
        let list = |kind: &str| format!("{{ articles(filter: {{kind: [{kind}]}}) {{ nodes {{ title }} }} }}");
        assert_eq!(names(&stranger, &list("ANNOUNCEMENT")).await, ["We have moved"]);
        assert_eq!(names(&stranger, &list("ARTICLE")).await, ["Manual"]);
        assert_eq!(names(&stranger, "{ articles { nodes { title } } }").await.len(), 2);
        let changed = agent.do_it("articleUpdate", json!({"articleId": news, "kind": "ARTICLE"}), "article { kind version }").await;
        assert_eq!(changed["article"], json!({"kind": "ARTICLE", "version": 3}));
        assert!(names(&stranger, &list("ANNOUNCEMENT")).await.is_empty());
    }
}

desk_test! {
    // S1-65, S3-13: related articles.
    async fn related_articles_are_those_most_alike_that_one_may_read(desk: &Desk) {
        let (agent, stranger) = (desk.agent("Bob").await, desk.stranger());
        let here = article(&agent, "Reset the wireless router", json!({})).await;
        article(&agent, "Wireless router does not answer", json!({})).await;
        article(&agent, "Wireless router firmware for technicians", json!({"audience": "STAFF"})).await;
        agent.do_it("articleCreate", json!({"title": "Wireless router draft", "body": "Router."}), "article { id }").await;
        let last = agent.do_it("articleUpdate", json!({"articleId": article(&agent, "Invoices by mail", json!({})).await, "body": "Money."}), "article { id }").await;
        let related = async |person: &Person| {
            person.run("query($at: EventCursor) { search(query: \"x\", consistentWith: $at) { tookMs } }", json!({"at": last["eventCursor"]})).await;
            let data = person.run("query($id: ID!) { article(id: $id) { related(first: 2) { title } } }", json!({"id": here})).await;
            let titles = data["article"]["related"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned());
            titles.collect::<Vec<_>>()
        };
        assert_eq!(related(&stranger).await, ["Wireless router does not answer"]);
        let mut seen = related(&agent).await;
        seen.sort_unstable();
        assert_eq!(seen, ["Wireless router does not answer", "Wireless router firmware for technicians"]);
        let answer = stranger.answer("query($id: ID!) { article(id: $id) { related(first: 21) { id } } }", json!({"id": here})).await;
        assert_eq!(errors(&answer), ["BAD_USER_INPUT"]);
    }
}

desk_test! {
    // S3-48, S1-68: what stood there before is kept, and can be put back.
    async fn a_change_of_an_article_can_be_taken_back(desk: &Desk) {
        let (agent, ann) = (desk.agent("Bob").await, desk.customer("Ann").await);
        let id = article(&agent, "First", json!({"body": "One."})).await;
        agent.do_it("articleUpdate", json!({"articleId": id, "title": "Second"}), "article { id }").await;
        agent.do_it("articleUpdate", json!({"articleId": id, "body": "Two."}), "article { id }").await;
        let read = "query($id: ID!) { article(id: $id) { title body revisions { totalCount nodes { id field before after } } } }";
        let seen = agent.run(read, json!({"id": id})).await["article"].clone();
        let revisions = &seen["revisions"];
        assert_eq!(revisions["totalCount"], 2);
        let kept = |at: usize| json!([revisions["nodes"][at]["field"], revisions["nodes"][at]["before"], revisions["nodes"][at]["after"]]);
        assert_eq!((kept(0), kept(1)), (json!(["BODY", "One.", "Two."]), json!(["TITLE", "First", "Second"])));
        let restore = json!({"articleId": id, "revisionId": revisions["nodes"][1]["id"]});
        let restored = agent.do_it("articleRestoreRevision", restore.clone(), "article { title body version revisions { totalCount } }").await;
        assert_eq!(restored["article"], json!({"title": "First", "body": "Two.", "version": 5, "revisions": {"totalCount": 3}}));
        // Readers see neither the revisions nor a way to change anything.
        let seen = ann.run(read, json!({"id": id})).await["article"].clone();
        assert_eq!(seen["revisions"], json!({"totalCount": 0, "nodes": []}));
        assert_eq!(ann.refused("articleRestoreRevision", restore).await["code"], "FORBIDDEN");
        let other = article(&agent, "Other", json!({})).await;
        let mixed = json!({"articleId": other, "revisionId": revisions["nodes"][1]["id"]});
        assert_eq!(agent.refused("articleRestoreRevision", mixed).await["code"], "NOT_FOUND");
    }
}
