//! What is taken: by size, by what is in it, under which name.

use serde_json::json;

use crate::desk_test;
use crate::harness::{PDF, PNG};

desk_test! {
    // S3-72: images, PDFs and documents only, by what is in them.
    async fn a_file_is_what_it_says_it_is_or_it_is_refused(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0\x01\0\0\0";
        let exe = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0";
        for (kind, bytes) in [
            ("image/png", &elf[..]),
            ("application/pdf", &exe[..]),
            ("image/png", PDF),
            ("text/plain", PNG),
            ("text/plain", b"#!/bin/sh\nrm -rf ~\n"),
            ("text/plain", b"<!DOCTYPE html><html><script>alert(1)</script></html>"),
            ("image/jpeg", b"not a picture at all"),
            ("application/pdf", b"\0\x01\x02\x03\x04\x05\x06\x07\x08"),
        ] {
            let announced = ann.announce("photo", kind, bytes.len()).await;
            let (status, said) = ann.put(&announced["upload"]["url"], bytes).await;
            assert_eq!(status, 415, "{kind}: {said:#}");
            let error = &said["errors"][0]["extensions"];
            assert_eq!(error["code"], "BAD_USER_INPUT");
            assert!(error["allowed"].as_array().unwrap().contains(&json!("application/pdf")), "{said:#}");
            assert_eq!(crate::attachments::sweeping::bytes_on_disk(desk), 0);
        }
        // What the desk never takes is refused before a byte is sent, with what it takes.
        for kind in ["application/x-msdownload", "image/svg+xml", "text/html", "", "a/b\u{0}", "*/*", "image/*"] {
            let refused = ann.refused("attachmentUpload", json!({"fileName": "x", "contentType": kind, "size": 10})).await;
            assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID_VALUE"), &json!(["contentType"])), "{kind}");
            assert!(refused["allowed"].as_array().unwrap().len() > 3);
        }
    }
}

desk_test! {
    // S3-72: 10 MB.
    async fn the_size_is_held_to_before_and_while_it_comes(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        for size in [0, -1, 10_485_761, i32::MAX] {
            let refused = ann.refused("attachmentUpload", json!({"fileName": "x", "contentType": "image/png", "size": size})).await;
            assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID_VALUE"), &json!(["size"])), "{size}");
            assert!(refused["hint"].as_str().unwrap().contains("10485760"), "{refused}");
        }
        let url = ann.announce("x.pdf", "application/pdf", PDF.len()).await["upload"]["url"].take();
        assert_eq!(ann.put(&url, &[PDF, b" "].concat()).await.0, 413);
        assert_eq!(ann.put(&url, &PDF[1..]).await.0, 400);
        assert_eq!(ann.put(&url, b"").await.0, 400);
        // Without a length beforehand it is counted as it comes.
        let path = url.as_str().unwrap();
        for (body, status) in [("5\r\n%PDF-\r\n0\r\n\r\n".to_owned(), 400), (format!("fff\r\n{}\r\n", "x".repeat(0xfff)).repeat(4), 413)] {
            let mut raw = desk.raw().await;
            raw.send(format!("PUT {path} HTTP/1.1\r\nhost: desk.test\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n{body}")).await;
            assert_eq!(raw.reply().await.status, status);
        }
        // A client that hangs up half-way leaves nothing.
        let mut raw = desk.raw().await;
        raw.send(format!("PUT {path} HTTP/1.1\r\nhost: desk.test\r\ncontent-length: {}\r\n\r\n%PDF", PDF.len())).await;
        drop(raw);
        // As long as the desk has not noticed, the upload is taken.
        crate::harness::eventually("the bytes are taken again", async || ann.put(&url, PDF).await.0 == 200).await;
        assert_eq!(crate::attachments::sweeping::bytes_on_disk(desk), 1);
        // The largest there may be, whole.
        let mut large = PDF.to_vec();
        large.resize(10_485_760, b'\n');
        let id = ann.upload("large.pdf", "application/pdf", &large).await;
        let read = "query($id: ID!) { node(id: $id) { ... on Attachment { size download { url } } } }";
        let node = ann.run(read, json!({"id": id})).await["node"].take();
        assert_eq!(ann.fetch(&node["download"]["url"]).await.bytes().await.unwrap(), large);
    }
}

desk_test! {
    async fn an_answer_that_got_lost_is_asked_for_again(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let input = json!({"fileName": "x.pdf", "contentType": "application/pdf", "size": PDF.len(), "idempotencyKey": "one"});
        let first = ann.do_it("attachmentUpload", input.clone(), "attachment { id upload { url } }").await;
        let again = ann.do_it("attachmentUpload", input, "attachment { id }").await;
        assert_eq!((&again["attachment"]["id"], &again["replayed"]), (&first["attachment"]["id"], &json!(true)));
        let url = &first["attachment"]["upload"]["url"];
        assert_eq!(ann.put(url, PDF).await.0, 200);
        assert_eq!(ann.put(url, PDF).await.0, 200);
        let mut other = PDF.to_vec();
        other[7] = b'4';
        let (status, said) = ann.put(url, &other).await;
        assert_eq!((status, &said["errors"][0]["extensions"]["code"]), (409, &json!("ALREADY_EXISTS")), "{said:#}");
        let read = "query($id: ID!) { node(id: $id) { ... on Attachment { download { url } } } }";
        let node = ann.run(read, json!({"id": first["attachment"]["id"]})).await["node"].take();
        assert_eq!(ann.fetch(&node["download"]["url"]).await.bytes().await.unwrap(), PDF);
    }
}

desk_test! {
    async fn names_hold_no_path_and_no_tricks(desk: &Desk) {
        let ann = desk.customer("Ann").await;
        let id = ann.open_ticket("Names").await;
        for (given, kept) in [
            ("../../../etc/passwd", "passwd.png"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("photo\u{202E}gnp.exe", "photognp.exe.png"),
            ("nul\u{0}l.png", "null.png"),
            ("line\r\nset-cookie: a=b.png", "lineset-cookie_ a=b.png"),
            ("quote\".png", "quote_.png"),
            ("", "file.png"),
            ("Bild ä 写真.png", "Bild ä 写真.png"),
        ] {
            let file = ann.upload(given, "image/png", PNG).await;
            ann.do_it("ticketAttach", json!({"ticketId": id, "attachments": [file]}), "ticket { id }").await;
            let read = "query($id: ID!) { node(id: $id) { ... on Attachment { fileName download { url } } } }";
            let node = ann.run(read, json!({"id": file})).await["node"].take();
            assert_eq!(node["fileName"], kept, "{given:?}");
            let fetched = ann.fetch(&node["download"]["url"]).await;
            let disposition = fetched.headers()["content-disposition"].to_str().unwrap();
            assert!(disposition.starts_with("attachment; filename=\"") && disposition.is_ascii(), "{disposition}");
            assert!(fetched.headers().get("set-cookie").is_none());
        }
        // The folder holds them under ids, whatever they are called.
        assert!(!desk.folder().parent().unwrap().join("etc").exists());
        let long = ann.announce(&format!("{}.png", "x".repeat(5_000)), "image/png", PNG.len()).await;
        assert!(long["fileName"].as_str().unwrap().len() <= 200);
    }
}
