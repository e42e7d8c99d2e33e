//! Sending: by mail and by text message, again and again, and not any more.

use std::time::Duration;

use deskgraph::config::{Config, Secret};
use deskgraph::deliveries::delivery::{Channel, Status};
use serde_json::json;

use super::{message, post, rows};
use crate::harness::{Desk, MailServer, SmsGateway, eventually};

/// Desks on both databases, with this configuration.
async fn desks(configure: impl Fn(&mut Config)) -> Vec<Desk> {
    let mut desks = vec![Desk::with(&configure).await];
    desks.extend(Desk::postgres_with(&configure).await);
    desks
}

fn with_mail(url: &str) -> impl Fn(&mut Config) {
    move |config| {
        config.mail.smtp_url = Some(Secret::new(url));
        config.mail.from = "Help <help@desk.test>".to_owned();
        config.mail.timeout_seconds = 2;
    }
}

/// Whether the message for this address has come so far.
async fn is(desk: &Desk, address: &str, status: Status) -> bool {
    rows(desk).await.get(address).is_some_and(|row| row.status == status)
}

// S1-98, S4-15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_sent_once_and_its_text_is_kept_no_longer_than_needed() {
    let (server, url) = MailServer::start().await;
    for mut desk in desks(with_mail(&url)).await {
        let before = server.taken().len();
        let to = message(Channel::Email, "ann@desk.test", "code 1");
        post(&desk, vec![to.clone()]).await;
        // The same cause for the same address is the same message.
        post(&desk, vec![to.clone(), to.clone()]).await;
        eventually("it is sent", async || is(&desk, "ann@desk.test", Status::Sent).await).await;
        let mail = server.taken()[before].clone();
        assert_eq!(
            (mail.to.as_str(), mail.header("From"), mail.header("To")),
            ("ann@desk.test", "Help <help@desk.test>", "ann@desk.test")
        );
        assert_eq!((mail.header("Bcc"), mail.header("Auto-Submitted")), ("", "auto-generated"));
        assert!(mail.header("Subject").starts_with("=?utf-8?"), "{}", mail.text);
        assert!(mail.header("Message-ID").ends_with("@desk.test>") && mail.text.contains("Your code is 123456."));
        assert!(mail.text.contains("\n.\n"), "a line of one dot ends nothing: {}", mail.text);
        let row = rows(&desk).await.remove("ann@desk.test").unwrap();
        assert_eq!((row.body.as_str(), row.attempts, row.last_error), ("", 1, None));
        assert!(row.sent_at.is_some());
        // A restart in good order sends nothing again, neither what was sent nor what is being sent.
        post(&desk, vec![message(Channel::Email, "bob@desk.test", "code 2")]).await;
        desk.restart().await;
        eventually("the second is sent", async || is(&desk, "bob@desk.test", Status::Sent).await).await;
        post(&desk, vec![to, message(Channel::Email, "cleo@desk.test", "code 3")]).await;
        eventually("the third is sent", async || is(&desk, "cleo@desk.test", Status::Sent).await).await;
        let to: Vec<String> = server.taken()[before..].iter().map(|mail| mail.to.clone()).collect();
        assert_eq!(to, ["ann@desk.test", "bob@desk.test", "cleo@desk.test"]);
        desk.stop().await;
    }
}

// S1-98
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_refused_or_gives_no_answer_keeps_nobody_from_getting_theirs() {
    let (server, url) = MailServer::start().await;
    for desk in desks(with_mail(&url)).await {
        let addresses = ["nobody@desk.test", "not an address", "slow@desk.test", "later@desk.test", "ann@desk.test"];
        let offered = server.attempts("later@desk.test");
        post(&desk, addresses.map(|address| message(Channel::Email, address, "news")).to_vec()).await;
        eventually("Ann has hers", async || is(&desk, "ann@desk.test", Status::Sent).await).await;
        eventually("nobody is given up", async || is(&desk, "nobody@desk.test", Status::Failed).await).await;
        eventually("the slow one is put off", async || rows(&desk).await["slow@desk.test"].last_error.is_some()).await;
        let rows = rows(&desk).await;
        let of = |address: &str| {
            (rows[address].status, rows[address].attempts, rows[address].last_error.clone().unwrap_or_default())
        };
        let (status, attempts, reason) = of("nobody@desk.test");
        assert_eq!((status, attempts), (Status::Failed, 1));
        assert!(reason.contains("there is nobody of this name"), "{reason}");
        assert_eq!(rows["nobody@desk.test"].body, "", "what nobody will send is not kept");
        assert_eq!(of("not an address").0, Status::Failed);
        let (status, attempts, reason) = of("slow@desk.test");
        assert_eq!((status, attempts, reason.as_str()), (Status::Queued, 1, "There was no answer within 2 seconds."));
        if offered == 0 {
            let (status, attempts, reason) = of("later@desk.test");
            assert_eq!((status, attempts), (Status::Queued, 1));
            assert!(reason.contains("come back later"), "{reason}");
            assert!(!rows["later@desk.test"].body.is_empty());
        }
        desk.clock.advance_real(Duration::from_secs(11));
        eventually("the second attempt succeeds", async || is(&desk, "later@desk.test", Status::Sent).await).await;
        desk.stop().await;
    }
}

// S1-98
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_for_72_hours_is_given_up() {
    // Nobody listens here.
    for desk in desks(with_mail("smtp://127.0.0.1:1")).await {
        let mut soon = message(Channel::Email, "soon@desk.test", "code");
        soon.useful_until = Some(desk.clock.real().after(Duration::from_secs(900)));
        post(&desk, vec![message(Channel::Email, "ann@desk.test", "news"), soon]).await;
        let tried = async |address: &str, times: i32| {
            eventually("it was tried", async || rows(&desk).await[address].attempts >= times).await;
            eventually("and put off", async || rows(&desk).await[address].last_error.is_some()).await;
        };
        tried("ann@desk.test", 1).await;
        tried("soon@desk.test", 1).await;
        desk.clock.advance_real(Duration::from_secs(900));
        eventually("the code is of no use", async || is(&desk, "soon@desk.test", Status::Failed).await).await;
        assert!(is(&desk, "ann@desk.test", Status::Queued).await);
        desk.clock.advance_real(Duration::from_secs(71 * 3600));
        tried("ann@desk.test", 2).await;
        desk.clock.advance_real(Duration::from_secs(3600));
        eventually("it is given up", async || is(&desk, "ann@desk.test", Status::Failed).await).await;
        let row = rows(&desk).await.remove("ann@desk.test").unwrap();
        assert!(row.last_error.is_some_and(|reason| reason.contains("refused")) && row.body.is_empty());
        // It is kept for thirty days, for whoever wants to know.
        desk.clock.advance_real(Duration::from_secs(30 * 24 * 3600 + 60));
        eventually("it is forgotten", async || rows(&desk).await.is_empty()).await;
        desk.stop().await;
    }
}

// S1-88, S1-98
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_of_text_messages_is_asked_again_until_it_takes_one() {
    let (gateway, url) = SmsGateway::start(&[503, 202, 422]).await;
    let desk = Desk::with(|config| {
        config.sms.url = Some(Secret::new(&url));
        config.sms.token = Some(Secret::new("let us in"));
        config.sms.body = r#"{"messages": [{"phone": {{ to }}, "content": {{ text }}}]}"#.to_owned();
    })
    .await;
    post(&desk, vec![message(Channel::Sms, "+4930123456", "code")]).await;
    eventually("it was tried", async || {
        rows(&desk).await["+4930123456"].last_error.as_deref() == Some("The gateway answered 503 Service Unavailable.")
    })
    .await;
    assert!(is(&desk, "+4930123456", Status::Queued).await);
    desk.clock.advance_real(Duration::from_secs(11));
    eventually("it is sent", async || is(&desk, "+4930123456", Status::Sent).await).await;
    let text = message(Channel::Sms, "", "").body;
    let body = json!({"messages": [{"phone": "+4930123456", "content": text}]});
    assert_eq!(gateway.asked(), vec![("Bearer let us in".to_owned(), body); 2]);
    // A number that the gateway does not take.
    post(&desk, vec![message(Channel::Sms, "+100000", "code")]).await;
    eventually("it is given up", async || is(&desk, "+100000", Status::Failed).await).await;
    let row = rows(&desk).await.remove("+100000").unwrap();
    assert_eq!((row.attempts, row.last_error.as_deref()), (1, Some("The gateway answered 422 Unprocessable Entity.")));
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_and_a_gateway_messages_are_files() {
    let desk = Desk::sqlite().await;
    post(&desk, vec![message(Channel::Email, "ann@desk.test", "1"), message(Channel::Sms, "+4930123456", "1")]).await;
    for (address, folder, words) in [
        ("ann@desk.test", "mail/", ["To: ann@desk.test", "Your code is 123456."]),
        ("+4930123456", "sms/", ["To: +4930123456", "Your code is 123456."]),
    ] {
        eventually("it is written", async || is(&desk, address, Status::Sent).await).await;
        let files: Vec<_> =
            std::fs::read_dir(desk.folder().join(folder)).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        let text = std::fs::read_to_string(&files[0]).unwrap();
        assert!(words.iter().all(|word| text.contains(word)), "{text}");
    }
    desk.stop().await;
}
