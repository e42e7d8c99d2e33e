//! What ends a job before its time, and who may watch it.

use serde_json::{Value, json};

use super::{ABSENT, MANY, and_absent, begins, bulk, comes_to, job, moves, slow_test, tickets};
use crate::harness::{Desk, FIRST_PASSWORD, Person, errors};

/// Asserts that a job has ended in the middle, and does nothing more.
async fn stays(desk: &Desk, ada: &Person, id: &Value) {
    let ended = job(ada, id).await;
    let progress = &ended["progress"];
    let (done, remaining) = (progress["done"].as_i64().unwrap(), progress["remaining"].as_i64().unwrap());
    assert!(done > 0 && remaining > 0 && ended["finishedAt"].is_string(), "{ended:#}");
    assert_eq!(moves(desk).await, vec![1; done as usize]);
    // Another job of the same node is finished: nothing waits behind this one, and nothing goes on with it.
    let other = bulk(ada, json!({"filter": {}}), json!({"tag": ["after"]})).await;
    comes_to(ada, &other["id"], "DONE").await;
    assert_eq!(job(ada, id).await, ended);
}

slow_test! {
    async fn a_cancelled_job_stops_where_it_is(desk: &mut Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let ids = tickets(&ann, MANY).await;
        let started = bulk(&ada, json!({"ids": and_absent(&ids)}), json!({"close": {}})).await;
        assert!(["QUEUED", "RUNNING"].contains(&started["state"].as_str().unwrap()), "{started:#}");
        begins(&ada, &started["id"]).await;
        // Others do not see it.
        let wish = json!({"jobId": started["id"]});
        let absent = json!({"jobId": deskgraph::ids::JobId::new().to_string()});
        assert_eq!(ben.refused("jobCancel", wish.clone()).await, ben.refused("jobCancel", absent).await);
        let stopped = ada.do_it("jobCancel", wish.clone(), "job { id state }").await;
        assert_eq!(stopped["job"]["state"], "CANCELLED");
        // Again is no mistake.
        assert_eq!(ada.do_it("jobCancel", wish, "job { state }").await["job"]["state"], "CANCELLED");
        stays(desk, &ada, &started["id"]).await;
        let finished = bulk(&ada, json!({"ids": ids[..1]}), json!({"tag": ["one"]})).await;
        let refused = ada.refused("jobCancel", json!({"jobId": finished["id"]})).await;
        assert_eq!((&refused["code"], &refused["field"]), (&json!("CONFLICT"), &json!(["jobId"])));
    }
}

/// Somebody else who runs the desk.
async fn second(desk: &Desk, ada: &Person) -> Person {
    let input = json!({"name": "Eve", "email": "eve@desk.test", "role": "ADMINISTRATOR", "password": FIRST_PASSWORD});
    ada.do_it("personCreate", input, "person { id }").await;
    let eve = desk.sign_in("eve@desk.test", FIRST_PASSWORD).await;
    eve.make_password_own().await;
    eve
}

slow_test! {
    async fn a_job_stops_when_whoever_started_it_may_no_longer_do_this(desk: &mut Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let eve = second(desk, &ada).await;
        let ids = tickets(&ann, MANY).await;
        let started = bulk(&eve, json!({"ids": and_absent(&ids)}), json!({"close": {}})).await;
        begins(&ada, &started["id"]).await;
        ada.do_it("personUpdate", json!({"personId": eve.id, "role": "CUSTOMER"}), "person { id }").await;
        let failed = comes_to(&ada, &started["id"], "FAILED").await;
        assert_eq!(failed["code"], "FORBIDDEN");
        stays(desk, &ada, &started["id"]).await;
    }
}

slow_test! {
    async fn a_job_stops_with_its_key_and_is_held_to_its_scopes(desk: &mut Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let robot = desk.service("Robot", &["TICKET_VIEW", "TICKET_BULK", "TICKET_CLOSE"]).await;
        let ids = tickets(&ann, MANY).await;
        let input = json!({"selection": {"ids": ids}, "action": {"delete": true}});
        assert_eq!(robot.refused("ticketBulk", input).await["code"], "FORBIDDEN");
        let started = bulk(&robot, json!({"ids": and_absent(&ids)}), json!({"close": {}})).await;
        begins(&ada, &started["id"]).await;
        let keys = ada.run("{ apiKeys { nodes { id } } }", json!({})).await;
        ada.do_it("apiKeyRevoke", json!({"apiKeyId": keys["apiKeys"]["nodes"][0]["id"]}), "apiKey { id }").await;
        assert_eq!(comes_to(&ada, &started["id"], "FAILED").await["code"], "FORBIDDEN");
        stays(desk, &ada, &started["id"]).await;
    }
}

slow_test! {
    async fn a_job_is_watched_to_its_end_by_whoever_sees_it(desk: &mut Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let ids = tickets(&ann, 12).await;
        for id in &ids {
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        }
        let many = and_absent(&ids);
        let id = bulk(&ben, json!({"ids": many}), json!({"status": "in_progress"})).await["id"].take();
        let document = "subscription($id: ID!) { jobProgress(id: $id) { id state progress { done failed remaining } eventCursor } }";
        let mut sockets = [ben.socket().await, ada.socket().await];
        for socket in &mut sockets {
            socket.subscribe("1", document, json!({"id": id})).await;
        }
        for socket in &mut sockets {
            let mut remaining = i64::MAX;
            loop {
                let job = socket.next().await["jobProgress"].take();
                let now = job["progress"]["remaining"].as_i64().unwrap();
                assert!(now <= remaining, "it goes forward: {job}");
                remaining = now;
                if job["state"] == "DONE" {
                    assert_eq!(job["progress"], json!({"done": 12, "failed": ABSENT, "remaining": 0}));
                    break;
                }
            }
            assert_eq!(socket.receive().await["type"], "complete");
        }
        // Whoever comes later gets it at once; whoever does not see it gets nothing.
        sockets[0].subscribe("2", document, json!({"id": id})).await;
        assert_eq!(sockets[0].next().await["jobProgress"]["state"], "DONE");
        let mut hers = ann.socket().await;
        hers.subscribe("1", document, json!({"id": id})).await;
        let refused = hers.receive().await;
        assert!(refused.to_string().contains("NOT_FOUND"), "{refused}");
        // Lists and ids: one's own, and all of them for whoever runs the desk.
        let list = "query($id: ID!) { jobs(filter: {state: [DONE]}) { totalCount nodes { id createdBy { id } } } job(id: $id) { id } node(id: $id) { __typename } }";
        for (person, seen) in [(&ben, true), (&ada, true), (&ann, false)] {
            let read = person.run(list, json!({"id": id})).await;
            assert_eq!((read["jobs"]["totalCount"] == 1, read["job"]["id"] == id, read["node"]["__typename"] == "Job"), (seen, seen, seen));
        }
        assert_eq!(errors(&desk.stranger().answer("{ jobs { totalCount } }", json!({})).await), ["UNAUTHENTICATED"]);
        // Ten at a time of a hundred and more, without gaps; those that failed only.
        let page = "query($id: ID!, $after: String) { job(id: $id) { results(first: 50, after: $after, outcome: [FAILED]) { totalCount nodes { ticketId code } pageInfo { hasNextPage endCursor } } } }";
        let (mut after, mut seen) = (json!(null), Vec::new());
        loop {
            let mut read = ben.run(page, json!({"id": id, "after": after})).await["job"]["results"].take();
            assert_eq!(read["totalCount"], ABSENT);
            seen.extend(read["nodes"].as_array().unwrap().iter().map(|node| node["ticketId"].as_str().unwrap().to_owned()));
            after = read["pageInfo"]["endCursor"].take();
            if read["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        let mut missing = many[12..].to_vec();
        missing.sort_unstable();
        assert_eq!(seen, missing);
    }
}
