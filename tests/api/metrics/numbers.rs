//! The numbers of the desk.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{COUNT, Scene, Seen, all, counts, lasts, scene};
use crate::desk_test;
use crate::harness::errors;

/// The period: from after the first three tickets on, so that something lies outside.
fn period(tickets: &[Seen]) -> (i64, Value) {
    let mut created: Vec<i64> = tickets.iter().map(Seen::created).collect();
    created.sort_unstable();
    let from = created[3];
    (from, json!({"from": deskgraph::clock::Timestamp(from).to_string()}))
}

desk_test! {
    // S1-75, S1-77, S1-121, S3-30, S3-38, S3-118, S4-12, S4-43
    async fn counts_are_those_of_the_tickets_themselves(desk: &Desk) {
        let Scene { ada, ann, .. } = scene(desk).await;
        let tickets = all(&ada).await;
        let (from, period) = period(&tickets);
        let now = desk.clock.now().0;
        let within = |at: Option<i64>| at.is_some_and(|at| at >= from);
        let share = format!("{{ value definition part {COUNT} whole {COUNT} }}");
        let document = format!("query($period: MetricsPeriod) {{ \
            tickets(first: 1) {{ totalCount }} ticketSummary {{ total }} \
            metrics(period: $period) {{ startsAt endsAt timeZone asOf \
            dashboard {{ open {COUNT} unassigned {COUNT} waiting {COUNT} overdue {COUNT} received {COUNT} resolved {COUNT} }} \
            performance {{ received {COUNT} resolved {COUNT} closed {COUNT} answered {COUNT} reopened {share} firstContactResolution {share} }} }} }}");
        let answer = ada.run(&document, json!({"period": period})).await;
        let (board, done) = (&answer["metrics"]["dashboard"], &answer["metrics"]["performance"]);
        assert_eq!(answer["ticketSummary"]["total"], answer["tickets"]["totalCount"]);
        counts("open", &board["open"], &tickets, Seen::open);
        counts("unassigned", &board["unassigned"], &tickets, |seen| seen.open() && seen.assignee().is_none());
        counts("waiting", &board["waiting"], &tickets, |seen| seen.row["status"]["stage"] == "WAITING");
        counts("overdue", &board["overdue"], &tickets, |seen| seen.open() && seen.at("dueAt").is_some_and(|due| due < now));
        for received in [&board["received"], &done["received"]] {
            counts("received", received, &tickets, |seen| seen.created() >= from);
        }
        let resolved = |seen: &Seen| within(seen.at("resolvedAt"));
        for number in [&board["resolved"], &done["resolved"], &done["reopened"]["whole"], &done["firstContactResolution"]["whole"]] {
            counts("resolved", number, &tickets, resolved);
        }
        counts("closed", &done["closed"], &tickets, |seen| within(seen.at("closedAt")));
        counts("answered", &done["answered"], &tickets, |seen| within(seen.at("firstRespondedAt")));
        let again = |seen: &Seen| seen.row["reopenCount"].as_i64().unwrap() > 0;
        counts("reopened", &done["reopened"]["part"], &tickets, |seen| resolved(seen) && again(seen));
        let once = |seen: &Seen| resolved(seen) && !again(seen) && seen.replies_by_staff() <= 1;
        counts("first contact", &done["firstContactResolution"]["part"], &tickets, once);
        let of = |rule: &dyn Fn(&Seen) -> bool| tickets.iter().filter(|seen| rule(seen)).count() as f64;
        assert_eq!(done["firstContactResolution"]["value"].as_f64().unwrap(), of(&once) / of(&resolved));
        // The test would prove little if everything were counted, or nothing.
        for number in [&board["open"], &board["unassigned"], &board["overdue"], &done["resolved"], &done["reopened"]["part"],
            &done["firstContactResolution"]["part"], &done["answered"]] {
            let value = number["value"].as_u64().unwrap() as usize;
            assert!(value > 0 && value < tickets.len(), "{number:#}");
        }
        // A filter narrows every number.
        let billing = ada.run("{ metrics(filter: {category: [\"billing\"]}) { dashboard { received { value } } } }", json!({})).await;
        assert_eq!(billing["metrics"]["dashboard"]["received"]["value"], 6);
        // S4-69: customers have no reports, strangers neither.
        let refused = ann.answer("{ metrics { dashboard { open { value } } } }", json!({})).await;
        assert_eq!(errors(&refused), ["FORBIDDEN"]);
        let refused = desk.stranger().answer("{ metrics { dashboard { open { value } } } }", json!({})).await;
        assert_eq!(errors(&refused), ["UNAUTHENTICATED"]);
    }
}

desk_test! {
    // S1-78, S1-84, S3-95: without the satisfaction rate
    async fn times_are_those_of_the_tickets_themselves(desk: &Desk) {
        let Scene { ada, .. } = scene(desk).await;
        let tickets = all(&ada).await;
        let (from, period) = period(&tickets);
        let hours = "{ value definition asOf }";
        let took = format!("{{ median {hours} p90 {hours} mean {hours} measured {COUNT} }}");
        let document = format!("query($period: MetricsPeriod) {{ metrics(period: $period) {{ \
            responseTimes {{ firstResponse {took} resolution {took} }} \
            resolutionPatterns {{ byCategory {{ category {{ key }} reopened {{ part {COUNT} whole {COUNT} }} resolution {took} }} \
            byCloseReason {{ reason {{ key }} count {COUNT} }} }} }} }}");
        let answer = ada.run(&document, json!({"period": period})).await;
        let times = |field: &str, category: Option<&str>| -> Vec<i64> {
            let of = |seen: &&Seen| category.is_none_or(|key| seen.row["category"]["key"] == key);
            let ends = tickets.iter().filter(of).filter_map(|seen| Some((seen.at(field)?, seen.created())));
            ends.filter(|(at, _)| *at >= from).map(|(at, created)| at - created).collect()
        };
        let metrics = &answer["metrics"];
        lasts("first response", &metrics["responseTimes"]["firstResponse"], times("firstRespondedAt", None));
        lasts("resolution", &metrics["responseTimes"]["resolution"], times("resolvedAt", None));
        let patterns = metrics["resolutionPatterns"]["byCategory"].as_array().unwrap();
        assert_eq!(patterns.len(), 2, "{patterns:#?}");
        for pattern in patterns {
            let key = pattern["category"]["key"].as_str().unwrap();
            lasts(key, &pattern["resolution"], times("resolvedAt", Some(key)));
            let resolved = |seen: &Seen| seen.row["category"]["key"] == key && seen.at("resolvedAt").is_some_and(|at| at >= from);
            counts(key, &pattern["reopened"]["whole"], &tickets, resolved);
            counts(key, &pattern["reopened"]["part"], &tickets, |seen| resolved(seen) && seen.row["reopenCount"] != 0);
        }
        let closed: u64 = metrics["resolutionPatterns"]["byCloseReason"].as_array().unwrap().iter().map(|row| row["count"]["value"].as_u64().unwrap()).sum();
        assert_eq!(closed as usize, tickets.iter().filter(|seen| seen.at("closedAt").is_some_and(|at| at >= from)).count());
    }
}

desk_test! {
    // S1-81, S3-96
    async fn trends_compare_with_the_period_before(desk: &Desk) {
        let Scene { ada, .. } = scene(desk).await;
        let tickets = all(&ada).await;
        let mut created: Vec<i64> = tickets.iter().map(Seen::created).collect();
        created.sort_unstable();
        let (from, to) = (created[5], created[9]);
        let time = |ms: i64| deskgraph::clock::Timestamp(ms).to_string();
        let document = format!("query($period: MetricsPeriod) {{ metrics(period: $period) {{ trending {{ \
            categories {{ category {{ key }} count {COUNT} before {COUNT} }} tags {{ tag count {COUNT} before {COUNT} }} }} }} }}");
        let answer = ada.run(&document, json!({"period": {"from": time(from), "to": time(to)}})).await;
        let trending = &answer["metrics"]["trending"];
        let now = |seen: &Seen| seen.created() >= from && seen.created() < to;
        let before = |seen: &Seen| seen.created() >= from - (to - from) && seen.created() < from;
        for trend in trending["categories"].as_array().unwrap() {
            let of = |seen: &Seen| seen.row["category"]["key"] == trend["category"]["key"];
            counts("category", &trend["count"], &tickets, |seen| of(seen) && now(seen));
            counts("category before", &trend["before"], &tickets, |seen| of(seen) && before(seen));
        }
        let mut expected: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for seen in &tickets {
            for tag in seen.row["tags"].as_array().unwrap() {
                let count = expected.entry(tag.as_str().unwrap().to_owned()).or_default();
                count.0 += usize::from(now(seen));
                count.1 += usize::from(before(seen));
            }
        }
        let mut expected: Vec<_> = expected.into_iter().filter(|(_, count)| *count != (0, 0)).collect();
        expected.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let tags = trending["tags"].as_array().unwrap();
        let number = |value: &Value| value["value"].as_u64().unwrap() as usize;
        let found: Vec<_> = tags.iter().map(|row| (row["tag"].as_str().unwrap().to_owned(), (number(&row["count"]), number(&row["before"])))).collect();
        assert_eq!(found, expected);
        assert_eq!(found[0].0, "all");
        for trend in tags {
            let of = |seen: &Seen| seen.row["tags"].as_array().unwrap().contains(&trend["tag"]);
            counts("tag", &trend["count"], &tickets, |seen| of(seen) && now(seen));
            counts("tag before", &trend["before"], &tickets, |seen| of(seen) && before(seen));
        }
    }
}

desk_test! {
    // S3-96, S4-44
    async fn volume_goes_by_the_days_of_a_time_zone(desk: &Desk) {
        let Scene { ada, .. } = scene(desk).await;
        let tickets = all(&ada).await;
        for (interval, zone) in [("DAY", "UTC"), ("DAY", "Pacific/Auckland"), ("WEEK", "Asia/Kolkata"), ("MONTH", "America/New_York")] {
            let document = format!("query($zone: String) {{ metrics(timeZone: $zone) {{ timeZone startsAt endsAt volume(interval: {interval}) {{ \
                startsAt endsAt received {COUNT} resolved {COUNT} }} }} }}");
            let answer = ada.run(&document, json!({"zone": zone})).await;
            let metrics = &answer["metrics"];
            assert_eq!(metrics["timeZone"], zone);
            let steps = metrics["volume"].as_array().unwrap();
            assert_eq!((&steps[0]["startsAt"], &steps[steps.len() - 1]["endsAt"]), (&metrics["startsAt"], &metrics["endsAt"]));
            let at = |value: &Value| value.as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0;
            let mut total = 0;
            for (nth, step) in steps.iter().enumerate() {
                let (from, to) = (at(&step["startsAt"]), at(&step["endsAt"]));
                counts("received", &step["received"], &tickets, |seen| seen.created() >= from && seen.created() < to);
                counts("resolved", &step["resolved"], &tickets, |seen| seen.at("resolvedAt").is_some_and(|at| at >= from && at < to));
                total += step["received"]["value"].as_u64().unwrap() as usize;
                if nth > 0 {
                    assert_eq!(step["startsAt"], steps[nth - 1]["endsAt"], "no gap");
                    let begins = jiff::Timestamp::from_millisecond(from).unwrap().in_tz(zone).unwrap();
                    assert_eq!(begins.time(), jiff::civil::Time::midnight(), "{begins}");
                    let first = match interval { "WEEK" => begins.weekday() == jiff::civil::Weekday::Monday, "MONTH" => begins.day() == 1, _ => true };
                    assert!(first, "{begins}");
                }
            }
            assert_eq!(total, tickets.len());
        }
        for (arguments, field) in [("timeZone: \"Mars/Olympus\"", "dashboard { open { value } }"),
            ("period: {from: \"2026-02-01T00:00:00Z\", to: \"2026-01-01T00:00:00Z\"}", "dashboard { open { value } }"),
            ("period: {from: \"2001-01-01T00:00:00Z\"}", "volume { startsAt }"), ("period: {}", "workload(first: 101) { unassigned { value } }")] {
            let refused = ada.answer(&format!("{{ metrics({arguments}) {{ {field} }} }}"), json!({})).await;
            assert_eq!(errors(&refused), ["BAD_USER_INPUT"], "{arguments}");
        }
    }
}

desk_test! {
    // S4-46
    async fn promises_are_counted_as_their_clocks_stand(desk: &Desk) {
        let Scene { ada, .. } = scene(desk).await;
        let document = format!("{{ metrics {{ sla {{ target compliance {{ value part {COUNT} whole {COUNT} }} breached {COUNT} pending {COUNT} }} }} }}");
        let answer = ada.run(&document, json!({})).await;
        let tickets = all(&ada).await;
        let rows = answer["metrics"]["sla"].as_array().unwrap();
        assert_eq!(rows.len(), 2);
        for row in rows {
            let target = row["target"].as_str().unwrap();
            let is = |seen: &Seen, state: &str| seen.clock(target) == state;
            counts("met", &row["compliance"]["part"], &tickets, |seen| is(seen, "MET"));
            counts("breached", &row["breached"], &tickets, |seen| is(seen, "BREACHED"));
            counts("decided", &row["compliance"]["whole"], &tickets, |seen| is(seen, "MET") || is(seen, "BREACHED"));
            counts("pending", &row["pending"], &tickets, |seen| is(seen, "RUNNING") || is(seen, "PAUSED"));
            let count = |state: &str| tickets.iter().filter(|seen| is(seen, state)).count() as f64;
            assert!(count("MET") > 0.0 && count("BREACHED") > 0.0);
            assert_eq!(row["compliance"]["value"].as_f64().unwrap(), count("MET") / (count("MET") + count("BREACHED")));
        }
    }
}
