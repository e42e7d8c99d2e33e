//! What is sent as each argument of the schema. One that is not here fails the walk, and says so.

use serde_json::{Value, json};

use super::planted::Planted;

/// Arguments that only narrow, order or page what comes without them: left out.
const LEFT_OUT: [&str; 16] = [
    "after",
    "before",
    "last",
    "offset",
    "orderBy",
    "filter",
    "consistentWith",
    "kinds",
    "category",
    "period",
    "timeZone",
    "days",
    "interval",
    "ticketIds",
    "outcome",
    "unread",
];

/// The values of arguments.
pub struct Arguments(Vec<(&'static str, Vec<Value>)>);

impl Arguments {
    /// The values that lead to what is planted.
    pub fn of_planted(planted: &Planted) -> Self {
        let ids = |kind: &str| {
            planted.things.iter().filter(|thing| thing.kind == kind).map(|thing| thing.id.clone()).collect::<Vec<_>>()
        };
        let all: Vec<Value> = planted.things.iter().map(|thing| thing.id.clone()).collect();
        Self(vec![
            ("agent.id", ids("person")),
            ("article.id", ids("article")),
            ("articleBySlug.slug", planted.slugs.clone()),
            ("complete.prefix", vec![json!("xylophone")]),
            ("events.after", vec![planted.beginning.clone()]),
            ("faq.id", ids("faq")),
            ("groups.by", ["AGENT", "TEAM"].map(|key| json!({"enum": key})).to_vec()),
            ("job.id", ids("job")),
            ("jobProgress.id", ids("job")),
            ("knowledgeCategory.id", ids("category")),
            ("node.id", all.clone()),
            ("nodes.ids", vec![json!(all)]),
            ("person.id", ids("person")),
            ("reference.kind", vec![json!("booking")]),
            ("reference.externalId", planted.references.clone()),
            ("search.query", vec![json!("xylophone")]),
            ("suggest.draft", vec![json!({"title": "xylophone", "description": "trouble"})]),
            ("template.id", ids("template")),
            ("templatePreview.templateId", ids("template")),
            ("templatePreview.ticketId", ids("ticket")),
            ("ticket.id", ids("ticket")),
            ("ticketByNumber.number", planted.numbers.clone()),
            ("ticketPresence.ticketId", ids("ticket")),
            (
                "tickets.standing",
                ["ON_TRACK", "AT_RISK", "BREACHED", "PAUSED"].map(|key| json!({"enum": key})).to_vec(),
            ),
        ])
    }

    /// How many objects deep everything below a root field is looked at. What one root has shown of a type need not be shown as deep by
    /// all others.
    pub fn depth(&self, field: &str) -> usize {
        match field {
            "ticket" | "metrics" => 4,
            "article" | "viewer" | "reference" | "events" => 3,
            _ => 2,
        }
    }

    /// The ways of giving a field its arguments, as they are written.
    pub fn of(&self, parent: &str, field: &str, arguments: &[(String, bool)], depth: usize) -> Vec<String> {
        let mut ways = vec![String::new()];
        for (name, required) in arguments {
            if name == "first" {
                let first = if depth == 0 { 20 } else { 4 };
                ways.iter_mut().for_each(|way| way.push_str(&format!("first: {first}, ")));
                continue;
            }
            if name == "after" && parent == "Subscription" {
                let beginning = self.values("events.after").unwrap()[0].clone();
                ways.iter_mut().for_each(|way| way.push_str(&format!("after: {beginning}, ")));
                continue;
            }
            let values = self.values(&format!("{field}.{name}"));
            if values.is_none() && !required && LEFT_OUT.contains(&name.as_str()) {
                continue;
            }
            let values = values
                .unwrap_or_else(|| panic!("say in access/walk/arguments.rs what to send as {parent}.{field}({name}:)"));
            ways = ways
                .iter()
                .flat_map(|way| values.iter().map(move |value| format!("{way}{name}: {}, ", written(value))))
                .collect();
        }
        let closed = |way: String| if way.is_empty() { way } else { format!("({})", way.trim_end_matches(", ")) };
        ways.into_iter().map(closed).collect()
    }

    fn values(&self, name: &str) -> Option<&Vec<Value>> {
        self.0.iter().find(|(of, _)| *of == name).map(|(_, values)| values)
    }
}

/// A value as GraphQL writes it.
fn written(value: &Value) -> String {
    match value {
        Value::Object(fields) if fields.contains_key("enum") => fields["enum"].as_str().unwrap().to_owned(),
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", written(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
