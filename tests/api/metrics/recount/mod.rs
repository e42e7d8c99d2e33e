//! Every number of every report, computed again from the rows of the database.

mod rules;
mod walk;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use deskgraph::config::Config;
use serde_json::{Value, json};

use crate::harness::{Desk, Person, ids};
use crate::sla::changed;
use rules::{Asked, key};
use walk::Schema;
use world::{Raw, World, ZONE, build, raw, staff};

/// A visit of one answer.
struct Visit<'a> {
    schema: &'a Schema,
    asked: &'a Asked,
    tickets: &'a [&'a Raw],
    staff: &'a [String],
    zone: &'a str,
    interval: Option<&'a str>,
    /// The paths of all numbers met, of counts with the largest met.
    met: &'a mut BTreeMap<String, Option<usize>>,
}

impl Visit<'_> {
    fn object(&mut self, ty: &str, path: &str, value: &Value, around: &[&Value]) {
        let rows: Vec<&Value> = around.iter().copied().chain([value]).collect();
        match ty {
            "MetricCount" => return self.count(path, value, around),
            "MetricShare" => {
                let of = |name: &str| value[name]["value"].as_f64().unwrap();
                let share = (of("whole") > 0.0).then(|| of("part") / of("whole"));
                // Reading a number from JSON may lose its last bit.
                let near = |told: f64| share.is_some_and(|share| (told - share).abs() < 1e-12);
                assert!(value["value"].as_f64().map_or(share.is_none(), near), "{path}: {} {share:?}", value["value"]);
            }
            "MetricAverage" => self.average(path, value, around),
            "MetricDuration" => self.duration(path, value, around),
            // Read where the duration is.
            "MetricHours" => {}
            _ => assert!(!self.schema.is_number(ty), "{path}: teach the recomputation what a {ty} is"),
        }
        if self.schema.is_number(ty) {
            assert!(value["definition"].as_str().unwrap().ends_with('.'), "{path}");
            assert!(value["asOf"].as_str().unwrap().contains('-'), "{path}");
            self.met.entry(path.to_owned()).or_default();
        }
        for (field, ty) in self.schema.fields(ty) {
            let name = field.name.node.as_str();
            if Schema::is_leaf(ty) || self.schema.fields(ty).is_empty() {
                continue;
            }
            let below = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            match &value[name] {
                Value::Array(items) => {
                    let expected = self.asked.rows(&below, self.staff, self.tickets);
                    match expected {
                        Some(expected) => {
                            let found: Vec<String> = items.iter().map(key).collect();
                            assert_eq!(found.len(), expected.len(), "{below}: {found:?}, not {expected:?}");
                            assert_eq!(
                                found.into_iter().collect::<BTreeSet<_>>(),
                                expected,
                                "{below} by {}",
                                self.asked.by
                            );
                        }
                        None => self.steps(&below, items),
                    }
                    for item in items {
                        self.object(ty, &below, item, &rows);
                    }
                }
                Value::Object(_) => self.object(ty, &below, &value[name], &rows),
                // A group is of an agent, or of a team, or of neither.
                other => assert!(other.is_null(), "{below}: {other}"),
            }
        }
    }

    fn counted(&self, path: &str, around: &[&Value]) -> Vec<&Raw> {
        self.tickets.iter().copied().filter(|raw| self.asked.counts(path, around, raw)).collect()
    }

    fn count(&mut self, path: &str, number: &Value, around: &[&Value]) {
        let mut expected: Vec<String> = self.counted(path, around).iter().map(|raw| raw.id.clone()).collect();
        let mut found = ids(&number["tickets"]["nodes"]);
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{path} by {}: {}", self.asked.by, number["definition"]);
        assert_eq!(number["value"], expected.len(), "{path}: {}", number["definition"]);
        assert_eq!(number["tickets"]["totalCount"], number["value"], "{path}");
        assert!(number["definition"].as_str().unwrap().ends_with('.'), "{path}");
        assert!(number["asOf"].as_str().unwrap().contains('-'), "{path}");
        let most = self.met.entry(path.to_owned()).or_default();
        *most = (*most).max(Some(expected.len()));
    }

    /// What is measured of each ticket, in order.
    fn measured(&self, path: &str, around: &[&Value]) -> Vec<f64> {
        let counted = self.counted(&format!("{path}.measured"), around);
        let mut values: Vec<f64> = counted.iter().map(|raw| self.asked.measures(path, raw)).collect();
        values.sort_by(f64::total_cmp);
        values
    }

    fn average(&self, path: &str, number: &Value, around: &[&Value]) {
        let values = self.measured(path, around);
        let mean = (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        near(path, &number["value"], mean);
    }

    fn duration(&self, path: &str, number: &Value, around: &[&Value]) {
        let values = self.measured(path, around);
        let hours = |ms: f64| ms / 3_600_000.0;
        // The nearest rank: the first value that so many percent are not above.
        let rank = |percent: usize| values.get((values.len() * percent).div_ceil(100).max(1) - 1).copied().map(hours);
        let mean = (!values.is_empty()).then(|| hours(values.iter().sum::<f64>() / values.len() as f64));
        for (name, value) in [("median", rank(50)), ("p90", rank(90)), ("mean", mean)] {
            near(&format!("{path}.{name}"), &number[name]["value"], value);
        }
    }

    /// Steps follow each other from one end of the period to the other, and begin where the clocks of the zone say.
    fn steps(&self, path: &str, steps: &[Value]) {
        let at = |value: &Value| value.as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0;
        assert_eq!(at(&steps[0]["startsAt"]), self.asked.from, "{path}");
        assert_eq!(at(&steps[steps.len() - 1]["endsAt"]), self.asked.to, "{path}");
        let hours = (self.asked.to - self.asked.from) as f64 / 3_600_000.0;
        if self.interval == Some("HOUR") {
            assert!((steps.len() as f64 - hours).abs() <= 1.0, "{path}: {} steps in {hours} hours", steps.len());
        }
        for pair in steps.windows(2) {
            assert_eq!(pair[0]["endsAt"], pair[1]["startsAt"], "{path} has a gap");
            let begins = jiff::Timestamp::from_millisecond(at(&pair[1]["startsAt"])).unwrap().in_tz(self.zone).unwrap();
            let whole = match self.interval.unwrap() {
                "HOUR" => begins.minute() == 0 && begins.second() == 0 && begins.subsec_nanosecond() == 0,
                "DAY" => begins.time() == jiff::civil::Time::midnight(),
                "WEEK" => {
                    begins.time() == jiff::civil::Time::midnight() && begins.weekday() == jiff::civil::Weekday::Monday
                }
                "MONTH" => begins.time() == jiff::civil::Time::midnight() && begins.day() == 1,
                other => panic!("teach the recomputation where a {other} begins"),
            };
            assert!(whole, "{path}: {begins}");
        }
    }
}

fn near(path: &str, found: &Value, expected: Option<f64>) {
    match (found.as_f64(), expected) {
        (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-9, "{path}: {found}, not {expected}"),
        (found, expected) => assert_eq!(found, expected, "{path}"),
    }
}

/// Asks one person for everything, and computes it again. Answers the counts of which none was above zero.
async fn check(desk: &Desk, world: &World, person: &Person, own: bool, zone: &str) -> Vec<String> {
    let schema = Schema::read();
    let all = raw(desk).await;
    let tickets: Vec<&Raw> = all.iter().filter(|raw| !own || raw.assignee().as_deref() == Some(&person.id)).collect();
    // What is asked for of each number holds at most fifty.
    assert!(tickets.len() >= 5 && tickets.len() <= 50, "{} tickets", tickets.len());
    let staff = if own { vec![person.id.clone()] } else { staff(desk).await };
    let time = |ms: i64| deskgraph::clock::Timestamp(ms).to_string();
    let period = json!({"from": time(world.from), "to": time(world.to)});
    let mut met = BTreeMap::new();
    for (field, ty) in schema.fields("Metrics") {
        for nth in 0..schema.variants(field, ty) {
            let mut sent = BTreeMap::new();
            let asked_for = schema.field(field, ty, nth, &mut sent);
            let document = format!(
                "query($period: MetricsPeriod, $zone: String) {{ metrics(period: $period, timeZone: $zone) {{ {asked_for} }} }}"
            );
            let answer = person.run(&document, json!({"period": period, "zone": zone})).await;
            let by = sent.get("by").cloned().unwrap_or_default();
            let asked = Asked { from: world.from, to: world.to, now: desk.clock.now().0, by };
            let mut visit = Visit {
                schema: &schema,
                asked: &asked,
                tickets: &tickets,
                staff: &staff,
                zone,
                interval: sent.get("interval").map(String::as_str),
                met: &mut met,
            };
            // Only what was asked for is there.
            let (name, answer) = (field.name.node.as_str(), &answer["metrics"]);
            if !schema.fields(ty).is_empty() {
                let mut whole = serde_json::Map::new();
                whole.insert(name.to_owned(), answer[name].clone());
                visit.object("Metrics", "", &Value::Object(whole), &[]);
            }
        }
    }
    let mut offered = BTreeSet::new();
    schema.numbers("Metrics", "", &mut offered);
    let missing: Vec<&String> = offered.iter().filter(|path| !met.contains_key(*path)).collect();
    // One agent need not have a ticket for each row of each list: the desk has.
    assert!(own || missing.is_empty(), "the world has nothing that is counted by {missing:?}");
    met.into_iter().filter(|(_, most)| *most == Some(0)).map(|(path, _)| path).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S1-75 … S1-84, S3-95, S3-96, S3-98, S4-12, S4-15, S4-43 … S4-46, S4-69
async fn every_number_is_what_the_rows_add_up_to() {
    // Customers may escalate here, so that every cause has its number.
    let escalate = "\"ticket.escalate\"        = []   ";
    let changes = [("on_create = true", "on_create = false"), (escalate, "\"ticket.escalate\"        = [\"OWN\"]   ")];
    let (_folder, profile) = changed("isp", &changes);
    // Everything is asked for at once: more than a client may.
    let configure = |config: &mut Config| (config.profile, config.limits.nodes) = (profile.clone(), 100_000);
    for desk in [Some(Desk::with(configure).await), Desk::postgres_with(configure).await].into_iter().flatten() {
        let world = build(&desk).await;
        for zone in [ZONE, "UTC"] {
            let nothing = check(&desk, &world, &world.ada, false, zone).await;
            assert!(nothing.is_empty(), "the world is too small to show {nothing:?}");
            check(&desk, &world, &world.ben, true, zone).await;
        }
        desk.stop().await;
    }
}
