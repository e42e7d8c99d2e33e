//! How long one waits for a ticket to be opened where everything comes with it: a reference that must be one's own, an agent found for
//! it, deadlines, a reward, inbox rows and letters, all of it one transaction; beside it, how long the disk takes to keep four kilobytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::client;
use super::place::Place;
use super::process::Server;
use super::profiles;
use super::report::Line;

const PASSWORD: &str = "a password for the benchmark";
const CHOSEN: &str = "another password of her own";
/// How often the disk is asked.
const SYNCS: usize = 500;

const CREATE: &str = "mutation($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id number assignee { id } \
    reference { id } dueAt } eventCursor userErrors { code field message } } }";

/// Measures on the database of `place`, which has a few more tickets afterwards.
pub async fn measure(place: &Place, rounds: usize, length: Duration) -> anyhow::Result<()> {
    std::fs::write(profiles::of(&place.folder), profiles::with_everything()?)?;
    measured(place, rounds, length).await
}

async fn measured(place: &Place, rounds: usize, length: Duration) -> anyhow::Result<()> {
    println!("\n{:?}: a ticket with reference, routing, deadlines, reward, inbox rows and letters", place.kind);
    let server = Server::start("desk", &place.folder, place.url.as_deref()).await?;
    let ada = client::sign_in(server.address).await?;
    let ask = async |token: &str, name: &str, input: Value, answer: &str| {
        let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        let document =
            format!("mutation($input: {kind}!) {{ {name}(input: $input) {{ {answer} userErrors {{ message }} }} }}");
        let body = json!({"query": document, "variables": {"input": input}});
        client::ask(server.address, "/graphql", token, &body).await
    };
    // Another one each time: the database is used again.
    let address = format!("rita.{}@desk.test", std::process::id());
    let person = json!({"name": "Rita Rider", "email": address, "password": PASSWORD, "role": "CUSTOMER"});
    let made = ask(&ada, "personCreate", person, "person { id }").await?;
    let rita = &made["data"]["personCreate"]["person"]["id"];
    ensure!(rita.is_string(), "{made}");
    let order = json!({"kind": "order", "externalId": address});
    let mut owned = order.clone();
    owned["owner"] = json!({"personId": rita});
    let told = ask(&ada, "referenceUpsert", owned, "reference { id }").await?;
    ensure!(told["data"]["referenceUpsert"]["reference"]["id"].is_string(), "{told}");
    let enter = async |password: &str| {
        let entry = ask("", "signIn", json!({"email": address, "password": password}), "accessToken").await?;
        let token = entry["data"]["signIn"]["accessToken"].as_str().with_context(|| entry.to_string())?;
        anyhow::Ok(token.to_owned())
    };
    // Whoever was given a password by somebody else chooses one first.
    let given = enter(PASSWORD).await?;
    let change = json!({"oldPassword": PASSWORD, "newPassword": CHOSEN});
    let changed = ask(&given, "passwordChange", change, "__typename").await?;
    ensure!(changed["data"]["passwordChange"]["userErrors"] == json!([]), "{changed}");
    let rita = enter(CHOSEN).await?;
    let input = json!({
        "title": "The order never arrived",
        "description": "It says delivered, and nobody was here. The restaurant says that the driver had it at noon.",
        "reference": order,
    });
    let body = json!({"query": CREATE, "variables": {"input": input}});
    let answer = client::ask(server.address, "/graphql", &rita, &body).await?;
    let ticket = &answer["data"]["ticketCreate"]["ticket"];
    let whole = ticket["assignee"]["id"].is_string() && ticket["reference"].is_object() && ticket["dueAt"].is_string();
    let rewards = json!({"query": "{ viewer { rewards { points } } }"});
    let points = client::ask(server.address, "/graphql", &rita, &rewards).await?;
    ensure!(whole && points["data"]["viewer"]["rewards"]["points"].as_i64() > Some(0), "{answer} {points}");
    println!("{}", Line::HEAD_ALONE);
    let statements = answer["extensions"]["cost"]["sqlStatements"].as_i64().unwrap_or(-1);
    for connections in [1, 8] {
        let mut line = Line::default();
        for round in 0..=rounds {
            let cpu = server.cpu_us();
            let times = client::drive(server.address, "/graphql", &rita, &body, connections, length).await?;
            if round > 0 {
                line.add(times, server.cpu_us() - cpu);
            }
        }
        line.print_alone(&format!("create, by {connections}"), statements, None);
    }
    let mut disk = Line::default();
    disk.add(synced(&place.folder)?, 0.0);
    disk.print_alone("the disk", 0, None);
    server.stop().await;
    Ok(())
}

/// How long the disk takes to keep four kilobytes at the end of a file.
fn synced(folder: &Path) -> anyhow::Result<(Duration, Vec<Duration>)> {
    let path = folder.join("synced");
    let mut file = File::create(&path)?;
    let (began, mut times) = (Instant::now(), Vec::with_capacity(SYNCS));
    for _ in 0..SYNCS {
        let sent = Instant::now();
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
        times.push(sent.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok((began.elapsed(), times))
}
