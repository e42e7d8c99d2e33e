//! Managing people, teams and organizations, and who sees whom.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{FIRST_PASSWORD, PASSWORD, SIGN_IN, errors, ids};

desk_test! {
    /// S4-22
    async fn an_administrator_makes_people_teams_and_organizations(desk: &Desk) {
        let ada = desk.administrator().await;
        let organization = ada.do_it("organizationCreate", json!({"name": "Acme"}), "organization { id name }").await;
        let organization = organization["organization"]["id"].clone();
        let input = json!({"name": "Cleo", "email": "cleo@acme.test", "phone": "+49 30 123456", "role": "CUSTOMER",
            "organizationId": organization, "idempotencyKey": "cleo"});
        let selection = "person { id name role email phone active version organization { id } teams { id } }";
        let made = ada.do_it("personCreate", input.clone(), selection).await;
        let cleo = &made["person"];
        assert_eq!((&cleo["email"], &cleo["phone"]), (&json!("cleo@acme.test"), &json!("+49 30 123456")));
        assert_eq!(cleo["organization"]["id"], organization);
        let again = ada.do_it("personCreate", input, selection).await;
        assert_eq!((&again["person"]["id"], &again["replayed"]), (&cleo["id"], &json!(true)));
        // S4-76
        let twice = json!({"name": "Cleo", "email": "CLEO@acme.test", "role": "CUSTOMER"});
        assert_eq!(ada.refused("personCreate", twice).await["code"], "ALREADY_EXISTS");

        let bob = desk.agent("Bob").await;
        let team = ada.do_it("teamCreate", json!({"name": "First line"}), "team { id }").await["team"]["id"].take();
        assert_eq!(ada.refused("teamCreate", json!({"name": "FIRST LINE"})).await["code"], "ALREADY_EXISTS");
        let member = |person: &Value| json!({"teamId": team, "personId": person});
        let added = ada.do_it("teamMemberAdd", member(&json!(bob.id)), "team { members { id } }").await;
        assert_eq!(ids(&added["team"]["members"]), [bob.id.as_str()]);
        let refused = ada.refused("teamMemberAdd", member(&cleo["id"])).await;
        assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID_VALUE"), &json!(["personId"])));
        let viewer = bob.run("{ viewer { person { teams { name } } } teams { nodes { id members { id } } } }", json!({})).await;
        assert_eq!(viewer["viewer"]["person"]["teams"][0]["name"], "First line");
        assert_eq!(ids(&viewer["teams"]["nodes"]), [team.as_str().unwrap()]);
        let removed = ada.do_it("teamMemberRemove", member(&json!(bob.id)), "team { members { id } }").await;
        assert_eq!(removed["team"]["members"], json!([]));
    }
}

desk_test! {
    /// S4-74
    async fn nobody_gives_rights_to_themselves(desk: &Desk) {
        let (ann, bob, ada) = (desk.customer("Ann").await, desk.agent("Bob").await, desk.administrator().await);
        for (who, role) in [(&ann, "AGENT"), (&bob, "ADMINISTRATOR")] {
            let promote = json!({"personId": who.id, "role": role});
            assert_eq!(who.refused("personUpdate", promote).await["code"], "FORBIDDEN");
            let make = json!({"name": "Friend", "email": "friend@desk.test", "role": role, "password": PASSWORD});
            assert_eq!(who.refused("personCreate", make).await["code"], "FORBIDDEN");
            let set = json!({"personId": ada.id, "password": "another good password"});
            assert_eq!(who.refused("passwordSet", set).await["code"], "FORBIDDEN");
            for (name, input) in [("teamCreate", json!({"name": "Mine"})), ("organizationCreate", json!({"name": "Mine"}))] {
                assert_eq!(who.refused(name, input).await["code"], "FORBIDDEN");
            }
        }
        // S4-75: what one may not see is as if it were not there.
        assert_eq!(ann.refused("personDeactivate", json!({"personId": ada.id})).await["code"], "NOT_FOUND");
        assert_eq!(bob.refused("personDeactivate", json!({"personId": ada.id})).await["code"], "FORBIDDEN");
        let renamed = ann.do_it("personUpdate", json!({"personId": ann.id, "name": "Annabel"}), "person { name }").await;
        assert_eq!(renamed["person"]["name"], "Annabel");
    }
}

desk_test! {
    async fn a_customer_sees_nobody_but_themselves(desk: &Desk) {
        let (ann, bob) = (desk.customer("Ann").await, desk.agent("Bob").await);
        let everybody = "{ people { totalCount nodes { id email } } agents { totalCount } teams { totalCount } \
            organizations { totalCount } }";
        let seen = ann.run(everybody, json!({})).await;
        assert_eq!(ids(&seen["people"]["nodes"]), [ann.id.as_str()]);
        for list in ["agents", "teams", "organizations"] {
            assert_eq!(seen[list]["totalCount"], 0, "{list}");
        }
        let person = "query($id: ID!) { person(id: $id) { id email } }";
        assert_eq!(ann.run(person, json!({"id": bob.id})).await["person"], json!(null));
        assert_eq!(ann.run(person, json!({"id": ann.id})).await["person"]["email"], "ann@desk.test");
        let found = bob.run("{ people(filter: {email: \"ANN@desk.test\"}) { nodes { id } } agents { totalCount } }", json!({})).await;
        assert_eq!(ids(&found["people"]["nodes"]), [ann.id.as_str()]);
        assert_eq!(found["agents"]["totalCount"], 2);
        let probe = "{ people(filter: {email: \"bob@desk.test\"}) { totalCount } }";
        assert_eq!(ann.run(probe, json!({})).await["people"]["totalCount"], 0);
        assert_eq!(errors(&desk.stranger().answer("{ people { totalCount } }", json!({})).await), ["UNAUTHENTICATED"]);
    }
}

desk_test! {
    /// Promise 8: access ends when it ends.
    async fn a_role_or_an_account_that_is_taken_away_is_gone_at_once(desk: &Desk) {
        let (bob, ada) = (desk.agent("Bob").await, desk.administrator().await);
        let role = async || bob.run("{ viewer { role } }", json!({})).await["viewer"]["role"].take();
        assert_eq!(role().await, "AGENT");
        ada.do_it("personUpdate", json!({"personId": bob.id, "role": "CUSTOMER"}), "person { role }").await;
        assert_eq!(role().await, "CUSTOMER");
        let mut socket = bob.socket().await;
        let closed = ada.do_it("personDeactivate", json!({"personId": bob.id}), "person { active }").await;
        assert_eq!(closed["person"]["active"], false);
        assert_eq!(errors(&bob.answer("{ viewer { role } }", json!({})).await), ["UNAUTHENTICATED"]);
        assert_eq!(socket.closed().await.0, 4403);
        let again = json!({"input": {"email": "bob@desk.test", "password": PASSWORD}});
        let refused = desk.stranger().run(SIGN_IN, again).await;
        assert_eq!(refused["signIn"]["userErrors"][0]["code"], "INVALID_CREDENTIALS");
        ada.do_it("personReactivate", json!({"personId": bob.id}), "person { active }").await;
        desk.sign_in("bob@desk.test", PASSWORD).await;
        assert_eq!(errors(&bob.answer("{ viewer { role } }", json!({})).await), ["UNAUTHENTICATED"], "the old session stays ended");
    }
}

desk_test! {
    async fn the_last_administrator_stays(desk: &Desk) {
        let ada = desk.administrator().await;
        for (name, input) in [("personUpdate", json!({"personId": ada.id, "role": "AGENT"})), ("personDeactivate", json!({"personId": ada.id}))] {
            assert_eq!(ada.refused(name, input).await["code"], "INVALID_VALUE");
        }
        let eve = json!({"name": "Eve", "email": "eve@desk.test", "role": "ADMINISTRATOR", "password": FIRST_PASSWORD});
        ada.do_it("personCreate", eve, "person { id }").await;
        let eve = desk.sign_in("eve@desk.test", FIRST_PASSWORD).await;
        eve.make_password_own().await;
        // Each takes the other's role away, at the same time.
        let take = |id: &str| json!({"personId": id, "role": "AGENT"});
        let (one, two) = tokio::join!(ada.attempt("personUpdate", take(&eve.id), "person { id }"), eve.attempt("personUpdate", take(&ada.id), "person { id }"));
        let refused = [&one, &two].iter().filter(|payload| payload["userErrors"] != json!([])).count();
        assert_eq!(refused, 1, "{one} {two}");
    }
}
