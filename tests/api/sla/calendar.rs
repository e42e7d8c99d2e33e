//! Deadlines can be checked by hand, also where time counts in certain hours only.

use serde_json::{Value, json};

use super::{changed, ms, opened, sla, with_profile};
use crate::desk_test;

/// The deadline of a clock without a calendar, from what the API says of it.
fn by_hand(clock: &Value) -> i64 {
    let segments = clock["segments"].as_array().unwrap();
    let stood: f64 = segments
        .iter()
        .filter(|segment| segment["kind"] != "COUNTING" && segment["toAt"] != Value::Null)
        .map(|segment| (ms(&segment["toAt"]) - ms(&segment["fromAt"])) as f64)
        .sum();
    ms(&clock["startedAt"]) + (clock["goalHours"].as_f64().unwrap() * 3_600_000.0 + stood) as i64
}

desk_test! {
    // S4-10: every deadline can be checked by hand.
    async fn the_segments_of_a_clock_explain_its_deadline(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let id = opened(&ann, "high").await;
        let moved = async |status: &str| {
            desk.advance(1.0);
            ada.do_it("ticketStatusChange", json!({"ticketId": id, "status": status}), "ticket { id }").await;
        };
        for status in ["assigned", "in_progress", "waiting", "in_progress", "waiting", "in_progress", "resolved"] {
            moved(status).await;
        }
        ada.do_it("ticketReopen", json!({"ticketId": id}), "ticket { status { key } }").await;
        moved("in_progress").await;
        let ticket = sla(&ann, &id).await;
        let clocks = ticket["sla"]["clocks"].as_array().unwrap();
        let kinds: Vec<(&str, &str)> = clocks[1]["segments"].as_array().unwrap().iter()
            .map(|segment| (segment["kind"].as_str().unwrap(), segment["because"].as_str().unwrap())).collect();
        let moved = "STATUS_CHANGED";
        assert_eq!(kinds, [
            ("COUNTING", "OPENED"), ("PAUSED", moved), ("COUNTING", moved), ("PAUSED", moved), ("COUNTING", moved),
            ("STOPPED", moved), ("COUNTING", moved),
        ]);
        assert_eq!(clocks[1]["segments"][1]["status"]["key"], "waiting");
        assert_eq!(clocks[1]["segments"][6]["toAt"], Value::Null);
        for clock in clocks {
            assert_eq!(ms(&clock["deadline"]), by_hand(clock), "{clock:#}");
            // Each stretch begins where the one before it ended.
            for pair in clock["segments"].as_array().unwrap().windows(2) {
                assert_eq!(pair[0]["toAt"], pair[1]["fromAt"]);
            }
        }
        // The first response was never given: resolving stopped its clock, and opening again did not start it.
        assert_eq!(clocks[0]["segments"].as_array().unwrap().last().unwrap()["kind"], "STOPPED");
    }
}

/// The next moment at which it is so late on such a day in Berlin.
fn next(weekday: jiff::civil::Weekday, hour: i8, after: i64) -> i64 {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let now = jiff::Timestamp::from_millisecond(after).unwrap().to_zoned(zone);
    let day = now.nth_weekday(1, weekday).unwrap().date();
    day.at(hour, 0, 0, 0).in_tz("Europe/Berlin").unwrap().timestamp().as_millisecond()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// X-9, S1-95, S4-10: hours, zone and holidays of a calendar.
async fn a_calendar_counts_only_its_hours_and_no_holidays() {
    let now = deskgraph::clock::Clock::system().now().0;
    let friday = next(jiff::civil::Weekday::Friday, 16, now);
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let monday = jiff::Timestamp::from_millisecond(friday + 3 * 86_400_000).unwrap().to_zoned(zone).date();
    let calendar = format!(
        "[calendars.office]\nname = \"Office\"\ntime_zone = \"Europe/Berlin\"\nholidays = [\"{monday}\"]\n\
         [calendars.office.hours]\nmonday = [\"09:00-17:00\"]\ntuesday = [\"09:00-17:00\"]\nwednesday = [\"09:00-17:00\"]\n\
         thursday = [\"09:00-17:00\"]\nfriday = [\"09:00-17:00\"]\n\n[sla]\ncalendar = \"office\""
    );
    let (_folder, profile) = changed("helpdesk", &[("[sla]\ncalendar = \"24x7\"", &calendar)]);
    with_profile(&profile, async |desk| {
        desk.clock.advance(std::time::Duration::from_millis((friday - now) as u64));
        let ann = desk.customer("Ann").await;
        let ticket = sla(&ann, &opened(&ann, "urgent").await).await;
        let clock = &ticket["sla"]["clocks"][0];
        // Two hours from Friday at four: one of them on Friday, none on the weekend and on the Monday, which is a holiday; so Tuesday at ten.
        let started = ms(&clock["startedAt"]);
        let expected = next(jiff::civil::Weekday::Tuesday, 10, friday) + (started - friday);
        assert_eq!(ms(&clock["deadline"]), expected, "{clock:#}");
        desk.advance(89.5);
        let ticket = sla(
            &ann,
            ann.run("{ tickets { nodes { id } } }", json!({})).await["tickets"]["nodes"][0]["id"].as_str().unwrap(),
        )
        .await;
        let counted = ticket["sla"]["clocks"][0]["countedHours"].as_f64().unwrap();
        assert!((counted - 1.5).abs() < 0.05, "{counted}");
    })
    .await;
}
