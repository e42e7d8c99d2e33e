//! Documents that are too large, too deep or too clever, and what is no document at all.

use std::fmt::Write;
use std::time::Instant;

use serde_json::{Value, json};

use super::{answers, refused, tickets};
use crate::desk_test;
use crate::harness::{errors, post};

desk_test! {
    async fn documents_that_cost_too_much_are_refused_at_once(desk: &Desk) {
        let ada = desk.administrator().await;
        let mut bomb = String::from("query { ...F0 }");
        for nth in 0..40 {
            let _ = write!(bomb, " fragment F{nth} on Query {{ ...F{} ...F{} }}", nth + 1, nth + 1);
        }
        bomb.push_str(" fragment F40 on Query { __typename }");
        let mut nodes = String::from("id");
        for _ in 0..5 {
            nodes = format!("tickets(first: 100) {{ nodes {{ requester {{ id }} comments(first: 100) {{ nodes {{ {nodes} }} }} }} }}");
            nodes = nodes.replacen("tickets", "comments", 1);
        }
        let deep = format!("{{ tickets {{ nodes {} }} }}", "{ lastComment { ticket ".repeat(20) + "{ id }" + &"} }".repeat(20));
        let aliases = |count: usize| (0..count).fold(String::new(), |mut all, nth| { let _ = write!(all, " a{nth}: __typename"); all });
        let cases = [
            (bomb, "QUERY_TOO_COMPLEX"),
            (format!("{{{} }}", aliases(10_000)), "PAYLOAD_TOO_LARGE"),
            (format!("{{{} }}", aliases(5_000)), "QUERY_TOO_COMPLEX"),
            (format!("{{{} }}", aliases(31)), "QUERY_TOO_COMPLEX"),
            (format!("{{ tickets(first: 100) {{ nodes {{ {nodes} }} }} }}"), "QUERY_TOO_COMPLEX"),
            (deep, "QUERY_TOO_COMPLEX"),
            ("{".repeat(50_000), "QUERY_TOO_COMPLEX"),
            (format!("{{ tickets(filter: {}1{}) {{ totalCount }} }}", "[".repeat(500), "]".repeat(500)), "QUERY_TOO_COMPLEX"),
            ("query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
            (format!("{{ __typename }} {}", "#".repeat(200_000)), "PAYLOAD_TOO_LARGE"),
            (format!("{{ {} }}", "x".repeat(1_000_000)), "PAYLOAD_TOO_LARGE"),
        ];
        for (document, code) in cases {
            let began = Instant::now();
            refused(&ada.answer(&document, json!({})).await, code);
            // Generous, for a test on a busy machine: what it must not be is the seconds or years of expanding it.
            assert!(began.elapsed().as_millis() < 2_000, "{} took {:?}", &document[..40], began.elapsed());
        }
        answers(desk).await;
    }
}

desk_test! {
    async fn many_things_in_one_document_are_counted(desk: &Desk) {
        let ada = desk.administrator().await;
        let sign_ins: String = (0..11).map(|nth| format!("s{nth}: signIn(input: {{email: \"ada@desk.test\", password: \"guess {nth}\"}}) {{ userErrors {{ code }} }} ")).collect();
        refused(&desk.stranger().answer(&format!("mutation {{ {sign_ins} }}"), json!({})).await, "QUERY_TOO_COMPLEX");
        let create = |nth: usize| format!("c{nth}: ticketCreate(input: {{title: \"One of many {nth}\", description: \"One of many tickets\"}}) {{ ticket {{ id }} userErrors {{ code }} }} ");
        refused(&ada.answer(&format!("mutation {{ {} }}", (0..11).map(create).collect::<String>()), json!({})).await, "QUERY_TOO_COMPLEX");
        assert_eq!(tickets(desk, &ada).await, (0, 0));
        // Each root field is a transaction of its own, in the order of the document: one that is refused does not undo the others.
        let mixed = format!("mutation {{ {} bad: ticketCreate(input: {{title: \"x\", description: \"y\"}}) {{ userErrors {{ code }} }} {} }}", create(1), create(2));
        let data = ada.run(&mixed, json!({})).await;
        assert_eq!(data["bad"]["userErrors"][0]["code"], "INVALID_VALUE");
        assert_eq!(tickets(desk, &ada).await, (2, 2));
    }
}

desk_test! {
    async fn a_variable_that_is_not_sent_is_as_if_it_were_not_written(desk: &Desk) {
        let ada = desk.administrator().await;
        let ticket = ada.do_it("ticketCreate", json!({"title": "Keep this title", "description": "Keep this description", "tags": ["kept"], "category": "billing"}), "ticket { id }").await;
        let edit = "mutation($id: ID!, $title: String, $description: String, $tags: [String!], $category: String, $format: TextFormat) { \
            ticketUpdate(input: {ticketId: $id, title: $title, description: $description, tags: $tags, category: $category}) { ticket { title tags category { key } } userErrors { code } } \
            commentAdd(input: {ticketId: $id, body: \"By default in Markdown\", format: $format}) { comment { format } userErrors { code } } }";
        let data = ada.run(edit, json!({"id": ticket["ticket"]["id"], "title": "Another title"})).await;
        assert_eq!(data["ticketUpdate"], json!({"ticket": {"title": "Another title", "tags": ["kept"], "category": {"key": "billing"}}, "userErrors": []}));
        assert_eq!(data["commentAdd"], json!({"comment": {"format": "MARKDOWN"}, "userErrors": []}));
        let list = "query($first: Int, $filter: TicketFilter, $order: TicketOrder) { tickets(first: $first, filter: $filter, orderBy: $order) { totalCount } }";
        assert_eq!(ada.run(list, json!({})).await["tickets"]["totalCount"], 1);
        let unused = ada.answer("query($x: Int) { tickets { totalCount } }", json!({})).await;
        assert_eq!(errors(&unused), ["GRAPHQL_VALIDATION_FAILED"]);
    }
}

desk_test! {
    async fn what_is_no_request_is_told_so(desk: &Desk) {
        let json_type = "content-type: application/json\r\n";
        let nested = |depth: usize| format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}1{}}}}}", "[".repeat(depth), "]".repeat(depth));
        let cases: Vec<(&str, Vec<u8>, u16, &str)> = vec![
            (json_type, b"".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"   ".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"nonsense".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"[{\"query\":\"{ __typename }\"}]".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"[]".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"\"{ __typename }\"".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":\"{ __typename }\"".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":\"{ __typename }\"}{}".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":7}".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":\"\"}".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":\"{ __typename }\",\"variables\":[]}".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":\"{ __typename }\",\"operationName\":{}}".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":\"{ __typename }\",\"extensions\":1}".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":\"{ \xff\xfe }\"}".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, b"{\"query\":\"{ \\ud800 }\"}".to_vec(), 400, "BAD_USER_INPUT"),
            (json_type, nested(200).into_bytes(), 400, "BAD_USER_INPUT"),
            (json_type, nested(200_000).into_bytes(), 400, "BAD_USER_INPUT"),
            (json_type, vec![b'x'; 1_048_577], 413, "PAYLOAD_TOO_LARGE"),
            ("", b"{\"query\":\"{ __typename }\"}".to_vec(), 415, "BAD_USER_INPUT"),
            ("content-type: text/plain\r\n", b"{\"query\":\"{ __typename }\"}".to_vec(), 415, "BAD_USER_INPUT"),
            ("content-type: application/graphql\r\n", b"{ __typename }".to_vec(), 415, "BAD_USER_INPUT"),
            ("content-type: application/x-www-form-urlencoded\r\n", b"query=%7B__typename%7D".to_vec(), 415, "BAD_USER_INPUT"),
            ("content-type: multipart/form-data; boundary=x\r\n", b"--x--".to_vec(), 415, "BAD_USER_INPUT"),
            ("content-type: application/json; charset=utf-16\r\n", b"{}".to_vec(), 415, "BAD_USER_INPUT"),
            ("content-type: application/json\r\ncontent-encoding: gzip\r\n", b"\x1f\x8b".to_vec(), 415, "BAD_USER_INPUT"),
            ("content-type: application/json\r\nauthorization: Bearer nonsense\r\n", b"{}".to_vec(), 401, "UNAUTHENTICATED"),
            ("content-type: application/json\r\nauthorization: Basic YTpi\r\n", b"{}".to_vec(), 401, "UNAUTHENTICATED"),
            ("content-type: application/json\r\naccept: text/html\r\n", b"{}".to_vec(), 406, "BAD_USER_INPUT"),
        ];
        for (headers, body, status, code) in cases {
            let mut raw = desk.raw().await;
            raw.send(post(headers, &body)).await;
            let reply = raw.reply().await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
            assert_eq!((reply.status, reply.code().as_str()), (status, code), "{headers:?} {shown}: {}", String::from_utf8_lossy(&reply.body));
            let message: Value = serde_json::from_slice(&reply.body).unwrap();
            assert!(message.get("data").is_none() && reply.head.contains("content-type: application/json"), "{message}");
        }
        answers(desk).await;
    }
}

desk_test! {
    async fn other_methods_do_nothing(desk: &Desk) {
        let ada = desk.administrator().await;
        let token = ada.token.clone().unwrap();
        let get = "GET /graphql?query=mutation%7BticketCreate(input%3A%7Btitle%3A%22By%20a%20link%22%2Cdescription%3A%22In%20a%20page%20of%20others%22%7D)%7BuserErrors%7Bcode%7D%7D%7D";
        for method in [get, "PUT /graphql", "DELETE /graphql", "PATCH /graphql", "TRACE /graphql", "BREW /graphql"] {
            let mut raw = desk.raw().await;
            raw.send(format!("{method} HTTP/1.1\r\nhost: desk.test\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n")).await;
            let reply = raw.reply().await;
            assert_eq!((reply.status, reply.code().as_str()), (405, "BAD_USER_INPUT"), "{method}");
        }
        assert_eq!(tickets(desk, &ada).await, (0, 0));
    }
}
