//! What a profile says beyond statuses and rights: each section read, asked through its accessors, and refused where it is wrong.

use super::{Profile, Test, with};
use crate::error::Code;
use crate::profile::*;

/// Everything that a desk of rides and orders says.
const SECTIONS: &str = r#"
fields = [
  { key = "service", name = "Service", kind = "choice", required = true, choices = [{ key = "ride", name = "Ride" }, { key = "table", name = "Table" }] },
  { key = "seat", name = "Seat", kind = "text", max = 4 },
  { key = "amount", name = "Amount", kind = "number", min = 0 },
]
reference_kinds = [
  { key = "ride", name = "Ride", participants = true, fields = [{ key = "pickup", name = "From", required = true }] },
  { key = "order", name = "Order", owner = "organization" },
]
references = { required = true, owned = true, by_field = { field = "service", kinds = { ride = ["ride"] } } }
escalation = { from = ["open", "resolved"], customers_from = ["open"], levels = [{ key = "l2", name = "Second", skill = "rides" }, { key = "l3", name = "Third", team = "Heads", raises_priority = true }], automatic = [{ clock = "resolution", at_percent = 100 }, { clock = "first_response", at_percent = 50, level = "l3" }] }
routing = { rule = "skills", on_create = true, skills = [{ key = "rides", name = "Rides" }], skill_by_category = { technical = "rides" } }
rewards = { create = { name = "support_interaction", points = 10, credit_minor = 20, currency = "USD" }, close = { name = "ticket_closure", points = 5 } }
contact = { verified = ["email", "phone"], methods = [{ key = "sms", name = "Text message" }], default_method = "sms" }
satisfaction = { scale = { min = 1, max = 5, good = 4 }, effort = { min = 1, max = 7, good = 3 }, window = "7d", participants = true }
attachments = { max_bytes = 1000, types = ["image/*", "application/pdf"] }
notifications = [{ event = "ticket.created", to = ["requester"], channels = ["email", "sms"], by = "staff", stage = "new" }]
"#;

const ALIASES: &str = r#"
[aliases]
errors = [
  { code = "INVALID_TRANSITION", operation = "ticket.escalate", alias = "NOT_ESCALATABLE" },
  { code = "REFERENCE_INVALID", subject = "ride", alias = "RIDE_NOT_FOUND", message = "No such ride" },
  { code = "INVALID_VALUE", field = "service", alias = "INVALID_SERVICE_TYPE" },
  { operation = "ticket.*", alias = "TICKET_FAILED" },
]
events = [{ kind = "ticket.status_changed", stage = "closed", alias = "support:ticket_closed" }, { kind = "ticket.created", alias = "support:ticket_created" }]
permissions = { "ticket.create" = "create_support_ticket" }

[texts]
"ticket.closed" = "Closed."
[texts.de]
"ticket.closed" = "Geschlossen."
"#;

fn written() -> String {
    let app = include_str!("app.toml").replacen("{ key = \"calendar_problems\"", "{ key = \"technical\"", 1);
    let app = app.replacen(
        "key = \"closed\", name",
        "key = \"resolved\", name = \"Resolved\", stage = \"resolved\" },\n  { key = \"closed\", name",
        1,
    );
    let app = app.replacen(
        "transitions = [",
        "transitions = [{ from = \"open\", to = \"resolved\" }, { from = \"resolved\", to = \"closed\", by = \"customers\" },",
        1,
    );
    let (start, _) = app.split_once("[texts]").unwrap_or_default();
    let (head, tables) = start.split_once("[number]").unwrap_or_default();
    format!("{head}{SECTIONS}\n[number]{tables}{ALIASES}")
}

fn profile() -> Result<Profile, ProfileError> {
    Profile::parse("p", &written())
}

#[test]
fn a_ticket_refers_to_what_suits_its_fields() -> Test {
    let profile = profile()?;
    let kinds = |service: Option<&'static str>| {
        let rule = profile.reference_rule(|field| service.filter(|_| field == "service"));
        assert!(rule.required && rule.owned);
        rule.kinds.iter().map(|kind| kind.key.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(Some("ride")), ["ride"]);
    assert_eq!(kinds(Some("table")), ["ride", "order"], "a choice that is not listed suits every kind");
    assert_eq!(kinds(None), ["ride", "order"]);
    let ride = profile.reference_kind("ride").ok_or("no ride")?;
    assert_eq!((ride.owner, ride.participants, ride.fields[0].required), (ReferenceOwner::Person, true, true));
    let free = Profile::load("helpdesk")?;
    assert!(!free.reference_rule(|_| None).required && free.reference_kinds.is_empty());
    Ok(())
}

#[test]
fn a_ticket_is_escalated_from_certain_statuses_by_certain_people() -> Test {
    let profile = profile()?;
    let can = |status, customer| profile.can_escalate_from(status, customer);
    assert_eq!(
        [can("open", true), can("open", false), can("resolved", true), can("resolved", false)],
        [true, true, false, true]
    );
    assert!(!can("closed", false) && !can("in_progress", false) && !can("nowhere", false));
    let escalation = &profile.escalation;
    let next = |from| escalation.next(from).map(|level| level.key.as_str());
    assert_eq!((next(None), next(Some("l2")), next(Some("l3"))), (Some("l2"), Some("l3"), None));
    assert_eq!((escalation.automatic[1].clock, escalation.automatic[1].at_percent), (ClockKind::FirstResponse, 50));
    let helpdesk = Profile::load("helpdesk")?;
    assert!(helpdesk.can_escalate_from("waiting", false) && !helpdesk.can_escalate_from("resolved", false));
    let none = Profile::parse("app", include_str!("app.toml"))?;
    assert!(!none.can_escalate_from("open", false), "a desk without levels escalates nothing");
    Ok(())
}

#[test]
fn the_other_sections_say_what_they_say() -> Test {
    let profile = profile()?;
    assert_eq!(profile.routing.skill_for("technical"), Some("rides"));
    assert_eq!(
        (profile.routing.rule, profile.routing.on_create, profile.routing.capacity),
        (RoutingRule::Skills, true, 20)
    );
    let rewards: Vec<_> =
        profile.rewards.iter().map(|(action, reward)| (action, reward.points, reward.credit_minor)).collect();
    assert_eq!(rewards, [("create", 10, 20), ("close", 5, 0)]); // S2-49, S2-50
    assert_eq!(profile.contact.verified, [ContactKind::Email, ContactKind::Phone]);
    let satisfaction = profile.satisfaction.as_ref().ok_or("no ratings")?;
    assert_eq!(
        (satisfaction.after, satisfaction.scale.has(5), satisfaction.scale.has(6)),
        (RatedAfter::Closed, true, false)
    );
    let files = &profile.attachments;
    assert!(
        files.takes("image/png")
            && files.takes("Application/PDF")
            && !files.takes("text/html")
            && !files.takes("imagex/png")
    );
    assert!(!Attachments::default().takes("image/svg+xml") && Attachments::default().max_bytes == 10_485_760); // S3-72
    assert_eq!(
        profile.field("service").and_then(|field| field.choice("table")).map(|choice| &*choice.name),
        Some("Table")
    );
    assert!(profile.transition("resolved", "closed").is_some_and(|step| step.by.is(false) && !step.by.is(true)));
    let told = &profile.notifications[0];
    assert_eq!(
        (&told.to[..], &told.channels[..], told.by),
        (&[Recipient::Requester][..], &[Delivery::Email, Delivery::Sms][..], Who::Staff)
    );
    Ok(())
}

#[test]
fn the_first_alias_that_fits_is_told() -> Test {
    let profile = profile()?;
    let field = ["fields".to_owned(), "service".to_owned()];
    let facts = ErrorFacts {
        code: Code::InvalidTransition,
        subject: Some("ticket"),
        field: &[],
        operation: Some("ticket.escalate"),
    };
    let alias = |facts| profile.aliases.error(facts).map(|alias| alias.alias.as_str());
    assert_eq!(alias(facts), Some("NOT_ESCALATABLE"));
    assert_eq!(alias(ErrorFacts { operation: Some("ticket.close"), ..facts }), Some("TICKET_FAILED"));
    assert_eq!(alias(ErrorFacts { operation: None, ..facts }), None);
    assert_eq!(alias(ErrorFacts { operation: Some("comment.add"), ..facts }), None);
    assert_eq!(
        alias(ErrorFacts { code: Code::ReferenceInvalid, subject: Some("ride"), ..facts }),
        Some("RIDE_NOT_FOUND")
    );
    assert_eq!(
        alias(ErrorFacts { code: Code::InvalidValue, field: &field, operation: None, ..facts }),
        Some("INVALID_SERVICE_TYPE")
    );
    assert_eq!(profile.aliases.event("ticket.status_changed", Some(Stage::Closed)), Some("support:ticket_closed"));
    assert_eq!(profile.aliases.event("ticket.status_changed", Some(Stage::Active)), None);
    assert_eq!(profile.aliases.event("ticket.created", Some(Stage::New)), Some("support:ticket_created"));
    assert_eq!(profile.aliases.permission("ticket.create"), Some("create_support_ticket"));
    assert_eq!(
        (profile.text("ticket.closed"), profile.text_in("de", "ticket.closed")),
        (Some("Closed."), Some("Geschlossen."))
    );
    assert_eq!(profile.text_in("fr", "ticket.closed"), None);
    Ok(())
}

#[test]
fn what_is_wrong_is_named_with_its_line() -> Test {
    profile()?;
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "kind = \"number\", min = 0",
            "kind = \"number\", min = 3, max = 2",
            &["fields.max: cannot be 2", "at least 3"],
        ),
        ("kind = \"text\", max = 4", "kind = \"choice\"", &["fields: a choice needs choices"]),
        ("kind = \"text\", max = 4", "kind = \"date\"", &["unknown variant `date`", "`choice`"]),
        ("key = \"table\"", "key = \"RIDE\"", &["fields.choices.key: \"RIDE\" is there twice"]),
        (
            "field = \"service\"",
            "field = \"seat\"",
            &["references.by_field.field: there is no \"seat\"", "allowed: service"],
        ),
        (
            "ride = [\"ride\"]",
            "ride = [\"car\"]",
            &["references.by_field.kinds.ride: there is no \"car\"", "ride, order"],
        ),
        ("ride = [\"ride\"]", "ride = []", &["no kind suits, but one is required"]),
        (
            "from = [\"open\", \"resolved\"]",
            "from = [\"new\"]",
            &["escalation.from: there is no \"new\"", "allowed: open"],
        ),
        (
            "skill = \"rides\" }",
            "skill = \"cars\" }",
            &["escalation.levels.skill: there is no \"cars\"", "allowed: rides"],
        ),
        ("skill = \"rides\" }", "skill = \"rides\", role = \"agent\" }", &["more than one of team, role and skill"]),
        ("at_percent = 50", "at_percent = 0", &["escalation.automatic.at_percent: cannot be 0", "1 to 1000"]),
        ("level = \"l3\"", "level = \"l9\"", &["escalation.automatic.level: there is no \"l9\"", "l2, l3"]),
        (
            "technical = \"rides\"",
            "cooking = \"rides\"",
            &["routing.skill_by_category.cooking: there is no", "technical"],
        ),
        ("rule = \"skills\"", "rule = \"manual\"", &["routing.on_create: a manual desk routes nothing"]),
        ("rule = \"skills\"", "rule = \"random\"", &["unknown variant `random`", "`round_robin`"]),
        (", currency = \"USD\"", "", &["rewards.create.credit_minor: money needs a currency"]),
        ("currency = \"USD\"", "currency = \"$\"", &["rewards.create.currency: a currency is three capitals"]),
        ("default_method = \"sms\"", "default_method = \"fax\"", &["contact.default_method: there is no \"fax\""]),
        ("\"email\", \"phone\"]", "\"email\", \"email\"]", &["contact.verified: a kind is there twice"]),
        ("max = 5, good = 4", "max = 0, good = 0", &["satisfaction.scale: cannot go from 1 to 0"]),
        ("max = 5, good = 4", "max = 5, good = 9", &["satisfaction.scale.good: cannot be 9", "1 to 5"]),
        ("max_bytes = 1000", "max_bytes = 0", &["attachments.max_bytes: cannot be 0"]),
        ("\"image/*\"", "\"*/*\"", &["attachments.types: a media type cannot be \"*/*\"", "image/*"]),
        ("event = \"ticket.created\", to", "event = \"created\", to", &["notifications.event: an event is named"]),
        ("to = [\"requester\"]", "to = []", &["notifications: nobody would be told"]),
        ("to = [\"requester\"]", "to = [\"boss\"]", &["unknown variant `boss`", "`assignee`"]),
        ("stage = \"new\" }]", "text = \"no.such\" }]", &["notifications.text: there is no text \"no.such\""]),
        ("\"ticket.*\"", "\"Ticket\"", &["aliases.errors.operation: an operation is named", "ticket.close"]),
        ("code = \"REFERENCE_INVALID\"", "code = \"NO_SUCH\"", &["unknown variant `NO_SUCH`", "`NOT_FOUND`"]),
        ("{ operation = \"ticket.*\", ", "{ ", &["aliases.errors: would be told of every error"]),
        ("[texts.de]", "[texts.german_language]", &["texts.german_language: a language cannot be"]),
        ("by = \"customers\"", "by = \"robots\"", &["unknown variant `robots`", "`staff`"]),
    ];
    for (old, new, words) in cases {
        let text = written();
        assert!(text.contains(old), "the text has no {old}");
        match Profile::parse("broken.toml", &text.replacen(old, new, 1)) {
            Ok(_) => panic!("accepted: {new}"),
            Err(error) => {
                let message = error.to_string();
                for word in words.iter().chain(&["profile broken.toml, line "]) {
                    assert!(message.contains(word), "no {word:?} in: {message}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn a_desk_asks_for_a_title_or_a_description_at_least() {
    let text = with("name = \"Subject\", required = true", "required = false");
    assert!(Profile::parse("p", &text).is_ok_and(|profile| !profile.form.title.required));
    let text = text.replacen("name = \"Description\", required = true", "required = false", 1);
    let message = Profile::parse("p", &text).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains("form: neither title nor description is required"), "{message}");
}
