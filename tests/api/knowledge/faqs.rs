//! FAQs and categories: in the order that their writers give them.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::Person;

async fn category(person: &Person, name: &str) -> Value {
    let payload = person.do_it("knowledgeCategoryCreate", json!({"name": name}), "category { id slug position }").await;
    payload["category"].clone()
}

async fn faq(person: &Person, question: &str, category: &Value) -> Value {
    let input = json!({"question": question, "answer": "Yes.", "categoryId": category["id"]});
    let id = person.do_it("faqCreate", input, "faq { id }").await["faq"]["id"].clone();
    person.do_it("faqPublish", json!({"faqId": id}), "faq { id }").await;
    id
}

async fn order(person: &Person) -> String {
    let data = person.run("{ faqs { nodes { question } } }", json!({})).await;
    data["faqs"]["nodes"].as_array().unwrap().iter().map(|node| node["question"].as_str().unwrap()).collect()
}

desk_test! {
    // S3-20, S3-43, S3-51 … S3-55, S3-89
    async fn faqs_are_read_in_the_order_of_their_categories_and_places(desk: &Desk) {
        let (agent, stranger) = (desk.agent("Bob").await, desk.stranger());
        let (first, second) = (category(&agent, "First").await, category(&agent, "Second").await);
        let c = faq(&agent, "c", &second).await;
        let a = faq(&agent, "a", &first).await;
        faq(&agent, "b", &first).await;
        assert_eq!(order(&stranger).await, "abc");
        agent.do_it("faqReorder", json!({"faqId": a, "position": 2}), "faq { position }").await;
        assert_eq!(order(&stranger).await, "bac");
        let to_front = json!({"categoryId": second["id"], "position": 1});
        agent.do_it("knowledgeCategoryUpdate", to_front, "category { position }").await;
        assert_eq!(order(&stranger).await, "cba");
        agent.do_it("faqUpdate", json!({"faqId": c, "categoryId": null}), "faq { category { id } }").await;
        assert_eq!(order(&stranger).await, "bac");
        agent.do_it("faqUnpublish", json!({"faqId": c}), "faq { status }").await;
        assert_eq!((order(&stranger).await, order(&agent).await), ("ba".to_owned(), "bac".to_owned()));
        agent.do_it("faqDelete", json!({"faqId": c}), "faq { id }").await;
        assert_eq!(order(&agent).await, "ba");
    }
}

desk_test! {
    // S1-70, S3-14, S3-45
    async fn a_category_shows_what_one_may_read_and_is_deleted_only_when_empty(desk: &Desk) {
        let (agent, stranger) = (desk.agent("Bob").await, desk.stranger());
        let (full, empty) = (category(&agent, "Full").await, category(&agent, "full").await);
        assert_eq!((&full["slug"], &empty["slug"]), (&json!("full"), &json!("full-2")));
        for question in ["a", "b", "c"] {
            faq(&agent, question, &full).await;
        }
        let input = json!({"title": "Draft", "body": "Text", "categoryId": full["id"]});
        agent.do_it("articleCreate", input, "article { category { name } }").await;
        let query = "{ knowledgeCategories { totalCount nodes { name articles { totalCount nodes { title } } \
            faqs(first: 2) { totalCount nodes { question } pageInfo { hasNextPage endCursor } } } } }";
        let seen = stranger.run(query, json!({})).await["knowledgeCategories"].clone();
        assert_eq!((&seen["totalCount"], &seen["nodes"][1]["name"]), (&json!(2), &json!("full")));
        assert_eq!(seen["nodes"][0]["articles"], json!({"totalCount": 0, "nodes": []}));
        let faqs = &seen["nodes"][0]["faqs"];
        assert_eq!((&faqs["totalCount"], &faqs["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
        let next = "query($id: ID!, $after: String) { knowledgeCategory(id: $id) { faqs(after: $after) { nodes { question } } } }";
        let variables = json!({"id": full["id"], "after": faqs["pageInfo"]["endCursor"]});
        let rest = stranger.run(next, variables).await;
        assert_eq!(rest["knowledgeCategory"]["faqs"]["nodes"], json!([{"question": "c"}]));
        let seen = agent.run(query, json!({})).await["knowledgeCategories"]["nodes"][0]["articles"].clone();
        assert_eq!(seen, json!({"totalCount": 1, "nodes": [{"title": "Draft"}]}));

        let refused = agent.refused("knowledgeCategoryDelete", json!({"categoryId": full["id"]})).await;
        assert_eq!(refused["message"], "The category holds 1 article and 3 FAQs.");
        agent.do_it("knowledgeCategoryDelete", json!({"categoryId": empty["id"]}), "category { id }").await;
    }
}
