//! Articles, from draft to published to archived.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::Person;

async fn write(person: &Person, title: &str) -> Value {
    let input = json!({"title": title, "body": "Hold **RESET** for <script>alert(1)</script>10 s.", "tags": ["WiFi", "router"],
        "metaDescription": "How to start again"});
    person.do_it("articleCreate", input, "article { id slug status version }").await["article"].clone()
}

async fn titles(person: &Person, arguments: &str) -> Vec<String> {
    let data = person.run(&format!("{{ articles{arguments} {{ nodes {{ title }} totalCount }} }}"), json!({})).await;
    let nodes = data["articles"]["nodes"].as_array().unwrap();
    assert_eq!(data["articles"]["totalCount"], nodes.len());
    nodes.iter().map(|node| node["title"].as_str().unwrap().to_owned()).collect()
}

const READ: &str = "query($id: ID!) { article(id: $id) { slug title body bodyHtml bodyText metaDescription status audience tags \
    author { name } category { name } publishedAt version } node(id: $id) { __typename id } }";

desk_test! {
    // S1-66, S1-67, S3-13, S3-14, S3-15, S3-18, S3-39, S3-40, S3-46, S3-47, S3-50
    async fn an_article_is_read_by_everybody_once_it_is_published(desk: &Desk) {
        let (agent, customer, stranger) = (desk.agent("Bob").await, desk.customer("Ann").await, desk.stranger());
        let article = write(&agent, "Reset the Router").await;
        assert_eq!((&article["slug"], &article["status"]), (&json!("reset-the-router"), &json!("DRAFT")));
        let id = json!({"id": article["id"]});
        for reader in [&customer, &stranger] {
            assert_eq!(reader.run(READ, id.clone()).await, json!({"article": null, "node": null}));
            assert!(titles(reader, "").await.is_empty());
        }
        assert_eq!(titles(&agent, "(filter: {status: [DRAFT], tag: [\"wifi\"]})").await, ["Reset the Router"]);

        let published = agent.do_it("articlePublish", json!({"articleId": article["id"]}), "article { status }").await;
        assert_eq!(published["article"]["status"], "PUBLISHED");
        let data = stranger.run(READ, id.clone()).await;
        let seen = &data["article"];
        assert_eq!(seen["bodyText"], "Hold RESET for alert(1)10 s.");
        assert_eq!(seen["bodyHtml"], "<p>Hold <strong>RESET</strong> for 10 s.</p>\n");
        assert_eq!((&seen["tags"], &seen["author"]), (&json!(["router", "wifi"]), &Value::Null));
        assert_eq!(data["node"]["__typename"], "Article");
        assert_eq!(customer.run(READ, id.clone()).await["article"]["author"]["name"], "Bob");
        assert_eq!(titles(&stranger, "").await, ["Reset the Router"]);

        let archive = json!({"articleId": article["id"]});
        agent.do_it("articleArchive", archive.clone(), "article { status }").await;
        assert_eq!(stranger.run(READ, id.clone()).await["article"], Value::Null);
        let refused = agent.refused("articlePublish", archive.clone()).await;
        assert_eq!(refused["transitions"], json!([{"key": "DRAFT", "name": "Draft"}]));
        agent.do_it("articleUnpublish", archive.clone(), "article { status }").await;
        assert_eq!(agent.refused("articleArchive", archive).await["code"], "INVALID_TRANSITION");
    }
}

desk_test! {
    // S3-48, S3-49, S1-68
    async fn an_article_keeps_its_former_address_and_its_version(desk: &Desk) {
        let (agent, stranger) = (desk.agent("Bob").await, desk.stranger());
        let (first, second) = (write(&agent, "One title").await, write(&agent, "One title").await);
        assert_eq!(second["slug"], "one-title-2");
        agent.do_it("articlePublish", json!({"articleId": first["id"]}), "article { id }").await;
        let update = |slug: &str, version| json!({"articleId": first["id"], "slug": slug, "expectedVersion": version});
        assert_eq!(agent.refused("articleUpdate", update("new", 1)).await["currentVersion"], 2);
        agent.do_it("articleUpdate", update("new", 2), "article { slug }").await;
        assert_eq!(agent.refused("articleUpdate", update("one-title-2", 3)).await["code"], "ALREADY_EXISTS");
        assert_eq!(agent.refused("articleUpdate", update("Not OK", 3)).await["hint"], "Send \"not-ok\".");
        for slug in ["one-title", "new"] {
            let by_slug = "query($slug: String!) { articleBySlug(slug: $slug) { id slug } }";
            let found = stranger.run(by_slug, json!({"slug": slug})).await;
            assert_eq!(found["articleBySlug"], json!({"id": first["id"], "slug": "new"}), "{slug}");
        }
        agent.do_it("articleDelete", json!({"articleId": first["id"]}), "article { id }").await;
        assert_eq!(agent.run(READ, json!({"id": first["id"]})).await["article"], Value::Null);
    }
}

desk_test! {
    async fn customers_and_strangers_write_nothing(desk: &Desk) {
        let (agent, customer, stranger) = (desk.agent("Bob").await, desk.customer("Ann").await, desk.stranger());
        let article = write(&agent, "Mine").await;
        let wish = json!({"title": "Theirs", "body": "Text"});
        assert_eq!(customer.refused("articleCreate", wish.clone()).await["code"], "FORBIDDEN");
        let document = "mutation($input: ArticleCreateInput!) { articleCreate(input: $input) { userErrors { code } } }";
        let answer = stranger.answer(document, json!({"input": wish})).await;
        assert_eq!(crate::harness::errors(&answer), ["UNAUTHENTICATED"]);
        let publish = json!({"articleId": article["id"]});
        assert_eq!(customer.refused("articlePublish", publish.clone()).await["code"], "NOT_FOUND");
        agent.do_it("articlePublish", publish, "article { id }").await;
        let change = json!({"articleId": article["id"], "title": "Theirs"});
        assert_eq!(customer.refused("articleUpdate", change).await["code"], "FORBIDDEN");
    }
}

desk_test! {
    // S1-69, S3-19, S3-41
    async fn a_published_article_is_found_and_a_draft_only_by_its_writers(desk: &Desk) {
        let (agent, stranger) = (desk.agent("Bob").await, desk.stranger());
        let search = "query($at: EventCursor) { search(query: \"router\", consistentWith: $at) { hits { node { __typename \
            ... on Article { title } ... on Faq { question } } } } }";
        let input = json!({"title": "Reset the router", "body": "Hold the button."});
        let draft = agent.do_it("articleCreate", input, "article { id }").await;
        let at = json!({"at": draft["eventCursor"]});
        assert_eq!(stranger.run(search, at.clone()).await["search"]["hits"], json!([]));
        assert_eq!(agent.run(search, at).await["search"]["hits"][0]["node"]["title"], "Reset the router");
        let input = json!({"articleId": draft["article"]["id"]});
        let published = agent.do_it("articlePublish", input, "article { id }").await;
        let hits = stranger.run(search, json!({"at": published["eventCursor"]})).await;
        assert_eq!(hits["search"]["hits"][0]["node"]["__typename"], "Article");
    }
}
