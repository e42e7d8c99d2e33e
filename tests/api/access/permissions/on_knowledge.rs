//! The mutations on articles, FAQs and templates.

use serde_json::{Value, json};

use super::on_tickets::input;
use super::rows::{Behind, Needs, Row};
use super::scene::Scene;

/// The rows.
pub fn rows() -> Vec<Row> {
    let row = Row::new;
    let writes = |behind| Needs::Desk("article.write", behind);
    let answers = |behind| Needs::Desk("faq.write", behind);
    vec![
        row(
            "articleCreate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"title": scene.name("Article"), "body": "A text."})),
        ),
        row(
            "articleUpdate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => {
                json!({"articleId": article(scene, true).await, "title": scene.name("Article")})
            }),
        ),
        row(
            "articlePublish",
            "",
            writes(Behind::Drafts),
            input!(scene, case => json!({"articleId": article(scene, false).await})),
        ),
        row(
            "articleUnpublish",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"articleId": article(scene, true).await})),
        ),
        row(
            "articleArchive",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"articleId": article(scene, true).await})),
        ),
        row(
            "articleDelete",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"articleId": article(scene, true).await})),
        ),
        row(
            "articleFeedback",
            "",
            Needs::SignedIn,
            input!(scene, case => {
                json!({"articleId": article(scene, true).await, "helpful": true})
            }),
        ),
        row(
            "articleRestoreRevision",
            "",
            writes(Behind::Nothing),
            input!(scene, case => {
                let id = article(scene, true).await;
                let input = json!({"articleId": id, "title": scene.name("Another title")});
                let changed = scene.ada.do_it("articleUpdate", input, "article { revisions { nodes { id } } }").await;
                json!({"articleId": id, "revisionId": changed["article"]["revisions"]["nodes"][0]["id"]})
            }),
        ),
        row(
            "knowledgeCategoryCreate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"name": scene.name("Category")})),
        ),
        row(
            "knowledgeCategoryUpdate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => {
                json!({"categoryId": category(scene).await, "name": scene.name("Category")})
            }),
        ),
        row(
            "knowledgeCategoryDelete",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"categoryId": category(scene).await})),
        ),
        row(
            "faqCreate",
            "",
            answers(Behind::Nothing),
            input!(scene, case => json!({"question": "How much is it?", "answer": "Ten."})),
        ),
        row(
            "faqUpdate",
            "",
            answers(Behind::Nothing),
            input!(scene, case => {
                json!({"faqId": faq(scene, true).await, "answer": scene.name("Eleven")})
            }),
        ),
        row(
            "faqPublish",
            "",
            answers(Behind::Drafts),
            input!(scene, case => json!({"faqId": faq(scene, false).await})),
        ),
        row(
            "faqUnpublish",
            "",
            answers(Behind::Nothing),
            input!(scene, case => json!({"faqId": faq(scene, true).await})),
        ),
        row(
            "faqReorder",
            "",
            answers(Behind::Nothing),
            input!(scene, case => json!({"faqId": faq(scene, true).await, "position": 1})),
        ),
        row("faqDelete", "", answers(Behind::Nothing), input!(scene, case => json!({"faqId": faq(scene, true).await}))),
        row(
            "faqFeedback",
            "",
            Needs::SignedIn,
            input!(scene, case => json!({"faqId": faq(scene, true).await, "helpful": false})),
        ),
        row(
            "templateCreate",
            "",
            writes(Behind::Nothing),
            input!(scene, case => json!({"name": scene.name("Template"), "body": "Dear."})),
        ),
        row(
            "templateUpdate",
            "",
            writes(Behind::Drafts),
            input!(scene, case => {
                json!({"templateId": template(scene).await, "body": "Dear customer."})
            }),
        ),
        row(
            "templateDelete",
            "",
            writes(Behind::Drafts),
            input!(scene, case => json!({"templateId": template(scene).await})),
        ),
    ]
}

async fn category(scene: &Scene) -> Value {
    scene.made("knowledgeCategoryCreate", json!({"name": scene.name("Category")}), "category").await
}

async fn template(scene: &Scene) -> Value {
    scene.made("templateCreate", json!({"name": scene.name("Template"), "body": "Dear."}), "template").await
}

async fn article(scene: &Scene, published: bool) -> Value {
    let id = scene.made("articleCreate", json!({"title": scene.name("Article"), "body": "A text."}), "article").await;
    if published {
        scene.ada.do_it("articlePublish", json!({"articleId": id}), "article { id }").await;
    }
    id
}

async fn faq(scene: &Scene, published: bool) -> Value {
    let id = scene.made("faqCreate", json!({"question": "How much is it?", "answer": "Ten."}), "faq").await;
    if published {
        scene.ada.do_it("faqPublish", json!({"faqId": id}), "faq { id }").await;
    }
    id
}
