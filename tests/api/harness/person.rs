//! Somebody who uses the desk over HTTP.

use serde_json::{Value, json};

use super::{FIRST_PASSWORD, PASSWORD, Socket};

/// Somebody with a client.
#[derive(Clone)]
pub struct Person {
    /// Their id, if they are signed in.
    pub id: String,
    /// Their access token.
    pub token: Option<String>,
    /// Their refresh token.
    pub refresh_token: Option<String>,
    pub(super) http: reqwest::Client,
    pub(super) url: String,
}

impl Person {
    /// Somebody with this token.
    pub fn new(http: reqwest::Client, url: &str, token: Option<String>) -> Self {
        Self { id: String::new(), token, refresh_token: None, http, url: url.to_owned() }
    }

    /// The same person with a client at another address.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The whole answer.
    pub async fn answer(&self, document: &str, variables: Value) -> Value {
        self.try_answer(document, variables).await.unwrap()
    }

    /// The whole answer; an error if the desk has gone away meanwhile.
    pub async fn try_answer(&self, document: &str, variables: Value) -> reqwest::Result<Value> {
        let mut request =
            self.http.post(format!("{}/graphql", self.url)).json(&json!({"query": document, "variables": variables}));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request.send().await?.json().await
    }

    /// The whole exchange, with headers of its own.
    pub async fn exchange(&self, headers: &[(&str, &str)], document: &str, variables: Value) -> reqwest::Response {
        let body = json!({"query": document, "variables": variables});
        let mut request = self.http.post(format!("{}/graphql", self.url)).json(&body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request.send().await.unwrap()
    }

    /// The data of an answer without errors.
    pub async fn run(&self, document: &str, variables: Value) -> Value {
        let mut answer = self.answer(document, variables).await;
        assert!(answer.get("errors").is_none(), "{document}\n{answer:#}");
        answer["data"].take()
    }

    /// The payload of a mutation without user errors. `name` is the mutation, `selection` what is asked of its payload.
    pub async fn do_it(&self, name: &str, input: Value, selection: &str) -> Value {
        let payload = self.attempt(name, input, selection).await;
        assert_eq!(payload["userErrors"], json!([]), "{name}: {payload:#}");
        payload
    }

    /// The payload of a mutation, with its user errors.
    pub async fn attempt(&self, name: &str, input: Value, selection: &str) -> Value {
        self.run(&mutation(name, selection), json!({"input": input})).await[name].take()
    }

    /// The code of the one user error that a mutation is refused with.
    pub async fn refused(&self, name: &str, input: Value) -> Value {
        let payload = self.attempt(name, input, "__typename").await;
        let errors = payload["userErrors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{name} was not refused: {payload:#}");
        errors[0].clone()
    }

    /// Opens a ticket and answers its id.
    pub async fn open_ticket(&self, title: &str) -> String {
        let input = json!({"title": title, "description": format!("{title}: what happened, in some words.")});
        let input = if self.id.is_empty() { json!({}) } else { input };
        self.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].as_str().unwrap().to_owned()
    }

    /// Changes the password that they were given into the one that everybody here has.
    pub async fn make_password_own(&self) {
        let input = json!({"oldPassword": FIRST_PASSWORD, "newPassword": PASSWORD});
        self.do_it("passwordChange", input, "person { id }").await;
    }

    /// Ada, who runs the desk that this person uses.
    pub async fn administrator(&self) -> Person {
        let stranger = Person::new(self.http.clone(), &self.url, None);
        let input = json!({"input": {"email": "ada@desk.test", "password": super::PASSWORD}});
        let answer = stranger.run(super::SIGN_IN, input).await["signIn"].take();
        let mut ada = Person::new(self.http.clone(), &self.url, answer["accessToken"].as_str().map(str::to_owned));
        ada.id = answer["person"]["id"].as_str().unwrap().to_owned();
        ada
    }

    /// A socket of theirs, acknowledged.
    pub async fn socket(&self) -> Socket {
        Socket::open(&self.url, self.token.as_deref()).await
    }
}

/// The document of a mutation, with its user errors.
pub fn mutation(name: &str, selection: &str) -> String {
    let mut type_name = name.to_owned();
    type_name[..1].make_ascii_uppercase();
    format!(
        "mutation($input: {type_name}Input!) {{ {name}(input: $input) {{ {selection} eventCursor replayed \
         userErrors {{ __typename code alias message field hint ... on ValueError {{ allowed }} \
         ... on ConflictError {{ currentVersion expectedVersion }} \
         ... on TransitionError {{ transitions: allowed {{ key name }} }} }} }} }}"
    )
}

/// The codes of the top-level errors.
pub fn errors(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("none").to_owned()).collect()
}

/// The codes of a payload's user errors.
pub fn user_errors(payload: &Value) -> Vec<String> {
    payload["userErrors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap().to_owned()).collect()
}
