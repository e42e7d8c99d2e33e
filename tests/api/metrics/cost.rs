//! What a report costs: the same whatever it counts.

use deskgraph::access::{Actor, Origin, Role};
use deskgraph::metrics::{Asked, MetricsPeriod, Outcome, Scope};
use deskgraph::sla::clock::Target;
use deskgraph::tickets::filter::TicketFilter;
use deskgraph::tickets::{routing, summary, ticket};
use sea_orm::sea_query::{Expr, Query, SelectStatement, SqliteQueryBuilder};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbBackend, QueryTrait, Statement};
use serde_json::json;

use super::{all, scene};
use crate::desk_test;
use crate::harness::{Desk, Person};

/// Reports with everything in them, each with one list of agents or teams at most, so that how their loaders meet plays no part.
const REPORTS: [&str; 6] = [
    "dashboard { open { value } } performance { received { value } firstContactResolution { value } } \
        responseTimes { firstResponse { median { value } } } workload { byAgent { agent { name } open { value } } byTeam { team { name } } } \
        agentPerformance { agent { name } resolved { value } } trending { tags { tag count { value } } } \
        resolutionPatterns { byCategory { category { key } } } volume { received { value } } sla { breached { value } }",
    "sla { breached { value } groups(by: PRIORITY) { group { name } pending { value } } steps { breached { value } } }",
    "satisfaction { average { value } responseRate { value } byScore { count { value } } steps { good { value } } \
        groups(by: AGENT) { group { name agent { name } } average { value } responseRate { value } } }",
    "firstContact { resolution { value } groups(by: AGENT) { group { agent { name } } resolution { value } } steps { resolution { value } } }",
    "escalations { escalated { value } rate { value } automatic { value } timeToEscalation { median { value } } byLevel { count { value } } \
        byCause { count { value } } byReason { reason } groups(by: CATEGORY) { group { name } } steps(interval: WEEK) { count { value } } }",
    "escalations { byTarget { group { name agent { name } } count { value } } }",
];

/// How many statements a report takes.
async fn statements(person: &Person, report: &str) -> i64 {
    // Sessions are remembered: the first request of a token reads who it stands for.
    person.run("{ __typename }", json!({})).await;
    let answer = person.answer(&format!("{{ metrics {{ {report} }} }}"), json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["extensions"]["cost"]["sqlStatements"].as_i64().unwrap()
}

/// How many agents there are in a report.
async fn agents(person: &Person) -> usize {
    let answer = person.run("{ metrics { agentPerformance { agent { name } } } }", json!({})).await;
    answer["metrics"]["agentPerformance"].as_array().unwrap().len()
}

desk_test! {
    async fn a_report_costs_the_same_for_few_tickets_and_for_many(desk: &Desk) {
        let ada = scene(desk).await.ada;
        let tickets = all(&ada).await;
        let open = tickets.iter().find(|seen| seen.open()).unwrap().id();
        ada.do_it("ticketEscalate", json!({"ticketId": open, "reason": "Beyond us."}), "ticket { id }").await;
        let mut few = Vec::new();
        for report in REPORTS {
            few.push(statements(&ada, report).await);
        }
        assert_eq!(agents(&ada).await, 3);
        let ann = desk.customer("Anna").await;
        for nth in 0..12 {
            let agent = desk.agent(&format!("Agent{nth}")).await;
            let input = json!({"title": "One more ticket", "description": "It hums a lot.", "tags": [format!("new{nth}")]});
            let id = ann.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].clone();
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": agent.id}}), "ticket { id }").await;
            if nth % 3 == 0 {
                ada.do_it("ticketEscalate", json!({"ticketId": id, "reason": format!("Reason {nth}")}), "ticket { id }").await;
            }
            ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
            ann.do_it("ticketRate", json!({"ticketId": id, "score": 1 + nth % 5}), "ticket { id }").await;
        }
        assert_eq!(agents(&ada).await, 15);
        for (report, few) in REPORTS.into_iter().zip(few) {
            let many = statements(&ada, report).await;
            assert_eq!(few, many, "{report}");
            assert!(many <= 24, "{many} statements: {report}");
        }
    }
}

/// What is counted is found in an index by itself: no ticket is read for a number, however many there are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_counted_in_indexes_alone() {
    let desk = Desk::with(|_| {}).await;
    let everybody = Actor { role: Some(Role::Administrator), ..Actor::system(Origin::Cli) };
    let (period, filter) = (MetricsPeriod::default(), TicketFilter::default());
    let scope = Scope::new(&desk.app().desk, &everybody, period, &filter, None).unwrap();
    let promised = scope.promised(Target::Resolution, Outcome::Breached);
    let rules = [scope.received(), scope.resolved(), scope.first_contact(), scope.closed(), scope.answered(), promised];
    let rules =
        rules.into_iter().chain([scope.open(), scope.unassigned(), scope.overdue(), scope.rated(Asked::Satisfaction)]);
    for rule in rules {
        let count = scope.counted(rule, 0);
        let mut select = Query::select();
        select.expr(Expr::cust("COUNT(*)")).from(ticket::Entity).cond_where(count.condition);
        reads_an_index_alone(&desk, &select, &count.definition).await;
    }
    // How much agents have to do is asked whenever a ticket is routed: it must not read what was closed.
    let steps = reads_an_index_alone(&desk, &routing::counting_loads(None), "loads").await;
    assert!(steps.iter().any(|step| step.contains("(stage<?)")), "{steps:#?}");
    // So is every inbox's summary.
    let seen = Condition::all().add(ticket::Column::DeletedAt.is_null());
    let summary = summary::counting(seen, desk.clock.now()).into_query();
    let steps = reads_an_index_alone(&desk, &summary, "summary").await;
    assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{steps:#?}");
    desk.stop().await;
}

/// Holds that SQLite reads tickets from an index only; answers the steps of its plan.
async fn reads_an_index_alone(desk: &Desk, select: &SelectStatement, what: &str) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {}", select.to_string(SqliteQueryBuilder));
    let plan = desk.app().desk.db.read.query_all_raw(Statement::from_string(DbBackend::Sqlite, &sql)).await.unwrap();
    let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
    let alone = |step: &String| !step.contains("tickets") || step.contains("USING COVERING INDEX");
    assert!(!steps.is_empty() && steps.iter().all(alone), "{what}\n{steps:#?}\n{sql}");
    steps
}
