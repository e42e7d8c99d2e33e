//! A desk where every text that is not for everybody carries a word of its own.

use serde_json::{Value, json};

use crate::harness::{Desk, Person};

/// Everybody who looks.
pub const EVERYBODY: [&str; 10] = ["stranger", "zoe", "bob", "cole", "par", "ann", "eve", "tim", "ben", "ada"];
/// Who sees Ann's ticket.
const ANNS: &[&str] = &["ann", "cole", "par", "ben", "ada"];
/// Who works on Ann's ticket, and so reads its notes.
const NOTES: &[&str] = &["ben", "ada"];
/// Who works at the desk.
const STAFF: &[&str] = &["eve", "tim", "ben", "ada"];

/// A word, or an id, with those who may see it. Who must is asked to have seen it at least once, so that the walk is known to pass there.
pub struct Token {
    pub text: String,
    pub may: Vec<&'static str>,
    pub must: bool,
}

/// Something that can be asked for by its id.
pub struct Thing {
    pub kind: &'static str,
    pub id: Value,
}

/// What is on the desk.
#[derive(Default)]
pub struct Planted {
    pub people: Vec<(&'static str, Person)>,
    pub tokens: Vec<Token>,
    pub things: Vec<Thing>,
    pub slugs: Vec<Value>,
    pub numbers: Vec<Value>,
    pub references: Vec<Value>,
    pub beginning: Value,
    /// Tickets, with those who see them.
    pub tickets: Vec<(String, Vec<&'static str>)>,
    /// The log position after everything.
    pub end: Value,
}

/// A help desk where customers see what they take part in and what is their organization's, agents what is their teams', and tickets
/// have a field and something outside to be about.
pub fn profile(folder: &std::path::Path) -> String {
    let more = "[[fields]]\nkey = \"remark\"\nname = \"Remark\"\nkind = \"text\"\n\n[[reference_kinds]]\nkey = \"booking\"\nname = \"Booking\"\n\
        owner = \"person\"\nparticipants = true\nfields = [{ key = \"route\", name = \"Route\" }]\n\n[number]";
    let both = "[\"OWN\", \"PARTICIPANT\", \"ORGANIZATION\"]";
    let team = "[\"OWN\", \"ASSIGNED\", \"TEAM\"]";
    crate::harness::profile(
        folder,
        &[
            ("[number]", more),
            ("\"ticket.view\"            = [\"OWN\"] ", &format!("\"ticket.view\" = {both} ")),
            ("\"ticket.view\"            = [\"OWN\", \"ASSIGNED\"]", &format!("\"ticket.view\" = {team}")),
            ("\"comment.view_internal\"  = [\"OWN\", \"ASSIGNED\"]", &format!("\"comment.view_internal\" = {team}")),
        ],
    )
}

impl Planted {
    /// Somebody of those who look.
    pub fn person(&self, name: &str) -> &Person {
        &self.people.iter().find(|(known, _)| *known == name).unwrap().1
    }

    fn token(&mut self, text: impl Into<String>, may: &[&'static str]) {
        self.tokens.push(Token { text: text.into(), may: may.to_vec(), must: true });
    }

    /// As [`Self::token`], for what nobody needs to come across.
    fn secret(&mut self, text: impl Into<String>, may: &[&'static str]) {
        self.tokens.push(Token { text: text.into(), may: may.to_vec(), must: false });
    }

    fn thing(&mut self, kind: &'static str, id: &Value, may: &[&'static str]) {
        self.secret(id.as_str().unwrap(), may);
        self.things.push(Thing { kind, id: id.clone() });
    }

    /// Plants everything.
    pub async fn plant(desk: &Desk) -> Self {
        let ada = desk.administrator().await;
        let mut planted =
            Self { beginning: ada.run("{ eventCursor }", json!({})).await["eventCursor"].take(), ..Self::default() };
        planted.people.push(("stranger", desk.stranger()));
        for (name, called, role) in [
            ("zoe", "Zqzoename", "CUSTOMER"),
            ("bob", "Bob", "CUSTOMER"),
            ("cole", "Cole", "CUSTOMER"),
            ("par", "Par", "CUSTOMER"),
            ("ann", "Ann", "CUSTOMER"),
            ("eve", "Eve", "AGENT"),
            ("tim", "Tim", "AGENT"),
            ("ben", "Ben", "AGENT"),
        ] {
            planted.people.push((name, desk.cast(called, role).await));
        }
        planted.people.push(("ada", ada));
        planted.of_people(desk).await;
        planted.of_knowledge().await;
        planted.of_tickets().await;
        let ada = planted.person("ada");
        let end = ada.run("{ eventCursor }", json!({})).await["eventCursor"].take();
        // What is asked next is answered from an index that knows all.
        let search = "query($at: EventCursor!) { search(query: \"xylophone\", consistentWith: $at) { totalCount } }";
        ada.run(search, json!({"at": end})).await;
        planted.end = end;
        planted
    }

    async fn made(&self, who: &str, mutation: &str, input: Value, thing: &str) -> Value {
        self.person(who).do_it(mutation, input, &format!("{thing} {{ id }}")).await[thing]["id"].take()
    }

    async fn of_people(&mut self, desk: &Desk) {
        let house = self.made("ada", "organizationCreate", json!({"name": "Zqhouse"}), "organization").await;
        let palace = self.made("ada", "organizationCreate", json!({"name": "Zqpalace"}), "organization").await;
        for name in ["ann", "cole"] {
            let input = json!({"personId": self.person(name).id, "organizationId": house});
            self.person("ada").do_it("personUpdate", input, "person { id }").await;
        }
        let night = self.made("ada", "teamCreate", json!({"name": "Zqnight"}), "team").await;
        let day = self.made("ada", "teamCreate", json!({"name": "Zqday"}), "team").await;
        self.person("ada")
            .do_it("teamMemberAdd", json!({"teamId": night, "personId": self.person("tim").id}), "team { id }")
            .await;
        // Who signs in after their rights have changed has them at once.
        for (name, email) in [("ann", "ann"), ("cole", "cole"), ("tim", "tim")] {
            let fresh = desk.sign_in(&format!("{email}@desk.test"), crate::harness::PASSWORD).await;
            self.people.iter_mut().find(|(known, _)| *known == name).unwrap().1 = fresh;
        }
        let account = self.made("ada", "serviceAccountCreate", json!({"name": "Zqsystem"}), "serviceAccount").await;
        let key = json!({"serviceAccountId": account, "name": "Zqkey", "scopes": ["TICKET_VIEW"]});
        let key = self.made("ada", "apiKeyCreate", key, "apiKey").await;
        self.token("Zqhouse", &[ANNS, &["eve", "tim"]].concat());
        self.token("Zqpalace", STAFF);
        self.token("Zqnight", &[STAFF, &["bob"]].concat());
        self.token("Zqday", STAFF);
        self.secret("Zqsystem", STAFF);
        self.token("Zqkey", &["ada"]);
        self.token("Zqzoename", &[STAFF, &["zoe"]].concat());
        for (name, address) in [("ann", "ann@desk.test"), ("bob", "bob@desk.test"), ("ben", "ben@desk.test")] {
            let may: Vec<_> = STAFF.iter().copied().filter(|one| *one != name).chain([name]).collect();
            self.token(address, &may);
        }
        self.thing("organization", &house, &[ANNS, &["eve", "tim"]].concat());
        self.thing("organization", &palace, STAFF);
        self.thing("team", &night, &[STAFF, &["bob"]].concat());
        self.thing("team", &day, STAFF);
        self.thing("apiKey", &key, &["ada"]);
        for name in ["ann", "zoe", "ben"] {
            let (id, everybody) = (json!(self.person(name).id), EVERYBODY);
            // Who somebody is stands on every ticket; what more there is of them is not shown with it.
            self.thing("person", &id, if name == "zoe" { &["zoe", "eve", "tim", "ben", "ada"] } else { &everybody });
        }
    }

    async fn of_knowledge(&mut self) {
        let signed_in: Vec<_> = EVERYBODY.into_iter().filter(|name| *name != "stranger").collect();
        for (word, audience, published, archived, may) in [
            ("draft", "PUBLIC", false, false, STAFF),
            ("staff", "STAFF", true, false, STAFF),
            ("archive", "PUBLIC", true, true, STAFF),
            ("customers", "CUSTOMERS", true, false, signed_in.as_slice()),
            ("public", "PUBLIC", true, false, &EVERYBODY),
        ] {
            let words: Vec<String> =
                ["title", "body", "tag", "meta"].iter().map(|part| format!("zqarticle{word}{part}")).collect();
            let input = json!({"title": format!("{} about a xylophone", words[0]), "body": format!("A xylophone {}.", words[1]), "tags": [words[2]],
                "metaDescription": words[3], "audience": audience});
            let made = self.person("ada").do_it("articleCreate", input, "article { id slug }").await["article"].take();
            if published {
                self.person("ada").do_it("articlePublish", json!({"articleId": made["id"]}), "article { id }").await;
            }
            if archived {
                self.person("ada").do_it("articleArchive", json!({"articleId": made["id"]}), "article { id }").await;
            }
            words.iter().for_each(|word| self.token(word, may));
            self.slugs.push(made["slug"].clone());
            self.thing("article", &made["id"], may);
            if word == "public" {
                // What it said before is for those who write.
                let input = json!({"articleId": made["id"], "body": "A xylophone and nothing else."});
                self.person("ada").do_it("articleUpdate", input, "article { id }").await;
                self.tokens
                    .iter_mut()
                    .filter(|token| token.text == "zqarticlepublicbody")
                    .for_each(|token| token.may = STAFF.to_vec());
            }
            let input = json!({"question": format!("zqfaq{word}question xylophone?"), "answer": format!("zqfaq{word}answer"), "audience": audience});
            let faq = self.made("ada", "faqCreate", input, "faq").await;
            let faqs_may = if archived { &EVERYBODY } else { may };
            if published {
                self.person("ada").do_it("faqPublish", json!({"faqId": faq}), "faq { id }").await;
            }
            self.token(format!("zqfaq{word}question"), faqs_may);
            self.token(format!("zqfaq{word}answer"), faqs_may);
            self.thing("faq", &faq, faqs_may);
        }
        let input = json!({"name": "zqtemplatename", "body": "A xylophone zqtemplatebody, {{ requester.name }}."});
        let template = self.made("ada", "templateCreate", input, "template").await;
        self.token("zqtemplatename", STAFF);
        self.token("zqtemplatebody", STAFF);
        self.thing("template", &template, STAFF);
        let category = self.made("ada", "knowledgeCategoryCreate", json!({"name": "Everything"}), "category").await;
        self.thing("category", &category, &EVERYBODY);
    }

    async fn of_tickets(&mut self) {
        let booking = json!({"kind": "booking", "externalId": "Zqbooking", "owner": {"personId": self.person("ann").id},
            "participants": [{"personId": self.person("par").id}], "fields": [{"key": "route", "value": "zqroute"}]});
        let reference = self.made("ada", "referenceUpsert", booking, "reference").await;
        let sharing = [STAFF, &["ann", "par"]].concat();
        self.references.push(json!("Zqbooking"));
        self.token("Zqbooking", &sharing);
        self.token("zqroute", &sharing);
        self.thing("reference", &reference, &sharing);
        self.anns().await;
        let bob = json!(self.person("bob").id);
        for (word, opener, to, may) in [
            ("bobs", "bob", Value::Null, vec!["bob", "ada"]),
            ("eves", "bob", json!({"agentId": self.person("eve").id}), vec!["bob", "eve", "ada"]),
            (
                "nights",
                "bob",
                json!({"teamId": self.things.iter().find(|thing| thing.kind == "team").unwrap().id}),
                vec!["bob", "tim", "ada"],
            ),
            ("written", "eve", Value::Null, vec!["bob", "eve", "ada"]),
            ("deleted", "ann", Value::Null, vec![]),
        ] {
            let mut input = json!({"title": format!("Xylophone zq{word}title"), "description": format!("It is about a xylophone zq{word}description.")});
            if opener == "eve" {
                input["requesterId"] = bob.clone();
            }
            let made = self.person(opener).do_it("ticketCreate", input, "ticket { id number }").await["ticket"].take();
            if !to.is_null() {
                self.person("ada")
                    .do_it("ticketAssign", json!({"ticketId": made["id"], "to": to}), "ticket { id }")
                    .await;
            }
            self.token(format!("zq{word}title"), &may);
            self.token(format!("zq{word}description"), &may);
            self.numbers.push(made["number"].clone());
            if word == "deleted" {
                self.person("ada").do_it("ticketDelete", json!({"ticketId": made["id"]}), "ticket { id }").await;
                // A stream says of what one has seen that it is hidden now.
                self.thing("ticket", &made["id"], &["ann", "cole", "ada"]);
                self.secret(made["number"].as_str().unwrap(), &[]);
            } else {
                self.thing("ticket", &made["id"], &may);
                self.token(made["number"].as_str().unwrap(), &may);
            }
            self.tickets.push((made["id"].as_str().unwrap().to_owned(), may));
        }
        let first = self.tickets[0].0.clone();
        let input = json!({"selection": {"ids": [first]}, "action": {"tag": ["many"]}});
        let job = self.made("ada", "ticketBulk", input, "job").await;
        self.thing("job", &job, &["ada"]);
    }

    /// Ann's ticket, on which everything is said that can be said on one.
    async fn anns(&mut self) {
        let (ann, ben, ada) = (self.person("ann").clone(), self.person("ben").clone(), self.person("ada").clone());
        let file = async |who: &Person, name: &str, text: &str| who.upload(name, "text/plain", text.as_bytes()).await;
        let theirs = file(&ann, "zqfilename.txt", "A xylophone zqfilecontent, plainly written.\n").await;
        let input = json!({"title": "Xylophone zqoldtitle", "description": "My xylophone zqdescription is out of tune.", "tags": ["zqtag"],
            "fields": [{"key": "remark", "value": "zqremark"}], "preferredContactTime": "zqcontacttime", "attachments": [theirs],
            "reference": {"kind": "booking", "externalId": "Zqbooking"}, "participants": [{"personId": self.person("par").id}]});
        let made = ann.do_it("ticketCreate", input, "ticket { id number }").await["ticket"].take();
        let id = made["id"].clone();
        ann.do_it("ticketUpdate", json!({"ticketId": id, "title": "Xylophone zqtitle"}), "ticket { id }").await;
        let assign = json!({"ticketId": id, "to": {"agentId": ben.id}, "note": "A xylophone zqhandover."});
        ada.do_it("ticketAssign", assign, "ticket { id }").await;
        let said = async |who: &Person, body: &str, internal: bool, files: &[String]| {
            let input = json!({"ticketId": id, "body": body, "internal": internal, "attachments": files});
            who.do_it("commentAdd", input, "comment { id }").await["comment"]["id"].take()
        };
        let reply = said(&ann, "A xylophone zqcommentbefore.", false, &[]).await;
        ann.do_it("commentEdit", json!({"commentId": reply, "body": "A xylophone zqcomment."}), "comment { id }").await;
        let gone = said(&ann, "A xylophone zqgone.", false, &[]).await;
        ann.do_it("commentDelete", json!({"commentId": gone}), "comment { id }").await;
        let hidden = file(&ben, "zqnotefilename.txt", "A xylophone zqnotefilecontent, plainly written.\n").await;
        let note = said(&ben, "A xylophone zqnote.", true, std::slice::from_ref(&hidden)).await;
        let last = said(&ben, "A xylophone zqlastnote.", true, &[]).await;
        ben.do_it("ticketEscalate", json!({"ticketId": id, "reason": "A xylophone zqescalated."}), "ticket { id }")
            .await;
        ada.do_it("ticketDeescalate", json!({"ticketId": id, "reason": "A xylophone zqdeescalated."}), "ticket { id }")
            .await;
        ada.do_it(
            "ticketAssign",
            json!({"ticketId": id, "to": {"agentId": ben.id}, "note": "zqhandback"}),
            "ticket { id }",
        )
        .await;
        for status in ["in_progress", "resolved"] {
            ben.do_it("ticketStatusChange", json!({"ticketId": id, "status": status}), "ticket { id }").await;
        }
        ann.do_it(
            "ticketRate",
            json!({"ticketId": id, "score": 2, "comment": "A xylophone zqrating."}),
            "ticket { id }",
        )
        .await;
        for word in [
            "zqoldtitle",
            "zqtitle",
            "zqdescription",
            "zqtag",
            "zqremark",
            "zqcontacttime",
            "zqfilename",
            "zqfilecontent",
            "zqcomment",
            "zqrating",
        ] {
            self.token(word, ANNS);
        }
        for word in [
            "zqhandover",
            "zqhandback",
            "zqcommentbefore",
            "zqnote",
            "zqnotefilename",
            "zqnotefilecontent",
            "zqlastnote",
            "zqescalated",
            "zqdeescalated",
        ] {
            self.token(word, NOTES);
        }
        self.secret("zqgone", NOTES);
        self.token(made["number"].as_str().unwrap(), ANNS);
        self.numbers.push(made["number"].clone());
        self.thing("ticket", &id, ANNS);
        self.thing("comment", &reply, ANNS);
        self.thing("attachment", &json!(theirs), ANNS);
        self.thing("attachment", &json!(hidden), NOTES);
        self.thing("comment", &note, NOTES);
        self.thing("comment", &last, NOTES);
        self.tickets.push((id.as_str().unwrap().to_owned(), ANNS.to_vec()));
    }
}
