//! Messages that somebody sends: staff, or another system.

use deskgraph::config::{Config, Secret};
use serde_json::{Value, json};

use super::{texts, with_phone};
use crate::desk_test;
use crate::harness::{Desk, MailServer, SmsGateway, eventually};

const SAYS: &str = "notificationStatus notification { id text ticket { id } } notices { code message }";

desk_test! {
    // S0-5, S0-15, S0-16, S0-25
    async fn another_system_tells_somebody_that_their_ticket_is_resolved(desk: &Desk) on "airline" {
        let ann = desk.customer("Ann").await;
        let notifier = desk.service("Support", &["NOTIFICATION_SEND", "PERSON_VIEW"]).await;
        let input = json!({"personId": ann.id, "message": "Ticket resolved", "idempotencyKey": "resolved-1"});
        let sent = notifier.do_it("notificationSend", input.clone(), SAYS).await;
        assert_eq!((&sent["notificationStatus"], &sent["notices"]), (&json!("SENT"), &json!([])));
        assert_eq!(texts(&ann).await, ["Ticket resolved"]);
        // Sent again it is the same message.
        let again = notifier.do_it("notificationSend", input, SAYS).await;
        assert_eq!((&again["replayed"], &again["notificationStatus"]), (&json!(true), &json!("SENT")));
        assert_eq!(again["notification"]["id"], sent["notification"]["id"]);
        assert_eq!(texts(&ann).await.len(), 1);
        // Customers send nothing; an empty message is none; who is not there gets none.
        let bob = desk.customer("Bob").await;
        assert_eq!(bob.refused("notificationSend", json!({"personId": ann.id, "message": "Hello"})).await["code"], "FORBIDDEN");
        assert_eq!(notifier.refused("notificationSend", json!({"personId": ann.id, "message": "  "})).await["field"], json!(["message"]));
        let nobody = deskgraph::ids::PersonId::new().to_string();
        let error = notifier.refused("notificationSend", json!({"personId": nobody, "message": "Hello"})).await;
        assert_eq!((&error["code"], &error["field"]), (&json!("NOT_FOUND"), &json!(["personId"])));
    }
}

desk_test! {
    async fn nobody_is_told_of_a_ticket_that_they_do_not_see(desk: &Desk) {
        let (ada, ann, bob, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await, desk.agent("Ben").await);
        let ticket = ann.open_ticket("The printer hums").await;
        let input = json!({"personId": bob.id, "ticketId": ticket, "message": "Look"});
        let error = ada.refused("notificationSend", input.clone()).await;
        assert_eq!((&error["code"], &error["field"]), (&json!("INVALID_VALUE"), &json!(["ticketId"])));
        // To an agent who does not see the ticket it is not there.
        let error = ben.refused("notificationSend", input).await;
        assert_eq!((&error["code"], &error["field"]), (&json!("NOT_FOUND"), &json!(["ticketId"])));
        let input = json!({"personId": ann.id, "ticketId": ticket, "message": "Look"});
        assert_eq!(ada.do_it("notificationSend", input, SAYS).await["notification"]["text"], "Look");
        assert_eq!(texts(&ann).await[0], "Look");
    }
}

fn ways(mail: Option<&str>, sms: Option<&str>) -> impl Fn(&mut Config) {
    let (mail, sms) = (mail.map(Secret::new), sms.map(Secret::new));
    move |config| {
        config.profile = "airline".to_owned();
        (config.mail.smtp_url, config.sms.url) = (mail.clone(), sms.clone());
        config.mail.timeout_seconds = 1;
    }
}

// S0-16, S0-21
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_says_what_came_of_a_message() {
    let (server, mail) = MailServer::start().await;
    let (_gateway, sms) = SmsGateway::start(&[422]).await;
    let mut desks = vec![Desk::with(ways(Some(&mail), Some(&sms))).await];
    desks.extend(Desk::postgres_with(ways(Some(&mail), Some(&sms))).await);
    for desk in desks {
        let ada = desk.administrator().await;
        let ann = with_phone(&ada, "Ann", "+4930123456").await;
        let send = async |person: &Value, channels: Value| {
            let input = json!({"personId": person, "message": "Ticket resolved", "channels": channels});
            ada.attempt("notificationSend", input, SAYS).await
        };
        let sent = send(&ann, json!(["EMAIL"])).await;
        assert_eq!((&sent["notificationStatus"], &sent["userErrors"]), (&json!("SENT"), &json!([])));
        assert!(server.taken().iter().any(|mail| mail.to == "ann@desk.test" && mail.text.contains("Ticket resolved")));
        // Refused for good by the only way.
        let failed = send(&ann, json!(["SMS"])).await;
        let error = &failed["userErrors"][0];
        assert_eq!(
            (&error["code"], &error["alias"]),
            (&json!("NOTIFICATION_FAILED"), &json!("NotificationFailedException"))
        );
        assert!(error["message"].as_str().unwrap().contains("422"), "{error}");
        assert_eq!(failed["notificationStatus"], json!(null));
        // By one way of two.
        let partly = send(&ann, json!(["INBOX", "SMS"])).await;
        assert_eq!(
            (&partly["notificationStatus"], &partly["notices"][0]["code"]),
            (&json!("SENT"), &json!("NOTIFICATION_PARTLY_FAILED"))
        );
        // Nobody vouched for a number of theirs.
        let bob = ada
            .do_it(
                "personCreate",
                json!({"name": "Bob", "email": "later-bob@desk.test", "role": "CUSTOMER"}),
                "person { id }",
            )
            .await["person"]["id"]
            .take();
        let failed = send(&bob, json!(["SMS"])).await;
        assert_eq!(
            (&failed["userErrors"][0]["code"], &failed["userErrors"][0]["field"]),
            (&json!("NOTIFICATION_FAILED"), &json!(["channels"]))
        );
        // Not now, but later.
        let queued = send(&bob, json!(["EMAIL"])).await;
        if server.attempts("later-bob@desk.test") == 1 {
            assert_eq!(queued["notificationStatus"], "QUEUED", "{queued:#}");
        }
        desk.clock.advance_real(std::time::Duration::from_secs(11));
        eventually("it is sent after all", async || server.taken().iter().any(|mail| mail.to == "later-bob@desk.test"))
            .await;
        desk.stop().await;
    }
}
